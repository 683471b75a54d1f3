/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Unread records: a record of a control plane's log that cannot be read costs its own
 * second and no more: a hole there, stored once however often the record is met again,
 * and told. Of many only some are told one by one. One that has no time stops its query,
 * so that it is asked again; but not for ever: in the end the time it is asked over is
 * the hole.
 */
#include "agent/api_calls.h"
#include "agent/plane/proof.h"

struct plane_unread {
	us_time hour_at; /* on the agent's clock: from when on they are counted */
	unsigned told;	 /* since then */
};

/* A record of known time. */
void plane_unread_take(struct plane_unread *unread, const struct plane_proof *proof,
		       size_t query, const struct api_hole *hole);

/* One without: `window` is what was asked for. */
void plane_unread_take_window(struct plane_unread *unread,
			      const struct plane_proof *proof, size_t query,
			      const struct window *window, const struct err *why);
