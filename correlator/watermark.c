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

void intervals_add(struct intervals *set, us_time from, us_time until)
{
	size_t first, last;

	if (from > until)
		return;
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
		for (size_t class = 0; class < LOG_CLASS_COUNT; class ++) {
			intervals_release(&scope->classes[class].covered);
			intervals_release(&scope->classes[class].holes);
		}
	}
	free(watermark->scopes);
	*watermark = (struct watermark){ 0 };
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
	for (size_t class = 0; class < LOG_CLASS_COUNT; class ++)
		scope->classes[class].advanced_at = US_TIME_NONE;
	return scope;
}

static bool add_to_class(struct class_coverage *class, const struct progress *progress,
			 bool is_hole, us_time now)
{
	us_time end = intervals_end(&class->covered);

	if (is_hole) {
		intervals_add(&class->holes, progress->from, progress->until);
		return false;
	}
	intervals_add(&class->covered, progress->from, progress->until);
	if (intervals_end(&class->covered) == end)
		return false;
	class->advanced_at = now;
	class->is_lost = false;
	return true;
}

bool watermark_add(struct watermark *watermark, const struct progress *progress,
		   bool is_hole, us_time now)
{
	struct scope *scope =
		watermark_scope(watermark, progress->account, progress->region);
	bool advanced = false;

	for (size_t class = 0; class < LOG_CLASS_COUNT; class ++)
		if (progress->every_class || progress->log_class == class)
			advanced |= add_to_class(&scope->classes[class], progress,
						 is_hole, now);
	return advanced;
}

void watermark_sight(struct watermark *watermark, const struct sight *sight)
{
	struct scope *scope = watermark_scope(watermark, sight->account, sight->region);

	for (size_t class = 0; class < LOG_CLASS_COUNT; class ++) {
		if (!sight->every_class && sight->log_class != class)
			continue;
		scope->classes[class].is_lost = sight->lost;
		scope->classes[class].lost_reason = sight->reason;
	}
}

static bool is_wildcard(const struct scope *scope)
{
	return !*scope->account && !*scope->region;
}

static const struct scope *wildcard(const struct watermark *watermark)
{
	for (size_t i = 0; i < watermark->count; i++)
		if (is_wildcard(&watermark->scopes[i]))
			return &watermark->scopes[i];
	return NULL;
}

/* Whether the call that would vouch could be in this scope: the host's own account and
 * region, else those of the calls that name it, else every one that was seen. */
static bool is_relevant(const struct watermark *watermark, const struct scope *scope,
			bool some_name_instance)
{
	struct slice account = slice_text(scope->account),
		     region = slice_text(scope->region);

	if (is_wildcard(scope))
		return false;
	if (watermark->account.len && account.len &&
	    !slice_equal_ignoring_case(account, watermark->account))
		return false;
	if (watermark->region.len && region.len &&
	    !slice_equal_ignoring_case(region, watermark->region))
		return false;
	if (watermark->account.len && watermark->region.len)
		return true;
	return !some_name_instance || scope->names_instance;
}

/* Calls `take` for each scope that counts, paired with what is said of every scope; the
 * latter alone when there is no other. */
struct each_scope {
	const struct watermark *watermark;
	const struct scope *any; /* may be NULL */
	size_t next;
	bool some_name_instance, found, done;
};

static struct each_scope each_scope(const struct watermark *watermark)
{
	struct each_scope each = { .watermark = watermark, .any = wildcard(watermark) };

	for (size_t i = 0; i < watermark->count; i++)
		each.some_name_instance |= watermark->scopes[i].names_instance;
	return each;
}

static const struct scope *next_scope(struct each_scope *each)
{
	while (each->next < each->watermark->count) {
		const struct scope *scope = &each->watermark->scopes[each->next++];

		if (is_relevant(each->watermark, scope, each->some_name_instance)) {
			each->found = true;
			return scope;
		}
	}
	if (each->found || each->done)
		return NULL;
	each->done = true;
	return each->any;
}

static bool class_covers(const struct scope *scope, size_t class, us_time from,
			 us_time until)
{
	return scope && intervals_cover(&scope->classes[class].covered, from, until);
}

static bool class_has_hole(const struct scope *scope, size_t class, us_time from,
			   us_time until)
{
	return scope && intervals_touch(&scope->classes[class].holes, from, until);
}

bool watermark_covers(const struct watermark *watermark, uint32_t class_bits,
		      us_time from, us_time until)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	bool any = false;

	while ((scope = next_scope(&each))) {
		any = true;
		for (size_t class = 0; class < LOG_CLASS_COUNT; class ++) {
			if (!(class_bits & 1u << class))
				continue;
			if (!class_covers(scope, class, from, until) &&
			    !class_covers(each.any, class, from, until))
				return false;
			if (class_has_hole(scope, class, from, until) ||
			    class_has_hole(each.any, class, from, until))
				return false;
		}
	}
	return any;
}

us_time watermark_reach(const struct watermark *watermark, uint32_t class_bits)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	us_time reach = US_TIME_NONE;
	bool any = false;

	while ((scope = next_scope(&each))) {
		for (size_t class = 0; class < LOG_CLASS_COUNT; class ++) {
			us_time end;

			if (!(class_bits & 1u << class))
				continue;
			end = intervals_end(&scope->classes[class].covered);
			if (each.any &&
			    intervals_end(&each.any->classes[class].covered) > end)
				end = intervals_end(&each.any->classes[class].covered);
			if (!any || end < reach)
				reach = end;
			any = true;
		}
	}
	return reach;
}

static bool needs_no_patience(enum reason reason)
{
	return reason == REASON_NO_CREDENTIALS || reason == REASON_API_DENIED ||
	       reason == REASON_LOG_CLASS_DISABLED;
}

bool watermark_is_refused(const struct watermark *watermark, enum log_class log_class,
			  us_time *ret_advanced_at, enum reason *ret_reason)
{
	struct each_scope each = each_scope(watermark);
	const struct scope *scope;
	us_time advanced_at = INT64_MAX;

	*ret_reason = REASON_NO_PROGRESS;
	while ((scope = next_scope(&each))) {
		const struct class_coverage *class = &scope->classes[log_class];
		us_time at = class->advanced_at;

		if (each.any && each.any->classes[log_class].advanced_at > at)
			at = each.any->classes[log_class].advanced_at;
		if (at < advanced_at)
			advanced_at = at;
		if (each.any && each.any->classes[log_class].is_lost)
			class = &each.any->classes[log_class];
		if (!class->is_lost)
			continue;
		*ret_reason = class->lost_reason;
		if (needs_no_patience(class->lost_reason))
			return true;
	}
	*ret_advanced_at = advanced_at == INT64_MAX ? US_TIME_NONE : advanced_at;
	return false;
}
