/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Door crowds: the calls of one principal that open one kind of door in one minute. The
 * first few are told at once, one by one; the rest are counted and told as one when a
 * minute has passed, and again when more of them turn up. For observe_door.c only.
 */
#include "correlator/state.h"

struct door_crowds;

struct door_crowds *door_crowds_new(void);
void door_crowds_free(struct door_crowds *crowds);

/* Tells the observation, which is made of a call, or counts it; nothing when one of its
 * id came before. What it borrows is copied. */
void door_crowds_take(struct correlator *correlator, struct door_crowds *crowds,
		      const struct observation *observation);

/* Tells what is due by `then`. */
void door_crowds_tell(struct correlator *correlator, struct door_crowds *crowds,
		      us_time then);

/* On `now`; US_TIME_NONE = nothing is due. */
us_time door_crowds_deadline(const struct door_crowds *crowds);
