/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message for Slack's incoming webhooks: blocks, and the same as plain text for
 * notifications. '&', '<' and '>' are escaped as Slack asks for, so that nobody is called
 * by a name in a log line. What came from outside stands in plain text or as code, where
 * Slack makes no link and no format of it.
 */
#include "alert/facts.h"
#include "alert/formats.h"
#include "alert/text.h"

/* Slack's ceilings ("Reference: blocks"), in characters; bytes are no fewer. */
#define HEADER_BYTES 150
#define SECTION_BYTES 3000
#define FIELD_BYTES 2000
#define FIELDS_OF_SECTION 10

#define MESSAGE_BYTES 8192

static const char *escape_plain(char byte)
{
	return byte == '&' ? "&amp;" : byte == '<' ? "&lt;" : byte == '>' ? "&gt;" : NULL;
}

/* Within '`' there is no way to write one. */
static const char *escape_code(char byte)
{
	return byte == '`' ? "'" : escape_plain(byte);
}

static void put_object(struct json_writer *writer, const char *key, const char *type,
		       struct slice text)
{
	bool is_plain = strcmp(type, "plain_text") == 0;

	json_open_object(writer, key);
	json_put_text(writer, "type", slice_text(type));
	json_put_text(writer, "text", text);
	/* no emoji out of ":name:", no link out of an address */
	json_put_bool(writer, is_plain ? "emoji" : "verbatim", !is_plain);
	json_close_object(writer);
}

static void put_plain(struct json_writer *writer, const char *block, struct slice text,
		      size_t limit)
{
	AUTO_BUF struct buf plain = BUF_LIMIT(limit);

	text_append(&plain, text, limit, escape_plain);
	json_open_object(writer, NULL);
	json_put_text(writer, "type", slice_text(block));
	put_object(writer, "text", "plain_text", buf_slice(&plain));
	json_close_object(writer);
}

static void append_title(struct buf *title, const struct alert_view *view)
{
	buf_append_format(title, "[%s] %s", severity_word(view->severity), view->title);
	if (view->host.len) {
		buf_append_text(title, " on ");
		text_append(title, view->host, HEADER_BYTES, NULL);
	}
}

/* ---- facts ---------------------------------------------------------------------------
 */

struct fields {
	struct json_writer *writer;
	unsigned count; /* of those that are in sections already */
};

static void close_section(struct fields *fields)
{
	json_close_array(fields->writer);
	json_close_object(fields->writer);
}

static void put_field(void *ctx, const struct fact *fact)
{
	struct fields *fields = ctx;
	AUTO_BUF struct buf text = BUF_LIMIT(FIELD_BYTES);

	if (fields->count % FIELDS_OF_SECTION == 0) {
		if (fields->count)
			close_section(fields);
		json_open_object(fields->writer, NULL);
		json_put_text(fields->writer, "type", SLICE("section"));
		json_open_array(fields->writer, "fields");
	}
	fields->count++;
	buf_append_text(&text, "*");
	text_append(&text, slice_text(fact->label), FACT_BYTES, escape_plain);
	buf_append_text(&text, "*\n`");
	text_append(&text, fact->value, FIELD_BYTES - 100, escape_code);
	buf_append_byte(&text, '`');
	put_object(fields->writer, NULL, "mrkdwn", buf_slice(&text));
}

static void put_facts(struct json_writer *writer, const struct alert_view *view)
{
	struct fields fields = { .writer = writer };

	facts_each(view, put_field, &fields);
	if (fields.count)
		close_section(&fields);
}

/* ---- evidence ------------------------------------------------------------------------
 */

static void append_line(void *ctx, const struct evidence_text *text)
{
	struct buf *lines = ctx;

	text_append(lines, text->line.len ? text->line : text->source, FACT_BYTES,
		    escape_code);
	buf_append_byte(lines, '\n');
}

static void put_evidence(struct json_writer *writer, const struct alert_view *view)
{
	AUTO_BUF struct buf lines = BUF_LIMIT(SECTION_BYTES);
	uint32_t more;

	buf_append_text(&lines, "```\n");
	more = facts_each_line(view, FACT_LINES, append_line, &lines);
	if (lines.len == 4)
		return;
	if (more)
		buf_append_format(&lines, "and %u more\n", (unsigned)more);
	buf_append_text(&lines, "```");
	json_open_object(writer, NULL);
	json_put_text(writer, "type", SLICE("section"));
	put_object(writer, "text", "mrkdwn", buf_slice(&lines));
	json_close_object(writer);
}

static void write_record(struct buf *buf, const struct alert_record *record)
{
	struct alert_view view = alert_view_of(record);
	AUTO_BUF struct buf title = BUF_LIMIT(MESSAGE_BYTES);
	AUTO_BUF struct buf message = BUF_LIMIT(MESSAGE_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(SECTION_BYTES);
	struct json_writer writer;

	append_title(&title, &view);
	alert_view_message(&view, &message);
	text_append(&text, buf_slice(&title), SECTION_BYTES / 2, escape_plain);
	buf_append_text(&text, ": ");
	text_append(&text, buf_slice(&message), SECTION_BYTES / 2 - 2, escape_plain);

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "text", buf_slice(&text));
	json_put_bool(&writer, "mrkdwn", false);
	json_put_bool(&writer, "unfurl_links", false);
	json_put_bool(&writer, "unfurl_media", false);
	json_open_array(&writer, "blocks");
	put_plain(&writer, "header", buf_slice(&title), HEADER_BYTES);
	put_plain(&writer, "section", buf_slice(&message), SECTION_BYTES);
	put_facts(&writer, &view);
	put_evidence(&writer, &view);
	json_close_array(&writer);
	json_close_object(&writer);
}

const struct alert_format alert_format_slack = {
	.name = "slack",
	.write = write_record,
	.streams = 1u << ALERT_FINDINGS | 1u << ALERT_LOGINS,
	.content_type = "application/json",
};
