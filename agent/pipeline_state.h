/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the pipeline, for pipeline.c, pipeline_tell.c and pipeline_restore.c
 * alone.
 */
#include "agent/pipeline.h"
#include "base/arena.h"
#include "base/map.h"

/* One event as bytes: SendCommand's fifty instances and every field at its ceiling. */
#define EVENT_BYTES_MAX ((size_t)2 * 1024 * 1024)

/* Kinds of events that outlive the others: pipeline_kept.c. */
#define KEPT_KIND_COUNT 10

/* What was told of a login so far. */
struct told {
	struct id id;
	struct alert_told last;
	uint64_t count;
	bool was_found;	   /* the login was stored before */
	bool was_open;	   /* it has an open finding */
	struct told *next; /* in the batch */
};

struct pipeline {
	struct pipeline_options options;
	struct correlator *correlator; /* owned */
	struct native_context context;
	struct identity identity; /* borrows from identity_arena */
	struct arena identity_arena;
	struct map told;     /* of the open batch, by id */
	struct told *newest; /* owned list of the same */
	struct buf code, json;
	us_time told_clock_at; /* on `now`, 0 = never */
	us_time wrong_at;      /* of the last event that a wrong clock stamped */
	us_time proven_until;  /* the newest progress that was fed, of any class */
	us_time fed_at;	       /* of the last event that was restored */
	bool is_restoring;
	uint64_t kept[KEPT_KIND_COUNT]; /* events that outlive the others, as values */
	us_time kept_tidied_at;		/* on `now`, 0 = never */
	uint64_t unreadable; /* stored events that could not be decoded, or fed ones
				stored */
	us_time unreadable_from, unreadable_until; /* when those were stored, on `now` */
};

/* Gives the event to the correlator, and takes note of an identity. */
void pipeline_judge(struct pipeline *pipeline, const struct event *event, us_time now);

/* What was told of this login, by the store and the open batch; borrowed until the batch
 * is committed. */
struct told *pipeline_told_of(struct pipeline *pipeline, const struct id *id);

/* A login's verdict is new or has changed. `ctx` is the pipeline. */
void pipeline_take_verdict(void *ctx, const struct verdict *verdict);

/* Something is to be told though no login is judged. `ctx` is the pipeline. */
void pipeline_take_observation(void *ctx, const struct observation *observation);

/* Keeps what must be known for ever. */
void pipeline_keep_event(struct pipeline *pipeline, const struct event *event,
			 us_time now);

/* Feeds one stored event again; false ends the reading. `ctx` is the pipeline. */
typedef bool pipeline_stored_fn(void *ctx, us_time fed_at, struct slice code);

/* Feeds what was kept from before the oldest event that is still stored. */
int pipeline_feed_kept(struct pipeline *pipeline, pipeline_stored_fn *feed,
		       struct err *err) __attribute__((warn_unused_result));

/* Feeds the stored events to the new correlator, and puts what it says otherwise now. */
int pipeline_restore(struct pipeline *pipeline, struct err *err)
	__attribute__((warn_unused_result));
