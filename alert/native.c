/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/native.h"

#include "alert/advice.h"
#include "base/json.h"

static void put_word_or_null(struct json_writer *writer, const char *key,
			     const char *word)
{
	json_put_text_or_null(writer, key, slice_text(word));
}

static void put_id(struct json_writer *writer, const char *key, const struct id *id)
{
	char text[ID_TEXT_BYTES];

	json_put_text(writer, key, slice_text(id_to_text(id, text)));
}

static void put_number_or_null(struct json_writer *writer, const char *key,
			       uint32_t number)
{
	if (number)
		json_put_number(writer, key, number);
	else
		json_put_null(writer, key);
}

static void put_one_evidence(struct json_writer *writer, uint64_t reference,
			     const struct native_context *context)
{
	struct evidence_text text;

	if (!context->evidence || !context->evidence(context->ctx, reference, &text))
		return;
	json_open_object(writer, NULL);
	json_put_text_or_null(writer, "source", text.source);
	json_put_text_or_null(writer, "cursor", text.cursor);
	json_put_text_or_null(writer, "line", text.line);
	json_close_object(writer);
}

static void put_evidence(struct json_writer *writer, const struct login *login,
			 const struct native_context *context)
{
	json_open_array(writer, "evidence");
	for (uint32_t i = 0; i < login->evidence_count; i++)
		put_one_evidence(writer, login->evidence[i], context);
	json_close_array(writer);
}

static void put_reasons(struct json_writer *writer, const struct verdict *verdict)
{
	json_open_array(writer, "reasons");
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		json_put_text(writer, NULL, slice_text(reason_word(verdict->reasons[i])));
	json_close_array(writer);
}

static void put_matched(struct json_writer *writer, uint32_t matched)
{
	json_open_array(writer, "matched_on");
	for (uint32_t i = 0; i < MATCHED_COUNT; i++) {
		if (matched & (UINT32_C(1) << i))
			json_put_text(writer, NULL,
				      slice_text(matched_word((enum matched)i)));
	}
	json_close_array(writer);
}

static void put_tristate(struct json_writer *writer, const char *key, enum tristate value)
{
	if (value == TRISTATE_UNKNOWN)
		json_put_null(writer, key);
	else
		json_put_bool(writer, key, value == TRISTATE_TRUE);
}

void native_put_call(struct json_writer *writer, const char *key,
		     const struct event *event, uint32_t matched)
{
	const struct api_call *call;

	if (!event) {
		json_put_null(writer, key);
		return;
	}
	call = &event->api_call;
	json_open_object(writer, key);
	json_put_text_or_null(writer, "id", call->id);
	json_put_text_or_null(writer, "name", call->name);
	json_put_time(writer, "time", event->happened_at);
	json_put_text_or_null(writer, "principal", call->principal);
	json_put_text_or_null(writer, "source_ip", call->source_ip);
	put_matched(writer, matched);
	json_put_text_or_null(writer, "request_id", call->request_id);
	json_put_text_or_null(writer, "account", call->account);
	json_put_text_or_null(writer, "region", call->region);
	json_put_text_or_null(writer, "access_key_id", call->access_key_id);
	json_put_text_or_null(writer, "session_issuer", call->session_issuer);
	put_tristate(writer, "mfa", call->mfa);
	json_put_text_or_null(writer, "user_agent", call->user_agent);
	json_put_text_or_null(writer, "invoked_by", call->invoked_by);
	json_put_text_or_null(writer, "error_code", call->error_code);
	json_close_object(writer);
}

/* Where it came in and as whom: the same members in logins and findings. */
static void put_door(struct json_writer *writer, const struct login *login,
		     enum path path, const struct native_context *context)
{
	json_put_text_or_null(writer, "host",
			      login->host.len ? login->host : context->host);
	json_put_text_or_null(writer, "instance", context->instance);
	put_word_or_null(writer, "path", path_word(path));
	put_word_or_null(writer, "through", path_word(login->through));
	json_put_text_or_null(writer, "os_user", login->os_user);
	json_put_text_or_null(writer, "source_ip", login->source_ip);
	put_number_or_null(writer, "source_port", login->source_port);
	json_put_text_or_null(writer, "tty", login->tty);
	json_put_text_or_null(writer, "session_id", login->session_id);
	json_put_text_or_null(writer, "command_id", login->command_id);
	json_put_text_or_null(writer, "key_fingerprint", login->key_fingerprint);
	json_put_text_or_null(writer, "principal_hint", login->principal_hint);
	json_put_text(writer, "trust", slice_text(trust_word(login->trust)));
}

void native_put_login(struct json_writer *writer, const struct verdict *verdict,
		      const struct native_context *context)
{
	const struct login *login = verdict->login;

	json_put_text(writer, "type", SLICE("login"));
	put_id(writer, "id", &login->id);
	json_put_time(writer, "time", login->happened_at);
	put_door(writer, login, login->path, context);
	put_evidence(writer, login, context);
	json_put_time(writer, "ended", login->ended_at);
	put_word_or_null(writer, "hint", login->hint);
	json_put_text(writer, "verdict", slice_text(verdict_word(verdict->verdict)));
	put_word_or_null(writer, "stage", stage_word(verdict->stage));
	put_reasons(writer, verdict);
	native_put_call(writer, "api_call", verdict->api_call, verdict->matched);
	native_put_call(writer, "through_api_call", verdict->through_api_call,
			verdict->through_matched);
	put_number_or_null(writer, "pid", login->pid);
	json_put_bool(writer, "evidence_cut", login->evidence_cut);
	put_word_or_null(writer, "policy_rule", verdict->policy_rule);
	json_put_time(writer, "sudo_at", login->sudo_at);
}

void native_append_login(struct buf *buf, const struct verdict *verdict,
			 const struct native_context *context)
{
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	native_put_login(&writer, verdict, context);
	json_close_object(&writer);
}

/* The members that a login gives, or null in their place. */
static void put_finding_login(struct json_writer *writer, const struct finding *finding,
			      const struct native_context *context)
{
	if (finding->login) {
		put_door(writer, finding->login, finding->path, context);
		put_evidence(writer, finding->login, context);
		json_put_time(writer, "ended", finding->login->ended_at);
		put_number_or_null(writer, "pid", finding->login->pid);
		return;
	}
	json_put_text_or_null(writer, "host", context->host);
	json_put_text_or_null(writer, "instance", context->instance);
	put_word_or_null(writer, "path", path_word(finding->path));
	json_open_array(writer, "evidence");
	if (finding->observation && finding->observation->evidence)
		put_one_evidence(writer, finding->observation->evidence, context);
	for (uint32_t i = 0;
	     finding->observation && i < finding->observation->sample_count; i++)
		put_one_evidence(writer, finding->observation->samples[i], context);
	json_close_array(writer);
}

static void put_finding_why(struct json_writer *writer, const struct finding *finding)
{
	if (finding->verdict) {
		put_word_or_null(writer, "stage", stage_word(finding->verdict->stage));
		put_reasons(writer, finding->verdict);
		put_word_or_null(writer, "policy_rule", finding->verdict->policy_rule);
		native_put_call(writer, "api_call", finding->api_call,
				finding->verdict->matched);
		native_put_call(writer, "through_api_call",
				finding->verdict->through_api_call,
				finding->verdict->through_matched);
		return;
	}
	json_put_text(writer, "stage", slice_text(stage_word(STAGE_FINAL)));
	json_open_array(writer, "reasons");
	if (finding->observation->kind == OBSERVATION_CONTROL_PLANE_BLIND)
		json_put_text(writer, NULL,
			      slice_text(reason_word(finding->observation->reason)));
	json_close_array(writer);
	json_put_null(writer, "policy_rule");
	native_put_call(writer, "api_call", finding->api_call, 0);
	json_put_text_or_null(writer, "detail", finding->observation->detail);
	json_put_time(writer, "from", finding->observation->from);
	json_put_time(writer, "until", finding->observation->until);
	if (finding->observation->kind == OBSERVATION_CONTROL_PLANE_BLIND)
		json_put_bool(writer, "is_over", finding->observation->is_over);
}

static void put_advice(struct json_writer *writer, const struct finding *finding)
{
	struct buf command = BUF_LIMIT(512);

	json_put_text(writer, "next",
		      slice_text(finding->verdict
					 ? advice_for_verdict(finding->verdict)
					 : advice_for_observation(finding->observation)));
	if (advice_contain(finding->login, finding->api_call, &command))
		json_put_text(writer, "contain", buf_slice(&command));
	else
		json_put_null(writer, "contain");
	buf_release(&command);
}

static void put_suppression(struct json_writer *writer,
			    const struct suppression *suppression)
{
	if (!suppression) {
		json_put_null(writer, "suppressed");
		return;
	}
	json_open_object(writer, "suppressed");
	json_put_text(writer, "by", slice_text(suppression->name));
	put_word_or_null(writer, "reason", suppression->reason);
	json_put_time(writer, "until", suppression->until);
	json_close_object(writer);
}

void native_put_finding(struct json_writer *writer, const struct finding *finding,
			const struct native_context *context)
{
	json_put_text(writer, "type", SLICE("finding"));
	put_id(writer, "id", &finding->id);
	json_put_text(writer, "rule", slice_text(finding->rule));
	json_put_text(writer, "severity", slice_text(severity_word(finding->severity)));
	if (finding->login)
		put_id(writer, "login_id", &finding->login->id);
	else
		json_put_null(writer, "login_id");
	json_put_time(writer, "time", finding->happened_at);
	json_put_text(writer, "title", slice_text(finding->title));
	put_finding_login(writer, finding, context);
	put_finding_why(writer, finding);
	put_word_or_null(writer, "technique", finding->technique);
	put_word_or_null(writer, "tactic", finding->tactic);
	put_suppression(writer, finding->suppression);
	put_advice(writer, finding);
}

void native_append_finding(struct buf *buf, const struct finding *finding,
			   const struct native_context *context)
{
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	native_put_finding(&writer, finding, context);
	json_close_object(&writer);
}

void native_append_summary(struct buf *buf, const struct native_summary *summary)
{
	/* The words of the interface, in its order; "not-judged" is written with '_'
	 * there. */
	static const struct {
		const char *key;
		enum verdict_kind verdict;
	} verdicts[] = {
		{ "authorized", VERDICT_AUTHORIZED },
		{ "unauthorized", VERDICT_UNAUTHORIZED },
		{ "unverifiable", VERDICT_UNVERIFIABLE },
		{ "pending", VERDICT_PENDING },
		{ "not_judged", VERDICT_NOT_JUDGED },
	};
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("summary"));
	json_put_number(&writer, "logins", (int64_t)summary->logins);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++)
		json_put_number(&writer, verdicts[i].key,
				(int64_t)summary->by_verdict[verdicts[i].verdict]);
	json_put_number(&writer, "findings", (int64_t)summary->findings);
	json_put_number(&writer, "api_calls", (int64_t)summary->api_calls);
	json_put_number(&writer, "lines", (int64_t)summary->lines);
	json_put_number(&writer, "suppressed", (int64_t)summary->suppressed);
	json_close_object(&writer);
}
