/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Settled: what must hold of a correlator between two calls, whatever it was fed. Takes
 * the verdicts as they are told and looks behind the public interface:
 *
 *   - judged anew, every login has the doors and the verdict that it has (but for those
 *     whose verdict stays when what it rests on is forgotten);
 *   - the verdict last told of it is that one;
 *   - an authorized login has a call that was admitted, of its own door;
 *   - logins come sorted by time and id, and the counts count them;
 *   - a call that vouches once is claimed by the one login that leans on it.
 *
 * Needs no test framework, so that fuzzing uses it too.
 */
#include "correlator/correlator.h"

struct settled_login {
	struct id id;
	struct verdict verdict; /* the pointers are only compared */
};

struct settled {
	struct settled_login *logins; /* sorted by id */
	size_t count, size;
	uint64_t told; /* verdicts in all */
	char wrong[256];
};

/* To be called with every verdict that is told. */
void settled_note(struct settled *settled, const struct verdict *verdict);

/* What does not hold, in words; NULL when all does. Borrowed until the next call. */
const char *settled_wrong(struct settled *settled, struct correlator *correlator);

/* As settled_wrong(), without judging anew: what must hold even where logins are to be
 * judged again (after something was forgotten, or in finished logs before time is
 * advanced). */
const char *settled_broken(struct settled *settled, struct correlator *correlator);

void settled_release(struct settled *settled);
