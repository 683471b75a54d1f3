/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Baseline rate: counts the logins of each subject (a principal, a source network, an OS
 * user) in a sliding window, exactly and in whatever order they come in, and says when
 * there are more than are allowed. One excess is told once, under one id, and again when
 * it has doubled: it goes on for as long as each login is within a window of another.
 */
#include "policy/baseline.h"
#include "policy/baseline_table.h"

/* How much later than others a login may become known and still be counted right: calls
 * are delivered within minutes as a rule, and within a day at the worst. */
#define BASELINE_LATENESS US_PER_DAY

struct baseline_counter {
	const char *word; /* "principal" ... */
	struct baseline_rate limit;
	struct baseline_table subjects;
	size_t times;	/* of all subjects together */
	us_time newest; /* login that was counted; US_TIME_NONE = none */
};

/* More logins than are allowed; to be told. */
struct baseline_excess {
	us_time from, until;
	uint64_t count;
	bool is_again;
};

void baseline_counter_init(struct baseline_counter *counter, const char *word,
			   const struct baseline_rate *limit);
void baseline_counter_release(struct baseline_counter *counter);

/* Counts a login of this subject. True: there are too many, and it is to be told. */
bool baseline_counter_add(struct baseline_counter *counter, struct slice subject,
			  us_time at, const struct baseline_sink *sink,
			  struct baseline_excess *ret_excess);

/* Take rows that were kept before; the key is what follows the counter's word. */
bool baseline_counter_restore_recent(struct baseline_counter *counter, struct slice key,
				     const struct baseline_row *row);
bool baseline_counter_restore_excess(struct baseline_counter *counter,
				     struct slice subject,
				     const struct baseline_row *row);

/* Forgets one subject, or all where it is empty. False when there was none. */
bool baseline_counter_forget(struct baseline_counter *counter, struct slice subject,
			     const struct baseline_sink *sink);
