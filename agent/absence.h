/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Absence: a log that was followed and cannot be read any more, so that who logs in is
 * not seen. A short one is a rotation, a flush to disk, journald's return after its
 * journals were deleted; one of ABSENCE_MAX is a gap, told once, and what is covered
 * begins anew when the log is back. One that was never followed is nobody's loss. Not
 * kept across restarts. Reads no clock.
 *
 *   there --cannot be read--> away --so for ABSENCE_MAX, was followed--> told
 *     ^                         |                                          |
 *     +------- can be read -----+------------------------------------------+
 */
#include <stdbool.h>

#include "base/time.h"

#define ABSENCE_MAX US_PER_MINUTE

struct absence {
	us_time since; /* on CLOCK_BOOTTIME; US_TIME_NONE = all of it is there */
	bool was_told;
};

void absence_init(struct absence *absence);

/* The log cannot be read at `now`, on CLOCK_BOOTTIME. True once for each absence: when it
 * is to be told as a gap of the last `*ret_away`. `was_followed`: it was, at some time.
 */
bool absence_goes_on(struct absence *absence, us_time now, bool was_followed,
		     us_span *ret_away);

/* The log can be read. True when its absence was told, so that it is covered anew. */
bool absence_end(struct absence *absence);

/* Whether nothing is to be said of it any more: it is away, and that was told unless it
 * was never followed. */
bool absence_is_settled(const struct absence *absence, bool was_followed);
