/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/pipeline_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/own_observation.h"
#include "base/limits.h"
#include "base/memory.h"
#include "correlator/event_code.h"

/* ---- feeding -------------------------------------------------------------------------
 */

static bool find_text(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	struct pipeline *pipeline = ctx;
	struct store_text text;

	if (!store_find_text(pipeline->options.store, reference, &text))
		return false;
	*ret_text = (struct evidence_text){ text.source, text.cursor, text.line };
	return true;
}

uint64_t pipeline_keep_text(struct pipeline *pipeline, const struct store_text *text)
{
	struct store_text kept = *text;

	kept.reference = store_next_reference(pipeline->options.store);
	store_put_text(pipeline->options.store, &kept);
	return kept.reference;
}

static void keep_identity(struct pipeline *pipeline, const struct identity *identity)
{
	struct arena *arena = &pipeline->identity_arena;
	struct identity *kept = &pipeline->identity;
	struct arena old = *arena;

	arena_init(arena);
	*kept = *identity;
	kept->provider = arena_copy(arena, identity->provider);
	kept->instance = arena_copy(arena, identity->instance);
	kept->account = arena_copy(arena, identity->account);
	kept->region = arena_copy(arena, identity->region);
	kept->private_ips = arena_copy_slices(arena, identity->private_ips,
					      identity->private_ip_count);
	kept->endpoint_ips = arena_copy_slices(arena, identity->endpoint_ips,
					       identity->endpoint_ip_count);
	kept->tags = arena_copy_slices(arena, identity->tags, identity->tag_count);
	arena_release(&old);
	pipeline->context.instance = kept->instance;
	pipeline->context.provider = kept->provider;
	pipeline->context.account = kept->account;
	pipeline->context.region = kept->region;
}

void pipeline_judge(struct pipeline *pipeline, const struct event *event, us_time now)
{
	if (event->kind == EVENT_IDENTITY)
		keep_identity(pipeline, &event->identity);
	if (event->kind == EVENT_PROGRESS &&
	    event->progress.until > pipeline->proven_until)
		pipeline->proven_until = event->progress.until;
	correlator_feed(pipeline->correlator, event, now);
}

/* An empty key is none. False when an event with this key was fed before. */
static bool feed_keyed(struct pipeline *pipeline, const struct event *event,
		       struct slice key)
{
	us_time now = clock_now(pipeline->options.clock);

	if (key.len && store_has_key(pipeline->options.store, key))
		return false;
	buf_clear(&pipeline->code);
	event_encode(event, &pipeline->code);
	/* Every field was bounded when it was read; what still does not fit is judged now
	 * and forgotten by a restart. */
	if (buf_overflowed(&pipeline->code))
		pipeline->unreadable++;
	else
		store_put_event(pipeline->options.store, now, buf_slice(&pipeline->code),
				key);
	pipeline_keep_event(pipeline, event, now);
	pipeline_judge(pipeline, event, now);
	return true;
}

static void feed_event(struct pipeline *pipeline, const struct event *event)
{
	feed_keyed(pipeline, event,
		   event->kind == EVENT_API_CALL ? event->api_call.id
						 : (struct slice){ NULL, 0 });
}

/* Every window holds its login's own time: a hole there is enough, and touches no other
 * login. */
#define WRONG_CLOCK_REACH US_PER_SECOND

/* Whether somebody came in, by this event. */
static bool is_entry(const struct event *event)
{
	return event->kind == EVENT_LOGIN_ACCEPTED || event->kind == EVENT_KEY_OFFERED ||
	       event->kind == EVENT_CONSOLE_LOGIN ||
	       event->kind == EVENT_SESSION_OPENED || event->kind == EVENT_RUN ||
	       event->kind == EVENT_SCRIPT ||
	       (event->kind == EVENT_EXTENSION &&
		event->extension.stage == EXTENSION_EXECUTED);
}

/* Once an hour: what is not judged for it must not go by in silence. */
static void tell_wrong_clock(struct pipeline *pipeline, us_time happened_at)
{
	us_time now = clock_now(pipeline->options.clock);
	struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = happened_at,
		.detail = SLICE("this host's clock is behind what the control plane has "
				"logged: logins it stamps cannot be judged by absence"),
		.from = happened_at,
		.until = happened_at,
	};

	if (pipeline->told_clock_at && now - pipeline->told_clock_at < US_PER_HOUR)
		return;
	pipeline->told_clock_at = now;
	observation.id = own_observation_id(&observation);
	pipeline_tell(pipeline, &observation);
}

/* The control plane has proven more than this host's clock says has passed: the clock is
 * behind, and what it stamps would look as if its calls had had their time. There nothing
 * is proven. */
static void feed_wrong_clock(struct pipeline *pipeline, us_time happened_at)
{
	struct event hole = {
		.kind = EVENT_API_HOLE,
		.happened_at = happened_at,
		.progress = { .every_class = true,
			      .from = happened_at - WRONG_CLOCK_REACH,
			      .until = happened_at + WRONG_CLOCK_REACH },
	};

	if (hole.progress.from < US_TIME_MIN)
		hole.progress.from = US_TIME_MIN;
	if (happened_at == pipeline->wrong_at)
		return;
	pipeline->wrong_at = happened_at;
	feed_event(pipeline, &hole);
	tell_wrong_clock(pipeline, happened_at);
}

void pipeline_feed(struct pipeline *pipeline, const struct event *event)
{
	us_span skew = pipeline->options.config->correlation.skew;

	if (is_entry(event) && pipeline->proven_until > clock_real() + skew)
		feed_wrong_clock(pipeline, event->happened_at);
	feed_event(pipeline, event);
}

bool pipeline_feed_once(struct pipeline *pipeline, const struct event *event,
			struct slice key)
{
	return feed_keyed(pipeline, event, key);
}

void pipeline_advance(struct pipeline *pipeline)
{
	correlator_advance(pipeline->correlator, clock_now(pipeline->options.clock));
}

us_time pipeline_proven_until(const struct pipeline *pipeline, enum log_class log_class)
{
	return correlator_proven_until(pipeline->correlator, log_class);
}

us_time pipeline_deadline(const struct pipeline *pipeline)
{
	return correlator_next_deadline(pipeline->correlator);
}

/* ---- opening -------------------------------------------------------------------------
 */

static struct correlator_windows windows_of(const struct config_correlation *windows)
{
	return (struct correlator_windows){
		.lateness_us = windows->lateness,
		.provisional_after_us = windows->provisional_after,
		.final_after_us = windows->final_after,
		.final_after_weak_us = windows->final_after_weak,
		.blind_after_us = windows->blind_after,
	};
}

static struct correlator_options correlator_options_of(const struct config *config)
{
	struct correlator_options options = correlator_options_default();

	options.hash_key = hash_key_random();
	for (int cloud = 0; cloud < CLOUD_COUNT; cloud++)
		options.windows[cloud] = windows_of(config_windows(
			config, slice_text(cloud_word((enum cloud)cloud))));
	options.skew_us = config->correlation.skew;
	options.twin_wait_us = config->correlation.twin_wait;
	options.tell_opened_doors = true;
	return options;
}

static int open_baseline(struct pipeline *pipeline, struct err *err)
{
	const struct baseline_options usual = baseline_options_default();
	const struct baseline_options *wanted = pipeline->options.baseline;
	const struct baseline_hearer hearer = { pipeline_take_observation,
						pipeline_is_news, pipeline };

	return baseline_keeper_open(pipeline->options.store, wanted ? wanted : &usual,
				    &hearer, &pipeline->baseline, err);
}

int pipeline_open(const struct pipeline_options *options, struct pipeline **ret_pipeline,
		  struct err *err)
{
	struct correlator_options correlator_options =
		correlator_options_of(options->config);
	struct pipeline *pipeline = memory_new(1, sizeof(*pipeline));
	const struct correlator_sink sink = { pipeline_take_verdict,
					      pipeline_take_observation, pipeline };

	correlator_options.policy = policy_for_correlator(options->policy);
	pipeline->options = *options;
	pipeline->correlator = correlator_new(&correlator_options, &sink);
	pipeline->context = (struct native_context){
		.host = slice_text(options->host),
		.evidence = find_text,
		.ctx = pipeline,
	};
	pipeline->identity.launched_at = US_TIME_NONE;
	pipeline->identity.watched_since = US_TIME_NONE;
	arena_init(&pipeline->identity_arena);
	map_init(&pipeline->told);
	pipeline->code = (struct buf)BUF_LIMIT(EVENT_BYTES_MAX);
	pipeline->json = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	pipeline_load_suppressions(pipeline);
	if (open_baseline(pipeline, err) < 0) {
		pipeline_free(pipeline);
		return -1;
	}
	if (pipeline_restore(pipeline, err) < 0) {
		pipeline_free(pipeline);
		return err_add(err, "cannot read the stored events");
	}
	*ret_pipeline = pipeline;
	return 0;
}

void pipeline_free(struct pipeline *pipeline)
{
	if (!pipeline)
		return;
	pipeline_committed(pipeline);
	map_release(&pipeline->told);
	correlator_free(pipeline->correlator);
	free(pipeline->suppressions);
	baseline_keeper_free(pipeline->baseline);
	arena_release(&pipeline->identity_arena);
	buf_release(&pipeline->code);
	buf_release(&pipeline->json);
	free(pipeline);
}

const struct identity *pipeline_identity(const struct pipeline *pipeline)
{
	return &pipeline->identity;
}

struct baseline_keeper *pipeline_baseline(const struct pipeline *pipeline)
{
	return pipeline->baseline;
}

uint64_t pipeline_unreadable(const struct pipeline *pipeline)
{
	return pipeline->unreadable;
}

const struct correlator *pipeline_correlator(const struct pipeline *pipeline)
{
	return pipeline->correlator;
}

const struct native_context *pipeline_context(const struct pipeline *pipeline)
{
	return &pipeline->context;
}
