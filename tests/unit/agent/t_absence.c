/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/absence.h"

#include "tests/support/check.h"

#define START (5 * US_PER_SECOND)

/* What a source sees of its log, one after the other, and what it is to say then. */
struct look {
	us_span at; /* after START */
	bool can_read;
	bool was_followed;
	bool tells;	 /* a gap; when it can be read: that it is covered anew */
	us_span away;	 /* of that gap */
	bool is_settled; /* after it */
};

static const struct {
	const char *name;
	struct look looks[8];
	size_t count;
} rows[] = {
	{ "there all the time",
	  { { 0, true, false, false, 0, false },
	    { US_PER_HOUR, true, true, false, 0, false } },
	  2 },
	{ "a rotation",
	  { { 0, false, true, false, 0, false },
	    { ABSENCE_MAX - 1, false, true, false, 0, false },
	    { ABSENCE_MAX, true, true, false, 0, false } },
	  3 },
	{ "told at the minute, and once",
	  { { 0, false, true, false, 0, false },
	    { ABSENCE_MAX, false, true, true, ABSENCE_MAX, true },
	    { ABSENCE_MAX + 1, false, true, false, 0, true },
	    { US_PER_DAY, false, true, false, 0, true } },
	  4 },
	{ "told late: all of it",
	  { { 0, false, true, false, 0, false },
	    { US_PER_HOUR, false, true, true, US_PER_HOUR, true } },
	  2 },
	{ "back, covered anew once",
	  { { 0, false, true, false, 0, false },
	    { ABSENCE_MAX, false, true, true, ABSENCE_MAX, true },
	    { 2 * ABSENCE_MAX, true, true, true, 0, false },
	    { 3 * ABSENCE_MAX, true, true, false, 0, false } },
	  4 },
	{ "each absence is told",
	  { { 0, false, true, false, 0, false },
	    { ABSENCE_MAX, false, true, true, ABSENCE_MAX, true },
	    { 2 * ABSENCE_MAX, true, true, true, 0, false },
	    { 3 * ABSENCE_MAX, false, true, false, 0, false },
	    { 4 * ABSENCE_MAX - 1, false, true, false, 0, false },
	    { 4 * ABSENCE_MAX, false, true, true, ABSENCE_MAX, true } },
	  6 },
	{ "short ones do not add up",
	  { { 0, false, true, false, 0, false },
	    { ABSENCE_MAX - 1, true, true, false, 0, false },
	    { ABSENCE_MAX, false, true, false, 0, false },
	    { 2 * ABSENCE_MAX - 1, false, true, false, 0, false },
	    { 2 * ABSENCE_MAX, false, true, true, ABSENCE_MAX, true } },
	  5 },
	{ "never followed",
	  { { 0, false, false, false, 0, true },
	    { US_PER_DAY, false, false, false, 0, true },
	    { 2 * US_PER_DAY, true, false, false, 0, false } },
	  3 },
	{ "followed meanwhile: away since the first look",
	  { { 0, false, false, false, 0, true },
	    { US_PER_HOUR, false, true, true, US_PER_HOUR, true } },
	  2 },
};

static void check_look(struct absence *absence, const struct look *look)
{
	us_span away = 0;
	bool tells = look->can_read ? absence_end(absence)
				    : absence_goes_on(absence, START + look->at,
						      look->was_followed, &away);

	CHECK_UINT(tells, look->tells);
	CHECK_INT(away, look->away);
	CHECK_UINT(absence_is_settled(absence, look->was_followed), look->is_settled);
}

static void test_absences(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct absence absence;

		check_row(rows[i].name);
		absence_init(&absence);
		for (size_t k = 0; k < rows[i].count; k++)
			check_look(&absence, &rows[i].looks[k]);
	}
}

/* The boot clock may stand at 0 when a log is away: that is a time as any other. */
static void test_away_since_the_start(void)
{
	struct absence absence;
	us_span away = 0;

	absence_init(&absence);
	CHECK(!absence_goes_on(&absence, 0, true, &away));
	CHECK_INT(absence.since, 0);
	CHECK(absence_goes_on(&absence, ABSENCE_MAX, true, &away));
	CHECK_INT(away, ABSENCE_MAX);
}

int main(void)
{
	static const struct check_test cases[] = {
		{ "absences", test_absences },
		{ "away since the start", test_away_since_the_start },
		{ NULL, NULL },
	};

	return check_run("agent/absence", cases);
}
