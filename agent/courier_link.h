/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Courier link: the daemon's end of the conversation with countersign-courier. Opens it
 * (courier_open.h) when there is something to ask, and lets it go when it is idle. A
 * courier that dies or hangs costs the answers under way, which are told as unreachable,
 * and nothing else.
 */
#include <systemd/sd-event.h>

#include "base/limits.h"
#include "config/config.h"
#include "courier/message.h"

struct courier_link;

struct courier_link_options {
	const struct config *config; /* outlives it */
	const char *config_path;     /* given to a child; NULL = none */
	bool may_start_child;	     /* this process may still run programs */
};

/* `event` outlives it. */
struct courier_link *courier_link_new(sd_event *event,
				      const struct courier_link_options *options);
void courier_link_free(struct courier_link *link);

/* The answer to one request, or a failure made up for it; from the loop. */
typedef void courier_done_fn(void *ctx, const struct message *answer);

/* Sends a request (all is copied; its number is set here). `done` is called once. At most
 * COURIER_ASKS_MAX may be under way; false beyond, and nothing is sent. */
#define COURIER_ASKS_MAX LIMIT_COURIER_REQUESTS
bool courier_link_ask(struct courier_link *link, struct message *request,
		      courier_done_fn *done, void *ctx);

struct courier_state {
	const char *state;   /* "idle", "running", "failed", "off" */
	const char *problem; /* "" = none; borrowed */
};
struct courier_state courier_link_state(const struct courier_link *link);
