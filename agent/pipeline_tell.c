/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the correlator says, made into what is stored and told: logins, findings, and
 * records of each stream for the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "agent/own_observation.h"
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

	told->was_stored = true;
	told->count = login->told;
	told->is_learned = login->is_learned;
	told->last = (struct alert_told){
		.is_told = login->told > 0,
		.is_closed = login->told > 0 && (login->verdict == VERDICT_AUTHORIZED ||
						 login->verdict == VERDICT_NOT_JUDGED),
		.verdict = login->verdict,
		.stage = login->stage,
	};
	told->found = (struct alert_told){
		.is_told = login->was_found,
		.is_closed = login->was_found && !login->is_found,
		.verdict = login->verdict,
		.stage = login->stage,
	};
	told->has_findings = login->was_found || login->verdict == VERDICT_UNAUTHORIZED;
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
		told->was_stored = false;
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

/* ---- records -------------------------------------------------------------------------
 */

static void number(struct pipeline *pipeline, struct alert_record *record)
{
	record->number = store_next_number(pipeline->options.store);
	record->told_at = clock_real();
	record->context = &pipeline->context;
}

static void tell(struct pipeline *pipeline, struct alert_record *record,
		 const struct outbox_about *about)
{
	number(pipeline, record);
	record->sequence = store_next_sequence(pipeline->options.store, record->stream);
	pipeline->told_counts[record->stream]++;
	outbox_put(pipeline->options.outbox, record, about);
}

/* SSH over the network is no door of a cloud's: told once, where the policy asks for it.
 */
static bool is_listed(const struct pipeline *pipeline, const struct verdict *verdict,
		      const struct told *told)
{
	return verdict->login->path == PATH_DIRECT_SSH && !told->last.is_told &&
	       verdict->verdict != VERDICT_PENDING && pipeline->options.policy &&
	       policy_for_correlator(pipeline->options.policy).direct_ssh ==
		       DIRECT_SSH_LIST;
}

static void tell_login(struct pipeline *pipeline, const struct verdict *verdict,
		       struct told *told)
{
	static const struct outbox_about nothing;
	struct alert_record record = { .stream = ALERT_LOGINS, .verdict = verdict };
	bool is_closing = is_listed(pipeline, verdict, told);

	if (is_closing)
		record.activity = ALERT_CREATE;
	else if (!alert_activity_of_login(verdict, &told->last, &record.activity))
		return;
	tell(pipeline, &record, &nothing);
	told->count++;
	told->last.is_told = true;
	told->last.is_closed = is_closing || record.activity == ALERT_CLOSE;
}

/* What goes by the finding that is, and by the one that was. */
static struct outbox_about about_of(const struct pipeline *pipeline,
				    const struct finding *finding,
				    const struct closed_finding *closed,
				    const struct told *told)
{
	struct outbox_about about = { .severity_before = SEVERITY_INFORMATIONAL };

	if (finding) {
		about.severity = finding->severity;
		about.rule = finding->rule;
	}
	if (closed->rule[0]) {
		about.severity_before = closed->severity;
		about.rule_before = closed->rule;
	} else if (finding && told->found.is_told) {
		about.severity_before = pipeline_severity_before(pipeline, finding);
		about.rule_before = finding->rule;
	}
	return about;
}

/* `finding` is NULL where there is none. */
static void tell_finding(struct pipeline *pipeline, const struct verdict *verdict,
			 const struct finding *finding, struct told *told)
{
	const struct id *keep = finding ? &finding->id : NULL;
	struct closed_finding closed = { SEVERITY_INFORMATIONAL, "" };
	struct alert_record record = { .stream = ALERT_FINDINGS, .verdict = verdict };
	struct outbox_about about;

	if (told->has_findings)
		closed = pipeline_close_findings(pipeline, &verdict->login->id, keep);
	about = about_of(pipeline, finding, &closed, told);
	/* One that is of another rule now takes the place of the one that was told. */
	if (!alert_activity_of_finding(verdict, finding && !finding->suppression,
				       &told->found, &record.activity) &&
	    !(finding && !finding->suppression && closed.rule[0]))
		return;
	tell(pipeline, &record, &about);
	told->found.is_told = true;
	told->found.is_closed = record.activity == ALERT_CLOSE;
}

/* ---- what the correlator says --------------------------------------------------------
 */

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
		.was_found = told->found.is_told,
		.is_found = told->found.is_told && !told->found.is_closed,
		.is_learned = told->is_learned,
	};

	buf_clear(&pipeline->json);
	native_append_login(&pipeline->json, verdict, &pipeline->context);
	row.json = buf_slice(&pipeline->json);
	store_put_login(pipeline->options.store, &row);
	if (pipeline->options.login_changed)
		pipeline->options.login_changed(pipeline->options.ctx, &row);
}

static void note_verdict(struct alert_told *told, const struct verdict *verdict)
{
	told->verdict = verdict->verdict;
	told->stage = verdict->stage;
}

void pipeline_take_verdict(void *ctx, const struct verdict *verdict)
{
	struct pipeline *pipeline = ctx;
	struct finding finding;
	struct told *told;
	bool found, is_news;

	if (pipeline->options.judged)
		pipeline->options.judged(pipeline->options.ctx, verdict);
	if (pipeline->is_restoring)
		return;
	told = pipeline_told_of(pipeline, &verdict->login->id);
	found = finding_from_verdict(verdict, &finding);
	if (found)
		pipeline_suppress(pipeline, &finding);
	is_news = !told->is_learned && baseline_keeper_wants(verdict);
	told->is_learned |= is_news;
	tell_login(pipeline, verdict, told);
	tell_finding(pipeline, verdict, found ? &finding : NULL, told);
	put_login(pipeline, verdict, told);
	if (found)
		pipeline_put_finding(pipeline, &finding, true);
	told->has_findings |= found;
	told->was_stored = true;
	note_verdict(&told->last, verdict);
	note_verdict(&told->found, verdict);
	if (is_news)
		baseline_keeper_learn(pipeline->baseline, verdict);
}

void pipeline_tell(struct pipeline *pipeline, const struct observation *observation)
{
	struct alert_record record = {
		.stream = ALERT_FINDINGS,
		.activity = ALERT_CREATE,
		.observation = observation,
	};
	struct outbox_about about = { .severity_before = SEVERITY_INFORMATIONAL };
	struct finding finding;
	bool was_open = pipeline_is_open(pipeline, &observation->id);

	/* What is told of it again closes it, or says more. Sight that is back is told by
	 * an id of its own. */
	if (store_has_finding(pipeline->options.store, &observation->id))
		record.activity = observation->is_over ? ALERT_CLOSE : ALERT_UPDATE;
	finding_from_observation(observation, &finding);
	pipeline_suppress(pipeline, &finding);
	pipeline_put_finding(pipeline, &finding, !observation->is_over);
	/* What was told before a policy made it no news is closed where it was told. */
	if (finding.suppression && !was_open)
		return;
	if (finding.suppression)
		record.activity = ALERT_CLOSE;
	about.severity = finding.severity;
	about.rule = finding.rule;
	tell(pipeline, &record, &about);
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

/* ---- of the agent itself -------------------------------------------------------------
 */

void pipeline_tell_heartbeat(struct pipeline *pipeline,
			     const struct alert_heartbeat *heartbeat)
{
	struct alert_record record = {
		.stream = ALERT_HEARTBEATS,
		.activity = ALERT_CREATE,
		.heartbeat = heartbeat,
	};

	number(pipeline, &record);
	record.sequence = store_next_sequence(pipeline->options.store, record.stream);
	outbox_put_heartbeat(pipeline->options.outbox, &record);
}

int pipeline_try(struct pipeline *pipeline, struct slice sinks,
		 void (*done)(void *ctx, const struct outbox_trial *trial), void *ctx,
		 struct err *err)
{
	struct observation observation = {
		.kind = OBSERVATION_TEST_ALERT,
		.happened_at = clock_real(),
		.detail = SLICE("made by countersign test-alert"),
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
	struct alert_record record = {
		.stream = ALERT_FINDINGS,
		.activity = ALERT_CREATE,
		.observation = &observation,
		.is_test = true,
	};

	observation.id = own_observation_id(&observation);
	number(pipeline, &record);
	return outbox_try(pipeline->options.outbox, sinks, &record, done, ctx, err);
}

uint64_t pipeline_told_count(const struct pipeline *pipeline, enum alert_stream stream)
{
	return pipeline->told_counts[stream];
}
