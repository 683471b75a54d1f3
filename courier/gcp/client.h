/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What all questions to Google Cloud share: who this instance is, its service account's
 * token, and the one way in which Cloud Logging is asked.
 */
#include "courier/bearer.h"
#include "courier/gcp/identity.h"
#include "courier/origin.h"

#define GCP_DETAIL_BYTES 1200

struct gcp_client {
	sd_event *event; /* borrowed, as config */
	const struct config *config;
	struct metadata *metadata; /* owned, as what follows */
	struct gcp_identity_source *source;
	struct bearer *bearer;
	struct origin logging; /* .url "" = none that may be asked: */
	struct err why;
	struct gcp_identity identity; /* as last asked */
	us_time known_at;	      /* when, on the monotonic clock; 0 = never */
};

void gcp_client_init(struct gcp_client *client, sd_event *event, struct http *http,
		     const struct config *config);
/* Cancels all that is under way. */
void gcp_client_release(struct gcp_client *client);

/* Keeps what metadata said, for the requests that follow. */
void gcp_client_know(struct gcp_client *client, const struct gcp_identity *identity);

/* Whether what is known of the identity is young enough to be used unasked. */
bool gcp_client_knows(const struct gcp_client *client);

/* How Cloud Logging answered. */
struct gcp_answer {
	enum message_outcome outcome;
	bool is_too_large;	       /* BAD_ANSWER: longer than is taken */
	struct slice body;	       /* of a 200; borrowed */
	us_time answered_at;	       /* the service's Date; US_TIME_NONE = not said */
	us_span retry_after;	       /* 0 = not said */
	char detail[GCP_DETAIL_BYTES]; /* "" when OK */
};

/* Asks entries:list with the body; the identity is known. `done` is called once, from the
 * loop, unless the client is released before. */
void gcp_client_ask(struct gcp_client *client, struct slice body, bearer_answer_fn *done,
		    void *ctx);

/* What came of it. `has_token`: the question had a page token, which may be what was
 * refused. */
void gcp_client_read(const struct gcp_client *client, const struct bearer_answer *answer,
		     bool has_token, struct gcp_answer *ret_answer);
