/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Forged minute: the lines of one forger in one minute that are told as one: how many,
 * from when to when, and whom they speak of. For forged.c only.
 */
#include "base/buf.h"
#include "base/limits.h"
#include "correlator/event.h"

/* Whom lines spoke of, "bob from 192.0.2.7", and the first that did. */
struct claim {
	char text[LIMIT_FORGED_CLAIM_BYTES];
	size_t len;
	uint64_t evidence;
};

/* The lines of one writer in one minute. */
struct forged_minute {
	int64_t number;	    /* since 1970, of the lines' own time */
	uint32_t told;	    /* how many one by one; 0 = nothing of this minute was seen */
	uint64_t count;	    /* of those past them */
	bool was_told;	    /* what was counted */
	us_time due;	    /* on `now`: when to tell it; US_TIME_NONE = it is told */
	us_time again_from; /* the first line's that came too late for that; US_TIME_NONE
			       = none did */
	us_time first, last; /* their own time */
	struct claim claims[LIMIT_FORGED_CLAIMS];
	uint32_t claim_count;
	bool has_more_claims;
};

/* The line's own time, or the nearest there is: gaps may have none, or any. */
us_time forged_minute_time(const struct event *event);

/* Counts one more. */
void forged_minute_count(struct forged_minute *minute, const struct event *event);

/* Appends ", that name: alice from 192.0.2.1, bob"; nothing where nobody is named. */
void forged_minute_name(const struct forged_minute *minute, struct buf *buf);
