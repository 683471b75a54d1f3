/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Twins: where a journal was read, a text line of a writer that also writes to the
 * journal must be there too, with the same pid and text at about the same time; heads
 * name one host in several ways, so the name is not compared. Its twin corroborates it;
 * without one somebody else wrote it, and it vouches for nothing. Of lines that stand in
 * several logs with one time of their own, the first is taken and the others are dropped.
 * For the correlator's own files only.
 */
#include "correlator/state.h"

/* Takes a host event before anything else sees it. True when it was taken: held until its
 * twin is seen or missed, or answered at once. */
bool twin_take(struct correlator *correlator, const struct event *event);

/* Decides about lines that were held long enough; gives back those that no journal speaks
 * about, to be taken as they are. */
void twin_decide(struct correlator *correlator,
		 void (*take)(struct correlator *correlator, const struct event *event));

/* How long a line is held at most, although the journal has not been read past it. */
us_span twin_patience(const struct correlator *correlator);

/* When twin_decide() will have something to do at the earliest; US_TIME_NONE = never. */
us_time twin_deadline(const struct correlator *correlator);

void twin_release(struct correlator *correlator);
