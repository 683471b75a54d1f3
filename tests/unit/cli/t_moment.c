/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/moment.h"

#include "tests/support/check.h"

/* 2026-01-28T09:59:55Z, a Wednesday */
#define NOW (INT64_C(1769594395) * US_PER_SECOND)

struct row {
	const char *text;
	const char *want; /* RFC 3339; NULL: no time */
};

static void check_rows(const char *zone_text, const struct row *rows, size_t count)
{
	struct zone *zone = NULL;
	struct err err;

	if (!CHECK_OK(zone_new(zone_text, &zone, &err), &err))
		return;
	for (size_t i = 0; i < count; i++) {
		char text[TIME_TEXT_BYTES];
		us_time time = 0;
		int result;

		check_row(rows[i].text);
		result = moment_read(slice_text(rows[i].text), NOW, zone, &time, &err);
		CHECK_INT(result, rows[i].want ? 0 : -1);
		if (result == 0 && rows[i].want)
			CHECK_TEXT(time_to_rfc3339(time, text), rows[i].want);
	}
	zone_free(zone);
}

static void test_utc(void)
{
	static const struct row rows[] = {
		{ "now", "2026-01-28T09:59:55Z" },
		{ "today", "2026-01-28T00:00:00Z" },
		{ "yesterday", "2026-01-27T00:00:00Z" },
		{ "tomorrow", "2026-01-29T00:00:00Z" },
		{ "2026-01-28 10:00:00", "2026-01-28T10:00:00Z" },
		{ " 2026-01-28 10:00:00 ", "2026-01-28T10:00:00Z" },
		{ "2026-01-28 10:00:00.25", "2026-01-28T10:00:00.250000Z" },
		{ "2026-01-28 10:00", "2026-01-28T10:00:00Z" },
		{ "2026-01-28", "2026-01-28T00:00:00Z" },
		{ "2026-01-28T10:00:00", "2026-01-28T10:00:00Z" },
		{ "10:30", "2026-01-28T10:30:00Z" },
		{ "10:30:15", "2026-01-28T10:30:15Z" },
		{ "2026-01-28T10:00:00Z", "2026-01-28T10:00:00Z" },
		{ "2026-01-28T10:00:00.5+02:00", "2026-01-28T08:00:00.500000Z" },
		{ "2026-01-28 10:00:00 UTC", "2026-01-28T10:00:00Z" },
		{ "2026-01-28 10:00:00 Europe/Berlin", "2026-01-28T09:00:00Z" },
		{ "2026-07-28 10:00:00 Europe/Berlin", "2026-07-28T08:00:00Z" },
		{ "2026-01-28 UTC", "2026-01-28T00:00:00Z" },
		{ "Wed 2026-01-28 10:00:00", "2026-01-28T10:00:00Z" },
		{ "Wednesday, 2026-01-28", "2026-01-28T00:00:00Z" },
		{ "@1769594400", "2026-01-28T10:00:00Z" },
		{ "@1769594400.5", "2026-01-28T10:00:00.500000Z" },
		{ "@0", "1970-01-01T00:00:00Z" },
		{ "-1h", "2026-01-28T08:59:55Z" },
		{ "-1h 30min", "2026-01-28T08:29:55Z" },
		{ "-1h30min", "2026-01-28T08:29:55Z" },
		{ "+5min", "2026-01-28T10:04:55Z" },
		{ "-30", "2026-01-28T09:59:25Z" },
		{ "2 days ago", "2026-01-26T09:59:55Z" },
		{ "1week ago", "2026-01-21T09:59:55Z" },
		{ "1month ago", "2025-12-28T23:26:19Z" },
		{ "5min left", "2026-01-28T10:04:55Z" },
		{ "", NULL },
		{ "soon", NULL },
		{ "-", NULL },
		{ "+", NULL },
		{ "-1parsec", NULL },
		{ "1h", NULL },
		{ "-99999999999999999999h", NULL },
		{ "-9999999999999999h", NULL },
		{ "-100y", NULL },
		{ "2026", NULL },
		{ "2026-13-01", NULL },
		{ "2026-02-29", NULL },
		{ "2026-1-28", NULL },
		{ "2026-01-28 25:00", NULL },
		{ "2026-01-28 10:0", NULL },
		{ "2026-01-28 10:00:00 Atlantis", NULL },
		{ "2026-01-28 10:00:00 ", "2026-01-28T10:00:00Z" },
		{ "2026-01-28x", NULL },
		{ "@", NULL },
		{ "@-1", NULL },
		{ "@1.x", NULL },
		{ "@999999999999999999999", NULL },
		{ "1969-01-01", NULL },
	};

	check_rows("UTC", rows, COUNT_OF(rows));
}

static void test_elsewhere(void)
{
	static const struct row rows[] = {
		{ "2026-01-28 10:00:00", "2026-01-28T15:00:00Z" },
		{ "2026-01-28T10:00:00Z", "2026-01-28T10:00:00Z" },
		{ "today", "2026-01-28T05:00:00Z" },
		{ "04:00", "2026-01-28T09:00:00Z" },
		{ "@1769594400", "2026-01-28T10:00:00Z" },
	};

	check_rows("America/New_York", rows, COUNT_OF(rows));
}

static void test_range(void)
{
	static const struct {
		const char *text, *from, *until;
	} rows[] = {
		{ "2026-01-01/2026-01-02", "2026-01-01T00:00:00Z",
		  "2026-01-02T00:00:00Z" },
		{ "2026-01-01 10:00 Europe/Berlin/2026-01-02", "2026-01-01T09:00:00Z",
		  "2026-01-02T00:00:00Z" },
		{ "-2h/now", "2026-01-28T07:59:55Z", "2026-01-28T09:59:55Z" },
		{ "now/now", "2026-01-28T09:59:55Z", "2026-01-28T09:59:55Z" },
		{ "2026-01-02/2026-01-01", NULL, NULL },
		{ "2026-01-02/", NULL, NULL },
		{ "/2026-01-02", NULL, NULL },
		{ "2026-01-02", NULL, NULL },
		{ "", NULL, NULL },
	};
	struct zone *zone = NULL;
	struct err err;

	if (!CHECK_OK(zone_new("UTC", &zone, &err), &err))
		return;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[TIME_TEXT_BYTES];
		us_time from = 0, until = 0;
		int result;

		check_row(rows[i].text);
		result = moment_read_range(slice_text(rows[i].text), NOW, zone, &from,
					   &until, &err);
		CHECK_INT(result, rows[i].from ? 0 : -1);
		if (result == 0) {
			CHECK_TEXT(time_to_rfc3339(from, text), rows[i].from);
			CHECK_TEXT(time_to_rfc3339(until, text), rows[i].until);
		}
	}
	zone_free(zone);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "in UTC", test_utc },
		{ "elsewhere", test_elsewhere },
		{ "range", test_range },
		{ NULL, NULL },
	};

	return check_run("cli/moment", tests);
}
