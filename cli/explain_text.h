/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Explain text: what is known of one login or finding, for people, part by part in the
 * order in which they are put: the login with its lines, the rules, the verdict, the
 * finding, what to do next. Each part is written to standard output at once, with every
 * byte from outside escaped.
 */
#include "cli/report.h"
#include "correlator/correlator.h"

struct explain_text {
	const struct report *report; /* borrowed: screen, context, problems */
	struct buf text;
	bool had_step, had_finding;
};

struct explain_next {
	const char *advice;
	struct slice command; /* what contains it, to be run by hand; "" = none */
};

void explain_text_begin(struct explain_text *text, const struct report *report);
void explain_text_release(struct explain_text *text);

void explain_text_put_login(struct explain_text *text, const struct login *login);
void explain_text_put_step(struct explain_text *text, const struct reasoning *reasoning);
void explain_text_put_verdict(struct explain_text *text, const struct verdict *verdict);
/* `what_became`: of the finding since, in words; "" = it stands. */
void explain_text_put_finding(struct explain_text *text, const struct finding *finding,
			      const char *what_became);

/* What is particular to a finding of no verdict: when, about what, its call and line. */
void explain_text_put_observation(struct explain_text *text,
				  const struct observation *observation);
void explain_text_put_next(struct explain_text *text, const struct explain_next *next);
