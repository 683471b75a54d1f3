/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/judge.h"

#include <stdlib.h>

#include "base/memory.h"
#include "cli/host_names.h"
#include "cli/judge_baseline.h"

/* Longer than any two times are apart: one line of the year 9999 must not make a replay
 * forget all that was before it. */
#define KEEP_ALL US_TIME_MAX

void judge_init(struct judge *judge, struct arena *arena)
{
	*judge = (struct judge){ .arena = arena, .fed_until = US_TIME_MIN };
}

void judge_release(struct judge *judge)
{
	correlator_free(judge->correlator);
	free(judge->observations);
	judge->correlator = NULL;
	judge->observations = NULL;
	judge->observation_count = 0;
}

static const uint64_t *copy_samples(struct arena *arena,
				    const struct observation *observation)
{
	const size_t bytes = observation->sample_count * sizeof(*observation->samples);
	uint64_t *samples = bytes ? arena_new(arena, bytes) : NULL;

	if (bytes)
		memcpy(samples, observation->samples, bytes);
	return samples;
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct judge *judge = ctx;
	struct observation copy = *observation;

	if (observation->login)
		copy.login = login_copy(judge->arena, observation->login);
	if (observation->api_call)
		copy.api_call = event_copy(judge->arena, observation->api_call);
	copy.detail = arena_copy(judge->arena, observation->detail);
	copy.samples = copy_samples(judge->arena, observation);
	if (judge->observation_count == judge->observation_size) {
		judge->observation_size =
			judge->observation_size ? 2 * judge->observation_size : 64;
		judge->observations =
			memory_resize(judge->observations, judge->observation_size,
				      sizeof(*judge->observations));
	}
	judge->observations[judge->observation_count++] = copy;
}

/* The correlator's time goes with the events', and never back. */
static void feed(struct judge *judge, const struct event *event)
{
	if (event->happened_at > judge->fed_until)
		judge->fed_until = event->happened_at;
	correlator_feed(judge->correlator, event, judge->fed_until);
}

static void feed_progress(void *ctx, const struct event *event)
{
	struct event progress = *event;

	/* Holes may reach to the end of all time, which is no time to be at. */
	if (event->kind == EVENT_API_HOLE)
		progress.happened_at = US_TIME_MIN;
	feed(ctx, &progress);
}

static void feed_identity(struct judge *judge, const struct identity *identity)
{
	struct event event = {
		.kind = EVENT_IDENTITY,
		.happened_at = judge->fed_until,
		.identity = *identity,
	};

	feed(judge, &event);
}

static void feed_source(struct judge *judge, const struct judge_input *input,
			const struct loaded_source *source)
{
	struct event event = {
		.kind = EVENT_HOST_COVERAGE,
		.happened_at = judge->fed_until,
		.host = source->host,
		.source = source->source,
		.host_coverage = {
			.source = source->source,
			.from = source->from,
			.until = source->until,
			.host = source->host,
		},
	};

	if (input->host.len && !host_name_is(source->host, input->host))
		return;
	if (input->now != US_TIME_NONE) {
		if (source->from > input->now)
			return;
		if (source->until > input->now)
			event.host_coverage.until = input->now;
	}
	feed(judge, &event);
}

static bool is_wanted(const struct judge_input *input, const struct event *event)
{
	if (input->now != US_TIME_NONE && event->happened_at > input->now)
		return false;
	return event->kind == EVENT_API_CALL || input->host.len == 0 ||
	       host_name_is(event->host, input->host);
}

/* What the API logs prove, while it is given out as of some time: they had been read all
 * along, so none of it comes later than its own end. */
struct coming {
	struct judge *judge;
	struct event *ends; /* owned; slices are the coverage's */
	size_t count, size, next;
};

/* Feeds all but the last instant, and keeps the whole for its time. */
static void feed_ahead(void *ctx, const struct event *event)
{
	struct coming *coming = ctx;
	struct event known = *event;

	known.happened_at = US_TIME_MIN;
	if (event->kind == EVENT_API_HOLE) {
		feed(coming->judge, &known);
		return;
	}
	if (known.progress.until > known.progress.from) {
		known.progress.until--;
		feed(coming->judge, &known);
	}
	if (coming->count == coming->size) {
		coming->size = coming->size ? 2 * coming->size : 16;
		coming->ends =
			memory_resize(coming->ends, coming->size, sizeof(*coming->ends));
	}
	coming->ends[coming->count++] = *event;
}

static int compare_ends(const void *left, const void *right)
{
	const struct event *a = left, *b = right;

	return (a->happened_at > b->happened_at) - (a->happened_at < b->happened_at);
}

static void feed_ends(struct coming *coming, us_time until)
{
	while (coming->next < coming->count &&
	       coming->ends[coming->next].happened_at <= until)
		feed(coming->judge, &coming->ends[coming->next++]);
}

static void feed_as_of(struct judge *judge, const struct judge_input *input)
{
	struct coming coming = { .judge = judge };
	const struct emitter emitter = { feed_ahead, &coming };
	const struct event_list *events = input->events;

	coverage_emit(input->coverage, input->now, &emitter);
	if (coming.count)
		qsort(coming.ends, coming.count, sizeof(*coming.ends), compare_ends);
	for (size_t i = 0; i < events->count; i++) {
		if (!is_wanted(input, events->events[i]))
			continue;
		feed_ends(&coming, events->events[i]->happened_at);
		feed(judge, events->events[i]);
	}
	feed_ends(&coming, US_TIME_MAX);
	free(coming.ends);
}

static void feed_all(struct judge *judge, const struct judge_input *input)
{
	const struct emitter emitter = { feed_progress, judge };
	const struct event_list *events = input->events;

	/* What came before the first event was not waited for. */
	if (events->count && events->events[0]->happened_at > judge->fed_until)
		judge->fed_until = events->events[0]->happened_at;
	feed_identity(judge, input->identity);
	for (size_t i = 0; i < input->source_count; i++)
		feed_source(judge, input, &input->sources[i]);
	if (input->now != US_TIME_NONE) {
		feed_as_of(judge, input);
		return;
	}
	for (size_t i = 0; i < events->count; i++) {
		if (is_wanted(input, events->events[i]))
			feed(judge, events->events[i]);
	}
	coverage_emit(input->coverage, US_TIME_MAX, &emitter);
}

static int compare_observations(const void *left, const void *right)
{
	const struct observation *a = left, *b = right;
	int order = memcmp(a->id.bytes, b->id.bytes, sizeof(a->id.bytes));

	if (a->happened_at != b->happened_at)
		return a->happened_at < b->happened_at ? -1 : 1;
	return order ? order : a->is_over - b->is_over;
}

void judge_run(struct judge *judge, const struct judge_input *input)
{
	const struct correlator_sink sink = { .observation = take_observation,
					      .ctx = judge };
	struct correlator_options options = correlator_options_default();
	const struct baseline_options usual = baseline_options_default();
	us_time end;

	options.hash_key = hash_key_random();
	/* Without any API log there is nothing to wait for. */
	options.logs_are_complete = input->now == US_TIME_NONE || !input->has_api_logs;
	options.keep_us = KEEP_ALL;
	options.tell_opened_doors = true;
	options.policy = policy_for_correlator(input->policy);
	judge->policy = input->policy;
	judge->tags =
		(struct policy_tags){ input->identity->tags, input->identity->tag_count,
				      input->identity->has_tags };
	judge->correlator = correlator_new(&options, &sink);

	event_list_sort(input->events);
	feed_all(judge, input);

	end = judge->fed_until + options.twin_wait_us + US_PER_SECOND;
	if (input->now != US_TIME_NONE)
		end = input->now > judge->fed_until ? input->now : judge->fed_until;
	correlator_advance(judge->correlator, end);
	judge->fed_until = end;

	judge_baseline(judge, input->baseline ? input->baseline : &usual,
		       take_observation);
	if (judge->observation_count)
		qsort(judge->observations, judge->observation_count,
		      sizeof(*judge->observations), compare_observations);
}

void judge_each_login(const struct judge *judge,
		      void (*take)(void *ctx, const struct verdict *verdict), void *ctx)
{
	correlator_each_login(judge->correlator, take, ctx);
}

void judge_suppress(const struct judge *judge, struct finding *finding)
{
	finding->suppression = policy_suppression(judge->policy, finding, &judge->tags);
}

/* Two sorted streams into one. */
struct merge {
	const struct judge *judge;
	size_t next; /* observation */
	void (*take)(void *ctx, const struct finding *finding);
	void *ctx;
};

static void give(struct merge *merge, struct finding *finding)
{
	judge_suppress(merge->judge, finding);
	merge->take(merge->ctx, finding);
}

static void give_observations(struct merge *merge, us_time until)
{
	const struct judge *judge = merge->judge;

	while (merge->next < judge->observation_count &&
	       judge->observations[merge->next].happened_at <= until) {
		const struct observation *observation =
			&judge->observations[merge->next++];
		struct finding finding;

		finding_from_observation(observation, &finding);
		give(merge, &finding);
	}
}

static void give_verdict(void *ctx, const struct verdict *verdict)
{
	struct merge *merge = ctx;
	struct finding finding;

	give_observations(merge, verdict->login->happened_at);
	if (finding_from_verdict(verdict, &finding))
		give(merge, &finding);
}

void judge_each_finding(const struct judge *judge,
			void (*take)(void *ctx, const struct finding *finding), void *ctx)
{
	struct merge merge = { .judge = judge, .take = take, .ctx = ctx };

	correlator_each_login(judge->correlator, give_verdict, &merge);
	give_observations(&merge, INT64_MAX);
}
