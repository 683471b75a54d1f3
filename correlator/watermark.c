/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/watermark.h"

#include <assert.h>
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

void intervals_add_all(struct intervals *set, const struct intervals *others)
{
	for (size_t i = 0; i < others->count; i++)
		intervals_add(set, others->items[i].from, others->items[i].until);
}

void intervals_subtract(struct intervals *set, const struct intervals *others)
{
	struct intervals left = { 0 };
	size_t hole = 0;

	if (others->count == 0)
		return;
	for (size_t i = 0; i < set->count; i++) {
		us_time from = set->items[i].from, until = set->items[i].until;

		while (hole < others->count && others->items[hole].until < from)
			hole++;
		for (size_t at = hole; at < others->count &&
				       others->items[at].from <= until && from <= until;
		     at++) {
			if (others->items[at].from > from)
				intervals_add(&left, from, others->items[at].from - 1);
			from = others->items[at].until == INT64_MAX
				       ? until + 1
				       : others->items[at].until + 1;
		}
		if (from <= until)
			intervals_add(&left, from, until);
	}
	intervals_release(set);
	*set = left;
}

void intervals_intersect(struct intervals *set, const struct intervals *others)
{
	struct intervals both = { 0 };
	size_t a = 0, b = 0;

	while (a < set->count && b < others->count) {
		const struct interval *one = &set->items[a], *two = &others->items[b];
		us_time from = one->from > two->from ? one->from : two->from;
		us_time until = one->until < two->until ? one->until : two->until;

		if (from <= until)
			intervals_add(&both, from, until);
		if (one->until < two->until)
			a++;
		else
			b++;
	}
	intervals_release(set);
	*set = both;
}

void intervals_forget(struct intervals *set, us_time before)
{
	size_t first = interval_at(set, before);

	if (first && first == set->count)
		first--;
	if (first == 0)
		return;
	memmove(set->items, set->items + first,
		(set->count - first) * sizeof(*set->items));
	set->count -= first;
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

void watermark_init(struct watermark *watermark, const struct hash_key *hash_key)
{
	*watermark = (struct watermark){ .hash_key = *hash_key, .is_stale = true };
	map_init(&watermark->map);
}

void watermark_release(struct watermark *watermark)
{
	for (size_t i = 0; i < watermark->count; i++) {
		struct scope *scope = watermark->scopes[i];

		free(scope->account);
		free(scope->region);
		for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
			intervals_release(&scope->classes[k].covered);
			intervals_release(&scope->classes[k].holes);
		}
		free(scope);
	}
	free(watermark->scopes);
	map_release(&watermark->map);
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		intervals_release(&watermark->joint[k].covered);
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

/* Whether the scope is one the host could be in, by what is known of the host. */
static bool is_possible(const struct watermark *watermark, const struct scope *scope)
{
	return agrees(watermark->account, scope->account) &&
	       agrees(watermark->region, scope->region);
}

struct scope_key {
	struct slice account, region;
};

static bool scope_is(const void *entry, const void *key_pointer)
{
	const struct scope *scope = entry;
	const struct scope_key *key = key_pointer;

	return slice_equal_ignoring_case(key->account, slice_text(scope->account)) &&
	       slice_equal_ignoring_case(key->region, slice_text(scope->region));
}

/* What was covered between these times may be so no more. */
static void shrink(struct watermark *watermark, us_time from, us_time until)
{
	if (!watermark->has_shrunk || from < watermark->shrunk_from)
		watermark->shrunk_from = from;
	if (!watermark->has_shrunk || until > watermark->shrunk_until)
		watermark->shrunk_until = until;
	watermark->has_shrunk = true;
}

/* The scope of this account and region; made when new. */
static struct scope *scope_of(struct watermark *watermark, struct slice account,
			      struct slice region)
{
	struct scope_key key = { account, region };
	uint64_t hash = hash_mix(hash_bytes_ignoring_case(&watermark->hash_key, account),
				 hash_bytes_ignoring_case(&watermark->hash_key, region));
	struct scope *scope = map_find(&watermark->map, hash, scope_is, &key);

	if (scope)
		return scope;
	if (watermark->count == watermark->size) {
		watermark->size = watermark->size ? watermark->size * 2 : 4;
		watermark->scopes = memory_resize(watermark->scopes, watermark->size,
						  sizeof(struct scope *));
	}
	scope = memory_new(1, sizeof(*scope));
	scope->account = memory_copy_text(account);
	scope->region = memory_copy_text(region);
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		scope->classes[k].advanced_at = US_TIME_NONE;
	map_add(&watermark->map, hash, scope);
	watermark->scopes[watermark->count++] = scope;
	watermark->is_stale = true;
	/* a place more in which the call could be */
	if (is_possible(watermark, scope))
		shrink(watermark, US_TIME_MIN, US_TIME_MAX);
	return scope;
}

void watermark_identify(struct watermark *watermark, struct slice account,
			struct slice region)
{
	watermark->account = account;
	watermark->region = region;
	watermark->is_stale = true;
	shrink(watermark, US_TIME_MIN, US_TIME_MAX);
	for (size_t i = 0; i < watermark->count; i++)
		watermark->scopes[i]->names_instance = false;
}

void watermark_name(struct watermark *watermark, struct slice account,
		    struct slice region)
{
	struct scope *scope = scope_of(watermark, account, region);

	if (scope->names_instance)
		return;
	scope->names_instance = true;
	watermark->is_stale = true;
	if (watermark->account.len == 0 || watermark->region.len == 0)
		shrink(watermark, US_TIME_MIN, US_TIME_MAX);
}

bool watermark_is_ours(const struct watermark *watermark, struct slice account,
		       struct slice region)
{
	bool is_known = watermark->account.len > 0;

	if (is_known && !slice_equal_ignoring_case(watermark->account, account))
		return false;
	if (is_known && (region.len == 0 || watermark->region.len > 0))
		return region.len == 0 ||
		       slice_equal_ignoring_case(watermark->region, region);
	for (size_t i = 0; i < watermark->count; i++) {
		const struct scope *scope = watermark->scopes[i];

		if (scope->names_instance &&
		    slice_equal_ignoring_case(slice_text(scope->account), account) &&
		    (region.len == 0 ||
		     slice_equal_ignoring_case(slice_text(scope->region), region)))
			return true;
	}
	return false;
}

static bool add_to_class(struct class_coverage *coverage, const struct progress *progress,
			 bool is_hole, us_time now)
{
	us_time end = intervals_end(&coverage->covered);
	bool fills;

	if (is_hole) {
		fills = !intervals_cover(&coverage->holes, progress->from,
					 progress->until);
		intervals_add(&coverage->holes, progress->from, progress->until);
		return fills;
	}
	fills = intervals_add(&coverage->covered, progress->from, progress->until);
	if (intervals_end(&coverage->covered) != end) {
		coverage->advanced_at = now;
		coverage->is_lost = false;
	}
	return fills;
}

/* Whether general scopes reach further than this one: what comes after its own end then
 * fills what lies before theirs. */
static bool lags(const struct watermark *watermark, const struct scope *scope, size_t k)
{
	return watermark->is_stale || intervals_end(&scope->classes[k].covered) <
					      intervals_end(&watermark->joint[k].covered);
}

uint32_t watermark_add(struct watermark *watermark, const struct progress *progress,
		       bool is_hole, us_time now)
{
	struct scope *scope = scope_of(watermark, progress->account, progress->region);
	uint32_t filled = 0;

	for (uint32_t k = 0; k < LOG_CLASS_COUNT; k++) {
		bool is_behind = !is_hole && lags(watermark, scope, k);

		if ((progress->every_class || progress->log_class == k) &&
		    (add_to_class(&scope->classes[k], progress, is_hole, now) ||
		     is_behind))
			filled |= 1u << k;
	}
	watermark->is_stale = true;
	if (is_hole && filled && is_possible(watermark, scope))
		shrink(watermark, progress->from, progress->until);
	return filled;
}

void watermark_sight(struct watermark *watermark, const struct sight *sight)
{
	struct scope *scope = scope_of(watermark, sight->account, sight->region);

	for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
		if (!sight->every_class && sight->log_class != k)
			continue;
		scope->classes[k].is_lost = sight->lost;
		scope->classes[k].lost_reason = sight->reason;
	}
	watermark->is_stale = true;
}

/* ---- what the scopes that count have in common ---- */

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

/* How much is left open of where a scope is: 0 nothing, 2 all of it. Azure's and Google
 * Cloud's logs have no regions: of theirs one is always open. */
static int openness(const struct scope *scope)
{
	return !*scope->account + !*scope->region;
}

#define OPENNESS_MAX 2

/* The scopes that count: those the host's own account and region allow, else those whose
 * calls name it, else every one that was seen; more open ones only where there is none
 * that is less so. */
static struct scope **relevant_scopes(const struct watermark *watermark,
				      size_t *ret_count)
{
	struct scope **relevant =
		memory_new(watermark->count + 1, sizeof(struct scope *));
	bool is_known = watermark->account.len && watermark->region.len,
	     some_name = false;

	*ret_count = 0;
	for (size_t i = 0; i < watermark->count && !is_known; i++)
		some_name |= watermark->scopes[i]->names_instance &&
			     is_possible(watermark, watermark->scopes[i]);
	for (int open = 0; open <= OPENNESS_MAX && *ret_count == 0; open++) {
		for (size_t i = 0; i < watermark->count; i++) {
			struct scope *scope = watermark->scopes[i];

			if (openness(scope) == open && is_possible(watermark, scope) &&
			    (open == OPENNESS_MAX || !some_name || scope->names_instance))
				relevant[(*ret_count)++] = scope;
		}
	}
	return relevant;
}

static bool needs_no_patience(enum reason reason)
{
	return reason == REASON_NO_CREDENTIALS || reason == REASON_API_DENIED ||
	       reason == REASON_LOG_CLASS_DISABLED;
}

/* What is known of one class in one scope, with what general scopes add to it. */
struct class_view {
	struct intervals covered;
	us_time end, advanced_at;
	bool is_lost;
	enum reason lost_reason;
};

static void view_add(struct class_view *view, struct intervals *holes,
		     const struct class_coverage *coverage)
{
	us_time end = intervals_end(&coverage->covered);

	intervals_add_all(&view->covered, &coverage->covered);
	intervals_add_all(holes, &coverage->holes);
	if (end > view->end)
		view->end = end;
	if (coverage->advanced_at > view->advanced_at)
		view->advanced_at = coverage->advanced_at;
	if (coverage->is_lost && !view->is_lost) {
		view->is_lost = true;
		view->lost_reason = coverage->lost_reason;
	}
}

static struct class_view view_of(const struct scope *scope, struct scope *const *general,
				 size_t general_count, size_t k)
{
	struct class_view view = { .end = US_TIME_NONE, .advanced_at = US_TIME_NONE };
	struct intervals holes = { 0 };

	view_add(&view, &holes, &scope->classes[k]);
	for (size_t i = 0; i < general_count; i++)
		if (general[i] != scope && holds_for(general[i], scope))
			view_add(&view, &holes, &general[i]->classes[k]);
	intervals_subtract(&view.covered, &holes);
	intervals_release(&holes);
	return view;
}

static void join(struct joint_coverage *joint, struct class_view *view, bool is_first)
{
	if (is_first) {
		joint->covered = view->covered;
		joint->reach = view->end;
		joint->advanced_at = view->advanced_at;
	} else {
		intervals_intersect(&joint->covered, &view->covered);
		intervals_release(&view->covered);
		if (view->end < joint->reach)
			joint->reach = view->end;
		if (view->advanced_at < joint->advanced_at)
			joint->advanced_at = view->advanced_at;
	}
	joint->is_lost |= view->is_lost;
	if (!view->is_lost || joint->is_refused)
		return;
	joint->lost_reason = view->lost_reason;
	joint->is_refused = needs_no_patience(view->lost_reason);
}

void watermark_refresh(struct watermark *watermark)
{
	struct scope **relevant, **general;
	size_t count, general_count = 0;

	if (!watermark->is_stale)
		return;
	watermark->is_stale = false;
	relevant = relevant_scopes(watermark, &count);
	general = memory_new(watermark->count + 1, sizeof(struct scope *));
	for (size_t i = 0; i < watermark->count; i++)
		if (is_general(watermark->scopes[i]))
			general[general_count++] = watermark->scopes[i];
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
		struct joint_coverage *joint = &watermark->joint[k];

		intervals_release(&joint->covered);
		*joint = (struct joint_coverage){ .reach = US_TIME_NONE,
						  .advanced_at = US_TIME_NONE,
						  .lost_reason = REASON_NO_PROGRESS };
		for (size_t i = 0; i < count; i++) {
			struct class_view view =
				view_of(relevant[i], general, general_count, k);

			join(joint, &view, i == 0);
		}
	}
	free(relevant);
	free(general);
}

void watermark_forget(struct watermark *watermark, us_time before, us_span keep)
{
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
		us_time end = US_TIME_NONE;

		for (size_t i = 0; i < watermark->count; i++) {
			us_time reach =
				intervals_end(&watermark->scopes[i]->classes[k].covered);

			end = reach > end ? reach : end;
		}
		if (end == US_TIME_NONE)
			continue;
		for (size_t i = 0; i < watermark->count; i++) {
			struct class_coverage *class_coverage =
				&watermark->scopes[i]->classes[k];
			us_time last = end - keep < before ? end - keep : before;

			intervals_forget(&class_coverage->covered, last);
			intervals_forget(&class_coverage->holes, last);
		}
	}
	watermark->is_stale = true;
	watermark_refresh(watermark);
}

bool watermark_covers(const struct watermark *watermark, uint32_t class_bits,
		      us_time from, us_time until)
{
	assert(!watermark->is_stale);
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		if ((class_bits & 1u << k) &&
		    !intervals_cover(&watermark->joint[k].covered, from, until))
			return false;
	return true;
}

us_time watermark_reach(const struct watermark *watermark, uint32_t class_bits)
{
	us_time reach = INT64_MAX;

	assert(!watermark->is_stale);
	for (size_t k = 0; k < LOG_CLASS_COUNT; k++)
		if ((class_bits & 1u << k) && watermark->joint[k].reach < reach)
			reach = watermark->joint[k].reach;
	return reach;
}

/* Google's data access logs: off, but for OS Login's, and of those only who may read
 * private logs is shown any ("Enable Data Access audit logs", Cloud Logging
 * documentation). */
#define DATA_ACCESS_BITS                                          \
	(1u << LOG_CLASS_GCP_OS_LOGIN | 1u << LOG_CLASS_GCP_IAP | \
	 1u << LOG_CLASS_GCP_OS_CONFIG)

bool watermark_is_off(const struct watermark *watermark, uint32_t class_bits)
{
	bool is_missing = false, has_others = false;

	for (size_t k = 0; k < LOG_CLASS_COUNT; k++) {
		bool is_read = watermark->joint[k].reach != US_TIME_NONE;

		if (!is_read && class_bits & DATA_ACCESS_BITS & 1u << k)
			is_missing = true;
		has_others |= is_read && log_class_cloud((enum log_class)k) == CLOUD_GCP;
	}
	return is_missing && has_others;
}
