/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Observe: what is told beside verdicts, each once: forged lines, gaps, sight lost and
 * back, sessions taken over, an agent that answers elsewhere, calls whose login never
 * came. For the correlator's own files only.
 */
#include "correlator/state.h"

void observe_forged_line(struct correlator *correlator, const struct event *event);
void observe_gap(struct correlator *correlator, const struct event *event);
/* A text line is lost because too many are held already: told once a minute. */
void observe_lines_lost(struct correlator *correlator, const struct event *event);
void observe_sight(struct correlator *correlator, enum log_class log_class, bool is_blind,
		   enum reason reason);

/* Who started the session is known now: was it resumed by another principal? */
void observe_session_taken_over(struct correlator *correlator, struct slice session_id);

/* Somebody resumed a session. */
void observe_session_resumed(struct correlator *correlator, const struct call *call);

/* A key was pushed to a serial console on which another principal's login is still open.
 */
void observe_console_taken_over_by(struct correlator *correlator,
				   const struct call *push);
void observe_console_taken_over(struct correlator *correlator,
				const struct tracked_login *login);

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
