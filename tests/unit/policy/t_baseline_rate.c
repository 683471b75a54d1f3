/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counting against a model that looks at everything there ever was: in order and out of
 * it, over restarts, and with every rate at once.
 */
#include "policy/baseline_rate.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/policy/baseline_lab.h"

#define MONDAY ((us_time)1772445600 * US_PER_SECOND)

/* xorshift64: the same on every machine. */
static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static us_time random_below(uint64_t *state, us_time limit)
{
	return (us_time)(next_random(state) % (uint64_t)limit);
}

static struct baseline_options counting(uint64_t most, us_span window)
{
	struct baseline_options options = baseline_options_default();

	options.per_os_user = (struct baseline_rate){ most, window };
	return options;
}

static void come(struct baseline_lab *lab, us_time at, const char *user)
{
	const struct lab_login login = { at, "", "", user, PATH_NONE, NULL, NULL };

	baseline_lab_learn(lab, &login);
}

/* ---- by hand ---------------------------------------------------------------------- */

static void test_told_once(void)
{
	const struct baseline_options options = counting(3, US_PER_HOUR);
	struct baseline_lab lab;

	baseline_lab_init(&lab, &options);
	/* three in an hour are allowed, and so are more in more */
	for (int i = 0; i < 12; i++)
		come(&lab, MONDAY + i * 20 * US_PER_MINUTE, "root");
	CHECK_UINT(lab.told_count, 0);
	/* a fourth is not, in any hour that holds it; what follows is the same excess */
	come(&lab, MONDAY + 211 * US_PER_MINUTE, "root");
	CHECK_UINT(lab.told_count, 1);
	CHECK_INT(lab.told[0].kind, OBSERVATION_TOO_MANY_LOGINS);
	CHECK_INT(lab.told[0].from, MONDAY + 160 * US_PER_MINUTE);
	CHECK_INT(lab.told[0].until, MONDAY + 220 * US_PER_MINUTE);
	CHECK_SLICE(lab.told[0].detail,
		    SLICE("5 logins of os-user root from 2026-03-02T12:40:00Z to "
			  "2026-03-02T13:40:00Z; usual are at most 3 in 1h"));
	for (int i = 1; i <= 12; i++)
		come(&lab, MONDAY + 220 * US_PER_MINUTE + i, "root");
	/* told again at 8 and at 16, under the same id */
	CHECK_UINT(lab.told_count, 3);
	for (size_t i = 1; i < lab.told_count; i++) {
		CHECK(lab.told[i].is_again);
		CHECK(memcmp(&lab.told[i].id, &lab.told[0].id, sizeof(struct id)) == 0);
	}
	/* the next day has its own; and another user */
	for (int i = 0; i < 4; i++)
		come(&lab, MONDAY + US_PER_DAY + i, "root");
	CHECK_UINT(lab.told_count, 4);
	CHECK(memcmp(&lab.told[3].id, &lab.told[0].id, sizeof(struct id)) != 0);
	for (int i = 0; i < 3; i++)
		come(&lab, MONDAY + US_PER_DAY + i, "alice");
	CHECK_UINT(lab.told_count, 4);
	baseline_lab_release(&lab);
}

/* Exactly a window apart is not within one. */
static void test_border(void)
{
	static const struct {
		const char *name;
		us_span apart;
		bool is_told;
	} rows[] = {
		{ "a window", US_PER_MINUTE, false },
		{ "less", US_PER_MINUTE - 1, true },
		{ "at once", 0, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct baseline_options options = counting(1, US_PER_MINUTE);
		struct baseline_lab lab;

		check_row(rows[i].name);
		baseline_lab_init(&lab, &options);
		come(&lab, MONDAY, "root");
		come(&lab, MONDAY + rows[i].apart, "root");
		CHECK_UINT(lab.told_count, rows[i].is_told);
		baseline_lab_release(&lab);
	}
}

/* The rates are told while the other things are still learned, each by its subject. */
static void test_every_rate(void)
{
	struct baseline_options options = baseline_options_default();
	struct baseline_lab lab;
	struct baseline_counting counting_at;

	options.per_principal = (struct baseline_rate){ 1, US_PER_HOUR };
	options.per_source = (struct baseline_rate){ 2, US_PER_HOUR };
	options.per_os_user = (struct baseline_rate){ 3, US_PER_HOUR };
	baseline_lab_init(&lab, &options);
	for (int i = 0; i < 4; i++) {
		const struct lab_login login = { MONDAY + i,
						 i < 2 ? "alice" : "bob",
						 i < 3 ? "203.0.113.7" : "203.0.113.9",
						 "root",
						 PATH_NONE,
						 NULL,
						 NULL };

		baseline_lab_learn(&lab, &login);
	}
	CHECK_UINT(lab.told_count, 4);
	CHECK(baseline_lab_row(&lab, "too-many", "principal alice") != NULL);
	CHECK(baseline_lab_row(&lab, "too-many", "principal bob") != NULL);
	CHECK(baseline_lab_row(&lab, "too-many", "source 203.0.113.0/24") != NULL);
	CHECK(baseline_lab_row(&lab, "too-many", "os-user root") != NULL);
	CHECK(baseline_counting_at(lab.baseline, 0, &counting_at));
	CHECK_TEXT(counting_at.rate, "principal");
	CHECK_UINT(counting_at.limit.most, 1);
	CHECK_UINT(counting_at.subjects, 2);
	CHECK(!baseline_counting_at(lab.baseline, 3, &counting_at));
	baseline_lab_release(&lab);
}

/* Subjects and times that an attacker makes up stay below their ceilings. */
static void test_ceilings(void)
{
	struct baseline_options options = counting(LIMIT_BASELINE_MOST * 9, US_PER_DAY);
	struct baseline_lab lab;
	char name[32];

	baseline_lab_init(&lab, &options);
	for (size_t i = 0; i < 3 * LIMIT_BASELINE_SUBJECTS; i++) {
		snprintf(name, sizeof(name), "user-%zu", i);
		come(&lab, MONDAY + (us_time)i, name);
	}
	CHECK_UINT(baseline_lab_rows(&lab, "recent"), LIMIT_BASELINE_SUBJECTS);
	for (size_t i = 0; i < 2 * LIMIT_BASELINE_TIMES_OF_SUBJECT; i++)
		come(&lab, MONDAY + US_PER_HOUR + (us_time)i, "root");
	CHECK(baseline_lab_rows(&lab, "recent") <
	      LIMIT_BASELINE_SUBJECTS + LIMIT_BASELINE_TIMES_OF_SUBJECT);
	/* and still it counts what a policy may ask for at most */
	CHECK_UINT(baseline_lab_told(&lab, OBSERVATION_TOO_MANY_LOGINS), 4);
	CHECK(!lab.told[0].is_again);
	/* a day and a window later all of it is gone */
	come(&lab, MONDAY + 3 * US_PER_DAY, "alice");
	CHECK_UINT(baseline_lab_rows(&lab, "recent"), 1);
	CHECK_UINT(baseline_lab_rows(&lab, "too-many"), 0);
	baseline_lab_release(&lab);
}

/* ---- against the model ------------------------------------------------------------ */

#define SUBJECTS 4

struct model {
	us_time *times[SUBJECTS]; /* owned; in order */
	size_t count[SUBJECTS];
};

static void model_add(struct model *model, size_t subject, us_time at)
{
	us_time *times = model->times[subject];
	size_t place = model->count[subject]++;

	for (; place > 0 && times[place - 1] > at; place--)
		times[place] = times[place - 1];
	times[place] = at;
}

/* Whether a window that begins with any login, and holds this one, holds too many. */
static bool model_is_too_many(const struct model *model, size_t subject, us_time at,
			      const struct baseline_rate *limit)
{
	const us_time *times = model->times[subject];
	size_t count = model->count[subject];

	for (size_t i = 0; i < count && times[i] <= at; i++) {
		size_t in = 0;

		while (i + in < count && times[i + in] - times[i] < limit->window)
			in++;
		if (at - times[i] < limit->window && in > limit->most)
			return true;
	}
	return false;
}

/* Returns how often there were too many. */
static uint64_t run_against_model(uint64_t seed, size_t steps)
{
	const char *const users[SUBJECTS] = { "root", "alice", "bob bob", "x" };
	uint64_t state = seed;
	const struct baseline_rate limit = {
		1 + (uint64_t)random_below(&state, 6),
		US_PER_MINUTE * (1 + random_below(&state, 90)),
	};
	const struct baseline_options options = counting(limit.most, limit.window);
	struct model model = { .count = { 0 } };
	struct baseline_lab lab;
	us_time now = MONDAY;
	uint64_t wrong = 0, excesses;

	for (size_t i = 0; i < SUBJECTS; i++)
		model.times[i] = calloc(steps, sizeof(us_time));
	baseline_lab_init(&lab, &options);
	for (size_t i = 0; i < steps; i++) {
		size_t subject = (size_t)random_below(&state, SUBJECTS);
		us_time at = now - random_below(&state, 3) *
					   random_below(&state, US_PER_HOUR * 11);
		uint64_t before = lab.excesses;
		bool want;

		now += random_below(&state, 40 * US_PER_MINUTE);
		model_add(&model, subject, at);
		want = model_is_too_many(&model, subject, at, &limit);
		come(&lab, at, users[subject]);
		wrong += (lab.excesses > before) != want;
		if (random_below(&state, 50) == 0)
			baseline_lab_restart(&lab);
	}
	CHECK_UINT(wrong, 0);
	CHECK(lab.told_count <= lab.excesses);
	for (size_t i = 0; i < SUBJECTS; i++)
		free(model.times[i]);
	excesses = lab.excesses;
	baseline_lab_release(&lab);
	return excesses;
}

static void test_model(void)
{
	uint64_t excesses = 0;

	for (uint64_t seed = 1; seed <= 50; seed++) {
		char name[32];

		snprintf(name, sizeof(name), "seed %d", (int)seed);
		check_row(name);
		excesses += run_against_model(seed * 0x9e3779b97f4a7c15, 2000);
	}
	CHECK(excesses > 1000);
}

/* ---- twins ------------------------------------------------------------------------ */

static struct baseline_options everything(void)
{
	struct baseline_options options = baseline_options_default();

	options.learning = 2 * US_PER_DAY;
	options.unusual_hour = true;
	options.unusual_hour_after = 10;
	options.per_principal = (struct baseline_rate){ 3, US_PER_HOUR };
	options.per_source = (struct baseline_rate){ 4, US_PER_HOUR };
	options.per_os_user = (struct baseline_rate){ 2, 30 * US_PER_MINUTE };
	return options;
}

struct texts {
	char principal[64], source[32], user[32];
};

static struct lab_login random_login(uint64_t *state, us_time at, struct texts *texts)
{
	static const enum path paths[] = { PATH_AWS_SSM_SESSION, PATH_AWS_SERIAL_CONSOLE,
					   PATH_AWS_EC2_INSTANCE_CONNECT };

	snprintf(texts->principal, sizeof(texts->principal),
		 "arn:aws:iam::111122223333:user/u%d", (int)random_below(state, 4000));
	snprintf(texts->source, sizeof(texts->source), "2001:db8:%x::%x",
		 (unsigned)random_below(state, 3000), (unsigned)random_below(state, 3));
	snprintf(texts->user, sizeof(texts->user), "user%d", (int)random_below(state, 5));
	return (struct lab_login){ at,
				   texts->principal,
				   texts->source,
				   texts->user,
				   paths[random_below(state, 3)],
				   NULL,
				   NULL };
}

static bool told_same(const struct lab_told *a, const struct lab_told *b)
{
	return a->kind == b->kind && a->from == b->from && a->until == b->until &&
	       a->is_again == b->is_again && slice_equal(a->detail, b->detail) &&
	       memcmp(&a->id, &b->id, sizeof(a->id)) == 0;
}

/* One that is restarted again and again says what one that runs through says. */
static void test_restarts(void)
{
	const struct baseline_options options = everything();
	struct baseline_lab through, restarted;
	uint64_t state = 0x2545f4914f6cdd1d;
	us_time now = MONDAY;
	uint64_t different = 0;

	baseline_lab_init(&through, &options);
	baseline_lab_init(&restarted, &options);
	for (int i = 0; i < 20000; i++) {
		struct texts texts;
		struct lab_login login;

		now += random_below(&state, 10 * US_PER_MINUTE);
		login = random_login(&state, now - random_below(&state, US_PER_HOUR),
				     &texts);
		baseline_lab_learn(&through, &login);
		baseline_lab_learn(&restarted, &login);
		if (random_below(&state, 100) == 0)
			baseline_lab_restart(&restarted);
	}
	CHECK_UINT(restarted.told_count, through.told_count);
	for (size_t i = 0; i < through.told_count && i < restarted.told_count; i++)
		different += !told_same(&through.told[i], &restarted.told[i]);
	CHECK_UINT(different, 0);
	CHECK_UINT(restarted.kept, through.kept);
	CHECK_UINT(restarted.dropped, through.dropped);
	CHECK(baseline_lab_told(&through, OBSERVATION_NEW_PRINCIPAL) > 0);
	CHECK(baseline_lab_told(&through, OBSERVATION_NEW_SOURCE_NETWORK) > 0);
	CHECK(baseline_lab_told(&through, OBSERVATION_TOO_MANY_LOGINS) > 10);
	baseline_lab_release(&through);
	baseline_lab_release(&restarted);
}

/* ---- orders ----------------------------------------------------------------------- */

#define LOGINS 60

static bool rows_same(const struct baseline_lab *a, const struct baseline_lab *b,
		      const char *kind)
{
	if (baseline_lab_rows(a, kind) != baseline_lab_rows(b, kind))
		return false;
	for (size_t i = 0; i < a->row_count; i++) {
		const struct lab_row *row = a->rows[i];
		AUTO_BUF struct buf key = BUF_LIMIT(LIMIT_FIELD_BYTES);
		const struct lab_row *other;

		buf_append(&key, row->key);
		if (!row->is_there || !slice_equal(row->kind, slice_text(kind)))
			continue;
		other = baseline_lab_row(b, kind, buf_text(&key));
		if (!other || other->first_at != row->first_at ||
		    other->last_at != row->last_at || other->count != row->count)
			return false;
	}
	return true;
}

/* In whatever order logins come, the same is learned, and the same have too many. */
static void test_orders(void)
{
	static const char *const kinds[] = { "principal", "source-network", "path",
					     "hour",	  "began",	    "recent" };
	struct baseline_options options = everything();
	struct lab_login logins[LOGINS];
	struct texts texts[LOGINS];
	uint64_t state = 0xdeadbeefcafef00d;
	struct baseline_lab first;

	for (size_t i = 0; i < LOGINS; i++)
		logins[i] = random_login(
			&state, MONDAY + random_below(&state, US_PER_DAY), &texts[i]);
	baseline_lab_init(&first, &options);
	for (size_t i = 0; i < LOGINS; i++)
		baseline_lab_learn(&first, &logins[i]);
	CHECK(baseline_lab_rows(&first, "too-many") > 0);
	for (int order = 0; order < 100; order++) {
		struct baseline_lab lab;
		size_t different = 0;

		for (size_t i = LOGINS - 1; i > 0; i--) {
			size_t k = (size_t)random_below(&state, (us_time)i + 1);
			struct lab_login swapped = logins[i];

			logins[i] = logins[k];
			logins[k] = swapped;
		}
		baseline_lab_init(&lab, &options);
		for (size_t i = 0; i < LOGINS; i++)
			baseline_lab_learn(&lab, &logins[i]);
		for (size_t i = 0; i < COUNT_OF(kinds); i++)
			different += !rows_same(&first, &lab, kinds[i]);
		CHECK_UINT(different, 0);
		CHECK_UINT(baseline_lab_rows(&lab, "too-many"),
			   baseline_lab_rows(&first, "too-many"));
		baseline_lab_release(&lab);
	}
	baseline_lab_release(&first);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "told once", test_told_once },
		{ "the window's border", test_border },
		{ "every rate", test_every_rate },
		{ "ceilings", test_ceilings },
		{ "against the model", test_model },
		{ "restarts", test_restarts },
		{ "orders", test_orders },
		{ NULL, NULL },
	};

	return check_run("baseline rates", tests);
}
