/* SPDX-License-Identifier: Apache-2.0 */
#include "base/time.h"

#include <stdio.h>

#include "tests/support/check.h"

#define TEXT_OF_NONE "untouched"

static void test_rfc3339(void)
{
	static const struct {
		const char *name, *in;
		bool ok;
		us_time want;
		const char *rest;
	} rows[] = {
		{ "utc", "2026-01-02T03:04:05Z", true, 1767323045000000, "" },
		{ "offset east", "2026-01-02T03:04:05+01:00", true, 1767319445000000,
		  "" },
		{ "offset west", "2026-01-02T03:04:05-01:30", true, 1767328445000000,
		  "" },
		{ "offset without colon", "2026-01-02T03:04:05+0100", true,
		  1767319445000000, "" },
		{ "offset of zero", "2026-01-02T03:04:05-00:00", true, 1767323045000000,
		  "" },
		{ "small letters", "2026-01-02t03:04:05z", true, 1767323045000000, "" },
		{ "blank for T", "2026-01-02 03:04:05Z", true, 1767323045000000, "" },
		{ "1 digit", "2026-01-02T03:04:05.9Z", true, 1767323045900000, "" },
		{ "6 digits", "2026-01-02T03:04:05.123456Z", true, 1767323045123456, "" },
		{ "9 digits are cut", "2026-01-02T03:04:05.123456999Z", true,
		  1767323045123456, "" },
		{ "text after", "2026-01-02T03:04:05Z host", true, 1767323045000000,
		  " host" },
		{ "epoch", "1970-01-01T00:00:00Z", true, 0, "" },
		{ "last", "9999-12-31T23:59:59.999999Z", true, US_TIME_MAX, "" },
		{ "leap second", "2016-12-31T23:59:60Z", true, 1483228800000000, "" },
		{ "29 February", "2024-02-29T00:00:00Z", true, 1709164800000000, "" },
		{ "29 February 2000", "2000-02-29T00:00:00Z", true, 951782400000000, "" },
		{ "no 29 February", "2026-02-29T00:00:00Z", false, 0, NULL },
		{ "no 29 February 2100", "2100-02-29T00:00:00Z", false, 0, NULL },
		{ "leap second past the last", "9999-12-31T23:59:60Z", false, 0, NULL },
		{ "before the epoch by offset", "1970-01-01T00:00:00+01:00", false, 0,
		  NULL },
		{ "past the last by offset", "9999-12-31T23:59:59-01:00", false, 0,
		  NULL },
		{ "year 1969", "1969-12-31T23:59:59-12:00", false, 0, NULL },
		{ "no such month", "2026-13-02T03:04:05Z", false, 0, NULL },
		{ "month 0", "2026-00-02T03:04:05Z", false, 0, NULL },
		{ "day 0", "2026-01-00T03:04:05Z", false, 0, NULL },
		{ "31 April", "2026-04-31T03:04:05Z", false, 0, NULL },
		{ "hour 24", "2026-01-02T24:00:00Z", false, 0, NULL },
		{ "minute 60", "2026-01-02T03:60:05Z", false, 0, NULL },
		{ "second 61", "2026-01-02T03:04:61Z", false, 0, NULL },
		{ "offset hour 24", "2026-01-02T03:04:05+24:00", false, 0, NULL },
		{ "offset minute 60", "2026-01-02T03:04:05+01:60", false, 0, NULL },
		{ "offset hours only", "2026-01-02T03:04:05+01", false, 0, NULL },
		{ "no zone", "2026-01-02T03:04:05", false, 0, NULL },
		{ "no digits after the point", "2026-01-02T03:04:05.Z", false, 0, NULL },
		{ "10 digits", "2026-01-02T03:04:05.1234567890Z", false, 0, NULL },
		{ "comma", "2026-01-02T03:04:05,5Z", false, 0, NULL },
		{ "short year", "226-01-02T03:04:05Z", false, 0, NULL },
		{ "sign in a field", "2026-01-+2T03:04:05Z", false, 0, NULL },
		{ "underscore for T", "2026-01-02_03:04:05Z", false, 0, NULL },
		{ "no seconds", "2026-01-02T03:04Z", false, 0, NULL },
		{ "cut short", "2026-01-02T03:04:0", false, 0, NULL },
		{ "nothing", "", false, 0, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice text = slice_text(rows[i].in), rest = text;
		us_time time = -7;

		check_row(rows[i].name);
		CHECK_INT(time_take_rfc3339(&rest, &time), rows[i].ok);
		CHECK_INT(time, rows[i].ok ? rows[i].want : -7);
		CHECK_SLICE(rest, rows[i].ok ? slice_text(rows[i].rest) : text);
		time = -7;
		CHECK_INT(time_from_rfc3339(text, &time), rows[i].ok && rest.len == 0);
		CHECK_INT(time, rows[i].ok && rest.len == 0 ? rows[i].want : -7);
	}
}

/* As "2026-01-02 03:04:05.000006", or TEXT_OF_NONE. */
static const char *civil_text(const struct civil *civil, char text[96])
{
	if (civil->day == 0)
		return TEXT_OF_NONE;
	(void)snprintf(text, 96, "%04d-%02d-%02d %02d:%02d:%02d.%06d", civil->year,
		       civil->month, civil->day, civil->hour, civil->minute,
		       civil->second, civil->microsecond);
	return text;
}

typedef bool take_civil_fn(struct slice *text, struct civil *ret_civil);

struct civil_row {
	const char *name, *in, *want, *rest; /* want NULL: refused */
};

static void check_civil_rows(take_civil_fn *take, const struct civil_row *rows,
			     size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct slice text = slice_text(rows[i].in);
		struct civil civil = { .day = 0 };
		char got[96];

		check_row(rows[i].name);
		CHECK_INT(take(&text, &civil), rows[i].want != NULL);
		CHECK_TEXT(civil_text(&civil, got),
			   rows[i].want ? rows[i].want : TEXT_OF_NONE);
		CHECK_SLICE(text, slice_text(rows[i].want ? rows[i].rest : rows[i].in));
	}
}

static void test_civil(void)
{
	static const struct civil_row rows[] = {
		{ "plain", "2026-01-02 03:04:05", "2026-01-02 03:04:05.000000", "" },
		{ "fraction", "2026-01-02 03:04:05.5", "2026-01-02 03:04:05.500000", "" },
		{ "9 digits", "2026-01-02 03:04:05.123456789 x",
		  "2026-01-02 03:04:05.123456", " x" },
		{ "text after", "2026-01-02 03:04:05 INFO", "2026-01-02 03:04:05.000000",
		  " INFO" },
		{ "leap second", "2026-01-02 03:04:60", "2026-01-02 03:04:60.000000",
		  "" },
		{ "T", "2026-01-02T03:04:05", NULL, NULL },
		{ "no such day", "2026-02-30 03:04:05", NULL, NULL },
		{ "one digit", "2026-1-02 03:04:05", NULL, NULL },
		{ "10 digits", "2026-01-02 03:04:05.1234567890", NULL, NULL },
	};

	check_civil_rows(time_take_civil, rows, COUNT_OF(rows));
}

static void test_rfc3164(void)
{
	static const struct civil_row rows[] = {
		{ "padded with a blank", "Jan  2 03:04:05 host",
		  "0000-01-02 03:04:05.000000", " host" },
		{ "padded with zero", "Jan 02 03:04:05", "0000-01-02 03:04:05.000000",
		  "" },
		{ "not padded", "Jan 2 03:04:05", "0000-01-02 03:04:05.000000", "" },
		{ "two digits", "Dec 31 23:59:60", "0000-12-31 23:59:60.000000", "" },
		{ "29 February", "Feb 29 00:00:00", "0000-02-29 00:00:00.000000", "" },
		{ "30 February", "Feb 30 00:00:00", NULL, NULL },
		{ "31 April", "Apr 31 00:00:00", NULL, NULL },
		{ "day 0", "Jan  0 03:04:05", NULL, NULL },
		{ "day 00", "Jan 00 03:04:05", NULL, NULL },
		{ "small letters", "jan  2 03:04:05", NULL, NULL },
		{ "no such month", "Jam  2 03:04:05", NULL, NULL },
		{ "astride two names", "anF  2 03:04:05", NULL, NULL },
		{ "hour 24", "Jan  2 24:04:05", NULL, NULL },
		{ "three blanks", "Jan   2 03:04:05", NULL, NULL },
		{ "cut short", "Jan  2 03:04", NULL, NULL },
		{ "month only", "Jan", NULL, NULL },
		{ "nothing", "", NULL, NULL },
	};

	check_civil_rows(time_take_rfc3164, rows, COUNT_OF(rows));
}

static void test_valid(void)
{
	static const struct {
		const char *name;
		struct civil civil;
		bool want;
	} rows[] = {
		{ "first", { 1970, 1, 1, 0, 0, 0, 0 }, true },
		{ "last", { 9999, 12, 31, 23, 59, 60, 999999 }, true },
		{ "year before", { 1969, 12, 31, 0, 0, 0, 0 }, false },
		{ "year after", { 10000, 1, 1, 0, 0, 0, 0 }, false },
		{ "month 13", { 2026, 13, 1, 0, 0, 0, 0 }, false },
		{ "month -1", { 2026, -1, 1, 0, 0, 0, 0 }, false },
		{ "day 32", { 2026, 1, 32, 0, 0, 0, 0 }, false },
		{ "leap day", { 2028, 2, 29, 0, 0, 0, 0 }, true },
		{ "no leap day", { 2026, 2, 29, 0, 0, 0, 0 }, false },
		{ "hour -1", { 2026, 1, 1, -1, 0, 0, 0 }, false },
		{ "minute -1", { 2026, 1, 1, 0, -1, 0, 0 }, false },
		{ "second -1", { 2026, 1, 1, 0, 0, -1, 0 }, false },
		{ "microsecond -1", { 2026, 1, 1, 0, 0, 0, -1 }, false },
		{ "microsecond past", { 2026, 1, 1, 0, 0, 0, 1000000 }, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(civil_valid(&rows[i].civil), rows[i].want);
	}
}

/* Day by day through all years: each is the successor of the one before, and back again.
 */
static void test_every_day(void)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	struct civil want = { 1970, 1, 1, 13, 14, 15, 16 };

	for (us_time time = 47655000016; time <= US_TIME_MAX; time += US_PER_DAY) {
		struct civil got = civil_from_utc(time);
		int leap = want.year % 4 == 0 &&
			   (want.year % 100 != 0 || want.year % 400 == 0);

		if (memcmp(&got, &want, sizeof(got)) != 0 || civil_to_utc(&got) != time) {
			CHECK_INT(civil_to_utc(&got), time);
			CHECK_INT(civil_to_utc(&want), time);
			return;
		}
		if (++want.day > days[want.month - 1] + (want.month == 2 ? leap : 0)) {
			want.day = 1;
			want.month++;
		}
		if (want.month > 12) {
			want.month = 1;
			want.year++;
		}
	}
	CHECK_INT(want.year, 10000);
}

static void test_text_round_trip(void)
{
	/* A prime number of microseconds, some 29 days. */
	for (us_time time = 0; time < US_TIME_MAX - 2500000000033;
	     time += 2500000000033) {
		char text[TIME_TEXT_BYTES];
		us_time back = -1;

		time_to_rfc3339(time, text);
		if (!time_from_rfc3339(slice_text(text), &back) || back != time) {
			check_row(text);
			CHECK_INT(back, time);
			return;
		}
	}
}

static void test_to_rfc3339(void)
{
	static const struct {
		const char *name;
		us_time time;
		const char *want;
	} rows[] = {
		{ "fraction", 1769594395953406, "2026-01-28T09:59:55.953406Z" },
		{ "small fraction", 1769594395000001, "2026-01-28T09:59:55.000001Z" },
		{ "no fraction", 1769594395000000, "2026-01-28T09:59:55Z" },
		{ "epoch", 0, "1970-01-01T00:00:00Z" },
		{ "last", US_TIME_MAX, "9999-12-31T23:59:59.999999Z" },
		{ "before", -1, "1970-01-01T00:00:00Z" },
		{ "none", US_TIME_NONE, "1970-01-01T00:00:00Z" },
		{ "after", INT64_MAX, "9999-12-31T23:59:59.999999Z" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[TIME_TEXT_BYTES];

		check_row(rows[i].name);
		CHECK(time_to_rfc3339(rows[i].time, text) == text);
		CHECK_TEXT(text, rows[i].want);
	}
}

static void test_month_names(void)
{
	static const char *const names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

	for (size_t i = 0; i < COUNT_OF(names); i++)
		CHECK_INT(month_from_name(slice_text(names[i])), (int)i + 1);
	CHECK_INT(month_from_name(SLICE("jan")), 0);
	CHECK_INT(month_from_name(SLICE("nFe")), 0);
	CHECK_INT(month_from_name(SLICE("Janu")), 0);
	CHECK_INT(month_from_name(SLICE("Ja")), 0);
	CHECK_INT(month_from_name(SLICE("")), 0);
}

static void test_span_to_text(void)
{
	static const struct {
		const char *name;
		us_span span;
		const char *want;
	} rows[] = {
		{ "nothing", 0, "0s" },
		{ "one microsecond", 1, "1us" },
		{ "milliseconds", 250000, "250ms" },
		{ "milliseconds and microseconds", 1500, "1ms 500us" },
		{ "seconds", 8 * US_PER_SECOND, "8s" },
		{ "seconds and milliseconds", 8 * US_PER_SECOND + 20000, "8s 20ms" },
		{ "seconds, less than a millisecond more", 8 * US_PER_SECOND + 999,
		  "8s" },
		{ "minutes", 2 * US_PER_MINUTE, "2min" },
		{ "minutes and seconds", 9 * US_PER_MINUTE + 5 * US_PER_SECOND,
		  "9min 5s" },
		{ "hours and minutes", US_PER_HOUR + 5 * US_PER_MINUTE, "1h 5min" },
		{ "hours, seconds are dropped", US_PER_HOUR + 5 * US_PER_SECOND, "1h" },
		{ "days and hours", 3 * US_PER_DAY + 2 * US_PER_HOUR, "3d 2h" },
		{ "weeks are days", 14 * US_PER_DAY, "14d" },
		{ "negative", -90 * US_PER_SECOND, "-1min 30s" },
		{ "longest", INT64_MAX, "106751991d 4h" },
		{ "most negative", INT64_MIN, "-106751991d 4h" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[TIME_TEXT_BYTES];

		check_row(rows[i].name);
		CHECK(span_to_text(rows[i].span, text) == text);
		CHECK_TEXT(text, rows[i].want);
	}
}

static void test_span_from_text(void)
{
	static const struct {
		const char *name, *text;
		bool ok;
		us_span want;
	} rows[] = {
		{ "microseconds", "7us", true, 7 },
		{ "milliseconds", "7ms", true, 7000 },
		{ "seconds", "90s", true, 90 * US_PER_SECOND },
		{ "minutes", "5min", true, 5 * US_PER_MINUTE },
		{ "hours", "2h", true, 2 * US_PER_HOUR },
		{ "days", "3d", true, 3 * US_PER_DAY },
		{ "weeks", "2w", true, 14 * US_PER_DAY },
		{ "nothing, with a unit", "0s", true, 0 },
		{ "parts", "1h30min", true, 90 * US_PER_MINUTE },
		{ "parts apart", "1h 30min", true, 90 * US_PER_MINUTE },
		{ "1000 years", "365250d", true, 365250 * US_PER_DAY },
		{ "past 1000 years", "365251d", false, 0 },
		{ "past 1000 years in parts", "365250d 1us", false, 0 },
		{ "far past", "99999999999999999999w", false, 0 },
		{ "no unit", "90", false, 0 },
		{ "second part without unit", "1h 30", false, 0 },
		{ "no number", "s", false, 0 },
		{ "no such unit", "5m", false, 0 },
		{ "longer unit", "5minutes", false, 0 },
		{ "capital", "5S", false, 0 },
		{ "blank before the unit", "5 s", false, 0 },
		{ "blank at the front", " 5s", false, 0 },
		{ "blank at the end", "5s ", false, 0 },
		{ "only a blank", " ", false, 0 },
		{ "negative", "-5s", false, 0 },
		{ "fraction", "1.5s", false, 0 },
		{ "nothing", "", false, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		us_span span = -7;

		check_row(rows[i].name);
		CHECK_INT(span_from_text(slice_text(rows[i].text), &span), rows[i].ok);
		CHECK_INT(span, rows[i].ok ? rows[i].want : -7);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "RFC 3339", test_rfc3339 },
		{ "civil time", test_civil },
		{ "RFC 3164", test_rfc3164 },
		{ "valid civil times", test_valid },
		{ "every day there and back", test_every_day },
		{ "text there and back", test_text_round_trip },
		{ "to RFC 3339", test_to_rfc3339 },
		{ "names of months", test_month_names },
		{ "span to text", test_span_to_text },
		{ "span from text", test_span_from_text },
		{ NULL, NULL },
	};

	return check_run("base/time", tests);
}
