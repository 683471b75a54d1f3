/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Observe: what is told beside verdicts, each once: gaps, sight lost and back, sessions
 * taken over, an agent that answers elsewhere, calls whose login never came. Forged lines
 * and consoles have files of their own (forged.h, console.h). For the correlator's own
 * files only.
 */
#include "correlator/id.h"
#include "correlator/state.h"

/* Tells it, unless one of this id was told before. */
void observe_tell(struct correlator *correlator, const struct observation *observation);
bool observe_was_told(const struct correlator *correlator, const struct id *id);
/* It counts as told from now on: it was told together with others, or is not to be. */
void observe_note_told(struct correlator *correlator, const struct id *id);

void observe_gap(struct correlator *correlator, const struct event *event);
/* A text line is lost because too many are held already: told once a minute. */
void observe_lines_lost(struct correlator *correlator, const struct event *event);
void observe_sight(struct correlator *correlator, enum log_class log_class, bool is_blind,
		   enum reason reason);

/* Who started the session is known now: was it resumed by another principal? */
void observe_session_taken_over(struct correlator *correlator, struct slice session_id);

/* Somebody resumed a session. */
void observe_session_resumed(struct correlator *correlator, const struct call *call);

/* ---- shared with observe_console.c ---- */

/* An observation that says nothing else yet. */
struct observation observation_of(enum observation_kind kind, us_time happened_at);

/* Two callers, both known, who are not the same. */
bool callers_differ(struct slice one, struct slice two);

/* One observation a call: the call took somebody else's session over; `login` may be
 * NULL. */
void observe_taken_over(struct correlator *correlator, const struct call *call,
			const struct tracked_login *login);

/* The call let somebody in, and nobody came. */
void observe_without_login(struct correlator *correlator, const struct call *call);

/* What a call's observation is known by: the same for all records of one call. */
void observation_add_call(struct id_maker *maker, const struct call *call);

/* Keeps the list sorted by when its calls are due. */
void watched_calls_add(struct watched_calls *list, struct watched_call watched);

/* The agent that ran this login belongs to another account or instance. */
void observe_registered_elsewhere(struct correlator *correlator,
				  const struct tracked_login *login);

/* Watches for the login that an admitted StartSession or SendCommand should bring. */
void observe_watch_call(struct correlator *correlator, struct call *call);
/* Tells of those whose time is over, as far as the host's log is covered. */
void observe_watched_calls(struct correlator *correlator);

/* Forgets what was told, and calls that came, before this `now`. */
void observe_forget(struct correlator *correlator, us_time before);
void observe_release(struct correlator *correlator);
