/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Counts over all worlds: that every story and every turn of fate really occurred.
 */
#include "tests/world/judge.h"
#include "tests/world/told.h"

enum turn {
#define TURN(constant, text) constant,
#include "tests/world/turns.def"
#undef TURN
	TURN_COUNT
};

struct counts {
	uint64_t worlds, logins;
	uint64_t by_story[STORY_COUNT][OUTCOME_COUNT];
	uint64_t by_path[PATH_COUNT][OUTCOME_COUNT];
	uint64_t by_reason[REASON_COUNT];
	uint64_t turns[TURN_COUNT];
};

/* Adds how the logins of a world ended. */
void counts_add(struct counts *counts, const struct world *world,
		const struct told *told);

void counts_print(const struct counts *counts);

/* Whether everything that can occur did; says what did not. */
bool counts_are_complete(const struct counts *counts);
