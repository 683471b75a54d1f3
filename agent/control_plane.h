/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control plane: which questions are put to the cloud, when, and what their answers
 * prove. The courier only carries them. A pass asks the canary first and then every query
 * of the log classes that are wanted, page after page; when a query's pages are complete,
 * all that was logged up to the end of the pass, but not past the newest event the canary
 * showed, has been delivered: that is the progress that is fed. Asked often while a login
 * waits, rarely otherwise, and ever more rarely while it fails.
 *
 *   resting ──▶ canary ──▶ query, page after page ──▶ ... ──▶ resting
 *      ▲                        │ refused, unreachable          │
 *      └────────────────────────┴── sight lost, later again ◀───┘
 */
#include <systemd/sd-event.h>

#include "agent/courier_link.h"
#include "agent/pipeline.h"

struct control_plane;

struct control_plane_options {
	sd_event *event; /* all borrowed */
	struct clock *clock;
	struct pipeline *pipeline;
	struct store *store;
	const struct config *config;
	struct courier_link *courier;
	us_time watched_since; /* of the first start */
	/* Something was fed: it wants a commit. */
	void (*fed)(void *ctx);
	void *ctx;
};

/* Begins by asking who this host is, unless the configuration says it. */
struct control_plane *control_plane_new(const struct control_plane_options *options);
void control_plane_free(struct control_plane *plane);

/* Logins have come or been judged: the next pass may be due sooner, or need not be. */
void control_plane_consider(struct control_plane *plane);

/* For status: one query in turn, false past the last. All borrowed. */
struct query_state {
	const char *query;
	struct slice account, region;
	const char *sight;	   /* "seeing", "blind", "never" */
	us_time proven_until;	   /* US_TIME_NONE = never */
	us_time asked_at, next_at; /* on the real clock; US_TIME_NONE = not */
	const char *reason;	   /* "" = none; a word of correlator/words.def */
	const char *detail;
};
bool control_plane_state(const struct control_plane *plane, size_t index,
			 struct query_state *ret_state);

struct identity_state {
	const char *state;  /* "known", "unknown", "none" */
	const char *origin; /* "metadata", "config", "" */
	const char *problem;
};
struct identity_state control_plane_identity(const struct control_plane *plane);
