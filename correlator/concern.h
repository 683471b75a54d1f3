/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Concern: the logins of some time that are to be judged again because of a call there.
 * At consoles and with scripts the latest call before a login counts, so each of many
 * calls concerns all logins after it. A few are judged at once; where there are more,
 * the rest is judged a moment later, once for all calls that came meanwhile. For the
 * correlator's own files only.
 */
#include "correlator/state.h"

/* Has the logins of this kind judged again that happened then, both ends included. */
void concern_between(struct correlator *correlator, enum login_kind kind, us_time from,
		     us_time until);

/* Whether the login waits, and will be judged again anyway. */
bool concern_has_waiting(const struct correlator *correlator,
			 const struct tracked_login *login);

/* Those that had to wait, if their time has come: of whom is forgotten next, it has. */
void concern_due(struct correlator *correlator);

/* When it will have; US_TIME_NONE = nobody waits. */
us_time concern_deadline(const struct correlator *correlator);
