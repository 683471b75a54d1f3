/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/coverage.h"

#include <stdlib.h>

#include "base/memory.h"

/* One log, account and region. */
struct coverage_place {
	enum api_log log;
	struct slice account, region;
	struct coverage_span seen;     /* of all its files */
	struct coverage_span complete; /* of those that leave nothing out */
	uint32_t class_bits;
	uint32_t source_count; /* at least so many different event sources */
	bool has_other_sources;
	struct slice other_source;  /* one of those */
	bool has_two_other_sources; /* one file's is not the other's */
};

#define BIT(log_class) (UINT32_C(1) << (log_class))

/* Classes whose source counts among those that are no cloud door, too (source.h). */
#define ALSO_OTHERS BIT(LOG_CLASS_EC2)

static const struct coverage_span nothing = { US_TIME_NONE, US_TIME_NONE };

void coverage_init(struct coverage *coverage, struct arena *arena)
{
	*coverage = (struct coverage){
		.arena = arena,
		.hash_key = hash_key_random(),
		.said = nothing,
	};
	map_init(&coverage->by_place);
}

void coverage_release(struct coverage *coverage)
{
	map_release(&coverage->by_place);
	free(coverage->places);
	free(coverage->holes);
	coverage->places = NULL;
	coverage->holes = NULL;
}

static void span_add(struct coverage_span *span, us_time from, us_time until)
{
	if (span->from == US_TIME_NONE) {
		*span = (struct coverage_span){ from, until };
		return;
	}
	if (from < span->from)
		span->from = from;
	if (until > span->until)
		span->until = until;
}

static bool is_place(const void *entry, const void *key)
{
	const struct coverage_place *place = entry, *wanted = key;

	return place->log == wanted->log &&
	       slice_equal(place->account, wanted->account) &&
	       slice_equal(place->region, wanted->region);
}

static struct coverage_place *place_of(struct coverage *coverage,
				       const struct api_extent *extent)
{
	struct coverage_place wanted = {
		.log = extent->log,
		.account = slice_text(extent->account),
		.region = slice_text(extent->region),
	};
	uint64_t hash = hash_mix(hash_bytes(&coverage->hash_key, wanted.account),
				 hash_bytes(&coverage->hash_key, wanted.region)) ^
			(uint64_t)extent->log;
	struct coverage_place *place =
		map_find(&coverage->by_place, hash, is_place, &wanted);

	if (place)
		return place;
	place = arena_new(coverage->arena, sizeof(*place));
	*place = (struct coverage_place){
		.log = extent->log,
		.account = arena_copy(coverage->arena, wanted.account),
		.region = arena_copy(coverage->arena, wanted.region),
		.seen = nothing,
		.complete = nothing,
	};
	map_add(&coverage->by_place, hash, place);
	if (coverage->place_count == coverage->place_size) {
		coverage->place_size =
			coverage->place_size ? 2 * coverage->place_size : 16;
		coverage->places = memory_resize(coverage->places, coverage->place_size,
						 sizeof(struct coverage_place *));
	}
	coverage->places[coverage->place_count++] = place;
	return place;
}

static uint32_t count_bits(uint32_t bits)
{
	uint32_t count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

/* Two files with one source each that is no cloud door may have the same one, or two. */
static void add_other_source(struct coverage *coverage, struct coverage_place *place,
			     struct slice source)
{
	if (source.len == 0)
		return;
	if (place->other_source.len == 0)
		place->other_source = arena_copy(coverage->arena, source);
	else if (!slice_equal_ignoring_case(place->other_source, source))
		place->has_two_other_sources = true;
}

void coverage_add(struct coverage *coverage, const struct api_extent *extent,
		  bool is_complete)
{
	struct coverage_place *place;
	uint32_t known_sources;

	if (extent->first == US_TIME_NONE || extent->last == US_TIME_NONE)
		return;
	place = place_of(coverage, extent);
	span_add(&place->seen, extent->first, extent->last);
	if (is_complete)
		span_add(&place->complete, extent->first, extent->last);

	place->class_bits |= extent->class_bits;
	place->has_other_sources = place->has_other_sources || extent->other_sources;
	add_other_source(coverage, place, slice_text(extent->other_source));
	known_sources = count_bits(place->class_bits & ~ALSO_OTHERS) +
			place->has_other_sources + place->has_two_other_sources;
	if (extent->source_count > place->source_count)
		place->source_count = extent->source_count;
	if (known_sources > place->source_count)
		place->source_count = known_sources;
}

void coverage_add_hole(struct coverage *coverage, us_time from, us_time until)
{
	if (coverage->hole_count == coverage->hole_size) {
		coverage->hole_size = coverage->hole_size ? 2 * coverage->hole_size : 16;
		coverage->holes = memory_resize(coverage->holes, coverage->hole_size,
						sizeof(*coverage->holes));
	}
	coverage->holes[coverage->hole_count++] = (struct coverage_hole){ from, until };
}

struct coverage_span coverage_span(const struct coverage *coverage)
{
	struct coverage_span span = nothing;

	for (size_t i = 0; i < coverage->place_count; i++)
		span_add(&span, coverage->places[i]->seen.from,
			 coverage->places[i]->seen.until);
	return span;
}

static int compare_holes(const void *left, const void *right)
{
	const struct coverage_hole *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->until > b->until) - (a->until < b->until);
}

static void emit_hole(const struct emitter *emitter, us_time from, us_time until)
{
	struct event event = {
		.kind = EVENT_API_HOLE,
		.happened_at = until,
		.progress = { .every_class = true, .from = from, .until = until },
	};

	emitter_emit(emitter, &event);
}

/* Those that touch become one: a million damaged files are not a million holes. */
static void emit_holes(const struct coverage *coverage, const struct emitter *emitter)
{
	struct coverage_hole *holes = coverage->holes;
	struct coverage_hole open;

	if (coverage->hole_count == 0)
		return;
	qsort(holes, coverage->hole_count, sizeof(*holes), compare_holes);
	open = holes[0];
	for (size_t i = 1; i < coverage->hole_count; i++) {
		if (holes[i].from <= open.until) {
			if (holes[i].until > open.until)
				open.until = holes[i].until;
			continue;
		}
		emit_hole(emitter, open.from, open.until);
		open = holes[i];
	}
	emit_hole(emitter, open.from, open.until);
}

static void emit_span(const struct emitter *emitter, const struct event *model,
		      struct coverage_span span, us_time limit)
{
	struct event event = *model;

	if (span.from == US_TIME_NONE || span.from > limit)
		return;
	event.progress.from = span.from;
	event.progress.until = span.until < limit ? span.until : limit;
	event.happened_at = event.progress.until;
	emitter_emit(emitter, &event);
}

/* What a log proves of which classes: those whose source is in it, and those of which it
 * says all when it holds more than doors. */
static const struct {
	uint32_t by_source, by_others;
} proofs[API_LOG_COUNT] = {
	[API_LOG_CLOUDTRAIL] = {
		.by_source = UINT32_MAX,
		.by_others = BIT(LOG_CLASS_INSTANCE_CONNECT) | BIT(LOG_CLASS_SSM) |
			     BIT(LOG_CLASS_ECS) | BIT(LOG_CLASS_EC2),
	},
	[API_LOG_AZURE_ACTIVITY] = { .by_others = BIT(LOG_CLASS_AZURE_ACTIVITY) },
	[API_LOG_AZURE_BASTION] = { .by_source = UINT32_MAX },
	[API_LOG_GCP_ACTIVITY] = { .by_source = UINT32_MAX },
	[API_LOG_GCP_DATA_ACCESS] = { .by_source = UINT32_MAX },
};

static uint32_t classes_covered(const struct coverage_place *place)
{
	uint32_t classes = place->class_bits & proofs[place->log].by_source;

	if (place->has_other_sources && place->source_count >= 2)
		classes |= proofs[place->log].by_others;
	return classes;
}

/* Whether it can be said whose coverage it is: an empty account would be everybody's. */
static bool is_somebodys(const struct coverage_place *place)
{
	return place->log == API_LOG_CLOUDTRAIL || place->account.len;
}

static void emit_place(const struct coverage_place *place, us_time limit,
		       const struct emitter *emitter)
{
	struct event event = {
		.kind = EVENT_PROGRESS,
		.progress = { .account = place->account, .region = place->region },
	};
	uint32_t classes = classes_covered(place);

	if (!is_somebodys(place))
		return;
	for (unsigned i = 0; i < LOG_CLASS_COUNT; i++) {
		event.progress.log_class = (enum log_class)i;
		if (classes & BIT(i))
			emit_span(emitter, &event, place->seen, limit);
	}
	event.progress.every_class = true;
	emit_span(emitter, &event, place->complete, limit);
}

static int compare_places(const void *left, const void *right)
{
	const struct coverage_place *const *a = left, *const *b = right;
	int order = slice_compare((*a)->account, (*b)->account);

	if (order == 0)
		order = slice_compare((*a)->region, (*b)->region);
	return order ? order : (int)(*a)->log - (int)(*b)->log;
}

void coverage_emit(const struct coverage *coverage, us_time limit,
		   const struct emitter *emitter)
{
	struct event everything = {
		.kind = EVENT_PROGRESS,
		.progress = { .every_class = true },
	};

	emit_holes(coverage, emitter);
	if (coverage->said.from != US_TIME_NONE) {
		emit_span(emitter, &everything, coverage->said, limit);
		return;
	}
	if (coverage->place_count)
		qsort(coverage->places, coverage->place_count,
		      sizeof(struct coverage_place *), compare_places);
	for (size_t i = 0; i < coverage->place_count; i++)
		emit_place(coverage->places[i], limit, emitter);
}
