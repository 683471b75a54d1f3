/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Agent: owns everything countersignd is made of and runs it on one sd-event loop. It
 * pulls the sources in bounded steps, commits what they fed (at once when idle, every
 * 50 ms under load), hands out what was committed, and answers who asks.
 *
 *   sources ──pump──▶ pipeline ──batch──▶ commit ──▶ outbox ──▶ sinks
 *                        ▲                   │
 *   courier ──pages──────┘                   └─ fails: nothing is read until it succeeds
 */
#include <systemd/sd-event.h>

#include "agent/clock.h"
#include "agent/control.h"
#include "agent/control_plane.h"
#include "agent/courier_link.h"
#include "agent/outbox.h"
#include "agent/pipeline.h"
#include "agent/plane/unvouched.h"
#include "agent/source.h"
#include "agent/store/store.h"
#include "config/config.h"
#include "policy/policy.h"

#define AGENT_SOURCES_MAX 64
#define AGENT_WAITERS_MAX 32

/* Who waits for an answer of the courier's: one question for all of them. */
struct agent_waiters {
	struct control_reply *replies[AGENT_WAITERS_MAX];
	size_t count;
};

struct agent {
	sd_event *event;
	char *config_path; /* NULL = the default */
	struct config config;
	struct policy *policy;
	char host[256];
	struct clock clock;
	struct zone *zone;

	struct store *store;
	struct store_opening opening;
	struct poison *poison;
	struct outbox *outbox;
	struct unvouched unvouched; /* of the pipeline's logins */
	struct pipeline *pipeline;
	struct courier_link *courier;
	struct control_plane *plane;
	struct control *control;
	struct source_world world;
	struct source *sources[AGENT_SOURCES_MAX];
	size_t source_count;

	sd_event_source *pump;		/* runs while a source is ready */
	sd_event_source *deadline;	/* the correlator's, and the outbox's */
	sd_event_source *tick;		/* now and then: coverage, retention, health */
	sd_event_source *retry;		/* of a commit that failed */
	sd_event_source *metrics_timer; /* NULL = no metrics are wanted */

	us_time started_at;		 /* on the real clock */
	us_time down_from, down_told_at; /* when it did not run, and when to say what is
					    known of it; US_TIME_NONE = nothing to say */
	struct id down_id;
	us_time watched_since;	/* of the first start */
	us_time committed_at;	/* on the agent's clock */
	us_time restored_until; /* on the agent's clock: all before it was told */
	us_time considered_at;	/* when the plan was looked at last */
	us_time covered_at;	/* sources last said how far they were read */
	us_time active_at;	/* something was last fed */
	bool is_caught_up;	/* what was there at the start has been read */
	bool is_stalled;	/* the last commit failed */
	bool is_considering;	/* logins have changed: the plan is to be looked at */
	bool is_stopping;
	bool may_start_courier; /* else no program is run any more, ever */
	bool metrics_failed;	/* as last told */
	char store_problem[512];
	char reload_problem[768];	     /* why it was not read anew; "" = it was */
	struct agent_waiters doctors;	     /* for the courier's part of `doctor` */
	struct agent_waiters metadata;	     /* for what metadata says of the doors */
	struct control_reply *trial;	     /* of test-alert; NULL = none is going on */
	uint64_t beaten[ALERT_STREAM_COUNT]; /* records told until the last heartbeat */
};

/* Reads the configuration, opens all, and restores what was known. Fails loudly where it
 * cannot start. The caller owns the result. */
int agent_open(const char *config_path, struct agent **ret_agent, struct err *err)
	__attribute__((warn_unused_result));
void agent_close(struct agent *agent);

/* Runs until SIGTERM or SIGINT. Returns an exit status. */
int agent_run(struct agent *agent);

/* ---- for the files of the agent ------------------------------------------------------
 */

/* agent/agent.c: reads the policy that belongs to the configuration. The caller owns the
 * result. */
int agent_read_policy(const struct agent *agent, const struct config *config,
		      struct policy **ret_policy, struct err *err)
	__attribute__((warn_unused_result));

/* agent/commit.c: makes what was fed durable and hands it out; what fails is tried again.
 */
void agent_commit(struct agent *agent);

/* agent/loop.c: something was fed from outside the pump; a source is ready; the sources
 * are to say how far they were read. */
void agent_fed(struct agent *agent);
void agent_wake(void *ctx, struct source *source);
void agent_cover(struct agent *agent);
int agent_on_pump(sd_event_source *pump, void *ctx);
int agent_on_tick(sd_event_source *timer, uint64_t at, void *ctx);
/* Calls once after this span, in the place of what the timer was for before. */
void agent_arm(struct agent *agent, sd_event_source **timer, us_span span,
	       sd_event_time_handler_t handler);

/* agent/signals.c: to stop, and to read the configuration anew. */
int agent_watch_signals(struct agent *agent, struct err *err)
	__attribute__((warn_unused_result));

/* agent/parts.c: all that a configuration makes: opened at the start and at a reload. */
int agent_open_parts(struct agent *agent, struct err *err)
	__attribute__((warn_unused_result));
void agent_close_parts(struct agent *agent);

/* agent/life.c: what is told of the agent's own life. */
void agent_tell_start(struct agent *agent, us_time stored_real);
void agent_tell_stop(struct agent *agent);
void agent_tell_down_calls(struct agent *agent);

/* agent/heartbeat.c: says to whom it is due that the agent lives. */
void agent_tell_heartbeat(struct agent *agent);

/* agent/sinks.c: what the outbox asks of the agent, and what is told of sinks. */
int agent_open_outbox(struct agent *agent, struct err *err)
	__attribute__((warn_unused_result));
void agent_drop_orphans(struct agent *agent);

/* agent/try_sinks.c: test-alert. */
void agent_answer_trial(struct agent *agent, const struct control_request *request,
			struct control_reply *reply);
void agent_end_trial(struct agent *agent);

/* agent/status.c: the row of `status`. */
void agent_append_status(struct agent *agent, bool is_privileged, struct buf *buf);

/* agent/answer_baseline.c: what is usual for this host, looked at or forgotten. */
void agent_answer_baseline(struct agent *agent, const struct control_request *request,
			   struct control_reply *reply);

/* agent/answer_courier.c: what takes the courier to answer; nobody waits any longer. */
void agent_answer_doctor(struct agent *agent, struct control_reply *reply);
void agent_answer_metadata(struct agent *agent, struct control_reply *reply);
void agent_end_waiting(struct agent *agent, const char *why);

/* agent/answer.c: what is asked over the control socket. */
void agent_answer(void *ctx, const struct control_request *request, bool is_privileged,
		  struct control_reply *reply);

/* The finding as it is answered: with whether it is open, which is not in what is stored
 * of it. False past buf's limit, and where what is stored is no object. */
bool agent_append_finding(const struct store_finding *finding, struct buf *buf);
