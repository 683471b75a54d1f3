/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Explain: one login, or the login or observation behind a finding, with every line used,
 * every rule tried and every call looked at, the verdict, and what to do next.
 */
#include "cli/judge.h"
#include "cli/report.h"

struct explain_request {
	const struct judge *judge; /* borrowed: what it judged is explained */
	struct slice id;	   /* the beginning of the id of a login or finding */
	bool json;		   /* JSON Lines instead of text */
};

/* Prints it. Fails when nothing has such an id, or more than one thing. */
int explain_print(const struct report *report, const struct explain_request *request,
		  struct err *err) __attribute__((warn_unused_result));
