/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Watermark: how far, and from when on, the control plane's log is proven read, so that
 * absence can be told from lateness. Kept per scope (account and region) and log class,
 * as intervals of event time. A login's absence counts only where every scope its call
 * could be in covers the whole window.
 *
 *   SEEING --no progress for blind_after while a login waits, or refused--> BLIND
 *   BLIND --an advance of what is proven, or sight back--> SEEING
 *
 * Time comes in as an argument; nothing here reads a clock.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/slice.h"
#include "correlator/event.h"

/* A set of instants, as sorted intervals with both ends included. */
struct interval {
	us_time from, until;
};

struct intervals {
	struct interval *items;
	size_t count, size;
};

/* True when it added anything but time after the set's end: it filled what was missing.
 */
bool intervals_add(struct intervals *set, us_time from, us_time until);
/* Whether all of from..until is in the set. */
bool intervals_cover(const struct intervals *set, us_time from, us_time until);
/* Whether any of from..until is in the set. */
bool intervals_touch(const struct intervals *set, us_time from, us_time until);
/* The last instant in the set, US_TIME_NONE when it is empty. */
us_time intervals_end(const struct intervals *set);
void intervals_release(struct intervals *set);

struct class_coverage {
	struct intervals covered;
	struct intervals holes;
	us_time advanced_at; /* `now` of its latest advance, US_TIME_NONE = never */
	bool is_lost;	     /* sight was said to be lost */
	enum reason lost_reason;
};

struct scope {
	char *account;	     /* "" = every account: what is said of it holds for each */
	char *region;	     /* "" = every region, likewise */
	bool names_instance; /* a call of this scope named this instance */
	struct class_coverage classes[LOG_CLASS_COUNT];
};

struct watermark {
	struct scope *scopes;
	size_t count, size;
	size_t general_count; /* of them, those of every account or every region */
	bool has_shrunk; /* what was covered may be so no more; cleared by who judges anew
			  */
	/* what is known of the host, borrowed from the correlator; empty = unknown */
	struct slice account, region;
};

void watermark_release(struct watermark *watermark);

/* The scope of this account and region; made when new. */
struct scope *watermark_scope(struct watermark *watermark, struct slice account,
			      struct slice region);

/* Adds what is proven (or, `is_hole`, what never can be). Gives the classes, 1 << enum
 * log_class, in which something was filled that lay before the end of what was proven. */
uint32_t watermark_add(struct watermark *watermark, const struct progress *progress,
		       bool is_hole, us_time now);

/* Sight lost or back. */
void watermark_sight(struct watermark *watermark, const struct sight *sight);

/* Whether every class of `class_bits` is covered over all of from..until, in every scope
 * where the call could be. False when no such scope is known. */
bool watermark_covers(const struct watermark *watermark, uint32_t class_bits,
		      us_time from, us_time until);

/* The instant to which the slowest scope and class is proven; US_TIME_NONE = nothing is.
 */
us_time watermark_reach(const struct watermark *watermark, uint32_t class_bits);

/* Whether a scope has lost the class's sight for a reason that needs no patience
 * (no-credentials, api-denied, log-class-disabled); otherwise `*ret_advanced_at` is the
 * earliest of the scopes' latest advances (US_TIME_NONE = some never), and `*ret_reason`
 * what to call its loss. */
bool watermark_is_refused(const struct watermark *watermark, enum log_class log_class,
			  us_time *ret_advanced_at, enum reason *ret_reason);
