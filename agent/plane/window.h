/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Window: the stretch of time that one query is asked over, page after page, until its
 * pages end: only then is it known that nothing was left out. Where they do not end, the
 * window is cut, the older half first, so that what is proven moves on however much an
 * account logs. Pages that show nothing new for long are those of a service that goes in
 * a circle. Pure: knows no message and no clock.
 *
 *   from ───────────── until ─ ─ ─ ─ ─ ─ ─ goal
 *        this slice          what is left of the window
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

struct window {
	bool is_begun;
	us_time from, until;	/* the slice that is asked for, both included */
	us_time begin, goal;	/* the whole */
	us_span slice;		/* the longest slice; 0 = the whole */
	us_time shown;		/* how far the log is known to be delivered */
	us_time oldest, newest; /* of what the pages held so far */
	unsigned pages;
	unsigned still; /* pages in a row that reached no further */
};

enum window_step {
	WINDOW_MORE,   /* the next page is to be asked for */
	WINDOW_DONE,   /* it was the slice's last */
	WINDOW_CUT,    /* the slice is shorter now: its first page is to be asked for */
	WINDOW_CIRCLE, /* its pages lead nowhere */
};

/* Begins one; what the slices had to be cut to before stays so. `shown` is what was known
 * before its first page. */
void window_begin(struct window *window, us_time from, us_time goal, us_time shown);

/* Takes note of one page: the oldest and the newest of what it held, US_TIME_NONE when
 * that was nothing. */
enum window_step window_page(struct window *window, us_time oldest, us_time newest,
			     bool is_last);

/* How far the slice that is done proves that nothing was left out. */
us_time window_proven(const struct window *window);

/* Goes on behind the slice that is done; false, and the window is over, at its goal. */
bool window_next(struct window *window);

/* The slice is to be asked for anew, from its first page. */
void window_restart(struct window *window);
