/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading: the text of a policy into a struct policy. Mistakes are collected, so that one
 * run shows them all; each names its line and what is allowed.
 */
#include "policy/option.h"
#include "policy/state.h"

enum reading_section {
	SECTION_NONE,
	SECTION_OPTIONS, /* [policy], [baseline] */
	SECTION_RULE,	 /* the last of the policy's rules */
	SECTION_UNKNOWN, /* it was told of; its keys are not */
};

struct policy_reading {
	const struct policy_request *request; /* borrowed; NULL = nobody hears of it */
	struct policy *policy;		      /* borrowed */
	enum reading_section section;
	const char *options;			   /* name of the section with options */
	unsigned option_lines[POLICY_OPTIONS_MAX]; /* where each was set; 0 = not yet */
	size_t pattern_count, regex_count; /* of the whole policy; hours are patterns */
	size_t problem_count;
	struct err first;
};

/* Takes the whole text. Fails with the first mistake. */
int policy_reading_take(struct policy_reading *reading, struct slice text,
			struct err *err) __attribute__((warn_unused_result));

/* policy/read_rule.c: reads the value of one key of the last rule; the error does not say
 * where. */
int policy_reading_rule_key(struct policy_reading *reading, unsigned line,
			    struct slice key, struct slice value, struct err *err)
	__attribute__((warn_unused_result));

/* What a rule lacks now that it has been read. */
int policy_reading_rule_check(const struct rule *rule, struct err *err)
	__attribute__((warn_unused_result));
