/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judge: from matches at a login's doors to its verdict, and who is told: which login a
 * single-use port session carries, and which tells that a key has expired. For the
 * correlator's own files only.
 */
#include "correlator/match.h"

/* Judges everything in the queue, tells what changed, until the queue is empty. */
void judge_settle(struct correlator *correlator);

/* The verdict of a login now, telling its reasoning; claims and queues are left alone. */
struct judgement judge_login(const struct correlator *correlator,
			     const struct tracked_login *login,
			     const struct tracer *tracer);

/* The public form of a judgement. */
struct verdict judge_verdict(const struct tracked_login *login,
			     const struct judgement *judgement);
