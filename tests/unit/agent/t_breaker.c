/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/breaker.h"

#include "base/limits.h"
#include "tests/support/check.h"

#define FIRST US_PER_SECOND
#define MOST (20 * US_PER_SECOND)

/* What a failure makes it wait at most, each twice the one before. */
static void test_backing_off(void)
{
	static const us_span most[] = { 1, 2, 4, 8, 16, 20, 20, 20 };

	for (uint64_t random = 0; random < 400; random++) {
		struct breaker breaker;

		breaker_init(&breaker, FIRST, MOST);
		for (size_t i = 0; i < COUNT_OF(most); i++) {
			us_time now = (us_time)i * US_PER_HOUR;

			breaker_failed(&breaker, now, 0,
				       random * UINT64_C(0x9e3779b97f4a7c15));
			CHECK(breaker.retry_at > now);
			CHECK(breaker.retry_at <= now + most[i] * US_PER_SECOND);
			CHECK_UINT(breaker_allows(&breaker, now, 8), 0);
			CHECK(breaker_allows(&breaker, breaker.retry_at, 8) > 0);
			CHECK(breaker.is_open == (i + 1 >= BREAKER_FAILURES));
		}
	}
}

/* The jitter reaches the whole span, and no further. */
static void test_jitter(void)
{
	us_time least = INT64_MAX, last = 0;

	for (uint64_t random = 0; random < 10000; random++) {
		struct breaker breaker;

		breaker_init(&breaker, FIRST, MOST);
		breaker_failed(&breaker, 0, 0, random * UINT64_C(0x9e3779b97f4a7c15));
		least = breaker.retry_at < least ? breaker.retry_at : least;
		last = breaker.retry_at > last ? breaker.retry_at : last;
	}
	CHECK(least < FIRST / 20);
	CHECK(last > FIRST - FIRST / 20);
	CHECK(last <= FIRST);
}

static void test_open_tries_one(void)
{
	struct breaker breaker;

	breaker_init(&breaker, FIRST, MOST);
	CHECK_UINT(breaker_allows(&breaker, 0, 32), 32);
	for (int i = 0; i < BREAKER_FAILURES - 1; i++)
		breaker_failed(&breaker, 0, 0, 7);
	CHECK_UINT(breaker_allows(&breaker, MOST, 32), 32);
	breaker_failed(&breaker, 0, 0, 7);
	CHECK(breaker.is_open);
	CHECK_UINT(breaker_allows(&breaker, MOST, 32), 1);
	CHECK_UINT(breaker_allows(&breaker, MOST, 1), 1);
	breaker_failed(&breaker, MOST, 0, 7);
	CHECK(breaker.is_open);
	breaker_succeeded(&breaker);
	CHECK(!breaker.is_open);
	CHECK_UINT(breaker_allows(&breaker, 0, 32), 32);
}

static void test_retry_after(void)
{
	static const struct {
		const char *name;
		us_span said, least, most;
	} rows[] = {
		{ "not said", 0, 1, FIRST },
		{ "a minute", US_PER_MINUTE, US_PER_MINUTE, US_PER_MINUTE },
		{ "a year", 366 * US_PER_DAY, LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND,
		  LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND },
		{ "before now", -5, 1, FIRST },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct breaker breaker;

		check_row(rows[i].name);
		breaker_init(&breaker, FIRST, MOST);
		breaker_failed(&breaker, 0, rows[i].said, 12345);
		CHECK(breaker.retry_at >= rows[i].least);
		CHECK(breaker.retry_at <= rows[i].most);
	}
}

static void test_refused(void)
{
	struct breaker breaker;

	breaker_init(&breaker, FIRST, MOST);
	breaker_refused(&breaker, 0, 99);
	CHECK(breaker.is_open);
	CHECK(breaker.retry_at >= MOST / 2);
	CHECK(breaker.retry_at <= MOST + 1);
	breaker_try_now(&breaker);
	CHECK_UINT(breaker_allows(&breaker, 0, 32), 1);
	CHECK_INT(breaker.retry_at, US_TIME_MIN);
	breaker_begin(&breaker);
	CHECK_INT(breaker.retry_at, US_TIME_NONE);
	breaker_try_now(&breaker);
	CHECK_INT(breaker.retry_at, US_TIME_NONE);
	/* a span of next to nothing is no reason to fall over */
	breaker_init(&breaker, 1, 0);
	breaker_failed(&breaker, 0, 0, 99);
	breaker_refused(&breaker, 0, 99);
	CHECK(breaker.retry_at > 0);
}

int main(void)
{
	static const struct check_test cases[] = {
		{ "backing off", test_backing_off },
		{ "jitter", test_jitter },
		{ "open tries one", test_open_tries_one },
		{ "retry after", test_retry_after },
		{ "refused", test_refused },
		{ NULL, NULL },
	};

	return check_run("agent/breaker", cases);
}
