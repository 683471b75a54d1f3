/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/support/event_print.h"
#include "tests/world/live.h"
#include "tests/world/run.h"

static us_time now_of(const struct live *live, us_time at)
{
	return live->now_base + (at - live->world->started_at);
}

/* ---- what the correlator has seen ---- */

static void open_login(struct live *live, uint32_t login)
{
	if (live->is_open[login] || live->seen.logins[login] == US_TIME_NONE)
		return;
	live->is_open[login] = true;
	live->open[live->open_count++] = login;
}

/* What was settled without this call, or without this login, may not be settled with it.
 */
static void open_concerned(struct live *live, int64_t call, int32_t group)
{
	for (uint32_t i = 0; i < live->world->login_count; i++) {
		const struct world_login *login = &live->world->logins[i];

		for (uint32_t k = 0; k < login->door_count; k++) {
			if (group >= 0 && login->doors[k].group == group)
				open_login(live, i);
			for (uint32_t t = 0; t < login->doors[k].tie_count; t++)
				if (login->doors[k].ties[t].call == call)
					open_login(live, i);
		}
	}
}

static void note_call(struct live *live, const struct event *event)
{
	struct slice text = slice_skip(event->api_call.id, strlen("event-"));
	uint64_t call;

	if (!slice_number(text, WORLD_CALLS_MAX - 1, &call))
		return;
	live->seen.calls[call] = true;
	open_concerned(live, (int64_t)call, -1);
}

static void note_progress(struct live *live, const struct progress *progress)
{
	struct seen_class *sight = &live->seen.classes[progress->log_class];

	if (progress->every_class || (sight->proven_until != US_TIME_NONE &&
				      progress->until <= sight->proven_until))
		return;
	sight->proven_until = progress->until;
	sight->advanced_at = live->seen.now;
	sight->is_lost = sight->is_refused = sight->may_be_blind = false;
	sight->lost_reasons = 0;
}

static void note_hole(struct live *live, const struct progress *hole)
{
	struct seen_class *sight = &live->seen.classes[hole->log_class];

	if (sight->hole_count >= SEEN_HOLES_MAX)
		limit_reached("holes");
	sight->holes[sight->hole_count].from = hole->from;
	sight->holes[sight->hole_count++].until = hole->until;
}

static void note_sight(struct live *live, const struct sight *said)
{
	struct seen_class *sight = &live->seen.classes[said->log_class];

	if (said->lost)
		sight->lost_reasons |= UINT64_C(1) << said->reason;
	else
		sight->back_at = live->seen.now;
	sight->is_lost = said->lost;
	sight->is_refused = said->lost && (said->reason == REASON_NO_CREDENTIALS ||
					   said->reason == REASON_API_DENIED);
}

static void note_login(struct live *live, const struct event *event)
{
	const struct world_line *line = &live->world->lines[event->evidence - 1];

	if (event->kind == EVENT_RUN &&
	    (event->run.port != 0 || slice_equal(event->run.plugin, SLICE("Port"))))
		live->seen.ports[line->login] = true;
	/* where there is a journal, it alone makes logins */
	if (live->world->host_mode == HOST_MODE_BOTH &&
	    event->source == HOST_SOURCE_SYSLOG)
		return;
	if (!line->makes_login || live->seen.logins[line->login] != US_TIME_NONE ||
	    live->world->logins[line->login].is_forged)
		return;
	live->seen.logins[line->login] = live->seen.now;
	open_login(live, line->login);
	for (uint32_t i = 0; i < live->world->logins[line->login].door_count; i++)
		open_concerned(live, -1, live->world->logins[line->login].doors[i].group);
}

static void note(struct live *live, const struct event *event)
{
	switch (event->kind) {
	case EVENT_API_CALL:
		note_call(live, event);
		break;
	case EVENT_PROGRESS:
		note_progress(live, &event->progress);
		break;
	case EVENT_API_HOLE:
		note_hole(live, &event->progress);
		break;
	case EVENT_SIGHT:
		note_sight(live, &event->sight);
		break;
	default:
		if (event->evidence != 0)
			note_login(live, event);
	}
}

/* ---- feeding ---- */

static void log_entry(struct live *live, const struct event *event, us_time now)
{
	if (live->log_count >= LOG_MAX)
		limit_reached("inputs");
	live->log[live->log_count++] = (struct log_entry){ .event = event, .now = now };
}

/* Lets the correlator's own deadlines come, one by one. */
static void pass_time(struct live *live, us_time until)
{
	for (;;) {
		us_time deadline = correlator_next_deadline(live->correlator);

		if (deadline == US_TIME_NONE || deadline > until)
			break;
		if (deadline < live->seen.now)
			deadline = live->seen.now;
		live->seen.now = live->told.now = deadline;
		log_entry(live, NULL, deadline);
		correlator_advance(live->correlator, deadline);
		check_open(live);
		if (correlator_next_deadline(live->correlator) != US_TIME_NONE &&
		    correlator_next_deadline(live->correlator) <= deadline) {
			world_fail(live->world, "a deadline at %.3f does not pass",
				   (double)deadline / 1e6);
			break;
		}
	}
	live->seen.now = live->told.now = until;
}

static void feed(void *ctx, const struct event *event)
{
	struct live *live = ctx;
	uint64_t told = live->told.count;

	if (live->world->is_verbose) {
		printf("%12.3f ", (double)live->seen.now / 1e6);
		event_print(stdout, event);
	}
	log_entry(live, event, live->seen.now);
	note(live, event);
	correlator_feed(live->correlator, event, live->seen.now);
	/* that the host was read changes no verdict but those it decides */
	if (event->kind != EVENT_HOST_COVERAGE || live->told.count != told)
		check_open(live);
}

/* Events of the cloud's own making live until the world ends, for the log. */
static void feed_copy(void *ctx, const struct event *event)
{
	struct live *live = ctx;
	struct event *copy = world_memory_take(&live->world->arena, sizeof(*copy));

	*copy = *event;
	feed(live, copy);
}

/* The host's logs were read without a hole until now. */
static void feed_host_coverage(struct live *live, enum host_source source)
{
	struct event event = {
		.kind = EVENT_HOST_COVERAGE,
		.happened_at = world_stamp(live->world, live->at),
		.source = source,
		.host_coverage = {
			.source = source,
			.from = live->covered_until[source],
			.until = world_stamp(live->world, live->at) - 5 * US_PER_SECOND,
			.host = source == HOST_SOURCE_SSM ? SLICE("") : live->world->host,
		},
	};

	if (event.host_coverage.until <= event.host_coverage.from)
		return;
	live->covered_until[source] = event.host_coverage.until;
	feed_copy(live, &event);
}

static void feed_coverage(struct live *live)
{
	if (live->world->host_mode != HOST_MODE_TEXT)
		feed_host_coverage(live, HOST_SOURCE_JOURNAL);
	if (live->world->host_mode != HOST_MODE_JOURNAL)
		feed_host_coverage(live, HOST_SOURCE_SYSLOG);
	feed_host_coverage(live, HOST_SOURCE_SSM);
}

/* The correlator is thrown away; a new one, hashing otherwise, gets the whole log again
 * and must say the same. */
static void restart(struct live *live)
{
	struct correlator_options options = live->world->options;
	static struct told again;
	struct correlator_sink sink;
	struct correlator *correlator;

	told_init(&again, live->world);
	again.world = live->world;
	sink = told_sink(&again);
	options.hash_key.word[0] = random_next(&live->cloud.random);
	options.hash_key.word[1] = random_next(&live->cloud.random);
	correlator = correlator_new(&options, &sink);
	for (uint32_t i = 0; i < live->log_count; i++) {
		again.now = live->log[i].now;
		if (live->log[i].event)
			correlator_feed(correlator, live->log[i].event, live->log[i].now);
		else
			correlator_advance(correlator, live->log[i].now);
	}
	if (again.digest != live->told.digest || again.count != live->told.count)
		world_fail(live->world,
			   "a restart told %llu things instead of %llu, or others",
			   (unsigned long long)again.count,
			   (unsigned long long)live->told.count);
	correlator_free(correlator);
	live->counts->turns[TURN_RESTART]++;
}

/* ---- the run ---- */

static void step_to(struct live *live, us_time at)
{
	live->at = at;
	pass_time(live, now_of(live, at));
}

/* A journal is read at least every ten seconds while text lines wait for their twins. */
static us_time look_at_twins_again(const struct world *world, uint32_t line, us_time at)
{
	for (uint32_t i = line; i-- > 0 && world->lines[i].read_at >= at - US_PER_MINUTE;)
		if (world->lines[i].event.twin_expected)
			return at + 10 * US_PER_SECOND;
	return WORLD_NEVER;
}

static void go_on(struct live *live)
{
	const struct emitter emitter = { .emit = feed_copy, .ctx = live };
	struct world *world = live->world;
	us_time coverage_at = world->started_at + US_PER_MINUTE;
	us_time look_at = WORLD_NEVER; /* whether a text line's twin is in the journal */
	uint32_t line = 0;

	while (!world->has_failed) {
		enum log_class log_class;
		us_time poll_at = cloud_next(&live->cloud, &log_class);
		us_time line_at = line < world->line_count ? world->lines[line].read_at
							   : WORLD_NEVER;
		us_time at = poll_at < line_at ? poll_at : line_at;

		at = coverage_at < at ? coverage_at : at;
		at = look_at < at ? look_at : at;
		if (at > world->ends_at)
			break;
		step_to(live, at);
		if (at == line_at) {
			if (world->lines[line].event.twin_expected)
				look_at = at + 10 * US_PER_SECOND;
			feed(live, &world->lines[line++].event);
		} else if (at == look_at) {
			feed_coverage(live);
			look_at = look_at_twins_again(world, line, at);
		} else if (at == poll_at) {
			cloud_poll(&live->cloud, log_class, at, &emitter);
		} else {
			feed_coverage(live);
			coverage_at += 2 * US_PER_MINUTE;
			if (random_below(&live->cloud.random, 300) == 0)
				restart(live);
			if (random_below(&live->cloud.random, 60) == 0)
				check_all(live);
		}
	}
	step_to(live, world->ends_at);
}

static void begin(struct live *live, struct world *world, struct counts *counts)
{
	struct correlator_sink sink;

	memset(live, 0, offsetof(struct live, log));
	live->world = world;
	live->counts = counts;
	cloud_init(&live->cloud, world);
	seen_init(&live->seen);
	told_init(&live->told, world);
	live->now_base = random_span(&live->cloud.random, 0, 30 * US_PER_DAY);
	live->seen.now = live->now_base;
	for (unsigned i = 0; i < HOST_SOURCE_COUNT; i++)
		live->covered_until[i] = world_stamp(world, world->started_at);
	sink = told_sink(&live->told);
	live->correlator = correlator_new(&world->options, &sink);
	feed(live, &world->identity);
}

static void count(struct live *live)
{
	struct counts *counts = live->counts;

	counts_add(counts, live->world, &live->told);
	counts->turns[TURN_CALL_AGAIN] += live->cloud.repeated;
	counts->turns[TURN_POLL_FAILED] += live->cloud.polls_failed;
	counts->turns[TURN_POLL_EMPTY] += live->cloud.polls_empty;
	counts->turns[TURN_HOLE] += live->cloud.holes;
}

bool run_live(struct world *world, struct counts *counts)
{
	static struct live live; /* too large for a stack */

	begin(&live, world, counts);
	go_on(&live);
	check_end(&live);
	if (!world->has_failed)
		restart(&live);
	count(&live);
	correlator_free(live.correlator);
	return !world->has_failed;
}
