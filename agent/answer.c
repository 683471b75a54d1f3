/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is asked over the control socket, answered from the store; the reasoning about one
 * login from the correlator. docs/status.md is the contract of the rows.
 */
#include "agent/agent.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/limits.h"

/* Ids that a prefix may mean, named when it is not clear which. */
#define MATCHES_MAX 20

static bool give_login(void *ctx, const struct store_login *login)
{
	control_reply_row(ctx, login->json);
	return true;
}

bool agent_append_finding(const struct store_finding *finding, struct buf *buf)
{
	struct slice json = finding->json;

	if (json.len < 2 || json.ptr[json.len - 1] != '}')
		return false;
	buf_append(buf, slice_first(json, json.len - 1));
	buf_append_text(buf, finding->is_open ? ",\"open\":true}" : ",\"open\":false}");
	return !buf_overflowed(buf);
}

static bool give_finding(void *ctx, const struct store_finding *finding)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_STORED_BYTES);

	if (agent_append_finding(finding, &row))
		control_reply_row(ctx, buf_slice(&row));
	return true;
}

static struct store_filter filter_of(const struct control_request *request)
{
	return (struct store_filter){
		.since = request->since,
		.until = request->until,
		.path = request->path,
		.verdict = request->verdict,
		.doors_only = !request->all && request->path == PATH_NONE,
	};
}

static void finish(const struct control_request *request, struct control_reply *reply,
		   int rc, const struct err *err)
{
	if (rc < 0)
		control_reply_error(reply, err->text);
	else if (!request->follow)
		control_reply_end(reply);
}

static void answer_logins(struct agent *agent, const struct control_request *request,
			  struct control_reply *reply)
{
	struct store_filter filter = filter_of(request);
	struct err err;

	finish(request, reply,
	       store_each_login(agent->store, &filter, give_login, reply, &err), &err);
}

static bool give_dead_letter(void *ctx, const char *of,
			     const struct store_dead_letter *letter)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_STORED_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("dead-letter"));
	json_put_text(&writer, "sink", slice_text(of));
	json_put_number(&writer, "number", (int64_t)letter->number);
	json_put_time(&writer, "refused_at", letter->refused_at);
	json_put_text_or_null(&writer, "why", letter->why);
	json_put_text(&writer, "record", letter->bytes);
	json_close_object(&writer);
	if (!buf_overflowed(&row))
		control_reply_row(ctx, buf_slice(&row));
	return true;
}

static void answer_undelivered(struct agent *agent, struct control_reply *reply)
{
	struct err err;

	if (store_each_dead_letter(agent->store, NULL, STORE_DEAD_LETTERS,
				   give_dead_letter, reply, &err) < 0)
		control_reply_error(reply, err.text);
	else
		control_reply_end(reply);
}

static void answer_alerts(struct agent *agent, const struct control_request *request,
			  struct control_reply *reply)
{
	struct store_filter filter = filter_of(request);
	struct err err;

	if (request->undelivered) {
		answer_undelivered(agent, reply);
		return;
	}
	finish(request, reply,
	       store_each_finding(agent->store, &filter, give_finding, reply, &err),
	       &err);
}

static void answer_status(struct agent *agent, bool is_privileged,
			  struct control_reply *reply)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	agent_append_status(agent, is_privileged, &row);
	control_reply_row(reply, buf_slice(&row));
	control_reply_end(reply);
}

/* ---- explain -------------------------------------------------------------------------
 */

struct match {
	bool is_login;
	struct id id, login_id;
	us_time happened_at;
	struct slice json, title;
};

struct matches {
	struct arena arena;
	struct match found[MATCHES_MAX];
	size_t count;
};

static bool note_login(void *ctx, const struct store_login *login)
{
	struct matches *matches = ctx;

	matches->found[matches->count++] = (struct match){
		.is_login = true,
		.id = login->id,
		.happened_at = login->happened_at,
		.json = arena_copy(&matches->arena, login->json),
		.title = slice_text(path_word(login->path)),
	};
	return matches->count < MATCHES_MAX;
}

static bool note_finding(void *ctx, const struct store_finding *finding)
{
	struct matches *matches = ctx;
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_STORED_BYTES);

	if (!agent_append_finding(finding, &row))
		return true;
	matches->found[matches->count++] = (struct match){
		.id = finding->id,
		.login_id = finding->login_id,
		.happened_at = finding->happened_at,
		.json = arena_copy(&matches->arena, buf_slice(&row)),
		.title = arena_copy(&matches->arena, finding->rule),
	};
	return matches->count < MATCHES_MAX;
}

static void give_match(struct control_reply *reply, const struct match *match)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	char id[ID_TEXT_BYTES];
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("match"));
	json_put_text(&writer, "what",
		      match->is_login ? SLICE("login") : SLICE("finding"));
	json_put_text(&writer, "id", slice_text(id_to_text(&match->id, id)));
	json_put_time(&writer, "time", match->happened_at);
	json_put_text(&writer, "title", match->title);
	json_close_object(&writer);
	control_reply_row(reply, buf_slice(&row));
}

static void give_step(void *ctx, const struct reasoning *step)
{
	AUTO_BUF struct buf row = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct json_writer writer;

	json_begin(&writer, &row);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("step"));
	json_put_text(&writer, "rule", slice_text(step->rule));
	json_put_bool(&writer, "held", step->held);
	json_put_text(&writer, "why", slice_text(step->why));
	native_put_call(&writer, "api_call", step->api_call, 0);
	json_close_object(&writer);
	control_reply_row(ctx, buf_slice(&row));
}

static void ignore_verdict(void *ctx, const struct verdict *verdict)
{
	(void)ctx;
	(void)verdict;
}

static void explain(struct agent *agent, const struct id *login_id, struct slice json,
		    struct control_reply *reply)
{
	struct err err;

	control_reply_row(reply, json);
	/* A login that was settled long ago is no longer reasoned about. */
	correlator_explain(pipeline_correlator(agent->pipeline), login_id, give_step,
			   ignore_verdict, reply);
	if (store_findings_of(agent->store, login_id, give_finding, reply, &err) < 0)
		control_reply_error(reply, err.text);
	else
		control_reply_end(reply);
}

static bool is_of_login(const struct match *match)
{
	static const struct id none;

	return memcmp(match->login_id.bytes, none.bytes, ID_BYTES) != 0;
}

/* A finding of a login is explained by the login. */
static void explain_match(struct agent *agent, const struct match *match,
			  struct control_reply *reply)
{
	struct matches logins = { .count = 0 };
	char id[ID_TEXT_BYTES];
	struct err err;

	if (match->is_login) {
		explain(agent, &match->id, match->json, reply);
		return;
	}
	if (!is_of_login(match)) {
		control_reply_row(reply, match->json);
		control_reply_end(reply);
		return;
	}
	arena_init(&logins.arena);
	if (store_find_login(agent->store, slice_text(id_to_text(&match->login_id, id)),
			     note_login, &logins, &err) < 0)
		control_reply_error(reply, err.text);
	else if (logins.count)
		explain(agent, &match->login_id, logins.found[0].json, reply);
	else
		control_reply_error(reply, "the finding's login is not kept any more");
	arena_release(&logins.arena);
}

static void answer_explain(struct agent *agent, const struct control_request *request,
			   struct control_reply *reply)
{
	struct matches matches = { .count = 0 };
	struct slice prefix = slice_text(request->id);
	struct err err;
	int rc;

	arena_init(&matches.arena);
	rc = store_find_login(agent->store, prefix, note_login, &matches, &err);
	if (rc == 0 && matches.count < MATCHES_MAX)
		rc = store_find_finding(agent->store, prefix, note_finding, &matches,
					&err);
	if (rc < 0) {
		control_reply_error(reply, err.text);
	} else if (matches.count == 1) {
		explain_match(agent, &matches.found[0], reply);
	} else if (matches.count == 0) {
		control_reply_error(reply, "no login and no finding has this id");
	} else {
		for (size_t i = 0; i < matches.count; i++)
			give_match(reply, &matches.found[i]);
		control_reply_error(reply, "several ids begin so: give more digits");
	}
	arena_release(&matches.arena);
}

void agent_answer(void *ctx, const struct control_request *request, bool is_privileged,
		  struct control_reply *reply)
{
	struct agent *agent = ctx;

	/* The rows are read from what was committed. */
	agent_commit(agent);
	switch (request->command) {
	case CONTROL_STATUS:
		answer_status(agent, is_privileged, reply);
		break;
	case CONTROL_LOGINS:
		answer_logins(agent, request, reply);
		break;
	case CONTROL_ALERTS:
		answer_alerts(agent, request, reply);
		break;
	case CONTROL_EXPLAIN:
		answer_explain(agent, request, reply);
		break;
	case CONTROL_DOCTOR:
		agent_answer_doctor(agent, reply);
		break;
	case CONTROL_BASELINE:
		agent_answer_baseline(agent, request, reply);
		break;
	case CONTROL_TEST_ALERT:
		agent_answer_trial(agent, request, reply);
		break;
	case CONTROL_METADATA:
		agent_answer_metadata(agent, reply);
		break;
	case CONTROL_COMMAND_COUNT:
		control_reply_error(reply, "there is no such command");
		break;
	}
}
