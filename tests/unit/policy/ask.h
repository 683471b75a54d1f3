/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Questions to a policy: logins, calls and findings with what matters to it, and its
 * answers as text.
 */
#include "base/buf.h"
#include "policy/policy.h"

/* NULL and 0 = not said. */
struct asked {
	enum path path;
	const char *os_user, *login_source_ip;
	enum login_kind kind;
	const char *command_id;
	const char *time;  /* RFC 3339; NULL = Wednesday, 2026-06-03T10:00:00Z */
	bool is_unvouched; /* a call is still to come */
	bool has_sudo;
	/* Of the call; a principal makes one. */
	const char *principal, *session_issuer, *source_ip, *user_agent, *invoked_by;
	enum tristate mfa;
	const char *document, *account, *region, *name, *handler;
	const char *tags[4];
	bool has_tags;
	/* Of a finding. */
	const char *rule;
	bool is_observation; /* it is made of one; else of a verdict */
	bool is_of_many;
	bool call_does_not_fit;
	enum path through;	   /* of a verdict: its login's tunnel, */
	const char *tunnel_caller; /* and who opened it, with the call's other parts */
	bool has_no_login;
	enum path about; /* of an observation: which of its login's doors */
};

/* Reads the policy; a mistake fails the test and gives NULL. */
struct policy *ask_policy(const char *text);

/* "allowed", "refused no-mfa by NAME", "undecided tags-unknown". Borrowed until the next
 * call. */
const char *ask_ruling(const struct policy *policy, const struct asked *asked);

/* The name of the suppression that fits, NULL = none. */
const char *ask_suppression(const struct policy *policy, const struct asked *asked);
