/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/window.h"

#include "tests/support/check.h"

#define S(seconds) ((us_time)(seconds)*US_PER_SECOND)
#define NONE US_TIME_NONE
/* More than any window may have. */
#define PAGES_ENOUGH 2000

/* Pages that reach further back each time, as a log that gives the newest first. */
static enum window_step turn_pages(struct window *window, unsigned count)
{
	enum window_step step = WINDOW_MORE;

	for (unsigned i = 0; i < count && step == WINDOW_MORE; i++) {
		us_time at = window->until - (us_time)i * 1000;

		step = window_page(window, at - 1000, at, false);
	}
	return step;
}

static void test_one_slice(void)
{
	struct window window = { .is_begun = false };

	window_begin(&window, S(100), S(200), S(150));
	CHECK(window.is_begun);
	CHECK_INT(window.from, S(100));
	CHECK_INT(window.until, S(200));
	CHECK_INT(window_page(&window, S(180), S(190), false), WINDOW_MORE);
	CHECK_INT(window_page(&window, S(110), S(180), true), WINDOW_DONE);
	CHECK_INT(window_proven(&window), S(150));
	window.shown = S(190);
	CHECK_INT(window_proven(&window), S(190));
	window.shown = S(300);
	CHECK_INT(window_proven(&window), S(200));
	CHECK(!window_next(&window));
	CHECK(!window.is_begun);

	window_begin(&window, S(200), S(100), S(150));
	CHECK_INT(window.from, S(200));
	CHECK_INT(window.until, S(200));
}

/* The older half first, then on behind it, up to the goal. */
static void test_cutting(void)
{
	struct window window = { .is_begun = false };
	us_time until = 0;
	unsigned slices = 0;

	window_begin(&window, S(0), S(100000), S(1000000));
	CHECK_INT(turn_pages(&window, PAGES_ENOUGH), WINDOW_CUT);
	CHECK_INT(window.from, S(0));
	CHECK_INT(window.until, S(50000));
	CHECK_INT(turn_pages(&window, PAGES_ENOUGH), WINDOW_CUT);
	CHECK_INT(window.until, S(25000));
	do {
		CHECK_INT(window.from, until);
		CHECK(window.until > until);
		until = window.until;
		CHECK_INT(turn_pages(&window, PAGES_ENOUGH / 2), WINDOW_MORE);
		CHECK_INT(window_page(&window, NONE, NONE, true), WINDOW_DONE);
		slices++;
	} while (window_next(&window));
	CHECK_INT(until, S(100000));
	CHECK_UINT(slices, 4);

	/* What was learnt of the account is of use to the next window. */
	window_begin(&window, S(90000), S(190000), S(1000000));
	CHECK_INT(window.until, S(115000));
	/* With few pages the slices grow. */
	CHECK_INT(window_page(&window, S(90000), S(91000), true), WINDOW_DONE);
	CHECK(window_next(&window));
	CHECK_INT(window.until - window.from, S(50000));
}

static void test_the_smallest_slice(void)
{
	struct window window = { .is_begun = false };
	enum window_step step;
	unsigned cuts = 0;

	window_begin(&window, S(0), S(86400), S(86400));
	while ((step = turn_pages(&window, PAGES_ENOUGH)) == WINDOW_CUT)
		cuts++;
	CHECK_INT(step, WINDOW_CIRCLE);
	CHECK_INT(window.until - window.from, S(2));
	CHECK(cuts > 10 && cuts < 20);
}

/* The same page again and again, or pages with nothing on them. */
static void test_circles(void)
{
	static const struct {
		const char *name;
		us_time oldest, newest;
	} rows[] = {
		{ "the same", S(10), S(20) },
		{ "nothing", NONE, NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct window window = { .is_begun = false };
		enum window_step step = WINDOW_MORE;
		unsigned pages = 0;

		check_row(rows[i].name);
		window_begin(&window, S(0), S(100), S(100));
		while (step == WINDOW_MORE && pages < PAGES_ENOUGH) {
			step = window_page(&window, rows[i].oldest, rows[i].newest,
					   false);
			pages++;
		}
		CHECK_INT(step, WINDOW_CIRCLE);
		CHECK(pages > 50 && pages < 200);
		window_restart(&window);
		CHECK_UINT(window.pages, 0);
		CHECK_INT(window_page(&window, S(10), S(20), false), WINDOW_MORE);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "one slice", test_one_slice },
		{ "cutting", test_cutting },
		{ "the smallest slice", test_the_smallest_slice },
		{ "circles", test_circles },
		{ NULL, NULL },
	};

	return check_run("agent/plane/window", tests);
}
