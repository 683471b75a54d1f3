/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Judge: feeds what was loaded to the correlator, in the order of its own time, and keeps
 * what is said about it. The logs are all there is, or, with a `now`, what had been
 * written by then.
 */
#include "alert/finding.h"
#include "cli/event_list.h"
#include "cli/load_host.h"
#include "correlator/correlator.h"
#include "evidence/cloud/coverage.h"
#include "policy/policy.h"

struct judge_input {
	struct event_list *events; /* borrowed, all of these; is sorted */
	const struct loaded_source *sources;
	size_t source_count;
	const struct coverage *coverage;
	const struct identity *identity;
	struct slice host; /* events of other hosts are left out; "" = of none */
	us_time now;	   /* US_TIME_NONE = the logs are complete */
	bool has_api_logs; /* any were given */
	const struct policy *policy; /* borrowed until the judge is released; NULL: all is
					allowed */
	const struct baseline_options *baseline; /* of the policy; NULL: the defaults */
};

struct judge {
	struct arena *arena;		  /* borrowed: holds the observations */
	struct correlator *correlator;	  /* owned */
	struct observation *observations; /* owned; sorted by time and id */
	size_t observation_count, observation_size;
	us_time fed_until;	     /* the correlator's time */
	const struct policy *policy; /* borrowed, as the tags */
	struct policy_tags tags;     /* of the host's instance */
};

void judge_init(struct judge *judge, struct arena *arena);
void judge_release(struct judge *judge);

/* Feeds everything. Once. */
void judge_run(struct judge *judge, const struct judge_input *input);

/* Gives each login with its verdict, by time and then id. */
void judge_each_login(const struct judge *judge,
		      void (*take)(void *ctx, const struct verdict *verdict), void *ctx);

/* Says in the finding which suppression of the policy holds for it. */
void judge_suppress(const struct judge *judge, struct finding *finding);

/* Gives each finding by time: of the verdicts and the observations. Those that the policy
 * suppresses say so. */
void judge_each_finding(const struct judge *judge,
			void (*take)(void *ctx, const struct finding *finding),
			void *ctx);
