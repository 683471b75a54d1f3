/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "tests/world/stories.h"
#include "tests/world/world.h"

struct story_row {
	const char *word;
	uint32_t weight;
	bool is_theft;
	story_fn *tell;
};

static const struct story_row rows[STORY_COUNT] = {
#define STORY(constant, word, weight, is_theft, tell) \
	[constant] = { word, weight, is_theft, tell },
#include "tests/world/stories.def"
#undef STORY
};

const char *story_word(enum story story)
{
	return rows[story].word;
}

bool story_is_theft(enum story story)
{
	return rows[story].is_theft;
}

static enum story choose_story(struct random *random)
{
	uint32_t sum = 0, chosen;
	enum story story = 0;

	for (unsigned i = 0; i < STORY_COUNT; i++)
		sum += rows[i].weight;
	chosen = random_below(random, sum);
	while (chosen >= rows[story].weight)
		chosen -= rows[story++].weight;
	return story;
}

/* ---- the host ---- */

static struct correlator_options choose_options(struct world *world)
{
	struct correlator_options options = correlator_options_default();

	options.hash_key.word[0] = random_next(&world->random);
	options.hash_key.word[1] = random_next(&world->random);
	options.tell_calls_without_login = true;
	/* the least that covers the longest window, its proof and an outage */
	if (world->is_long)
		options.keep_us = 30 * US_PER_HOUR;
	if (random_chance(&world->random, 20)) {
		options.windows[CLOUD_AWS].provisional_after_us = 20 * US_PER_MINUTE;
		options.windows[CLOUD_AWS].final_after_us = 90 * US_PER_MINUTE;
		options.windows[CLOUD_AWS].final_after_weak_us = 3 * US_PER_HOUR;
		options.windows[CLOUD_AWS].blind_after_us = 45 * US_PER_MINUTE;
	}
	return options;
}

/* How long before the world the agent began to look: a day and more, so that commands are
 * covered too; an hour; or not until some time into it. */
static us_time choose_coverage(struct world *world)
{
	uint32_t luck = random_below(&world->random, 100);

	if (luck < 70)
		return world->started_at - 26 * US_PER_HOUR;
	if (luck < 85)
		return world->started_at - US_PER_HOUR;
	return world->started_at + random_span(&world->random, 0, US_PER_HOUR);
}

static void choose_host(struct world *world)
{
	const us_span skew = 25 * US_PER_SECOND; /* a little less than the tolerance */

	world->started_at = 1767225600 * US_PER_SECOND +
			    random_span(&world->random, 0, 300 * US_PER_DAY);
	world->ends_at = world->started_at;
	world->covered_from = choose_coverage(world);
	world->host_mode = (enum host_mode)random_below(&world->random, HOST_MODE_COUNT);
	world->host_offset = random_span(&world->random, -skew, skew);
	world->host_offset_later = random_chance(&world->random, 30)
					   ? random_span(&world->random, -skew, skew)
					   : world->host_offset;
	world->host_stepped_at =
		world->started_at + random_span(&world->random, 0, 10 * US_PER_HOUR);
	world->instance = world_other_instance(world);
	world->account = SLICE("111122223333");
	world->region = SLICE("eu-central-1");
	world->private_ip =
		world_text(world, "10.0.%u.%u", random_below(&world->random, 256),
			   1 + random_below(&world->random, 254));
	world->endpoint_ip = SLICE("10.9.8.7");
	world->host = SLICE("web-1");
	world->knows_endpoint = random_chance(&world->random, 60);
	world->knows_launch = random_chance(&world->random, 70);
}

static void choose_identity(struct world *world)
{
	struct slice *private_ips =
		world_memory_take(&world->arena, sizeof(*private_ips));
	struct slice *endpoint_ips =
		world_memory_take(&world->arena, sizeof(*endpoint_ips));

	*private_ips = world->private_ip;
	*endpoint_ips = world->endpoint_ip;
	world->identity = (struct event){
		.kind = EVENT_IDENTITY,
		.happened_at = world_stamp(world, world->started_at),
		.identity = {
			.provider = SLICE("aws"),
			.instance = world->instance,
			.account = random_chance(&world->random, 85) ? world->account : SLICE(""),
			.region = random_chance(&world->random, 85) ? world->region : SLICE(""),
			.private_ips = private_ips,
			.private_ip_count = 1,
			.endpoint_ips = endpoint_ips,
			.endpoint_ip_count = world->knows_endpoint ? 1 : 0,
			.launched_at = world->knows_launch ? world->started_at - US_PER_HOUR
							   : US_TIME_NONE,
			.watched_since = world_stamp(world, world->started_at +
								    10 * US_PER_MINUTE),
		},
	};
}

/* ---- which lines make logins ---- */

static bool makes_login(const struct event *event)
{
	switch (event->kind) {
	case EVENT_LOGIN_ACCEPTED:
	case EVENT_CONSOLE_LOGIN:
		return true;
	case EVENT_RUN:
		return event->run.stage == RUN_STARTED ||
		       event->run.stage == RUN_CONNECTED;
	default:
		return false;
	}
}

/* Around a step of the host's clock the order of its stamps says nothing. */
static bool is_near_step(const struct world *world, us_time at)
{
	us_span distance = at > world->host_stepped_at ? at - world->host_stepped_at
						       : world->host_stepped_at - at;

	return world->host_offset != world->host_offset_later &&
	       distance < 3 * US_PER_MINUTE;
}

static void mark_lines(struct world *world)
{
	for (uint32_t i = 0; i < world->line_count; i++) {
		struct world_line *line = &world->lines[i];
		struct world_login *login = &world->logins[line->login];

		line->makes_login |= makes_login(&line->event);
		login->is_torn |= is_near_step(world, line->said_at);
		if (line->makes_login && (login->happened_at == US_TIME_NONE ||
					  line->event.happened_at < login->happened_at))
			login->happened_at = line->event.happened_at;
	}
}

static bool share_group(const struct world_login *a, const struct world_login *b)
{
	for (uint32_t i = 0; i < a->door_count; i++)
		for (uint32_t k = 0; k < b->door_count; k++)
			if (a->doors[i].group >= 0 &&
			    a->doors[i].group == b->doors[k].group)
				return true;
	return false;
}

/* Which of two logins came first is not known either when the clock was stepped between
 * the lines of one. */
static void mark_torn(struct world *world)
{
	for (uint32_t i = 0; i < world->login_count; i++)
		for (uint32_t k = 0; world->logins[i].is_torn && k < world->login_count;
		     k++)
			if (share_group(&world->logins[i], &world->logins[k]))
				world->logins[k].is_torn = true;
}

/* ---- reading ---- */

static int by_said_at(const void *a, const void *b)
{
	const struct world_line *left = a, *right = b;

	if (left->said_at != right->said_at)
		return left->said_at < right->said_at ? -1 : 1;
	return left->event.evidence < right->event.evidence ? -1 : 1;
}

static int by_read_at(const void *a, const void *b)
{
	const struct world_line *left = a, *right = b;

	if (left->read_at != right->read_at)
		return left->read_at < right->read_at ? -1 : 1;
	return by_said_at(a, b);
}

/* A host with both has every line twice, once in the journal and once in the file. */
static void copy_to_text(struct world *world)
{
	uint32_t count = world->line_count;

	for (uint32_t i = 0; i < count; i++) {
		struct world_line *copy;

		if (world->lines[i].event.source != HOST_SOURCE_JOURNAL)
			continue;
		if (world->line_count >= WORLD_LINES_MAX)
			limit_reached("lines");
		copy = &world->lines[world->line_count++];
		*copy = world->lines[i];
		copy->event.source = HOST_SOURCE_SYSLOG;
		copy->event.trust = TRUST_UNVERIFIED;
		copy->event.twin_expected = true;
		copy->event.evidence = world->line_count;
	}
}

/* Every source is read in its own order, a second or so behind its writer, each at its
 * own pace: so lines of two sources change places. */
static void read_lines(struct world *world)
{
	us_time read_until[HOST_SOURCE_COUNT] = { 0 };
	us_span pace[HOST_SOURCE_COUNT];

	for (unsigned i = 0; i < HOST_SOURCE_COUNT; i++)
		pace[i] = random_span(&world->random, 0, 4 * US_PER_SECOND);
	qsort(world->lines, world->line_count, sizeof(world->lines[0]), by_said_at);
	for (uint32_t i = 0; i < world->line_count; i++) {
		struct world_line *line = &world->lines[i];
		enum host_source source = line->event.source;

		line->read_at =
			line->said_at + random_span(&world->random, 0, pace[source]);
		if (line->read_at < world->started_at)
			line->read_at = world->started_at;
		if (line->read_at < read_until[source])
			line->read_at = read_until[source];
		read_until[source] = line->read_at;
		line->read_at += line->held;
	}
	qsort(world->lines, world->line_count, sizeof(world->lines[0]), by_read_at);
	for (uint32_t i = 0; i < world->line_count; i++)
		world->lines[i].event.evidence = i + 1;
}

/* ---- the whole ---- */

static void clear(struct world *world)
{
	struct world_memory arena = world->arena;
	bool is_verbose = world->is_verbose;

	world_memory_clear(&arena);
	memset(world, 0, offsetof(struct world, logins));
	world->arena = arena;
	world->is_verbose = is_verbose;
}

void world_build(struct world *world, uint64_t seed, uint32_t login_count)
{
	us_time at;
	us_span pace;

	clear(world);
	world->seed = seed;
	world->random = random_from_seed(seed);
	choose_host(world);
	choose_identity(world);
	world->is_long = random_chance(&world->random, 10);
	world->options = choose_options(world);
	pace = world->is_long
		       ? random_span(&world->random, 30 * US_PER_MINUTE, US_PER_HOUR)
		       : random_span(&world->random, US_PER_MINUTE, 10 * US_PER_MINUTE);
	at = world->started_at + 15 * US_PER_MINUTE;
	while (world->login_count < login_count) {
		world->story = choose_story(&world->random);
		rows[world->story].tell(world, at);
		at += random_span(&world->random, 0, pace);
	}
	mark_lines(world);
	mark_torn(world);
	if (world->host_mode == HOST_MODE_BOTH)
		copy_to_text(world);
	read_lines(world);
	world->ends_at += random_chance(&world->random, 85)
				  ? 6 * US_PER_HOUR
				  : random_span(&world->random, 0, 2 * US_PER_HOUR);
}
