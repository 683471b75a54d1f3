/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox within the agent: the courier it sends through, and what is told of it. */
#include <inttypes.h>
#include <stdio.h>

#include "agent/agent.h"
#include "agent/log.h"

static bool ask(void *ctx, struct message *request,
		void (*done)(void *done_ctx, const struct message *answer),
		void *done_ctx)
{
	const struct agent *agent = ctx;

	return courier_link_ask(agent->courier, request, done, done_ctx);
}

static int on_settled(sd_event_source *defer, void *ctx)
{
	(void)defer;
	agent_commit(ctx);
	return 0;
}

/* Several sinks often answer in one go: the next turn of the loop commits them all. */
static void settled(void *ctx)
{
	struct agent *agent = ctx;

	if (sd_event_add_defer(agent->event, NULL, on_settled, agent) < 0)
		agent_commit(agent);
}

static void lost(void *ctx, const struct outbox_loss *loss)
{
	const struct agent *agent = ctx;
	char since[TIME_TEXT_BYTES], detail[320];
	const struct slice parts[] = {
		slice_text(loss->sink),
		slice_text(time_to_rfc3339(loss->since, since)),
	};
	struct observation observation = {
		.kind = OBSERVATION_ALERTS_DROPPED,
		.happened_at = loss->since,
		.from = loss->since,
		.until = loss->until,
		.is_over = loss->is_over,
	};

	snprintf(detail, sizeof(detail),
		 "%" PRIu64
		 " records for the sink '%.128s' were dropped: what may wait for "
		 "it was full",
		 loss->count, loss->sink);
	observation.id = observation_id(observation.kind, parts, 2);
	observation.detail = slice_text(detail);
	if (agent->pipeline)
		pipeline_tell(agent->pipeline, &observation);
}

static us_time now(void *ctx)
{
	return clock_now(&((struct agent *)ctx)->clock);
}

int agent_open_outbox(struct agent *agent, struct err *err)
{
	const struct outbox_options options = {
		.store = agent->store,
		.config = &agent->config,
		.host = agent->host,
		.ask = ask,
		.settled = settled,
		.lost = lost,
		.now = now,
		.ctx = agent,
	};

	return outbox_open(&options, &agent->outbox, err);
}

void agent_drop_orphans(struct agent *agent)
{
	uint64_t count = 0;
	struct err err;

	if (outbox_drop_orphans(agent->outbox, &count, &err) < 0)
		log_line(LOG_LEVEL_WARNING, "%s", err.text);
	else if (count)
		log_line(LOG_LEVEL_WARNING,
			 "%" PRIu64 " records waited for sinks that are no longer in the "
			 "configuration, and are dropped",
			 count);
}
