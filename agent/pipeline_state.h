/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the pipeline, for its own files: pipeline.c feeds, pipeline_tell.c makes
 * records, pipeline_finding.c keeps findings, pipeline_restore.c and pipeline_kept.c
 * begin where an earlier life ended.
 */
#include "agent/pipeline.h"
#include "base/arena.h"
#include "base/map.h"

/* One event as bytes: SendCommand's fifty instances and every field at its ceiling. */
#define EVENT_BYTES_MAX ((size_t)2 * 1024 * 1024)

/* Kinds of events that outlive the others: pipeline_kept.c. */
#define KEPT_KIND_COUNT 11

/* What was told of a login so far. */
struct told {
	struct id id;
	struct alert_told last;	 /* in the logins' stream */
	struct alert_told found; /* in the findings' stream */
	uint64_t count;		 /* of records in the logins' stream */
	bool was_stored;	 /* the login was stored before */
	bool has_findings;	 /* there may be some that are open */
	bool is_learned;	 /* the baselines know it */
	struct told *next;	 /* in the batch */
};

struct pipeline {
	struct pipeline_options options;
	struct correlator *correlator;	  /* owned */
	struct baseline_keeper *baseline; /* owned */
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
	struct pipeline_suppression
		*suppressions; /* owned; of the policy, in its order */
	size_t suppression_count;
	uint64_t told_counts[ALERT_STREAM_COUNT];
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

/* ---- pipeline_finding.c --------------------------------------------------------------
 */

/* Reads how often each suppression of the policy held. */
void pipeline_load_suppressions(struct pipeline *pipeline);

/* Sets finding->suppression where the policy says that it is no news. */
void pipeline_suppress(const struct pipeline *pipeline, struct finding *finding);

/* Whether an observation makes a finding that is not suppressed. `ctx` is the pipeline.
 */
bool pipeline_is_news(void *ctx, const struct observation *observation);

/* Stores the finding. One that is suppressed is never open, and is counted once. */
void pipeline_put_finding(struct pipeline *pipeline, const struct finding *finding,
			  bool is_open);

/* Whether the finding is stored, and open: so it was told, and not closed since. */
bool pipeline_is_open(const struct pipeline *pipeline, const struct id *id);

/* How severe the finding is in the store; as it is now, where it is not there. */
enum severity pipeline_severity_before(const struct pipeline *pipeline,
				       const struct finding *finding);

/* Closes what the login's verdict was found to be before and is not any more: all but
 * `keep`, NULL = all. What was the most severe of it comes out. */
struct closed_finding {
	enum severity severity;
	char rule[64]; /* "" = nothing was open */
};
struct closed_finding pipeline_close_findings(struct pipeline *pipeline,
					      const struct id *login_id,
					      const struct id *keep);

/* ---- pipeline_tell.c -----------------------------------------------------------------
 */

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
