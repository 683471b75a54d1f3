/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/clock.h"

#include <time.h>

/* Longer is as good as this: what waits was given up long before. */
#define DOWN_MAX US_PER_DAY

static us_time read_clock(clockid_t id)
{
	struct timespec time;

	clock_gettime(id, &time);
	return (us_time)time.tv_sec * US_PER_SECOND + time.tv_nsec / 1000;
}

us_time clock_real(void)
{
	return read_clock(CLOCK_REALTIME);
}

us_time clock_boot(void)
{
	return read_clock(CLOCK_BOOTTIME);
}

void clock_init(struct clock *clock, us_time stored_now, us_time stored_real)
{
	us_time real = clock_real();
	us_span down;

	*clock = (struct clock){ .base = real, .since = clock_boot(), .last = 0 };
	if (stored_now == US_TIME_NONE)
		return;
	down = stored_real == US_TIME_NONE ? 0 : real - stored_real;
	if (down < 0)
		down = 0;
	if (down > DOWN_MAX)
		down = DOWN_MAX;
	clock->base = stored_now + down;
}

us_time clock_now(struct clock *clock)
{
	us_time now = clock->base + (clock_boot() - clock->since);

	if (now > clock->last)
		clock->last = now;
	return clock->last;
}
