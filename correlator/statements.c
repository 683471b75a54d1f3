/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/statements.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

void statements_init(struct statements *said)
{
	*said = (struct statements){ .first_there = US_TIME_NONE };
}

void statements_release(struct statements *said)
{
	free(said->items);
	statements_init(said);
}

size_t statements_until(const struct statements *said, us_time time)
{
	size_t low = 0, high = said->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (said->items[middle].at <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool statements_add(struct statements *said, us_time at, bool is_gone)
{
	size_t place = statements_until(said, at);

	if (!is_gone && (said->first_there == US_TIME_NONE || at < said->first_there))
		said->first_there = at;
	if (place && said->items[place - 1].at == at) {
		bool changes = said->items[place - 1].is_gone && !is_gone;

		said->items[place - 1].is_gone &= is_gone;
		return changes;
	}
	if (said->count == LIMIT_CLOUD_STATEMENTS) {
		if (place == 0)
			return true;
		memmove(said->items, said->items + 1,
			--said->count * sizeof(*said->items));
		place--;
	}
	said->items = memory_resize(said->items, said->count + 1, sizeof(*said->items));
	memmove(&said->items[place + 1], &said->items[place],
		(said->count++ - place) * sizeof(*said->items));
	said->items[place] = (struct statement){ at, is_gone };
	return true;
}

bool statements_have(const struct statements *said, us_time time, bool before_all)
{
	size_t until = statements_until(said, time);

	if (until)
		return !said->items[until - 1].is_gone;
	return said->first_there != US_TIME_NONE &&
	       (before_all || said->first_there <= time);
}

us_time statements_next(const struct statements *said, us_time time)
{
	size_t next = statements_until(said, time);

	return next < said->count ? said->items[next].at : INT64_MAX;
}
