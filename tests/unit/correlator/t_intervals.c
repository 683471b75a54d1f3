/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of instants, against one bit an instant. */
#include "correlator/watermark.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"

#define INSTANTS 64
#define ROUNDS 400
#define STEPS 40

static bool naive_covers(uint64_t bits, unsigned from, unsigned until)
{
	for (unsigned i = from; i <= until; i++)
		if (!(bits >> i & 1))
			return false;
	return true;
}

static bool naive_touches(uint64_t bits, unsigned from, unsigned until)
{
	for (unsigned i = from; i <= until; i++)
		if (bits >> i & 1)
			return true;
	return false;
}

static us_time naive_end(uint64_t bits)
{
	for (int i = INSTANTS - 1; i >= 0; i--)
		if (bits >> i & 1)
			return i;
	return US_TIME_NONE;
}

static bool is_sorted_and_apart(const struct intervals *set)
{
	for (size_t i = 0; i < set->count; i++) {
		if (set->items[i].from > set->items[i].until)
			return false;
		if (i && set->items[i].from <= set->items[i - 1].until + 1)
			return false;
	}
	return true;
}

/* Whether time that was missing before the end was added: then what was called uncovered
 * may be covered. */
static bool naive_fills(uint64_t before, uint64_t after)
{
	us_time end = naive_end(before);

	if (before == 0)
		return after != 0;
	return (after & ~before & ((UINT64_C(2) << end) - 1)) != 0;
}

static void check_against_naive(const struct intervals *set, uint64_t bits)
{
	CHECK(is_sorted_and_apart(set));
	CHECK_INT(intervals_end(set), naive_end(bits));
	for (unsigned from = 0; from < INSTANTS; from += 3)
		for (unsigned until = from; until < INSTANTS; until += 5) {
			CHECK_INT(intervals_cover(set, from, until),
				  naive_covers(bits, from, until));
			CHECK_INT(intervals_touch(set, from, until),
				  naive_touches(bits, from, until));
		}
}

static void test_intervals_random(void)
{
	uint64_t state = 7;

	for (unsigned round = 0; round < ROUNDS; round++) {
		struct intervals set = { 0 };
		uint64_t bits = 0;

		for (unsigned step = 0; step < STEPS; step++) {
			unsigned from = (unsigned)(random_next(&state) % INSTANTS);
			unsigned until = from + (unsigned)(random_next(&state) % 6);
			uint64_t before = bits;
			bool fills;

			until = until < INSTANTS ? until : INSTANTS - 1;
			for (unsigned i = from; i <= until; i++)
				bits |= UINT64_C(1) << i;
			fills = intervals_add(&set, from, until);
			CHECK_INT(fills, naive_fills(before, bits));
			if (step % 8 == 7)
				check_against_naive(&set, bits);
		}
		intervals_release(&set);
	}
}

static struct intervals random_set(uint64_t *state, uint64_t *ret_bits)
{
	struct intervals set = { 0 };

	*ret_bits = 0;
	for (unsigned i = random_next(state) % 8; i > 0; i--) {
		unsigned from = (unsigned)(random_next(state) % INSTANTS);
		unsigned until = from + (unsigned)(random_next(state) % 12);

		until = until < INSTANTS ? until : INSTANTS - 1;
		intervals_add(&set, from, until);
		for (unsigned at = from; at <= until; at++)
			*ret_bits |= UINT64_C(1) << at;
	}
	return set;
}

/* Union, difference and intersection of sets. */
static void test_intervals_sets(void)
{
	static void (*const joins[])(struct intervals * set,
				     const struct intervals *others) = {
		intervals_add_all,
		intervals_subtract,
		intervals_intersect,
	};
	uint64_t state = 5;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t bits, other_bits;
		struct intervals set = random_set(&state, &bits);
		struct intervals others = random_set(&state, &other_bits);
		const uint64_t wants[] = { bits | other_bits, bits & ~other_bits,
					   bits & other_bits };

		joins[round % 3](&set, &others);
		check_against_naive(&set, wants[round % 3]);
		check_against_naive(&others, other_bits);
		intervals_release(&set);
		intervals_release(&others);
	}
}

/* What ends before a time goes, but for the last. */
static void test_intervals_forget(void)
{
	uint64_t state = 11;

	for (unsigned round = 0; round < ROUNDS; round++) {
		uint64_t bits;
		struct intervals set = random_set(&state, &bits);
		us_time before = (us_time)(random_next(&state) % INSTANTS);
		us_time last = set.count ? set.items[set.count - 1].from : 0;

		for (size_t i = 0; i < set.count && set.items[i].until < before; i++)
			for (us_time at = set.items[i].from;
			     at <= set.items[i].until && at < last; at++)
				bits &= ~(UINT64_C(1) << at);
		intervals_forget(&set, before);
		check_against_naive(&set, bits);
		intervals_release(&set);
	}
}

static void test_intervals_ends(void)
{
	static const struct interval rows[][2] = {
		{ { INT64_MIN, INT64_MIN }, { INT64_MIN + 1, 5 } },
		{ { INT64_MAX, INT64_MAX }, { 0, INT64_MAX - 1 } },
		{ { INT64_MIN, INT64_MAX }, { 0, 0 } },
		{ { INT64_MIN, 0 }, { 1, INT64_MAX } },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct intervals set = { 0 };

		intervals_add(&set, rows[i][0].from, rows[i][0].until);
		intervals_add(&set, rows[i][1].from, rows[i][1].until);
		CHECK_UINT(set.count, 1);
		CHECK(intervals_cover(&set, rows[i][0].from, rows[i][0].until));
		CHECK(intervals_cover(&set, rows[i][1].from, rows[i][1].until));
		intervals_release(&set);
	}
}

static void test_intervals_odd(void)
{
	struct intervals set = { 0 };

	CHECK(!intervals_cover(&set, 0, 0));
	CHECK(!intervals_touch(&set, INT64_MIN, INT64_MAX));
	CHECK_INT(intervals_end(&set), US_TIME_NONE);
	CHECK(!intervals_add(&set, 5, 4));
	CHECK_UINT(set.count, 0);
	CHECK(intervals_add(&set, 5, 5));
	CHECK(!intervals_add(&set, 6, 9));   /* after its end only */
	CHECK(!intervals_add(&set, 20, 29)); /* though a hole is left */
	CHECK(intervals_add(&set, 15, 40));  /* some of it before its end */
	CHECK(!intervals_add(&set, 15, 40));
	CHECK(intervals_add(&set, 4, 4));
	CHECK_UINT(set.count, 2);
	intervals_release(&set);
	CHECK_UINT(set.count, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "in random order", test_intervals_random },
		{ "union, difference, intersection", test_intervals_sets },
		{ "forgotten", test_intervals_forget },
		{ "at the ends of time", test_intervals_ends },
		{ "oddly", test_intervals_odd },
		{ NULL, NULL },
	};

	return check_run("correlator/intervals", tests);
}
