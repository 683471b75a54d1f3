/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the correlator says, made into what is stored and told: logins, findings, and
 * records for the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/pipeline_state.h"
#include "base/memory.h"

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

	if (!alert_activity_of_login(verdict, &told->last, &record.activity))
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

	if (pipeline->options.judged)
		pipeline->options.judged(pipeline->options.ctx, verdict);
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

void pipeline_take_observation(void *ctx, const struct observation *observation)
{
	struct pipeline *pipeline = ctx;
	struct observation told = *observation;

	/* Sight that never was has no time at which it ended. */
	if (told.happened_at == US_TIME_NONE)
		told.happened_at = clock_real();
	if (!pipeline->is_restoring)
		pipeline_tell(pipeline, &told);
}
