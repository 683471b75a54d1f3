/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of a baseline, for the files policy/baseline*.c alone.
 */
#include "base/buf.h"
#include "policy/baseline.h"
#include "policy/baseline_rate.h"
#include "policy/baseline_table.h"

/* Kinds that are learned: policy/baseline_kinds.c. */
enum baseline_kind {
	BASELINE_PRINCIPAL,
	BASELINE_SOURCE_NETWORK,
	BASELINE_PATH,
	BASELINE_HOUR,
	BASELINE_KIND_COUNT
};

enum baseline_rate_kind {
	BASELINE_PER_PRINCIPAL,
	BASELINE_PER_SOURCE,
	BASELINE_PER_OS_USER,
	BASELINE_RATE_COUNT
};

struct baseline_known {
	struct baseline_table table;
	us_time began_at; /* US_TIME_NONE = nothing was learned yet */
	us_time told_in;  /* the hour, of the findings that were last made of it; */
	uint64_t told;	  /* how many there were in it, with those only counted */
};

struct baseline {
	struct baseline_options options;
	struct baseline_known known[BASELINE_KIND_COUNT];
	struct baseline_counter counters[BASELINE_RATE_COUNT];
};

/* What each kind is called, and what is said of it. */
struct baseline_kind_facts {
	const char *word;
	enum observation_kind observation;
	size_t most_rows;
};
extern const struct baseline_kind_facts baseline_kinds[BASELINE_KIND_COUNT];

/* "principal", "source", "os-user". */
extern const char *const baseline_rate_words[BASELINE_RATE_COUNT];

/* Whether what is new of this kind is a finding. */
bool baseline_is_told(const struct baseline_options *options, enum baseline_kind kind);

/* One login that is being learned from. */
struct baseline_lesson {
	struct baseline *baseline;
	const struct verdict *verdict;
	const struct baseline_sink *sink;
	us_time at;
	const struct event *call; /* whose name is looked at; NULL = whichever vouches */
};

/* Tells that something of this kind is unusual, apart or counted with others of the hour;
 * `detail` says what. */
void baseline_tell(const struct baseline_lesson *lesson, enum baseline_kind kind,
		   struct slice key, struct slice detail);

/* Tells of too many logins of a subject. */
void baseline_tell_excess(const struct baseline_lesson *lesson,
			  const struct baseline_counter *counter, struct slice subject,
			  const struct baseline_excess *excess);
