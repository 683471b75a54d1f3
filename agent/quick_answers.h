/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Quick answers: where the role permits it, Systems Manager itself is asked about a
 * session or command that no API call vouches for yet (ssm:DescribeSessions,
 * ssm:ListCommands). It knows at once what CloudTrail tells minutes later, and a command
 * that was sent longer ago than the trail was read. What it says is fed as the call it
 * knows of, under an id that names where it is from; it never proves absence. Optional:
 * without the permission nothing is lost but time.
 */
#include "agent/courier_link.h"
#include "agent/pipeline.h"

struct quick_answers;

struct quick_answers_options {
	struct clock *clock; /* all borrowed */
	struct pipeline *pipeline;
	struct courier_link *courier;
	/* Something was fed: it wants a commit. */
	void (*fed)(void *ctx);
	void *ctx;
};

struct quick_answers *quick_answers_new(const struct quick_answers_options *options);
void quick_answers_free(struct quick_answers *quick);

/* Asks about what waits, as far as it has not been asked lately: one question at a time,
 * a few for each login. */
void quick_answers_consider(struct quick_answers *quick);
