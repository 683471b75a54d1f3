/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A time zone as a table of offset changes, read once through the C library and pure from
 * then on: civil time to instants and back, also in the hour that happens twice.
 */
#include "base/err.h"
#include "base/time.h"

struct zone;

/* Reads the zone: "UTC", "local" (this machine's), or a name of the tz database such as
 * "Europe/Berlin", or a fixed offset "+02:00". Fails on an unknown name. Changes TZ while
 * it works and restores it: not for use beside threads. The caller owns the result. */
int zone_new(const char *name, struct zone **ret_zone, struct err *err)
	__attribute__((warn_unused_result));
void zone_free(struct zone *zone);

#define AUTO_ZONE __attribute__((cleanup(zone_cleanup)))
void zone_cleanup(struct zone **zone);

/* The name it was made with. */
const char *zone_name(const struct zone *zone);

/* Offset of local time from UTC at an instant, in seconds east. After 2100 the last one
 * stays. */
int32_t zone_offset_s(const struct zone *zone, us_time time);

/* The instant of a valid civil time. In the hour that happens twice the first instant
 * that is not before `not_before` (US_TIME_NONE: the earlier of the two); in the hour
 * that does not happen, as if the change had come after it. Kept within US_TIME_MIN and
 * US_TIME_MAX. */
us_time zone_to_utc(const struct zone *zone, const struct civil *civil,
		    us_time not_before);
