/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The native format: the JSON object of the login or, where it is about none that is
 * judged, of the finding, and besides
 *
 *   "finding": what is wrong with the login, or null
 *   "record":  {"uid","activity","number","told_at","is_over","rule","severity","title",
 *              "message"}
 */
#include "alert/formats.h"
#include "alert/view.h"
#include "base/json.h"

static void put_record(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf message = BUF_LIMIT(4096);
	char uid[ID_TEXT_BYTES];

	alert_view_message(view, &message);
	json_open_object(writer, "record");
	json_put_text(writer, "uid", slice_text(id_to_text(&view->uid, uid)));
	json_put_text(writer, "activity",
		      slice_text(alert_activity_word(view->record->activity)));
	json_put_number(writer, "number", (int64_t)view->record->number);
	json_put_time(writer, "told_at", view->record->told_at);
	json_put_bool(writer, "is_over", view->is_over);
	json_put_text(writer, "rule", slice_text(view->rule));
	json_put_text(writer, "severity",
		      slice_text(view->has_finding ? severity_word(view->finding.severity)
						   : "informational"));
	json_put_text(writer, "title", slice_text(view->title));
	json_put_text(writer, "message", buf_slice(&message));
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	if (!record->verdict) {
		native_put_finding(&writer, &view.finding, record->context);
	} else {
		native_put_login(&writer, record->verdict, record->context);
		if (view.has_finding) {
			json_open_object(&writer, "finding");
			native_put_finding(&writer, &view.finding, record->context);
			json_close_object(&writer);
		} else {
			json_put_null(&writer, "finding");
		}
	}
	put_record(&writer, &view);
	json_close_object(&writer);
}

static void append(struct buf *buf, const struct alert_record *record)
{
	format_append(buf, record, write_record);
}

const struct alert_format alert_format_native = {
	.name = "native",
	.append = append,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
