/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Unvouched: the logins that no call vouches for yet, kept as their verdicts come, so
 * that nobody has to look through all logins to know that none waits. When to ask and
 * what to ask by an id both go by it.
 */
#include "base/map.h"
#include "correlator/verdict.h"

/* The id of a session, a command or an operation that is longer is no cloud's. */
#define UNVOUCHED_KEY_BYTES 128

struct unvouched_login {
	struct id id;
	us_time happened_at;
	enum login_kind kind;
	enum path path, through;
	enum verdict_kind verdict; /* pending, unverifiable, unauthorized (provisional) */
	bool has_call;		   /* for the path; it waits for the tunnel's */
	char key[UNVOUCHED_KEY_BYTES]; /* session, command, correlation id; "" = none */
	struct unvouched_login *next, *previous;
};

struct unvouched {
	struct unvouched_login *first; /* owned list, the newest first */
	size_t count;
	struct map by_id;
};

void unvouched_init(struct unvouched *unvouched);
void unvouched_release(struct unvouched *unvouched);

/* A login's verdict is new or has changed. */
void unvouched_note(struct unvouched *unvouched, const struct verdict *verdict);

/* Forgets those from before, which nobody judges any more. */
void unvouched_forget(struct unvouched *unvouched, us_time before);
