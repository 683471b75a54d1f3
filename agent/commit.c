/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Committing: what was fed is made durable, then handed out. What fails is tried again,
 * and nothing is read meanwhile.
 */
#include <inttypes.h>
#include <stdio.h>

#include "agent/agent.h"
#include "agent/log.h"
#include "base/fault.h"

#define RETRY_EVERY US_PER_SECOND
#define CONSIDER_EVERY US_PER_SECOND

/* The time to which the correlator was brought: what falls due later is told by whoever
 * is there then. */
static void note_clock(struct agent *agent)
{
	char text[64];

	pipeline_advance(agent->pipeline);
	snprintf(text, sizeof(text), "%" PRId64 " %" PRId64, agent->clock.last,
		 clock_real());
	store_put_value(agent->store, "clock", slice_text(text));
}

static int on_retry(sd_event_source *timer, uint64_t at, void *ctx)
{
	(void)timer;
	(void)at;
	agent_commit(ctx);
	return 0;
}

static void stall(struct agent *agent, bool is_full, const struct err *err)
{
	if (!agent->is_stalled)
		log_line(LOG_LEVEL_ERROR, "%s: nothing is read until it is stored%s",
			 err->text, is_full ? " (the disk is full)" : "");
	agent->is_stalled = true;
	snprintf(agent->store_problem, sizeof(agent->store_problem), "%.511s", err->text);
	agent_arm(agent, &agent->retry, RETRY_EVERY, on_retry);
}

static void recover(struct agent *agent)
{
	if (!agent->is_stalled)
		return;
	log_line(LOG_LEVEL_NOTICE, "the store can be written again");
	agent->is_stalled = false;
	agent->store_problem[0] = '\0';
	for (size_t i = 0; i < agent->source_count; i++)
		source_wake(agent->sources[i]);
}

static bool commit_once(struct agent *agent)
{
	bool is_full = false;
	struct err err;

	note_clock(agent);
	FAULT_POINT("agent-before-commit");
	if (store_commit(agent->store, &is_full, &err) < 0) {
		stall(agent, is_full, &err);
		return false;
	}
	FAULT_POINT("agent-after-commit");
	pipeline_committed(agent->pipeline);
	agent->committed_at = clock_now(&agent->clock);
	recover(agent);
	return true;
}

static int on_deadline(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct agent *agent = ctx;

	(void)timer;
	(void)at;
	pipeline_advance(agent->pipeline);
	agent_commit(agent);
	return 0;
}

static us_time sooner(us_time a, us_time b)
{
	if (a == US_TIME_NONE || b == US_TIME_NONE)
		return a == US_TIME_NONE ? b : a;
	return a < b ? a : b;
}

static void arm_deadline(struct agent *agent)
{
	us_time at = sooner(pipeline_deadline(agent->pipeline),
			    outbox_deadline(agent->outbox));

	if (agent->is_considering)
		at = sooner(at, agent->considered_at + CONSIDER_EVERY);

	if (at != US_TIME_NONE)
		agent_arm(agent, &agent->deadline, at - clock_now(&agent->clock),
			  on_deadline);
	else if (agent->deadline)
		sd_event_source_set_enabled(agent->deadline, SD_EVENT_OFF);
}

/* What is asked next depends on what waits: all logins are looked at, but not for each
 * of many that come at once. */
static void consider(struct agent *agent)
{
	us_time now = clock_now(&agent->clock);

	if (!agent->is_considering || now - agent->considered_at < CONSIDER_EVERY)
		return;
	agent->is_considering = false;
	agent->considered_at = now;
	control_plane_consider(agent->plane);
}

void agent_commit(struct agent *agent)
{
	bool is_due = outbox_deadline(agent->outbox) != US_TIME_NONE;

	if (outbox_heartbeat_is_due(agent->outbox))
		agent_tell_heartbeat(agent);
	if (store_batch_bytes(agent->store) == 0 && !is_due) {
		consider(agent);
		arm_deadline(agent);
		return;
	}
	if (store_batch_bytes(agent->store) && !commit_once(agent))
		return;
	while (outbox_flush(agent->outbox)) {
		FAULT_POINT("agent-after-delivery");
		if (!commit_once(agent))
			return;
	}
	consider(agent);
	arm_deadline(agent);
}
