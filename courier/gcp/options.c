/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon asks of the metadata server, as it is now: which options open doors.
 * First which attributes there are, then the values of those that are a word.
 */
#include <stdio.h>

#include "courier/gcp/option_texts.h"
#include "courier/gcp/request.h"

#define PATH_BYTES 128
#define BODY_BYTES ((size_t)8 * 1024)

static void ask(struct gcp_asked *asked, const char *where, metadata_done_fn *take)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), GCP_METADATA_PATH "%s", where);
	metadata_get(asked->base.list->provider->client.metadata, path, take, asked);
}

static void ask_values(struct gcp_asked *asked, us_time date);

static void take_value(void *ctx, const struct metadata_answer *answer)
{
	struct gcp_asked *asked = ctx;

	/* one that has gone meanwhile stays without a value */
	if (answer->outcome != OUTCOME_OK && answer->status != 404) {
		asked_answer_empty(&asked->base, answer->outcome, answer->detail);
		return;
	}
	if (answer->outcome == OUTCOME_OK)
		option_list_set(&asked->options, asked->turn, answer->body);
	asked->turn++;
	ask_values(asked, answer->date);
}

/* The next whose value is to be told, and the answer after the last. */
static void ask_values(struct gcp_asked *asked, us_time date)
{
	const struct option_list *options = &asked->options;
	AUTO_BUF struct buf body = BUF_LIMIT(BODY_BYTES);

	while (asked->turn < options->count &&
	       !gcp_option_is_told(options->items[asked->turn].name))
		asked->turn++;
	if (asked->turn < options->count) {
		ask(asked, options->items[asked->turn].name, take_value);
		return;
	}
	option_list_write(options, "gcp", &body);
	gcp_asked_answer_page(
		asked, OUTCOME_OK, "",
		&(struct page){ .body = buf_slice(&body), .answered_at = date });
}

/* Both folders are always there. */
static void take_names(void *ctx, const struct metadata_answer *answer)
{
	struct gcp_asked *asked = ctx;

	if (answer->outcome != OUTCOME_OK) {
		asked_answer_empty(&asked->base, answer->outcome, answer->detail);
		return;
	}
	gcp_option_texts_read(asked->turn, answer->body, &asked->options);
	if (++asked->turn < GCP_OPTION_FOLDERS) {
		ask(asked, gcp_option_folder(asked->turn), take_names);
		return;
	}
	asked->turn = 0;
	ask_values(asked, answer->date);
}

void gcp_options_begin(struct gcp_asked *asked)
{
	asked->turn = 0;
	ask(asked, gcp_option_folder(0), take_names);
}
