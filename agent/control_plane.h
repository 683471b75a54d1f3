/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control plane: when the cloud is asked what it logged. The courier only carries the
 * questions; which they are is the kind's to say (agent/plane/kind.h), and what their
 * answers prove the pass's (agent/plane/pass.h). Asked often while a login waits, rarely
 * otherwise, and ever more rarely while it fails.
 *
 *   resting ──▶ identity, pass ──▶ resting
 *      ▲            │ refused, throttled, unreachable
 *      └────────────┴── sight lost, later again where it was
 */
#include <systemd/sd-event.h>

#include "agent/courier_link.h"
#include "agent/pipeline.h"

struct control_plane;
struct unvouched;

struct control_plane_options {
	sd_event *event; /* all borrowed */
	struct clock *clock;
	struct pipeline *pipeline;
	struct store *store;
	const struct config *config;
	struct courier_link *courier;
	struct unvouched *unvouched; /* the pipeline's logins that no call vouches for */
	us_time watched_since;	     /* of the first start */
	/* Something was fed: it wants a commit. */
	void (*fed)(void *ctx);
	void *ctx;
};

/* Begins by asking who this host is, unless the configuration says it. */
struct control_plane *control_plane_new(const struct control_plane_options *options);
void control_plane_free(struct control_plane *plane);

/* Logins have come or been judged: the next pass may be due sooner, or need not be. */
void control_plane_consider(struct control_plane *plane);

/* A login's verdict is new or has changed. */
void control_plane_note(struct control_plane *plane, const struct verdict *verdict);

/* For status: one log class in turn, false past the last. All borrowed. */
struct query_state {
	const char *query;
	struct slice account, region;
	const char *sight;	   /* "seeing", "blind", "never" */
	us_time proven_until;	   /* US_TIME_NONE = never */
	us_time asked_at, next_at; /* on the real clock; US_TIME_NONE = not */
	const char *reason;	   /* "" = none; a word of correlator/words.def */
	const char *detail;
	const char *what, *advice; /* while blind: in words; NULL = none */
};
bool control_plane_state(const struct control_plane *plane, size_t index,
			 struct query_state *ret_state);

struct identity_state {
	const char *state;  /* "known", "unknown", "none" */
	const char *origin; /* "metadata", "config", "" */
	const char *problem;
};
struct identity_state control_plane_identity(const struct control_plane *plane);
