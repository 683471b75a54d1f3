/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/own.h"

#include "alert/advice.h"
#include "alert/facts.h"
#include "alert/text.h"

/* Lines of evidence, and bytes of each: Lucene refuses a document with a term of more
 * than 32,766 bytes, and a receiver of events takes some hundred KiB at most. */
#define LINES 16
#define LINE_BYTES 8192

static void put_id(struct json_writer *writer, const char *key, const struct id *id)
{
	char text[ID_TEXT_BYTES];

	json_put_text(writer, key, slice_text(id_to_text(id, text)));
}

static void put_verdict(struct json_writer *writer, const struct verdict *verdict)
{
	json_put_text(writer, "verdict", slice_text(verdict_word(verdict->verdict)));
	text_put_word(writer, "stage", stage_word(verdict->stage));
	json_open_array(writer, "reasons");
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		json_put_text(writer, NULL, slice_text(reason_word(verdict->reasons[i])));
	json_close_array(writer);
	text_put_word(writer, "policy_rule", verdict->policy_rule);
}

static void put_login_rest(struct json_writer *writer, const struct login *login)
{
	text_put_word(writer, "through", path_word(login->through));
	json_put_text(writer, "trust", slice_text(trust_word(login->trust)));
	text_put_known(writer, "session_id", login->session_id);
	text_put_known(writer, "command_id", login->command_id);
	text_put_known(writer, "tty", login->tty);
	text_put_known(writer, "key_fingerprint", login->key_fingerprint);
	text_put_known(writer, "principal_hint", login->principal_hint);
	text_put_word(writer, "hint", login->hint);
	text_put_time(writer, "sudo_at", login->sudo_at);
}

static void put_observation(struct json_writer *writer,
			    const struct observation *observation)
{
	text_put_known(writer, "detail", observation->detail);
	text_put_time(writer, "from", observation->from);
	text_put_time(writer, "until", observation->until);
	if (observation->kind != OBSERVATION_CONTROL_PLANE_BLIND)
		return;
	json_open_array(writer, "reasons");
	json_put_text(writer, NULL, slice_text(reason_word(observation->reason)));
	json_close_array(writer);
}

static void put_heartbeat(struct json_writer *writer,
			  const struct alert_heartbeat *heartbeat)
{
	json_open_object(writer, "heartbeat");
	text_put_time(writer, "started", heartbeat->started_at);
	json_put_number(writer, "interval_seconds",
			heartbeat->interval_us / US_PER_SECOND);
	json_put_number(writer, "logins", (int64_t)heartbeat->logins);
	json_put_number(writer, "findings", (int64_t)heartbeat->findings);
	json_put_number(writer, "waiting", (int64_t)heartbeat->waiting);
	text_put_word(writer, "sight", heartbeat->sight);
	json_close_object(writer);
}

static void put_line(void *ctx, const struct evidence_text *text)
{
	struct json_writer *writer = ctx;

	json_open_object(writer, NULL);
	text_put(writer, "source", text->source, LINE_BYTES);
	text_put(writer, "cursor", text->cursor, LINE_BYTES);
	text_put(writer, "line", text->line, LINE_BYTES);
	json_close_object(writer);
}

static void put_evidence(struct json_writer *writer, const struct alert_view *view)
{
	uint32_t more;

	json_open_array(writer, "evidence");
	more = facts_each_line(view, LINES, put_line, writer);
	json_close_array(writer);
	if (more)
		json_put_number(writer, "evidence_left_out", more);
}

static void put_next(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf command = BUF_LIMIT(512);

	text_put_word(writer, "next", alert_view_advice(view));
	if (view->has_finding && !view->is_over && !view->is_test &&
	    advice_contain(view->login, view->call, &command))
		text_put_known(writer, "contain", buf_slice(&command));
}

void own_put(struct json_writer *writer, const char *key, const struct alert_view *view)
{
	json_open_object(writer, key);
	json_put_text(writer, "stream", slice_text(alert_stream_word(view->stream)));
	json_put_text(writer, "activity",
		      slice_text(alert_activity_word(view->activity)));
	json_put_number(writer, "number", (int64_t)view->record->number);
	json_put_text(writer, "severity", slice_text(severity_word(view->severity)));
	json_put_bool(writer, "is_over", view->is_over);
	json_put_bool(writer, "is_test", view->is_test);
	if (view->heartbeat)
		put_heartbeat(writer, view->heartbeat);
	else
		put_id(writer, "uid", &view->uid);
	if (view->has_finding)
		put_id(writer, "finding_id", &view->finding.id);
	text_put_word(writer, "path", path_word(view->path));
	if (view->verdict)
		put_verdict(writer, view->verdict);
	if (view->login)
		put_login_rest(writer, view->login);
	if (view->observation)
		put_observation(writer, view->observation);
	if (view->verdict)
		json_put_bool(writer, "is_vouched", view->is_vouched);
	if (view->call)
		native_put_call(writer, "api_call", view->call,
				view->is_vouched ? view->verdict->matched : 0);
	if (view->through)
		native_put_call(writer, "through_api_call", view->through,
				view->verdict->through_matched);
	put_next(writer, view);
	if (!view->heartbeat)
		put_evidence(writer, view);
	json_close_object(writer);
}
