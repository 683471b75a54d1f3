/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Aside: records that their sink neither takes nor refuses while it takes others, so that
 * one of them does not hold up all that comes after it.
 *
 * Whether the sink is down or one record is at fault shows only by another record. While
 * a sink is tried with one record at a time, it is therefore with each of those that wait
 * in turn. When it takes one, those that failed are tried once more, alone; who fails now
 * is put aside. What is aside is tried again every few minutes, alone, for a day at
 * least; then it is a dead letter. A day in which the sink was down does not count, nor
 * does a life of the agent that has ended: what is aside is not stored.
 *
 * A sink that asks to be left alone is, for a while, as that is no record's fault. One
 * that asks for nothing else for hours is taken for one that fails, and its wishes are
 * still kept to between two tries.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agent/store/store.h"

struct outlet;

#define OUTLET_ASIDE_MAX 16

struct outlet_aside {
	uint64_t number;
	us_time since, retry_at; /* on the agent's clock */
	uint64_t delivered;	 /* by the sink, when it failed last */
	unsigned failures;	 /* each after the sink had taken another */
};

struct outlet_doubt {
	uint64_t
		probed; /* the last that failed alone since the sink took any; 0 = none */
	uint64_t until; /* none with a greater number did ever */
	uint64_t delivered; /* by the sink, when one did last */
	us_time busy_since; /* it has only asked to be left alone; US_TIME_NONE = not */
	struct outlet_aside aside[OUTLET_ASIDE_MAX];
	size_t aside_count;
};

bool outlet_is_aside(const struct outlet *outlet, uint64_t number);
void outlet_forget_aside(struct outlet *outlet, uint64_t number);

/* One that is to be tried again now; 0 = none. */
uint64_t outlet_aside_due(const struct outlet *outlet, us_time now);
/* When there will be one; US_TIME_NONE = never. */
us_time outlet_aside_deadline(const struct outlet *outlet);

/* The sink asks to be left alone, for a record that was sent alone. False when it has for
 * too long, so that the record may be at fault. */
bool outlet_is_patient(struct outlet *outlet, uint64_t number, us_time now);

/* The record was sent alone, and is to be sent again. True when it is its own fault, and
 * was seen to; false when the sink has to be left alone. */
bool outlet_failed_alone(struct outlet *outlet, struct store *store, uint64_t number,
			 struct slice why, us_time now);

/* The sink has taken something of what was sent up to `number`: what was passed over has
 * its turn. To be called before the breaker hears of it. */
void outlet_took_another(struct outlet *outlet, uint64_t number, us_time now);
