/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Rule: one [allow], [forbid] or [suppress] of the policy, as conditions that each ask
 * one thing of a login, its call or a finding. Says of each condition whether it holds;
 * what follows from that is decided in policy/policy.c.
 */
#include "alert/finding.h"
#include "policy/hours.h"
#include "policy/pattern.h"

enum rule_kind {
	RULE_ALLOW,
	RULE_FORBID,
	RULE_SUPPRESS,
	RULE_KIND_COUNT
};
#define IN_ALLOW (1u << RULE_ALLOW)
#define IN_FORBID (1u << RULE_FORBID)
#define IN_SUPPRESS (1u << RULE_SUPPRESS)
#define IN_ANY (IN_ALLOW | IN_FORBID | IN_SUPPRESS)

/* "allow", "forbid", "suppress". */
const char *rule_kind_word(enum rule_kind kind);

enum condition_type {
	CONDITION_NAMES,	  /* a list of patterns */
	CONDITION_NAMES_ANY_CASE, /* the same, in any case of letters */
	CONDITION_PRINCIPALS,	  /* in any case; knows AWS's assumed roles */
	CONDITION_SOURCES,	  /* addresses, blocks of them, and names in any case */
	CONDITION_PATHS,	  /* of words of enum path */
	CONDITION_RULES,	  /* of words of findings' rules */
	CONDITION_TAGS,		  /* of "key=value" */
	CONDITION_TIMES,
	CONDITION_YES_NO,
};

#define CONDITION(constant, key, type, kinds, reason) constant,
enum condition_key {
#include "policy/conditions.def"
	CONDITION_COUNT
};

struct condition_info {
	const char *key;
	enum condition_type type;
	unsigned kinds;
	enum reason reason;
};
const struct condition_info *condition_info(enum condition_key key);

struct condition {
	unsigned line;		  /* where it is first set; 0 = it is not */
	bool wanted;		  /* CONDITION_YES_NO */
	struct pattern *patterns; /* owned */
	size_t pattern_count;
	struct hours *hours; /* owned; CONDITION_TIMES: any of them */
	size_t hours_count;
};

struct rule {
	enum rule_kind kind;
	char *name;    /* owned */
	unsigned line; /* of its section */
	struct condition conditions[CONDITION_COUNT];
	/* RULE_SUPPRESS; name and reason are owned by the rule. */
	char *reason;	/* owned; NULL = not set */
	bool has_until; /* it was said until when */
	struct suppression suppression;
};

void rule_release(struct rule *rule);

/* What conditions are held against; all is borrowed. */
struct facts {
	const struct login *login;   /* NULL = it is about none */
	const struct api_call *call; /* NULL = none that vouches, or that it is about */
	enum path path;
	const char *rule; /* the finding's; NULL = none */
	us_time happened_at;
	const struct slice *tags; /* of the instance, "key=value" */
	uint32_t tag_count;
	bool has_tags;	   /* they are known */
	bool is_unvouched; /* a call is still to come: its source is not the login's */
};

/* Whether a condition that is set holds. What is asked of a call or a login does not hold
 * where there is none. */
enum fit condition_fit(const struct rule *rule, enum condition_key key,
		       const struct facts *facts);

/* Whether all conditions that are set, from the first to before the last of these, hold:
 * no if any does not, else what is not known of any. */
enum fit rule_fit(const struct rule *rule, enum condition_key first,
		  enum condition_key last, const struct facts *facts);
