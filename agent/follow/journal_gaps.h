/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What of the journals is lost for good: a queue of gaps, each put in once. While it is
 * not empty, the place of before is what is to be stored, so that a kill loses no gap.
 * Touches nothing else: whoever loses something keeps the place first, changes it then.
 */
#include "agent/follow/journal_place.h"
#include "agent/follow/journal_source.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct journal_gap {
	char cause[sizeof(((struct err *)NULL)->text)];
	us_time since, to; /* US_TIME_NONE = unknown */
	uint64_t entries;  /* 0 = unknown */
	bool is_forwarding;
};

struct journal_gaps {
	struct journal_gap items[LIMIT_JOURNAL_GAPS]; /* to be told, oldest first */
	size_t count;
	struct buf before; /* the place as text, of before the gaps in the queue */
};

void journal_gaps_init(struct journal_gaps *gaps);
void journal_gaps_release(struct journal_gaps *gaps);

/* Remembers the place as it is, unless a gap waits that is not in it yet. */
void journal_gaps_keep_place(struct journal_gaps *gaps,
			     const struct journal_place *place);

/* Puts a gap into the queue; where that is full, its last one is widened. */
void journal_gaps_add(struct journal_gaps *gaps, const struct journal_loss *loss,
		      const char *cause);

/* Removes the oldest gap of the queue; false when there is none. */
bool journal_gaps_take(struct journal_gaps *gaps, struct journal_gap *ret_gap);

/* Appends the place to be stored. */
void journal_gaps_write_place(const struct journal_gaps *gaps,
			      const struct journal_place *place, struct buf *buf);
