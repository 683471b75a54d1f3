/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Policy: who may come in by which door, which findings are no news, and what is usual
 * for a host, as one file of the administrators says it (docs/policy.md). Reading gives
 * every mistake with its line; deciding is pure and bounded, also where a pattern is a
 * regular expression. The correlator asks whether a login is allowed, whoever makes
 * findings whether one is suppressed; nothing here reads a clock.
 */
#include "alert/finding.h"
#include "base/buf.h"
#include "base/err.h"
#include "correlator/policy.h"
#include "policy/baseline_options.h"

struct policy;

/* What is read, and who hears of each mistake. */
struct policy_request {
	const char *path;    /* the file, read as one of the configuration is */
	bool may_be_missing; /* then all is allowed */
	void (*tell)(void *ctx, const struct err *problem); /* may be NULL */
	void *ctx;
};

/* The caller owns the result; on failure it is untouched and the error is the first one.
 */
int policy_read(const struct policy_request *request, struct policy **ret_policy,
		struct err *err) __attribute__((warn_unused_result));

/* As policy_read() of this text, which is called `name` in errors. */
int policy_read_text(struct slice text, const char *name, struct policy **ret_policy,
		     struct err *err) __attribute__((warn_unused_result));
void policy_free(struct policy *policy);

/* Whether there was a file; else nothing is said, and all is allowed. */
bool policy_is_there(const struct policy *policy);

/* Whom the correlator asks; borrows from the policy. NULL: all is allowed. */
struct correlator_policy policy_for_correlator(const struct policy *policy);

/* What the instance is tagged with, for rules that go by it. */
struct policy_tags {
	const struct slice *tags; /* "key=value" */
	uint32_t count;
	bool are_known;
};

/* The first suppression that fits the finding, NULL = none. Borrowed from the policy. */
const struct suppression *policy_suppression(const struct policy *policy,
					     const struct finding *finding,
					     const struct policy_tags *tags);

/* All suppressions in their order, to be counted and shown; NULL past the last. */
const struct suppression *policy_suppression_at(const struct policy *policy,
						size_t index);

/* What [baseline] says; never NULL. */
const struct baseline_options *policy_baseline(const struct policy *policy);

/* The policy as a file that policy_read() takes, every rule with the line it stands in.
 */
void policy_print(const struct policy *policy, struct buf *buf);
