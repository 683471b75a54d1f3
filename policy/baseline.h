/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Baseline: what is usual for this host, learned from logins that a call vouches for and
 * the policy allows, and what is unusual by it: a principal, source network or door that
 * is new, an hour at which the user never came, more logins in a time than are allowed.
 * What was learned comes in as rows and goes out as rows: whoever calls keeps them.
 * Nothing here judges a login, and nothing reads a clock.
 */
#include "correlator/verdict.h"
#include "policy/baseline_options.h"

struct baseline;

/* Something of this kind and name was seen. */
struct baseline_row {
	struct slice kind; /* "principal", "source-network", "path", "hour", "recent",
			      "began" */
	struct slice key;
	us_time first_at, last_at; /* of its logins */
	uint64_t count;
};

struct baseline_sink {
	/* The row is new or has changed. */
	void (*keep)(void *ctx, const struct baseline_row *row);
	/* The row is no longer needed. */
	void (*drop)(void *ctx, struct slice kind, struct slice key);
	/* A finding. */
	void (*observation)(void *ctx, const struct observation *observation);
	void *ctx;
};

/* `options` is copied; what it borrows outlives the result, which the caller owns. */
struct baseline *baseline_new(const struct baseline_options *options);
void baseline_free(struct baseline *baseline);

/* Takes a row that was kept before. One that cannot be is passed over. */
void baseline_restore(struct baseline *baseline, const struct baseline_row *row);

/* Learns from a login that has just become authorized and was not learned before, and
 * says what is unusual about it. Other verdicts teach nothing: returns false. */
bool baseline_learn(struct baseline *baseline, const struct verdict *verdict,
		    const struct baseline_sink *sink);

/* When learning is over, by the time of logins; US_TIME_NONE = nothing was learned yet. */
us_time baseline_learned_at(const struct baseline *baseline);
