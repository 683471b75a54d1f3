/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Session: joins the lines that speak of one login into one login. For the correlator's
 * own files only.
 */
#include "correlator/state.h"

/* sshd: offers, first factors, logins, ports. */
void session_take_offer(struct correlator *correlator, const struct event *event);
void session_take_partial(struct correlator *correlator, const struct event *event);
void session_take_accepted(struct correlator *correlator, const struct event *event);
void session_take_listening(struct correlator *correlator, const struct event *event);
void offers_release(struct correlator *correlator);

/* Consoles, PAM and logind. */
void session_take_console(struct correlator *correlator, const struct event *event);
void session_take_pam_opened(struct correlator *correlator, const struct event *event);
void session_take_pam_closed(struct correlator *correlator, const struct event *event);
void session_take_logind_opened(struct correlator *correlator, const struct event *event);
void session_take_logind_closed(struct correlator *correlator, const struct event *event);
void session_take_account(struct correlator *correlator, const struct event *event);

/* Judges the consoles whose lines have had their time to be joined; when that is next. */
void session_join_consoles(struct correlator *correlator);
us_time session_join_deadline(const struct correlator *correlator);

/* The SSM agent. */
void session_take_run(struct correlator *correlator, const struct event *event);

/* Azure's agent and its extension handlers. */
void session_take_extension(struct correlator *correlator, const struct event *event);

/* What the cloud has the host run at boot or by policy. */
void session_take_script(struct correlator *correlator, const struct event *event);

/* Users and keys that the cloud gives the host. */
void session_take_cloud_user(struct correlator *correlator, const struct event *event);
void session_take_cloud_key(struct correlator *correlator, const struct event *event);

/* Passwords, keys and accounts that were set through the cloud. */
void session_take_credential(struct correlator *correlator, const struct event *event);
void session_take_account_changed(struct correlator *correlator,
				  const struct event *event);

/* Who became root by sudo; what was said of that before a login, or all of it, was known;
 * what of it holds now that it is known whose or where the login was, or that it has
 * ended. */
struct sudo_uses;
void session_take_sudo(struct correlator *correlator, const struct event *event);
void sudo_add_login(struct correlator *correlator, struct tracked_login *login);
void sudo_relearn(struct correlator *correlator, struct tracked_login *login);
void sudo_login_ended(struct correlator *correlator, struct tracked_login *login);
void sudo_uses_free(struct sudo_uses *uses);

/* The host starts or goes down. */
void session_take_boot(struct correlator *correlator, const struct event *event);

/* Whose agent ran it: this instance's; another's, now; another's, or an earlier life's of
 * the disk this host was made of. */
enum run_whose {
	RUN_OF_US,
	RUN_OF_ANOTHER,
	RUN_OF_EARLIER,
};
enum run_whose whose_run(const struct correlator *correlator,
			 const struct tracked_login *login);

/* The port session is new, or not what it was: logins from this host's own addresses may
 * have come through it, or not. */
void session_concern_carried(struct correlator *correlator,
			     const struct tracked_login *session);

/* Remembers how long after its first line a port session's plugin may start. */
void session_note_delay(struct correlator *correlator,
			const struct tracked_login *session);

/* Works out anew whose it is, after something about it or about this host was learnt. */
void session_know_whose(const struct correlator *correlator, struct tracked_login *login);

/* ---- shared by the files above ---- */

/* A new login, known by its id, listed by kind and not yet by key. Its slices are empty.
 */
struct tracked_login *login_make(struct correlator *correlator, enum login_kind kind,
				 const struct id *id, const struct event *event);

/* The login with this id, or NULL. */
struct tracked_login *login_find(const struct correlator *correlator,
				 const struct id *id);

/* Lists the login under the key and judges it with what is there. */
void login_list_under(struct correlator *correlator, enum key_kind kind,
		      struct slice text, struct tracked_login *login);

/* Remembers a line of it. */
void login_add_evidence(struct tracked_login *login, uint64_t evidence);

/* A copy of the text that lives as long as the login. */
struct slice login_keep(struct tracked_login *login, struct slice text);

/* The key under which a process of a host is listed; `buf` holds it. */
#define PROCESS_KEY_BYTES 320
struct slice process_key(struct slice host, const char *what, uint64_t number,
			 char buf[PROCESS_KEY_BYTES]);

/* Forgets the login's id; its lists are the caller's to clean. */
void login_unknow(struct correlator *correlator, struct tracked_login *login);

void login_free(struct tracked_login *login);
