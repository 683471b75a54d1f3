/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/support/event_print.h"
#include "tests/world/run.h"
#include "tests/world/told.h"

#define EVENTS_MAX (WORLD_LINES_MAX + WORLD_CALLS_MAX)

struct replay {
	struct world *world;
	struct event hole; /* a part of the API's log that could not be read */
	bool has_hole;
	struct seen seen;
	struct told told;
	struct correlator *correlator;
	us_time ends_at;
	const struct event *events[EVENTS_MAX];
	uint32_t event_count;
};

/* ---- order ---- */

static int by_time(const void *a, const void *b)
{
	const struct event *left = *(const struct event *const *)a;
	const struct event *right = *(const struct event *const *)b;

	if (left->happened_at != right->happened_at)
		return left->happened_at < right->happened_at ? -1 : 1;
	/* on equal times journals come before files */
	if (left->source != right->source)
		return left->source == HOST_SOURCE_JOURNAL ? -1
		       : right->source == HOST_SOURCE_JOURNAL
			       ? 1
			       : (left->source < right->source ? -1 : 1);
	return left->evidence < right->evidence ? -1 : left->evidence > right->evidence;
}

/* One source after the other, in an order that the seed decides; calls anywhere between.
 */
static void disorder(struct replay *replay)
{
	struct random *random = &replay->world->random;
	static const struct event *mixed[EVENTS_MAX];
	static struct {
		const struct event *items[EVENTS_MAX];
		uint32_t count, next;
	} sources[HOST_SOURCE_COUNT + 1];

	for (unsigned i = 0; i <= HOST_SOURCE_COUNT; i++)
		sources[i].count = sources[i].next = 0;
	for (uint32_t i = 0; i < replay->event_count; i++) {
		const struct event *event = replay->events[i];
		unsigned source =
			event->kind == EVENT_API_CALL ? HOST_SOURCE_COUNT : event->source;

		sources[source].items[sources[source].count++] = event;
	}
	for (uint32_t i = sources[HOST_SOURCE_COUNT].count; i > 1; i--) {
		uint32_t other = random_below(random, i);
		const struct event *taken = sources[HOST_SOURCE_COUNT].items[i - 1];

		sources[HOST_SOURCE_COUNT].items[i - 1] =
			sources[HOST_SOURCE_COUNT].items[other];
		sources[HOST_SOURCE_COUNT].items[other] = taken;
	}
	for (uint32_t i = 0; i < replay->event_count;) {
		unsigned source = random_below(random, HOST_SOURCE_COUNT + 1);
		uint32_t run = 1 + random_below(random, 200);

		for (; run > 0 && sources[source].next < sources[source].count; run--)
			mixed[i++] = sources[source].items[sources[source].next++];
	}
	memcpy(replay->events, mixed, replay->event_count * sizeof(const struct event *));
}

static void collect(struct replay *replay)
{
	const struct world *world = replay->world;

	replay->event_count = 0;
	for (uint32_t i = 0; i < world->line_count; i++)
		replay->events[replay->event_count++] = &world->lines[i].event;
	for (uint32_t i = 0; i < world->call_count; i++) {
		const struct world_call *call = &world->calls[i];

		if (call->available_at == WORLD_NEVER ||
		    call->event.happened_at < world->covered_from)
			continue;
		replay->events[replay->event_count++] = &call->event;
		replay->seen.calls[i] = true;
		if (call->again_at != WORLD_NEVER)
			replay->events[replay->event_count++] = &call->event;
	}
	qsort(replay->events, replay->event_count, sizeof(const struct event *), by_time);
}

/* ---- feeding ---- */

static void feed(struct replay *replay, const struct event *event, us_time now)
{
	replay->told.now = now;
	if (replay->world->is_verbose) {
		printf("%12.3f ", (double)(now % US_PER_DAY) / 1e6);
		event_print(stdout, event);
	}
	correlator_feed(replay->correlator, event, now);
}

static void feed_host_coverage(struct replay *replay, enum host_source source,
			       us_time now)
{
	struct world *world = replay->world;
	struct event event = {
		.kind = EVENT_HOST_COVERAGE,
		.source = source,
		.host_coverage = { .source = source,
				   .from = world->started_at - 3 * US_PER_DAY,
				   .until = replay->ends_at,
				   .host = source == HOST_SOURCE_SSM ? SLICE("")
								     : world->host },
	};

	feed(replay, &event, now);
}

static void feed_all(struct replay *replay, bool is_sorted)
{
	struct world *world = replay->world;
	us_time now = is_sorted ? world->started_at - 4 * US_PER_DAY : replay->ends_at;
	struct event progress = {
		.kind = EVENT_PROGRESS,
		.happened_at = replay->ends_at,
		.progress = { .account = world->account,
			      .region = world->region,
			      .every_class = true,
			      .from = world->covered_from,
			      .until = replay->ends_at },
	};
	struct event identity = world->identity;

	identity.identity.watched_since = US_TIME_NONE;
	feed(replay, &identity, now);
	if (world->host_mode != HOST_MODE_TEXT)
		feed_host_coverage(replay, HOST_SOURCE_JOURNAL, now);
	if (world->host_mode != HOST_MODE_JOURNAL)
		feed_host_coverage(replay, HOST_SOURCE_SYSLOG, now);
	feed_host_coverage(replay, HOST_SOURCE_SSM, now);
	for (uint32_t i = 0; i < replay->event_count; i++) {
		if (is_sorted && replay->events[i]->happened_at > now)
			now = replay->events[i]->happened_at;
		feed(replay, replay->events[i], now);
	}
	if (replay->ends_at > now)
		now = replay->ends_at;
	if (replay->has_hole)
		feed(replay, &replay->hole, now);
	feed(replay, &progress, now);
	correlator_advance(replay->correlator,
			   now + world->options.twin_wait_us + US_PER_SECOND);
}

static void begin(struct replay *replay, struct world *world)
{
	struct correlator_sink sink;

	told_init(&replay->told, world);
	replay->told.only_end_counts = true;
	sink = told_sink(&replay->told);
	replay->correlator = correlator_new(&world->options, &sink);
}

/* ---- checking ---- */

/* A hole of some minutes in one class's log, or in all. */
static void choose_hole(struct replay *replay)
{
	struct world *world = replay->world;
	struct random *random = &world->random;
	us_time from = world->started_at +
		       random_span(random, 0, world->ends_at - world->started_at);

	replay->has_hole = random_chance(random, 30);
	replay->hole = (struct event){
		.kind = EVENT_API_HOLE,
		.happened_at = from,
		.progress = { .account = world->account,
			      .region = world->region,
			      .every_class = random_chance(random, 30),
			      .log_class = random_below(random, WORLD_CLASS_COUNT),
			      .from = from,
			      .until = from + random_span(random, US_PER_MINUTE,
							  20 * US_PER_MINUTE) },
	};
}

static void set_seen(struct replay *replay)
{
	struct world *world = replay->world;

	seen_init(&replay->seen);
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++) {
		struct seen_class *sight = &replay->seen.classes[i];
		const struct progress *hole = &replay->hole.progress;

		sight->proven_until = replay->ends_at;
		if (!replay->has_hole || !(hole->every_class || hole->log_class == i))
			continue;
		sight->holes[0].from = hole->from;
		sight->holes[0].until = hole->until;
		sight->hole_count = 1;
	}
	for (uint32_t i = 0; i < world->login_count; i++) {
		if (!world->logins[i].is_forged)
			replay->seen.logins[i] = 0;
		replay->seen.ports[i] = true;
	}
}

/* Where nothing is known of what was there before, an association is vouched for by any
 * call with its id, else it is no news. */
static uint32_t wanted_outcomes(const struct replay *replay, uint32_t login,
				struct judgement *ret_judgement)
{
	const struct world_login *truth = &replay->world->logins[login];
	uint32_t judged = judge(replay->world, &replay->seen, login).outcomes;

	*ret_judgement = judge(replay->world, &replay->seen, login);
	if (truth->bare_path != PATH_AWS_SSM_ASSOCIATION)
		return judged;
	if (truth->story == STORY_ASSOCIATION_CHANGED && !truth->is_news)
		return 1U << OUTCOME_AUTHORIZED | 1U << OUTCOME_NOT_JUDGED;
	return judged == 1U << OUTCOME_AUTHORIZED ? judged : 1U << OUTCOME_NOT_JUDGED;
}

static void check_login(struct replay *replay, uint32_t login)
{
	struct world *world = replay->world;
	const struct told_login *got = &replay->told.logins[login];
	struct judgement judgement;
	uint32_t want = wanted_outcomes(replay, login, &judgement);

	if (world->logins[login].is_torn)
		return;
	if (world->logins[login].is_forged ||
	    world->logins[login].happened_at == US_TIME_NONE) {
		if (got->is_told)
			world_fail(world, "replay: login %u should not be", login);
		return;
	}
	if (!got->is_told || !(want & 1U << got->outcome)) {
		world_fail(world, "replay: login %u (%s): expected 0x%x, got %s", login,
			   story_word(world->logins[login].story), want,
			   got->is_told ? outcome_word(got->outcome) : "nothing");
		return;
	}
	if (got->outcome == OUTCOME_FINAL && !(got->reasons & judgement.blames))
		world_fail(world, "replay: login %u (%s) has the wrong reason 0x%llx",
			   login, story_word(world->logins[login].story),
			   (unsigned long long)got->reasons);
}

static void compare_disordered(struct replay *replay, const struct told *sorted)
{
	for (uint32_t i = 0; i < replay->world->login_count; i++) {
		const struct told_login *a = &sorted->logins[i];
		const struct told_login *b = &replay->told.logins[i];

		if (a->is_told != b->is_told || a->outcome != b->outcome ||
		    a->reasons != b->reasons || a->path != b->path ||
		    a->through != b->through || a->call != b->call ||
		    memcmp(&a->id, &b->id, sizeof(a->id)) != 0)
			world_fail(replay->world,
				   "replay in disorder: login %u (%s) is %s, in order it "
				   "is %s",
				   i, story_word(replay->world->logins[i].story),
				   outcome_word(b->outcome), outcome_word(a->outcome));
	}
}

bool run_replay(struct world *world, struct counts *counts)
{
	static struct replay replay; /* too large for a stack */
	static struct told sorted;

	world->options.logs_are_complete = true;
	replay.world = world;
	replay.ends_at = world->ends_at;
	choose_hole(&replay);
	set_seen(&replay);
	collect(&replay);
	begin(&replay, world);
	feed_all(&replay, true);
	for (uint32_t i = 0; i < world->login_count; i++)
		check_login(&replay, i);
	told_check_calls(&replay.told);
	told_compare_kept(&replay.told, replay.correlator);
	correlator_free(replay.correlator);
	sorted = replay.told;
	counts->turns[TURN_REPLAYED]++;

	disorder(&replay);
	begin(&replay, world);
	feed_all(&replay, false);
	compare_disordered(&replay, &sorted);
	correlator_free(replay.correlator);
	return !world->has_failed;
}
