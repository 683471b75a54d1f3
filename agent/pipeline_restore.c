/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a restart needs: the events that outlive the stored ones, and feeding them all
 * again. In the order they were fed first and at their times, so that the correlator says
 * again what it said.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "agent/pipeline_state.h"
#include "base/memory.h"
#include "correlator/event_code.h"

/* ---- what outlives the stored events ------------------------------------------------
 */

#define KEPT_PREFIX "kept:"
#define KEPT_MAX 4096

/* The value's name of an event that is kept: an association that is known stays no news
 * for ever (its first run, each change of its content, the calls that made it), and so
 * does who this host is and where its sshd listens. */
static bool kept_name(const struct event *event, struct buf *name)
{
	switch (event->kind) {
	case EVENT_RUN:
		return event->run.kind == RUN_ASSOCIATION &&
		       buf_append_format(name, KEPT_PREFIX "run:%.*s:%016" PRIx64,
					 SLICE_ARG(slice_first(event->run.id, 128)),
					 event->run.content_hash);
	case EVENT_API_CALL:
		return event->api_call.action == API_CREATE_ASSOCIATION &&
		       buf_append_format(name, KEPT_PREFIX "call:%.*s",
					 SLICE_ARG(slice_first(event->api_call.id, 128)));
	case EVENT_SSHD_LISTENING:
		return buf_append_format(name, KEPT_PREFIX "port:%u",
					 event->sshd_listening.port);
	case EVENT_IDENTITY:
		return buf_append_text(name, KEPT_PREFIX "identity");
	default:
		return false;
	}
}

void pipeline_keep_event(struct pipeline *pipeline, const struct event *event,
			 us_time now)
{
	AUTO_BUF struct buf name = BUF_LIMIT(256);
	AUTO_BUF struct buf value = BUF_LIMIT(EVENT_BYTES_MAX);

	if (!kept_name(event, &name))
		return;
	/* The first of each, but of identities the last. */
	if (event->kind != EVENT_IDENTITY &&
	    (pipeline->kept >= KEPT_MAX ||
	     store_get_value(pipeline->options.store, buf_text(&name), &value)))
		return;
	buf_append_format(&value, "%" PRId64 " ", now);
	buf_append(&value, buf_slice(&pipeline->code));
	store_put_value(pipeline->options.store, buf_text(&name), buf_slice(&value));
	pipeline->kept++;
}

/* ---- restoring -----------------------------------------------------------------------
 */

struct kept_event {
	us_time fed_at;
	struct slice code;
};

struct kept_events {
	struct arena arena;
	struct kept_event *events; /* owned */
	size_t count, size;
};

static bool collect_kept(void *ctx, const char *name, struct slice value)
{
	struct kept_events *kept = ctx;
	struct slice fed_at;
	uint64_t number;

	(void)name;
	if (!slice_take_until(&value, ' ', &fed_at) ||
	    !slice_number(fed_at, (uint64_t)US_TIME_MAX, &number))
		return true;
	if (kept->count == kept->size) {
		kept->size = kept->size ? 2 * kept->size : 64;
		kept->events =
			memory_resize(kept->events, kept->size, sizeof(*kept->events));
	}
	kept->events[kept->count++] =
		(struct kept_event){ (us_time)number, arena_copy(&kept->arena, value) };
	return true;
}

static int compare_kept(const void *left, const void *right)
{
	const struct kept_event *a = left, *b = right;

	return (a->fed_at > b->fed_at) - (a->fed_at < b->fed_at);
}

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
		pipeline->unreadable++;
	arena_release(&arena);
	return true;
}

/* What the correlator says now against what was stored: they differ where the windows of
 * the configuration have changed. What was final stays, unless a call vouches after all.
 */
static void compare_login(void *ctx, const struct verdict *verdict)
{
	struct pipeline *pipeline = ctx;
	const struct told *told = pipeline_told_of(pipeline, &verdict->login->id);

	if (told->was_found) {
		if (told->last.verdict == verdict->verdict &&
		    told->last.stage == verdict->stage)
			return;
		if (told->last.stage == STAGE_FINAL &&
		    verdict->verdict != VERDICT_AUTHORIZED)
			return;
	}
	pipeline_take_verdict(pipeline, verdict);
}

static bool note_oldest(void *ctx, us_time fed_at, struct slice code)
{
	(void)code;
	*(us_time *)ctx = fed_at;
	return false;
}

/* What is kept from before the oldest event that is still stored. */
static int feed_kept(struct pipeline *pipeline, struct err *err)
{
	struct kept_events kept = { .count = 0 };
	us_time oldest = US_TIME_MAX;
	int rc = store_each_event(pipeline->options.store, note_oldest, &oldest, err);

	arena_init(&kept.arena);
	if (rc == 0)
		rc = store_each_value(pipeline->options.store, KEPT_PREFIX, collect_kept,
				      &kept, err);
	if (rc == 0 && kept.count)
		qsort(kept.events, kept.count, sizeof(*kept.events), compare_kept);
	for (size_t i = 0; rc == 0 && i < kept.count; i++) {
		if (kept.events[i].fed_at < oldest)
			feed_stored(pipeline, kept.events[i].fed_at, kept.events[i].code);
	}
	pipeline->kept = kept.count;
	free(kept.events);
	arena_release(&kept.arena);
	return rc;
}

int pipeline_restore(struct pipeline *pipeline, struct err *err)
{
	int rc;

	pipeline->is_restoring = true;
	rc = feed_kept(pipeline, err);
	if (rc == 0)
		rc = store_each_event(pipeline->options.store, feed_stored, pipeline,
				      err);
	/* What fell due before the last commit was told; what did since is news. */
	if (rc == 0 && pipeline->options.stored_now > pipeline->fed_at)
		correlator_advance(pipeline->correlator, pipeline->options.stored_now);
	pipeline->is_restoring = false;
	if (rc == 0)
		correlator_each_login(pipeline->correlator, compare_login, pipeline);
	return rc;
}
