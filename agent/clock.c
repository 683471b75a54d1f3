/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/clock.h"

#include <time.h>

#ifdef FAULT_POINTS
#include <stdio.h>
#include <stdlib.h>
#endif

/* Longer is as good as this: what waits was given up long before. */
#define DOWN_MAX US_PER_DAY

static us_time read_clock(clockid_t id)
{
	struct timespec time;

	clock_gettime(id, &time);
	return (us_time)time.tv_sec * US_PER_SECOND + time.tv_nsec / 1000;
}

/* Where faults are built in a test sets the real clock without the machine's: the file
 * that COUNTERSIGN_CLOCK_OFFSET names holds the microseconds that are to be added. */
static us_span clock_step(void)
{
#ifdef FAULT_POINTS
	const char *path = getenv("COUNTERSIGN_CLOCK_OFFSET");
	FILE *file = path ? fopen(path, "re") : NULL;
	char line[32] = "";

	if (!file)
		return 0;
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	return strtoll(line, NULL, 10);
#else
	return 0;
#endif
}

us_time clock_real(void)
{
	return read_clock(CLOCK_REALTIME) + clock_step();
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
