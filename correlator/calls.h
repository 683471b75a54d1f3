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

/* The key of a serial port's logins, "port ?" for -1. */
#define SERIAL_KEY_BYTES 24
struct slice serial_key(int port, char text[SERIAL_KEY_BYTES]);

/* The last part of the caller's ARN, after the last '/' (":root" gives "root"): what
 * Session Manager puts in front of a session id. */
struct slice caller_name(const struct call *call);

/* What a call of Azure, of Google Cloud, to a serial console of either, and one that has
 * the host run something at boot, may concern; whatever its outcome. */
void calls_take_azure(struct correlator *correlator, struct call *call);
void calls_take_gcp(struct correlator *correlator, struct call *call);
void calls_take_console(struct correlator *correlator, struct call *call);
void calls_take_script(struct correlator *correlator, struct call *call);

/* As call_is_for_us(); also one for the whole of this host's Google project. */
int call_is_for_us_or_project(const struct correlator *correlator,
			      const struct call *call);

/* Lists those that have the host run something anew, after its identity was learnt. */
void calls_identify_script(struct correlator *correlator);

/* Keeps the latest call that set each kind of script: what it set runs for years. */
void scripts_pin_calls(struct correlator *correlator);
