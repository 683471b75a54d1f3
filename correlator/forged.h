/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Forged: what is told of lines that somebody wrote in another program's name. The first
 * of each writer and minute are told one by one, at once; those past them are counted and
 * told as one, when their minute is over:
 *
 *   line ──▶ told, LIMIT_FORGED_TOLD times a minute ──▶ counted ── due ──▶ told as one
 *                                                          ▲                   │
 *                                                          └── one more line ──┘
 *
 * Minutes are of the lines' own time. When what was counted is due follows from when
 * lines were fed, not from when they were found out: a restart, which feeds the same
 * lines again but lets less time pass between them, tells the same at the same time. For
 * the correlator's own files only.
 */
#include "correlator/state.h"

/* Takes a line that its writer did not write; `fed_at`, on `now`, is when it came. */
void forged_take(struct correlator *correlator, const struct event *event,
		 us_time fed_at);

/* Tells what was counted and is due; to be called after the lines that are held were
 * decided about. Complete logs: to be called in the end, when all of it is told. */
void forged_tell_due(struct correlator *correlator);

/* When forged_tell_due() will have something to do; US_TIME_NONE = never. */
us_time forged_deadline(const struct correlator *correlator);

void forged_free(struct forged_lines *forged);
