/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Random numbers that a seed reproduces on every machine (SplitMix64: Steele, Lea and
 * Flood, 2014). Not for anything secret.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct random {
	uint64_t state;
};

struct random random_from_seed(uint64_t seed);

uint64_t random_next(struct random *random);

/* 0 to `bound` - 1; `bound` is not 0. */
uint32_t random_below(struct random *random, uint32_t bound);

/* True in `percent` of 100 cases. */
bool random_chance(struct random *random, uint32_t percent);

/* A duration from `from` to `to`, both included; `from` is not above `to`. */
us_span random_span(struct random *random, us_span from, us_span to);
