/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/cloud.h"

static void add_outage(struct world_cloud *cloud)
{
	static const enum reason soft[] = { REASON_THROTTLED, REASON_API_UNREACHABLE };
	static const enum reason hard[] = { REASON_NO_CREDENTIALS, REASON_API_DENIED };
	struct world *world = cloud->world;
	struct random *random = &cloud->random;
	struct outage *outage = &cloud->outages[cloud->outage_count++];
	us_span length = random_span(random, 3 * US_PER_MINUTE,
				     random_chance(random, 50) ? 40 * US_PER_MINUTE
							       : 4 * US_PER_HOUR);

	outage->kind = random_chance(random, 30) ? OUTAGE_HELD_BACK : OUTAGE_POLLS_FAIL;
	outage->class_bits = random_chance(random, 50)
				     ? (1U << WORLD_CLASS_COUNT) - 1
				     : 1U << random_below(random, WORLD_CLASS_COUNT);
	outage->from = world->started_at +
		       random_span(random, 0, world->ends_at - world->started_at);
	outage->until = outage->from + length;
	if (outage->kind == OUTAGE_HELD_BACK)
		return;
	outage->reason = soft[random_below(random, 2)];
	outage->is_told = random_chance(random, 60);
	if (random_chance(random, 35)) {
		outage->reason = hard[random_below(random, 2)];
		outage->is_told = true;
	}
}

void cloud_init(struct world_cloud *cloud, struct world *world)
{
	uint32_t outages;

	memset(cloud, 0, sizeof(*cloud));
	cloud->world = world;
	cloud->random = random_from_seed(world->seed ^ 0x636c6f7564);
	cloud->poll_interval =
		random_span(&cloud->random, US_PER_MINUTE, 5 * US_PER_MINUTE);
	cloud->names_scope = random_chance(&cloud->random, 80);
	outages = random_below(&cloud->random, CLOUD_OUTAGES_MAX);
	for (uint32_t i = 0; i < outages; i++)
		add_outage(cloud);
	for (unsigned i = 0; i < WORLD_CLASS_COUNT; i++) {
		cloud->classes[i].newest = US_TIME_NONE;
		cloud->classes[i].announced = US_TIME_NONE;
		cloud->classes[i].next_poll_at =
			world->started_at +
			random_span(&cloud->random, 0, cloud->poll_interval);
	}
	for (uint32_t i = 0; i < WORLD_CALLS_MAX; i++)
		cloud->fed_at[i] = cloud->fed_again[i] = WORLD_NEVER;
}

us_time cloud_next(const struct world_cloud *cloud, enum log_class *ret_class)
{
	enum log_class next = 0;

	for (enum log_class log_class = 1; log_class < WORLD_CLASS_COUNT; log_class++)
		if (cloud->classes[log_class].next_poll_at <
		    cloud->classes[next].next_poll_at)
			next = log_class;
	*ret_class = next;
	return cloud->classes[next].next_poll_at;
}

/* ---- when the log has it ---- */

static us_time held_back_until(const struct world_cloud *cloud, enum log_class log_class,
			       us_time at)
{
	/* an outage may begin in another one's end, so look again after each */
	for (uint32_t round = 0; round < cloud->outage_count; round++)
		for (uint32_t i = 0; i < cloud->outage_count; i++) {
			const struct outage *outage = &cloud->outages[i];

			if (outage->kind == OUTAGE_HELD_BACK &&
			    (outage->class_bits & (1U << log_class)) &&
			    at >= outage->from && at < outage->until)
				at = outage->until;
		}
	return at;
}

us_time cloud_available_at(const struct world_cloud *cloud, uint32_t call)
{
	const struct world_call *asked = &cloud->world->calls[call];

	if (asked->available_at == WORLD_NEVER)
		return WORLD_NEVER;
	return held_back_until(cloud, asked->log_class, asked->available_at);
}

static const struct outage *failing(const struct world_cloud *cloud,
				    enum log_class log_class, us_time at)
{
	for (uint32_t i = 0; i < cloud->outage_count; i++) {
		const struct outage *outage = &cloud->outages[i];

		if (outage->kind == OUTAGE_POLLS_FAIL &&
		    (outage->class_bits & (1U << log_class)) && at >= outage->from &&
		    at < outage->until)
			return outage;
	}
	return NULL;
}

/* ---- events of our own ---- */

static void emit_sight(const struct world_cloud *cloud, enum log_class log_class,
		       us_time at, bool lost, enum reason reason,
		       const struct emitter *emitter)
{
	struct event event = {
		.kind = EVENT_SIGHT,
		.happened_at = at,
		.sight = { .account =
				   cloud->names_scope ? cloud->world->account : SLICE(""),
			   .region =
				   cloud->names_scope ? cloud->world->region : SLICE(""),
			   .log_class = log_class,
			   .lost = lost,
			   .reason = reason },
	};

	emitter_emit(emitter, &event);
}

static void emit_progress(const struct world_cloud *cloud, enum log_class log_class,
			  us_time until, const struct emitter *emitter)
{
	struct event event = {
		.kind = EVENT_PROGRESS,
		.happened_at = until,
		.progress = { .account = cloud->names_scope ? cloud->world->account
							    : SLICE(""),
			      .region = cloud->names_scope ? cloud->world->region
							   : SLICE(""),
			      .log_class = log_class,
			      .from = cloud->world->covered_from,
			      .until = until },
	};

	emitter_emit(emitter, &event);
}

/* A record that cannot be parsed: it may hide any call of its time. */
static void emit_hole(struct world_cloud *cloud, enum log_class log_class, us_time at,
		      const struct emitter *emitter)
{
	struct event event = {
		.kind = EVENT_API_HOLE,
		.happened_at = at,
		.progress = { .account = cloud->names_scope ? cloud->world->account
							    : SLICE(""),
			      .region = cloud->names_scope ? cloud->world->region
							   : SLICE(""),
			      .log_class = log_class,
			      .from = at - 20 * US_PER_SECOND,
			      .until = at },
	};

	cloud->holes++;
	emitter_emit(emitter, &event);
}

/* What is read of somewhere else proves nothing here. */
static void emit_other_region(const struct world_cloud *cloud, us_time at,
			      const struct emitter *emitter)
{
	const struct identity *identity = &cloud->world->identity.identity;
	struct event event = {
		.kind = EVENT_PROGRESS,
		.happened_at = at,
		.progress = { .account = cloud->world->account,
			      .region = SLICE("us-west-2"),
			      .every_class = true,
			      .from = at - US_PER_DAY,
			      .until = at },
	};

	if (identity->account.len && identity->region.len && cloud->names_scope)
		emitter_emit(emitter, &event);
}

/* ---- polling ---- */

/* Whether a poll at `at` gives the call: for the first time, or once more. */
static bool is_delivered(const struct world_cloud *cloud, uint32_t call,
			 enum log_class log_class, us_time at)
{
	const struct world_call *asked = &cloud->world->calls[call];

	if (asked->log_class != log_class || asked->available_at > at ||
	    asked->event.happened_at < cloud->world->covered_from)
		return false;
	if (cloud->fed_at[call] != WORLD_NEVER)
		return asked->again_at <= at && cloud->fed_again[call] == WORLD_NEVER;
	return cloud_available_at(cloud, call) <= at;
}

static void deliver_calls(struct world_cloud *cloud, enum log_class log_class, us_time at,
			  const struct emitter *emitter)
{
	struct world *world = cloud->world;
	struct cloud_class *polled = &cloud->classes[log_class];
	/* answers come newest first, or in any order */
	bool is_reversed = random_chance(&cloud->random, 50);

	for (uint32_t i = 0; i < world->call_count; i++) {
		uint32_t call = is_reversed ? world->call_count - 1 - i : i;
		const struct event *event = &world->calls[call].event;

		if (!is_delivered(cloud, call, log_class, at))
			continue;
		if (cloud->fed_at[call] == WORLD_NEVER) {
			cloud->fed_at[call] = at;
		} else {
			cloud->fed_again[call] = at;
			cloud->repeated++;
		}
		emitter_emit(emitter, event);
		if (event->happened_at > polled->newest)
			polled->newest = event->happened_at;
	}
}

static void deliver_canaries(struct world_cloud *cloud, enum log_class log_class,
			     us_time at)
{
	struct cloud_class *polled = &cloud->classes[log_class];
	struct canary *next =
		&polled->canaries[polled->canary_count++ % CLOUD_CANARIES_MAX];
	us_span late = random_chance(&cloud->random, 80)
			       ? random_span(&cloud->random, 0, 3 * US_PER_MINUTE)
			       : random_span(&cloud->random, 0, 8 * US_PER_MINUTE);

	for (unsigned i = 0; i < CLOUD_CANARIES_MAX; i++) {
		const struct canary *canary = &polled->canaries[i];

		if (canary->made_at != 0 && canary->available_at <= at &&
		    canary->made_at > polled->newest)
			polled->newest = canary->made_at;
	}
	*next = (struct canary){
		.made_at = at - at % US_PER_SECOND,
		.available_at = held_back_until(cloud, log_class, at + late),
	};
}

static void answer(struct world_cloud *cloud, enum log_class log_class, us_time at,
		   const struct emitter *emitter)
{
	struct cloud_class *polled = &cloud->classes[log_class];
	us_time until;

	deliver_calls(cloud, log_class, at, emitter);
	deliver_canaries(cloud, log_class, at);
	if (random_below(&cloud->random, 1500) == 0)
		emit_hole(cloud, log_class, at - 30 * US_PER_SECOND, emitter);
	if (random_below(&cloud->random, 50) == 0)
		emit_other_region(cloud, at, emitter);
	until = polled->newest < at ? polled->newest : at;
	if (until == US_TIME_NONE || until < cloud->world->covered_from)
		return;
	if (polled->announced != US_TIME_NONE && until <= polled->announced) {
		cloud->polls_empty++;
		if (random_chance(&cloud->random, 30))
			emit_progress(cloud, log_class, polled->announced, emitter);
		return;
	}
	polled->announced = until;
	emit_progress(cloud, log_class, until, emitter);
}

void cloud_poll(struct world_cloud *cloud, enum log_class log_class, us_time at,
		const struct emitter *emitter)
{
	struct cloud_class *polled = &cloud->classes[log_class];
	const struct outage *outage = failing(cloud, log_class, at);

	polled->next_poll_at = at + cloud->poll_interval / 2 +
			       random_span(&cloud->random, 0, cloud->poll_interval);
	if (outage) {
		cloud->polls_failed++;
		if (!polled->is_failing && outage->is_told)
			emit_sight(cloud, log_class, at, true, outage->reason, emitter);
		polled->is_failing = true;
		return;
	}
	if (polled->is_failing && random_chance(&cloud->random, 60))
		emit_sight(cloud, log_class, at, false, REASON_NO_PROGRESS, emitter);
	polled->is_failing = false;
	answer(cloud, log_class, at, emitter);
}
