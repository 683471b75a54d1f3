/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Quick answers: where it is permitted, a service that knows sessions and commands at
 * once is asked about a login that no API call vouches for yet, by the id that the host's
 * log names. What it says is fed as the call it knows of, under an id that names where it
 * is from; it never proves absence. Optional: without the permission nothing is lost but
 * time.
 */
#include "agent/control_plane.h"
#include "agent/plane/kind.h"
#include "agent/plane/unvouched.h"

/* What a kind of control plane can be asked by an id. */
struct plane_quick {
	/* Whether the configuration wants it. */
	bool (*is_wanted)(const struct config *config);
	/* Which query knows of this login; false when none does. */
	bool (*query_of)(const struct unvouched_login *login, enum query_kind *ret_query);
	/* Fills in what else belongs to the question, of a login of this time; value and
	 * region are there. NULL = nothing does. */
	void (*ask)(us_time happened_at, struct ask_page *question);
	/* Gives out the calls of this id that an answer holds; their account and region
	 * are filled in after. An answer that cannot be read says nothing. */
	void (*read)(enum query_kind query, struct slice id, struct slice answer,
		     const struct emitter *emitter);
	us_span between; /* two questions about one login: it takes a moment to be known
			  */
};

struct quick_answers;

/* `world` is borrowed. */
struct quick_answers *quick_answers_new(const struct control_plane_options *world);
void quick_answers_free(struct quick_answers *quick);

/* Asks about what waits, as far as it has not been asked lately: one question at a time,
 * a few for each login. `kind` as it is now. */
void quick_answers_consider(struct quick_answers *quick, const struct plane_kind *kind);
