/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * API calls: kept once each (by event id), found by what they could vouch for, and handed
 * to the logins they may concern. For the correlator's own files only.
 */
#include "correlator/state.h"

/* Takes an EVENT_API_CALL; a call seen before changes nothing. */
void calls_take(struct correlator *correlator, const struct event *event);

/* Marks anew which accounts and regions name this host, after its identity was learnt. */
void calls_identify(struct correlator *correlator);

void call_free(struct call *call);

/* Whether the call was made for this instance: 1 yes, 0 no, -1 unknown (it names none, or
 * the host's own id is not known). */
int call_is_for_us(const struct correlator *correlator, const struct call *call);

/* The last part of the caller's ARN, after the last '/' (":root" gives "root"): what
 * Session Manager puts in front of a session id. */
struct slice caller_name(const struct call *call);
