/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What a policy is made of, for the files that read, ask and print it.
 */
#include "policy/policy.h"
#include "policy/rule.h"

struct policy {
	char *file;    /* owned; its name, as messages have it */
	bool is_there; /* the file */
	enum policy_direct_ssh direct_ssh;
	bool refuses_others; /* otherwise = refuse */
	struct rule *rules;  /* owned; in the order of the file */
	size_t rule_count;
	struct zones zones;
	struct baseline_options baseline;
};

/* One that allows all. */
struct policy *policy_new(const char *file);
