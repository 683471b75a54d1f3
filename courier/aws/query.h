/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Queries: what the daemon may ask of AWS's control plane, a row each (enum query_kind).
 * Each turns a question into a request's body and reads just enough of the answer to page
 * on: the answer itself goes to the daemon as it came. Pure.
 */
#include "courier/message.h"

struct aws_query {
	const char *service;	/* "cloudtrail": of host and signature */
	const char *target;	/* X-Amz-Target */
	const char *permission; /* "cloudtrail:LookupEvents" */
	bool is_optional;	/* it only makes answers faster */
	unsigned turns;		/* forms in which it may be asked, one after the other */
	/* What to answer when the service knows nothing of the kind; NULL = that is an
	 * error like any. */
	const char *nothing;
	/* Appends the body in form `turn`. Fails when it cannot be asked. */
	int (*write)(const struct ask_page *page, unsigned turn, struct buf *body,
		     struct err *err);
	/* Checks the answer and appends its token to `token`. `*ret_empty`: it holds
	 * nothing, the next turn may. */
	int (*read)(struct slice body, struct buf *token, bool *ret_empty,
		    struct err *err);
};

/* NULL when there is none of that kind. */
const struct aws_query *aws_query_find(uint64_t kind);
