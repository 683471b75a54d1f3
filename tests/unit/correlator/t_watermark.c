/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/watermark.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"

/* ---- intervals, against one bit an instant ---- */

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

/* ---- scopes ---- */

#define IC (1u << LOG_CLASS_INSTANCE_CONNECT)
#define SSM (1u << LOG_CLASS_SSM)
#define ECS (1u << LOG_CLASS_ECS)

/* One thing that is said of a scope: `what` is 'p' proven, 'h' hole, 'n' names the
 * instance, 'l' lost, 'r' refused, 'b' back. */
struct said {
	char what;
	const char *account, *region;
	int log_class; /* -1 = every class */
	us_time from, until;
};

#define SAID_MAX 5

static void say(struct watermark *watermark, const struct said *said)
{
	struct progress progress = {
		.account = slice_text(said->account),
		.region = slice_text(said->region),
		.every_class = said->log_class < 0,
		.log_class = said->log_class < 0 ? 0 : (enum log_class)said->log_class,
		.from = said->from,
		.until = said->until,
	};
	struct sight sight = {
		.account = progress.account,
		.region = progress.region,
		.every_class = progress.every_class,
		.log_class = progress.log_class,
		.lost = said->what != 'b',
		.reason = said->what == 'r' ? REASON_API_DENIED : REASON_THROTTLED,
	};

	switch (said->what) {
	case 'p':
	case 'h':
		watermark_add(watermark, &progress, said->what == 'h',
			      1000 + said->until);
		break;
	case 'n':
		watermark_name(watermark, progress.account, progress.region);
		break;
	default:
		watermark_sight(watermark, &sight);
		break;
	}
}

static void open_watermark(struct watermark *watermark, const char *account,
			   const char *region)
{
	static const struct hash_key hash_key;

	watermark_init(watermark, &hash_key);
	watermark_identify(watermark, slice_text(account), slice_text(region));
}

static void test_scopes(void)
{
	static const struct {
		const char *name;
		const char *account, *region; /* of the host */
		struct said said[SAID_MAX];
		uint32_t class_bits;
		us_time from, until;
		bool covers;
		us_time reach;
	} rows[] = {
		{ "nothing is known", "", "", { { 0 } }, IC, 1, 2, false, US_TIME_NONE },
		{ "nothing is known of a known place",
		  "1",
		  "e",
		  { { 0 } },
		  IC,
		  1,
		  2,
		  false,
		  US_TIME_NONE },
		{ "its own place",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "in any case",
		  "1",
		  "e",
		  { { 'p', "1", "E", -1, 0, 9 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "not to the end",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  IC,
		  1,
		  10,
		  false,
		  9 },
		{ "not from the beginning",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 2, 9 } },
		  IC,
		  1,
		  5,
		  false,
		  9 },
		{ "another account's does not count",
		  "1",
		  "e",
		  { { 'p', "2", "e", -1, 0, 9 } },
		  IC,
		  1,
		  2,
		  false,
		  US_TIME_NONE },
		{ "another region lags and does not matter",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'p', "1", "f", -1, 0, 3 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "unknown place: every one seen counts",
		  "",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'p', "2", "f", -1, 0, 3 } },
		  IC,
		  1,
		  5,
		  false,
		  3 },
		{ "unknown place: all of them cover",
		  "",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'p', "2", "f", -1, 0, 7 } },
		  IC,
		  1,
		  5,
		  true,
		  7 },
		{ "unknown place: those that name the instance count alone",
		  "",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 },
		    { 'n', "1", "e", -1, 0, 0 },
		    { 'p', "2", "f", -1, 0, 3 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "account known, region not",
		  "1",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 },
		    { 'p', "1", "f", -1, 0, 5 },
		    { 'p', "2", "e", -1, 0, 1 } },
		  IC,
		  1,
		  5,
		  true,
		  5 },
		{ "region known, account not",
		  "",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'p', "1", "f", -1, 0, 5 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "said of every place",
		  "1",
		  "e",
		  { { 'p', "", "", -1, 0, 9 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "said of every place, unknown host",
		  "",
		  "",
		  { { 'p', "", "", -1, 0, 9 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "said of every region of an account",
		  "1",
		  "e",
		  { { 'p', "1", "", -1, 0, 9 }, { 'n', "1", "e", -1, 0, 0 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "said of every region of another account",
		  "1",
		  "e",
		  { { 'p', "2", "", -1, 0, 9 }, { 'n', "1", "e", -1, 0, 0 } },
		  IC,
		  1,
		  9,
		  false,
		  US_TIME_NONE },
		{ "of every place, for one that is seen and has nothing",
		  "",
		  "",
		  { { 'p', "", "", -1, 0, 9 }, { 'n', "1", "e", -1, 0, 0 } },
		  IC,
		  1,
		  9,
		  true,
		  9 },
		{ "the later end of both",
		  "1",
		  "e",
		  { { 'p', "", "", -1, 0, 9 }, { 'p', "1", "e", -1, 0, 20 } },
		  IC,
		  1,
		  20,
		  true,
		  20 },
		{ "a class of its own",
		  "1",
		  "e",
		  { { 'p', "1", "e", LOG_CLASS_SSM, 0, 9 } },
		  IC,
		  1,
		  2,
		  false,
		  US_TIME_NONE },
		{ "two classes, one of which lags",
		  "1",
		  "e",
		  { { 'p', "1", "e", LOG_CLASS_SSM, 0, 9 },
		    { 'p', "1", "e", LOG_CLASS_ECS, 0, 4 } },
		  SSM | ECS,
		  1,
		  6,
		  false,
		  4 },
		{ "two classes, both cover",
		  "1",
		  "e",
		  { { 'p', "1", "e", LOG_CLASS_SSM, 0, 9 },
		    { 'p', "1", "e", LOG_CLASS_ECS, 0, 4 } },
		  SSM | ECS,
		  1,
		  4,
		  true,
		  4 },
		{ "a hole in the window",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "1", "e", -1, 3, 3 } },
		  IC,
		  1,
		  5,
		  false,
		  9 },
		{ "a hole beside the window",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "1", "e", -1, 6, 7 } },
		  IC,
		  1,
		  5,
		  true,
		  9 },
		{ "a hole in another class",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "1", "e", LOG_CLASS_SSM, 3, 3 } },
		  IC,
		  1,
		  5,
		  true,
		  9 },
		{ "a hole in every place",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "", "", -1, 3, 3 } },
		  IC,
		  1,
		  5,
		  false,
		  9 },
		{ "a hole that is proven later stays a hole",
		  "1",
		  "e",
		  { { 'h', "1", "e", -1, 3, 3 }, { 'p', "1", "e", -1, 0, 9 } },
		  IC,
		  1,
		  5,
		  false,
		  9 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;

		check_row(rows[i].name);
		open_watermark(&watermark, rows[i].account, rows[i].region);
		for (size_t j = 0; j < SAID_MAX && rows[i].said[j].what; j++)
			say(&watermark, &rows[i].said[j]);
		watermark_refresh(&watermark);
		CHECK_INT(watermark_covers(&watermark, rows[i].class_bits, rows[i].from,
					   rows[i].until),
			  rows[i].covers);
		CHECK_INT(watermark_reach(&watermark, rows[i].class_bits), rows[i].reach);
		watermark_release(&watermark);
	}
}

/* What a scope seen for the first time, or a hole, takes away must be noticed. */
static void test_shrunk(void)
{
	static const struct {
		const char *name;
		const char *account, *region;
		struct said before[2], then;
		bool want;
	} rows[] = {
		{ "more of the same place",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  { 'p', "1", "e", -1, 9, 20 },
		  false },
		{ "another place, and the host's is known",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  { 'p', "2", "e", -1, 0, 3 },
		  false },
		{ "another place, and the host's is not known",
		  "",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  { 'p', "2", "e", -1, 0, 3 },
		  true },
		{ "another place by its sight alone",
		  "",
		  "",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  { 'l', "2", "e", -1, 0, 0 },
		  true },
		{ "a hole",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  { 'h', "1", "e", -1, 3, 4 },
		  true },
		{ "a hole that was known",
		  "1",
		  "e",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "1", "e", -1, 3, 4 } },
		  { 'h', "1", "e", -1, 3, 4 },
		  false },
		{ "a hole in what was proven of every place",
		  "1",
		  "e",
		  { { 'p', "", "", -1, 0, 9 }, { 'n', "1", "e", -1, 0, 0 } },
		  { 'h', "1", "e", -1, 3, 4 },
		  true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;

		check_row(rows[i].name);
		open_watermark(&watermark, rows[i].account, rows[i].region);
		for (size_t j = 0; j < 2 && rows[i].before[j].what; j++)
			say(&watermark, &rows[i].before[j]);
		watermark_refresh(&watermark);
		watermark.has_shrunk = false;
		say(&watermark, &rows[i].then);
		CHECK_INT(watermark.has_shrunk, rows[i].want);
		watermark_release(&watermark);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name;
		struct said said[SAID_MAX];
		bool refused;
		us_time advanced_at;
		enum reason reason;
	} rows[] = {
		{ "nothing said", { { 0 } }, false, US_TIME_NONE, REASON_NO_PROGRESS },
		{ "an advance",
		  { { 'p', "1", "e", -1, 0, 9 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "the same again is no advance",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'p', "1", "e", -1, 0, 5 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "a fill is no advance",
		  { { 'p', "1", "e", -1, 5, 9 }, { 'p', "1", "e", -1, 0, 4 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "a hole is no advance",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'h', "1", "e", -1, 10, 20 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "lost, with patience",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'l', "1", "e", -1, 0, 0 } },
		  false,
		  1009,
		  REASON_THROTTLED },
		{ "refused",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'r', "1", "e", -1, 0, 0 } },
		  true,
		  US_TIME_NONE,
		  REASON_API_DENIED },
		{ "refused, then back",
		  { { 'r', "1", "e", -1, 0, 0 }, { 'b', "1", "e", -1, 0, 0 } },
		  false,
		  US_TIME_NONE,
		  REASON_NO_PROGRESS },
		{ "refused, then an advance",
		  { { 'r', "1", "e", -1, 0, 0 }, { 'p', "1", "e", -1, 0, 9 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "another class is refused",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'r', "1", "e", LOG_CLASS_SSM, 0, 0 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "another account is refused",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'r', "2", "e", -1, 0, 0 } },
		  false,
		  1009,
		  REASON_NO_PROGRESS },
		{ "refused everywhere",
		  { { 'p', "1", "e", -1, 0, 9 }, { 'r', "", "", -1, 0, 0 } },
		  true,
		  US_TIME_NONE,
		  REASON_API_DENIED },
		{ "refused here, lost everywhere",
		  { { 'r', "1", "e", -1, 0, 0 }, { 'l', "", "", -1, 0, 0 } },
		  true,
		  US_TIME_NONE,
		  REASON_API_DENIED },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct watermark watermark;
		const struct joint_coverage *joint =
			&watermark.joint[LOG_CLASS_INSTANCE_CONNECT];

		check_row(rows[i].name);
		open_watermark(&watermark, "1", "e");
		for (size_t j = 0; j < SAID_MAX && rows[i].said[j].what; j++)
			say(&watermark, &rows[i].said[j]);
		watermark_refresh(&watermark);
		CHECK_INT(joint->is_refused, rows[i].refused);
		if (!rows[i].refused)
			CHECK_INT(joint->advanced_at, rows[i].advanced_at);
		CHECK_TEXT(reason_word(joint->lost_reason), reason_word(rows[i].reason));
		watermark_release(&watermark);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "intervals in random order are a set of instants",
		  test_intervals_random },
		{ "sets of intervals", test_intervals_sets },
		{ "intervals at the ends of time", test_intervals_ends },
		{ "intervals, oddly", test_intervals_odd },
		{ "scopes", test_scopes },
		{ "shrinking coverage is noticed", test_shrunk },
		{ "refusals and patience", test_refused },
		{ NULL, NULL },
	};

	return check_run("correlator/watermark", tests);
}
