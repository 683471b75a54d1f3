/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of the control plane, for control_plane.c and plane/status.c alone.
 */
#include "agent/plane/metadata.h"
#include "agent/plane/pass.h"
#include "agent/plane/quick_answers.h"

struct control_plane {
	struct control_plane_options options;
	sd_event_source *timer;	       /* of the next question or the next pass */
	const struct plane_kind *kind; /* of the identity; NULL = none that is known */
	struct plane_proof proof;
	struct plane_pass *pass;	 /* owned */
	struct quick_answers *quick;	 /* owned */
	struct plane_metadata *metadata; /* owned */
	/* when */
	bool is_passing;       /* the timer is the pass's */
	bool has_more;	       /* the last pass left pages */
	uint32_t classes;      /* that are wanted */
	uint32_t failures;     /* questions in a row */
	us_time next_at;       /* of the next pass, on the agent's clock */
	us_time passed_at;     /* the last one's end */
	us_time all_passed_at; /* the end of the last that asked everything */
	us_time watched_at;    /* the end of the last that asked the watches, too */
	us_span retry_after;
	/* who this host is */
	bool is_asking_identity;
	us_time identity_at; /* when to ask next */
	bool is_known, is_of_config, is_of_no_cloud;
	char identity_problem[256];
};

/* Whether its log is asked for; else files are all that can show it. */
bool plane_is_asked(const struct control_plane *plane);
