/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Hours of the week: "mon-fri 07:00-19:00 Europe/Berlin", and whether an instant is
 * within them. A range that ends before it begins goes over midnight, and its
 * days are those it begins on. Days and hours are those of the range's own zone, whatever
 * its clocks do.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/time.h"
#include "base/zone.h"

/* The zones of a policy, each read once. */
struct zones {
	struct zone *items[LIMIT_POLICY_ZONES]; /* owned */
	size_t count;
};

/* Borrowed from `zones`. */
int zones_find(struct zones *zones, struct slice name, const struct zone **ret_zone,
	       struct err *err) __attribute__((warn_unused_result));
void zones_release(struct zones *zones);

struct hours {
	bool excludes;
	unsigned days;		 /* 1 << day, Monday is 0 */
	int from, until;	 /* minutes of the day, 0 to 1440; `until` is excluded */
	const struct zone *zone; /* borrowed */
};

/* Reads one range: [!][DAYS] hh:mm-hh:mm [ZONE]. Without days it is every day, without a
 * zone UTC. */
int hours_read(struct slice text, struct zones *zones, struct hours *ret_hours,
	       struct err *err) __attribute__((warn_unused_result));

/* Whether the instant is within the range, whether or not this excludes. */
bool hours_have(const struct hours *hours, us_time time);

/* Appends the range as hours_read() takes it. */
void hours_append(const struct hours *hours, struct buf *buf);
