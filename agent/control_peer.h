/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control peer: one connection, from its first byte to its last. For agent/control.c
 * alone.
 *
 *   ASKING ── a line ──▶ ANSWERING ── end, error ──▶ ENDING ── all sent ──▶ DEAD
 *      │                     │ follow: rows go on         │
 *      └─ slow, too long,    └─ hung up, does not read ───┴─▶ DEAD
 *         hung up ─▶ DEAD
 *
 * A dead peer has no descriptor and takes nothing any more; control.c frees it from the
 * event loop, never while it may still be in use further up the stack.
 */
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "agent/control.h"
#include "agent/control_times.h"
#include "base/slice.h"

enum peer_state {
	PEER_ASKING,
	PEER_ANSWERING,
	PEER_ENDING,
	PEER_DEAD,
};

struct control_peer;

/* What a peer needs of control.c. */
struct control_peer_ops {
	/* A request has come, and who may see logins is known. */
	void (*asked)(struct control *control, struct control_peer *peer);
	/* It is dead, to be freed later. */
	void (*died)(struct control *control);
};

struct control_peer {
	struct control *control; /* borrowed */
	const struct control_peer_ops *ops;
	const struct control_times *times;
	size_t *waiting_bytes; /* of all peers; borrowed */
	enum peer_state state;
	uid_t uid;
	bool is_privileged;
	int fd;			     /* owned */
	sd_event_source *io, *timer; /* owned */
	struct buf in;
	struct buf out;
	size_t sent;	/* of out's bytes */
	size_t backlog; /* of those not sent, what is no news to a follower */
	bool is_cut;	/* the answer was longer than its limit */
	struct control_request request;
	struct control_reply *reply; /* until it is ended */
};

struct control_reply {
	struct control_peer *peer; /* NULL: it is gone */
};

/* Takes the descriptor over, also on failure. */
int control_peer_new(sd_event *event, int fd, const struct control_peer *blank,
		     struct control_peer **ret_peer, struct err *err)
	__attribute__((warn_unused_result));
void control_peer_free(struct control_peer *peer);

/* Hangs up; free it later. */
void control_peer_die(struct control_peer *peer);

/* Puts one row. News of a follower have a limit of their own. */
void control_peer_put(struct control_peer *peer, struct slice json, bool is_news);

/* Puts the last row (`error` NULL: the end), sends, and hangs up once all is sent. */
void control_peer_end(struct control_peer *peer, const char *error);

/* Sends what can be sent without waiting. */
void control_peer_send(struct control_peer *peer);
