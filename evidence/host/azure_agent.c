/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The log of the Azure agent: waagent.log, and the same lines in the journal, where the
 * agent's standard output goes. Lines in; goal states, handlers' states and numbers, and
 * remote access users out. They are hints: what ran, the handlers' own logs say.
 *
 * A record may have several lines: the agent prints what a command wrote, and newlines
 * are not escaped. Any of these lines may look like a record of its own. What follows the
 * first line of a command's output as closely as its output may reach is therefore
 * unverified, and what is dated before the record it stands in is not read at all: the
 * output was written before the record was dated. In the journal every line is an entry
 * of its own, of a stream; such entries are unverified as they are.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "evidence/host/azure_log.h"
#include "evidence/host/azure_statement.h"
#include "evidence/host/log_kind.h"
#include "evidence/host/text_hash.h"
#include "evidence/host/writer.h"

/* How much later than the agent's date journald's may be: Python that is not started with
 * -u hands 8 KiB over at a time, which a quiet agent fills in days. And how much earlier:
 * they share a clock. */
#define PIPE_LATE_US (7 * US_PER_DAY)
#define PIPE_EARLY_US US_PER_MINUTE

struct azure_agent {
	struct azure_log log;
	us_time record_at;  /* of the last record that is no output; NONE = none yet */
	size_t output_left; /* characters that may still be a command's output */
	bool is_output;	    /* the line that was given out may be one */
	char id[AZURE_ID_BYTES];
};

static void *make_agent(const struct host_reader_options *options)
{
	struct azure_agent *agent = memory_new(1, sizeof(*agent));

	azure_log_init(&agent->log, options);
	agent->record_at = US_TIME_NONE;
	return agent;
}

static void release_agent(void *log)
{
	free(log);
}

/* How many characters the line may stand for: those past ASCII are written as "\xe4",
 * "\u20ac" or "\U0001f600" (logger.py, backslashreplace). */
static size_t count_characters(struct slice line)
{
	size_t count = 1; /* its newline */

	for (size_t i = 0; i < line.len; i++) {
		char kind =
			line.ptr[i] == '\\' && i + 1 < line.len ? line.ptr[i + 1] : '\0';

		i += kind == 'x' ? 3 : kind == 'u' ? 5 : kind == 'U' ? 9 : 0;
		count++;
	}
	return count;
}

/* Follows where a command's output may be. It begins with a line that is no record:
 * "[stdout]". */
static void follow_output(struct azure_agent *agent, struct slice line, bool is_record)
{
	size_t count;

	if (!is_record &&
	    (agent->output_left == 0 || slice_starts_with(line, SLICE("[stdout]"))))
		agent->output_left = LIMIT_AZURE_OUTPUT_CHARACTERS;
	agent->is_output = agent->output_left > 0;
	if (!agent->is_output)
		return;
	count = count_characters(line);
	agent->output_left -= count < agent->output_left ? count : agent->output_left;
}

static bool is_record(const struct azure_line *line)
{
	return line->level.len > 0 || line->handler.len > 0;
}

static bool look(void *ctx, struct slice bytes)
{
	struct azure_agent *agent = ctx;
	struct azure_line line;
	us_span uncertainty;
	us_time time;
	bool is_known = azure_line_split(bytes, &line) && is_record(&line);

	follow_output(agent, bytes, is_known);
	if (!is_known)
		return false;
	if (!agent->is_output) {
		time = azure_log_time(&agent->log, &line, &uncertainty);
		agent->record_at = time;
		azure_log_note(&agent->log, time);
	}
	return azure_statement_possible(&line);
}

static bool next_line(void *log, struct slice *chunk, struct slice *ret_line)
{
	struct azure_agent *agent = log;

	return azure_log_next(&agent->log, chunk, look, agent, ret_line);
}

/* A record of the agent in the form of every version. */
static bool recognise(struct slice bytes)
{
	struct azure_line line;

	return azure_line_split(bytes, &line) && line.has_fraction &&
	       line.level.len > 0 &&
	       (line.is_agent || line.handler.len > 0 || line.time == US_TIME_NONE);
}

/* Of lines that may be output: not those that were there before their record, and none
 * that says an account is gone, which would end the watch over it. */
static bool may_be_told(const struct azure_agent *agent, const struct event *event)
{
	if (agent->record_at != US_TIME_NONE && event->happened_at < agent->record_at)
		return false;
	return event->kind != EVENT_CREDENTIAL_SET || !event->credential_set.is_removed;
}

static void read_line(void *log, const struct record *record,
		      const struct emitter *emitter)
{
	struct azure_agent *agent = log;
	struct event event = {
		.evidence = record->evidence,
		.trust = agent->is_output ? TRUST_UNVERIFIED : TRUST_ROOT_FILE,
		.source = HOST_SOURCE_AZURE_AGENT,
	};
	struct azure_line line;

	if (!azure_line_split(record->bytes, &line) || !is_record(&line))
		return;
	agent->log.stats.known_lines++;
	if (record->is_cut || !azure_statement_read(&line, agent->id, &event))
		return;
	event.happened_at = azure_log_time(&agent->log, &line, &event.uncertainty_us);
	if (agent->is_output && !may_be_told(agent, &event))
		return;
	event.text_hash = host_text_hash(record->bytes);
	emitter_emit(emitter, &event);
}

static void append_evidence(const struct record *record, struct buf *buf)
{
	struct event event = { .kind = EVENT_KIND_COUNT };
	char space[AZURE_ID_BYTES];
	struct azure_line line;

	if (!azure_line_split(record->bytes, &line) ||
	    !azure_statement_read(&line, space, &event))
		return;
	buf_append(buf, line.time_text);
	if (line.level.len > 0) {
		buf_append_byte(buf, ' ');
		buf_append(buf, line.level);
	}
	if (line.handler.len > 0) {
		buf_append_text(buf, " [");
		buf_append(buf, line.handler);
		if (line.name.len > 0) {
			buf_append_byte(buf, '.');
			buf_append(buf, line.name);
		}
		buf_append_byte(buf, '-');
		buf_append(buf, line.version);
		buf_append_byte(buf, ']');
	}
	buf_append_byte(buf, ' ');
	azure_statement_append(&line, &event, buf);
}

static struct host_reader_stats log_stats(const void *log)
{
	const struct azure_agent *agent = log;

	return agent->log.stats;
}

const struct log_kind azure_agent_log = {
	.source = HOST_SOURCE_AZURE_AGENT,
	.recognise = recognise,
	.make = make_agent,
	.release = release_agent,
	.next = next_line,
	.read = read_line,
	.evidence = append_evidence,
	.stats = log_stats,
};

static bool is_near(us_time time, const struct journal_fields *fields)
{
	us_span late = fields->realtime - time;

	return late >= -PIPE_EARLY_US && late <= PIPE_LATE_US;
}

/* 2024-09-30T06:39:21.059705Z INFO ExtHandler [Publisher.Type-1.4.3] Update settings
 * file: 0.settings
 *
 * The agent's own date is the line's time, so that it is the same in all copies. */
bool azure_agent_parse(const struct host_line *host_line, struct event *event)
{
	struct azure_line line;

	if (host_line->space_bytes < AZURE_ID_BYTES ||
	    !azure_line_split(host_line->message, &line) || !is_record(&line) ||
	    line.time == US_TIME_NONE ||
	    (host_line->journal && !is_near(line.time, host_line->journal)) ||
	    !azure_statement_read(&line, host_line->space, event))
		return false;
	event->happened_at = line.time;
	return true;
}
