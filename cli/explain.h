/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Explain: one login, or the login or observation behind a finding, with every line used,
 * every rule tried and every call looked at, the verdict, and what to do next.
 */
#include "cli/report.h"

/* Prints it as text, or as JSON Lines with --json. `id` is the beginning of the id of a
 * login or finding. Fails when there is none, or more than one. */
int explain_print(const struct report *report, struct slice id, struct err *err)
	__attribute__((warn_unused_result));

/* As text, for explain_print(): a login, and an observation. */
void explain_text_login(const struct report *report, const struct id *id);
void explain_text_observation(const struct report *report,
			      const struct observation *observation);
