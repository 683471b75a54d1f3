/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Pattern: one item of a list in the policy, and whether a value fits it. An item is a
 * glob (* any number of bytes, ? one byte), a block of addresses where these are looked
 * for, or "regex:" and a regular expression (PCRE2) that the whole value has to fit. With
 * '!' in front it excludes. A glob takes no more steps than its length times the value's;
 * an expression has limits of its own, past which it is not known whether the value fits.
 */
#include "base/err.h"
#include "base/slice.h"
#include "policy/network.h"

/* Whether something fits; what is not known, and why. */
enum fit {
	FIT_NO,
	FIT_YES,
	FIT_TAGS_UNKNOWN,
	FIT_UNDECIDED, /* a pattern could not be tried to its end */
};

/* What items of a list are. */
struct pattern_options {
	bool ignores_case;   /* of ASCII letters; in expressions, of all */
	bool takes_networks; /* addresses and blocks of them, besides names */
	bool takes_roles;    /* an AWS role's ARN with a path stands for that without */
};

enum pattern_kind {
	PATTERN_GLOB,
	PATTERN_REGEX,
	PATTERN_NETWORK,
};

struct pattern {
	enum pattern_kind kind;
	bool excludes;
	bool ignores_case;
	char *text;	    /* owned; as it was written, but for the '!' */
	char *without_path; /* owned; of a role's ARN, NULL = not one with a path */
	void *code;	    /* owned; PATTERN_REGEX: pcre2_code */
	struct network network;
};

/* Reads one item. The caller releases the result; on failure it is untouched. */
int pattern_read(struct slice item, const struct pattern_options *options,
		 struct pattern *ret_pattern, struct err *err)
	__attribute__((warn_unused_result));
void pattern_release(struct pattern *pattern);

/* Whether the value fits, whether or not the pattern excludes. */
enum fit pattern_fit(const struct pattern *pattern, struct slice value);

/* Whether the pattern is no glob but one word. */
bool pattern_is_literal(const struct pattern *pattern);

bool glob_fits(struct slice glob, struct slice value, bool ignores_case);
