/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/outbox.h"
#include "agent/outlet.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/support/check.h"
#include "tests/unit/agent/outbox_lab.h"

#define SAFE DELIVERY_SAFE
#define AGAIN DELIVERY_AGAIN
#define REFUSED DELIVERY_REFUSED

static const enum delivery_fate all_safe[] = { SAFE };

/* What is left, dead, and how many are sent next, after one answer to a batch. */
static void test_fates(void)
{
	static const struct {
		const char *name;
		size_t count;
		enum delivery_fate fates[4];
		uint64_t waiting, dead,
			next; /* next: at once, or when it may try again */
		const char *state;
	} rows[] = {
		{ "one safe", 1, { SAFE }, 0, 0, 0, "good" },
		{ "one again", 1, { AGAIN }, 1, 0, 1, "failing" },
		{ "one refused", 1, { REFUSED }, 0, 1, 0, "good" },
		{ "all safe", 4, { SAFE, SAFE, SAFE, SAFE }, 0, 0, 0, "good" },
		{ "all again", 4, { AGAIN, AGAIN, AGAIN, AGAIN }, 4, 0, 4, "failing" },
		/* it may be one that spoils all: each alone */
		{ "all refused",
		  4,
		  { REFUSED, REFUSED, REFUSED, REFUSED },
		  4,
		  0,
		  1,
		  "waiting" },
		{ "one of four again",
		  4,
		  { SAFE, AGAIN, SAFE, SAFE },
		  1,
		  0,
		  1,
		  "failing" },
		{ "one of four refused",
		  4,
		  { SAFE, SAFE, REFUSED, SAFE },
		  0,
		  1,
		  0,
		  "good" },
		{ "all three", 4, { AGAIN, SAFE, REFUSED, AGAIN }, 2, 1, 2, "failing" },
		{ "refused and again", 2, { REFUSED, AGAIN }, 1, 1, 1, "failing" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_OUTBOX_LAB struct outbox_lab *lab = NULL;
		struct lab_ask *ask;

		check_row(rows[i].name);
		lab = lab_new();
		for (size_t k = 0; k < rows[i].count; k++)
			lab_put(lab, SEVERITY_HIGH, "r");
		lab_flush(lab);
		ask = lab_ask_of(lab, "a");
		CHECK(ask && ask->count == rows[i].count);
		lab_answer(lab, ask, rows[i].fates, rows[i].count);
		CHECK_UINT(lab->settled, 1);
		lab_commit(lab);
		CHECK_UINT(lab_waiting(lab, "a"), rows[i].waiting);
		CHECK_UINT(lab_dead(lab, "a"), rows[i].dead);
		CHECK_TEXT(lab_state(lab, 0).state, rows[i].state);
		CHECK_UINT(lab_state(lab, 0).refused, rows[i].dead);
		CHECK_UINT(lab_state(lab, 0).dead_letters, rows[i].dead);
		lab->now += US_PER_MINUTE;
		lab_flush(lab);
		ask = lab_ask_of(lab, "a");
		CHECK_UINT(ask ? ask->count : 0, rows[i].next);
		/* nobody else noticed */
		CHECK_UINT(lab_waiting(lab, "b"), rows[i].count);
		CHECK_TEXT(lab_state(lab, 1).state, "waiting");
	}
}

static void test_outcomes(void)
{
	static const struct {
		const char *name;
		enum message_outcome outcome;
		const char *state;
	} rows[] = {
		{ "unreachable", OUTCOME_UNREACHABLE, "failing" },
		{ "throttled", OUTCOME_THROTTLED, "failing" },
		{ "denied", OUTCOME_DENIED, "failing" },
		{ "bad answer", OUTCOME_BAD_ANSWER, "failing" },
		{ "bad request", OUTCOME_BAD_REQUEST, "open" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();

		check_row(rows[i].name);
		lab_put(lab, SEVERITY_HIGH, "r");
		lab_flush(lab);
		lab_fail(lab, lab_ask_of(lab, "a"), rows[i].outcome);
		lab_flush(lab);
		CHECK_UINT(lab_waiting(lab, "a"), 1);
		CHECK_TEXT(lab_state(lab, 0).state, rows[i].state);
		CHECK_TEXT(lab_state(lab, 0).last_error, "it is down");
		CHECK(!lab_ask_of(lab, "a"));
		CHECK(outbox_deadline(lab->outbox) != US_TIME_NONE);
		/* a configuration that was mended is tried at once */
		outbox_reopen(lab->outbox);
		lab_flush(lab);
		CHECK(lab_ask_of(lab, "a") != NULL);
	}
}

/* One record that the receiver will never take among others that it would. */
static void test_poison(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	static const enum delivery_fate refused[] = { REFUSED };
	unsigned batches = 0;

	for (size_t k = 0; k < 8; k++)
		lab_put(lab, SEVERITY_LOW, "r");
	lab_flush(lab);
	while (lab_waiting(lab, "a") && ++batches < 100) {
		struct lab_ask *ask = lab_ask_of(lab, "a");
		bool has_poison = false;

		if (!CHECK(ask != NULL))
			break;
		for (size_t i = 0; i < ask->count; i++)
			has_poison |= ask->numbers[i] == 3;
		lab_answer(lab, ask, has_poison ? refused : all_safe, 1);
		lab_flush(lab);
	}
	CHECK_UINT(lab_dead(lab, "a"), 1);
	CHECK_UINT(lab_state(lab, 0).delivered, 7);
	/* the batch, its four alone, and the next as one */
	CHECK_UINT(batches, 6);
}

/* How a sink answers to a batch with a record that it will never take, nor refuse. */
enum bad_way {
	BAD_ALONE, /* the others are taken */
	BAD_WHOLE, /* none is */
	BAD_BUSY,  /* it asks to be left alone */
};

/* Plays the sink: what is in `bad` (from lab->base) is of that kind. */
static void play_bad(struct outbox_lab *lab, uint64_t bad, enum bad_way way,
		     unsigned hours)
{
	const us_time end = lab->now + hours * US_PER_HOUR;

	while (lab->now < end) {
		enum delivery_fate fates[MESSAGE_LIST_MAX];
		struct lab_ask *ask;
		us_time deadline;
		bool has_bad = false;

		lab_flush(lab);
		ask = lab_ask_of(lab, "a");
		if (!ask) {
			deadline = outbox_deadline(lab->outbox);
			if (deadline == US_TIME_NONE)
				return;
			CHECK(deadline > lab->now);
			lab->now = deadline > lab->now ? deadline : lab->now + 1;
			continue;
		}
		for (size_t i = 0; i < ask->count; i++) {
			bool is_bad = bad >> (ask->numbers[i] - lab->base) & 1;

			has_bad |= is_bad;
			fates[i] = is_bad ? AGAIN : SAFE;
		}
		for (size_t i = 0; way == BAD_WHOLE && has_bad && i < ask->count; i++)
			fates[i] = AGAIN;
		if (way == BAD_BUSY && has_bad)
			lab_fail(lab, ask, OUTCOME_THROTTLED);
		else
			lab_answer(lab, ask, fates, ask->count);
	}
}

/* Records that are neither taken nor refused hold up no others, and are given up in the
 * end; where nothing is taken nothing is given up. */
static void test_held_up(void)
{
	static const struct {
		const char *name;
		uint64_t bad; /* one bit a record */
		enum bad_way way;
		unsigned hours;
		uint64_t waiting, dead;
	} rows[] = {
		{ "the first", 0x1, BAD_ALONE, 2, 1, 0 },
		{ "it spoils its batch", 0x1, BAD_WHOLE, 2, 1, 0 },
		{ "the first three", 0x7, BAD_ALONE, 2, 3, 0 },
		{ "in between", 0x48, BAD_WHOLE, 3, 2, 0 },
		{ "the last", 0x80000, BAD_ALONE, 2, 1, 0 },
		{ "the sink is down", ~UINT64_C(0), BAD_ALONE, 60, 20, 0 },
		/* patience, which has an end */
		{ "the sink is busy", 0x1, BAD_BUSY, 1, 20, 0 },
		{ "it is for one only", 0x1, BAD_BUSY, 4, 1, 0 },
		{ "for three", 0x49, BAD_BUSY, 6, 3, 0 },
		{ "for all", ~UINT64_C(0), BAD_BUSY, 60, 20, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();

		check_row(rows[i].name);
		for (int k = 0; k < 20; k++)
			lab_put(lab, SEVERITY_LOW, "r");
		play_bad(lab, rows[i].bad, rows[i].way, rows[i].hours);
		CHECK_UINT(lab_waiting(lab, "a"), rows[i].waiting);
		CHECK_UINT(lab_dead(lab, "a"), rows[i].dead);
		/* the sink is mended */
		play_bad(lab, 0, BAD_ALONE, 2);
		CHECK_UINT(lab_waiting(lab, "a"), 0);
		CHECK_UINT(lab_state(lab, 0).delivered, 20);
		CHECK(!lab->is_overlapping && !lab->is_rekeyed);
	}
}

static bool find_long_line(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	(void)reference;
	*ret_text = (struct evidence_text){ .line = *(const struct slice *)ctx };
	return true;
}

/* Lines that are too long for the courier, and not for a line of output, do not keep a
 * login from being told. */
static void test_long_evidence(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	static const struct outbox_about nothing;
	const size_t len = 1024 * 1024;
	AUTO_FREE char *line = memory_new(1, len);
	struct slice text = slice_of(line, len);
	uint64_t references[7] = { 1, 2, 3, 4, 5, 6, 7 };
	struct login login = { .path = PATH_AWS_SSM_SESSION,
			       .sudo_at = US_TIME_NONE,
			       .evidence = references,
			       .evidence_count = 7 };
	const struct verdict verdict = { .login = &login };
	const struct native_context context = { .evidence = find_long_line,
						.ctx = &text };
	const struct alert_record record = { .stream = ALERT_LOGINS,
					     .activity = ALERT_CREATE,
					     .number = store_next_number(lab->store),
					     .told_at = lab->now,
					     .verdict = &verdict,
					     .context = &context };

	memset(line, 'a', len);
	outbox_put(lab->outbox, &record, &nothing);
	lab_commit(lab);
	CHECK_UINT(lab_waiting(lab, "a"), 1);
	CHECK_UINT(lab_state(lab, 0).refused, 0);
}

/* One that fails for a day while others are taken is a dead letter. */
static void test_given_up(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	unsigned hours = 0;

	while (lab_dead(lab, "a") == 0 && ++hours < 40) {
		lab_put(lab, SEVERITY_HIGH, "r");
		play_bad(lab, 0x1, BAD_ALONE, 1);
	}
	CHECK(hours >= 25 && hours <= 27);
	CHECK_UINT(lab_dead(lab, "a"), 1);
	CHECK_UINT(lab_waiting(lab, "a"), 0);
	CHECK_UINT(lab_state(lab, 0).delivered, hours - 1);
	CHECK_INT(outbox_deadline(lab->outbox), US_TIME_NONE);
}

/* Five failures in a row, and only one record is risked. */
static void test_breaker(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();

	for (size_t k = 0; k < 8; k++)
		lab_put(lab, SEVERITY_LOW, "r");
	for (int i = 0; i < 6; i++) {
		struct lab_ask *ask;

		lab->now += US_PER_HOUR;
		lab_flush(lab);
		ask = lab_ask_of(lab, "a");
		if (CHECK(ask != NULL)) {
			CHECK_UINT(ask->count, i < 5 ? 4 : 1);
			lab_fail(lab, ask, OUTCOME_UNREACHABLE);
		}
	}
	CHECK_TEXT(lab_state(lab, 0).state, "open");
	lab->now += US_PER_HOUR;
	lab_flush(lab);
	lab_answer(lab, lab_ask_of(lab, "a"), all_safe, 1);
	lab_flush(lab);
	/* the one that was risked before this one, and then all */
	CHECK_UINT(lab_ask_of(lab, "a")->count, 1);
	lab_answer(lab, lab_ask_of(lab, "a"), all_safe, 1);
	lab_flush(lab);
	CHECK_UINT(lab_ask_of(lab, "a")->count, 4);
	CHECK_TEXT(lab_state(lab, 0).state, "waiting");
	CHECK_TEXT(lab_state(lab, 0).last_error, "");
}

static void test_busy_courier(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();

	lab_put(lab, SEVERITY_LOW, "r");
	lab->is_busy = true;
	lab_flush(lab);
	CHECK_INT(outbox_deadline(lab->outbox), lab->now + US_PER_SECOND);
	CHECK_TEXT(lab_state(lab, 0).state, "waiting");
	lab->is_busy = false;
	lab->now += US_PER_SECOND;
	lab_flush(lab);
	CHECK(lab_ask_of(lab, "a") != NULL);
	CHECK_INT(outbox_deadline(lab->outbox), US_TIME_NONE);
}

static void test_filters(void)
{
	static const struct {
		const char *name;
		char records[10], severity[14], rules[32];
		unsigned findings; /* bit for each of those put */
		bool takes_login;
	} rows[] = {
		{ "all", "both", "", "", 0xf, true },
		{ "findings", "findings", "", "", 0xf, false },
		{ "logins", "logins", "", "", 0, true },
		{ "the type's own", "", "", "", 0xf, true },
		{ "medium", "both", "medium", "", 0xe, true },
		{ "critical", "both", "critical", "", 0x8, true },
		{ "a rule", "findings", "", "agent-stopped", 0x2, false },
		{ "a glob", "findings", "", "agent-*", 0x6, false },
		{ "not a rule", "findings", "", "!agent-*", 0x9, false },
		{ "a glob but one", "findings", "", "agent-*, !*-down", 0x2, false },
		{ "both ways", "findings", "high", "agent-*", 0x4, false },
	};
	static const char *const rules[] = { "evidence-gap", "agent-stopped",
					     "agent-was-down", "identity-changed" };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
		char records[10], severity[14], patterns[32];
		struct lab_ask *ask;
		unsigned got = 0;

		check_row(rows[i].name);
		memcpy(records, rows[i].records, sizeof(records));
		memcpy(severity, rows[i].severity, sizeof(severity));
		memcpy(patterns, rows[i].rules, sizeof(patterns));
		lab->config.sinks[0].records = records;
		lab->config.sinks[0].min_severity = severity;
		lab->config.sinks[0].rules = patterns;
		lab->config.sinks[0].batch = 64;
		lab_close(lab);
		lab_open(lab);
		for (int k = 0; k < 4; k++)
			lab_put(lab, SEVERITY_LOW + k, rules[k]);
		lab_put_login(lab);
		lab_flush(lab);
		ask = lab_ask_of(lab, "a");
		for (size_t k = 0; ask && k < ask->count; k++)
			got |= 1u << (ask->numbers[k] - 1);
		CHECK_UINT(got & 0xf, rows[i].findings);
		CHECK((got & 0x10) == (rows[i].takes_login ? 0x10u : 0));
	}
}

/* A finding that got better is told on to whom it was told. */
static void test_filter_of_before(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	char high[] = "high";
	struct lab_ask *ask;

	lab->config.sinks[0].min_severity = high;
	lab_close(lab);
	lab_open(lab);
	lab_put_change(lab, SEVERITY_LOW, SEVERITY_HIGH);
	lab_put_change(lab, SEVERITY_LOW, SEVERITY_LOW);
	lab_flush(lab);
	ask = lab_ask_of(lab, "a");
	CHECK_UINT(ask ? ask->count : 0, 1);
	CHECK_UINT(lab_ask_of(lab, "b")->count, 2);
}

/* To who did not want what was told before, the first record is a new finding. */
static void test_first_of_a_finding(void)
{
	static const struct {
		const char *name;
		int severity, before;
		enum alert_activity told, want;
	} rows[] = {
		{ "low was not for it", SEVERITY_HIGH, SEVERITY_LOW, ALERT_UPDATE,
		  ALERT_CREATE },
		{ "high was", SEVERITY_HIGH, SEVERITY_HIGH, ALERT_UPDATE, ALERT_UPDATE },
		{ "it got better", SEVERITY_LOW, SEVERITY_HIGH, ALERT_UPDATE,
		  ALERT_UPDATE },
		{ "its end", SEVERITY_HIGH, SEVERITY_HIGH, ALERT_CLOSE, ALERT_CLOSE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct alert_record record = { .stream = ALERT_FINDINGS,
						     .activity = rows[i].told };
		const struct outbox_about about = {
			.severity = (enum severity)rows[i].severity,
			.severity_before = (enum severity)rows[i].before,
			.rule = "r",
			.rule_before = "r",
		};
		char rules[] = "";
		const struct outlet outlet = { .severity = SEVERITY_HIGH,
					       .rules = rules };

		check_row(rows[i].name);
		CHECK_INT(outlet_activity(&outlet, &record, &about), rows[i].want);
	}
}

/* ---- heartbeats, tests, sinks that are gone -------------------------------------------
 */

static void beat(struct outbox_lab *lab)
{
	static const struct native_context context = { .host = SLICE("till-3") };
	static const struct alert_heartbeat heartbeat = { .sight = "good" };
	const struct alert_record record = {
		.stream = ALERT_HEARTBEATS,
		.activity = ALERT_CREATE,
		.number = store_next_number(lab->store),
		.told_at = lab->now,
		.heartbeat = &heartbeat,
		.context = &context,
	};

	outbox_put_heartbeat(lab->outbox, &record);
}

static void test_heartbeats(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();

	CHECK(!outbox_heartbeat_is_due(lab->outbox));
	CHECK_INT(outbox_deadline(lab->outbox), US_TIME_NONE);
	lab->config.agent.heartbeat = US_PER_MINUTE;
	lab_close(lab);
	lab_open(lab);
	if (!(alert_format_find("native")->streams & 1u << ALERT_HEARTBEATS))
		return;
	CHECK(outbox_heartbeat_is_due(lab->outbox));
	lab->is_busy = true;
	for (int i = 0; i < 5; i++) {
		beat(lab);
		lab_flush(lab);
		CHECK(!outbox_heartbeat_is_due(lab->outbox));
		CHECK_UINT(lab_waiting(lab, "a"), 1);
		lab->now += US_PER_MINUTE;
		CHECK(outbox_heartbeat_is_due(lab->outbox));
		if (i == 2)
			lab_restart(lab);
	}
	/* the one that is on its way stays, and the next waits behind it */
	lab->is_busy = false;
	lab->now += US_PER_MINUTE;
	lab_flush(lab);
	beat(lab);
	lab_flush(lab);
	CHECK_UINT(lab_waiting(lab, "a"), 2);
}

struct heard {
	unsigned count, delivered;
	bool is_last;
	char detail[128];
};

static void hear(void *ctx, const struct outbox_trial *trial)
{
	struct heard *heard = ctx;

	heard->count++;
	heard->delivered += strcmp(trial->outcome, "delivered") == 0;
	heard->is_last = trial->is_last;
	snprintf(heard->detail, sizeof(heard->detail), "%.*s", SLICE_ARG(trial->detail));
}

static void test_trials(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	static const enum delivery_fate refused[] = { REFUSED };
	static const struct native_context context = { .host = SLICE("till-3") };
	static const struct observation observation = { .kind = OBSERVATION_TEST_ALERT };
	struct alert_record record = { .stream = ALERT_FINDINGS,
				       .activity = ALERT_CREATE,
				       .is_test = true,
				       .observation = &observation,
				       .context = &context };
	struct heard heard = { 0 };
	struct err err;

	for (int i = 0; i < 9; i++)
		lab_put(lab, SEVERITY_LOW, "r");
	lab_flush(lab);
	lab_fail(lab, lab_ask_of(lab, "a"), OUTCOME_UNREACHABLE);
	record.number = store_next_number(lab->store);
	CHECK_INT(outbox_try(lab->outbox, SLICE("a nobody"), &record, hear, &heard, &err),
		  -1);
	CHECK_TEXT(err.text, "there is no sink 'nobody'");
	CHECK_OK(outbox_try(lab->outbox, SLICE("a"), &record, hear, &heard, &err), &err);
	/* before what waits, and while it may not be tried */
	CHECK_UINT(lab_ask_of(lab, "a")->count, 1);
	CHECK_UINT(lab_ask_of(lab, "a")->numbers[0], record.number);
	CHECK_INT(outbox_try(lab->outbox, SLICE("b"), &record, hear, &heard, &err), -1);
	lab_answer(lab, lab_ask_of(lab, "a"), refused, 1);
	CHECK(heard.is_last && heard.count == 1 && heard.delivered == 0);
	CHECK_TEXT(heard.detail, "said no");
	CHECK_UINT(lab_dead(lab, "a"), 0);
	CHECK_UINT(lab_waiting(lab, "a"), 9);
	CHECK_OK(outbox_try(lab->outbox, SLICE("a c"), &record, hear, &heard, &err),
		 &err);
	lab_answer(lab, lab_ask_of(lab, "a"), all_safe, 1);
	CHECK(!heard.is_last);
	lab_fail(lab, lab_last_ask_of(lab, "c"), OUTCOME_UNREACHABLE);
	CHECK(heard.is_last && heard.count == 3 && heard.delivered == 1);
}

static void test_orphans(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	uint64_t count = 7;
	struct err err;

	for (int i = 0; i < 9; i++)
		lab_put(lab, SEVERITY_LOW, "r");
	lab_flush(lab);
	CHECK_OK(outbox_drop_orphans(lab->outbox, &count, &err), &err);
	CHECK_UINT(count, 0);
	lab->config.sink_count = 2;
	lab_close(lab);
	lab_open(lab);
	CHECK_UINT(lab_waiting(lab, "c"), 9);
	CHECK_OK(outbox_drop_orphans(lab->outbox, &count, &err), &err);
	lab_commit(lab);
	CHECK_UINT(count, 9);
	CHECK_UINT(lab_waiting(lab, "c"), 0);
	CHECK_UINT(lab_waiting(lab, "b"), 9);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "fates", test_fates },
		{ "outcomes", test_outcomes },
		{ "poison", test_poison },
		{ "held up", test_held_up },
		{ "given up", test_given_up },
		{ "long evidence", test_long_evidence },
		{ "breaker", test_breaker },
		{ "busy courier", test_busy_courier },
		{ "filters", test_filters },
		{ "filter of before", test_filter_of_before },
		{ "first of a finding", test_first_of_a_finding },
		{ "heartbeats", test_heartbeats },
		{ "trials", test_trials },
		{ "orphans", test_orphans },
		{ NULL, NULL },
	};

	return check_run("agent/outbox", tests);
}
