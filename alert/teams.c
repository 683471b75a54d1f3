/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message for Microsoft Teams as its workflows' webhooks take it: one Adaptive Card as
 * attachment. All text is in text runs, of which Teams makes neither links nor formats;
 * a '{' is followed by a blank, since "{{DATE(...)}}" would be replaced by a date.
 */
#include "alert/facts.h"
#include "alert/formats.h"
#include "alert/text.h"

/* Teams refuses messages above 28 KB; these are its largest parts. */
#define TITLE_BYTES 256
#define TEXT_BYTES 2048
#define MESSAGE_BYTES 8192

static const char *escape_card(char byte)
{
	return byte == '{' ? "{ " : NULL;
}

/* How a run is shown. */
enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_TITLE,
	STYLE_LINE,
};

static void put_run(struct json_writer *writer, enum style style, struct slice text,
		    size_t limit)
{
	AUTO_BUF struct buf clean = BUF_LIMIT(limit);

	text_append(&clean, text, limit, escape_card);
	json_open_object(writer, NULL);
	json_put_text(writer, "type", SLICE("TextRun"));
	json_put_text(writer, "text", buf_slice(&clean));
	if (style == STYLE_BOLD || style == STYLE_TITLE)
		json_put_text(writer, "weight", SLICE("Bolder"));
	if (style == STYLE_TITLE)
		json_put_text(writer, "size", SLICE("Large"));
	if (style == STYLE_LINE)
		json_put_text(writer, "fontType", SLICE("Monospace"));
	json_close_object(writer);
}

static void open_block(struct json_writer *writer)
{
	json_open_object(writer, NULL);
	json_put_text(writer, "type", SLICE("RichTextBlock"));
	json_open_array(writer, "inlines");
}

static void close_block(struct json_writer *writer)
{
	json_close_array(writer);
	json_close_object(writer);
}

static void put_block(struct json_writer *writer, enum style style, struct slice text,
		      size_t limit)
{
	open_block(writer);
	put_run(writer, style, text, limit);
	close_block(writer);
}

static void put_fact(void *ctx, const struct fact *fact)
{
	struct json_writer *writer = ctx;
	AUTO_BUF struct buf label = BUF_LIMIT(64);

	buf_append_format(&label, "%s: ", fact->label);
	open_block(writer);
	put_run(writer, STYLE_BOLD, buf_slice(&label), TITLE_BYTES);
	put_run(writer, STYLE_PLAIN, fact->value, FACT_BYTES);
	close_block(writer);
}

static void put_line(void *ctx, const struct evidence_text *text)
{
	put_block(ctx, STYLE_LINE, text->line.len ? text->line : text->source,
		  FACT_BYTES);
}

static void put_body(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf title = BUF_LIMIT(MESSAGE_BYTES);
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	AUTO_BUF struct buf more = BUF_LIMIT(64);
	uint32_t left_out;

	buf_append_format(&title, "[%s] %s", severity_word(view->severity), view->title);
	if (view->host.len) {
		buf_append_text(&title, " on ");
		text_append(&title, view->host, TITLE_BYTES, NULL);
	}
	alert_view_message(view, &message);
	json_open_array(writer, "body");
	put_block(writer, STYLE_TITLE, buf_slice(&title), TITLE_BYTES);
	put_block(writer, STYLE_PLAIN, buf_slice(&message), TEXT_BYTES);
	facts_each(view, put_fact, writer);
	left_out = facts_each_line(view, FACT_LINES, put_line, writer);
	if (left_out) {
		buf_append_format(&more, "and %u more lines", (unsigned)left_out);
		put_block(writer, STYLE_LINE, buf_slice(&more), TITLE_BYTES);
	}
	json_close_array(writer);
}

static void put_card(struct json_writer *writer, const struct alert_view *view)
{
	json_open_object(writer, "content");
	json_put_text(writer, "$schema",
		      SLICE("http://adaptivecards.io/schemas/adaptive-card.json"));
	json_put_text(writer, "type", SLICE("AdaptiveCard"));
	json_put_text(writer, "version", SLICE("1.4"));
	put_body(writer, view);
	json_open_object(writer, "msteams");
	json_put_text(writer, "width", SLICE("Full"));
	json_close_object(writer);
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("message"));
	json_open_array(&writer, "attachments");
	json_open_object(&writer, NULL);
	json_put_text(&writer, "contentType",
		      SLICE("application/vnd.microsoft.card.adaptive"));
	json_put_null(&writer, "contentUrl");
	put_card(&writer, &view);
	json_close_object(&writer);
	json_close_array(&writer);
	json_close_object(&writer);
}

const struct alert_format alert_format_teams = {
	.name = "teams",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
