/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A restart: the stored events, and before them those that outlive them, are fed again.
 * In the order they were fed first and at their times, so that the correlator says again
 * what it said.
 */
#include <inttypes.h>
#include <stdio.h>

#include "agent/own_observation.h"
#include "agent/pipeline_state.h"
#include "correlator/event_code.h"

/* ---- what cannot be read of them ------------------------------------------------------
 */

#define UNREADABLE_VALUE "unreadable"

static uint64_t told_unreadable(struct store *store)
{
	AUTO_BUF struct buf value = BUF_LIMIT(32);
	uint64_t count;

	return store_get_value(store, UNREADABLE_VALUE, &value) &&
			       slice_number(buf_slice(&value), UINT64_MAX, &count)
		       ? count
		       : 0;
}

static void tell_unreadable(struct pipeline *pipeline)
{
	struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = pipeline->unreadable_until,
		.from = pipeline->unreadable_from,
		.until = pipeline->unreadable_until,
	};
	char detail[160];

	snprintf(detail, sizeof(detail),
		 "%" PRIu64 " stored events cannot be read: what they said is not known "
		 "any more",
		 pipeline->unreadable);
	observation.detail = slice_text(detail);
	observation.id = own_observation_id(&observation);
	pipeline_tell(pipeline, &observation);
}

/* They are met again at each start, until they are old enough to be forgotten: told when
 * there are more than were told of. */
static void note_unreadable(struct pipeline *pipeline)
{
	struct store *store = pipeline->options.store;
	uint64_t told = told_unreadable(store);
	char count[32];

	if (pipeline->unreadable == told)
		return;
	if (pipeline->unreadable > told)
		tell_unreadable(pipeline);
	snprintf(count, sizeof(count), "%" PRIu64, pipeline->unreadable);
	store_put_value(store, UNREADABLE_VALUE,
			pipeline->unreadable ? slice_text(count)
					     : (struct slice){ NULL, 0 });
}

static void count_unreadable(struct pipeline *pipeline, us_time fed_at)
{
	if (pipeline->unreadable++ == 0)
		pipeline->unreadable_from = fed_at;
	pipeline->unreadable_until = fed_at;
}

/* ---- feeding
 * ---------------------------------------------------------------------------
 */

static bool feed_stored(void *ctx, us_time fed_at, struct slice code)
{
	struct pipeline *pipeline = ctx;
	struct arena arena;
	struct event event;
	struct err err;

	if (fed_at > pipeline->fed_at)
		pipeline->fed_at = fed_at;
	arena_init(&arena);
	if (event_decode(code, &arena, &event, &err) == 0)
		pipeline_judge(pipeline, &event, pipeline->fed_at);
	else
		count_unreadable(pipeline, pipeline->fed_at);
	arena_release(&arena);
	return true;
}

/* Whether the sinks have an open finding of it, and are to have one, or neither. */
static bool is_found_as_told(const struct pipeline *pipeline,
			     const struct verdict *verdict, const struct told *told)
{
	struct finding finding;
	bool is_open = told->found.is_told && !told->found.is_closed;

	if (!finding_from_verdict(verdict, &finding))
		return !is_open;
	pipeline_suppress(pipeline, &finding);
	return is_open == !finding.suppression;
}

/* Whether all is as it was told. What was final stays, unless a call vouches after all,
 * or a policy refuses what one vouched for. */
static bool is_as_told(const struct pipeline *pipeline, const struct verdict *verdict,
		       const struct told *told)
{
	if (told->last.verdict == verdict->verdict && told->last.stage == verdict->stage)
		return is_found_as_told(pipeline, verdict, told);
	return told->last.stage == STAGE_FINAL &&
	       verdict->verdict != VERDICT_AUTHORIZED && !verdict->policy_rule;
}

/* What the correlator says now against what was stored: they differ where the windows of
 * the configuration have changed, or the policy. */
static void compare_login(void *ctx, const struct verdict *verdict)
{
	struct pipeline *pipeline = ctx;
	const struct told *told = pipeline_told_of(pipeline, &verdict->login->id);

	if (!told->was_stored || !is_as_told(pipeline, verdict, told))
		pipeline_take_verdict(pipeline, verdict);
}

int pipeline_restore(struct pipeline *pipeline, struct err *err)
{
	int rc;

	pipeline->is_restoring = true;
	rc = pipeline_feed_kept(pipeline, feed_stored, err);
	if (rc == 0)
		rc = store_each_event(pipeline->options.store, feed_stored, pipeline,
				      err);
	/* What fell due before the last commit was told; what did since is news. */
	if (rc == 0 && pipeline->options.stored_now > pipeline->fed_at)
		correlator_advance(pipeline->correlator, pipeline->options.stored_now);
	pipeline->is_restoring = false;
	if (rc < 0)
		return rc;
	correlator_each_login(pipeline->correlator, compare_login, pipeline);
	note_unreadable(pipeline);
	return 0;
}
