/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Figure P4: the correlator alone, events in, verdicts out, on one core, with a number of
 * logins open (pending) all the time, beside a bare open-addressing table of that many
 * entries that does the same number of finds, adds and removes an event. These are
 * counted: map_find(), map_add() and map_remove() are wrapped by the linker, in the
 * measured run itself.
 *
 *     bench_correlator                  P4: 10,000 and 1,000,000 open logins
 *     bench_correlator OPEN [RATE]      as many, logins coming at RATE a second of event
 * time (default: so that a call comes 15 minutes late) bench_correlator OPEN RATE DOOR
 * through one door only
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/map.h"
#include "base/memory.h"
#include "bench/correlator_load.h"
#include "bench/correlator_peer.h"
#include "correlator/correlator.h"

#define LAG_US (15 * US_PER_MINUTE)
#define BLOCK_STEPS 64
#define MEASURED_EVENTS ((uint64_t)2000000)
#define PEER_RUNS 3

/* Logins and calls are kept for twice the lag, and half as long is measured at least:
 * then forgetting, which is done in eight steps, is part of it. */
#define KEEP_LAGS 2

/* ---- lookups, counted ---- */

static struct lookups {
	uint64_t finds, adds, removes;
} lookups;

void *__real_map_find(const struct map *map, uint64_t hash, map_match_fn *match,
		      const void *key);
void __real_map_add(struct map *map, uint64_t hash, void *entry);
bool __real_map_remove(struct map *map, uint64_t hash, const void *entry);
void *__wrap_map_find(const struct map *map, uint64_t hash, map_match_fn *match,
		      const void *key);
void __wrap_map_add(struct map *map, uint64_t hash, void *entry);
bool __wrap_map_remove(struct map *map, uint64_t hash, const void *entry);

void *__wrap_map_find(const struct map *map, uint64_t hash, map_match_fn *match,
		      const void *key)
{
	lookups.finds++;
	return __real_map_find(map, hash, match, key);
}

void __wrap_map_add(struct map *map, uint64_t hash, void *entry)
{
	lookups.adds++;
	__real_map_add(map, hash, entry);
}

bool __wrap_map_remove(struct map *map, uint64_t hash, const void *entry)
{
	lookups.removes++;
	return __real_map_remove(map, hash, entry);
}

/* ---- the correlator ---- */

struct tally {
	uint64_t events, verdicts, observations;
	double seconds;
	struct lookups lookups;
};

/* The time of this process on its core: others on the machine do not count. */
static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct tally *tally = ctx;

	tally->verdicts += verdict->verdict < VERDICT_COUNT;
}

static void take_observation(void *ctx, const struct observation *observation)
{
	struct tally *tally = ctx;

	tally->observations += observation->kind < OBSERVATION_COUNT;
}

struct bench {
	struct load load;
	struct correlator *correlator;
	struct tally tally;
	struct load_event events[BLOCK_STEPS * LOAD_STEP_EVENTS];
};

/* A block of events is made, then fed by the clock. */
static void feed_block(struct bench *bench)
{
	us_time now = load_now(&bench->load);
	size_t count = 0;
	double begin;

	for (size_t i = 0; i < BLOCK_STEPS; i++)
		count += load_step(&bench->load, &bench->events[count]);
	begin = cpu_s();
	for (size_t i = 0; i < count; i++)
		correlator_feed(bench->correlator, &bench->events[i].event, now);
	correlator_advance(bench->correlator, now);
	bench->tally.seconds += cpu_s() - begin;
	bench->tally.events += count;
}

static struct bench *bench_new(const struct load_options *options)
{
	struct bench *bench = memory_new(1, sizeof(*bench));
	const struct correlator_sink sink = { take_verdict, take_observation,
					      &bench->tally };
	struct correlator_options tuned = correlator_options_default();
	struct event identity = load_identity();

	load_start(&bench->load, options);
	tuned.hash_key = hash_key_random();
	tuned.keep_us = KEEP_LAGS * bench->load.step_us * (us_span)bench->load.lag_steps;
	tuned.windows[CLOUD_AWS].blind_after_us = 365 * US_PER_DAY;
	bench->correlator = correlator_new(&tuned, &sink);
	correlator_feed(bench->correlator, &identity, load_now(&bench->load));
	return bench;
}

static void bench_free(struct bench *bench)
{
	correlator_free(bench->correlator);
	free(bench);
}

/* Until as many are open, and as many are kept, as there will ever be. */
static void warm_up(struct bench *bench)
{
	while (bench->load.step < (KEEP_LAGS + 1) * bench->load.lag_steps)
		feed_block(bench);
}

static struct tally measure(struct bench *bench)
{
	uint64_t until = bench->load.step + bench->load.lag_steps;

	bench->tally = (struct tally){ 0 };
	lookups = (struct lookups){ 0 };
	while (bench->tally.events < MEASURED_EVENTS || bench->load.step < until)
		feed_block(bench);
	bench->tally.lookups = lookups;
	return bench->tally;
}

static double rate_of(const struct tally *tally)
{
	return (double)tally->events / tally->seconds;
}

/* ---- the peer ---- */

/* As many finds, adds and removes an event as the correlator did, spread evenly. */
static double peer_rate(size_t entries, const struct tally *ours)
{
	uint64_t due_finds = 0, due_adds = 0, random = 88172645463325252u, sum = 0;
	struct peer peer;
	double begin;

	peer_init(&peer, entries);
	begin = cpu_s();
	for (uint64_t event = 0; event < ours->events; event++) {
		for (due_finds += ours->lookups.finds; due_finds >= ours->events;
		     due_finds -= ours->events) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			sum += peer_find(&peer, random);
		}
		for (due_adds += ours->lookups.adds; due_adds >= ours->events;
		     due_adds -= ours->events) {
			peer_add(&peer);
			peer_remove(&peer);
		}
	}
	begin = cpu_s() - begin;
	peer_release(&peer);
	return sum ? (double)ours->events / begin : 0;
}

/* ---- figures ---- */

static void say_inputs(const struct bench *bench, const struct tally *tally)
{
	struct correlator_counts counts = correlator_counts(bench->correlator);
	double events = (double)tally->events;

	printf("  %llu logins open, %llu kept, %llu calls kept; %.3g logins a second of "
	       "event "
	       "time\n",
	       (unsigned long long)counts.by_verdict[VERDICT_PENDING],
	       (unsigned long long)counts.logins, (unsigned long long)counts.calls,
	       1e6 / (double)bench->load.step_us);
	printf("  %llu events, %.2f verdicts told an event; lookups an event: %.2f find, "
	       "%.2f add, %.2f remove\n",
	       (unsigned long long)tally->events, (double)tally->verdicts / events,
	       (double)tally->lookups.finds / events,
	       (double)tally->lookups.adds / events,
	       (double)tally->lookups.removes / events);
}

static void run(const struct load_options *options, double goal, bool is_absolute)
{
	struct bench *bench = bench_new(options);
	struct tally tally;
	double peer = 0;

	warm_up(bench);
	tally = measure(bench);
	for (int i = 0; i < PEER_RUNS; i++) {
		double rate = peer_rate(options->open, &tally);

		peer = rate > peer ? rate : peer;
	}
	printf("P4 at %zu open logins\n", options->open);
	say_inputs(bench, &tally);
	printf("  correlator %.3f M events/s; bare table of %zu entries, the same "
	       "lookups: "
	       "%.3f M events/s\n",
	       rate_of(&tally) / 1e6, options->open, peer / 1e6);
	if (is_absolute)
		printf("P4 %zu open: %.2f M events/s, goal %.1f, ratio %.2f\n",
		       options->open, rate_of(&tally) / 1e6, goal / 1e6,
		       rate_of(&tally) / goal);
	else
		printf("P4 %zu open: %.3f x bare table, goal %.2f, ratio %.2f\n",
		       options->open, rate_of(&tally) / peer, goal,
		       rate_of(&tally) / peer / goal);
	bench_free(bench);
}

static bool choose_door(struct load_options *options, const char *word)
{
	bool found = false;

	for (unsigned door = 0; door < LOAD_DOOR_COUNT; door++) {
		bool is_it = strcmp(word, load_door_word((enum load_door)door)) == 0;

		options->weights[door] = is_it;
		found |= is_it;
	}
	return found;
}

int main(int argc, char **argv)
{
	/* of a thousand logins; tunnels and serial consoles are rare doors */
	struct load_options options = { .lag_us = LAG_US,
					.weights = {
						[LOAD_DIRECT] = 380,
						[LOAD_INSTANCE_CONNECT] = 300,
						[LOAD_SESSION] = 150,
						[LOAD_COMMAND] = 130,
						[LOAD_PORT] = 30,
						[LOAD_TUNNEL] = 8,
						[LOAD_CONSOLE] = 2,
					} };

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 3 && !choose_door(&options, argv[3])) {
		fprintf(stderr, "bench_correlator: no door is called '%s'\n", argv[3]);
		return 2;
	}
	if (argc > 2 && (options.rate = strtod(argv[2], NULL)) > 0)
		options.lag_us = 0;
	if (argc > 1) {
		options.open = strtoul(argv[1], NULL, 10);
		run(&options, 2e6, true);
		return 0;
	}
	options.open = 10000;
	run(&options, 2e6, true);
	options.open = 1000000;
	run(&options, 0.5, false);
	return 0;
}
