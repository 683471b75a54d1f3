/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Loss of sight: what an outcome means for what can be known, and telling the correlator,
 * once, that sight of the control plane is lost or is back. An account's logs are lost
 * and come back together.
 */
#include "agent/control_plane.h"
#include "agent/plane/kind.h"

/* What passes by itself is no loss of sight, for so many questions in a row. */
#define PLANE_FAILURES_MAX 3

struct plane_loss {
	enum message_outcome outcome;
	enum reason reason;
	bool at_once; /* it does not pass by itself */
};

/* NULL = it is no loss. */
const struct plane_loss *plane_loss_of(enum message_outcome outcome);

/* Says that sight is lost, or back, where that is news. Nothing where a folder of API
 * logs sees for itself. `kind` NULL = not known yet. */
void plane_loss_say(const struct control_plane_options *options,
		    const struct plane_kind *kind, bool lost, enum reason reason);
