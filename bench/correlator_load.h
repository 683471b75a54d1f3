/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Load for the correlator: a host on which logins of all doors go on coming while the API
 * calls that vouch for them are delivered `lag` later, so that a given number of logins
 * is open (pending) all the time. Everything is computed from the login's number, so
 * nothing is kept; events are made in blocks, outside what is measured.
 */
#include "correlator/event.h"

enum load_door {
	LOAD_DIRECT,	       /* Accepted, PAM, logind; later closed; no call */
	LOAD_INSTANCE_CONNECT, /* Providing twice, Accepted, PAM, logind; later closed */
	LOAD_SESSION,	       /* started, connected, described; later ended */
	LOAD_COMMAND,	       /* submission, worker, described, plugin, ended */
	LOAD_PORT,	       /* a port session, and the Accepted that came through it */
	LOAD_TUNNEL,	       /* Accepted from an endpoint */
	LOAD_CONSOLE,	       /* login(1) and PAM */
	LOAD_DOOR_COUNT
};

/* "direct", "instance-connect" ... */
const char *load_door_word(enum load_door door);

struct load_options {
	size_t open;	/* logins that wait for their call at any time */
	us_span lag_us; /* from a login to its call; 0: from `rate` */
	double rate;	/* logins a second of event time, where lag is 0 */
	unsigned weights[LOAD_DOOR_COUNT]; /* how often each door is used */
};

#define LOAD_TEXTS 8
#define LOAD_TEXT_BYTES 64

struct load_event {
	struct event event;
	char texts[LOAD_TEXTS][LOAD_TEXT_BYTES];
	unsigned text_count;
};

struct load {
	struct load_options options;
	unsigned weight_sum;
	uint64_t step;	    /* logins made so far */
	uint64_t lag_steps; /* logins that come before the call of one is delivered */
	us_span step_us;    /* event time between two logins */
	us_time proven_until;
};

void load_start(struct load *load, const struct load_options *options);

/* The identity that comes first. */
struct event load_identity(void);

/* All that the next login brings: its own lines, the call of the one `lag` before, the
 * end of an earlier one, now and then progress. At most LOAD_STEP_EVENTS; returns how
 * many. */
#define LOAD_STEP_EVENTS 16
size_t load_step(struct load *load, struct load_event events[LOAD_STEP_EVENTS]);

/* The instant of the latest login. */
us_time load_now(const struct load *load);
