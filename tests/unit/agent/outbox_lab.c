/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/agent/outbox_lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alert/record.h"
#include "base/memory.h"
#include "tests/support/check.h"

static char names[LAB_SINKS][2] = { "a", "b", "c" };
static char types[LAB_SINKS][8] = { "https", "splunk", "syslog" };
static char native[] = "native", both[] = "both", empty[] = "";

struct lab_sink *lab_sink(struct outbox_lab *lab, const char *name)
{
	return &lab->received[(name[0] - 'a') % LAB_SINKS];
}

/* ---- the courier ---------------------------------------------------------------------
 */

/* Whether it is sent to the sink while it is on its way there. */
static bool is_under_way(const struct outbox_lab *lab, struct slice sink, uint64_t number)
{
	for (size_t i = 0; i < LAB_ASKS; i++) {
		const struct lab_ask *ask = &lab->asks[i];

		if (!ask->is_open || !slice_equal(sink, slice_text(ask->sink)))
			continue;
		for (size_t k = 0; k < ask->count; k++) {
			if (ask->numbers[k] == number)
				return true;
		}
	}
	return false;
}

/* Notes what is sent: in order where it is sent first, and always with the same key. */
static void note_record(struct outbox_lab *lab, struct lab_sink *sink,
			const struct deliver_record *record)
{
	uint64_t index = record->number - lab->base;
	char key[40];

	snprintf(key, sizeof(key), "%.*s", SLICE_ARG(record->key));
	if (index >= LAB_RECORDS) {
		CHECK(index < LAB_RECORDS);
		return;
	}
	if (sink->sent[index] == 0) {
		lab->is_disordered |= record->number < sink->last_first;
		sink->last_first = record->number;
		snprintf(sink->keys[index], sizeof(sink->keys[index]), "%s", key);
	}
	lab->is_rekeyed |= strcmp(sink->keys[index], key) != 0;
	sink->sent[index]++;
}

static bool take_request(void *ctx, struct message *request,
			 void (*done)(void *done_ctx, const struct message *answer),
			 void *done_ctx)
{
	struct outbox_lab *lab = ctx;
	const struct deliver *batch = &request->deliver;
	struct lab_ask *ask = NULL;

	if (lab->is_busy)
		return false;
	for (size_t i = 0; i < LAB_ASKS && !ask; i++) {
		if (!lab->asks[i].is_open)
			ask = &lab->asks[i];
	}
	CHECK_INT(request->kind, MESSAGE_DELIVER);
	if (!ask || batch->count == 0)
		return false;
	for (size_t i = 0; i < batch->count; i++)
		lab->is_overlapping |=
			is_under_way(lab, batch->sink, batch->records[i].number);
	*ask = (struct lab_ask){ .is_open = true, .done = done, .ctx = done_ctx };
	snprintf(ask->sink, sizeof(ask->sink), "%.*s", SLICE_ARG(batch->sink));
	ask->count = batch->count;
	for (size_t i = 0; i < batch->count; i++) {
		ask->numbers[i] = batch->records[i].number;
		note_record(lab, lab_sink(lab, ask->sink), &batch->records[i]);
	}
	return true;
}

static void note_settled(void *ctx)
{
	((struct outbox_lab *)ctx)->settled++;
}

static void note_loss(void *ctx, const struct outbox_loss *loss)
{
	struct outbox_lab *lab = ctx;

	lab->loss = *loss;
	snprintf(lab->loss_sink, sizeof(lab->loss_sink), "%s", loss->sink);
	lab->losses++;
}

static us_time now_of(void *ctx)
{
	return ((const struct outbox_lab *)ctx)->now;
}

struct lab_ask *lab_ask_of(struct outbox_lab *lab, const char *sink)
{
	for (size_t i = 0; i < LAB_ASKS; i++) {
		if (lab->asks[i].is_open && strcmp(lab->asks[i].sink, sink) == 0)
			return &lab->asks[i];
	}
	return NULL;
}

struct lab_ask *lab_last_ask_of(struct outbox_lab *lab, const char *sink)
{
	struct lab_ask *last = NULL;

	for (size_t i = 0; i < LAB_ASKS; i++) {
		if (lab->asks[i].is_open && strcmp(lab->asks[i].sink, sink) == 0)
			last = &lab->asks[i];
	}
	return last;
}

void lab_answer(struct outbox_lab *lab, struct lab_ask *ask,
		const enum delivery_fate *fates, size_t count)
{
	struct lab_ask asked = *ask;
	struct message answer = { .kind = MESSAGE_DELIVERED };

	answer.delivered.count = asked.count;
	for (size_t i = 0; i < asked.count; i++) {
		enum delivery_fate fate = fates[i < count ? i : count - 1];
		struct lab_sink *sink = lab_sink(lab, asked.sink);
		uint64_t index = asked.numbers[i] - lab->base;

		answer.delivered.results[i] = (struct delivery_result){
			.number = asked.numbers[i],
			.fate = fate,
			.detail = fate == DELIVERY_SAFE ? SLICE("") : SLICE("said no"),
		};
		if (index >= LAB_RECORDS)
			continue;
		sink->taken[index] += fate == DELIVERY_SAFE;
	}
	ask->is_open = false;
	asked.done(asked.ctx, &answer);
}

void lab_fail(struct outbox_lab *lab, struct lab_ask *ask, enum message_outcome outcome)
{
	struct lab_ask asked = *ask;
	const struct message answer = { .kind = MESSAGE_DELIVERED,
					.outcome = outcome,
					.detail = SLICE("it is down") };

	(void)lab;
	ask->is_open = false;
	asked.done(asked.ctx, &answer);
}

/* ---- its life ------------------------------------------------------------------------
 */

void lab_open(struct outbox_lab *lab)
{
	const struct outbox_options options = {
		.store = lab->store,
		.config = &lab->config,
		.host = "till-3",
		.ask = take_request,
		.settled = note_settled,
		.lost = note_loss,
		.now = now_of,
		.ctx = lab,
	};
	struct err err;

	CHECK_OK(outbox_open(&options, &lab->outbox, &err), &err);
}

void lab_close(struct outbox_lab *lab)
{
	outbox_free(lab->outbox);
	lab->outbox = NULL;
	for (size_t i = 0; i < LAB_ASKS; i++)
		lab->asks[i].is_open = false;
}

struct outbox_lab *lab_new(void)
{
	struct outbox_lab *lab = memory_new(1, sizeof(*lab));
	struct store_opening opening;

	scratch_init(&lab->scratch);
	lab->store = store_in(lab->scratch.folder, &opening);
	lab->now = at(0);
	lab->base = 1;
	lab->config.agent.heartbeat = -1;
	for (size_t i = 0; i < LAB_SINKS; i++)
		lab->sinks[i] = (struct config_sink){
			.name = names[i],
			.type = types[i],
			.format = native,
			.records = both,
			.min_severity = empty,
			.rules = empty,
			.batch = 4,
			.retry_first = US_PER_SECOND,
			.retry_most = US_PER_MINUTE,
			.max_bytes = (uint64_t)64 * 1024 * 1024,
		};
	memcpy(lab->config.sinks, lab->sinks, sizeof(lab->sinks));
	lab->config.sink_count = LAB_SINKS;
	lab_open(lab);
	return lab;
}

void lab_release(struct outbox_lab **place)
{
	struct outbox_lab *lab = *place;

	lab_close(lab);
	store_end(&lab->store);
	scratch_release(&lab->scratch);
	free(lab);
}

void lab_restart(struct outbox_lab *lab)
{
	struct store_opening opening;

	lab_close(lab);
	store_close(lab->store);
	lab->store = store_in(lab->scratch.folder, &opening);
	lab_open(lab);
}

/* ---- records -------------------------------------------------------------------------
 */

static uint64_t put(struct outbox_lab *lab, enum alert_stream stream,
		    const struct outbox_about *about)
{
	static const struct native_context context = { .host = SLICE("till-3"),
						       .instance = SLICE("i-0abc") };
	const struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = at(0),
		.detail = SLICE("lines were lost"),
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
	struct alert_record record = {
		.stream = stream,
		.activity = ALERT_CREATE,
		.number = store_next_number(lab->store),
		.sequence = store_next_sequence(lab->store, ALERT_FINDINGS),
		.told_at = lab->now,
		.observation = lab->verdict ? NULL : &observation,
		.verdict = lab->verdict,
		.context = &context,
	};

	outbox_put(lab->outbox, &record, about);
	lab->last_put = record.number;
	if (record.number - lab->base < LAB_RECORDS)
		lab->is_put[record.number - lab->base] = true;
	return record.number;
}

uint64_t lab_put(struct outbox_lab *lab, int severity, const char *rule)
{
	const struct outbox_about about = { .severity = (enum severity)severity,
					    .severity_before = SEVERITY_INFORMATIONAL,
					    .rule = rule };

	return put(lab, ALERT_FINDINGS, &about);
}

void lab_put_change(struct outbox_lab *lab, int severity, int before)
{
	const struct outbox_about about = { .severity = (enum severity)severity,
					    .severity_before = (enum severity)before,
					    .rule = "r",
					    .rule_before = "r" };

	(void)put(lab, ALERT_FINDINGS, &about);
}

void lab_put_login(struct outbox_lab *lab)
{
	static const struct outbox_about nothing;
	struct login login = { .path = PATH_AWS_SSM_SESSION, .sudo_at = US_TIME_NONE };
	struct verdict verdict = { .login = &login };

	lab->verdict = &verdict;
	(void)put(lab, ALERT_LOGINS, &nothing);
	lab->verdict = NULL;
}

void lab_commit(struct outbox_lab *lab)
{
	struct err err;
	bool is_full;

	CHECK_OK(store_commit(lab->store, &is_full, &err), &err);
}

void lab_flush(struct outbox_lab *lab)
{
	lab_commit(lab);
	while (outbox_flush(lab->outbox))
		lab_commit(lab);
}

uint64_t lab_waiting(struct outbox_lab *lab, const char *sink)
{
	struct store_waiting waiting = { 0 };
	struct err err;

	CHECK_OK(store_waiting_of(lab->store, sink, &waiting, &err), &err);
	return waiting.records;
}

uint64_t lab_dead(struct outbox_lab *lab, const char *sink)
{
	uint64_t count = 0;
	struct err err;

	CHECK_OK(store_count_dead_letters(lab->store, sink, &count, &err), &err);
	return count;
}

struct outbox_state lab_state(struct outbox_lab *lab, size_t index)
{
	struct outbox_state state = { .name = "" };

	CHECK(outbox_state(lab->outbox, index, &state));
	return state;
}
