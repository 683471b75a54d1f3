/* SPDX-License-Identifier: Apache-2.0 */
/* Each sink's share of the disk: what has to go, and how it is told. */
#include "tests/support/check.h"
#include "tests/unit/agent/outbox_lab.h"

static const enum delivery_fate all_safe[] = { DELIVERY_SAFE };

static bool take_number(void *ctx, const struct store_delivery *delivery)
{
	uint64_t **place = ctx;

	*(*place)++ = delivery->number;
	return true;
}

/* The most severe and newest are what is left; the others were counted. */
static void check_share(struct outbox_lab *lab, const int *severities, size_t count)
{
	uint64_t left[256], *end = left;
	struct outbox_state state = lab_state(lab, 0);
	struct err err;

	CHECK_OK(store_each_delivery(lab->store, "a", 0, take_number, &end, &err), &err);
	CHECK(state.waiting_bytes <= state.max_bytes || state.waiting == 1);
	CHECK_UINT(state.waiting + state.dropped, count);
	for (size_t number = 1; number <= count; number++) {
		bool is_left = false;

		for (const uint64_t *place = left; place < end; place++)
			is_left |= *place == number;
		if (is_left)
			continue;
		/* nothing that is left would have had to go before it */
		for (const uint64_t *place = left; place < end; place++) {
			int kept = severities[*place - 1], gone = severities[number - 1];

			CHECK(kept > gone || (kept == gone && *place > number));
		}
	}
}

static void test_share(void)
{
	uint64_t seed = 88172645463325252ULL;

	for (int trial = 0; trial < 40; trial++) {
		AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
		int severities[200];
		size_t count = 20 + (size_t)trial * 4;

		lab->config.sinks[0].max_bytes = 2048 + (uint64_t)trial * 512;
		lab_close(lab);
		lab_open(lab);
		lab->is_busy = true;
		for (size_t i = 0; i < count; i++) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			severities[i] = (int)(seed % 5) - 1;
			lab_put(lab, severities[i], "r");
			if (seed % 7 == 0)
				lab_flush(lab);
		}
		lab_flush(lab);
		check_share(lab, severities, count);
		CHECK_UINT(lab_waiting(lab, "b"), count);
		CHECK_TEXT(lab->loss_sink, "a");
	}
}

/* What is dropped is told once a minute, and once more when all that was left is out. */
static void test_loss_is_told(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	uint64_t dropped;

	lab->config.sinks[0].max_bytes = 4096;
	lab_close(lab);
	lab_open(lab);
	lab->is_busy = true;
	for (int i = 0; i < 40; i++)
		lab_put(lab, SEVERITY_LOW, "r");
	lab_flush(lab);
	dropped = lab_state(lab, 0).dropped;
	CHECK(dropped > 20);
	CHECK_UINT(lab->losses, 1);
	CHECK_UINT(lab->loss.count, dropped);
	for (int i = 0; i < 10; i++)
		lab_put(lab, SEVERITY_LOW, "r");
	lab_flush(lab);
	CHECK_UINT(lab->losses, 1);
	CHECK_UINT(lab_state(lab, 0).dropped, dropped + 10);
	CHECK(outbox_deadline(lab->outbox) <= lab->now + US_PER_MINUTE);
	lab->now += US_PER_MINUTE;
	lab_flush(lab);
	CHECK_UINT(lab->losses, 2);
	CHECK_UINT(lab->loss.count, dropped + 10);
	CHECK(!lab->loss.is_over);
	/* over a restart */
	lab_restart(lab);
	CHECK_UINT(lab_state(lab, 0).dropped, dropped + 10);
	lab->is_busy = false;
	for (int i = 0; i < 50 && lab_waiting(lab, "a"); i++) {
		lab_flush(lab);
		if (lab_ask_of(lab, "a"))
			lab_answer(lab, lab_ask_of(lab, "a"), all_safe, 1);
		lab->now += US_PER_SECOND;
	}
	lab_flush(lab);
	CHECK(lab->loss.is_over);
	CHECK_UINT(lab->loss.count, dropped + 10);
	CHECK_UINT(lab->losses, 3);
	lab_flush(lab);
	CHECK_UINT(lab->losses, 3);
}

/* What the courier has is neither dropped nor counted. */
static void test_share_under_way(void)
{
	AUTO_OUTBOX_LAB struct outbox_lab *lab = lab_new();
	struct lab_ask *ask;

	lab->config.sinks[0].max_bytes = 4096;
	lab_close(lab);
	lab_open(lab);
	for (int i = 0; i < 4; i++)
		lab_put(lab, SEVERITY_INFORMATIONAL, "r");
	lab_flush(lab);
	for (int i = 0; i < 40; i++)
		lab_put(lab, SEVERITY_HIGH, "r");
	lab_flush(lab);
	ask = lab_ask_of(lab, "a");
	CHECK_UINT(ask->count, 4);
	CHECK_UINT(ask->numbers[0], 1);
	CHECK(lab_state(lab, 0).dropped > 0);
	lab_answer(lab, ask, all_safe, 1);
	lab_flush(lab);
	CHECK_UINT(lab_state(lab, 0).delivered, 4);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "share", test_share },
		{ "loss is told", test_loss_is_told },
		{ "share under way", test_share_under_way },
		{ NULL, NULL },
	};

	return check_run("agent/outbox share", tests);
}
