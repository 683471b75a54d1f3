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

#include "base/hash.h"
#include "base/map.h"
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
void intervals_add_all(struct intervals *set, const struct intervals *others);
/* Takes out what is in `others`. */
void intervals_subtract(struct intervals *set, const struct intervals *others);
/* Leaves what is in both. */
void intervals_intersect(struct intervals *set, const struct intervals *others);
/* Whether all of from..until is in the set. */
bool intervals_cover(const struct intervals *set, us_time from, us_time until);
/* Whether any of from..until is in the set. */
bool intervals_touch(const struct intervals *set, us_time from, us_time until);
/* Drops those that end before this time, but for the last. */
void intervals_forget(struct intervals *set, us_time before);
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

/* What all the scopes that count have in common, in one class. */
struct joint_coverage {
	struct intervals covered; /* by every one of them, and without a hole in any */
	us_time reach; /* how far the slowest is proven, US_TIME_NONE = nothing is */
	us_time advanced_at; /* `now` of the slowest one's latest advance */
	bool is_lost; /* sight of one was said to be lost, and it has not advanced since
		       */
	bool is_refused;	 /* one was lost for a reason that needs no patience */
	enum reason lost_reason; /* what to call the loss of sight */
};

struct watermark {
	struct scope **scopes; /* owned, in the order first seen */
	size_t count, size;
	struct map map; /* of them, by account and region */
	struct hash_key hash_key;
	bool is_stale;	 /* `joint` is older than what it is made of */
	bool has_shrunk; /* what was covered may be so no more; cleared by who judges anew
			  */
	us_time shrunk_from, shrunk_until; /* where */
	struct joint_coverage joint[LOG_CLASS_COUNT];
	/* what is known of the host, borrowed from the correlator; empty = unknown */
	struct slice account, region;
};

void watermark_init(struct watermark *watermark, const struct hash_key *hash_key);
void watermark_release(struct watermark *watermark);

/* The host's account and region are known now, or others; both are borrowed. */
void watermark_identify(struct watermark *watermark, struct slice account,
			struct slice region);

/* A call of this account and region names this instance. */
void watermark_name(struct watermark *watermark, struct slice account,
		    struct slice region);

/* Whether the host's account and region are these; an empty region stands for any. Where
 * nothing is known of the host, those that name this instance are its own. */
bool watermark_is_ours(const struct watermark *watermark, struct slice account,
		       struct slice region);

/* Adds what is proven (or, `is_hole`, what never can be). Gives the classes, 1 << enum
 * log_class, in which something was filled that lay before the end of what was proven. */
uint32_t watermark_add(struct watermark *watermark, const struct progress *progress,
		       bool is_hole, us_time now);

/* Sight lost or back. */
void watermark_sight(struct watermark *watermark, const struct sight *sight);

/* Works out what the scopes have in common; to be called before any of the questions
 * below after a change. Costs nothing when nothing has changed. */
void watermark_refresh(struct watermark *watermark);

/* Forgets what is proven and what never can be before this time, and longer ago than
 * `keep` before the end of what is proven. */
void watermark_forget(struct watermark *watermark, us_time before, us_span keep);

/* Whether every class of `class_bits` is covered over all of from..until, in every scope
 * where the call could be. False when no such scope is known. */
bool watermark_covers(const struct watermark *watermark, uint32_t class_bits,
		      us_time from, us_time until);

/* The instant to which the slowest scope and class is proven; US_TIME_NONE = nothing is.
 */
us_time watermark_reach(const struct watermark *watermark, uint32_t class_bits);

/* Whether one of these classes is a log that may be switched off, and nothing of it was
 * read, though something of its cloud's others was. */
bool watermark_is_off(const struct watermark *watermark, uint32_t class_bits);
