/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slack's and Microsoft Teams' webhooks, and PagerDuty's Events API v2: a request a
 * record, whose body is ready; PagerDuty's gets the routing key put in, which the daemon
 * does not know.
 */
#include "courier/delivery_ops.h"
#include "courier/post.h"
#include "courier/wipe.h"

static int build_chat(struct delivery *delivery, const struct post_group *group,
		      struct post_request *request, struct err *err)
{
	(void)err;
	buf_append(&request->url, buf_slice(&delivery->url));
	buf_append(&request->body, group->batch->records[group->from].bytes);
	post_add_header(request, "Content-Type: application/json");
	return 0;
}

/* {"event_action":...} becomes {"routing_key":"...","event_action":...}. */
static int build_pagerduty(struct delivery *delivery, const struct post_group *group,
			   struct post_request *request, struct err *err)
{
	struct slice record = group->batch->records[group->from].bytes;
	struct slice key = buf_slice(&delivery->token);
	bool is_empty;

	if (!slice_take_prefix(&record, SLICE("{")))
		return err_set(err, ERR_FORMAT, "the record is no JSON object");
	is_empty = slice_starts_with(record, SLICE("}"));
	buf_append(&request->url, buf_slice(&delivery->url));
	wipe_buf_append(&request->body, SLICE("{\"routing_key\":\""));
	/* Visible ASCII, but these two end a string. */
	for (size_t i = 0; i < key.len; i++) {
		if (key.ptr[i] == '"' || key.ptr[i] == '\\')
			wipe_buf_append(&request->body, SLICE("\\"));
		wipe_buf_append(&request->body, slice_of(key.ptr + i, 1));
	}
	wipe_buf_append(&request->body, is_empty ? SLICE("\"") : SLICE("\","));
	wipe_buf_append(&request->body, record);
	post_add_header(request, "Content-Type: application/json");
	return 0;
}

static enum post_step judge_slack(struct delivery *delivery,
				  const struct post_group *group,
				  const struct http_answer *answer)
{
	struct sink_answer meaning;

	answer_read_slack(answer->status, answer->body, &meaning);
	return post_apply(delivery, group, &meaning);
}

static enum post_step judge_teams(struct delivery *delivery,
				  const struct post_group *group,
				  const struct http_answer *answer)
{
	struct sink_answer meaning;

	answer_read_teams(answer->status, answer->body, &meaning);
	return post_apply(delivery, group, &meaning);
}

static enum post_step judge_pagerduty(struct delivery *delivery,
				      const struct post_group *group,
				      const struct http_answer *answer)
{
	struct sink_answer meaning;

	answer_read_pagerduty(answer->status, answer->body, &meaning);
	return post_apply(delivery, group, &meaning);
}

static const struct post_kind slack = {
	.type = "slack",
	.is_one_by_one = true,
	.build = build_chat,
	.judge = judge_slack,
};

static const struct post_kind teams = {
	.type = "teams",
	.is_one_by_one = true,
	.build = build_chat,
	.judge = judge_teams,
};

static const struct post_kind pagerduty = {
	.type = "pagerduty",
	.is_one_by_one = true,
	.default_url = "https://events.pagerduty.com/v2/enqueue",
	.build = build_pagerduty,
	.judge = judge_pagerduty,
};

static int open_slack(sd_event *event, const struct config *config,
		      const struct config_sink *sink, struct delivery **ret_delivery,
		      struct err *err)
{
	(void)err;
	return post_open(&slack, event, config, sink, ret_delivery);
}

static int open_teams(sd_event *event, const struct config *config,
		      const struct config_sink *sink, struct delivery **ret_delivery,
		      struct err *err)
{
	(void)err;
	return post_open(&teams, event, config, sink, ret_delivery);
}

static int open_pagerduty(sd_event *event, const struct config *config,
			  const struct config_sink *sink, struct delivery **ret_delivery,
			  struct err *err)
{
	(void)err;
	return post_open(&pagerduty, event, config, sink, ret_delivery);
}

#define CHAT_OPS(name, opener)                                       \
	{                                                            \
		.type = (name), .open = (opener), .send = post_send, \
		.check = post_check, .close = post_close             \
	}

const struct deliver_ops deliver_slack = CHAT_OPS("slack", open_slack);
const struct deliver_ops deliver_teams = CHAT_OPS("teams", open_teams);
const struct deliver_ops deliver_pagerduty = CHAT_OPS("pagerduty", open_pagerduty);
