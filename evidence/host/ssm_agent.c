/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_agent.h"

#include "base/memory.h"
#include "base/time.h"
#include "evidence/host/log_kind.h"
#include "evidence/host/ssm_line.h"
#include "evidence/host/ssm_payload.h"
#include "evidence/host/ssm_statement.h"

/* The agent's processes write one file through buffers of up to 100 ms (seelog's adaptive
 * logger), so that a line may stand after a slightly later one. More than that backwards,
 * in the hour that happens twice, is its second pass. */
#define DISORDER_US (5 * US_PER_SECOND)

/* "2024-11-05 10:11" */
#define MINUTE_BYTES 16

struct ssm_agent {
	const struct zone *zone; /* borrowed */
	us_time previous;	 /* of the line before, US_TIME_NONE = none yet */
	/* The last line's time as it is written there, which need not be read to be kept.
	 */
	char latest[SSM_TIME_BYTES_MAX];
	size_t latest_len; /* 0 = none yet */
	bool has_begun;	   /* a line was given out */
	struct host_reader_stats stats;
};

struct ssm_agent *ssm_agent_new(const struct host_reader_options *options)
{
	struct ssm_agent *agent = memory_new(1, sizeof(*agent));

	agent->zone = options->zone;
	agent->previous = US_TIME_NONE;
	agent->stats.first = US_TIME_NONE;
	agent->stats.last = US_TIME_NONE;
	return agent;
}

void ssm_agent_free(struct ssm_agent *agent)
{
	free(agent);
}

struct host_reader_stats ssm_agent_stats(const struct ssm_agent *agent)
{
	return agent->stats;
}

/* ---- time ---- */

/* The instant of a line's time, following the lines before it; `*ret_uncertainty` is the
 * length of the hour that happens twice where the line may belong to its second pass. */
static bool follow_time(struct ssm_agent *agent, struct slice text, us_time *ret_time,
			us_span *ret_uncertainty)
{
	us_time not_before = agent->previous == US_TIME_NONE
				     ? US_TIME_NONE
				     : agent->previous - DISORDER_US;
	struct civil civil;
	us_time time, later;

	if (!time_take_civil(&text, &civil) || text.len > 0)
		return false;
	time = zone_to_utc(agent->zone, &civil, not_before);
	later = zone_to_utc(agent->zone, &civil, time + 1);
	*ret_time = time;
	*ret_uncertainty = later > time ? later - time : 0;
	agent->previous = time;
	if (agent->stats.first == US_TIME_NONE)
		agent->stats.first = time;
	agent->stats.last = time;
	return true;
}

/* Takes note of the time of a line that was not given out. */
static void follow_latest(struct ssm_agent *agent)
{
	us_span uncertainty;
	us_time time;

	if (agent->latest_len > 0)
		follow_time(agent, slice_of(agent->latest, agent->latest_len), &time,
			    &uncertainty);
}

/* ---- the pass over all lines ---- */

/* Whether the line may be evidence, or is needed to follow the time: the first one, and
 * one where the clock was put back. */
static bool is_wanted(struct ssm_agent *agent, struct slice bytes)
{
	struct ssm_line line;
	bool is_first = agent->latest_len == 0;
	bool is_earlier;

	if (!ssm_line_split(bytes, &line))
		return !agent->has_begun;
	is_earlier = !is_first && memcmp(line.time.ptr, agent->latest, MINUTE_BYTES) < 0;
	if (is_earlier)
		follow_latest(agent);
	memcpy(agent->latest, line.time.ptr, line.time.len);
	agent->latest_len = line.time.len;
	return is_first || is_earlier || ssm_statement_possible(line.text);
}

bool ssm_agent_recognise(struct slice line)
{
	struct ssm_line split;
	struct civil civil;

	return ssm_line_split(line, &split) && time_take_civil(&split.time, &civil);
}

bool ssm_agent_next(struct ssm_agent *agent, struct slice *chunk, struct slice *ret_line)
{
	while (chunk->len > 0) {
		const char *end = memchr(chunk->ptr, '\n', chunk->len);
		struct slice line = slice_first(*chunk, end ? (size_t)(end - chunk->ptr)
							    : chunk->len);
		bool wanted;

		*chunk = slice_skip(*chunk, line.len + (end ? 1 : 0));
		agent->stats.lines++;
		wanted = is_wanted(agent, line);
		if (chunk->len == 0) {
			/* the end of a record of several lines has no time of its own */
			follow_latest(agent);
			wanted = true;
		}
		if (wanted) {
			agent->has_begun = true;
			*ret_line = line;
			return true;
		}
	}
	return false;
}

/* ---- events ---- */

/* Fills the run from the statement and its JSON; false when nothing is to be told. */
static bool describe(const struct ssm_line *line, const struct ssm_statement *statement,
		     bool is_cut, struct ssm_payload *payload, struct run *ret_run)
{
	struct run run = {
		.kind = statement->id.kind,
		.stage = statement->stage,
		.id = statement->id.id,
		.instance = statement->id.instance,
		.plugin = statement->plugin,
	};

	if (statement->json == SSM_JSON_PAYLOAD &&
	    (is_cut || !ssm_payload_read_message(statement->json_text, payload, &run)))
		return false;
	if (statement->json == SSM_JSON_DATA_BACKEND && !is_cut)
		ssm_payload_read_document(statement->json_text,
					  ssm_document_of_contexts(line), payload, &run);
	if (run.instance.len == 0) {
		struct slice instance = ssm_line_value(line, SLICE("instanceID="));

		if (ssm_is_instance(instance))
			run.instance = instance;
	}
	*ret_run = run;
	return true;
}

void ssm_agent_read(struct ssm_agent *agent, const struct record *record,
		    const struct emitter *emitter)
{
	AUTO_SSM_PAYLOAD struct ssm_payload payload = { NULL, NULL };
	struct event event = {
		.kind = EVENT_RUN,
		.evidence = record->evidence,
		.trust = TRUST_ROOT_FILE,
		.source = HOST_SOURCE_SSM,
	};
	struct ssm_statement statement;
	struct ssm_line line;

	if (!ssm_line_split(record->bytes, &line) ||
	    !follow_time(agent, line.time, &event.happened_at, &event.uncertainty_us))
		return;
	agent->stats.known_lines++;
	if (!ssm_statement_read(&line, &statement) ||
	    (record->is_cut && !statement.is_open_ended))
		return;
	if (describe(&line, &statement, record->is_cut, &payload, &event.run))
		emitter_emit(emitter, &event);
}

/* ---- evidence text ---- */

/* Contexts that are words of the agent's own. */
static const struct slice known_contexts[] = {
	SLICE("Association"),
	SLICE("BasicExecuter"),
	SLICE("CommandProcessorWrapper"),
	SLICE("DataBackend"),
	SLICE("EngineProcessor"),
	SLICE("MDSInteractor"),
	SLICE("MGSInteractor"),
	SLICE("MessageGatewayService"),
	SLICE("MessageService"),
	SLICE("MessagingDeliveryService"),
	SLICE("OutOfProcExecuter"),
	SLICE("SessionProcessorWrapper"),
	SLICE("amazon-ssm-agent"),
	SLICE("ssm-agent-worker"),
	SLICE("ssm-document-worker"),
	SLICE("ssm-session-worker"),
};

static bool is_job(struct slice text)
{
	struct ssm_id id;

	return ssm_id_of_command_job(text, &id);
}

/* Contexts that are a key and a value, and what the value must be. */
static const struct {
	struct slice key;
	bool (*is_valid)(struct slice value);
} keyed_contexts[] = {
	{ SLICE("pluginName="), ssm_is_plugin },
	{ SLICE("instanceID="), ssm_is_instance },
	{ SLICE("associationId="), ssm_is_uuid },
	{ SLICE("messageID="), is_job },
};

static bool may_be_kept(struct slice context, struct slice document_id)
{
	if (document_id.len > 0 && slice_equal(context, document_id))
		return ssm_is_session_id(context);
	for (size_t i = 0; i < sizeof(known_contexts) / sizeof(known_contexts[0]); i++)
		if (slice_equal(context, known_contexts[i]))
			return true;
	for (size_t i = 0; i < sizeof(keyed_contexts) / sizeof(keyed_contexts[0]); i++) {
		struct slice value = context;

		if (slice_take_prefix(&value, keyed_contexts[i].key))
			return keyed_contexts[i].is_valid(value);
	}
	return false;
}

void ssm_agent_evidence(const struct record *record, struct buf *buf)
{
	struct ssm_statement statement;
	struct slice document_id;
	struct ssm_line line;

	if (!ssm_line_split(record->bytes, &line) ||
	    !ssm_statement_read(&line, &statement))
		return;
	document_id = ssm_document_of_contexts(&line);
	buf_append(buf, line.time);
	buf_append_byte(buf, ' ');
	buf_append(buf, line.level);
	for (unsigned i = ssm_line_first(&line); i < line.context_count; i++) {
		bool kept = may_be_kept(line.contexts[i], document_id);

		buf_append_text(buf, " [");
		buf_append(buf, kept ? line.contexts[i] : SLICE("..."));
		buf_append_byte(buf, ']');
	}
	buf_append_byte(buf, ' ');
	buf_append(buf, statement.before);
	buf_append(buf, statement.subject);
	buf_append(buf, statement.after);
}

static void *make_log(const struct host_reader_options *options)
{
	return ssm_agent_new(options);
}

static void release_log(void *log)
{
	ssm_agent_free(log);
}

static bool next_line(void *log, struct slice *chunk, struct slice *ret_line)
{
	return ssm_agent_next(log, chunk, ret_line);
}

static void read_line(void *log, const struct record *record,
		      const struct emitter *emitter)
{
	ssm_agent_read(log, record, emitter);
}

static struct host_reader_stats log_stats(const void *log)
{
	return ssm_agent_stats(log);
}

const struct log_kind ssm_log = {
	.source = HOST_SOURCE_SSM,
	.recognise = ssm_agent_recognise,
	.make = make_log,
	.release = release_log,
	.next = next_line,
	.read = read_line,
	.evidence = ssm_agent_evidence,
	.stats = log_stats,
};
