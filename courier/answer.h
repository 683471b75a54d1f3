/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading a page that a cloud answers with. It is checked and taken apart at its top
 * level only, in one pass and without memory of its own: what is inside of an event was
 * worded by whoever made the call, and one that jansson will not read (a lone surrogate,
 * a number of a hundred digits) must not make its whole page unreadable.
 */
#include "base/buf.h"
#include "base/err.h"

/* Members of an answer's top level: the value's raw text, empty when it is not there. */
struct answer_member {
	const char *name;
	struct slice value;
};

/* Checks that the whole text is one JSON object (RFC 8259, nested no deeper than
 * LIMIT_JSON_DEPTH) and finds `members`. A member of those that stands there twice is an
 * error. */
int answer_read(struct slice text, struct answer_member *members, size_t member_count,
		struct err *err) __attribute__((warn_unused_result));

/* The raw value as a page token: a string of printable ASCII of at most
 * LIMIT_PAGE_TOKEN_BYTES, "" for null or nothing. Appended to `buf`. */
int answer_token(struct slice value, struct buf *buf, struct err *err)
	__attribute__((warn_unused_result));

/* Whether a token that came from elsewhere has that form. */
bool answer_token_valid(struct slice token);
