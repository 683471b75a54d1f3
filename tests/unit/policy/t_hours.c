/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/hours.h"

#include "tests/support/check.h"

static us_time at(const char *text)
{
	us_time time = US_TIME_NONE;

	CHECK(time_from_rfc3339(slice_text(text), &time));
	return time;
}

/* 2026-06-01 is a Monday. */
static void test_hours(void)
{
	static const struct {
		const char *name, *hours, *time;
		bool want;
	} rows[] = {
		{ "begins", "mon-fri 07:00-19:00", "2026-06-01T07:00:00Z", true },
		{ "before", "mon-fri 07:00-19:00", "2026-06-01T06:59:59.999999Z", false },
		{ "last moment", "mon-fri 07:00-19:00", "2026-06-05T18:59:59Z", true },
		{ "ends", "mon-fri 07:00-19:00", "2026-06-05T19:00:00Z", false },
		{ "another day", "mon-fri 07:00-19:00", "2026-06-06T12:00:00Z", false },
		{ "no days", "07:00-19:00", "2026-06-07T12:00:00Z", true },
		{ "list of days", "tue,thu,sat-sun 00:00-24:00", "2026-06-07T23:59:59Z",
		  true },
		{ "not in the list", "tue,thu,sat-sun 00:00-24:00",
		  "2026-06-05T12:00:00Z", false },
		{ "days over the week's end", "sat-mon 00:00-24:00",
		  "2026-06-01T12:00:00Z", true },
		{ "over midnight, evening", "fri 22:00-06:00", "2026-06-05T23:00:00Z",
		  true },
		{ "over midnight, morning after", "fri 22:00-06:00",
		  "2026-06-06T05:59:00Z", true },
		{ "over midnight, morning before", "fri 22:00-06:00",
		  "2026-06-05T05:00:00Z", false },
		{ "over midnight at the week's end", "sun 22:00-06:00",
		  "2026-06-01T05:00:00Z", true },
		{ "zone in summer", "mon 07:00-19:00 Europe/Berlin",
		  "2026-06-01T05:00:00Z", true },
		{ "zone in winter", "mon 07:00-19:00 Europe/Berlin",
		  "2026-01-05T05:30:00Z", false },
		{ "the zone's own day", "mon 00:00-01:00 Asia/Tokyo",
		  "2026-05-31T15:30:00Z", true },
		{ "offset", "mon 00:00-01:00 +02:00", "2026-05-31T22:30:00Z", true },
		{ "the hour that happens twice", "sun 02:00-03:00 Europe/Berlin",
		  "2026-10-25T01:30:00Z", true },
		{ "west, before 1970", "wed 16:00-17:00 America/Los_Angeles",
		  "1970-01-01T00:30:00Z", true },
		{ "any case, more blanks", "  MON   07:00-19:00   UTC ",
		  "2026-06-01T07:00:00Z", true },
	};
	struct zones zones = { 0 };

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct hours hours = { .days = 0 };
		struct err err;

		check_row(rows[i].name);
		CHECK_OK(hours_read(slice_text(rows[i].hours), &zones, &hours, &err),
			 &err);
		CHECK_INT(hours_have(&hours, at(rows[i].time)), rows[i].want);
	}
	CHECK_UINT(zones.count, 5);
	zones_release(&zones);
}

static void test_refused(void)
{
	static const char *const rows[] = {
		"",
		"mon",
		"7:00-19:00",
		"07:00-19:60",
		"07:00-25:00",
		"24:00-07:00",
		"07:00-07:00",
		"07:00",
		"mon- 07:00-19:00",
		"mon,,tue 07:00-19:00",
		"monday 07:00-19:00",
		"mon 07:00-19:00 Europe/Atlantis",
		"mon 07:00-19:00 ../../etc/passwd",
		"mon 07:00-19:00 UTC UTC",
		"!",
	};
	struct zones zones = { 0 };
	struct hours hours;
	struct err err;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i]);
		CHECK_INT(hours_read(slice_text(rows[i]), &zones, &hours, &err), -1);
	}
	zones_release(&zones);
}

static void test_printed(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(256);
	struct hours hours = { .days = 0 };
	struct zones zones = { 0 };
	struct err err;

	CHECK_OK(hours_read(SLICE("!fri-sat 22:00-24:00 Europe/Berlin"), &zones, &hours,
			    &err),
		 &err);
	hours_append(&hours, &text);
	CHECK_TEXT(buf_text(&text), "!fri,sat 22:00-24:00 Europe/Berlin");
	CHECK(hours.excludes);
	zones_release(&zones);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "hours", test_hours },
		{ "what are none", test_refused },
		{ "printed", test_printed },
		{ NULL, NULL },
	};

	return check_run("policy/hours", tests);
}
