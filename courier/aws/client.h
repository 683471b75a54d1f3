/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What all questions to AWS share: who this host is, credentials to sign with (the
 * instance's own, or those of the role to assume), the service's clock, and the one way
 * in which a request is made, signed, sent and, where new credentials or the right time
 * can help, sent once more:
 *
 *   identity -> credentials -> signed and sent -> answer
 *                   ^                              |  expired or refused: fetch anew
 *                   +------------------------------+  skewed: learn the offset
 *                                                     each once
 */
#include "base/arena.h"
#include "courier/aws/answer_error.h"
#include "courier/aws/credentials.h"
#include "courier/aws/metadata.h"

struct aws_call;
struct aws_role;

struct aws_client {
	sd_event *event; /* borrowed, as http and config */
	struct http *http;
	const struct config *config;
	struct aws_metadata *metadata; /* owned, as what follows */
	us_span clock_offset; /* the services' clock minus ours, learnt when a signature
				 was refused for its time */
	struct aws_role *role;
	struct aws_call *calls;	      /* under way */
	struct aws_identity identity; /* as last asked; .instance NULL = never */
	struct arena texts;	      /* its texts */
	us_time known_at;	      /* when it was asked, on the monotonic clock */
};

void aws_client_init(struct aws_client *client, sd_event *event, struct http *http,
		     const struct config *config);
/* Cancels all that is under way. */
void aws_client_release(struct aws_client *client);

/* The services' clock: ours, put right by what was learnt. */
us_time aws_client_now(const struct aws_client *client);

/* For spans of our own: never put right, never stepped. */
us_time aws_client_monotonic(const struct aws_client *client);

/* Keeps what metadata said, for the requests that follow. */
void aws_client_know(struct aws_client *client, const struct aws_identity *identity);

/* Whether what is known of the identity is young enough to be used unasked. */
bool aws_client_knows(const struct aws_client *client);

/* As aws_credentials_get(), but those of [aws] role_arn when it is set (role.c). */
void aws_role_get(struct aws_client *client, aws_credentials_done_fn *done, void *ctx);
/* They were refused: the next asking fetches anew. */
void aws_role_renew(struct aws_client *client);
void aws_role_free(struct aws_role *role); /* wipes; NULL is allowed */

/* One request; texts are borrowed until it is answered but for `body` and `region`, which
 * are copied. */
struct aws_request {
	const char *service;	/* "cloudtrail": of host and signature */
	const char *configured; /* the configuration's endpoint; "" = by region */
	const char *target;	/* X-Amz-Target; NULL = a form of the query protocol */
	const char *permission; /* "cloudtrail:LookupEvents", named when it is missing */
	struct slice region;	/* "" = the identity's own */
	struct slice body;
	size_t answer_limit;
	bool as_instance; /* with the instance's own credentials, whatever role is to be
			     assumed */
};

/* How it came out; borrowed for the call. */
struct aws_answer {
	enum message_outcome outcome;
	enum answer_fault fault;
	bool is_too_large;   /* BAD_ANSWER: longer than answer_limit */
	const char *detail;  /* "" when OK */
	struct slice body;   /* of a 200; empty otherwise */
	us_time answered_at; /* the service's Date; US_TIME_NONE = not said */
	us_span retry_after;
};

typedef void aws_answer_fn(void *ctx, const struct aws_answer *answer);

/* Makes the request; `done` is called once, from the loop, never from within this call,
 * unless the client is released before. */
void aws_call(struct aws_client *client, const struct aws_request *request,
	      aws_answer_fn *done, void *ctx);
