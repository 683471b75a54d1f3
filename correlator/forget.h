/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Forget: lets go of settled logins and of calls that are older than anything they could
 * vouch for, so that memory is bounded by the time kept. For the correlator's own files
 * only.
 */
#include "correlator/state.h"

/* Forgets what is due; does nothing most of the time it is called. */
void forget_old(struct correlator *correlator);
