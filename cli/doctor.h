/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Doctor: what can be checked on this host without the agent: its configuration, and
 * whether its user can read what it has to.
 */
#include "cli/ask.h"

enum check_outcome {
	CHECK_OUTCOME_OK,
	CHECK_OUTCOME_MISSING,	/* something will not be known without it */
	CHECK_OUTCOME_OPTIONAL, /* it would be known sooner, or better */
};

/* "ok", "missing", "optional" */
const char *check_outcome_word(enum check_outcome outcome);

struct check {
	const char *what;
	enum check_outcome outcome;
	const char *detail; /* "" = nothing to add */
	const char *advice; /* "" = none */
};

typedef void check_fn(void *ctx, const struct check *check);

struct doctor {
	const char *config_file;       /* NULL = the usual one */
	bool knows_config;	       /* else no configuration is looked at */
	const char *drop_in;	       /* ACCESS_DROP_IN, but in a test */
	const char *choose_access;     /* CHOOSE_ACCESS, but in a test */
	const struct ask_agent *agent; /* NULL = it does not run */
	check_fn *take;		       /* what it is given lives for the call */
	void *ctx;
};

/* What the package installs to let the agent read what it needs. */
#ifndef LIBEXECDIR
#define LIBEXECDIR "/usr/libexec"
#endif
#define CHOOSE_ACCESS LIBEXECDIR "/countersign/choose-access"

void doctor_check(const struct doctor *doctor);
