/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked over the control socket and takes the courier to answer: `doctor`, and
 * what the cloud's metadata says of the doors. Who asks while it is on its way waits for
 * the same answer.
 */
#include <stdlib.h>
#include <unistd.h>

#include "agent/agent.h"
#include "agent/metadata_options.h"
#include "base/cleanup.h"
#include "base/json.h"

#define NONE ((struct slice){ NULL, 0 })

#ifndef LIBEXECDIR
#define LIBEXECDIR "/usr/libexec"
#endif
/* Gives the agent the right to read a log that is root's alone. */
#define CHOOSE_ACCESS LIBEXECDIR "/countersign/choose-access"

/* ---- who waits -----------------------------------------------------------------------
 */

static void wait_for(struct agent *agent, struct agent_waiters *waiters,
		     struct message *request, courier_done_fn *take,
		     struct control_reply *reply)
{
	if (waiters->count == AGENT_WAITERS_MAX ||
	    (waiters->count == 0 &&
	     !courier_link_ask(agent->courier, request, take, agent)))
		control_reply_error(reply, "the courier is busy: ask again");
	else
		waiters->replies[waiters->count++] = reply;
}

static struct control_reply *next_waiter(struct agent_waiters *waiters)
{
	return waiters->count ? waiters->replies[--waiters->count] : NULL;
}

void agent_end_waiting(struct agent *agent, const char *why)
{
	struct agent_waiters *const all[] = { &agent->doctors, &agent->metadata };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		struct control_reply *reply;

		while ((reply = next_waiter(all[i])) != NULL)
			control_reply_error(reply, why);
	}
}

/* ---- doctor --------------------------------------------------------------------------
 */

static void give_check(struct control_reply *reply, struct slice what,
		       const char *outcome, struct slice detail, struct slice advice)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("check"));
	json_put_text(&writer, "what", what);
	json_put_text(&writer, "outcome", slice_text(outcome));
	json_put_text_or_null(&writer, "detail", detail);
	json_put_text_or_null(&writer, "advice", advice);
	json_close_object(&writer);
	control_reply_row(reply, buf_slice(&row));
}

/* Which configuration it runs with, so that whoever asks can have a look at it, too. */
static void give_agent(struct agent *agent, struct control_reply *reply)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_FREE char *path =
		agent->config_path ? realpath(agent->config_path, NULL) : NULL;
	const char *config = path ? path : agent->config_path;
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("agent"));
	json_put_text_or_null(&writer, "config", slice_text(config ? config : ""));
	json_put_text_or_null(&writer, "cloud",
			      pipeline_identity(agent->pipeline)->provider);
	json_close_object(&writer);
	control_reply_row(reply, buf_slice(&row));
}

static struct slice advice_of(const struct source_state *state)
{
	if (state->condition != SOURCE_DENIED)
		return NONE;
	if (access(CHOOSE_ACCESS, F_OK) == 0)
		return SLICE("run " CHOOSE_ACCESS
			     ", which lets the agent read what it needs, "
			     "and systemctl restart countersignd");
	return SLICE("let the agent's user read it");
}

/* What need not be there, and is not, is no news: that of another cloud is among it. */
static void check_sources(struct agent *agent, struct control_reply *reply)
{
	for (size_t i = 0; i < agent->source_count; i++) {
		const struct source *source = agent->sources[i];
		struct source_state state;
		const char *outcome = "missing", *detail = "";

		source->ops->state(source, &state);
		if (state.is_quiet)
			continue;
		if (state.condition == SOURCE_FOLLOWING) {
			outcome = "ok";
			detail = "is followed";
		}
		if (state.problem && state.problem[0])
			detail = state.problem;
		give_check(reply, slice_text(source->name), outcome, slice_text(detail),
			   advice_of(&state));
	}
}

static void give_checks(struct control_reply *reply, const struct message *answer)
{
	if (answer->kind != MESSAGE_CHECK) {
		give_check(reply, SLICE("control plane"), "missing", answer->detail,
			   NONE);
		return;
	}
	if (answer->outcome == OUTCOME_NO_CLOUD)
		give_check(reply, SLICE("control plane"), "ok", answer->detail, NONE);
	for (uint64_t i = 0; i < answer->check.count; i++) {
		const struct check_line *line = &answer->check.lines[i];
		/* Quick answers are a comfort, not a need. */
		const char *without = slice_starts_with(line->what, SLICE("ssm:"))
					      ? "optional"
					      : "missing";

		give_check(reply, line->what,
			   line->outcome == OUTCOME_OK ? "ok" : without, line->detail,
			   NONE);
	}
}

static void take_check(void *ctx, const struct message *answer)
{
	struct agent *agent = ctx;
	struct control_reply *reply;

	while ((reply = next_waiter(&agent->doctors)) != NULL) {
		give_checks(reply, answer);
		control_reply_end(reply);
	}
}

void agent_answer_doctor(struct agent *agent, struct control_reply *reply)
{
	struct message request = { .kind = MESSAGE_ASK_CHECK };

	give_agent(agent, reply);
	check_sources(agent, reply);
	if (agent->config.courier.mode == COURIER_OFF)
		control_reply_end(reply);
	else
		wait_for(agent, &agent->doctors, &request, take_check, reply);
}

/* ---- metadata ------------------------------------------------------------------------
 */

static void give_metadata(struct control_reply *reply, const char *outcome,
			  struct slice cloud, struct slice detail)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("metadata"));
	json_put_text(&writer, "outcome", slice_text(outcome));
	json_put_text_or_null(&writer, "cloud", cloud);
	json_put_text_or_null(&writer, "detail", detail);
	json_close_object(&writer);
	control_reply_row(reply, buf_slice(&row));
}

static void give_option(struct control_reply *reply, struct slice name,
			struct slice value)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("option"));
	json_put_text(&writer, "name", name);
	if (value.ptr)
		json_put_text(&writer, "value", value);
	else
		json_put_null(&writer, "value");
	json_close_object(&writer);
	control_reply_row(reply, buf_slice(&row));
}

static void give_options(struct control_reply *reply, const struct message *answer)
{
	AUTO_METADATA_OPTIONS struct metadata_options options = { .root = NULL };
	struct err err;

	if (answer->outcome != OUTCOME_OK || answer->kind != MESSAGE_PAGE) {
		give_metadata(reply, message_outcome_word(answer->outcome), NONE,
			      answer->detail);
		return;
	}
	if (metadata_options_read(answer->page.body, &options, &err) < 0) {
		give_metadata(reply, message_outcome_word(OUTCOME_BAD_ANSWER), NONE,
			      slice_text(err.text));
		return;
	}
	give_metadata(reply, message_outcome_word(OUTCOME_OK), options.cloud, NONE);
	for (size_t i = 0; i < options.count; i++)
		give_option(reply, options.options[i].name, options.options[i].value);
}

static void take_options(void *ctx, const struct message *answer)
{
	struct agent *agent = ctx;
	struct control_reply *reply;

	while ((reply = next_waiter(&agent->metadata)) != NULL) {
		give_options(reply, answer);
		control_reply_end(reply);
	}
}

void agent_answer_metadata(struct agent *agent, struct control_reply *reply)
{
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .query = QUERY_METADATA,
			      .attribute = SLICE("options"),
			      .from = US_TIME_NONE,
			      .until = US_TIME_NONE },
	};

	if (agent->config.courier.mode == COURIER_OFF) {
		give_metadata(reply, "off", NONE, SLICE("[courier] mode = off"));
		control_reply_end(reply);
	} else {
		wait_for(agent, &agent->metadata, &request, take_options, reply);
	}
}
