/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judge by policy: puts what a call vouches for, and SSH that came through no door of the
 * cloud, before the policy that the correlator was given. For judge.c only.
 */
#include "correlator/match.h"

/* Puts a login that its call vouches for at the door `path` before the policy: what is
 * refused is unauthorized for good, what cannot be decided is unverifiable, each with the
 * policy's reason first, and the call stays with it. One whose call is not known, or not
 * yet, is refused where no call could change that, and waits on. */
void judge_by_policy(const struct correlator *correlator,
		     const struct tracked_login *login, enum path path,
		     struct judgement *judgement, const struct tracer *tracer);

/* What the policy says to a login that came through no door of the cloud; allowed, unless
 * such logins are to be flagged. */
struct policy_answer judge_direct_ssh(const struct correlator *correlator,
				      const struct tracked_login *login,
				      const struct tracer *tracer);

/* How far the control plane's log must be proven before such a login is refused for good:
 * of this host's cloud the class that every one has, and that holds, on AWS, the calls
 * that may turn the login into one through a door. The logs of the other clouds' tunnels
 * are mostly off. 0 = the host is in no cloud, or it is not known yet. */
uint32_t direct_ssh_classes(const struct correlator *correlator);
