/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The agent's clocks. `now` is what the correlator's timers run on: microseconds that
 * never go back, also across restarts, whatever is done to the real clock. `real` is the
 * real clock, read for what people see and for how far a log was read.
 */
#include "base/err.h"
#include "base/time.h"

struct clock {
	us_time base;  /* `now` at `since` */
	us_time since; /* on CLOCK_BOOTTIME */
	us_time last;  /* `now` never goes below what was given out */
};

/* Goes on from the `now` that was stored last, and the real time then (US_TIME_NONE both:
 * a first start, at the real time). Time the agent did not run counts as far as the real
 * clock can be believed: a day at most. */
void clock_init(struct clock *clock, us_time stored_now, us_time stored_real);

us_time clock_now(struct clock *clock);
us_time clock_real(void);
/* CLOCK_BOOTTIME: since this machine was started. */
us_time clock_boot(void);
