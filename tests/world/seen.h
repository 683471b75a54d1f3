/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Seen: what a correlator has been fed so far, as far as a judge must know it: calls,
 * logins, and how well each log class of the control plane can be seen. Where the design
 * leaves open what counts, the answer is "perhaps".
 */
#include "tests/world/world.h"

#define SEEN_HOLES_MAX 32

/* What has been fed about one log class. Times on `now` say so; US_TIME_NONE = never. */
struct seen_class {
	us_time proven_until; /* event time */
	us_time advanced_at;  /* on `now` */
	us_time back_at;      /* on `now`, when sight was said to be back */
	bool is_lost, is_refused;
	uint64_t lost_reasons; /* 1 << enum reason: those said since the latest advance */
	bool may_be_blind;     /* was, since the latest advance */
	struct {
		us_time from, until;
	} holes[SEEN_HOLES_MAX];
	uint32_t hole_count;
	/* on `now`, since when the oldest login has surely, and perhaps, been waiting */
	us_time waiting_since, perhaps_waiting_since;
};

struct seen {
	us_time now;
	struct seen_class classes[WORLD_CLASS_COUNT];
	bool calls[WORLD_CALLS_MAX];
	us_time logins[WORLD_LOGINS_MAX]; /* on `now`, when each was fed first */
	us_time waits[WORLD_LOGINS_MAX];  /* since when each has surely been waiting */
	bool ports[WORLD_LOGINS_MAX];	  /* known to be a port session */
};

enum certainty {
	CERTAINLY_NOT,
	PERHAPS,
	CERTAINLY,
};

enum certainty seen_worst(enum certainty a, enum certainty b);

/* Nothing has been fed. */
void seen_init(struct seen *seen);

/* Whether sight of the class is surely, and perhaps, lost now; and why it may be: what
 * was said about it, before or after it was lost. */
bool seen_is_blind(const struct world *world, const struct seen_class *sight,
		   us_time now);
bool seen_may_be_blind(const struct world *world, const struct seen_class *sight,
		       us_time now);
uint64_t seen_blind_reasons(const struct seen_class *sight);

/* Whether the door's log classes are proven to `after` past the door's time. */
enum certainty seen_is_past(const struct seen *seen, const struct door *door,
			    us_span after);

/* Whether the door's whole window was read, as far as it was read at all. */
enum certainty seen_is_window_read(const struct world *world, const struct seen *seen,
				   const struct door *door);
