/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Instance metadata of the clouds that ask for one fixed header: GETs to the one address,
 * tried again where the same question may be answered another time, with growing pauses
 * that differ from one machine to the next. (EC2's needs a token: courier/aws/imds.h.)
 */
#include "courier/http.h"
#include "courier/message.h"

#define METADATA_AGAIN_MAX 4

struct metadata_service {
	const char *name;    /* "Azure instance metadata" */
	const char *address; /* "http://169.254.169.254" */
	const char *header;  /* "Metadata: true" */
	bool is_google;	     /* only what carries "Metadata-Flavor: Google" is taken */
	/* Statuses that may come right, besides 429 and 5xx; 0 ends them. */
	int again[METADATA_AGAIN_MAX];
	size_t answer_limit; /* bytes of one answer; 0 = LIMIT_METADATA_BYTES */
};

struct metadata;

struct metadata_answer {
	/* OK for status 200 alone; 404 is NO_CLOUD, 403 DENIED: whoever knows better what
	 * it means looks at `status`. */
	enum message_outcome outcome;
	int status;	    /* 0 = none came */
	struct slice body;  /* of any status; borrowed for the call */
	const char *detail; /* borrowed for the call; "" when OK */
	us_time date;	    /* by its clock; US_TIME_NONE = not said */
};

typedef void metadata_done_fn(void *ctx, const struct metadata_answer *answer);

/* `configured` "" = the service's own address. `service`, `event` and `http` outlive it.
 */
struct metadata *metadata_new(sd_event *event, struct http *http,
			      const struct metadata_service *service,
			      const char *configured);
void metadata_free(struct metadata *metadata); /* nobody is told; NULL is allowed */

/* Asks for PATH, which begins with a '/' and may have a query; `done` is called once,
 * from the loop. */
void metadata_get(struct metadata *metadata, const char *path, metadata_done_fn *done,
		  void *ctx);
