/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/breaker.h"

#include "base/limits.h"

/* Jitter must not make a loop of it. */
#define WAIT_LEAST (10 * INT64_C(1000))

void breaker_init(struct breaker *breaker, us_span first, us_span most)
{
	*breaker = (struct breaker){ .first = first,
				     .most = most > first ? most : first,
				     .next = first,
				     .retry_at = US_TIME_NONE };
}

size_t breaker_allows(const struct breaker *breaker, us_time now, size_t most)
{
	if (breaker->retry_at != US_TIME_NONE && now < breaker->retry_at)
		return 0;
	return breaker->is_open && most > 1 ? 1 : most;
}

void breaker_succeeded(struct breaker *breaker)
{
	breaker->next = breaker->first;
	breaker->retry_at = US_TIME_NONE;
	breaker->failures = 0;
	breaker->is_open = false;
}

/* Full jitter: any time up to `most`. */
static us_span jitter(us_span most, uint64_t random)
{
	us_span wait = (us_span)(random % (uint64_t)most) + 1;

	return wait < WAIT_LEAST ? WAIT_LEAST : wait;
}

void breaker_failed(struct breaker *breaker, us_time now, us_span retry_after,
		    uint64_t random)
{
	const us_span bound = LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND;
	us_span wait = jitter(breaker->next, random);

	if (retry_after > bound)
		retry_after = bound;
	if (wait < retry_after)
		wait = retry_after;
	breaker->retry_at = now + wait;
	breaker->next =
		breaker->next > breaker->most / 2 ? breaker->most : breaker->next * 2;
	if (breaker->failures < BREAKER_FAILURES)
		breaker->failures++;
	if (breaker->failures == BREAKER_FAILURES)
		breaker->is_open = true;
}

void breaker_refused(struct breaker *breaker, us_time now, uint64_t random)
{
	breaker->failures = BREAKER_FAILURES;
	breaker->next = breaker->most;
	breaker->is_open = true;
	/* Half of it is sure: nothing will have changed any sooner. */
	breaker->retry_at =
		now + breaker->most / 2 + jitter(breaker->most / 2 + 1, random);
}

void breaker_begin(struct breaker *breaker)
{
	breaker->retry_at = US_TIME_NONE;
}

void breaker_try_now(struct breaker *breaker)
{
	if (breaker->retry_at != US_TIME_NONE)
		breaker->retry_at = US_TIME_MIN;
}
