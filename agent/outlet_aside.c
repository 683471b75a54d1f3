/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/outlet_aside.h"

#include <inttypes.h>

#include "agent/clock.h"
#include "agent/outlet.h"
#include "base/arena.h"

#define RETRY_EVERY (5 * US_PER_MINUTE)

/* For so long a record is tried at least, and so often, each time after another one was
 * taken; where there is no room for one more, it is so often only. */
#define GIVE_UP_AFTER US_PER_DAY
#define GIVE_UP_FAILURES 8
#define GIVE_UP_FAILURES_FULL 3

/* For so long it is no record's fault that the sink asks to be left alone: longer than
 * any window over which receivers count. */
#define PATIENCE (2 * US_PER_HOUR)

static struct outlet_aside *find(struct outlet *outlet, uint64_t number)
{
	for (size_t i = 0; i < outlet->doubt.aside_count; i++) {
		if (outlet->doubt.aside[i].number == number)
			return &outlet->doubt.aside[i];
	}
	return NULL;
}

bool outlet_is_aside(const struct outlet *outlet, uint64_t number)
{
	for (size_t i = 0; i < outlet->doubt.aside_count; i++) {
		if (outlet->doubt.aside[i].number == number)
			return true;
	}
	return false;
}

void outlet_forget_aside(struct outlet *outlet, uint64_t number)
{
	struct outlet_aside *aside = find(outlet, number);

	if (aside)
		*aside = outlet->doubt.aside[--outlet->doubt.aside_count];
}

static const struct outlet_aside *next_of(const struct outlet *outlet)
{
	const struct outlet_aside *next = NULL;

	for (size_t i = 0; i < outlet->doubt.aside_count; i++) {
		if (!next || outlet->doubt.aside[i].retry_at < next->retry_at)
			next = &outlet->doubt.aside[i];
	}
	return next;
}

uint64_t outlet_aside_due(const struct outlet *outlet, us_time now)
{
	const struct outlet_aside *next = next_of(outlet);

	return next && next->retry_at <= now ? next->number : 0;
}

us_time outlet_aside_deadline(const struct outlet *outlet)
{
	const struct outlet_aside *next = next_of(outlet);

	return next ? next->retry_at : US_TIME_NONE;
}

/* ---- giving up -----------------------------------------------------------------------
 */

struct last_words {
	struct arena arena;
	struct store_dead_letter letter;
	bool is_found;
};

static bool take_letter(void *ctx, const struct store_delivery *delivery)
{
	struct last_words *last = ctx;

	if (delivery->number == last->letter.number) {
		last->letter.bytes = arena_copy(&last->arena, delivery->bytes);
		last->is_found = true;
	}
	return delivery->number < last->letter.number;
}

static void give_up(struct outlet *outlet, struct store *store, uint64_t number,
		    struct slice why)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1024);
	struct last_words last = { .letter = { .number = number,
					       .refused_at = clock_real() } };
	struct err err;

	buf_append_text(&text, "given up, while others were taken: ");
	buf_append(&text, slice_first(why, 512));
	last.letter.why = buf_slice(&text);
	arena_init(&last.arena);
	/* A database that cannot be read fails loudly at the next commit. */
	if (store_each_delivery(store, outlet->name, 0, take_letter, &last, &err) == 0) {
		if (last.is_found) {
			store_put_dead_letter(store, outlet->name, &last.letter);
			outlet->refused++;
		}
		outlet_forget_aside(outlet, number);
	}
	arena_release(&last.arena);
}

/* Room for one more: made by the one that failed most often. */
static bool make_room(struct outlet *outlet, struct store *store)
{
	const struct outlet_aside *worst = NULL;

	if (outlet->doubt.aside_count < OUTLET_ASIDE_MAX)
		return true;
	for (size_t i = 0; i < OUTLET_ASIDE_MAX; i++) {
		if (!worst || outlet->doubt.aside[i].failures > worst->failures)
			worst = &outlet->doubt.aside[i];
	}
	if (worst->failures < GIVE_UP_FAILURES_FULL)
		return false;
	give_up(outlet, store, worst->number, slice_text(outlet->last_error));
	return outlet->doubt.aside_count < OUTLET_ASIDE_MAX;
}

/* ---- what failed ---------------------------------------------------------------------
 */

static void failed_aside(struct outlet *outlet, struct store *store,
			 struct outlet_aside *aside, struct slice why, us_time now)
{
	if (outlet->delivered != aside->delivered)
		aside->failures++;
	aside->delivered = outlet->delivered;
	aside->retry_at = now + RETRY_EVERY;
	if (aside->failures >= GIVE_UP_FAILURES && now - aside->since >= GIVE_UP_AFTER)
		give_up(outlet, store, aside->number, why);
}

bool outlet_failed_alone(struct outlet *outlet, struct store *store, uint64_t number,
			 struct slice why, us_time now)
{
	struct outlet_doubt *doubt = &outlet->doubt;
	struct outlet_aside *aside = find(outlet, number);
	bool took_another =
		number <= doubt->until && outlet->delivered > doubt->delivered;

	if (aside) {
		failed_aside(outlet, store, aside, why, now);
		return true;
	}
	if (outlet->breaker.is_open) {
		doubt->probed = number;
		if (number > doubt->until)
			doubt->until = number;
	}
	doubt->delivered = outlet->delivered;
	if (!took_another || !make_room(outlet, store))
		return false;
	doubt->aside[doubt->aside_count++] = (struct outlet_aside){
		.number = number,
		.since = now,
		.retry_at = now + RETRY_EVERY,
		.delivered = outlet->delivered,
		.failures = 1,
	};
	return true;
}

static bool has_lost_patience(const struct outlet_doubt *doubt, us_time now)
{
	return doubt->busy_since != US_TIME_NONE && now - doubt->busy_since >= PATIENCE;
}

bool outlet_is_patient(struct outlet *outlet, uint64_t number, us_time now)
{
	struct outlet_doubt *doubt = &outlet->doubt;

	if (outlet_is_aside(outlet, number))
		return false;
	if (doubt->busy_since == US_TIME_NONE)
		doubt->busy_since = now;
	return !has_lost_patience(doubt, now);
}

void outlet_took_another(struct outlet *outlet, uint64_t number, us_time now)
{
	struct outlet_doubt *doubt = &outlet->doubt;
	bool was_open = outlet->breaker.is_open;

	if (was_open && doubt->until > outlet->alone_until)
		outlet->alone_until = doubt->until;
	/* patience that was lost comes back when the sink takes what is not in doubt */
	if (!has_lost_patience(doubt, now) ||
	    (!was_open && number >= outlet->alone_until))
		doubt->busy_since = US_TIME_NONE;
	doubt->probed = 0;
}
