/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judge: what a correlator may say about a login at a moment, from what the world knows
 * to be true and what has been fed so far. Written from the design, knowing nothing of
 * how the correlator finds its answers; where the design leaves something open, it allows
 * both.
 */
#include "tests/world/seen.h"

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
	uint32_t class_bits; /* 1 << enum log_class: where what it lacks is logged */
};

/* Before judging: who waits, and since when. `logins` are those that may. */
void judge_waiting(const struct world *world, struct seen *seen, const uint32_t *logins,
		   uint32_t count);

struct judgement judge(const struct world *world, const struct seen *seen,
		       uint32_t login);
