/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Breaker: when a sink may be tried again after it failed, so that one that is down is
 * left alone and one that has come back is soon noticed. Backs off twice as long after
 * each failure, with jitter, so that many hosts do not come at once. Reads no clock.
 *
 *   GOOD ──failure──▶ FAILING ──so many in a row──▶ OPEN ──its time──▶ one record is
 * tried ▲                  │                           ▲                        │
 *     └─────success──────┴───────────────────────────┼────────success─────────┤
 *                                                    └────────failure─────────┘
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/time.h"

/* Failures in a row after which a sink counts as gone. */
#define BREAKER_FAILURES 5

struct breaker {
	us_span first, most; /* between two tries, before the jitter */
	us_span next;
	us_time retry_at; /* US_TIME_NONE = any time */
	unsigned failures;
	bool is_open;
};

void breaker_init(struct breaker *breaker, us_span first, us_span most);

/* How many records may be sent now, of at most `most`: 0 = none yet. */
size_t breaker_allows(const struct breaker *breaker, us_time now, size_t most);

void breaker_succeeded(struct breaker *breaker);

/* `retry_after` is how long the receiver wants to be left alone, 0 = it did not say;
 * `random` is any number. */
void breaker_failed(struct breaker *breaker, us_time now, us_span retry_after,
		    uint64_t random);

/* It cannot be as it is configured: open, and tried as seldom as can be. */
void breaker_refused(struct breaker *breaker, us_time now, uint64_t random);

/* A try begins: the time for it is over, whatever comes of it. */
void breaker_begin(struct breaker *breaker);

/* What was wrong may have been mended: what waits for its time is due now. */
void breaker_try_now(struct breaker *breaker);
