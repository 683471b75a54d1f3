/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Policy, as the correlator sees it: whom it asks whether a login that a call vouches for
 * is allowed. The answer is somebody else's (policy/policy.h), and has to be pure: the
 * same question gets the same answer for as long as the correlator lives.
 */
#include "correlator/event.h"
#include "correlator/verdict.h"

/* About one door: of a login through a tunnel each of the two is asked about. */
struct policy_question {
	const struct login *login;
	enum path path;		  /* the login's path, or its tunnel */
	const struct event *call; /* that vouches for it; NULL: SSH over the network,
				     which no call has to vouch for, or `is_unvouched` */
	bool is_unvouched; /* a door's, and no call vouches for it yet, if ever: whether
			      it is refused whoever made that call. Allowed = not surely
			    */
	const struct slice *tags; /* of the instance, "key=value" */
	uint32_t tag_count;
	bool has_tags; /* they are known */
};

enum policy_ruling {
	POLICY_ALLOWED,
	POLICY_REFUSED,	  /* `reason` says why, `rule` by which rule */
	POLICY_UNDECIDED, /* it depends on what is not known: `reason` says what */
};

struct policy_answer {
	enum policy_ruling ruling;
	enum reason reason;
	const char *rule; /* outlives the correlator; NULL = none */
};

enum policy_direct_ssh {
	DIRECT_SSH_IGNORE, /* not judged, not told */
	DIRECT_SSH_LIST,   /* not judged, told as a login */
	DIRECT_SSH_FLAG,   /* refused, unless an [allow] says otherwise */
};

struct correlator_policy {
	/* NULL = all is allowed. */
	void (*decide)(const void *ctx, const struct policy_question *question,
		       struct policy_answer *ret_answer);
	const void *ctx; /* borrowed, passed back */
	enum policy_direct_ssh direct_ssh;
};
