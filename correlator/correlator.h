/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Correlator: ties each login to the API call that vouches for it and says what is known.
 * Events and the passing of time go in, verdicts and observations come out. Pure: no
 * input or output, no logging, no clock, no threads; its state is a function of what it
 * was fed, in the order it was fed. Time comes in as `now`: a monotonic count of
 * microseconds that never goes back, on which all timers run; windows run on the events'
 * own time. Nothing serialises it: feed the same input again and it says the same, with
 * the same ids.
 */
#include "base/err.h"
#include "base/hash.h"
#include "correlator/event.h"
#include "correlator/policy.h"
#include "correlator/verdict.h"

struct correlator;

/* When absence may be told; see correlation: Verdicts. */
struct correlator_windows {
	us_span lateness_us; /* how late a call may be delivered */
	us_span provisional_after_us;
	us_span final_after_us;	     /* exact keys */
	us_span final_after_weak_us; /* weak ones */
	us_span blind_after_us;
};

struct correlator_options {
	struct hash_key hash_key; /* of its tables; changes no output */

	/* The logs are all there is and will not grow (replay without --now): where the
	 * API logs cover a window, absence is final at once, and nothing is ever pending.
	 * Nothing is judged while events are fed: correlator_advance() judges all.
	 */
	bool logs_are_complete;

	/* By the cloud whose log a login waits for. */
	struct correlator_windows windows[CLOUD_COUNT];

	us_span skew_us;
	us_span twin_wait_us;
	us_span keep_us; /* how long settled logins and calls are kept, on `now` */
	bool tell_calls_without_login;
	bool tell_opened_doors; /* calls that open a door to this instance */

	/* Whether what a call vouches for is allowed; all zero: everything is. */
	struct correlator_policy policy;
};

/* The defaults; hash_key is zero. */
struct correlator_options correlator_options_default(void);

struct correlator_sink {
	/* A login's verdict is new or has changed. May be NULL. */
	void (*verdict)(void *ctx, const struct verdict *verdict);
	/* Told once each (control-plane-blind: once lost, once back). May be NULL. */
	void (*observation)(void *ctx, const struct observation *observation);
	void *ctx;
};

/* Copies both arguments. The caller owns the result. */
struct correlator *correlator_new(const struct correlator_options *options,
				  const struct correlator_sink *sink);
void correlator_free(struct correlator *correlator);

/* Takes one event; copies what it keeps. Host events and calls whose time is outside
 * US_TIME_MIN and US_TIME_MAX are not taken. `now` is not before any earlier one.
 * Verdicts that change by it are told before this returns (logs that are complete: when
 * time is advanced; so those of many logins that one call concerns). Events may come in
 * any order of their own time; the nearer to it, the less is told that is later told
 * otherwise. Only the lines of one login are to come in their order: a key that is
 * offered after its login was accepted is not joined to it. */
void correlator_feed(struct correlator *correlator, const struct event *event,
		     us_time now);

/* Lets time pass: what was waiting for `now` is told. */
void correlator_advance(struct correlator *correlator, us_time now);

/* The `now` at which correlator_advance() has something to do; US_TIME_NONE = never. */
us_time correlator_next_deadline(const struct correlator *correlator);

/* The instant to which the class is proven wherever a login's call could be; US_TIME_NONE
 * = nothing is. */
us_time correlator_proven_until(const struct correlator *correlator,
				enum log_class log_class);

/* All logins kept, with their verdicts, by time and then id. */
void correlator_each_login(const struct correlator *correlator,
			   void (*take)(void *ctx, const struct verdict *verdict),
			   void *ctx);

struct correlator_counts {
	uint64_t logins;
	uint64_t by_verdict[VERDICT_COUNT];
	uint64_t calls; /* distinct, that matter */
};
struct correlator_counts correlator_counts(const struct correlator *correlator);

/* One step of the reasoning about a login: a rule, the call it looked at (NULL when it
 * looked at none), whether it held, and why or why not in words. */
struct reasoning {
	const char *rule;
	const struct event *api_call;
	bool held;
	const char *why;
};

/* Judges the login anew and tells every step in order; then gives its verdict. False when
 * no login has this id. */
bool correlator_explain(const struct correlator *correlator, const struct id *login_id,
			void (*step)(void *ctx, const struct reasoning *reasoning),
			void (*verdict)(void *ctx, const struct verdict *verdict),
			void *ctx);
