/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Statements: what was said of one thing that is there or is gone, and when. They may
 * come in any order; of those that anybody may make without end, the latest are kept. For
 * the correlator's own files only.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

struct statement {
	us_time at;
	bool is_gone;
};

struct statements {
	struct statement *items; /* sorted; LIMIT_CLOUD_STATEMENTS at most */
	size_t count;
	us_time first_there; /* of all that were made; US_TIME_NONE = never */
};

void statements_init(struct statements *said);
void statements_release(struct statements *said);

/* False when it changes nothing. Of two that contradict each other in one instant, that
 * it was there counts. */
bool statements_add(struct statements *said, us_time at, bool is_gone);

/* How many were made by then. */
size_t statements_until(const struct statements *said, us_time time);

/* Whether it was there, by what was said last up to then. Where nothing was: whether it
 * was said to be there once, by then or (`before_all`) at any time. */
bool statements_have(const struct statements *said, us_time time, bool before_all);

/* When the next is made after this time; INT64_MAX = never. */
us_time statements_next(const struct statements *said, us_time time);
