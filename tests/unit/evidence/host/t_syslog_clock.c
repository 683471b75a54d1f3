/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/syslog_clock.h"
#include "tests/support/check.h"

/* A line's time, and what it must be taken for; uncertain by an hour or not. */
struct step {
	const char *head, *want;
	bool uncertain;
};

struct sequence {
	const char *name, *zone;
	int year;
	const char *anchor;
	struct step steps[8];
};

static const struct sequence sequences[] = {
	{ "given year",
	  "UTC",
	  2024,
	  "2026-01-01T00:00:00Z",
	  { { "Jan  2 03:04:05", "2024-01-02T03:04:05Z", false } } },
	{ "nearest: this year",
	  "UTC",
	  0,
	  "2026-03-01T00:00:00Z",
	  { { "Feb 28 10:00:00", "2026-02-28T10:00:00Z", false } } },
	{ "nearest: last year",
	  "UTC",
	  0,
	  "2026-01-05T00:00:00Z",
	  { { "Dec 30 10:00:00", "2025-12-30T10:00:00Z", false },
	    { "Jan  1 00:00:01", "2026-01-01T00:00:01Z", false } } },
	{ "nearest: next year",
	  "UTC",
	  0,
	  "2025-12-31T23:00:00Z",
	  { { "Jan  1 00:00:01", "2026-01-01T00:00:01Z", false } } },
	{ "29 February at the beginning",
	  "UTC",
	  0,
	  NULL,
	  { { "Feb 29 10:00:00", "1970-03-01T10:00:00Z", false } } },
	{ "no anchor",
	  "UTC",
	  0,
	  NULL,
	  { { "Jan  1 00:00:01", "1970-01-01T00:00:01Z", false } } },
	{ "across New Year, given",
	  "UTC",
	  2025,
	  NULL,
	  { { "Dec 31 23:59:59", "2025-12-31T23:59:59Z", false },
	    { "Jan  1 00:00:00", "2026-01-01T00:00:00Z", false },
	    { "Dec 31 23:59:59", "2025-12-31T23:59:59Z", false },
	    { "Jan  1 00:00:01", "2026-01-01T00:00:01Z", false },
	    { "Dec 31 00:00:00", "2026-12-31T00:00:00Z", false },
	    { "Jun  1 00:00:00", "2027-06-01T00:00:00Z", false } } },
	{ "a month back is no new year",
	  "UTC",
	  2025,
	  NULL,
	  { { "Mar  1 00:00:01", "2025-03-01T00:00:01Z", false },
	    { "Feb 28 23:59:59", "2025-02-28T23:59:59Z", false } } },
	{ "29 February, nearest",
	  "UTC",
	  0,
	  "2026-03-01T00:00:00Z",
	  { { "Feb 29 10:00:00", "2024-02-29T10:00:00Z", false } } },
	{ "29 February of a year without",
	  "UTC",
	  2026,
	  NULL,
	  { { "Feb 29 10:00:00", "2026-03-01T10:00:00Z", false } } },
	{ "29 February around 2100",
	  "UTC",
	  0,
	  "2100-03-01T00:00:00Z",
	  { { "Feb 29 10:00:00", "2096-02-29T10:00:00Z", false } } },
	{ "zone",
	  "Europe/Berlin",
	  2026,
	  NULL,
	  { { "Jan  2 03:04:05", "2026-01-02T02:04:05Z", false },
	    { "Jul  2 03:04:05", "2026-07-02T01:04:05Z", false } } },
	{ "hour that happens twice",
	  "Europe/Berlin",
	  2026,
	  NULL,
	  { { "Oct 25 01:59:59", "2026-10-24T23:59:59Z", false },
	    { "Oct 25 02:10:00", "2026-10-25T00:10:00Z", true },
	    { "Oct 25 02:59:00", "2026-10-25T00:59:00Z", true },
	    { "Oct 25 02:05:00", "2026-10-25T01:05:00Z", false },
	    { "Oct 25 02:59:00", "2026-10-25T01:59:00Z", false },
	    { "Oct 25 03:00:00", "2026-10-25T02:00:00Z", false } } },
	{ "small disorder in it",
	  "Europe/Berlin",
	  2026,
	  NULL,
	  { { "Oct 25 02:10:02", "2026-10-25T00:10:02Z", true },
	    { "Oct 25 02:10:01", "2026-10-25T00:10:01Z", true } } },
	{ "hour that does not happen",
	  "Europe/Berlin",
	  2026,
	  NULL,
	  { { "Mar 29 02:30:00", "2026-03-29T01:30:00Z", false } } },
};

/* Sequences of a log that was last written to at `latest`. */
static const struct {
	const char *latest;
	struct sequence sequence;
} bounded[] = {
	{ "2026-03-02T12:00:00Z",
	  { "a month nobody can have written",
	    "UTC",
	    2026,
	    NULL,
	    { { "Mar  2 10:00:00", "2026-03-02T10:00:00Z", false },
	      { "Dec 31 10:00:00", "2025-12-31T10:00:00Z", false },
	      { "Mar  2 10:00:07", "2026-03-02T10:00:07Z", false } } } },
	{ "2026-10-05T12:00:00Z",
	  { "a new year nobody can have seen",
	    "UTC",
	    0,
	    "2026-10-05T00:00:00Z",
	    { { "Oct  5 10:00:00", "2026-10-05T10:00:00Z", false },
	      { "Jan  2 10:00:00", "2026-01-02T10:00:00Z", false },
	      { "Oct  5 10:00:07", "2026-10-05T10:00:07Z", false } } } },
	{ "2026-01-01T00:00:01Z",
	  { "the file's own New Year",
	    "UTC",
	    2025,
	    NULL,
	    { { "Dec 31 23:59:59", "2025-12-31T23:59:59Z", false },
	      { "Jan  1 00:00:01", "2026-01-01T00:00:01Z", false } } } },
	{ "1980-01-01T00:00:00Z",
	  { "a last change before the first line",
	    "UTC",
	    2025,
	    NULL,
	    { { "Dec 31 23:59:59", "2025-12-31T23:59:59Z", false },
	      { "Jan  1 00:00:01", "2026-01-01T00:00:01Z", false } } } },
};

/* `latest` NULL = unknown */
static void run_sequence(const struct sequence *sequence, const char *latest)
{
	AUTO_ZONE struct zone *zone = NULL;
	us_time anchor = US_TIME_NONE, latest_time = US_TIME_NONE;
	struct syslog_clock clock;
	struct err err;

	check_row(sequence->name);
	if (!CHECK_OK(zone_new(sequence->zone, &zone, &err), &err))
		return;
	if (sequence->anchor)
		CHECK(time_from_rfc3339(slice_text(sequence->anchor), &anchor));
	if (latest)
		CHECK(time_from_rfc3339(slice_text(latest), &latest_time));
	syslog_clock_init(&clock, zone, sequence->year, anchor, latest_time);
	for (size_t j = 0; j < COUNT_OF(sequence->steps) && sequence->steps[j].head;
	     j++) {
		struct slice head = slice_text(sequence->steps[j].head);
		char text[TIME_TEXT_BYTES];
		struct civil civil;
		us_span uncertainty;

		CHECK(time_take_rfc3164(&head, &civil));
		time_to_rfc3339(syslog_clock_follow(&clock, &civil, &uncertainty), text);
		CHECK_TEXT(text, sequence->steps[j].want);
		CHECK_INT(uncertainty, sequence->steps[j].uncertain ? US_PER_HOUR : 0);
	}
}

static void test_sequences(void)
{
	for (size_t i = 0; i < COUNT_OF(sequences); i++)
		run_sequence(&sequences[i], NULL);
}

static void test_last_change(void)
{
	for (size_t i = 0; i < COUNT_OF(bounded); i++)
		run_sequence(&bounded[i].sequence, bounded[i].latest);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "sequences", test_sequences },
		{ "last change", test_last_change },
		{ NULL, NULL },
	};

	return check_run("syslog_clock", tests);
}
