/* SPDX-License-Identifier: Apache-2.0 */
/* That the agent lives, so that a host that has fallen silent is noticed. */
#include <string.h>

#include "agent/agent.h"

/* The worst of what is seen of the control plane. */
static const char *sight_of(const struct agent *agent)
{
	const char *sight = "none";
	struct query_state query;

	for (size_t i = 0; control_plane_state(agent->plane, i, &query); i++) {
		if (strcmp(query.sight, "seeing") != 0)
			return "lost";
		sight = "good";
	}
	return sight;
}

static uint64_t told_since(struct agent *agent, enum alert_stream stream)
{
	uint64_t count = pipeline_told_count(agent->pipeline, stream);
	uint64_t before = agent->beaten[stream];

	agent->beaten[stream] = count;
	/* A pipeline that was opened anew counts from nothing. */
	return count >= before ? count - before : count;
}

void agent_tell_heartbeat(struct agent *agent)
{
	const struct alert_heartbeat heartbeat = {
		.started_at = agent->started_at,
		.interval_us = agent->config.agent.heartbeat,
		.logins = told_since(agent, ALERT_LOGINS),
		.findings = told_since(agent, ALERT_FINDINGS),
		.waiting = outbox_waiting(agent->outbox),
		.sight = sight_of(agent),
	};

	pipeline_tell_heartbeat(agent->pipeline, &heartbeat);
}
