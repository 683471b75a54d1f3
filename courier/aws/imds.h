/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * IMDSv2, the protocol: gets and keeps the session token, tries again what may come right
 * and says in words why it did not. What is asked waits for the token; a token that is
 * refused is fetched anew once for each request.
 *
 *   NO TOKEN --asked--> FETCHING --200--> TOKEN --401, or it is old--> FETCHING
 *                          |  no answer, 5xx: again, at the next endpoint
 *                          '--anything else, or too often--> NO TOKEN, all waiting told
 */
#include "courier/http.h"
#include "courier/message.h"

struct imds;

struct imds_answer {
	enum message_outcome outcome; /* OK when it answered 200 or 404 */
	int status;		      /* 0 = none came */
	bool is_missing;	      /* 404: there is no such thing */
	struct slice body;	      /* borrowed for the call */
	const char *detail;	      /* borrowed for the call; "" when OK */
	us_time date;		      /* by its clock; US_TIME_NONE = not said */
};

typedef void imds_done_fn(void *ctx, const struct imds_answer *answer);

/* `endpoint` "" = the two that EC2 has. `event` and `http` outlive it. */
struct imds *imds_new(sd_event *event, struct http *http, const char *endpoint);
void imds_free(struct imds *imds); /* what is under way is not told; NULL is allowed */

/* Asks for /latest/PATH; `done` is called once, from the loop. */
void imds_get(struct imds *imds, const char *path, imds_done_fn *done, void *ctx);

/* As imds_get(), without a token: what version 1 of the protocol would answer. Nothing
 * but whether there is an answer is to be made of it: whoever is between may give one. */
void imds_get_plain(struct imds *imds, const char *path, imds_done_fn *done, void *ctx);
