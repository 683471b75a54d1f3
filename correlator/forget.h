/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Forget: lets go of settled logins, and of calls on which no login that is kept leans,
 * once they came longer ago than is kept, so that memory is bounded by that time. What
 * was read, of the control plane's log and the host's, goes with the logins that lean on
 * it. Associations stay, for their next run is no news; their verdict is judged no more.
 * For the correlator's own files only.
 */
#include "correlator/state.h"

/* Forgets what is due; does nothing most of the time it is called. */
void forget_old(struct correlator *correlator);
