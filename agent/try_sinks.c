/* SPDX-License-Identifier: Apache-2.0 */
/* test-alert: one marked finding through every sink, and what each answered. */
#include "agent/agent.h"
#include "base/json.h"
#include "base/limits.h"

static void give_trial(void *ctx, const struct outbox_trial *trial)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct agent *agent = ctx;
	struct json_writer writer;

	if (!agent->trial)
		return;
	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("test-alert"));
	json_put_text(&writer, "sink", slice_text(trial->sink));
	json_put_text(&writer, "outcome", slice_text(trial->outcome));
	json_put_text_or_null(&writer, "detail", trial->detail);
	json_close_object(&writer);
	control_reply_row(agent->trial, buf_slice(&row));
	if (!trial->is_last)
		return;
	control_reply_end(agent->trial);
	agent->trial = NULL;
}

void agent_answer_trial(struct agent *agent, const struct control_request *request,
			struct control_reply *reply)
{
	struct err err;

	if (agent->trial) {
		control_reply_error(reply, "another test is going on: ask again");
		return;
	}
	agent->trial = reply;
	if (pipeline_try(agent->pipeline, slice_text(request->sinks), give_trial, agent,
			 &err) == 0)
		return;
	agent->trial = NULL;
	control_reply_error(reply, err.text);
}

void agent_end_trial(struct agent *agent)
{
	if (agent->trial)
		control_reply_error(agent->trial,
				    "the agent ends or reads its configuration anew");
	agent->trial = NULL;
}
