/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What all questions to Azure share: who this machine is, which cloud's management
 * endpoint that means, the token of its managed identity for it, and the one way in which
 * a page of the Activity Log is asked for.
 */
#include "config/config.h"
#include "courier/azure/identity_texts.h"
#include "courier/bearer.h"
#include "courier/origin.h"

/* What the machine is, all of it. */
#define AZURE_INSTANCE_PATH "/metadata/instance?api-version=2021-02-01"

struct azure_asker;
struct azure_call;

struct azure_client {
	sd_event *event; /* borrowed, as config */
	const struct config *config;
	struct metadata *metadata; /* owned, as what follows */
	struct bearer *bearer;
	struct azure_asker *askers; /* who waits for the identity */
	bool is_asking;
	sd_event_source *unasked; /* nothing needs to be asked */
	struct azure_call *calls;
	struct azure_identity identity; /* as last asked; .instance "" = never */
	us_time known_at;		/* when, on the monotonic clock */
	struct origin origin;		/* of the management endpoint; set with it */
	us_time left_alone_until;	/* monotonic: no reads are left before */
};

void azure_client_init(struct azure_client *client, sd_event *event, struct http *http,
		       const struct config *config);
/* Cancels all that is under way. */
void azure_client_release(struct azure_client *client);

/* The wall clock as the loop has it, and the one for spans. */
us_time azure_client_now(const struct azure_client *client);
us_time azure_client_monotonic(const struct azure_client *client);

typedef void azure_identity_fn(void *ctx, enum message_outcome outcome,
			       const char *detail);

/* Asks who this machine is, anew each time (an image may have been cloned under us), and
 * keeps it in `identity`; `done` is called once, from the loop. With a static identity in
 * the configuration nothing is asked. */
void azure_identity_get(struct azure_client *client, azure_identity_fn *done, void *ctx);

/* How it came out; borrowed for the call. */
struct azure_answer {
	enum message_outcome outcome;
	const char *detail;  /* "" when OK */
	struct slice body;   /* of a 200; empty otherwise */
	struct slice next;   /* URL of the next page; "" = this was the last */
	us_time answered_at; /* the service's Date; US_TIME_NONE = not said */
	us_span retry_after;
};

typedef void azure_answer_fn(void *ctx, const struct azure_answer *answer);

/* Asks for one page, of which azure_activity_check() has found that it can be asked; its
 * texts are borrowed until `done` is called: once, from the loop. */
void azure_call(struct azure_client *client, const struct ask_page *page,
		azure_answer_fn *done, void *ctx);
