/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Which journal file continues which, told by whose it is and by the id of its sequence
 * numbers, and what follows from that: where in its chain each file is read from, and
 * what is lost of a chain, because a file went unread, or all of them, or because numbers
 * are missing behind the place that no other chain of the same counter has.
 *
 * Changes the place, puts gaps into the queue, and sets in each file its chain and how
 * much of it is done. Looks for no files and deletes none from the list; opens none, but
 * at a first start that begins at the end, to see where that is.
 */
#include "agent/follow/journal_gaps.h"
#include "agent/follow/journal_place.h"
#include "agent/follow/journal_sources.h"

struct journal_chains {
	struct journal_place place;
	struct journal_gaps gaps;
	us_time from;	/* of a first start; US_TIME_NONE = at the end */
	bool was_given; /* files got their chains at least once */
};

void journal_chains_init(struct journal_chains *chains, us_time from);
void journal_chains_release(struct journal_chains *chains);

/* Gives a chain to each file that has none, and a place in it. True when a file left its
 * chain for another: the one it left may be nobody's now. */
bool journal_chains_give(struct journal_chains *chains,
			 const struct journal_sources *sources);

/* A file that was deleted is done with: loses what was not read of it. */
void journal_chains_end(struct journal_chains *chains, struct journal_source *source);

/* Removes the chains without a file; loses what was at their ends. */
void journal_chains_drop(struct journal_chains *chains,
			 const struct journal_sources *sources);

/* Loses what is missing where the chain of a file that is about to be read was cut off.
 */
void journal_chains_check(struct journal_chains *chains,
			  const struct journal_sources *sources,
			  const struct journal_source *source);
