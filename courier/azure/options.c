/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon asks of the metadata itself, as it is now: which options open doors.
 */
#include "courier/azure/option_texts.h"
#include "courier/azure/request.h"
#include "courier/metadata.h"

#define BODY_BYTES ((size_t)8 * 1024)

static void take_instance(void *ctx, const struct metadata_answer *answer)
{
	struct asked *asked = ctx;
	AUTO_BUF struct buf body = BUF_LIMIT(BODY_BYTES);
	struct option_list options = { .count = 0 };
	struct message message = { .page = { .answered_at = answer->date } };
	struct err err;

	if (answer->outcome != OUTCOME_OK) {
		asked_answer_empty(asked, answer->outcome, answer->detail);
		return;
	}
	if (azure_option_texts_read(answer->body, &options, &err) < 0) {
		asked_answer_empty(asked, OUTCOME_BAD_ANSWER, err.text);
		return;
	}
	option_list_write(&options, "azure", &body);
	message.page.body = buf_slice(&body);
	asked_answer(asked, OUTCOME_OK, "", &message);
}

void azure_options_begin(struct asked *asked)
{
	if (!slice_equal(asked->page.attribute, SLICE(OPTION_LIST_ATTRIBUTE))) {
		err_set(&asked->why, ERR_USAGE, "no attribute that is asked for");
		asked_refuse(asked, OUTCOME_BAD_REQUEST);
		return;
	}
	metadata_get(asked->list->provider->client.metadata, AZURE_INSTANCE_PATH,
		     take_instance, asked);
}
