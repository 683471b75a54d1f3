/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Poison: what was being read when the agent died. Before a step is read its place is
 * marked in a file that outlives the process; the third death at the same place in a row
 * sets that step aside, as a gap with a name, so that one line, or one journal that kills
 * every reader, does not blind the agent for ever. What was set aside stays so until an
 * orderly end: it may come again before what stands behind it was stored.
 */
#include "base/err.h"
#include "base/slice.h"
#include "base/time.h"

struct poison;

/* Reads what the last run left in `folder`. Never fails: without its file nothing is set
 * aside. The caller owns the result. */
struct poison *poison_open(const char *folder);

/* An orderly end: the next start has nothing to suspect. */
void poison_close(struct poison *poison);
/* Frees without that. */
void poison_free(struct poison *poison);

/* Marks what is read next: a source's name and its place in it. False when it has killed
 * the agent three times in a row and is to be set aside. */
bool poison_mark(struct poison *poison, const char *source, struct slice place);

/* What was set aside may be tried again. */
void poison_pardon(struct poison *poison, const char *source, struct slice place);

/* Says that the agent is alive, in the same file's time of change: that costs no commit.
 */
void poison_alive(struct poison *poison);
/* When the last run said so last, on the real clock; US_TIME_NONE = never. */
us_time poison_last_alive(const struct poison *poison);

/* Whatever is done next is not reading. */
void poison_clear(struct poison *poison);
