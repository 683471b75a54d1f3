/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Baseline: what is usual for this host, learned from logins that a call vouches for and
 * the policy allows, and what is unusual by it: a principal, source network or door that
 * is new, an hour at which the user never came, more logins in a time than are allowed.
 * What was learned comes in as rows and goes out as rows: whoever calls keeps them.
 * Nothing here judges a login, and nothing reads a clock: all times are the logins' own.
 *
 * Kinds of rows, and what their keys are:
 *   principal       who made the call (policy/baseline_key.h)
 *   source-network  where the call came from: an address' network, or a service's name
 *   path            the door, and the tunnel
 *   hour            "<os user> <hour of the day>"
 *   began           one of the kinds above: when learning it began
 *   told            the word of an observation: how many were told in the hour
 *   recent          "<rate> <time> <subject>": a login that a rate counts
 *   too-many        "<rate> <subject>": the newest time in which there were too many
 */
#include "correlator/verdict.h"
#include "policy/baseline_options.h"

struct baseline;

/* Something of this kind and name was seen. */
struct baseline_row {
	struct slice kind, key;
	us_time first_at, last_at; /* of its logins */
	uint64_t count;
};

struct baseline_sink {
	/* The row is new or has changed. */
	void (*keep)(void *ctx, const struct baseline_row *row);
	/* The row is no longer needed; an empty key: none of the kind is. */
	void (*drop)(void *ctx, struct slice kind, struct slice key);
	/* A finding. */
	void (*observation)(void *ctx, const struct observation *observation);
	void *ctx;
	/* Whether a finding is told to anybody, and so counts among those of an hour;
	 * NULL: each is. */
	bool (*is_news)(void *ctx, const struct observation *observation);
};

/* `options` is copied; what it borrows outlives the result, which the caller owns. */
struct baseline *baseline_new(const struct baseline_options *options);
void baseline_free(struct baseline *baseline);

/* Takes a row that was kept before. False: it is none, or there is no room for it, and
 * whoever kept it may drop it. */
bool baseline_restore(struct baseline *baseline, const struct baseline_row *row);

/* Learns from a login that has just become authorized and was not learned before, and
 * says what is unusual about it. Other verdicts teach nothing: returns false. */
bool baseline_learn(struct baseline *baseline, const struct verdict *verdict,
		    const struct baseline_sink *sink);

/* Whether rows of this kind can be forgotten: "principal", "source-network", "path",
 * "hour" and "recent". */
bool baseline_can_forget(struct slice kind);

/* Forgets one name; all of the kind, whose learning then begins anew, where `key` is
 * empty; everything where both are. False when there was nothing of this name. */
bool baseline_forget(struct baseline *baseline, struct slice kind, struct slice key,
		     const struct baseline_sink *sink);

/* What is known of one kind that is learned. */
struct baseline_learning {
	const char *kind;
	us_time began_at;   /* US_TIME_NONE = nothing was learned yet */
	us_time learned_at; /* when learning is over; US_TIME_NONE with began_at */
	uint64_t rows, most_rows;
	bool is_told; /* what is new of it is a finding */
};
bool baseline_learning_at(const struct baseline *baseline, size_t index,
			  struct baseline_learning *ret_learning);

/* What is counted. */
struct baseline_counting {
	const char *rate; /* "principal", "source", "os-user" */
	struct baseline_rate limit;
	uint64_t subjects; /* of which there were logins lately */
};
bool baseline_counting_at(const struct baseline *baseline, size_t index,
			  struct baseline_counting *ret_counting);
