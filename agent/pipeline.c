/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pipeline_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/own_observation.h"
#include "base/limits.h"
#include "base/memory.h"
#include "correlator/event_code.h"

bool path_is_door(enum path path)
{
	return path != PATH_NONE && path != PATH_DIRECT_SSH && path != PATH_LOCAL;
}

/* ---- what was told before ------------------------------------------------------------
 */

static uint64_t id_hash(const struct id *id)
{
	uint64_t hash;

	/* Part of a SHA-256: as good as any. */
	memcpy(&hash, id->bytes, sizeof(hash));
	return hash;
}

static bool told_is(const void *entry, const void *key)
{
	const struct told *told = entry;

	return memcmp(told->id.bytes, key, ID_BYTES) == 0;
}

static bool take_stored(void *ctx, const struct store_login *login)
{
	struct told *told = ctx;

	told->was_found = true;
	told->count = login->told;
	told->last = (struct alert_told){
		.is_told = login->told > 0,
		.is_closed = login->told > 0 && (login->verdict == VERDICT_AUTHORIZED ||
						 login->verdict == VERDICT_NOT_JUDGED),
		.verdict = login->verdict,
		.stage = login->stage,
	};
	told->was_open = login->verdict == VERDICT_UNAUTHORIZED;
	return true;
}

struct told *pipeline_told_of(struct pipeline *pipeline, const struct id *id)
{
	struct told *told = map_find(&pipeline->told, id_hash(id), told_is, id->bytes);
	char text[ID_TEXT_BYTES];
	struct err err;

	if (told)
		return told;
	told = memory_new(1, sizeof(*told));
	told->id = *id;
	told->next = pipeline->newest;
	pipeline->newest = told;
	map_add(&pipeline->told, id_hash(id), told);
	/* A database that cannot be read fails loudly at the next commit. */
	if (store_find_login(pipeline->options.store, slice_text(id_to_text(id, text)),
			     take_stored, told, &err) < 0)
		told->was_found = false;
	return told;
}

void pipeline_committed(struct pipeline *pipeline)
{
	while (pipeline->newest) {
		struct told *told = pipeline->newest;

		pipeline->newest = told->next;
		free(told);
	}
	map_release(&pipeline->told);
	map_init(&pipeline->told);
}

/* ---- findings ------------------------------------------------------------------------
 */

static void put_finding(struct pipeline *pipeline, const struct finding *finding,
			bool is_open)
{
	struct store_finding row = {
		.id = finding->id,
		.happened_at = finding->happened_at,
		.changed_at = clock_now(pipeline->options.clock),
		.severity = (uint8_t)finding->severity,
		.is_open = is_open,
		.rule = slice_text(finding->rule),
	};

	if (finding->login)
		row.login_id = finding->login->id;
	buf_clear(&pipeline->json);
	native_append_finding(&pipeline->json, finding, &pipeline->context);
	row.json = buf_slice(&pipeline->json);
	store_put_finding(pipeline->options.store, &row);
	if (pipeline->options.finding_changed)
		pipeline->options.finding_changed(pipeline->options.ctx, &row);
}

/* More open findings than one login can have rules. */
#define OPEN_MAX 16

struct open_findings {
	struct arena arena;
	const struct id *keep; /* NULL = none */
	struct store_finding rows[OPEN_MAX];
	size_t count;
};

static bool collect_open(void *ctx, const struct store_finding *finding)
{
	struct open_findings *open = ctx;
	struct store_finding *row = &open->rows[open->count];

	if (!finding->is_open ||
	    (open->keep && memcmp(open->keep->bytes, finding->id.bytes, ID_BYTES) == 0))
		return true;
	*row = *finding;
	row->rule = arena_copy(&open->arena, finding->rule);
	row->json = arena_copy(&open->arena, finding->json);
	return ++open->count < OPEN_MAX;
}

/* What was found about the login before and is not so any more. */
static void close_findings(struct pipeline *pipeline, const struct id *login_id,
			   const struct id *keep)
{
	struct open_findings open = { .keep = keep };
	struct err err;

	arena_init(&open.arena);
	/* A database that cannot be read fails loudly at the next commit. */
	if (store_findings_of(pipeline->options.store, login_id, collect_open, &open,
			      &err) < 0)
		open.count = 0;
	for (size_t i = 0; i < open.count; i++) {
		open.rows[i].is_open = false;
		open.rows[i].changed_at = clock_now(pipeline->options.clock);
		store_put_finding(pipeline->options.store, &open.rows[i]);
	}
	arena_release(&open.arena);
}

/* ---- what the correlator says --------------------------------------------------------
 */

static void tell(struct pipeline *pipeline, struct alert_record *record, int severity)
{
	record->number = store_next_number(pipeline->options.store);
	record->told_at = clock_real();
	record->context = &pipeline->context;
	outbox_put(pipeline->options.outbox, record, severity);
}

static void tell_login(struct pipeline *pipeline, const struct verdict *verdict,
		       struct told *told, int severity)
{
	struct alert_record record = { .verdict = verdict };

	if (!alert_activity_of(verdict, &told->last, &record.activity))
		return;
	tell(pipeline, &record, severity);
	told->count++;
	told->last.is_told = true;
	told->last.is_closed = record.activity == ALERT_CLOSE;
}

static void put_login(struct pipeline *pipeline, const struct verdict *verdict,
		      const struct told *told)
{
	const struct login *login = verdict->login;
	struct store_login row = {
		.id = login->id,
		.happened_at = login->happened_at,
		.changed_at = clock_now(pipeline->options.clock),
		.path = login->path,
		.verdict = verdict->verdict,
		.stage = verdict->stage,
		.is_door = path_is_door(login->path),
		.told = told->count,
	};

	buf_clear(&pipeline->json);
	native_append_login(&pipeline->json, verdict, &pipeline->context);
	row.json = buf_slice(&pipeline->json);
	store_put_login(pipeline->options.store, &row);
	if (pipeline->options.login_changed)
		pipeline->options.login_changed(pipeline->options.ctx, &row);
}

void pipeline_take_verdict(void *ctx, const struct verdict *verdict)
{
	struct pipeline *pipeline = ctx;
	struct finding finding;
	struct told *told;
	bool found;

	if (pipeline->is_restoring)
		return;
	told = pipeline_told_of(pipeline, &verdict->login->id);
	found = finding_from_verdict(verdict, &finding);
	tell_login(pipeline, verdict, told, found ? (int)finding.severity : -1);
	put_login(pipeline, verdict, told);
	if (told->was_open)
		close_findings(pipeline, &verdict->login->id, found ? &finding.id : NULL);
	if (found)
		put_finding(pipeline, &finding, true);
	told->was_open = found;
	told->was_found = true;
	told->last.verdict = verdict->verdict;
	told->last.stage = verdict->stage;
}

static bool note_known(void *ctx, const struct store_finding *finding)
{
	(void)finding;
	*(bool *)ctx = true;
	return false;
}

/* Whether it was told before: then what is told of it now closes it. Sight that is back
 * is told by an id of its own. */
static bool is_known(struct pipeline *pipeline, const struct id *id)
{
	char text[ID_TEXT_BYTES];
	bool known = false;
	struct err err;

	return store_find_finding(pipeline->options.store,
				  slice_text(id_to_text(id, text)), note_known, &known,
				  &err) == 0 &&
	       known;
}

void pipeline_tell(struct pipeline *pipeline, const struct observation *observation)
{
	struct alert_record record = {
		.activity = ALERT_CREATE,
		.observation = observation,
	};
	struct finding finding;

	if (is_known(pipeline, &observation->id))
		record.activity = observation->is_over ? ALERT_CLOSE : ALERT_UPDATE;

	finding_from_observation(observation, &finding);
	put_finding(pipeline, &finding, !observation->is_over);
	tell(pipeline, &record, (int)finding.severity);
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct pipeline *pipeline = ctx;
	struct observation told = *observation;

	/* Sight that never was has no time at which it ended. */
	if (told.happened_at == US_TIME_NONE)
		told.happened_at = clock_real();
	if (!pipeline->is_restoring)
		pipeline_tell(pipeline, &told);
}

/* ---- feeding -------------------------------------------------------------------------
 */

static bool find_text(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	struct pipeline *pipeline = ctx;
	struct store_text text;

	if (!store_find_text(pipeline->options.store, reference, &text))
		return false;
	*ret_text = (struct evidence_text){ text.source, text.cursor, text.line };
	return true;
}

uint64_t pipeline_keep_text(struct pipeline *pipeline, const struct store_text *text)
{
	struct store_text kept = *text;

	kept.reference = store_next_reference(pipeline->options.store);
	store_put_text(pipeline->options.store, &kept);
	return kept.reference;
}

static void keep_identity(struct pipeline *pipeline, const struct identity *identity)
{
	struct arena *arena = &pipeline->identity_arena;
	struct identity *kept = &pipeline->identity;
	struct arena old = *arena;

	arena_init(arena);
	*kept = *identity;
	kept->provider = arena_copy(arena, identity->provider);
	kept->instance = arena_copy(arena, identity->instance);
	kept->account = arena_copy(arena, identity->account);
	kept->region = arena_copy(arena, identity->region);
	kept->private_ips = arena_copy_slices(arena, identity->private_ips,
					      identity->private_ip_count);
	kept->endpoint_ips = arena_copy_slices(arena, identity->endpoint_ips,
					       identity->endpoint_ip_count);
	arena_release(&old);
	pipeline->context.instance = kept->instance;
	pipeline->context.provider = kept->provider;
	pipeline->context.account = kept->account;
	pipeline->context.region = kept->region;
}

void pipeline_judge(struct pipeline *pipeline, const struct event *event, us_time now)
{
	if (event->kind == EVENT_IDENTITY)
		keep_identity(pipeline, &event->identity);
	if (event->kind == EVENT_PROGRESS &&
	    event->progress.until > pipeline->proven_until)
		pipeline->proven_until = event->progress.until;
	correlator_feed(pipeline->correlator, event, now);
}

static void feed_event(struct pipeline *pipeline, const struct event *event)
{
	struct slice key = { NULL, 0 };
	us_time now = clock_now(pipeline->options.clock);

	if (event->kind == EVENT_API_CALL)
		key = event->api_call.id;
	if (key.len && store_has_key(pipeline->options.store, key))
		return;
	buf_clear(&pipeline->code);
	event_encode(event, &pipeline->code);
	/* Every field was bounded when it was read; what still does not fit is judged now
	 * and forgotten by a restart. */
	if (buf_overflowed(&pipeline->code))
		pipeline->unreadable++;
	else
		store_put_event(pipeline->options.store, now, buf_slice(&pipeline->code),
				key);
	pipeline_keep_event(pipeline, event, now);
	pipeline_judge(pipeline, event, now);
}

/* Every window holds its login's own time: a hole there is enough, and touches no other
 * login. */
#define WRONG_CLOCK_REACH US_PER_SECOND

/* Whether somebody came in, by this event. */
static bool is_entry(const struct event *event)
{
	return event->kind == EVENT_LOGIN_ACCEPTED || event->kind == EVENT_KEY_OFFERED ||
	       event->kind == EVENT_CONSOLE_LOGIN ||
	       event->kind == EVENT_SESSION_OPENED || event->kind == EVENT_RUN;
}

/* Once an hour: what is not judged for it must not go by in silence. */
static void tell_wrong_clock(struct pipeline *pipeline, us_time happened_at)
{
	us_time now = clock_now(pipeline->options.clock);
	struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = happened_at,
		.detail = SLICE("this host's clock is behind what the control plane has "
				"logged: logins it stamps cannot be judged by absence"),
		.from = happened_at,
		.until = happened_at,
	};

	if (pipeline->told_clock_at && now - pipeline->told_clock_at < US_PER_HOUR)
		return;
	pipeline->told_clock_at = now;
	observation.id = own_observation_id(&observation);
	pipeline_tell(pipeline, &observation);
}

/* The control plane has proven more than this host's clock says has passed: the clock is
 * behind, and what it stamps would look as if its calls had had their time. There nothing
 * is proven. */
static void feed_wrong_clock(struct pipeline *pipeline, us_time happened_at)
{
	struct event hole = {
		.kind = EVENT_API_HOLE,
		.happened_at = happened_at,
		.progress = { .every_class = true,
			      .from = happened_at - WRONG_CLOCK_REACH,
			      .until = happened_at + WRONG_CLOCK_REACH },
	};

	if (hole.progress.from < US_TIME_MIN)
		hole.progress.from = US_TIME_MIN;
	if (happened_at == pipeline->wrong_at)
		return;
	pipeline->wrong_at = happened_at;
	feed_event(pipeline, &hole);
	tell_wrong_clock(pipeline, happened_at);
}

void pipeline_feed(struct pipeline *pipeline, const struct event *event)
{
	us_span skew = pipeline->options.config->correlation.skew;

	if (is_entry(event) && pipeline->proven_until > clock_real() + skew)
		feed_wrong_clock(pipeline, event->happened_at);
	feed_event(pipeline, event);
}

void pipeline_advance(struct pipeline *pipeline)
{
	correlator_advance(pipeline->correlator, clock_now(pipeline->options.clock));
}

us_time pipeline_deadline(const struct pipeline *pipeline)
{
	return correlator_next_deadline(pipeline->correlator);
}

/* ---- opening -------------------------------------------------------------------------
 */

static struct correlator_options correlator_options_of(const struct config *config)
{
	struct correlator_options options = correlator_options_default();

	options.hash_key = hash_key_random();
	options.lateness_us = config->correlation.lateness;
	options.provisional_after_us = config->correlation.provisional_after;
	options.final_after_us = config->correlation.final_after;
	options.final_after_weak_us = config->correlation.final_after_weak;
	options.blind_after_us = config->correlation.blind_after;
	options.skew_us = config->correlation.skew;
	options.twin_wait_us = config->correlation.twin_wait;
	return options;
}

int pipeline_open(const struct pipeline_options *options, struct pipeline **ret_pipeline,
		  struct err *err)
{
	struct correlator_options correlator_options =
		correlator_options_of(options->config);
	struct pipeline *pipeline = memory_new(1, sizeof(*pipeline));
	const struct correlator_sink sink = { pipeline_take_verdict, take_observation,
					      pipeline };

	pipeline->options = *options;
	pipeline->correlator = correlator_new(&correlator_options, &sink);
	pipeline->context = (struct native_context){
		.host = slice_text(options->host),
		.evidence = find_text,
		.ctx = pipeline,
	};
	pipeline->identity.launched_at = US_TIME_NONE;
	pipeline->identity.watched_since = US_TIME_NONE;
	arena_init(&pipeline->identity_arena);
	map_init(&pipeline->told);
	pipeline->code = (struct buf)BUF_LIMIT(EVENT_BYTES_MAX);
	pipeline->json = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	if (pipeline_restore(pipeline, err) < 0) {
		pipeline_free(pipeline);
		return err_add(err, "cannot read the stored events");
	}
	*ret_pipeline = pipeline;
	return 0;
}

void pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	pipeline_committed(pipeline);
	map_release(&pipeline->told);
	correlator_free(pipeline->correlator);
	arena_release(&pipeline->identity_arena);
	buf_release(&pipeline->code);
	buf_release(&pipeline->json);
	free(pipeline);
}

const struct identity *pipeline_identity(const struct pipeline *pipeline)
{
	return &pipeline->identity;
}

const struct correlator *pipeline_correlator(const struct pipeline *pipeline)
{
	return pipeline->correlator;
}

const struct native_context *pipeline_context(const struct pipeline *pipeline)
{
	return &pipeline->context;
}
