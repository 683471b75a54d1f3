/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/evidence.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "evidence/host/log_kind.h"
#include "evidence/host/syslog_clock.h"
#include "evidence/host/syslog_head.h"
#include "evidence/host/syslog_scan.h"
#include "evidence/host/text_hash.h"
#include "evidence/host/writer.h"

#define LINES_TO_RECOGNISE 64
#define SPACE_BYTES 1024 /* for one decoded name; sshd's messages have 500 bytes */

struct host_reader {
	enum host_log_kind kind;
	const struct log_kind *own; /* of a log with a form of its own; else NULL */
	void *log;		    /* what it remembers, owned */
	struct syslog_clock clock;
	struct syslog_scan scan;
	struct host_reader_stats stats;
	char space[SPACE_BYTES];
};

/* The logs with a form of their own. */
static const struct log_kind *const own_kinds[HOST_LOG_KIND_COUNT] = {
	[HOST_LOG_SSM] = &ssm_log,
	[HOST_LOG_AZURE_AGENT] = &azure_agent_log,
	[HOST_LOG_AZURE_HANDLER] = &azure_handler_log,
	[HOST_LOG_AZURE_EXTENSION] = &azure_extension_log,
	[HOST_LOG_AUTHORIZED_KEYS] = &authorized_keys_log,
	[HOST_LOG_CLOUD_INIT] = &cloud_init_log,
};

enum host_source host_log_source(enum host_log_kind kind)
{
	if (own_kinds[kind])
		return own_kinds[kind]->source;
	return kind == HOST_LOG_JOURNAL ? HOST_SOURCE_JOURNAL : HOST_SOURCE_SYSLOG;
}

static enum host_log_kind recognise_line(struct slice line)
{
	struct syslog_head head = syslog_head_parse(syslog_line_trim(line));

	/* Many logs begin with an RFC 3339 time: there the tag has to be right, too. */
	if (head.form == SYSLOG_RFC3339 && head.is_whole)
		return HOST_LOG_SYSLOG;
	if (head.form == SYSLOG_TRADITIONAL || head.form == SYSLOG_RFC5424)
		return HOST_LOG_SYSLOG;
	for (int kind = 0; kind < HOST_LOG_KIND_COUNT; kind++)
		if (own_kinds[kind] && own_kinds[kind]->recognise(line))
			return (enum host_log_kind)kind;
	return HOST_LOG_UNKNOWN;
}

enum host_log_kind host_log_recognise(struct slice beginning)
{
	for (int i = 0; i < LINES_TO_RECOGNISE && beginning.len; i++) {
		struct slice line;
		enum host_log_kind kind;

		if (!slice_take_until(&beginning, '\n', &line)) {
			line = beginning;
			beginning = slice_skip(beginning, beginning.len);
		}
		kind = recognise_line(line);
		if (kind != HOST_LOG_UNKNOWN)
			return kind;
	}
	return HOST_LOG_UNKNOWN;
}

struct host_reader *host_reader_new(enum host_log_kind kind,
				    const struct host_reader_options *options)
{
	struct host_reader *reader = memory_new(1, sizeof(*reader));

	reader->kind = kind;
	reader->own = own_kinds[kind];
	if (reader->own)
		reader->log = reader->own->make(options);
	else
		syslog_clock_init(
			&reader->clock, options->zone, options->year, options->anchor,
			options->latest > US_TIME_MIN ? options->latest : US_TIME_NONE);
	reader->stats.first = US_TIME_NONE;
	reader->stats.last = US_TIME_NONE;
	return reader;
}

void host_reader_free(struct host_reader *reader)
{
	if (!reader)
		return;
	if (reader->own)
		reader->own->release(reader->log);
	free(reader);
}

bool host_reader_next(struct host_reader *reader, struct slice *chunk,
		      struct slice *ret_line)
{
	if (reader->own)
		return reader->own->next(reader->log, chunk, ret_line);
	if (reader->kind == HOST_LOG_SYSLOG)
		return syslog_scan_next(&reader->scan,
					reader->stats.first == US_TIME_NONE, chunk,
					ret_line);
	return false;
}

bool host_message_wanted(struct slice message)
{
	const size_t far_enough = 128; /* for sudo's user and " : TTY=" or " : PWD=" */
	struct slice front = slice_first(message, far_enough);
	ptrdiff_t sudo;

	if (message.len == 0)
		return false;
	if (syslog_message_wanted(message))
		return true;
	if (!memchr(front.ptr, '=', front.len))
		return false;
	sudo = slice_find(front, SLICE(" : "));
	return sudo > 0 && !memchr(front.ptr, '=', (size_t)sudo);
}

static void count_known_line(struct host_reader_stats *stats, us_time time)
{
	stats->known_lines++;
	if (stats->first == US_TIME_NONE || time < stats->first)
		stats->first = time;
	if (stats->last == US_TIME_NONE || time > stats->last)
		stats->last = time;
}

/* What was found, completed by what every event of the host says. */
static void emit_found(const struct record *record, const struct host_line *line,
		       struct event *event, const struct emitter *emitter)
{
	event->evidence = record->evidence;
	event->text_hash = host_text_hash(line->message);
	if (event->kind == EVENT_GAP && event->gap.until == US_TIME_NONE)
		event->gap.until = event->happened_at;
	emitter_emit(emitter, event);
}

/* What the head of a line or entry says. Of a message with a time of its own there are
 * copies that name no process, which must all be alike. */
static void set_head(struct event *event, us_time time, us_span uncertainty_us,
		     uint32_t pid)
{
	event->happened_at = time;
	event->uncertainty_us = uncertainty_us;
	event->pid = pid;
}

static void read_syslog(struct host_reader *reader, const struct record *record,
			const struct emitter *emitter)
{
	struct syslog_head head = syslog_head_parse(syslog_line_trim(record->bytes));
	us_span uncertainty_us = 0;
	const struct host_writer *writer;
	struct host_line line;
	struct event event;

	if (head.form == SYSLOG_UNKNOWN)
		return;
	if (head.form == SYSLOG_TRADITIONAL)
		head.time =
			syslog_clock_follow(&reader->clock, &head.civil, &uncertainty_us);
	count_known_line(&reader->stats, head.time);
	if (!head.is_whole || record->is_cut ||
	    record->bytes.len > LIMIT_SYSLOG_LINE_BYTES)
		return;

	line = (struct host_line){
		.message = head.message,
		.ident = head.ident,
		.space = reader->space,
		.space_bytes = sizeof(reader->space),
	};
	writer = host_writer_find(&line, &event);
	if (!writer)
		return;
	if (!writer->tells_time)
		set_head(&event, head.time, uncertainty_us, head.pid);
	event.trust = TRUST_UNVERIFIED;
	event.source = HOST_SOURCE_SYSLOG;
	event.host = head.host;
	event.twin_expected = writer->twin_expected;
	emit_found(record, &line, &event, emitter);
}

/* When the message was sent, as far as journald knows it (systemd.journal-fields(7)). */
static us_time journal_time(const struct journal_fields *fields)
{
	us_time time = fields->source_realtime;

	return time >= US_TIME_MIN && time <= US_TIME_MAX ? time : fields->realtime;
}

static void read_journal(struct host_reader *reader, const struct record *record,
			 const struct emitter *emitter)
{
	const struct journal_fields *fields = record->journal;
	const struct host_writer *writer;
	struct host_line line;
	struct event event;

	reader->stats.lines++;
	if (fields->realtime < US_TIME_MIN || fields->realtime > US_TIME_MAX)
		return;
	count_known_line(&reader->stats, fields->realtime);
	if (fields->is_cut || record->is_cut ||
	    record->bytes.len > LIMIT_SYSLOG_LINE_BYTES)
		return;

	line = (struct host_line){
		.message = record->bytes,
		.ident = fields->ident.len ? fields->ident : fields->comm,
		.journal = fields,
		.space = reader->space,
		.space_bytes = sizeof(reader->space),
	};
	writer = host_writer_find(&line, &event);
	if (!writer)
		return;
	if (!writer->tells_time)
		set_head(&event, journal_time(fields), 0,
			 fields->pid ? fields->pid : fields->syslog_pid);
	event.trust = host_writer_trust(writer, fields);
	if (event.trust == TRUST_CONTRADICTED && fields->uid >= 0 &&
	    fields->uid < UINT32_MAX)
		event.forger = (uint32_t)fields->uid + 1;
	event.source = HOST_SOURCE_JOURNAL;
	event.host = fields->hostname;
	emit_found(record, &line, &event, emitter);
}

void host_reader_read(struct host_reader *reader, const struct record *record,
		      const struct emitter *emitter)
{
	if (reader->own)
		reader->own->read(reader->log, record, emitter);
	else if (reader->kind == HOST_LOG_SYSLOG)
		read_syslog(reader, record, emitter);
	else if (reader->kind == HOST_LOG_JOURNAL && record->journal)
		read_journal(reader, record, emitter);
}

/* How much of sudo's message is kept: the environment and the command may hold secrets.
 */
static struct slice without_command(struct slice ident, struct slice message)
{
	const struct slice command = SLICE("COMMAND=");
	ptrdiff_t environment, at;

	if (!slice_equal(ident, SLICE("sudo")) ||
	    slice_starts_with(message, SLICE("pam_unix(")))
		return message;
	environment = slice_find(message, SLICE(" ; ENV="));
	if (environment >= 0)
		message = slice_first(message, (size_t)environment);
	at = slice_find(message, command);
	return at < 0 ? message : slice_first(message, (size_t)at + command.len);
}

static void append_syslog(const struct record *record, struct buf *buf)
{
	struct slice line = syslog_line_trim(record->bytes);
	struct syslog_head head = syslog_head_parse(line);
	struct slice kept;

	if (head.form == SYSLOG_UNKNOWN || !head.is_whole)
		return;
	kept = without_command(head.ident, head.message);
	buf_append(buf, slice_first(line, (size_t)(kept.ptr + kept.len - line.ptr)));
}

/* As a line of a file with RFC 3339 heads would have it. */
static void append_journal(const struct record *record, struct buf *buf)
{
	const struct journal_fields *fields = record->journal;
	struct slice ident = fields->ident.len ? fields->ident : fields->comm;
	uint32_t pid = fields->pid ? fields->pid : fields->syslog_pid;
	char time[TIME_TEXT_BYTES];

	buf_append_text(buf, time_to_rfc3339(journal_time(fields), time));
	buf_append_byte(buf, ' ');
	buf_append(buf, fields->hostname.len ? fields->hostname : SLICE("-"));
	buf_append_byte(buf, ' ');
	buf_append(buf, ident);
	if (pid)
		buf_append_format(buf, "[%u]", pid);
	buf_append_text(buf, ": ");
	buf_append(buf, without_command(ident, record->bytes));
}

void host_reader_evidence(const struct host_reader *reader, const struct record *record,
			  struct buf *buf)
{
	if (reader->own)
		reader->own->evidence(record, buf);
	else if (reader->kind == HOST_LOG_SYSLOG)
		append_syslog(record, buf);
	else if (reader->kind == HOST_LOG_JOURNAL && record->journal)
		append_journal(record, buf);
}

struct host_reader_stats host_reader_stats(const struct host_reader *reader)
{
	struct host_reader_stats stats;

	if (reader->own)
		return reader->own->stats(reader->log);
	stats = reader->stats;
	stats.lines += reader->scan.lines;
	return stats;
}
