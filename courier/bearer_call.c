/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/bearer_parts.h"
#include "courier/wipe.h"

#define CONNECT_TIMEOUT (10 * US_PER_SECOND)

/* For all that one call sends, retries included. */
#define CALL_TIMEOUT (30 * US_PER_SECOND)
#define LEAST_TIMEOUT US_PER_SECOND

/* One call on its way. */
struct bearer_sent {
	struct bearer *bearer; /* borrowed */
	struct bearer_sent *previous, *next;
	const char *method; /* static */
	char *url;	    /* owned */
	struct buf body;    /* owned */
	size_t answer_limit;
	us_time deadline; /* monotonic; 0 = nothing was sent yet */
	bool was_renewed; /* what the retry was spent on */
	struct http_call *call;
	bearer_answer_fn *done;
	void *ctx;
};

void bearer_sent_free(struct bearer_sent *sent)
{
	http_cancel(sent->call);
	if (sent->previous)
		sent->previous->next = sent->next;
	else
		sent->bearer->sent = sent->next;
	if (sent->next)
		sent->next->previous = sent->previous;
	buf_release(&sent->body);
	free(sent->url);
	free(sent);
}

static void finish(struct bearer_sent *sent, const struct bearer_answer *answer)
{
	bearer_answer_fn *done = sent->done;
	void *ctx = sent->ctx;

	bearer_sent_free(sent);
	done(ctx, answer);
}

static void fetch_token(struct bearer_sent *sent);

static struct slice host_of(const char *url)
{
	struct slice rest = slice_text(url), host;

	slice_take_until_text(&rest, SLICE("://"), &host);
	return slice_take_until(&rest, '/', &host) ? host : rest;
}

static void take_failure(struct bearer_sent *sent, const struct http_answer *http)
{
	struct slice host = slice_first(host_of(sent->url), 256);
	struct err why = http->failure;

	err_add(&why, "cannot ask %.*s", SLICE_ARG(host));
	finish(sent, &(struct bearer_answer){
			     .outcome = http->was_refused ? OUTCOME_BAD_ANSWER
							  : OUTCOME_UNREACHABLE,
			     .is_too_large =
				     http->was_refused && http->failure.code == ERR_LIMIT,
			     .detail = why.text,
		     });
}

static void take_answer(void *ctx, const struct http_answer *http)
{
	struct bearer_sent *sent = ctx;

	sent->call = NULL;
	if (http->status == 0 || http->was_refused) {
		take_failure(sent, http);
	} else if (http->status == 401 && !sent->was_renewed) {
		sent->was_renewed = true;
		bearer_renew(sent->bearer);
		fetch_token(sent);
	} else {
		finish(sent, &(struct bearer_answer){
				     .outcome = OUTCOME_OK,
				     .detail = "",
				     .http = http,
			     });
	}
}

static us_span time_left(struct bearer_sent *sent)
{
	uint64_t now = 0;
	us_span left;

	sd_event_now(sent->bearer->event, CLOCK_MONOTONIC, &now);
	if (!sent->deadline)
		sent->deadline = (us_time)now + CALL_TIMEOUT;
	left = sent->deadline - (us_time)now;
	return left < LEAST_TIMEOUT ? LEAST_TIMEOUT : left;
}

static void take_token(void *ctx, const struct bearer_state *state)
{
	static const char name[] = "Authorization: Bearer ";
	struct bearer_sent *sent = ctx;
	struct bearer *bearer = sent->bearer;
	AUTO_WIPED_BUF struct buf header =
		BUF_LIMIT(sizeof(name) + LIMIT_CREDENTIAL_BYTES);

	if (state->outcome != OUTCOME_OK) {
		finish(sent, &(struct bearer_answer){ .outcome = state->outcome,
						      .detail = state->detail });
		return;
	}
	wipe_buf_append(&header, slice_text(name));
	wipe_buf_append(&header, slice_text(bearer->token->text));
	sent->call = http_send(
		bearer->http,
		&(struct http_request){
			.purpose = HTTP_API,
			.method = sent->method,
			.url = sent->url,
			.headers = { buf_text(&header), "Accept: application/json",
				     sent->body.len ? "Content-Type: "
						      "application/json"
						    : NULL },
			.body = buf_slice(&sent->body),
			.connect_timeout = CONNECT_TIMEOUT,
			.timeout = time_left(sent),
			.answer_limit = sent->answer_limit,
		},
		take_answer, sent);
}

static void fetch_token(struct bearer_sent *sent)
{
	bearer_get(sent->bearer, take_token, sent);
}

void bearer_call(struct bearer *bearer, const struct bearer_request *request,
		 bearer_answer_fn *done, void *ctx)
{
	struct bearer_sent *sent = memory_new(1, sizeof(*sent));

	sent->bearer = bearer;
	sent->method = request->method;
	sent->url = memory_copy_text(slice_text(request->url));
	sent->body = (struct buf)BUF_LIMIT(request->body.len);
	buf_append(&sent->body, request->body);
	sent->answer_limit = request->answer_limit;
	sent->done = done;
	sent->ctx = ctx;
	sent->next = bearer->sent;
	if (sent->next)
		sent->next->previous = sent;
	bearer->sent = sent;
	fetch_token(sent);
}

us_span bearer_retry_after(const struct http_answer *http)
{
	us_span most = LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND;

	if (http->retry_after < 0)
		return 0;
	return http->retry_after > most ? most : http->retry_after;
}
