/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Doors: calls that open one to this instance, or darken the log that would show one, are
 * told whether somebody comes in by it or not: a serial console switched on, an endpoint
 * made, a key planted, a credential reset, an extension written, what runs at boot
 * changed, a trail stopped. For the correlator's own files only.
 */
#include "correlator/state.h"

/* Tells it where it opens a door to this instance; whatever its outcome. */
void doors_take_call(struct correlator *correlator, struct call *call);

/* Looks again at the calls that told nothing, after more is known of who this host is. */
void doors_look_again(struct correlator *correlator);

/* Tells what has waited long enough for further calls and records. */
void doors_tell_due(struct correlator *correlator);

/* The `now` at which doors_tell_due() has something to do; US_TIME_NONE = never. */
us_time doors_deadline(const struct correlator *correlator);

void doors_free(struct open_doors *doors);
