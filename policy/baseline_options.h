/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the baselines of a host look at: the section [baseline] of a policy.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct zone;

/* At most `most` logins in any `window`; most 0 = off. */
struct baseline_rate {
	uint64_t most;
	us_span window;
};

struct baseline_options {
	us_span learning; /* from the first login that was learned: nothing is unusual yet
			     but counts */
	bool new_principal, new_source_network, new_path; /* on */
	bool unusual_hour;				  /* off until set */
	uint64_t unusual_hour_after;	   /* logins of a user before its hours count */
	const struct zone *zone;	   /* of the hours; borrowed; NULL = UTC */
	unsigned ipv4_prefix, ipv6_prefix; /* what a source network is: 24, 48 */
	/* Off until set. */
	struct baseline_rate per_principal, per_source, per_os_user;
};

/* The defaults: learning 14 days. */
struct baseline_options baseline_options_default(void);
