/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Calls with a bearer token: the token is got from the cloud's metadata when it is first
 * needed, kept until shortly before it expires, and fetched anew once where a service
 * refuses it. It never leaves this module but in the Authorization header of the calls;
 * where those go is the caller's to have pinned. Wiped when replaced and at the end.
 *
 *   token -> sent -> answer
 *     ^               |  401: fetch anew, once
 *     +---------------+
 */
#include "courier/metadata.h"

struct bearer;

/* What an answer of metadata that holds no token means: sets `why`. `answer` is never of
 * status 200. */
typedef enum message_outcome bearer_explain_fn(const struct metadata_answer *answer,
					       struct err *why);

/* `event`, `http` and `metadata` outlive it. */
struct bearer *bearer_new(sd_event *event, struct http *http, struct metadata *metadata,
			  bearer_explain_fn *explain);
/* Cancels all that is under way; nobody is told; NULL is allowed. Free it before what it
 * borrows. */
void bearer_free(struct bearer *bearer);

/* Where in metadata the token is; before anything is asked. What was got from elsewhere
 * is forgotten. */
void bearer_set_path(struct bearer *bearer, const char *path);

struct bearer_state {
	enum message_outcome outcome; /* OK: there is a token */
	const char *detail;	      /* "" when OK */
	us_time until;		      /* by the wall clock; US_TIME_NONE without one */
	const char *client; /* whose it is, as metadata says; "" = it does not */
};

typedef void bearer_done_fn(void *ctx, const struct bearer_state *state);

/* Sees to it that there is a token; `done` is called once, from the loop. A failure is
 * remembered for a moment, so that many who ask do not hammer. */
void bearer_get(struct bearer *bearer, bearer_done_fn *done, void *ctx);

/* The one at hand is good no longer: the next asking fetches anew. */
void bearer_renew(struct bearer *bearer);

/* As of the last token; "" = none. Borrowed until the loop runs again. */
const char *bearer_client(const struct bearer *bearer);

struct bearer_request {
	const char *method; /* "GET", "POST" */
	const char *url;    /* copied, as `body` */
	struct slice body;  /* JSON; empty = none */
	size_t answer_limit;
};

struct bearer_answer {
	/* OK: an answer came, of whatever status */
	enum message_outcome outcome;
	bool is_too_large;		/* BAD_ANSWER: longer than answer_limit */
	const char *detail;		/* why there is none; "" when OK */
	const struct http_answer *http; /* NULL unless OK */
};

typedef void bearer_answer_fn(void *ctx, const struct bearer_answer *answer);

/* Makes the call; `done` is called once, from the loop, unless it is freed before. */
void bearer_call(struct bearer *bearer, const struct bearer_request *request,
		 bearer_answer_fn *done, void *ctx);

/* How long a service may be left alone for its Retry-After: never for long. */
us_span bearer_retry_after(const struct http_answer *http);
