/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Passwords, keys and accounts that were set through a cloud, and logins with them within
 * a day. Whose it was is said with it, or by useradd and usermod around a run of Azure's
 * VMAccess extension, whichever is read first. For the correlator's own files only.
 */
#include "correlator/state.h"

/* EVENT_EXTENSION: a run of VMAccess; others are none of ours. */
void session_credential_note_extension(struct correlator *correlator,
				       const struct event *event);

/* An account was made, or changed: `is_password` of its password. */
void credentials_take_account(struct correlator *correlator, const struct event *event,
			      struct slice user, bool is_password);

/* A call that may have set one; others are none of ours. */
void credentials_take_call(struct correlator *correlator, struct call *call);

/* The login's user is known: what was set for him may be told with it. */
void credentials_add_login(struct correlator *correlator, struct tracked_login *login);

/* Whether something was set for the login's user in the day before. */
bool credentials_before(const struct correlator *correlator,
			const struct tracked_login *login);

/* Tells of the login where it came directly and with what was set in the day before. */
void credentials_observe_login(struct correlator *correlator,
			       struct tracked_login *login);

/* Forgets what was set longer ago than `keep` before the latest. */
void credentials_forget(struct correlator *correlator, us_span keep);
void credentials_free(struct credentials *credentials);
