/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/random.h"

#include <assert.h>

struct random random_from_seed(uint64_t seed)
{
	return (struct random){ .state = seed };
}

uint64_t random_next(struct random *random)
{
	uint64_t mixed = random->state += 0x9e3779b97f4a7c15;

	mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
	mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
	return mixed ^ (mixed >> 31);
}

uint32_t random_below(struct random *random, uint32_t bound)
{
	assert(bound > 0);
	return (uint32_t)(((random_next(random) >> 32) * bound) >> 32);
}

bool random_chance(struct random *random, uint32_t percent)
{
	return random_below(random, 100) < percent;
}

us_span random_span(struct random *random, us_span from, us_span to)
{
	assert(from <= to);
	return from + (us_span)(random_next(random) % ((uint64_t)(to - from) + 1));
}
