/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/hours.h"

#include "base/cleanup.h"
#include "base/memory.h"

#define DAYS 7
#define EVERY_DAY ((1u << DAYS) - 1)
#define MINUTES_PER_DAY 1440

static const char *const day_names[DAYS] = {
	"mon", "tue", "wed", "thu", "fri", "sat", "sun",
};

/* ---- zones
 * ------------------------------------------------------------------------------- */

int zones_find(struct zones *zones, struct slice name, const struct zone **ret_zone,
	       struct err *err)
{
	AUTO_FREE char *text = memory_copy_text(slice_first(name, 64));
	struct zone *zone;

	for (size_t i = 0; i < zones->count; i++) {
		if (slice_equal(name, slice_text(zone_name(zones->items[i])))) {
			*ret_zone = zones->items[i];
			return 0;
		}
	}
	if (zones->count == LIMIT_POLICY_ZONES)
		return err_set(err, ERR_LIMIT, "more than %zu time zones",
			       LIMIT_POLICY_ZONES);
	if (zone_new(text, &zone, err) < 0)
		return err_set(err, ERR_FORMAT,
			       "'%s' is no time zone: allowed are UTC, local, names as "
			       "Europe/Berlin, and offsets as +02:00",
			       text);
	zones->items[zones->count++] = zone;
	*ret_zone = zone;
	return 0;
}

void zones_release(struct zones *zones)
{
	for (size_t i = 0; i < zones->count; i++)
		zone_free(zones->items[i]);
	zones->count = 0;
}

/* ---- reading
 * ----------------------------------------------------------------------------- */

static int find_day(struct slice name)
{
	for (int day = 0; day < DAYS; day++) {
		if (slice_equal_ignoring_case(name, slice_text(day_names[day])))
			return day;
	}
	return -1;
}

/* "mon", "mon-fri"; "sat-mon" goes over the week's end. */
static bool read_day_range(struct slice text, unsigned *days)
{
	struct slice first = text, last = text;
	int from, until;

	if (slice_take_until(&last, '-', &first) && last.len == 0)
		return false;
	from = find_day(first);
	until = find_day(last);
	if (from < 0 || until < 0)
		return false;
	for (int day = from; day != until; day = (day + 1) % DAYS)
		*days |= 1u << day;
	*days |= 1u << until;
	return true;
}

/* "mon-thu,sat", without blanks. */
static bool read_days(struct slice text, unsigned *ret_days)
{
	unsigned days = 0;
	struct slice one;

	while (slice_take_until(&text, ',', &one)) {
		if (!read_day_range(one, &days))
			return false;
	}
	if (!read_day_range(text, &days))
		return false;
	*ret_days = days;
	return true;
}

static bool read_clock(struct slice text, int *ret_minutes)
{
	uint64_t hour, minute;

	if (text.len != 5 || text.ptr[2] != ':' ||
	    !slice_number(slice_first(text, 2), 24, &hour) ||
	    !slice_number(slice_skip(text, 3), 59, &minute) ||
	    hour * 60 + minute > MINUTES_PER_DAY)
		return false;
	*ret_minutes = (int)(hour * 60 + minute);
	return true;
}

static bool read_clocks(struct slice text, struct hours *hours)
{
	struct slice from;

	return slice_take_until(&text, '-', &from) && read_clock(from, &hours->from) &&
	       read_clock(text, &hours->until) && hours->from != hours->until &&
	       hours->from < MINUTES_PER_DAY;
}

static struct slice take_word(struct slice *text)
{
	struct slice trimmed = slice_trim(*text), word = trimmed;

	for (size_t i = 0; i < trimmed.len; i++) {
		if (trimmed.ptr[i] == ' ' || trimmed.ptr[i] == '\t') {
			word = slice_first(trimmed, i);
			break;
		}
	}
	*text = slice_skip(trimmed, word.len);
	return word;
}

int hours_read(struct slice text, struct zones *zones, struct hours *ret_hours,
	       struct err *err)
{
	struct hours hours = { .days = EVERY_DAY };
	struct slice rest = slice_trim(text), word, zone;

	hours.excludes = slice_take_prefix(&rest, SLICE("!"));
	word = take_word(&rest);
	if (read_days(word, &hours.days))
		word = take_word(&rest);
	zone = take_word(&rest);
	if (!read_clocks(word, &hours) || slice_trim(rest).len)
		return err_set(
			err, ERR_FORMAT,
			"'%.*s' are no hours: allowed is DAYS hh:mm-hh:mm ZONE as "
			"'mon-fri,sun 07:00-19:00 Europe/Berlin', with ';' between "
			"several",
			SLICE_ARG(slice_first(slice_trim(text), 64)));
	if (zones_find(zones, zone.len ? zone : SLICE("UTC"), &hours.zone, err) < 0)
		return -1;
	*ret_hours = hours;
	return 0;
}

/* ---- asking
 * ------------------------------------------------------------------------------ */

static bool has_day(const struct hours *hours, int64_t day)
{
	/* 1970-01-01 was a Thursday, the fourth from Monday. */
	return hours->days >> ((day + 3) % DAYS) & 1;
}

bool hours_have(const struct hours *hours, us_time time)
{
	int64_t local_s, day;
	int minute;

	if (time < US_TIME_MIN || time > US_TIME_MAX)
		return false;
	/* A week later, so that nothing is before 1970. */
	local_s = time / US_PER_SECOND + zone_offset_s(hours->zone, time) +
		  (int64_t)DAYS * 86400;
	day = local_s / 86400;
	minute = (int)(local_s % 86400 / 60);
	if (hours->from < hours->until)
		return has_day(hours, day) && minute >= hours->from &&
		       minute < hours->until;
	return (has_day(hours, day) && minute >= hours->from) ||
	       (has_day(hours, day - 1) && minute < hours->until);
}

static void append_clock(struct buf *buf, int minutes)
{
	buf_append_format(buf, "%02d:%02d", minutes / 60, minutes % 60);
}

void hours_append(const struct hours *hours, struct buf *buf)
{
	const char *comma = "";

	buf_append_text(buf, hours->excludes ? "!" : "");
	for (int day = 0; day < DAYS && hours->days != EVERY_DAY; day++) {
		if (hours->days >> day & 1) {
			buf_append_format(buf, "%s%s", comma, day_names[day]);
			comma = ",";
		}
	}
	buf_append_text(buf, *comma ? " " : "");
	append_clock(buf, hours->from);
	buf_append_byte(buf, '-');
	append_clock(buf, hours->until);
	buf_append_format(buf, " %s", zone_name(hours->zone));
}
