/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Logins and calls by key. A key's node lists both, each sorted by time and then id, so
 * that a call finds the logins it may concern and a login its candidates without a walk.
 * There are about four nodes for each open login, so they are small: what only keys of
 * one kind have stands apart. For the correlator's own files only. Owns nodes and lists,
 * not what they list.
 */
#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"

struct tracked_login;
struct call;
struct offer;
struct described;

/* Most keys list one login: it needs no array, `items` points to `only`. So a list is
 * never copied or moved. */
struct login_list {
	struct tracked_login **items;
	uint32_t count, size;
	struct tracked_login *only;
};

struct call_list {
	struct call **items;
	uint32_t count, size;
};

/* Keeps the list sorted by time and id. Adding at the end costs nothing. */
void login_list_add(struct login_list *list, struct tracked_login *login);
/* Adds at the end, whatever the order. */
void login_list_append(struct login_list *list, struct tracked_login *login);
void login_list_remove(struct login_list *list, const struct tracked_login *login);
/* Of a sorted list: its position, or the list's count when it is not in it; takes it out
 * without a walk. */
size_t login_list_position(const struct login_list *list,
			   const struct tracked_login *login);
void login_list_remove_sorted(struct login_list *list, const struct tracked_login *login);
/* Takes out those that are marked as forgotten. */
void login_list_forget(struct login_list *list);
void login_list_release(struct login_list *list);
/* Position of the first login at or after `time`. */
size_t login_list_from(const struct login_list *list, us_time time);

void call_list_add(struct call_list *list, struct call *call);
void call_list_append(struct call_list *list, struct call *call);
void call_list_release(struct call_list *list);
/* Whether this call is the earlier one: by time, then by id. */
bool call_is_before(const struct call *a, const struct call *b);
size_t call_list_from(const struct call_list *list, us_time time);
/* As those of logins. */
size_t call_list_position(const struct call_list *list, const struct call *call);
void call_list_remove_sorted(struct call_list *list, const struct call *call);

enum key_kind {
	KEY_FINGERPRINT,
	KEY_REQUEST_ID,
	KEY_SESSION_ID,
	KEY_COMMAND_ID,
	KEY_ASSOCIATION_ID,
	KEY_OWNER,  /* the owner's part of a session id; null-response StartSession */
	KEY_SERIAL, /* a serial port: logins at it; a cloud's: connections to it */
	KEY_TUNNEL, /* a peer: tunnels to us from it, and ssh logins from it */
	KEY_TUNNEL_ANYWHERE, /* a peer: OpenTunnel from it, to whatever host */
	KEY_DENIED_KEY,	     /* an instance, any case: refused SendSSHPublicKey */
	KEY_DENIED_SERIAL,   /* refused SendSerialConsoleSSHPublicKey */
	KEY_DENIED_SESSION,
	KEY_DENIED_COMMAND,
	KEY_DENIED_OWNER, /* a caller's name: refused StartSession that names no instance
			   */
	KEY_CALL_ID,
	KEY_PROCESS,	  /* host and pid */
	KEY_EXTENSION,	  /* handler and name, any case: a series of numbers */
	KEY_AZURE_CALL,	  /* correlation id, action and resource: records of one call */
	KEY_LANE_BOUND,	  /* a lane and a correlation id: executions and calls */
	KEY_LANE,	  /* a lane: executions and calls that vouch for one of them */
	KEY_LANE_REFUSED, /* a lane and a type: refused calls */
	KEY_LANE_TIED,	  /* the same: calls that are tied by correlation id */
	KEY_BROAD,	  /* calls that vouch for many, all or of a correlation id */
	KEY_CORRELATION,  /* a correlation id: executions of its goal state */
	KEY_BASTION,	  /* connections of Bastion, and logins that may be through it */
	KEY_ENTRA,	  /* a user, or host and pid: what was said of Entra's users */
	KEY_CONSOLE_CALL, /* a correlation or operation id: records of one connection */
	KEY_DENIED_CONSOLE, /* a cloud's serial port: refused connections */
	KEY_SCRIPT,	    /* a script: its runs; a cloud: calls that set or start one */
	KEY_CREDENTIAL,	   /* a user: his logins at sshd and consoles; a cloud: calls that
			    * set credentials */
	KEY_GOOGLE_USER,   /* a user: his logins, and what is said of him */
	KEY_CLOUD_KEY,	   /* a fingerprint and a user: what is said of the key */
	KEY_OS_LOGIN,	   /* a name or an address: OS Login's checks of it */
	KEY_METADATA_CALL, /* calls that set ssh keys for this host */
	KEY_IAP,	   /* the proxy's connections, and logins from its addresses */
	KEY_IAP_RECORD,	   /* an operation id: records of one connection */
	KEY_DENIED_IAP,	   /* refused connections */
};

/* KEY_FINGERPRINT */
struct key_offers {
	struct offer *newest; /* owned by the correlator's queue, as is what is older */
	/* when it first opened this host unoffered, by lines that anybody could have
	 * written and by others; US_TIME_NONE = never */
	us_time own_since[2];
	struct tracked_login *expired_teller; /* who tells that this key has expired */
};

/* KEY_TUNNEL, KEY_OWNER, KEY_LANE, KEY_BASTION: what of its claims is to be settled,
 * where `is_touched`: those of one login or call; or of all between these times, where
 * more than one was touched.
 */
struct key_claims {
	struct tracked_login *login;
	struct call *call;
	us_time from, until;
	us_span lag_us; /* KEY_LANE: of any of its logins so far */
	bool has_lost;	/* a call that was taken is no more of the group */
};

/* KEY_AZURE_CALL: the record that stands for the call */
struct key_call {
	struct call *head; /* NULL: none was admitted */
};

struct key_series;	/* KEY_EXTENSION: session_extension.c */
struct key_moments;	/* KEY_ENTRA: session_entra.c */
struct key_google_user; /* KEY_GOOGLE_USER: session_cloud.c */
struct key_cloud_key;	/* KEY_CLOUD_KEY: likewise */

/* KEY_SERIAL, once a connection has ended: of the connections up to each, the latest end;
 * it may be said too late, as often as `loose` */
struct key_ends {
	uint32_t valid, size, loose;
	us_time ends[];
};

/* KEY_SESSION_ID, KEY_COMMAND_ID, KEY_ASSOCIATION_ID */
struct key_run {
	struct described *described; /* owned, what is said before the run begins */
	struct call *start; /* the call that started a session, NULL = none in sight */
};

/* KEY_PROCESS: the key that sshd took as a first factor */
struct key_partial {
	us_time at;
	char *key; /* owned */
};

/* One key. */
struct key_node {
	uint64_t hash;
	uint32_t text_len;
	uint8_t kind;	       /* enum key_kind */
	bool was_empty : 1;    /* at the last forgetting: goes with the next */
	bool is_touched : 1;   /* its claims are to be settled */
	bool is_mentioned : 1; /* sessions and commands: the agent spoke of it */
	/* who told that this key has expired is forgotten, what was told is not */
	bool is_teller_forgotten : 1;
	struct login_list logins;
	struct call_list calls;
	/* By kind; owned, and never NULL but for `partial` and `ends`. Of other kinds:
	 * NULL. */
	union {
		struct key_offers *offers;
		struct key_claims *claims;
		struct key_run *run;
		struct key_partial *partial;
		struct key_call *call;
		struct key_series *series;
		struct key_moments *moments;
		struct key_google_user *google_user;
		struct key_cloud_key *cloud_key;
		struct key_ends *ends;
		void *more;
	};
	char text[];
};

struct index {
	struct hash_key hash_key;
	struct map map;
	struct key_node **nodes; /* owned, in the order made */
	uint32_t node_count, node_size;
};

void index_init(struct index *index, const struct hash_key *hash_key);
void index_release(struct index *index);

/* NULL when there is none, or the text is empty. */
struct key_node *index_find(const struct index *index, enum key_kind kind,
			    struct slice text);

/* Makes it when there is none. The text is not empty. */
struct key_node *index_get(struct index *index, enum key_kind kind, struct slice text);

/* Lives as long as the node: as long as it lists something. */
static inline struct slice key_node_text(const struct key_node *node)
{
	return slice_of(node->text, node->text_len);
}

/* Drops nodes that list nothing, and did not when this was called before: what is only
 * remembered with a key stays for as long. */
void index_drop_empty(struct index *index);
