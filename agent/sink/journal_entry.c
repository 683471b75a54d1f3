/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/sink/journal_entry.h"

#include <assert.h>
#include <inttypes.h>
#include <syslog.h>

#include "base/escape.h"
#include "base/json.h"
#include "base/limits.h"

/* The record, escaped where it is its own message, and the few texts of it. */
#define ENTRY_BYTES (6 * LIMIT_OUTPUT_LINE_BYTES)

/* What a sentence takes of a record that cannot be read. */
#define RAW_MESSAGE_BYTES ((size_t)1024)

#define PATHS_MAX 5

/* Where a text is: in native JSON, then in OCSF's. */
struct place {
	const char *paths[PATHS_MAX]; /* the first that is there; NULL ends */
};

static const struct place uid = { { "record.uid", "id", "finding_info.uid",
				    "metadata.correlation_uid", "metadata.uid" } };
static const struct place stream = { { "record.stream", "metadata.log_name" } };
static const struct place rule = { { "record.rule", "rule", "unmapped.rule",
				     "metadata.event_code",
				     "finding_info.analytic.uid" } };
static const struct place verdict = { { "verdict", "record.verdict", "unmapped.verdict",
					"unmapped.login.verdict" } };
static const struct place os_user = { { "os_user", "unmapped.os_user",
					"unmapped.login.os_user",
					"unmapped.finding.os_user" } };
static const struct place door = { { "path", "unmapped.path", "unmapped.login.path",
				     "unmapped.finding.path" } };
static const struct place source_ip = { { "source_ip", "unmapped.source_ip",
					  "unmapped.login.source_ip",
					  "unmapped.finding.source_ip" } };
static const struct place severity = { { "record.severity", "severity" } };
static const struct place message = { { "record.message", "message" } };
static const struct place title = { { "record.title", "title", "finding_info.title" } };

static const struct {
	const char *name;
	const struct place *place;
} text_fields[] = {
	{ "COUNTERSIGN_STREAM", &stream },	 { "COUNTERSIGN_UID", &uid },
	{ "COUNTERSIGN_RULE", &rule },		 { "COUNTERSIGN_VERDICT", &verdict },
	{ "COUNTERSIGN_OS_USER", &os_user },	 { "COUNTERSIGN_PATH", &door },
	{ "COUNTERSIGN_SOURCE_IP", &source_ip },
};

static const struct {
	struct slice word;
	int priority;
} priorities[] = {
	{ SLICE("fatal"), LOG_CRIT }, { SLICE("critical"), LOG_CRIT },
	{ SLICE("high"), LOG_ERR },   { SLICE("medium"), LOG_WARNING },
	{ SLICE("low"), LOG_NOTICE }, { SLICE("informational"), LOG_INFO },
};

void journal_entry_init(struct journal_entry *entry)
{
	*entry = (struct journal_entry){ .text = BUF_LIMIT(ENTRY_BYTES) };
}

void journal_entry_release(struct journal_entry *entry)
{
	buf_release(&entry->text);
}

struct slice journal_entry_field(const struct journal_entry *entry, size_t i)
{
	size_t start = i ? entry->ends[i - 1] : 0;

	return slice_of(buf_text(&entry->text) + start, entry->ends[i] - start);
}

static struct slice text_at(const json_t *json, const struct place *place)
{
	struct slice text = { "", 0 };

	for (size_t i = 0; i < PATHS_MAX && place->paths[i] && text.len == 0; i++)
		text = json_text_at(json, place->paths[i]);
	return text;
}

/* What is appended next belongs to this field, until end_field(). */
static void begin_field(struct journal_entry *entry, const char *name)
{
	buf_append_text(&entry->text, name);
	buf_append_byte(&entry->text, '=');
}

static void end_field(struct journal_entry *entry)
{
	assert(entry->count < JOURNAL_ENTRY_FIELDS_MAX);
	entry->ends[entry->count++] = entry->text.len;
}

static void add_field(struct journal_entry *entry, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	begin_field(entry, name);
	buf_append(&entry->text, value);
	end_field(entry);
}

static void append_part(struct buf *buf, const char *before, struct slice text)
{
	if (text.len == 0)
		return;
	buf_append_text(buf, before);
	escape_append(buf, text);
}

/* "a login without an API call: bob from 192.0.2.7 through aws-ssm-session" */
static void append_sentence(struct buf *buf, const json_t *json, struct slice record)
{
	struct slice words = text_at(json, &message);

	if (words.len) {
		escape_append(buf, words);
		return;
	}
	words = text_at(json, &title);
	if (words.len == 0 && text_at(json, &verdict).len == 0) {
		escape_append(buf, slice_first(record, RAW_MESSAGE_BYTES));
		return;
	}
	if (words.len)
		escape_append(buf, words);
	else
		append_part(buf, "login ", text_at(json, &verdict));
	append_part(buf, ": ", text_at(json, &os_user));
	append_part(buf, " from ", text_at(json, &source_ip));
	append_part(buf, " through ", text_at(json, &door));
}

static int priority_of(const json_t *json)
{
	struct slice word = text_at(json, &severity);

	for (size_t i = 0; i < sizeof(priorities) / sizeof(priorities[0]); i++)
		if (slice_equal_ignoring_case(word, priorities[i].word))
			return priorities[i].priority;
	return LOG_NOTICE;
}

void journal_entry_make(struct journal_entry *entry, const struct sink_record *record)
{
	AUTO_JSON json_t *json = NULL;
	struct err err;

	buf_clear(&entry->text);
	entry->count = 0;
	if (json_read(record->bytes, &json, &err) < 0)
		json = NULL;

	begin_field(entry, "MESSAGE");
	append_sentence(&entry->text, json, record->bytes);
	end_field(entry);
	begin_field(entry, "PRIORITY");
	buf_append_format(&entry->text, "%d", priority_of(json));
	end_field(entry);
	add_field(entry, "MESSAGE_ID", SLICE(JOURNAL_ENTRY_MESSAGE_ID));
	add_field(entry, "SYSLOG_IDENTIFIER", SLICE("countersignd"));
	begin_field(entry, "COUNTERSIGN_NUMBER");
	buf_append_format(&entry->text, "%" PRIu64, record->number);
	end_field(entry);
	for (size_t i = 0; i < sizeof(text_fields) / sizeof(text_fields[0]); i++)
		add_field(entry, text_fields[i].name,
			  text_at(json, text_fields[i].place));
	add_field(entry, "COUNTERSIGN_RECORD", record->bytes);
}
