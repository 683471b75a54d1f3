/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/call.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/endpoint.h"
#include "courier/aws/sigv4.h"
#include "courier/wipe.h"

#define CONNECT_TIMEOUT (10 * US_PER_SECOND)

/* For all that one call sends, retries included. */
#define CALL_TIMEOUT (30 * US_PER_SECOND)
#define LEAST_TIMEOUT US_PER_SECOND

/* A clock that is off by less is not what a signature was refused for: AWS takes five
 * minutes. */
#define CLOCK_TOLERANCE US_PER_MINUTE

#define DETAIL_BYTES 1200
#define ROLE_BYTES 256

struct aws_call {
	struct aws_client *client; /* borrowed */
	struct aws_call *previous, *next;
	struct aws_request request; /* body and region: of the buffers below */
	struct buf body, region;    /* owned */
	struct endpoint endpoint;
	char role[ROLE_BYTES];		 /* whose credentials signed */
	us_time deadline;		 /* monotonic; 0 = nothing was sent yet */
	us_time signed_at;		 /* on the service's clock */
	bool was_renewed, was_set_right; /* what a retry was already spent on */
	struct http_call *sent;
	aws_answer_fn *done;
	void *ctx;
};

void aws_call_free(struct aws_call *call)
{
	http_cancel(call->sent);
	if (call->previous)
		call->previous->next = call->next;
	else
		call->client->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;
	buf_release(&call->body);
	buf_release(&call->region);
	free(call);
}

static void finish(struct aws_call *call, const struct aws_answer *answer)
{
	aws_answer_fn *done = call->done;
	void *ctx = call->ctx;

	done(ctx, answer);
	aws_call_free(call);
}

static void fail(struct aws_call *call, enum message_outcome outcome, const char *detail)
{
	finish(call, &(struct aws_answer){
			     .outcome = outcome,
			     .detail = detail,
			     .answered_at = US_TIME_NONE,
		     });
}

/* ---- what came back ------------------------------------------------------------------
 */

static void fetch_credentials(struct aws_call *call);

static void describe_denial(const struct aws_call *call, const struct answer_error *error,
			    char text[DETAIL_BYTES])
{
	snprintf(text, DETAIL_BYTES, "the role '%s' lacks %s (%s)%s%s", call->role,
		 call->request.permission, error->type, error->because ? ": " : "",
		 error->because ? error->because : "");
}

/* How far this machine's clock is off, in words; "" when it is not. */
static void describe_clock(us_span offset, char text[TIME_TEXT_BYTES + 48])
{
	char span[TIME_TEXT_BYTES];

	text[0] = '\0';
	if (offset > CLOCK_TOLERANCE || offset < -CLOCK_TOLERANCE)
		snprintf(text, TIME_TEXT_BYTES + 48, ": this machine's clock is %s %s",
			 span_to_text(offset < 0 ? -offset : offset, span),
			 offset > 0 ? "behind" : "ahead");
}

static void describe(const struct aws_call *call, const struct answer_error *error,
		     int status, char text[DETAIL_BYTES])
{
	const char *type = *error->type ? error->type : "no type of error";
	char clock[TIME_TEXT_BYTES + 48];

	switch (error->outcome) {
	case OUTCOME_DENIED:
		describe_denial(call, error, text);
		return;
	case OUTCOME_NO_CREDENTIALS:
		describe_clock(call->client->clock_offset, clock);
		snprintf(text, DETAIL_BYTES, "%s refuses the %s of the role '%s' (%s)%s",
			 call->endpoint.host,
			 error->fault == FAULT_CLOCK ? "signature" : "credentials",
			 call->role, type, clock);
		return;
	case OUTCOME_THROTTLED:
		snprintf(text, DETAIL_BYTES,
			 "%s has too many requests of this account (%d, %s)",
			 call->endpoint.host, status, type);
		return;
	default:
		snprintf(text, DETAIL_BYTES, "%s answers %d (%s)%s", call->endpoint.host,
			 status, type,
			 error->fault == FAULT_TOKEN ? ": the page token was refused"
						     : "");
		return;
	}
}

static us_span bounded(us_span retry_after)
{
	us_span most = LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND;

	return retry_after < 0 ? 0 : retry_after > most ? most : retry_after;
}

/* Learns how far the service's clock is from ours. False when that cannot be why the
 * signature was refused. */
static bool set_clock_right(struct aws_call *call, us_time service_time)
{
	us_span off;

	if (service_time < US_TIME_MIN || service_time > US_TIME_MAX)
		return false;
	off = service_time - call->signed_at;
	if (off < CLOCK_TOLERANCE && off > -CLOCK_TOLERANCE)
		return false;
	call->client->clock_offset += service_time - aws_client_now(call->client);
	return true;
}

/* Whether there is something to be done about it that was not done yet; begins anew. */
static bool retry(struct aws_call *call, const struct answer_error *error, us_time date)
{
	if (error->fault == FAULT_CLOCK && !call->was_set_right &&
	    set_clock_right(call, date)) {
		call->was_set_right = true;
		fetch_credentials(call);
		return true;
	}
	/* a signature is also refused when the secret is not the one of that key */
	if ((error->fault == FAULT_CREDENTIALS || error->fault == FAULT_CLOCK) &&
	    !call->was_renewed) {
		call->was_renewed = true;
		if (call->request.as_instance)
			aws_credentials_renew(call->client->metadata);
		else
			aws_role_renew(call->client);
		fetch_credentials(call);
		return true;
	}
	return false;
}

/* There was an answer, but no 200. */
static void take_error(struct aws_call *call, const struct http_answer *http)
{
	struct answer_error error =
		answer_error_read(http->status, http->error_type, http->body);
	char detail[DETAIL_BYTES];

	if (retry(call, &error, http->date))
		return;
	describe(call, &error, http->status, detail);
	finish(call, &(struct aws_answer){
			     .outcome = error.outcome,
			     .fault = error.fault,
			     .detail = detail,
			     .answered_at = http->date,
			     .retry_after = bounded(http->retry_after),
		     });
}

/* There was none, or none that may be taken. */
static void take_failure(struct aws_call *call, const struct http_answer *http)
{
	char detail[DETAIL_BYTES];

	snprintf(detail, sizeof(detail), "cannot ask %s: %s", call->endpoint.host,
		 http->failure.text);
	finish(call, &(struct aws_answer){
			     .outcome = http->was_refused ? OUTCOME_BAD_ANSWER
							  : OUTCOME_UNREACHABLE,
			     .is_too_large =
				     http->was_refused && http->failure.code == ERR_LIMIT,
			     .detail = detail,
			     .answered_at = http->date,
		     });
}

static void take_answer(void *ctx, const struct http_answer *http)
{
	struct aws_call *call = ctx;

	call->sent = NULL;
	if (http->status == 0 || http->was_refused) {
		take_failure(call, http);
	} else if (http->status != 200) {
		take_error(call, http);
	} else {
		finish(call, &(struct aws_answer){
				     .outcome = OUTCOME_OK,
				     .detail = "",
				     .body = http->body,
				     .answered_at = http->date,
			     });
	}
}

/* ---- what goes out -------------------------------------------------------------------
 */

static us_span time_left(struct aws_call *call)
{
	uint64_t now = 0;
	us_span left;

	sd_event_now(call->client->event, CLOCK_MONOTONIC, &now);
	if (!call->deadline)
		call->deadline = (us_time)now + CALL_TIMEOUT;
	left = call->deadline - (us_time)now;
	return left < LEAST_TIMEOUT ? LEAST_TIMEOUT : left;
}

static void add(struct sigv4_request *request, const char *name, const char *value)
{
	request->headers[request->header_count++] =
		(struct sigv4_header){ name, slice_text(value) };
}

/* Hands the signed request to libcurl: "name: value" each, which it copies. */
static void send_signed(struct aws_call *call, const struct sigv4_request *request,
			const char *authorization)
{
	struct http_request http = {
		.purpose = HTTP_API,
		.method = request->method,
		.url = call->endpoint.url,
		.body = request->body,
		.connect_timeout = CONNECT_TIMEOUT,
		.timeout = time_left(call),
		.answer_limit = call->request.answer_limit,
	};
	char *lines[SIGV4_HEADERS_MAX];

	static_assert(SIGV4_HEADERS_MAX + 1 < HTTP_HEADERS_MAX, "room for all");
	for (size_t i = 0; i < request->header_count; i++) {
		const struct sigv4_header *header = &request->headers[i];
		size_t size = strlen(header->name) + header->value.len + 3;

		lines[i] = wipe_malloc(size);
		if (!lines[i])
			abort();
		snprintf(lines[i], size, "%s: %.*s", header->name,
			 SLICE_ARG(header->value));
		http.headers[i] = lines[i];
	}
	http.headers[request->header_count] = authorization;
	call->sent = http_send(call->client->http, &http, take_answer, call);
	for (size_t i = 0; i < request->header_count; i++)
		wipe_free(lines[i]);
}

static void sign_and_send(struct aws_call *call,
			  const struct aws_credentials *credentials)
{
	const char *form = "application/x-www-form-urlencoded; charset=utf-8";
	AUTO_BUF struct buf authorization = BUF_LIMIT(4096);
	char date[SIGV4_DATE_BYTES];
	struct sigv4_request request = {
		.method = "POST",
		.body = buf_slice(&call->body),
		.region = call->endpoint.region,
		.service = call->request.service,
		.time = aws_client_now(call->client),
	};

	call->signed_at = request.time;
	add(&request, "host", call->endpoint.host);
	add(&request, "content-type",
	    call->request.target ? "application/x-amz-json-1.1" : form);
	add(&request, "x-amz-date", sigv4_date(request.time, date));
	if (*credentials->session_token)
		add(&request, "x-amz-security-token", credentials->session_token);
	if (call->request.target)
		add(&request, "x-amz-target", call->request.target);
	buf_append_text(&authorization, "authorization: ");
	if (!sigv4_authorization(&request, credentials, &authorization))
		fail(call, OUTCOME_NO_CREDENTIALS, "the credentials have not their form");
	else
		send_signed(call, &request, buf_text(&authorization));
}

/* ---- identity and credentials --------------------------------------------------------
 */

static void take_credentials(void *ctx, enum message_outcome outcome, const char *detail,
			     const struct aws_credentials *credentials)
{
	struct aws_call *call = ctx;

	if (outcome != OUTCOME_OK) {
		fail(call, outcome, detail);
		return;
	}
	snprintf(call->role, sizeof(call->role), "%s",
		 credentials->role ? credentials->role : "");
	sign_and_send(call, credentials);
}

static void fetch_credentials(struct aws_call *call)
{
	if (call->request.as_instance)
		aws_credentials_get(call->client->metadata, take_credentials, call);
	else
		aws_role_get(call->client, take_credentials, call);
}

/* The identity is known: where to, and with whose credentials? */
static int find_endpoint(struct aws_call *call, struct err *err)
{
	const struct aws_client *client = call->client;
	struct slice own = slice_text(client->identity.region);
	struct slice region = call->region.len ? buf_slice(&call->region) : own;
	bool is_own = slice_equal(region, own);

	/* another region may be another partition's: its name says which domain */
	return endpoint_find(call->request.service, region,
			     is_own ? client->identity.domain : "",
			     call->request.configured, &call->endpoint, err);
}

static void go(struct aws_call *call)
{
	struct err err;

	if (find_endpoint(call, &err) < 0)
		fail(call, OUTCOME_BAD_REQUEST, err.text);
	else
		fetch_credentials(call);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct aws_identity *identity)
{
	struct aws_call *call = ctx;

	if (outcome != OUTCOME_OK) {
		fail(call, outcome, detail);
		return;
	}
	aws_client_know(call->client, identity);
	go(call);
}

void aws_call(struct aws_client *client, const struct aws_request *request,
	      aws_answer_fn *done, void *ctx)
{
	struct aws_call *call = memory_new(1, sizeof(*call));
	struct err err;

	call->client = client;
	call->request = *request;
	call->body = (struct buf)BUF_LIMIT(request->body.len);
	buf_append(&call->body, request->body);
	call->region = (struct buf)BUF_LIMIT(request->region.len);
	buf_append(&call->region, request->region);
	call->done = done;
	call->ctx = ctx;
	call->next = client->calls;
	if (call->next)
		call->next->previous = call;
	client->calls = call;

	/* what cannot be sent is told from the loop, as everything is */
	if (aws_client_knows(client) && find_endpoint(call, &err) == 0)
		fetch_credentials(call);
	else
		aws_identity_get(client->metadata, take_identity, call);
}
