/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Instants and durations, in microseconds since 1970-01-01T00:00:00Z, and their texts.
 * Nothing here reads a clock. Leap seconds (":60") are read as the next second.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

typedef int64_t us_time; /* an instant, UTC */
typedef int64_t us_span; /* a duration */

#define US_PER_SECOND ((us_span)1000000)
#define US_PER_MINUTE (60 * US_PER_SECOND)
#define US_PER_HOUR (60 * US_PER_MINUTE)
#define US_PER_DAY (24 * US_PER_HOUR)

/* No instant: unknown, not set. */
#define US_TIME_NONE INT64_MIN

/* The instants this program handles: years 1970 to 9999. */
#define US_TIME_MIN ((us_time)0)
#define US_TIME_MAX ((us_time)253402300799999999)

/* A time as people write it, without a zone. */
struct civil {
	int year;   /* 1970 to 9999 */
	int month;  /* 1 to 12 */
	int day;    /* 1 to what the month has */
	int hour;   /* 0 to 23 */
	int minute; /* 0 to 59 */
	int second; /* 0 to 60 */
	int microsecond;
};

/* Whether every field is in its range, 29 February only where it exists. */
bool civil_valid(const struct civil *civil);

/* The instant `civil` names in UTC. `civil` must be valid. */
us_time civil_to_utc(const struct civil *civil);

/* The civil time of an instant in UTC. `time` is within US_TIME_MIN and US_TIME_MAX. */
struct civil civil_from_utc(us_time time);

/* "Jan" to "Dec" to 1 to 12; 0 when it is none of them. */
int month_from_name(struct slice name);

/* Consumes an RFC 3339 time: date, 'T', 't' or ' ', time, optional fraction of 1 to 9
 * digits (cut to microseconds), then 'Z', 'z', '+hh:mm', '-hh:mm' or '+hhmm'. False, and
 * nothing consumed, for anything else, an impossible date, or years outside 1970 to 9999.
 */
bool time_take_rfc3339(struct slice *text, us_time *ret_time);

/* The whole slice as RFC 3339. */
bool time_from_rfc3339(struct slice text, us_time *ret_time);

/* Consumes "YYYY-MM-DD hh:mm:ss" with an optional ".f" of 1 to 9 digits, without a zone.
 */
bool time_take_civil(struct slice *text, struct civil *ret_civil);

/* Consumes the head of a traditional syslog line, "Jan  2 03:04:05" (RFC 3164
 * section 4.1.2); year is 0 and left to the caller. The day may be "2", " 2" or "02". 29
 * February is accepted: whether the year has one is the caller's to check once the year
 * is known. */
bool time_take_rfc3164(struct slice *text, struct civil *ret_civil);

#define TIME_TEXT_BYTES 32

/* "2026-01-28T09:59:55.953406Z"; without a fraction when it is zero. Returns `text`. An
 * instant out of range is written as the nearest in range. */
const char *time_to_rfc3339(us_time time, char text[TIME_TEXT_BYTES]);

/* A duration as people say it: "8s", "2min", "1h 5min", "3d 2h"; at most two units.
 * Returns `text`. Negative ones get a leading '-'. */
const char *span_to_text(us_span span, char text[TIME_TEXT_BYTES]);

/* The whole slice as a duration: digits and a unit of us, ms, s, min, h, d, w, with
 * several parts allowed ("1h30min", "1h 30min"). False without a unit or past 1000 years.
 */
bool span_from_text(struct slice text, us_span *ret_span);
