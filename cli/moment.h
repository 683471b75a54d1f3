/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Moments as journalctl takes them (systemd.time(7)): "2026-01-28 10:00:00",
 * "2026-01-28", "10:00", "now", "today", "yesterday", "tomorrow", "-1h", "+5min", "2 days
 * ago", "@1769594400", each with an optional weekday in front or zone behind where that
 * makes sense, and RFC 3339.
 */
#include "base/err.h"
#include "base/zone.h"

/* Reads the whole text. `now` is what relative moments count from, `zone` that of texts
 * which name none. */
int moment_read(struct slice text, us_time now, const struct zone *zone,
		us_time *ret_time, struct err *err) __attribute__((warn_unused_result));

/* "FROM/TO", two moments, the first not after the second. */
int moment_read_range(struct slice text, us_time now, const struct zone *zone,
		      us_time *ret_from, us_time *ret_until, struct err *err)
	__attribute__((warn_unused_result));
