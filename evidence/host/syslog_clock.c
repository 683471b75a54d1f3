/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/syslog_clock.h"

#define MONTHS_OF_A_NEW_YEAR 6

/* Lines of several processes may be that much out of order. */
#define DISORDER US_PER_MINUTE

/* Nobody logs the future: a year that puts the line further past the anchor is not meant.
 */
#define FUTURE (184 * US_PER_DAY)

/* How much later than the log's last change a line may be: zones, and clocks of others.
 */
#define LATER (2 * US_PER_DAY)

/* Leap years are at most eight years apart (around 2100). */
#define YEARS_TO_LOOK_AT 8

void syslog_clock_init(struct syslog_clock *clock, const struct zone *zone, int year,
		       us_time anchor, us_time latest)
{
	*clock = (struct syslog_clock){
		.zone = zone,
		.anchor = anchor == US_TIME_NONE ? US_TIME_MIN : anchor,
		.latest = latest,
		.year = year < 1970 || year > 9999 ? 0 : year,
		.last = US_TIME_NONE,
	};
}

static us_time in_year(const struct syslog_clock *clock, const struct civil *civil,
		       int year, us_time not_before)
{
	struct civil whole = *civil;

	whole.year = year;
	/* A 29 February that the year has not: the day after the 28th. */
	if (!civil_valid(&whole)) {
		whole.month = 3;
		whole.day = 1;
	}
	return zone_to_utc(clock->zone, &whole, not_before);
}

static us_span distance(us_time a, us_time b)
{
	return a < b ? b - a : a - b;
}

static int nearest_year(const struct syslog_clock *clock, const struct civil *civil)
{
	int middle = civil_from_utc(clock->anchor).year;
	int best = middle;
	us_span best_distance = INT64_MAX;

	for (int year = middle - YEARS_TO_LOOK_AT; year <= middle + YEARS_TO_LOOK_AT;
	     year++) {
		struct civil whole = *civil;
		us_time time;

		whole.year = year;
		if (!civil_valid(&whole))
			continue;
		time = zone_to_utc(clock->zone, &whole, US_TIME_NONE);
		if (time <= clock->anchor + FUTURE &&
		    distance(time, clock->anchor) < best_distance) {
			best_distance = distance(time, clock->anchor);
			best = year;
		}
	}
	return best;
}

/* A line of the last days of December behind one of January: late, not eleven months on.
 */
static bool is_late_from_last_year(const struct syslog_clock *clock,
				   const struct civil *civil)
{
	return clock->month == 1 && civil->month == 12 && clock->year > 1970 &&
	       distance(in_year(clock, civil, clock->year - 1, US_TIME_NONE),
			clock->last) < DISORDER;
}

static bool is_too_late(const struct syslog_clock *clock, us_time time)
{
	return clock->latest != US_TIME_NONE && time > clock->latest + LATER;
}

us_time syslog_clock_follow(struct syslog_clock *clock, const struct civil *civil,
			    us_span *ret_uncertainty)
{
	us_time not_before, first, time;
	int year = clock->year;

	*ret_uncertainty = 0;
	if (is_late_from_last_year(clock, civil))
		return in_year(clock, civil, clock->year - 1, US_TIME_NONE);
	if (year == 0)
		year = nearest_year(clock, civil);
	else if (clock->month - civil->month >= MONTHS_OF_A_NEW_YEAR && year < 9999)
		year++;

	first = in_year(clock, civil, year, US_TIME_NONE);
	if (is_too_late(clock, first)) {
		if (clock->last != US_TIME_NONE && year > 1970)
			return in_year(clock, civil, year - 1, US_TIME_NONE);
		clock->latest = US_TIME_NONE;
	}
	not_before = clock->last == US_TIME_NONE ? US_TIME_NONE : clock->last - DISORDER;
	time = in_year(clock, civil, year, not_before);
	if (time == first)
		*ret_uncertainty = in_year(clock, civil, year, first + 1) - first;
	clock->year = year;
	clock->month = civil->month;
	clock->last = time;
	return time;
}
