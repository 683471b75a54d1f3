/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is usual for this host, looked at and forgotten over the control socket. The rows
 * are read from the store, where they are in order; docs/baselines.md is their contract.
 */
#include "agent/agent.h"
#include "agent/log.h"
#include "base/json.h"
#include "base/limits.h"

static void give(struct control_reply *reply, struct json_writer *writer, struct buf *row)
{
	json_close_object(writer);
	control_reply_row(reply, buf_slice(row));
}

static void begin(struct json_writer *writer, struct buf *row, const char *type)
{
	json_begin(writer, row);
	json_open_object(writer, NULL);
	json_put_text(writer, "type", slice_text(type));
}

/* ---- looking ---------------------------------------------------------------------- */

struct looking {
	const struct control_request *request;
	struct control_reply *reply;
};

static bool is_wanted(const struct control_request *request, struct slice kind)
{
	return !request->kind[0] || slice_equal(kind, slice_text(request->kind));
}

/* Single logins that are counted are shown to those who ask for them; what the baseline
 * keeps for itself to nobody. */
static bool is_row_wanted(const struct control_request *request, struct slice kind)
{
	return is_wanted(request, kind) && baseline_can_forget(kind) &&
	       (request->kind[0] || !slice_equal(kind, SLICE("recent")));
}

static bool give_row(void *ctx, const struct store_baseline *row)
{
	const struct looking *looking = ctx;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	if (!is_row_wanted(looking->request, row->kind))
		return true;
	begin(&writer, &text, "seen");
	json_put_text(&writer, "kind", row->kind);
	json_put_text(&writer, "key", row->key);
	json_put_time(&writer, "first", row->first_at);
	json_put_time(&writer, "last", row->last_at);
	json_put_number(&writer, "count", (int64_t)row->count);
	give(looking->reply, &writer, &text);
	return true;
}

static void give_learning(const struct baseline_learning *learning,
			  struct control_reply *reply)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	begin(&writer, &text, "learning");
	json_put_text(&writer, "kind", slice_text(learning->kind));
	json_put_bool(&writer, "told", learning->is_told);
	json_put_time(&writer, "began", learning->began_at);
	json_put_time(&writer, "until", learning->learned_at);
	json_put_number(&writer, "rows", (int64_t)learning->rows);
	json_put_number(&writer, "most_rows", (int64_t)learning->most_rows);
	give(reply, &writer, &text);
}

static void give_counting(const struct baseline_counting *counting,
			  struct control_reply *reply)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	begin(&writer, &text, "rate");
	json_put_text(&writer, "per", slice_text(counting->rate));
	json_put_number(&writer, "most", (int64_t)counting->limit.most);
	json_put_number(&writer, "window_s", counting->limit.window / US_PER_SECOND);
	json_put_number(&writer, "subjects", (int64_t)counting->subjects);
	give(reply, &writer, &text);
}

static void look(struct agent *agent, const struct control_request *request,
		 struct control_reply *reply)
{
	const struct baseline *baseline =
		baseline_keeper_baseline(pipeline_baseline(agent->pipeline));
	struct looking looking = { request, reply };
	struct baseline_learning learning;
	struct baseline_counting counting;
	struct err err;

	for (size_t i = 0; baseline_learning_at(baseline, i, &learning); i++) {
		if (is_wanted(request, slice_text(learning.kind)))
			give_learning(&learning, reply);
	}
	for (size_t i = 0; baseline_counting_at(baseline, i, &counting); i++) {
		if (is_wanted(request, SLICE("recent")))
			give_counting(&counting, reply);
	}
	if (store_each_baseline(agent->store, give_row, &looking, &err) < 0)
		control_reply_error(reply, err.text);
	else
		control_reply_end(reply);
}

/* ---- forgetting ------------------------------------------------------------------- */

static void forget(struct agent *agent, const struct control_request *request,
		   struct control_reply *reply)
{
	if (!baseline_keeper_forget(pipeline_baseline(agent->pipeline),
				    slice_text(request->kind),
				    slice_text(request->key))) {
		control_reply_error(reply, "the baseline has nothing of this name");
		return;
	}
	log_line(LOG_LEVEL_NOTICE, "the baseline was reset: %s%s%s",
		 request->kind[0] ? request->kind : "everything",
		 request->key[0] ? " " : "", request->key);
	agent_commit(agent);
	if (agent->is_stalled)
		control_reply_error(reply, agent->store_problem);
	else
		control_reply_end(reply);
}

void agent_answer_baseline(struct agent *agent, const struct control_request *request,
			   struct control_reply *reply)
{
	if (request->kind[0] && !baseline_can_forget(slice_text(request->kind)))
		control_reply_error(reply,
				    "there is no such baseline: allowed are principal, "
				    "source-network, path, hour and recent");
	else if (request->reset)
		forget(agent, request, reply);
	else
		look(agent, request, reply);
}
