/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is told of the agent's own life: that somebody stopped it, that it did not run for
 * a while, that its store was lost. Whoever came in may have done any of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <systemd/sd-bus.h>

#include "agent/agent.h"
#include "agent/own_observation.h"
#include "base/arena.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "correlator/event_code.h"

/* A restart or an upgrade is no news. */
#define DOWN_MIN (2 * US_PER_MINUTE)
#define ASK_SYSTEMD_USEC 300000

static struct id tell(struct agent *agent, enum observation_kind kind,
		      us_time happened_at, us_time from, us_time until,
		      const char *detail)
{
	struct observation observation = {
		.kind = kind,
		.happened_at = happened_at,
		.detail = slice_text(detail),
		.from = from,
		.until = until,
	};

	observation.id = own_observation_id(&observation);
	pipeline_tell(agent->pipeline, &observation);
	return observation.id;
}

/* The stop that was told before, as it was told, now over. */
static void close_stop(struct agent *agent, us_time stopped_at, const char *detail)
{
	struct observation observation = {
		.kind = OBSERVATION_AGENT_STOPPED,
		.happened_at = stopped_at,
		.detail = slice_text(detail),
		.from = stopped_at,
		.until = US_TIME_NONE,
	};

	observation.id = own_observation_id(&observation);
	observation.is_over = true;
	observation.until = agent->started_at;
	pipeline_tell(agent->pipeline, &observation);
}

#define STOP_DETAIL "somebody stopped the agent"

/* When the host was not up either, nobody could have come in. */
static us_time up_since(void)
{
	return clock_real() - clock_boot();
}

/* ---- the calls made while nobody watched ---------------------------------------------
 */

#define CALLS_NAMED 8

struct down_calls {
	const struct agent *agent;
	struct buf text;
	unsigned count;
};

static bool is_of_instance(const struct api_call *call, struct slice instance)
{
	for (uint32_t i = 0; i < call->instance_count; i++) {
		if (slice_equal_ignoring_case(call->instances[i], instance))
			return true;
	}
	return false;
}

static void note_call(struct down_calls *calls, const struct event *event)
{
	const struct identity *own = pipeline_identity(calls->agent->pipeline);
	char time[TIME_TEXT_BYTES];

	if (event->kind != EVENT_API_CALL ||
	    event->happened_at < calls->agent->down_from ||
	    event->happened_at > calls->agent->started_at || !own->instance.len ||
	    !is_of_instance(&event->api_call, own->instance))
		return;
	if (++calls->count > CALLS_NAMED)
		return;
	buf_append_format(&calls->text, "%s%.*s by %.*s at %s",
			  calls->text.len ? ", " : "",
			  SLICE_ARG(slice_first(event->api_call.name, 64)),
			  SLICE_ARG(slice_first(event->api_call.principal, 256)),
			  time_to_rfc3339(event->happened_at, time));
}

static bool take_event(void *ctx, us_time fed_at, struct slice code)
{
	struct arena arena;
	struct event event;
	struct err err;

	(void)fed_at;
	arena_init(&arena);
	if (event_decode(code, &arena, &event, &err) == 0)
		note_call(ctx, &event);
	arena_release(&arena);
	return true;
}

/* Says of the time the agent did not run what has been delivered of it since. The id is
 * that of what was told at the start. */
void agent_tell_down_calls(struct agent *agent)
{
	struct down_calls calls = { agent, BUF_LIMIT(LIMIT_FIELD_BYTES), 0 };
	AUTO_BUF struct buf detail = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct observation observation = {
		.kind = OBSERVATION_AGENT_WAS_DOWN,
		.happened_at = agent->started_at,
		.id = agent->down_id,
		.from = agent->down_from,
		.until = agent->started_at,
	};
	struct err err;

	agent->down_told_at = US_TIME_NONE;
	if (store_each_event(agent->store, take_event, &calls, &err) == 0) {
		buf_append_format(&detail,
				  "the agent did not run; %u calls to this instance are "
				  "known of that time%s%s",
				  calls.count, calls.count ? ": " : "",
				  buf_text(&calls.text));
		observation.detail = buf_slice(&detail);
		pipeline_tell(agent->pipeline, &observation);
	}
	buf_release(&calls.text);
}

static void tell_down(struct agent *agent, us_time stored_real, bool was_stopped)
{
	us_time from = stored_real > up_since() ? stored_real : up_since();
	char span[TIME_TEXT_BYTES], detail[160];

	if (agent->started_at - from < DOWN_MIN)
		return;
	snprintf(detail, sizeof(detail),
		 "the agent did not run for %s%s: what the logs kept was read since",
		 span_to_text(agent->started_at - from, span),
		 was_stopped ? ", after it was stopped" : "");
	agent->down_id = tell(agent, OBSERVATION_AGENT_WAS_DOWN, agent->started_at, from,
			      agent->started_at, detail);
	agent->down_from = from;
	agent->down_told_at =
		clock_now(&agent->clock) + agent->config.correlation.final_after;
}

/* Whether alerts lie there of a run whose state does not. */
static bool has_told_before(const struct config *config)
{
	char path[4200];
	struct stat status;

	snprintf(path, sizeof(path), "%s/alerts.jsonl", config->agent.log_dir);
	return stat(path, &status) == 0 && status.st_size > 0;
}

void agent_tell_start(struct agent *agent, us_time stored_real)
{
	AUTO_BUF struct buf stopped = BUF_LIMIT(64);
	bool was_stopped = store_get_value(agent->store, "stopped", &stopped);
	char detail[900];
	uint64_t at;

	if (agent->opening.was_damaged) {
		snprintf(detail, sizeof(detail),
			 "the store was damaged (%s) and lies in %s: what was known is "
			 "read again from the logs",
			 agent->opening.damage, agent->opening.moved_to);
		tell(agent, OBSERVATION_EVIDENCE_GAP, agent->started_at, US_TIME_NONE,
		     agent->started_at, detail);
	}
	if (agent->opening.is_new && !agent->opening.was_damaged &&
	    has_told_before(&agent->config))
		tell(agent, OBSERVATION_EVIDENCE_GAP, agent->started_at, US_TIME_NONE,
		     agent->started_at,
		     "the agent ran here before and its state is gone: what it knew and "
		     "had not told is lost");
	if (was_stopped &&
	    slice_number(buf_slice(&stopped), (uint64_t)US_TIME_MAX, &at)) {
		close_stop(agent, (us_time)at, STOP_DETAIL);
		store_put_value(agent->store, "stopped", (struct slice){ NULL, 0 });
	}
	if (stored_real != US_TIME_NONE)
		tell_down(agent, stored_real, was_stopped);
}

/* Whether the whole machine goes down, and not the agent alone. */
static bool is_system_stopping(void)
{
	sd_bus_error error = SD_BUS_ERROR_NULL;
	sd_bus *bus = NULL;
	char *state = NULL;
	bool stopping = false;

	if (sd_bus_open_system(&bus) < 0)
		return false;
	sd_bus_set_method_call_timeout(bus, ASK_SYSTEMD_USEC);
	if (sd_bus_get_property_string(bus, "org.freedesktop.systemd1",
				       "/org/freedesktop/systemd1",
				       "org.freedesktop.systemd1.Manager", "SystemState",
				       &error, &state) >= 0)
		stopping = strcmp(state, "stopping") == 0;
	free(state);
	sd_bus_error_free(&error);
	sd_bus_close_unref(bus);
	return stopping;
}

void agent_tell_stop(struct agent *agent)
{
	us_time now = clock_real();
	char text[32];

	if (!agent->is_stopping || is_system_stopping())
		return;
	snprintf(text, sizeof(text), "%" PRId64, now);
	store_put_value(agent->store, "stopped", slice_text(text));
	tell(agent, OBSERVATION_AGENT_STOPPED, now, now, US_TIME_NONE, STOP_DETAIL);
}
