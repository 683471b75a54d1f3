/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judge: what a correlator may say about a login at a moment, from what the world knows
 * to be true and what has been fed so far. Written from the design, knowing nothing of
 * how the correlator finds its answers; where the design leaves something open, it allows
 * both.
 */
#include "tests/world/world.h"

#define JUDGE_HOLES_MAX 32

/* What has been fed about one log class of the control plane. */
struct seen_class {
	us_time proven_until; /* US_TIME_NONE = nothing yet */
	us_time advanced_at;  /* on `now`; US_TIME_NONE = never */
	us_time back_at; /* on `now`, when sight was said to be back; US_TIME_NONE = never
			  */
	bool is_lost, is_refused;
	uint64_t lost_reasons; /* 1 << enum reason: those said since the latest advance */
	bool may_be_blind;     /* was, since the latest advance */
	struct {
		us_time from, until;
	} holes[JUDGE_HOLES_MAX];
	uint32_t hole_count;
	/* `now` since when the oldest login has surely, and perhaps, been waiting */
	us_time waiting_since, perhaps_waiting_since;
};

struct seen {
	us_time now;
	struct seen_class classes[LOG_CLASS_COUNT];
	bool calls[WORLD_CALLS_MAX];
	us_time logins[WORLD_LOGINS_MAX]; /* `now` when each was fed, US_TIME_NONE = not
					     yet */
	bool ports[WORLD_LOGINS_MAX];	  /* known to be a port session */
};

enum outcome {
	OUTCOME_NOT_JUDGED,
	OUTCOME_AUTHORIZED,
	OUTCOME_PENDING,
	OUTCOME_UNVERIFIABLE,
	OUTCOME_PROVISIONAL, /* unauthorized */
	OUTCOME_FINAL,
	OUTCOME_COUNT
};

const char *outcome_word(enum outcome outcome);

struct judgement {
	uint32_t outcomes; /* 1 << enum outcome: what may be said */
	uint64_t blames;   /* 1 << enum reason: of an unauthorized login, one of these */
	uint64_t doubts;   /* of an unverifiable one */
	uint32_t doors;	   /* 1 << index: those that it is known to have come through */
	uint32_t class_bits; /* 1 << enum log_class: where the calls that it lacks are
				logged */
};

/* Nothing has been fed. */
void seen_init(struct seen *seen);

/* Before judging: who waits, and since when. `logins` are the indices of those that may.
 */
void judge_waiting(const struct world *world, struct seen *seen, const uint32_t *logins,
		   uint32_t count);

struct judgement judge(const struct world *world, const struct seen *seen,
		       uint32_t login);

/* Whether sight of the class is surely, and perhaps, lost now. */
bool seen_is_blind(const struct world *world, const struct seen_class *sight,
		   us_time now);
bool seen_may_be_blind(const struct world *world, const struct seen_class *sight,
		       us_time now);
