/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Proof: what the answers of a control plane have proven so far at the place that the
 * host is in, by the service's own clock, and saying so: as progress of each log class,
 * when it moves.
 */
#include "agent/control_plane.h"
#include "agent/plane/sight.h"
#include "agent/plane/window.h"

struct plane_proof {
	const struct control_plane_options *world; /* borrowed */
	const struct plane_kind *kind;		   /* NULL = none yet */
	char place[PLANE_PLACE_BYTES];
	struct plane_sight sights[PLANE_QUERIES_MAX]; /* of the kind's queries */
	struct {
		us_time from, until;
	} said[LOG_CLASS_COUNT]; /* what progress was fed last */
	/* of the kind's optional classes: since when their logs are known to be on;
	 * US_TIME_NONE = not */
	us_time on_since[LOG_CLASS_COUNT];
	unsigned moves; /* counts the changes of place or kind */
	us_span ahead;	/* by how much the service's clock is ahead of this machine's */
};

void plane_proof_init(struct plane_proof *proof,
		      const struct control_plane_options *world);

/* Reads what is known of the place that the host is in now, where that, or the kind, is
 * another than before. */
void plane_proof_look(struct plane_proof *proof, const struct plane_kind *kind);

/* What the service's clock says. Its events are dated by it, so it is asked by it: a
 * machine whose clock is behind would never ask for what was just logged. */
us_time plane_proof_now(const struct plane_proof *proof);
void plane_proof_learn_clock(struct plane_proof *proof, us_time answered_at);

/* The query's slice is done: stores what it proves, and says so. */
void plane_proof_extend(struct plane_proof *proof, size_t query,
			const struct window *window);

/* A witness found a record: what its classes' other queries give from `from` on is all
 * that there is. */
void plane_proof_witness(struct plane_proof *proof, size_t query, us_time from,
			 us_time until);

/* Records of these classes, LOG_CLASS_BITs, were seen, the newest at this time. */
void plane_proof_note_on(struct plane_proof *proof, uint32_t classes, us_time at);

/* Over which time the class is proven. False when over none. */
bool plane_proof_proven(const struct plane_proof *proof, enum log_class log_class,
			us_time *ret_from, us_time *ret_until);

/* The region that is proven of; empty = all of the account's. */
struct slice plane_proof_region(const struct plane_proof *proof);
