/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the pipeline, for pipeline.c and pipeline_restore.c alone.
 */
#include "agent/pipeline.h"
#include "base/arena.h"
#include "base/map.h"

/* One event as bytes: SendCommand's fifty instances and every field at its ceiling. */
#define EVENT_BYTES_MAX ((size_t)2 * 1024 * 1024)

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
	uint64_t kept;	     /* events that outlive the others, as values */
	uint64_t unreadable; /* stored events that could not be decoded */
};

/* Gives the event to the correlator, and takes note of an identity. */
void pipeline_judge(struct pipeline *pipeline, const struct event *event, us_time now);

/* What was told of this login, by the store and the open batch; borrowed until the batch
 * is committed. */
struct told *pipeline_told_of(struct pipeline *pipeline, const struct id *id);

/* A login's verdict is new or has changed. `ctx` is the pipeline. */
void pipeline_take_verdict(void *ctx, const struct verdict *verdict);

/* Keeps what must be known for ever, of an event that was just encoded into `code`. */
void pipeline_keep_event(struct pipeline *pipeline, const struct event *event,
			 us_time now);

/* Feeds the stored events to the new correlator, and puts what it says otherwise now. */
int pipeline_restore(struct pipeline *pipeline, struct err *err)
	__attribute__((warn_unused_result));
