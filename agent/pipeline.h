/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pipeline: the road from event to what is stored and told. Every event goes into the
 * store's batch and to the correlator in the same moment; what the correlator says about
 * it becomes logins, findings and outbox records of the same batch. Opening it feeds the
 * stored events again, which brings the correlator to where it was; what was told before
 * is not told again. Knows no source, no loop and no sink.
 */
#include "agent/baseline_keeper.h"
#include "agent/clock.h"
#include "agent/outbox.h"
#include "agent/store/store.h"
#include "correlator/correlator.h"
#include "policy/policy.h"

struct pipeline;

struct pipeline_options {
	struct store *store; /* all borrowed for the pipeline's life */
	struct clock *clock;
	struct outbox *outbox;
	const struct config *config;
	const struct policy *policy;		 /* NULL: all is allowed */
	const struct baseline_options *baseline; /* of the policy; NULL = the defaults */
	const char *host;			 /* this host's name */
	us_time stored_now; /* the clock's `now` of the last commit: until then all was
			       told; US_TIME_NONE = nothing was */
	/* Each verdict as it is said, also while what is stored is fed again. May be
	 * NULL, as may what is new or has changed, for those who follow. */
	void (*judged)(void *ctx, const struct verdict *verdict);
	void (*login_changed)(void *ctx, const struct store_login *login);
	void (*finding_changed)(void *ctx, const struct store_finding *finding);
	void *ctx;
};

/* Fails when the stored events cannot be read. The caller owns the result. */
int pipeline_open(const struct pipeline_options *options, struct pipeline **ret_pipeline,
		  struct err *err) __attribute__((warn_unused_result));
void pipeline_free(struct pipeline *pipeline);

/* Keeps a line's text and gives the reference that its events are to carry. */
uint64_t pipeline_keep_text(struct pipeline *pipeline, const struct store_text *text);

/* Stores and judges one event. An API call whose id is known already is passed over. */
void pipeline_feed(struct pipeline *pipeline, const struct event *event);

/* As pipeline_feed(), once for each key, which outlives a restart; false when it was fed
 * before. */
bool pipeline_feed_once(struct pipeline *pipeline, const struct event *event,
			struct slice key);

/* Lets time pass. */
void pipeline_advance(struct pipeline *pipeline);
us_time pipeline_deadline(const struct pipeline *pipeline);

/* How far the control plane's log is proven, as the correlator goes by it; US_TIME_NONE =
 * not at all. */
us_time pipeline_proven_until(const struct pipeline *pipeline, enum log_class log_class);

/* What the agent itself has to tell: it stopped, it was down. */
void pipeline_tell(struct pipeline *pipeline, const struct observation *observation);

/* To be called after each commit. */
void pipeline_committed(struct pipeline *pipeline);

/* A suppression of the policy and how often it held, once for each finding; false past
 * the last. Borrowed until the pipeline is fed. */
struct pipeline_suppression {
	const struct suppression *suppression;
	uint64_t count;
	us_time last_at; /* on the real clock; US_TIME_NONE = never */
};
bool pipeline_suppression(const struct pipeline *pipeline, size_t index,
			  struct pipeline_suppression *ret_suppression);

/* Records put in a stream since the pipeline was opened. */
uint64_t pipeline_told_count(const struct pipeline *pipeline, enum alert_stream stream);

/* Puts a heartbeat into the outbox. */
void pipeline_tell_heartbeat(struct pipeline *pipeline,
			     const struct alert_heartbeat *heartbeat);

/* `countersign test-alert`: as a finding of that kind, told to the sinks (blanks between
 * the names; empty = all) and kept nowhere; outbox_try(). */
int pipeline_try(struct pipeline *pipeline, struct slice sinks,
		 void (*done)(void *ctx, const struct outbox_trial *trial), void *ctx,
		 struct err *err) __attribute__((warn_unused_result));

/* Who this host is, by the last identity that was fed; borrowed, never NULL. */
const struct identity *pipeline_identity(const struct pipeline *pipeline);

/* Events that were stored and cannot be read, or could not be stored. */
uint64_t pipeline_unreadable(const struct pipeline *pipeline);

/* What is usual for this host; borrowed. */
struct baseline_keeper *pipeline_baseline(const struct pipeline *pipeline);

/* For `explain` and `status`; borrowed. */
const struct correlator *pipeline_correlator(const struct pipeline *pipeline);
const struct native_context *pipeline_context(const struct pipeline *pipeline);

/* Whether a login by this path came through a cloud's own door. */
bool path_is_door(enum path path);
