/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Waiting: who is judged again, and when. Pending and provisional logins lie in a heap by
 * how far their log class must be proven; unverifiable ones in a list that is looked at
 * when sight changes or a gap in what is proven is filled. Also decides when a class has
 * gone blind. For the correlator's own files only.
 */
#include "correlator/state.h"

/* Puts a login where its present judgement says that it waits. */
void waiting_set(struct correlator *correlator, struct tracked_login *login);

/* Wakes those whose wait may be over because the class was proven further, or
 * (`backwards`) where it had not been. */
void waiting_wake(struct correlator *correlator, enum log_class log_class,
		  bool backwards);

/* Wakes all: who the host is has changed; or the logs are complete and are judged as a
 * whole. */
void waiting_wake_all(struct correlator *correlator);

/* Wakes those whose windows reach into these times: what was covered there may be so no
 * more. */
void waiting_wake_between(struct correlator *correlator, us_time from, us_time until);

/* Has a class that was blind come back? Tells, and wakes those who were blind with it. To
 * be looked at before logins are judged, so that it is told before what follows from it.
 */
void waiting_look_for_sight(struct correlator *correlator);

/* Has a class gone blind by `now`? Tells, and wakes those who wait for it. To be looked
 * at after logins were judged: who waits no more makes nobody blind. */
void waiting_look_for_blindness(struct correlator *correlator);

/* When waiting_look_for_blindness() will have something to do at the earliest;
 * US_TIME_NONE = never. */
us_time waiting_deadline(const struct correlator *correlator);

/* Drops what refers to logins that are about to be forgotten. */
void waiting_forget(struct class_waiting *waiting, enum log_class log_class);
void waiting_release(struct class_waiting *waiting);
