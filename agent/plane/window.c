/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/window.h"

/* A slice with more pages is cut: of 50 events each, a quarter of an hour's asking. */
#define PAGES_MAX 2000
/* With fewer the next slice may be longer. */
#define PAGES_FEW (PAGES_MAX / 4)
/* Google Cloud may have many pages with nothing on them; nobody has more. */
#define STILL_MAX 100
/* Times are asked for in whole seconds, both included. */
#define SLICE_MIN (2 * US_PER_SECOND)
/* A window is never so long. */
#define SLICE_MAX (16 * US_PER_DAY)

void window_restart(struct window *window)
{
	window->oldest = window->newest = US_TIME_NONE;
	window->pages = window->still = 0;
}

static void begin_slice(struct window *window, us_time from)
{
	window->from = from;
	window->until = window->goal;
	if (window->slice && window->goal - from > window->slice)
		window->until = from + window->slice;
	window_restart(window);
}

void window_begin(struct window *window, us_time from, us_time goal, us_time shown)
{
	window->is_begun = true;
	window->begin = from;
	window->goal = goal > from ? goal : from;
	window->shown = shown;
	begin_slice(window, from);
}

/* Whether the page reached further than those before. Either order will do. */
static bool reaches_on(struct window *window, us_time oldest, us_time newest)
{
	bool reaches = false;

	if (oldest == US_TIME_NONE)
		return false;
	if (window->oldest == US_TIME_NONE || oldest < window->oldest) {
		window->oldest = oldest;
		reaches = true;
	}
	if (window->newest == US_TIME_NONE || newest > window->newest) {
		window->newest = newest;
		reaches = true;
	}
	return reaches;
}

static enum window_step cut(struct window *window)
{
	us_span span = window->until - window->from;

	if (span <= SLICE_MIN)
		return WINDOW_CIRCLE;
	window->slice = span / 2 > SLICE_MIN ? span / 2 : SLICE_MIN;
	begin_slice(window, window->from);
	return WINDOW_CUT;
}

enum window_step window_page(struct window *window, us_time oldest, us_time newest,
			     bool is_last)
{
	window->pages++;
	window->still = reaches_on(window, oldest, newest) ? 0 : window->still + 1;
	if (is_last)
		return WINDOW_DONE;
	if (window->still >= STILL_MAX)
		return WINDOW_CIRCLE;
	return window->pages < PAGES_MAX ? WINDOW_MORE : cut(window);
}

us_time window_proven(const struct window *window)
{
	return window->until < window->shown ? window->until : window->shown;
}

bool window_next(struct window *window)
{
	if (window->slice && window->pages < PAGES_FEW)
		window->slice = window->slice < SLICE_MAX ? 2 * window->slice : 0;
	window->is_begun = window->until < window->goal;
	if (window->is_begun)
		begin_slice(window, window->until);
	return window->is_begun;
}
