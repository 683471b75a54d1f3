/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/seen.h"

#define BIT(number) (1U << (number))

void seen_init(struct seen *seen)
{
	memset(seen, 0, sizeof(*seen));
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++)
		seen->classes[i] = (struct seen_class){
			.proven_until = US_TIME_NONE,
			.advanced_at = US_TIME_NONE,
			.back_at = US_TIME_NONE,
			.waiting_since = US_TIME_NONE,
			.perhaps_waiting_since = US_TIME_NONE,
		};
	for (unsigned i = 0; i < WORLD_LOGINS_MAX; i++)
		seen->logins[i] = seen->waits[i] = US_TIME_NONE;
}

/* ---- sight ---- */

static bool is_patience_over(const struct world *world, const struct seen_class *sight,
			     us_time since, us_time now)
{
	if (since == US_TIME_NONE)
		return false;
	if (sight->advanced_at != US_TIME_NONE && sight->advanced_at > since)
		since = sight->advanced_at;
	return now - since >= world->options.windows[CLOUD_AWS].blind_after_us;
}

/* Sight that is said to be back is trusted for another blind_after. */
bool seen_is_blind(const struct world *world, const struct seen_class *sight, us_time now)
{
	us_time since = sight->waiting_since;

	if (since != US_TIME_NONE && sight->back_at > since)
		since = sight->back_at;
	return sight->is_refused || is_patience_over(world, sight, since, now);
}

bool seen_may_be_blind(const struct world *world, const struct seen_class *sight,
		       us_time now)
{
	return sight->is_refused || sight->may_be_blind ||
	       is_patience_over(world, sight, sight->perhaps_waiting_since, now);
}

uint64_t seen_blind_reasons(const struct seen_class *sight)
{
	return sight->lost_reasons | (UINT64_C(1) << REASON_NO_PROGRESS);
}

/* ---- what is covered ---- */

enum certainty seen_worst(enum certainty a, enum certainty b)
{
	return a < b ? a : b;
}

static enum certainty is_class_past(const struct seen_class *sight,
				    const struct door *door, us_span after)
{
	if (sight->proven_until == US_TIME_NONE ||
	    sight->proven_until < door->from + after)
		return CERTAINLY_NOT;
	return sight->proven_until >= door->until + after ? CERTAINLY : PERHAPS;
}

enum certainty seen_is_past(const struct seen *seen, const struct door *door,
			    us_span after)
{
	enum certainty certainty = CERTAINLY;

	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++)
		if (door->class_bits & BIT(i))
			certainty = seen_worst(
				certainty, is_class_past(&seen->classes[i], door, after));
	return certainty;
}

/* What the holes of one class leave of the certainty that the door's window was read. */
static enum certainty past_holes(const struct seen_class *sight, const struct door *door,
				 us_time surely_from, us_time surely_until)
{
	enum certainty certainty = CERTAINLY;

	for (uint32_t i = 0; i < sight->hole_count; i++) {
		us_time from = sight->holes[i].from, until = sight->holes[i].until;
		bool is_inside = until > door->from - door->before && from < door->from;

		if (until < surely_from || from > surely_until)
			continue;
		certainty = seen_worst(certainty, is_inside ? CERTAINLY_NOT : PERHAPS);
	}
	return certainty;
}

enum certainty seen_is_window_read(const struct world *world, const struct seen *seen,
				   const struct door *door)
{
	us_span skew = world->options.skew_us;
	us_time surely_from = door->from - door->before - skew - US_PER_SECOND;
	enum certainty certainty = CERTAINLY;

	if (world->covered_from > surely_from)
		certainty = world->covered_from > door->from - door->before + skew
				    ? CERTAINLY_NOT
				    : PERHAPS;
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++)
		if (door->class_bits & BIT(i))
			certainty = seen_worst(certainty, past_holes(&seen->classes[i],
								     door, surely_from,
								     door->until + skew));
	return certainty;
}
