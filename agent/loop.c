/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop: the sources are pulled in turn while one is ready, and looked at now and
 * then.
 */
#include <systemd/sd-daemon.h>

#include "agent/agent.h"
#include "agent/log.h"
#include "base/memory.h"

/* Under load one transaction in this time, or when so much is put. */
#define COMMIT_EVERY ((us_span)50 * 1000)
#define COMMIT_BYTES ((size_t)1024 * 1024)
/* How often the sources say how far they were read: at least every twin_wait while there
 * is something to judge, seldom when nothing happens. */
#define TICK_IDLE US_PER_MINUTE
#define COVER_IDLE (10 * US_PER_MINUTE)
#define ACTIVE_FOR (3 * US_PER_MINUTE)

void agent_arm(struct agent *agent, sd_event_source **timer, us_span span,
	       sd_event_time_handler_t handler)
{
	uint64_t relative = span > 0 ? (uint64_t)span : 0;

	if (*timer) {
		sd_event_source_set_time_relative(*timer, relative);
		sd_event_source_set_enabled(*timer, SD_EVENT_ONESHOT);
	} else if (sd_event_add_time_relative(agent->event, timer, CLOCK_BOOTTIME,
					      relative, 0, handler, agent) < 0) {
		*timer = NULL;
	}
}

static bool is_commit_due(struct agent *agent)
{
	return store_batch_bytes(agent->store) > COMMIT_BYTES ||
	       clock_now(&agent->clock) - agent->committed_at > COMMIT_EVERY;
}

/* One step of each source that is ready. False when none is any more. */
static bool pump_round(struct agent *agent)
{
	bool more = false;

	for (size_t i = 0; i < agent->source_count; i++) {
		struct source *source = agent->sources[i];

		if (!source->is_ready)
			continue;
		source->is_ready = source->ops->pump(source);
		more |= source->is_ready;
	}
	return more;
}

static void tell_ready(struct agent *agent)
{
	size_t shown = 0;

	if (agent->is_caught_up)
		return;
	agent->is_caught_up = true;
	for (size_t i = 0; i < agent->source_count; i++)
		shown += source_is_shown(agent->sources[i]);
	sd_notifyf(0, "READY=1\nSTATUS=Watching %zu sources.", shown);
	log_line(LOG_LEVEL_INFO, "ready: watching %zu sources", shown);
}

int agent_on_pump(sd_event_source *pump, void *ctx)
{
	struct agent *agent = ctx;
	bool more = false;

	if (!agent->is_stalled)
		more = pump_round(agent);
	/* Each tick looks at the sources: that alone is no activity. */
	if (store_batch_bytes(agent->store) > 0)
		agent->active_at = clock_now(&agent->clock);
	if (!more || is_commit_due(agent))
		agent_commit(agent);
	if (more && !agent->is_stalled)
		return 0;
	sd_event_source_set_enabled(pump, SD_EVENT_OFF);
	if (!agent->is_stalled)
		tell_ready(agent);
	return 0;
}

void agent_wake(void *ctx, struct source *source)
{
	struct agent *agent = ctx;

	source->is_ready = true;
	if (!agent->is_stalled && agent->pump)
		sd_event_source_set_enabled(agent->pump, SD_EVENT_ON);
}

static int on_fed(sd_event_source *defer, void *ctx)
{
	(void)defer;
	agent_commit(ctx);
	return 0;
}

void agent_fed(struct agent *agent)
{
	agent->active_at = clock_now(&agent->clock);
	/* Several are often fed in one go: the next turn of the loop commits them all. */
	if (sd_event_add_defer(agent->event, NULL, on_fed, agent) < 0)
		agent_commit(agent);
}

/* ---- now and then --------------------------------------------------------------------
 */

void agent_cover(struct agent *agent)
{
	for (size_t i = 0; i < agent->source_count; i++) {
		struct source *source = agent->sources[i];

		if (source->ops->watch)
			source->ops->watch(source);
		if (source->ops->cover && !source->is_ready)
			source->ops->cover(source);
	}
	agent->covered_at = clock_now(&agent->clock);
}

static void tidy(struct agent *agent)
{
	struct err err;
	bool more = true;

	for (int i = 0; i < 8 && more; i++) {
		if (store_tidy(agent->store, clock_now(&agent->clock), &more, &err) < 0) {
			log_line(LOG_LEVEL_WARNING, "%s", err.text);
			return;
		}
	}
}

int agent_on_tick(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct agent *agent = ctx;
	us_time now = clock_now(&agent->clock);
	us_span half = agent->config.correlation.twin_wait / 2;
	bool is_active = now - agent->active_at < ACTIVE_FOR;

	(void)timer;
	(void)at;
	if (!agent->is_stalled) {
		if (is_active || now - agent->covered_at >= COVER_IDLE)
			agent_cover(agent);
		for (size_t i = 0; i < agent->source_count; i++)
			source_wake(agent->sources[i]);
		if (agent->down_told_at != US_TIME_NONE && now >= agent->down_told_at)
			agent_tell_down_calls(agent);
		pipeline_advance(agent->pipeline);
		agent_commit(agent);
		tidy(agent);
		if (!is_active)
			memory_give_back();
	}
	poison_alive(agent->poison);
	agent_arm(agent, &agent->tick, is_active && half < TICK_IDLE ? half : TICK_IDLE,
		  agent_on_tick);
	return 0;
}
