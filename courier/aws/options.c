/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/options.h"

#include "courier/aws/metadata_parts.h"

/* The body of an answer, of a few names and values of ours. */
#define BODY_BYTES ((size_t)8 * 1024)

/* One question after the other. That without a token is the last: by then it is known at
 * which of the two addresses metadata is to be had. */
static const struct {
	const char *path, *name;
	bool is_plain;
} steps[] = {
	{ "user-data", "user-data", false },
	{ "meta-data/", "imdsv1", true },
};
#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

static void ask_step(struct aws_asked *asked);

static void answer_options(struct aws_asked *asked, us_time date)
{
	AUTO_BUF struct buf body = BUF_LIMIT(BODY_BYTES);
	struct message message = { .page = { .answered_at = date } };

	option_list_write(&asked->options, "aws", &body);
	message.page.body = buf_slice(&body);
	asked_answer(&asked->common, OUTCOME_OK, "", &message);
}

static void take_step(void *ctx, const struct imds_answer *answer)
{
	struct aws_asked *asked = ctx;
	struct option_list *options = &asked->options;
	const char *name = steps[asked->turn].name;

	if (steps[asked->turn].is_plain && answer->status == 401) {
		option_list_add_value(options, name, SLICE("refused"));
	} else if (answer->outcome != OUTCOME_OK) {
		asked_answer_empty(&asked->common, answer->outcome, answer->detail);
		return;
	} else if (steps[asked->turn].is_plain) {
		option_list_add_value(options, name, SLICE("answered"));
	} else if (!answer->is_missing) {
		option_list_add(options, name);
	}
	if (++asked->turn < STEP_COUNT)
		ask_step(asked);
	else
		answer_options(asked, answer->date);
}

static void ask_step(struct aws_asked *asked)
{
	struct imds *imds = asked->common.list->provider->client.metadata->imds;

	if (steps[asked->turn].is_plain)
		imds_get_plain(imds, steps[asked->turn].path, take_step, asked);
	else
		imds_get(imds, steps[asked->turn].path, take_step, asked);
}

void aws_options_begin(struct aws_asked *asked)
{
	if (!slice_equal(asked->common.page.attribute, SLICE(OPTION_LIST_ATTRIBUTE))) {
		err_set(&asked->common.why, ERR_USAGE, "no attribute that is asked for");
		asked_refuse(&asked->common, OUTCOME_BAD_REQUEST);
		return;
	}
	asked->turn = 0;
	ask_step(asked);
}
