/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/moment.h"

#include <stdio.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* systemd.time(7), "Parsing time spans". A month is 30.44 days there, a year 365.25. */
static const struct {
	const char *name;
	us_span length;
} units[] = {
	{ "us", 1 },
	{ "usec", 1 },
	{ "ms", 1000 },
	{ "msec", 1000 },
	{ "", US_PER_SECOND },
	{ "s", US_PER_SECOND },
	{ "sec", US_PER_SECOND },
	{ "second", US_PER_SECOND },
	{ "seconds", US_PER_SECOND },
	{ "m", US_PER_MINUTE },
	{ "min", US_PER_MINUTE },
	{ "minute", US_PER_MINUTE },
	{ "minutes", US_PER_MINUTE },
	{ "h", US_PER_HOUR },
	{ "hr", US_PER_HOUR },
	{ "hour", US_PER_HOUR },
	{ "hours", US_PER_HOUR },
	{ "d", US_PER_DAY },
	{ "day", US_PER_DAY },
	{ "days", US_PER_DAY },
	{ "w", 7 * US_PER_DAY },
	{ "week", 7 * US_PER_DAY },
	{ "weeks", 7 * US_PER_DAY },
	{ "M", US_PER_DAY / 100 * 3044 },
	{ "month", US_PER_DAY / 100 * 3044 },
	{ "months", US_PER_DAY / 100 * 3044 },
	{ "y", US_PER_DAY / 100 * 36525 },
	{ "year", US_PER_DAY / 100 * 36525 },
	{ "years", US_PER_DAY / 100 * 36525 },
};

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

static bool take_unit(struct slice *text, us_span *ret_length)
{
	size_t len = 0;

	while (len < text->len && is_letter(text->ptr[len]))
		len++;
	for (size_t i = 0; i < COUNT_OF(units); i++) {
		if (slice_equal(slice_first(*text, len), slice_text(units[i].name))) {
			*text = slice_skip(*text, len);
			*ret_length = units[i].length;
			return true;
		}
	}
	return false;
}

/* "1h", "1h 30min", "2 days" */
static bool read_span(struct slice text, us_span *ret_span)
{
	us_span sum = 0;

	do {
		uint64_t count;
		us_span length;

		if (!slice_take_number(&text, (uint64_t)US_TIME_MAX, &count))
			return false;
		text = slice_trim(text);
		if (!take_unit(&text, &length) ||
		    (us_span)count > (US_TIME_MAX - sum) / length)
			return false;
		sum += (us_span)count * length;
		text = slice_trim(text);
	} while (text.len);

	*ret_span = sum;
	return true;
}

/* "-1h", "+5min", "2 days ago", "5min left" */
static bool read_relative(struct slice text, us_time now, us_time *ret_time)
{
	bool is_past = true;
	us_span span;

	if (slice_take_prefix(&text, SLICE("+")))
		is_past = false;
	else if (slice_take_suffix(&text, SLICE(" left")))
		is_past = false;
	else if (!slice_take_prefix(&text, SLICE("-")) &&
		 !slice_take_suffix(&text, SLICE(" ago")))
		return false;
	if (!read_span(slice_trim(text), &span))
		return false;

	*ret_time = is_past ? now - span : now + span;
	return true;
}

/* "@1769594400", "@1769594400.5" */
static bool read_epoch(struct slice text, us_time *ret_time)
{
	uint64_t seconds;
	us_span scale = US_PER_SECOND / 10;
	us_time time;

	if (!slice_take_prefix(&text, SLICE("@")) ||
	    !slice_take_number(&text, (uint64_t)(US_TIME_MAX / US_PER_SECOND), &seconds))
		return false;
	time = (us_time)seconds * US_PER_SECOND;
	if (slice_take_prefix(&text, SLICE("."))) {
		for (; text.len; text = slice_skip(text, 1), scale /= 10) {
			if (text.ptr[0] < '0' || text.ptr[0] > '9')
				return false;
			time += (text.ptr[0] - '0') * scale;
		}
	}
	*ret_time = time;
	return text.len == 0;
}

/* Midnight of the day that is `days` after today. */
static us_time midnight(us_time now, int days, const struct zone *zone)
{
	us_time local =
		now + zone_offset_s(zone, now) * US_PER_SECOND + days * US_PER_DAY;
	struct civil civil;

	if (local < US_TIME_MIN)
		local = US_TIME_MIN;
	civil = civil_from_utc(local);
	civil.hour = 0;
	civil.minute = 0;
	civil.second = 0;
	civil.microsecond = 0;
	return zone_to_utc(zone, &civil, US_TIME_NONE);
}

static bool read_word(struct slice text, us_time now, const struct zone *zone,
		      us_time *ret_time)
{
	static const struct {
		const char *word;
		int days;
	} days[] = { { "yesterday", -1 }, { "today", 0 }, { "tomorrow", 1 } };

	if (slice_equal(text, SLICE("now"))) {
		*ret_time = now;
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(days); i++) {
		if (slice_equal(text, slice_text(days[i].word))) {
			*ret_time = midnight(now, days[i].days, zone);
			return true;
		}
	}
	return false;
}

static void drop_weekday(struct slice *text)
{
	static const char *const weekdays[] = {
		"Monday",   "Tuesday", "Wednesday", "Thursday", "Friday",
		"Saturday", "Sunday",  "Mon",	    "Tue",	"Wed",
		"Thu",	    "Fri",     "Sat",	    "Sun",
	};

	for (size_t i = 0; i < COUNT_OF(weekdays); i++) {
		struct slice rest = *text;

		if (slice_take_prefix(&rest, slice_text(weekdays[i])) && rest.len &&
		    (rest.ptr[0] == ' ' || rest.ptr[0] == ',')) {
			*text = slice_trim(slice_skip(rest, 1));
			return;
		}
	}
}

static bool take_two_digits(struct slice *text, int *ret_number)
{
	uint64_t number;

	if (!slice_number(slice_first(*text, 2), 99, &number) || text->len < 2)
		return false;
	*text = slice_skip(*text, 2);
	*ret_number = (int)number;
	return true;
}

/* "10:00", "10:00:30", "10:00:30.250" */
static bool take_clock(struct slice *text, struct civil *civil)
{
	struct slice rest = *text;
	us_span scale = US_PER_SECOND / 10;

	civil->second = 0;
	civil->microsecond = 0;
	if (!take_two_digits(&rest, &civil->hour) ||
	    !slice_take_prefix(&rest, SLICE(":")) ||
	    !take_two_digits(&rest, &civil->minute))
		return false;
	if (slice_take_prefix(&rest, SLICE(":"))) {
		if (!take_two_digits(&rest, &civil->second))
			return false;
		if (slice_take_prefix(&rest, SLICE("."))) {
			for (; rest.len && rest.ptr[0] >= '0' && rest.ptr[0] <= '9';
			     rest = slice_skip(rest, 1), scale /= 10)
				civil->microsecond += (int)((rest.ptr[0] - '0') * scale);
		}
	}
	*text = rest;
	return true;
}

/* "2026-01-28" */
static bool take_date(struct slice *text, struct civil *civil)
{
	struct slice rest = *text;
	uint64_t year;

	if (rest.len < 4 || !slice_number(slice_first(rest, 4), 9999, &year))
		return false;
	rest = slice_skip(rest, 4);
	civil->year = (int)year;
	if (!slice_take_prefix(&rest, SLICE("-")) ||
	    !take_two_digits(&rest, &civil->month) ||
	    !slice_take_prefix(&rest, SLICE("-")) || !take_two_digits(&rest, &civil->day))
		return false;
	*text = rest;
	return true;
}

/* The instant, in the zone the rest of the text names, or in `zone`. */
static bool in_zone(const struct civil *civil, struct slice rest, const struct zone *zone,
		    us_time *ret_time)
{
	AUTO_ZONE struct zone *named = NULL;
	struct err err;
	char name[64];

	if (rest.len) {
		if (!slice_take_prefix(&rest, SLICE(" ")) || rest.len == 0 ||
		    rest.len >= sizeof(name) || memchr(rest.ptr, '\0', rest.len))
			return false;
		memcpy(name, rest.ptr, rest.len);
		name[rest.len] = '\0';
		if (zone_new(name, &named, &err) < 0)
			return false;
	}
	*ret_time = zone_to_utc(named ? named : zone, civil, US_TIME_NONE);
	return true;
}

/* A date, a time of day, or both. */
static bool read_civil(struct slice text, us_time now, const struct zone *zone,
		       us_time *ret_time)
{
	us_time local = now + zone_offset_s(zone, now) * US_PER_SECOND;
	struct civil civil = civil_from_utc(local < US_TIME_MIN ? US_TIME_MIN : local);
	struct slice rest;

	if (take_date(&text, &civil)) {
		rest = text;
		civil.hour = 0;
		civil.minute = 0;
		civil.second = 0;
		civil.microsecond = 0;
		if (slice_take_prefix(&rest, SLICE(" ")) ||
		    slice_take_prefix(&rest, SLICE("T"))) {
			if (take_clock(&rest, &civil))
				text = rest;
		}
	} else if (!take_clock(&text, &civil)) {
		return false;
	}
	return civil_valid(&civil) && in_zone(&civil, text, zone, ret_time);
}

int moment_read(struct slice text, us_time now, const struct zone *zone,
		us_time *ret_time, struct err *err)
{
	struct slice rest = slice_trim(text);
	us_time time;

	drop_weekday(&rest);
	if (!time_from_rfc3339(rest, &time) && !read_word(rest, now, zone, &time) &&
	    !read_epoch(rest, &time) && !read_relative(rest, now, &time) &&
	    !read_civil(rest, now, zone, &time))
		return err_set(err, ERR_USAGE,
			       "'%.*s' is not a time: give it as '2026-01-28 10:00:00', "
			       "'2026-01-28T10:00:00Z', 'yesterday', 'now', '-1h' or "
			       "'@1769594400'",
			       SLICE_ARG(slice_first(text, 200)));
	if (time < US_TIME_MIN || time > US_TIME_MAX)
		return err_set(err, ERR_USAGE,
			       "'%.*s' is outside of the years 1970 to 9999",
			       SLICE_ARG(slice_first(text, 200)));
	*ret_time = time;
	return 0;
}

/* A zone's name may hold a '/': the one that parts the two leaves a moment on both sides.
 */
int moment_read_range(struct slice text, us_time now, const struct zone *zone,
		      us_time *ret_from, us_time *ret_until, struct err *err)
{
	us_time from, until;

	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] != '/' ||
		    moment_read(slice_first(text, i), now, zone, &from, err) < 0 ||
		    moment_read(slice_skip(text, i + 1), now, zone, &until, err) < 0)
			continue;
		if (from > until)
			return err_set(err, ERR_USAGE, "'%.*s' ends before it begins",
				       SLICE_ARG(slice_first(text, 200)));
		*ret_from = from;
		*ret_until = until;
		return 0;
	}
	return err_set(err, ERR_USAGE, "'%.*s' is not a time range: give it as FROM/TO",
		       SLICE_ARG(slice_first(text, 200)));
}
