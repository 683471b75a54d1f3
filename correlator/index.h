/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Logins and calls by key. A key's node lists both, each sorted by time and then id, so
 * that a call finds the logins it may concern and a login its candidates without a walk.
 * For the correlator's own files only. Owns nodes and lists, not what they list.
 */
#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"

struct tracked_login;
struct call;
struct offer;
struct described;

struct login_list {
	struct tracked_login **items;
	size_t count, size;
};

struct call_list {
	struct call **items;
	size_t count, size;
};

/* Keeps the list sorted by time and id. Adding at the end costs nothing. */
void login_list_add(struct login_list *list, struct tracked_login *login);
/* Adds at the end, whatever the order. */
void login_list_append(struct login_list *list, struct tracked_login *login);
void login_list_remove(struct login_list *list, const struct tracked_login *login);
void login_list_release(struct login_list *list);
/* Position of the first login at or after `time`. */
size_t login_list_from(const struct login_list *list, us_time time);

void call_list_add(struct call_list *list, struct call *call);
void call_list_append(struct call_list *list, struct call *call);
void call_list_release(struct call_list *list);
/* Whether this call is the earlier one: by time, then by id. */
bool call_is_before(const struct call *a, const struct call *b);
size_t call_list_from(const struct call_list *list, us_time time);

enum key_kind {
	KEY_FINGERPRINT,
	KEY_REQUEST_ID,
	KEY_SESSION_ID,
	KEY_COMMAND_ID,
	KEY_ASSOCIATION_ID,
	KEY_OWNER,  /* the owner's part of a session id; null-response StartSession */
	KEY_SERIAL, /* a serial port: pushes to it, and logins at it */
	KEY_TUNNEL, /* a peer: tunnels to us from it, and ssh logins from it */
	KEY_TUNNEL_ANYWHERE, /* a peer: OpenTunnel from it, to whatever host */
	KEY_DENIED_KEY,	     /* an instance, any case: refused SendSSHPublicKey */
	KEY_DENIED_SERIAL,   /* refused SendSerialConsoleSSHPublicKey */
	KEY_DENIED_SESSION,
	KEY_DENIED_COMMAND,
	KEY_DENIED_OWNER, /* a caller's name: refused StartSession that names no instance
			   */
	KEY_CALL_ID,
	KEY_PROCESS, /* host and pid */
};

/* One key. */
struct key_node {
	uint64_t hash;
	enum key_kind kind;
	struct login_list logins;
	struct call_list calls;
	struct offer **offers; /* KEY_FINGERPRINT: owned by the correlator's queue */
	uint32_t offer_count, offer_size;
	struct described *described; /* runs: owned, what is said before the run begins */
	char *partial_key; /* KEY_PROCESS: owned, the key sshd took as a first factor */
	us_time partial_at;
	/* KEY_FINGERPRINT: when it first opened this host unoffered, by lines that
	 * anybody could have written and by others; US_TIME_NONE = never */
	us_time own_since[2];
	bool was_empty; /* at the last forgetting: goes with the next */
	/* its claims are to be settled: of one login or call; or of all between these
	 * times, where more than one was touched */
	bool is_touched;
	struct tracked_login *touched_login;
	struct call *touched_call;
	us_time touched_from, touched_until;
	struct call *start; /* KEY_SESSION_ID: the call that started it, NULL = none in
			       sight */
	bool is_mentioned;  /* sessions and commands: the agent spoke of it */
	struct tracked_login *expired_teller; /* who tells that this key has expired */
	bool is_teller_forgotten; /* who told it is forgotten, what was told is not */
	uint32_t text_len;
	char text[];
};

struct index {
	struct hash_key hash_key;
	struct map map;
	struct key_node **nodes; /* owned, in the order made */
	size_t node_count, node_size;
};

void index_init(struct index *index, const struct hash_key *hash_key);
void index_release(struct index *index);

/* NULL when there is none, or the text is empty. */
struct key_node *index_find(const struct index *index, enum key_kind kind,
			    struct slice text);

/* Makes it when there is none. The text is not empty. */
struct key_node *index_get(struct index *index, enum key_kind kind, struct slice text);

/* Drops nodes that list nothing, and did not when this was called before: what is only
 * remembered with a key stays for as long. */
void index_drop_empty(struct index *index);
