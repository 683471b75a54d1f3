/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Stories: what can happen in a world (the table is stories.def). Each adds its logins
 * with their doors, the lines the host wrote about them and the calls that were made,
 * starting about `at`. What several stories need to say is below.
 */
#include "tests/world/world.h"

typedef void story_fn(struct world *world, us_time at);

#define STORY(constant, word, weight, is_theft, tell) \
	void tell(struct world *world, us_time at);
#include "tests/world/stories.def"
#undef STORY

/* sshd let `user` in at `at`; the key's fingerprint may be empty (no key was used). Its
 * session is opened and, mostly, closed. Returns the login, yet without doors. */
uint32_t tell_ssh_login(struct world *world, us_time at, struct slice user,
			struct slice fingerprint, struct slice source_ip);

/* Instance Connect gave sshd this key. The request id may be empty. */
void tell_offer(struct world *world, uint32_t login, us_time at, struct slice fingerprint,
		struct slice request_id);

/* A pushed key. Returns the call. */
uint32_t tell_push(struct world *world, us_time at, struct slice user,
		   struct slice fingerprint);

/* What the SSM agent's log says of a session. */
struct told_session {
	struct slice id, owner, document, plugin;
	struct slice instance;
	uint16_t port;
	us_time from, until;
};

/* The lines of a session, as a new login without doors. Its door is measured at its first
 * line. */
uint32_t tell_session_login(struct world *world, const struct told_session *session);

/* An id that the caller's name begins. */
struct slice tell_session_id(struct world *world, struct slice caller);

/* The call that starts it. Returns the call. */
uint32_t tell_start_session(struct world *world, us_time at, struct slice caller,
			    struct slice session_id);
