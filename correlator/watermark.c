/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/watermark.h"

#include <stdlib.h>

#include "base/memory.h"

/* Position of the first interval that ends at or after `time`. */
static size_t interval_at(const struct intervals *set, us_time time)
{
	size_t low = 0, high = set->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->items[middle].until < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool intervals_add(struct intervals *set, us_time from, us_time until)
{
	us_time end = intervals_end(set);
	bool fills =
		set->count == 0 ||
		(from <= end && !intervals_cover(set, from, until < end ? until : end));
	size_t first, last;

	if (from > until)
		return false;
	/* those that overlap or touch become one */
	first = interval_at(set, from == INT64_MIN ? from : from - 1);
	for (last = first; last < set->count &&
			   (until == INT64_MAX || set->items[last].from <= until + 1);
	     last++) {
		if (set->items[last].from < from)
			from = set->items[last].from;
		if (set->items[last].until > until)
			until = set->items[last].until;
	}
	if (last == first && set->count == set->size) {
		set->size = set->size ? set->size * 2 : 4;
		set->items = memory_resize(set->items, set->size, sizeof(*set->items));
	}
	memmove(&set->items[first + 1], &set->items[last],
		(set->count - last) * sizeof(*set->items));
	set->items[first] = (struct interval){ from, until };
	set->count = set->count - (last - first) + 1;
	return fills;
}

bool intervals_cover(const struct intervals *set, us_time from, us_time until)
{
	size_t at = interval_at(set, from);

	return at < set->count && set->items[at].from <= from &&
	       set->items[at].until >= until;
}

bool intervals_touch(const struct intervals *set, us_time from, us_time until)
{
	size_t at = interval_at(set, from);

	return at < set->count && set->items[at].from <= until;
}

us_time intervals_end(const struct intervals *set)
{
	return set->count ? set->items[set->count - 1].until : US_TIME_NONE;
}

void intervals_release(struct intervals *set)
{
	free(set->items);
	*set = (struct intervals){ 0 };
}

void watermark_release(struct watermark *watermark)
{
	for (size_t i = 0; i < watermark->count; i++) {
		struct scope *scope = &watermark->scopes[i];

		free(scope->account);
		free(scope->region);
		for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
			intervals_release(&scope->classes[log_class].covered);
			intervals_release(&scope->classes[log_class].holes);
		}
	}
	free(watermark->scopes);
	*watermark = (struct watermark){ 0 };
}

/* Whether the scope speaks of every account or of every region. */
static bool is_general(const struct scope *scope)
{
	return !*scope->account || !*scope->region;
}

static bool agrees(struct slice own, const char *said)
{
	return own.len == 0 || !*said || slice_equal_ignoring_case(own, slice_text(said));
}

struct scope *watermark_scope(struct watermark *watermark, struct slice account,
			      struct slice region)
{
	struct scope *scope;

	for (size_t i = 0; i < watermark->count; i++) {
		scope = &watermark->scopes[i];
		if (slice_equal_ignoring_case(account, slice_text(scope->account)) &&
		    slice_equal_ignoring_case(region, slice_text(scope->region)))
			return scope;
	}
	if (watermark->count == watermark->size) {
		watermark->size = watermark->size ? watermark->size * 2 : 4;
		watermark->scopes =
			memory_resize(watermark->scopes, watermark->size, sizeof(*scope));
	}
	scope = &watermark->scopes[watermark->count++];
	*scope = (struct scope){ .account = memory_copy_text(account),
				 .region = memory_copy_text(region) };
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		scope->classes[log_class].advanced_at = US_TIME_NONE;
	watermark->general_count += is_general(scope);
	/* a place more in which the call could be */
	watermark->has_shrunk |= agrees(watermark->account, scope->account) &&
				 agrees(watermark->region, scope->region);
	return scope;
}

static bool add_to_class(struct class_coverage *coverage, const struct progress *progress,
			 bool is_hole, us_time now)
{
	us_time end = intervals_end(&coverage->covered);
	bool fills;
	if (is_hole) {
		bool is_known = intervals_cover(&coverage->holes, progress->from,
						progress->until);

		intervals_add(&coverage->holes, progress->from, progress->until);
		return !is_known && coverage->covered.count;
	}
	fills = intervals_add(&coverage->covered, progress->from, progress->until);
	if (intervals_end(&coverage->covered) != end) {
		coverage->advanced_at = now;
		coverage->is_lost = false;
	}
	return fills;
}

uint32_t watermark_add(struct watermark *watermark, const struct progress *progress,
		       bool is_hole, us_time now)
{
	struct scope *scope =
		watermark_scope(watermark, progress->account, progress->region);
	uint32_t filled = 0;
	for (uint32_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		if ((progress->every_class || progress->log_class == log_class) &&
		    add_to_class(&scope->classes[log_class], progress, is_hole, now))
			filled |= 1u << log_class;
	if (is_hole && filled)
		watermark->has_shrunk = true;
	return filled;
}

void watermark_sight(struct watermark *watermark, const struct sight *sight)
{
	struct scope *scope = watermark_scope(watermark, sight->account, sight->region);

	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
		if (!sight->every_class && sight->log_class != log_class)
			continue;
		scope->classes[log_class].is_lost = sight->lost;
		scope->classes[log_class].lost_reason = sight->reason;
	}
}

/* Whether what is said of `general` holds for `scope` too. */
static bool holds_for(const struct scope *general, const struct scope *scope)
{
	return (!*general->account ||
		slice_equal_ignoring_case(slice_text(general->account),
					  slice_text(scope->account))) &&
	       (!*general->region ||
		slice_equal_ignoring_case(slice_text(general->region),
					  slice_text(scope->region)));
}

/* Whether the call that would vouch could be in this scope: the host's own account and
 * region, else those of the calls that name it, else every one that was seen. */
static bool is_relevant(const struct watermark *watermark, const struct scope *scope,
			bool some_name_instance)
{
	if (!agrees(watermark->account, scope->account) ||
	    !agrees(watermark->region, scope->region))
		return false;
	if (watermark->account.len && watermark->region.len)
		return true;
	return !some_name_instance || scope->names_instance;
}

/* Walks the scopes that count: those that name both account and region, and only where
 * there is none the general ones. */
struct each_scope {
	const struct watermark *watermark;
	size_t next;
	bool some_name_instance, found, is_general;
};

static struct each_scope each_scope(const struct watermark *watermark)
{
	struct each_scope each = { .watermark = watermark };

	for (size_t i = 0; i < watermark->count; i++)
		each.some_name_instance |= watermark->scopes[i].names_instance;
	return each;
}

static const struct scope *next_scope(struct each_scope *each)
{
	for (;;) {
		while (each->next < each->watermark->count) {
			const struct scope *scope =
				&each->watermark->scopes[each->next++];

			if (is_general(scope) != each->is_general ||
			    !is_relevant(each->watermark, scope,
					 each->some_name_instance && !each->is_general))
				continue;
			each->found = true;
			return scope;
		}
		if (each->found || each->is_general)
			return NULL;
		each->is_general = true;
		each->next = 0;
	}
}

/* A scope's own coverage, or that of a general one which covers it whole; without a hole
 * in either. */
static bool class_covers(const struct watermark *watermark, const struct scope *scope,
			 size_t log_class, us_time from, us_time until)
{
	bool covers = intervals_cover(&scope->classes[log_class].covered, from, until);

	if (intervals_touch(&scope->classes[log_class].holes, from, until))
		return false;
	for (size_t i = 0; i < watermark->count && watermark->general_count; i++) {
		const struct scope *general = &watermark->scopes[i];

		if (!is_general(general) || !holds_for(general, scope))
			continue;
		if (intervals_touch(&general->classes[log_class].holes, from, until))
			return false;
		covers |= intervals_cover(&general->classes[log_class].covered, from,
					  until);
	}
	return covers;
}

bool watermark_covers(const struct watermark *watermark, uint32_t class_bits,
		      us_time from, us_time until)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	bool any = false;

	while ((scope = next_scope(&each))) {
		any = true;
		for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
			if ((class_bits & 1u << log_class) &&
			    !class_covers(watermark, scope, log_class, from, until))
				return false;
	}
	return any;
}

/* The later of the scope's own end and those of the general ones that hold for it. */
static us_time class_end(const struct watermark *watermark, const struct scope *scope,
			 size_t log_class)
{
	us_time end = intervals_end(&scope->classes[log_class].covered);

	for (size_t i = 0; i < watermark->count && watermark->general_count; i++) {
		const struct scope *general = &watermark->scopes[i];
		us_time other = intervals_end(&general->classes[log_class].covered);

		if (is_general(general) && holds_for(general, scope) && other > end)
			end = other;
	}
	return end;
}

us_time watermark_reach(const struct watermark *watermark, uint32_t class_bits)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	us_time reach = INT64_MAX;

	while ((scope = next_scope(&each))) {
		for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++) {
			us_time end;

			if (!(class_bits & 1u << log_class))
				continue;
			end = class_end(watermark, scope, log_class);
			if (end < reach)
				reach = end;
		}
	}
	return reach == INT64_MAX ? US_TIME_NONE : reach;
}

static bool needs_no_patience(enum reason reason)
{
	return reason == REASON_NO_CREDENTIALS || reason == REASON_API_DENIED ||
	       reason == REASON_LOG_CLASS_DISABLED;
}

/* What of a class counts for a scope: when it last advanced, and how it was lost. */
static struct class_coverage class_state(const struct watermark *watermark,
					 const struct scope *scope, size_t log_class)
{
	struct class_coverage state = scope->classes[log_class];

	for (size_t i = 0; i < watermark->count && watermark->general_count; i++) {
		const struct scope *general = &watermark->scopes[i];

		if (!is_general(general) || !holds_for(general, scope))
			continue;
		if (general->classes[log_class].advanced_at > state.advanced_at)
			state.advanced_at = general->classes[log_class].advanced_at;
		if (general->classes[log_class].is_lost && !state.is_lost) {
			state.is_lost = true;
			state.lost_reason = general->classes[log_class].lost_reason;
		}
	}
	return state;
}

bool watermark_is_refused(const struct watermark *watermark, enum log_class log_class,
			  us_time *ret_advanced_at, enum reason *ret_reason)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	us_time advanced_at = INT64_MAX;

	*ret_reason = REASON_NO_PROGRESS;
	while ((scope = next_scope(&each))) {
		struct class_coverage state = class_state(watermark, scope, log_class);

		if (state.advanced_at < advanced_at)
			advanced_at = state.advanced_at;
		if (!state.is_lost)
			continue;
		*ret_reason = state.lost_reason;
		if (needs_no_patience(state.lost_reason))
			return true;
	}
	*ret_advanced_at = advanced_at == INT64_MAX ? US_TIME_NONE : advanced_at;
	return false;
}
