/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PagerDuty's Events API v2: an event that triggers an alert, or resolves it when it is
 * over. All records about one login or observation share the dedup_key. The routing key,
 * a secret, is put in by whoever sends it.
 */
#include "alert/facts.h"
#include "alert/formats.h"
#include "alert/text.h"

#define SUMMARY_BYTES 1024
#define MESSAGE_BYTES 8192

static const char *severity_of(const struct alert_view *view)
{
	static const char *const severities[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = "info",
		[SEVERITY_MEDIUM] = "warning",
		[SEVERITY_HIGH] = "error",
		[SEVERITY_CRITICAL] = "critical",
	};

	return view->severity < 0 ? "info" : severities[view->severity];
}

/* Required, so it is never empty. */
static struct slice source_of(const struct alert_view *view)
{
	if (view->host.len)
		return view->host;
	return view->instance.len ? view->instance : SLICE("unknown host");
}

static void put_summary(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf summary = BUF_LIMIT(MESSAGE_BYTES);

	text_append(&summary, source_of(view), FACT_BYTES, NULL);
	buf_append_text(&summary, ": ");
	alert_view_message(view, &summary);
	text_put(writer, "summary", buf_slice(&summary), SUMMARY_BYTES);
}

static void put_fact(void *ctx, const struct fact *fact)
{
	json_put_text(ctx, fact->key, fact->value);
}

static void put_line(void *ctx, const struct evidence_text *text)
{
	AUTO_BUF struct buf line = BUF_LIMIT(FACT_BYTES);

	text_append(&line, text->line.len ? text->line : text->source, FACT_BYTES, NULL);
	json_put_text(ctx, NULL, buf_slice(&line));
}

static void put_details(struct json_writer *writer, const struct alert_view *view)
{
	uint32_t more;

	json_open_object(writer, "custom_details");
	facts_each(view, put_fact, writer);
	json_open_array(writer, "evidence");
	more = facts_each_line(view, FACT_LINES, put_line, writer);
	json_close_array(writer);
	if (more)
		json_put_number(writer, "evidence_left_out", more);
	json_close_object(writer);
}

static void put_payload(struct json_writer *writer, const struct alert_view *view)
{
	json_open_object(writer, "payload");
	put_summary(writer, view);
	text_put(writer, "source", source_of(view), FACT_BYTES);
	json_put_text(writer, "severity", slice_text(severity_of(view)));
	json_put_time(writer, "timestamp", view->happened_at);
	if (view->path != PATH_NONE)
		json_put_text(writer, "component", slice_text(path_word(view->path)));
	text_put(writer, "group", view->account, FACT_BYTES);
	json_put_text(writer, "class", slice_text(view->rule));
	put_details(writer, view);
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;
	char uid[ID_TEXT_BYTES];

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "event_action",
		      slice_text(view.is_over ? "resolve" : "trigger"));
	json_put_text(&writer, "dedup_key", slice_text(id_to_text(&view.uid, uid)));
	json_put_text(&writer, "client", SLICE("Countersign"));
	put_payload(&writer, &view);
	json_close_object(&writer);
}

const struct alert_format alert_format_pagerduty = {
	.name = "pagerduty",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
