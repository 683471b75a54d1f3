/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <stdlib.h>
#include <time.h>

#include "tests/support/check.h"

/* Civil "YYYY-MM-DD hh:mm:ss" and instants in RFC 3339, so that rows can be read. */
static struct civil civil(const char *text)
{
	struct slice rest = slice_text(text);
	struct civil civil = { .day = 0 };

	CHECK(time_take_civil(&rest, &civil));
	return civil;
}

static us_time instant(const char *text)
{
	us_time time = US_TIME_NONE;

	if (text)
		CHECK(time_from_rfc3339(slice_text(text), &time));
	return time;
}

static void test_to_utc(void)
{
	static const struct {
		const char *name, *zone, *civil, *not_before, *want;
	} rows[] = {
		{ "UTC", "UTC", "2026-07-01 12:00:00", NULL, "2026-07-01T12:00:00Z" },
		{ "fixed east", "+05:30", "2026-07-01 12:00:00", NULL,
		  "2026-07-01T06:30:00Z" },
		{ "fixed west", "-03:00", "2026-07-01 12:00:00", NULL,
		  "2026-07-01T15:00:00Z" },
		{ "fraction", "Europe/Berlin", "2026-01-01 12:00:00.25", NULL,
		  "2026-01-01T11:00:00.25Z" },
		{ "winter", "Europe/Berlin", "2026-01-01 12:00:00", NULL,
		  "2026-01-01T11:00:00Z" },
		{ "summer", "Europe/Berlin", "2026-07-01 12:00:00", NULL,
		  "2026-07-01T10:00:00Z" },
		{ "before the gap", "Europe/Berlin", "2026-03-29 01:59:59", NULL,
		  "2026-03-29T00:59:59Z" },
		{ "in the gap", "Europe/Berlin", "2026-03-29 02:30:00", NULL,
		  "2026-03-29T01:30:00Z" },
		{ "after the gap", "Europe/Berlin", "2026-03-29 03:00:00", NULL,
		  "2026-03-29T01:00:00Z" },
		{ "before the double hour", "Europe/Berlin", "2026-10-25 01:59:59", NULL,
		  "2026-10-24T23:59:59Z" },
		{ "double, the earlier", "Europe/Berlin", "2026-10-25 02:30:00", NULL,
		  "2026-10-25T00:30:00Z" },
		{ "double, not before itself", "Europe/Berlin", "2026-10-25 02:30:00",
		  "2026-10-25T00:30:00Z", "2026-10-25T00:30:00Z" },
		{ "double, the later", "Europe/Berlin", "2026-10-25 02:30:00",
		  "2026-10-25T00:30:01Z", "2026-10-25T01:30:00Z" },
		{ "double, both before", "Europe/Berlin", "2026-10-25 02:30:00",
		  "2026-10-25T05:00:00Z", "2026-10-25T01:30:00Z" },
		{ "double, its begin", "Europe/Berlin", "2026-10-25 02:00:00", NULL,
		  "2026-10-25T00:00:00Z" },
		{ "after the double hour", "Europe/Berlin", "2026-10-25 03:00:00", NULL,
		  "2026-10-25T02:00:00Z" },
		{ "not double: not_before is no matter", "Europe/Berlin",
		  "2026-07-01 12:00:00", "2026-08-01T00:00:00Z", "2026-07-01T10:00:00Z" },
		{ "west, in the gap", "America/New_York", "2026-03-08 02:15:00", NULL,
		  "2026-03-08T07:15:00Z" },
		{ "west, the earlier", "America/New_York", "2026-11-01 01:15:00", NULL,
		  "2026-11-01T05:15:00Z" },
		{ "west, the later", "America/New_York", "2026-11-01 01:15:00",
		  "2026-11-01T05:50:00Z", "2026-11-01T06:15:00Z" },
		{ "south, January is summer", "Australia/Sydney", "2026-01-01 12:00:00",
		  NULL, "2026-01-01T01:00:00Z" },
		{ "south, July is winter", "Australia/Sydney", "2026-07-01 12:00:00",
		  NULL, "2026-07-01T02:00:00Z" },
		{ "south, the earlier", "Australia/Sydney", "2026-04-05 02:30:00", NULL,
		  "2026-04-04T15:30:00Z" },
		{ "south, the later", "Australia/Sydney", "2026-04-05 02:30:00",
		  "2026-04-04T15:45:00Z", "2026-04-04T16:30:00Z" },
		{ "south, in the gap", "Australia/Sydney", "2026-10-04 02:30:00", NULL,
		  "2026-10-03T16:30:00Z" },
		{ "half an hour, the earlier", "Australia/Lord_Howe",
		  "2026-04-05 01:45:00", NULL, "2026-04-04T14:45:00Z" },
		{ "half an hour, the later", "Australia/Lord_Howe", "2026-04-05 01:45:00",
		  "2026-04-04T14:46:00Z", "2026-04-04T15:15:00Z" },
		{ "half an hour, not double", "Australia/Lord_Howe",
		  "2026-04-05 01:15:00", "2026-04-04T14:46:00Z", "2026-04-04T14:15:00Z" },
		{ "half an hour, in the gap", "Australia/Lord_Howe",
		  "2026-10-04 02:15:00", NULL, "2026-10-03T15:45:00Z" },
		{ "half an hour, after the gap", "Australia/Lord_Howe",
		  "2026-10-04 02:30:00", NULL, "2026-10-03T15:30:00Z" },
		{ "a day that was not", "Pacific/Apia", "2011-12-30 12:00:00", NULL,
		  "2011-12-30T22:00:00Z" },
		{ "no summer time", "Asia/Kolkata", "2026-07-01 12:00:00", NULL,
		  "2026-07-01T06:30:00Z" },
		{ "leap second", "Europe/Berlin", "2017-01-01 00:59:60", NULL,
		  "2017-01-01T00:00:00Z" },
		{ "first second", "Europe/Berlin", "1970-01-01 01:00:00", NULL,
		  "1970-01-01T00:00:00Z" },
		{ "before the first second", "Europe/Berlin", "1970-01-01 00:30:00", NULL,
		  "1970-01-01T00:00:00Z" },
		{ "past the last second", "-01:00", "9999-12-31 23:30:00", NULL,
		  "9999-12-31T23:59:59.999999Z" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_ZONE struct zone *zone = NULL;
		char got[TIME_TEXT_BYTES], want[TIME_TEXT_BYTES];
		struct civil time;
		struct err err;

		check_row(rows[i].name);
		if (!CHECK_OK(zone_new(rows[i].zone, &zone, &err), &err))
			continue;
		time = civil(rows[i].civil);
		time_to_rfc3339(zone_to_utc(zone, &time, instant(rows[i].not_before)),
				got);
		CHECK_TEXT(got, time_to_rfc3339(instant(rows[i].want), want));
		CHECK_TEXT(zone_name(zone), rows[i].zone);
	}
}

static void test_offset(void)
{
	static const struct {
		const char *name, *zone, *time;
		int32_t want;
	} rows[] = {
		{ "UTC", "UTC", "2026-01-01T00:00:00Z", 0 },
		{ "fixed", "-09:30", "2026-01-01T00:00:00Z", -34200 },
		{ "last second of winter", "Europe/Berlin", "2026-03-29T00:59:59.999999Z",
		  3600 },
		{ "first second of summer", "Europe/Berlin", "2026-03-29T01:00:00Z",
		  7200 },
		{ "last second of summer", "Europe/Berlin", "2026-10-25T00:59:59.999999Z",
		  7200 },
		{ "first second of winter", "Europe/Berlin", "2026-10-25T01:00:00Z",
		  3600 },
		{ "no summer time yet", "Europe/Berlin", "1970-07-01T00:00:00Z", 3600 },
		{ "summer 2099", "Europe/Berlin", "2099-07-01T00:00:00Z", 7200 },
		{ "after the table", "Europe/Berlin", "9999-07-01T00:00:00Z", 3600 },
		{ "Lord Howe, summer", "Australia/Lord_Howe", "2026-01-01T00:00:00Z",
		  39600 },
		{ "Lord Howe, winter", "Australia/Lord_Howe", "2026-07-01T00:00:00Z",
		  37800 },
		{ "offset of seconds", "Africa/Monrovia", "1971-01-01T00:00:00Z", -2670 },
		{ "sign in a name", "Etc/GMT+5", "2026-01-01T00:00:00Z", -18000 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_ZONE struct zone *zone = NULL;
		struct err err;

		check_row(rows[i].name);
		if (CHECK_OK(zone_new(rows[i].zone, &zone, &err), &err))
			CHECK_INT(zone_offset_s(zone, instant(rows[i].time)),
				  rows[i].want);
	}
}

static void set_tz(const char *value)
{
	if (value)
		setenv("TZ", value, 1);
	else
		unsetenv("TZ");
	tzset();
}

/* Every few hours: the offset is the C library's, and the civil time leads back. */
static void test_against_libc(void)
{
	static const char *const names[] = { "Europe/Berlin",	    "America/New_York",
					     "Australia/Lord_Howe", "Africa/Casablanca",
					     "Asia/Gaza",	    "Pacific/Apia" };

	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO_ZONE struct zone *zone = NULL;
		struct err err;

		check_row(names[i]);
		if (!CHECK_OK(zone_new(names[i], &zone, &err), &err))
			continue;
		set_tz(names[i]);
		for (time_t second = 86400; second < 4102444800;
		     second += 4 * 3600 + 1021) {
			us_time time = second * US_PER_SECOND;
			int32_t offset_s = zone_offset_s(zone, time);
			struct civil local =
				civil_from_utc(time + offset_s * US_PER_SECOND);
			struct tm tm;

			localtime_r(&second, &tm);
			if (offset_s == tm.tm_gmtoff &&
			    zone_to_utc(zone, &local, time) == time)
				continue;
			CHECK_INT(offset_s, tm.tm_gmtoff);
			CHECK_INT(zone_to_utc(zone, &local, time), time);
			break;
		}
		set_tz(NULL);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name, *zone;
	} rows[] = {
		{ "nothing", "" },
		{ "no such zone", "Europe/Atlantis" },
		{ "a folder", "Europe" },
		{ "a file that is no zone", "zone.tab" },
		{ "upwards", "../../../etc/localtime" },
		{ "upwards inside", "Europe/../UTC" },
		{ "absolute", "/usr/share/zoneinfo/UTC" },
		{ "POSIX rule", "CET-1CEST,M3.5.0,M10.5.0/3" },
		{ "POSIX rule of allowed letters", "XYZ+5" },
		{ "colon", ":Europe/Berlin" },
		{ "blank", "Europe/Berlin " },
		{ "newline", "UTC\n" },
		{ "offset without minutes", "+02" },
		{ "offset without colon", "+0200" },
		{ "offset hour 24", "+24:00" },
		{ "offset minute 60", "+01:60" },
		{ "offset with seconds", "+01:00:00" },
		{ "sign in an offset", "++1:00" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct zone *zone = NULL;
		struct err err = { ERR_NONE, "" };

		check_row(rows[i].name);
		CHECK_INT(zone_new(rows[i].zone, &zone, &err), -1);
		CHECK_INT(err.code, ERR_USAGE);
		CHECK(zone == NULL);
		CHECK(slice_starts_with(slice_text(err.text), SLICE("time zone '")));
	}
	zone_free(NULL);
}

static void test_tz_is_restored(void)
{
	AUTO_ZONE struct zone *zone = NULL;
	struct err err;

	set_tz("Asia/Tokyo");
	CHECK_OK(zone_new("Europe/Berlin", &zone, &err), &err);
	CHECK_TEXT(getenv("TZ"), "Asia/Tokyo");
	CHECK_INT(timezone, INT64_C(-9) * 3600);

	set_tz(NULL);
	zone_free(zone);
	zone = NULL;
	CHECK_OK(zone_new("Europe/Berlin", &zone, &err), &err);
	CHECK_TEXT(getenv("TZ"), NULL);
}

static void test_local(void)
{
	static const struct {
		const char *name, *tz;
		int32_t want;
	} rows[] = {
		{ "name", "Asia/Tokyo", 9 * 3600 },
		{ "POSIX rule", "XYZ-3:15", 3 * 3600 + 900 },
		{ "offset at its largest", "XYZ-24:59:59", 24 * 3600 + 59 * 60 + 59 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_ZONE struct zone *zone = NULL;
		struct civil noon = { 2026, 7, 1, 12, 0, 0, 0 };
		us_time as_utc = civil_to_utc(&noon);
		struct err err;

		check_row(rows[i].name);
		set_tz(rows[i].tz);
		CHECK_OK(zone_new("local", &zone, &err), &err);
		CHECK_INT(zone_offset_s(zone, as_utc), rows[i].want);
		CHECK_INT(as_utc - zone_to_utc(zone, &noon, US_TIME_NONE),
			  rows[i].want * US_PER_SECOND);
		CHECK_TEXT(zone_name(zone), "local");
		CHECK_TEXT(getenv("TZ"), rows[i].tz);
		set_tz(NULL);
	}
}

static void test_without_tzdata(void)
{
	AUTO_ZONE struct zone *zone = NULL;
	struct zone *none = NULL;
	struct err err;

	setenv("TZDIR", "/nonexistent", 1);
	CHECK_OK(zone_new("UTC", &zone, &err), &err);
	CHECK_INT(zone_new("Europe/Berlin", &none, &err), -1);
	CHECK_TEXT(err.text, "time zone 'Europe/Berlin': no such zone on this machine");
	unsetenv("TZDIR");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "civil time to instant", test_to_utc },
		{ "offset", test_offset },
		{ "against the C library", test_against_libc },
		{ "refused names", test_refused },
		{ "TZ is restored", test_tz_is_restored },
		{ "this machine's zone", test_local },
		{ "without tzdata", test_without_tzdata },
		{ NULL, NULL },
	};

	return check_run("base/zone", tests);
}
