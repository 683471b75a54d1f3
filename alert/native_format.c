/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native format: by stream the JSON object of the login, of the finding, or
 *
 *   {"type":"heartbeat","time","host","instance","started","interval_s","logins",
 *    "findings","waiting","sight"}
 *
 * and in each besides
 *
 *   "record":
 * {"uid","stream","activity","number","sequence","told_at","is_over","is_test",
 *              "rule","severity","verdict","title","message"}
 */
#include "alert/formats.h"
#include "alert/view.h"
#include "base/json.h"

#define MESSAGE_BYTES ((size_t)16384)

static void put_word(struct json_writer *writer, const char *key, const char *word)
{
	json_put_text(writer, key, slice_text(word));
}

static void put_uid(struct json_writer *writer, const struct alert_view *view)
{
	char uid[ID_TEXT_BYTES];

	if (view->heartbeat)
		json_put_null(writer, "uid");
	else
		put_word(writer, "uid", id_to_text(&view->uid, uid));
}

static void put_record(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	const struct alert_record *record = view->record;

	alert_view_message(view, &message);
	json_open_object(writer, "record");
	put_uid(writer, view);
	put_word(writer, "stream", alert_stream_word(view->stream));
	put_word(writer, "activity", alert_activity_word(view->activity));
	json_put_number(writer, "number", (int64_t)record->number);
	json_put_number(writer, "sequence", (int64_t)record->sequence);
	json_put_time(writer, "told_at", record->told_at);
	json_put_bool(writer, "is_over", view->is_over);
	json_put_bool(writer, "is_test", view->is_test);
	put_word(writer, "rule", view->rule);
	put_word(writer, "severity", severity_word(view->severity));
	json_put_text_or_null(
		writer, "verdict",
		slice_text(view->verdict ? verdict_word(view->verdict->verdict) : ""));
	put_word(writer, "title", view->title);
	json_put_text(writer, "message", buf_slice(&message));
	json_close_object(writer);
}

static void put_heartbeat(struct json_writer *writer, const struct alert_view *view)
{
	const struct alert_heartbeat *heartbeat = view->heartbeat;

	put_word(writer, "type", "heartbeat");
	json_put_time(writer, "time", view->happened_at);
	json_put_text_or_null(writer, "host", view->host);
	json_put_text_or_null(writer, "instance", view->instance);
	json_put_time(writer, "started", heartbeat->started_at);
	json_put_number(writer, "interval_s", heartbeat->interval_us / US_PER_SECOND);
	json_put_number(writer, "logins", (int64_t)heartbeat->logins);
	json_put_number(writer, "findings", (int64_t)heartbeat->findings);
	json_put_number(writer, "waiting", (int64_t)heartbeat->waiting);
	put_word(writer, "sight", heartbeat->sight);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	if (view.heartbeat)
		put_heartbeat(&writer, &view);
	else if (view.stream == ALERT_FINDINGS)
		native_put_finding(&writer, &view.finding, record->context);
	else
		native_put_login(&writer, view.verdict, record->context);
	put_record(&writer, &view);
	json_close_object(&writer);
}

const struct alert_format alert_format_native = {
	.name = "native",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS | 1u << ALERT_HEARTBEATS,
	.content_type = "application/json",
};
