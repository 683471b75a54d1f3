/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Advice: what a responder does next about a login or a finding, and the one command that
 * contains it. What came from a log goes into a command only when a shell takes it for
 * what it is; advice changes nothing by itself.
 */
#include "alert/finding.h"
#include "base/buf.h"

/* What to do about this verdict, a sentence or two; never NULL. */
const char *advice_for_verdict(const struct verdict *verdict);

/* What to do about this observation; never NULL. */
const char *advice_for_observation(const struct observation *observation);

/* Appends the command that ends the login or undoes what let it in, to be run by hand.
 * False, and nothing appended, where there is none to give: no login, ended, an odd id,
 * or a line that anybody may have written. */
bool advice_contain(const struct login *login, const struct event *api_call,
		    struct buf *buf);
