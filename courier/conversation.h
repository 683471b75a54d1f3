/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Conversation: the courier's end of one connection. Requests come out whole and checked,
 * answers go in; bytes in both directions are bounded, and nothing more is read while
 * answers are due or lie unsent. A peer that sends what is no request is hung up on.
 *
 *   OPEN --peer hangs up, or sends what it must not--> ENDED (told once)
 */
#include <systemd/sd-event.h>

#include "courier/message.h"

struct conversation;

struct conversation_events {
	/* A request; its slices are borrowed for the call. Each is to be answered once.
	 */
	void (*asked)(void *ctx, struct conversation *conversation,
		      const struct message *request);
	/* It is over: free it from the loop, not from within this. `why` is ERR_NONE when
	 * the peer just hung up. */
	void (*ended)(void *ctx, struct conversation *conversation,
		      const struct err *why);
	void *ctx;
};

/* Takes the descriptor of a connected unix stream, and closes it in the end. `event` and
 * `events` outlive it. */
struct conversation *conversation_new(sd_event *event, int fd,
				      const struct conversation_events *events);
void conversation_free(struct conversation *conversation); /* NULL is allowed */

/* Answers one request of those asked. An answer that is too long for a message is
 * answered as such. */
void conversation_answer(struct conversation *conversation, const struct message *answer);

/* Requests that were asked and not answered, whose answers lie unsent, or that have come
 * and were not looked at. */
bool conversation_is_busy(const struct conversation *conversation);

/* Whether who sits at the other end may ask: root, this process's user, or the owner of
 * the socket that it came through (systemd's SocketUser=). */
bool conversation_peer_is_allowed(int fd);
