/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Google Cloud's doors to sshd: what the host said of OS Login's users and of the keys in
 * the metadata (session_cloud.c), its calls (calls_gcp.c), and the tunnels of the
 * Identity-Aware Proxy (tunnel_gcp.c). For the correlator's own files only.
 */
#include "correlator/state.h"

/* OS Login's helpers and the check they make lie so near to the login. */
#define OS_LOGIN_JOIN_US (60 * US_PER_SECOND)

/* OS Login cuts longer names (guest-oslogin, oslogin_utils.cc). */
#define OS_LOGIN_NAME_MAX 32

/* Google's agent takes a key out of authorized_keys as soon as it is out of the metadata;
 * it waits for changes, but may have to start first. */
#define KEY_REMOVAL_US (5 * US_PER_MINUTE)

/* A tunnel may have been authorised that long before sshd let somebody in through it. */
#define IAP_BEFORE_US US_PER_HOUR

/* Whether this host may be Google's, as far as its identity says. */
bool may_be_google(const struct correlator *correlator);

/* Whether the call was made for this instance, or for all of its project: 1 yes, 0 no, -1
 * unknown. */
int google_call_is_for_us(const struct correlator *correlator, const struct call *call);

/* ---- users and keys ---- */

/* What the guest agent says of its users, and who is added to google-sudoers. */
void session_take_google_credential(struct correlator *correlator,
				    const struct event *event);
void session_take_google_group(struct correlator *correlator, const struct event *event);

/* Lists an ssh login by its user. */
void google_add_login(struct correlator *correlator, struct tracked_login *login);

/* The logins of this user, or NULL. */
const struct login_list *google_logins(const struct correlator *correlator,
				       struct slice user);

/* Whether OS Login's helpers spoke of the login's user when it came, or the metadata
 * server knows him. */
bool os_login_is_said(const struct correlator *correlator,
		      const struct tracked_login *login);

/* Who the metadata server says the user is; empty = it did not say. */
struct slice os_login_principal(const struct correlator *correlator, struct slice user);

/* Names that OS Login makes of service accounts and of people of other organisations. */
bool is_service_account_name(struct slice user);
bool is_external_name(struct slice user);

enum metadata_key_state {
	KEY_IS_NONE,	/* it is none of the metadata's, as far as is said */
	KEY_IS_CURRENT, /* it is, or its user has been made by Google's agent */
	KEY_IS_LEFT,	/* it stands in the file as Google's, and is in the metadata no
			   more */
};
enum metadata_key_state metadata_key_state(const struct correlator *correlator,
					   const struct tracked_login *login);

/* Who the key's comment says its owner is; empty = nobody. */
struct slice metadata_key_principal(const struct correlator *correlator,
				    const struct tracked_login *login);

/* The user's own part, and the key's, in their nodes. */
struct key_google_user *key_google_user_new(void);
void key_google_user_free(struct key_google_user *user);
/* Whether something is said of the user that holds for longer than his logins. */
bool key_google_user_is_known(const struct key_google_user *user);
struct key_cloud_key *key_cloud_key_new(void);
void key_cloud_key_free(struct key_cloud_key *key);

/* ---- calls ---- */

/* What OS Login checked of a user: by whose name it is found. */
enum check_tag {
	CHECK_OF_NAME = 'm',	   /* the name made of the whole e-mail address */
	CHECK_OF_LOCAL_PART = 'l', /* the name without its domain */
	CHECK_OF_PRINCIPAL = 'e',  /* the address itself */
	CHECK_OF_SERVICE = 's',	   /* of any service account */
};

/* What was asked. */
enum check_kind {
	CHECK_ADMITTED,
	CHECK_REFUSED,
	CHECK_SECOND_FACTOR,
	CHECK_KEY_IMPORTED,
	CHECK_KIND_COUNT
};

/* Those under the tag and text, or NULL. */
const struct key_node *os_login_checks(const struct correlator *correlator,
				       enum check_kind kind, enum check_tag tag,
				       struct slice text);

/* Lists the login where calls find it that are not found by its user's name. */
void os_login_list_login(struct correlator *correlator, struct slice principal,
			 struct tracked_login *login);

/* The latest call that set ssh keys for this host before the login, or NULL. */
struct call *latest_key_call(const struct correlator *correlator,
			     const struct tracked_login *login);

/* This host's identity is another: all is listed anew. */
void calls_identify_google(struct correlator *correlator);

/* ---- tunnels ---- */

/* Whether a login from this peer came through the proxy, if this host is Google's. */
bool is_iap_peer(const struct correlator *correlator, struct slice peer);

/* The one group of the proxy's connections to this host, and of logins from it. */
#define IAP_GROUP SLICE("iap")

/* A record of an admitted connection to this host. */
void iap_take_record(struct correlator *correlator, struct call *call);

/* The login's end is known: a record may only have come then. */
void iap_login_ended(struct correlator *correlator, struct tracked_login *login);

/* The one of the connections known by their end only that ended with this login; NULL =
 * none. `*ret_other`: one ended then that is another login's, NULL = none. */
struct call *iap_ended_call(const struct correlator *correlator,
			    const struct tracked_login *login,
			    const struct call **ret_other);

/* One that no session ended with, and that may still be of this login's: it ended after
 * the login came; NULL = none. */
const struct call *iap_stray_call(const struct correlator *correlator,
				  const struct tracked_login *login);

/* To where such a record may lie, seen from the login's end. */
us_time iap_end_until(const struct correlator *correlator,
		      const struct tracked_login *login);

/* Wakes the logins that ended in this time: what was covered there may be so no more. */
void iap_wake_ended(struct correlator *correlator, us_time from, us_time until);

/* All is listed anew; takes out what is forgotten. */
void iap_relist(struct correlator *correlator);
void iap_forget(struct correlator *correlator);
void iap_release(struct correlator *correlator);
