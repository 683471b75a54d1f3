/* SPDX-License-Identifier: Apache-2.0 */
#include "base/zone.h"

#include <assert.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

#define FOLDER_OF_ZONES "/usr/share/zoneinfo"

static_assert(sizeof(time_t) >= 8, "zones are walked past 2038");

/* The years that are walked: before 1970 there are no instants, and after 2100 the last
 * offset stays. */
#define WALK_FROM_S ((int64_t)0)
#define WALK_TO_S ((int64_t)4102444800)

/* Changes may be a week apart: Gaza's summer time is interrupted for Ramadan. Two within
 * a day that undo each other are not known from any zone. */
#define WALK_STEP_S ((int64_t)86400)

/* POSIX allows offsets up to 24:59:59. */
#define OFFSET_LIMIT (25 * US_PER_HOUR)

struct change {
	us_time from; /* the offset holds from here until the next change */
	int32_t offset_s;
};

struct zone {
	char *name;
	struct change *changes; /* in order; the first is from INT64_MIN */
	size_t count;
};

static void zone_add(struct zone *zone, us_time from, int32_t offset_s)
{
	zone->changes =
		memory_resize(zone->changes, zone->count + 1, sizeof(*zone->changes));
	zone->changes[zone->count++] =
		(struct change){ .from = from, .offset_s = offset_s };
}

/* "+hh:mm" or "-hh:mm" */
static bool offset_from_name(const char *name, int32_t *ret_offset_s)
{
	struct slice rest = slice_text(name);
	uint64_t hours, minutes;

	if (rest.len != 6 || (name[0] != '+' && name[0] != '-') || name[3] != ':')
		return false;
	if (!slice_number(slice_of(name + 1, 2), 23, &hours) ||
	    !slice_number(slice_of(name + 4, 2), 59, &minutes))
		return false;
	*ret_offset_s = (int32_t)(hours * 3600 + minutes * 60);
	if (name[0] == '-')
		*ret_offset_s = -*ret_offset_s;
	return true;
}

/* A name that stays below the folder of zones. */
static bool name_is_safe(const char *name)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_+-/";

	return name[0] != '\0' && name[0] != '/' && name[strspn(name, allowed)] == '\0';
}

/* Whether the C library would find a file of zone data (RFC 8536) under this name: for
 * any other name it silently takes UTC. */
static bool zone_exists(const char *name)
{
	const char *folder = getenv("TZDIR");
	AUTO_BUF struct buf path = BUF_LIMIT(PATH_MAX);
	AUTO_FCLOSE FILE *file = NULL;
	char magic[4];

	if (!folder || !folder[0])
		folder = FOLDER_OF_ZONES;
	if (!buf_append_format(&path, "%s/%s", folder, name))
		return false;
	file = fopen(buf_text(&path), "rbe");
	return file && fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
	       memcmp(magic, "TZif", sizeof(magic)) == 0;
}

static int32_t libc_offset_s(int64_t second)
{
	time_t time = (time_t)second;
	struct tm tm;

	return localtime_r(&time, &tm) ? (int32_t)tm.tm_gmtoff : 0;
}

/* The first second after `before` with another offset; `after` is one that has. */
static int64_t find_change(int64_t before, int64_t after, int32_t offset_s)
{
	while (after - before > 1) {
		int64_t middle = before + (after - before) / 2;

		if (libc_offset_s(middle) == offset_s)
			before = middle;
		else
			after = middle;
	}
	return after;
}

/* Reads the zone that TZ names now. */
static int walk(struct zone *zone, struct err *err)
{
	int32_t offset_s = libc_offset_s(WALK_FROM_S);
	int64_t second = WALK_FROM_S;

	zone_add(zone, INT64_MIN, offset_s);
	while (second < WALK_TO_S) {
		int64_t next = second + WALK_STEP_S;

		if (libc_offset_s(next) != offset_s) {
			if (zone->count >= LIMIT_ZONE_CHANGES)
				return err_set(err, ERR_LIMIT,
					       "more than %d offset changes",
					       LIMIT_ZONE_CHANGES);
			next = find_change(second, next, offset_s);
			offset_s = libc_offset_s(next);
			zone_add(zone, next * US_PER_SECOND, offset_s);
		}
		second = next;
	}
	return 0;
}

/* NULL removes it. */
static void set_tz(const char *value)
{
	if (value)
		setenv("TZ", value, 1);
	else
		unsetenv("TZ");
	tzset();
}

static int walk_named(struct zone *zone, const char *name, struct err *err)
{
	const char *now = getenv("TZ");
	AUTO_FREE char *saved = now ? memory_copy_text(slice_text(now)) : NULL;
	int result;

	/* The colon: never a POSIX rule, only a file. */
	AUTO_BUF struct buf value = BUF_LIMIT(PATH_MAX);
	if (!buf_append_format(&value, ":%s", name))
		return err_set(err, ERR_USAGE, "name too long");

	set_tz(buf_text(&value));
	result = walk(zone, err);
	set_tz(saved);
	return result;
}

static int zone_read(struct zone *zone, const char *name, struct err *err)
{
	int32_t offset_s;

	if (strcmp(name, "UTC") == 0) {
		zone_add(zone, INT64_MIN, 0);
		return 0;
	}
	if (strcmp(name, "local") == 0) {
		tzset();
		return walk(zone, err);
	}
	if (offset_from_name(name, &offset_s)) {
		zone_add(zone, INT64_MIN, offset_s);
		return 0;
	}
	if (!name_is_safe(name))
		return err_set(err, ERR_USAGE, "not a name of the tz database");
	if (!zone_exists(name))
		return err_set(err, ERR_USAGE, "no such zone on this machine");
	return walk_named(zone, name, err);
}

int zone_new(const char *name, struct zone **ret_zone, struct err *err)
{
	AUTO_ZONE struct zone *zone = memory_new(1, sizeof(*zone));

	if (zone_read(zone, name, err) < 0)
		return err_add(err, "time zone '%s'", name);
	zone->name = memory_copy_text(slice_text(name));
	*ret_zone = TAKE(zone);
	return 0;
}

void zone_free(struct zone *zone)
{
	if (!zone)
		return;
	free(zone->changes);
	free(zone->name);
	free(zone);
}

void zone_cleanup(struct zone **zone)
{
	zone_free(*zone);
}

const char *zone_name(const struct zone *zone)
{
	return zone->name;
}

/* The change in force at an instant. */
static size_t change_at(const struct zone *zone, us_time time)
{
	size_t first = 0, last = zone->count - 1;

	while (first < last) {
		size_t middle = last - (last - first) / 2;

		if (zone->changes[middle].from <= time)
			first = middle;
		else
			last = middle - 1;
	}
	return first;
}

int32_t zone_offset_s(const struct zone *zone, us_time time)
{
	return zone->changes[change_at(zone, time)].offset_s;
}

static us_time in_range(us_time time)
{
	return time < US_TIME_MIN ? US_TIME_MIN : time > US_TIME_MAX ? US_TIME_MAX : time;
}

us_time zone_to_utc(const struct zone *zone, const struct civil *civil,
		    us_time not_before)
{
	us_time as_utc = civil_to_utc(civil);
	size_t first = change_at(zone, as_utc - OFFSET_LIMIT);
	size_t last = change_at(zone, as_utc + OFFSET_LIMIT);
	us_time found = US_TIME_NONE;
	us_time in_gap = US_TIME_NONE;

	for (size_t i = first; i <= last; i++) {
		us_time time = as_utc - zone->changes[i].offset_s * US_PER_SECOND;
		bool begun = time >= zone->changes[i].from;
		bool ended = i < last && time >= zone->changes[i + 1].from;

		if (begun && !ended) {
			found = time;
			if (time >= not_before)
				break;
		}
		/* Neither in this offset any more nor in the next one yet: the earliest
		 * such is the one to read the clock that was not put forward by. */
		if (begun && ended &&
		    as_utc - zone->changes[i + 1].offset_s * US_PER_SECOND <
			    zone->changes[i + 1].from)
			in_gap = time;
	}
	return in_range(found != US_TIME_NONE ? found : in_gap);
}
