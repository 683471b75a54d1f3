/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any history of an outbox: records that are put, answers of every kind and none, deaths
 * of agent and courier. OUTBOX_HISTORIES says how many; the full figure is 10000.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"
#include "tests/unit/agent/outbox_lab.h"

static const enum delivery_fate all_safe[] = { DELIVERY_SAFE };

struct history {
	struct outbox_lab *lab;
	uint64_t seed;
	uint64_t committed; /* all numbers below are */
};

static uint64_t below(struct history *history, uint64_t most)
{
	history->seed ^= history->seed << 13;
	history->seed ^= history->seed >> 7;
	history->seed ^= history->seed << 17;
	return history->seed % most;
}

static void flush(struct history *history)
{
	lab_flush(history->lab);
	history->committed = history->lab->last_put + 1;
}

/* What was put and not committed never was. */
static void restart(struct history *history)
{
	struct outbox_lab *lab = history->lab;

	lab_restart(lab);
	for (uint64_t number = history->committed; number <= lab->last_put; number++)
		lab->is_put[number - lab->base] = false;
	lab->last_put = history->committed - 1;
}

/* A number that is known and will not be given out again. */
static uint64_t begin(struct history *history)
{
	struct outbox_lab *lab = history->lab;

	lab->base = lab->last_put = store_next_number(lab->store);
	memset(lab->received, 0, sizeof(lab->received));
	memset(lab->is_put, 0, sizeof(lab->is_put));
	store_put_value(lab->store, "history", SLICE("begun"));
	flush(history);
	return lab->base;
}

/* An answer of any kind to any of those under way; some get none, ever. */
static void answer_any(struct history *history)
{
	struct lab_ask *ask = lab_ask_of(
		history->lab, (const char *const[]){ "a", "b", "c" }[below(history, 3)]);
	enum delivery_fate fates[MESSAGE_LIST_MAX];

	if (!ask)
		return;
	if (below(history, 4) == 0) {
		lab_fail(history->lab, ask,
			 below(history, 2) ? OUTCOME_UNREACHABLE : OUTCOME_BAD_REQUEST);
		return;
	}
	for (size_t i = 0; i < ask->count; i++)
		fates[i] = below(history, 3)   ? DELIVERY_SAFE
			   : below(history, 3) ? DELIVERY_AGAIN
					       : DELIVERY_REFUSED;
	lab_answer(history->lab, ask, fates, ask->count);
}

static void step(struct history *history)
{
	struct outbox_lab *lab = history->lab;

	lab->now += (us_span)below(history, (uint64_t)(20 * US_PER_SECOND));
	switch (below(history, 12)) {
	case 0:
	case 1:
	case 2:
		for (uint64_t i = below(history, 6); i > 0; i--)
			lab_put(lab, (int)below(history, 5) - 1, "r");
		break;
	case 3:
	case 4:
	case 5:
		flush(history);
		break;
	case 6:
		if (below(history, 3) == 0)
			restart(history);
		break;
	case 7:
		/* the courier dies */
		for (size_t i = 0; i < LAB_ASKS; i++) {
			if (lab->asks[i].is_open)
				lab_fail(lab, &lab->asks[i], OUTCOME_UNREACHABLE);
		}
		break;
	default:
		answer_any(history);
		break;
	}
}

/* All sinks work: everything arrives. */
static void heal(struct history *history)
{
	struct outbox_lab *lab = history->lab;

	for (int i = 0; i < 1000; i++) {
		lab->now += US_PER_HOUR;
		flush(history);
		for (size_t k = 0; k < LAB_ASKS; k++) {
			if (lab->asks[k].is_open)
				lab_answer(lab, &lab->asks[k], all_safe, 1);
		}
		if (outbox_waiting(lab->outbox) == 0)
			return;
	}
	CHECK_UINT(outbox_waiting(lab->outbox), 0);
}

static bool note_dead(void *ctx, const char *of, const struct store_dead_letter *letter)
{
	struct outbox_lab *lab = ctx;

	if (letter->number - lab->base < LAB_RECORDS)
		lab_sink(lab, of)->refused[letter->number - lab->base]++;
	return true;
}

/* Each record that was committed was taken, or is a dead letter; none is unknown. */
static void check_history(struct history *history, uint64_t first)
{
	struct outbox_lab *lab = history->lab;
	struct err err;

	CHECK_OK(store_each_dead_letter(lab->store, NULL, 0, note_dead, lab, &err), &err);
	for (size_t i = 0; i < LAB_SINKS; i++) {
		const struct lab_sink *sink = &lab->received[i];

		for (uint64_t number = first; number < history->committed; number++) {
			uint64_t index = number - lab->base;

			if (!lab->is_put[index])
				continue;
			CHECK(sink->taken[index] + sink->refused[index] > 0);
		}
	}
	CHECK(!lab->is_disordered);
	CHECK(!lab->is_rekeyed);
	CHECK(!lab->is_overlapping);
}

static void test_histories(void)
{
	const char *wanted = getenv("OUTBOX_HISTORIES");
	unsigned long count = wanted ? strtoul(wanted, NULL, 10) : 300;
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	struct history history = { .lab = lab, .seed = 2463534242ULL };

	for (unsigned long i = 0; i < count; i++) {
		uint64_t first = begin(&history);

		for (uint64_t steps = 10 + below(&history, 40); steps > 0; steps--)
			step(&history);
		heal(&history);
		check_history(&history, first);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "histories", test_histories },
		{ NULL, NULL },
	};

	return check_run("agent/outbox histories", tests);
}
