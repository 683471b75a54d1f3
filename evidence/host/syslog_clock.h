/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The instants of traditional syslog lines, which say neither year nor zone: the year of
 * the first is given or put nearest to an anchor, and the order of the lines says the
 * rest. A month that falls by six or more is a new year; in the hour that happens twice,
 * time that goes back by more than a while is its second half. Anyone's line may bear any
 * month where the daemon keeps the sender's stamp, so a line that would be of the future
 * is taken for an older one and moves nothing.
 */
#include "base/time.h"
#include "base/zone.h"

struct syslog_clock {
	const struct zone *zone; /* borrowed */
	us_time anchor;
	us_time latest; /* no line is later, US_TIME_NONE = unknown */
	int year;	/* of the last line; 0 = no line yet and none given */
	int month;	/* of the last line, 0 = no line yet */
	us_time last;	/* the last line's instant, US_TIME_NONE = no line yet */
};

/* `year` 0 (or out of 1970 to 9999) = nearest to `anchor` (US_TIME_NONE: 1970). `latest`
 * is when the log was last written to, US_TIME_NONE = unknown; it is not believed when
 * the first line is later. */
void syslog_clock_init(struct syslog_clock *clock, const struct zone *zone, int year,
		       us_time anchor, us_time latest);

/* The instant of the next line, `civil` being what time_take_rfc3164() gave. It may be
 * *ret_uncertainty later when the hour happens twice and the order does not tell. */
us_time syslog_clock_follow(struct syslog_clock *clock, const struct civil *civil,
			    us_span *ret_uncertainty);
