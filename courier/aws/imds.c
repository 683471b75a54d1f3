/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/imds.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/memory.h"

/* What EC2 lets a token live at most, and how long before its end it is not used. */
#define TOKEN_LIFE_SECONDS 21600
#define TOKEN_TTL_HEADER "X-aws-ec2-metadata-token-ttl-seconds: 21600"
#define TOKEN_SPARE (5 * US_PER_MINUTE)
#define TOKEN_BYTES ((size_t)512)

#define CONNECT_TIMEOUT US_PER_SECOND
#define ANSWER_TIMEOUT (2 * US_PER_SECOND)
#define TRIES 3
#define PAUSE_LEAST_MS 50
#define PAUSE_JITTER_MS 200

#define ENDPOINTS_MAX 2
#define URL_BYTES 4096

struct imds {
	sd_event *event;
	struct http *http;
	char *configured; /* owned; NULL = EC2's own */
	const char *endpoints[ENDPOINTS_MAX];
	size_t endpoint_count, endpoint; /* the one in use */
	char token[TOKEN_BYTES];	 /* "" = none; wiped */
	uint64_t token_until;		 /* CLOCK_BOOTTIME */
	bool is_fetching;
	unsigned token_tries;
	enum message_outcome outcome; /* of the last try at the first endpoint */
	struct err why;
	struct http_call *token_call;
	sd_event_source *token_pause;
	struct imds_request *requests; /* in no order */
	uint64_t next_number;
};

struct imds_request {
	struct imds *imds;
	struct imds_request *previous, *next;
	uint64_t number;
	char *path; /* owned */
	unsigned tries;
	bool is_plain;	  /* asked without a token */
	bool has_renewed; /* it had the token fetched anew already */
	bool is_waiting;  /* for the token */
	struct http_call *call;
	sd_event_source *pause;
	imds_done_fn *done;
	void *ctx;
};

static void free_request(struct imds_request *request)
{
	if (request->previous)
		request->previous->next = request->next;
	else
		request->imds->requests = request->next;
	if (request->next)
		request->next->previous = request->previous;
	http_cancel(request->call);
	sd_event_source_disable_unref(request->pause);
	free(request->path);
	free(request);
}

static void finish(struct imds_request *request, const struct imds_answer *answer)
{
	imds_done_fn *done = request->done;
	void *ctx = request->ctx;

	free_request(request);
	done(ctx, answer);
}

/* ---- what an answer means ---------------------------------------------------------- */

/* Whether the same question may be answered another time. */
static bool may_come_right(const struct http_answer *answer)
{
	return !answer->was_refused &&
	       (answer->status == 0 || answer->status == 429 || answer->status >= 500);
}

static enum message_outcome judge(const struct imds *imds,
				  const struct http_answer *answer, struct err *why)
{
	const char *endpoint = imds->endpoints[imds->endpoint];

	if (answer->status == 0 || answer->was_refused) {
		*why = answer->failure;
		err_add(why, "instance metadata at '%s'", endpoint);
		if (!answer->was_refused)
			return OUTCOME_UNREACHABLE;
		return answer->was_sent ? OUTCOME_BAD_ANSWER : OUTCOME_BAD_REQUEST;
	}
	if (answer->status == 403) {
		err_set(why, ERR_MISSING,
			"instance metadata at '%s' is turned off (it answers 403): "
			"turn it on (HttpEndpoint=enabled)",
			endpoint);
		return OUTCOME_DENIED;
	}
	err_set(why, ERR_FORMAT, "instance metadata at '%s' answers with status %d",
		endpoint, answer->status);
	return may_come_right(answer) ? OUTCOME_UNREACHABLE : OUTCOME_BAD_ANSWER;
}

static enum message_outcome judge_token(const struct imds *imds,
					const struct http_answer *answer, struct err *why)
{
	const char *endpoint = imds->endpoints[imds->endpoint];

	if (answer->status == 404 || answer->status == 405) {
		err_set(why, ERR_MISSING, "there is no EC2 instance metadata at '%s'",
			endpoint);
		return OUTCOME_NO_CLOUD;
	}
	if (answer->status == 0 && answer->was_late && answer->was_sent) {
		err_set(why, ERR_SYSTEM,
			"instance metadata at '%s' does not answer the request for a "
			"token: from a container, raise the hop limit of its answers "
			"(HttpPutResponseHopLimit=2)",
			endpoint);
		return OUTCOME_UNREACHABLE;
	}
	if (answer->status == 200) {
		err_set(why, ERR_FORMAT,
			"instance metadata at '%s' gives a token that is none", endpoint);
		return OUTCOME_BAD_ANSWER;
	}
	return judge(imds, answer, why);
}

/* ---- pausing ----------------------------------------------------------------------- */

/* Calls `resume` in a moment that differs from one instance to the next. */
static void pause_then(struct imds *imds, sd_event_source **source,
		       sd_event_time_handler_t resume, void *ctx)
{
	uint64_t random = 0;
	uint64_t pause_ms;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	pause_ms = PAUSE_LEAST_MS + random % PAUSE_JITTER_MS;
	sd_event_source_disable_unref(*source);
	*source = NULL;
	if (sd_event_add_time_relative(imds->event, source, CLOCK_MONOTONIC,
				       pause_ms * 1000, 0, resume, ctx) < 0)
		abort();
}

/* False, and nothing written, when it would be too long. */
static bool make_url(const struct imds *imds, const char *path, char url[URL_BYTES])
{
	int len = snprintf(url, URL_BYTES, "%s/latest/%s",
			   imds->endpoints[imds->endpoint], path);

	return len > 0 && len < URL_BYTES;
}

/* ---- requests ---------------------------------------------------------------------- */

static void ask(struct imds_request *request);
static void need_token(struct imds *imds);

static int ask_again(sd_event_source *source, uint64_t at, void *userdata)
{
	(void)source;
	(void)at;
	ask(userdata);
	return 0;
}

static void forget_token(struct imds *imds)
{
	explicit_bzero(imds->token, sizeof(imds->token));
	imds->token_until = 0;
}

static void take_answer(void *ctx, const struct http_answer *answer)
{
	struct imds_request *request = ctx;
	struct imds *imds = request->imds;
	struct imds_answer given = { .status = answer->status,
				     .detail = "",
				     .date = answer->date };
	struct err why;

	request->call = NULL;
	if (answer->status == 401 && !request->is_plain && !request->has_renewed) {
		request->has_renewed = true;
		forget_token(imds);
		ask(request);
		return;
	}
	if (may_come_right(answer) && ++request->tries < TRIES) {
		pause_then(imds, &request->pause, ask_again, request);
		return;
	}
	if (answer->status == 200 || answer->status == 404) {
		given.is_missing = answer->status == 404;
		given.body = answer->body;
	} else {
		given.outcome = judge(imds, answer, &why);
		given.detail = why.text;
		/* It may be another service by now, or none. */
		if (!request->is_plain &&
		    (given.outcome == OUTCOME_UNREACHABLE || answer->status == 401))
			forget_token(imds);
	}
	finish(request, &given);
}

static void ask(struct imds_request *request)
{
	struct imds *imds = request->imds;
	char url[URL_BYTES];
	char header[sizeof("X-aws-ec2-metadata-token: ") + TOKEN_BYTES];
	uint64_t now = 0;

	sd_event_now(imds->event, CLOCK_BOOTTIME, &now);
	if (!request->is_plain && (!imds->token[0] || now >= imds->token_until)) {
		request->is_waiting = true;
		need_token(imds);
		return;
	}
	request->is_waiting = false;
	/* add_request() has seen to it that it fits. */
	if (!make_url(imds, request->path, url))
		abort();
	snprintf(header, sizeof(header), "X-aws-ec2-metadata-token: %s", imds->token);
	request->call =
		http_send(imds->http,
			  &(struct http_request){
				  .purpose = HTTP_METADATA,
				  .method = "GET",
				  .url = url,
				  .headers = { request->is_plain ? NULL : header },
				  .connect_timeout = CONNECT_TIMEOUT,
				  .timeout = ANSWER_TIMEOUT,
				  .answer_limit = LIMIT_METADATA_BYTES,
			  },
			  take_answer, request);
	explicit_bzero(header, sizeof(header));
}

/* ---- the token --------------------------------------------------------------------- */

/* One of those that waited when the token came or failed; what is asked in the meantime
 * is not among them. */
static struct imds_request *find_waiting(struct imds *imds, uint64_t before)
{
	for (struct imds_request *request = imds->requests; request;
	     request = request->next) {
		if (request->is_waiting && request->number < before)
			return request;
	}
	return NULL;
}

static void fail_waiting(struct imds *imds)
{
	const struct err why = imds->why;
	const struct imds_answer answer = { .outcome = imds->outcome,
					    .detail = why.text,
					    .date = US_TIME_NONE };
	uint64_t before = imds->next_number;
	struct imds_request *request;

	while ((request = find_waiting(imds, before)) != NULL)
		finish(request, &answer);
}

static void serve_waiting(struct imds *imds)
{
	uint64_t before = imds->next_number;
	struct imds_request *request;

	while ((request = find_waiting(imds, before)) != NULL)
		ask(request);
}

/* It becomes part of a header. */
static bool token_is_valid(struct slice token)
{
	if (token.len == 0 || token.len >= TOKEN_BYTES)
		return false;
	for (size_t i = 0; i < token.len; i++) {
		if (token.ptr[i] <= ' ' || token.ptr[i] > '~')
			return false;
	}
	return true;
}

static void keep_token(struct imds *imds, struct slice token)
{
	uint64_t now = 0;

	sd_event_now(imds->event, CLOCK_BOOTTIME, &now);
	memcpy(imds->token, token.ptr, token.len);
	imds->token[token.len] = '\0';
	imds->token_until =
		now + (uint64_t)(TOKEN_LIFE_SECONDS * US_PER_SECOND - TOKEN_SPARE);
}

static void ask_token(struct imds *imds);

static int ask_token_again(sd_event_source *source, uint64_t at, void *userdata)
{
	(void)source;
	(void)at;
	ask_token(userdata);
	return 0;
}

static void take_token(void *ctx, const struct http_answer *answer)
{
	struct imds *imds = ctx;

	imds->token_call = NULL;
	if (answer->status == 200 && token_is_valid(answer->body)) {
		imds->is_fetching = false;
		keep_token(imds, answer->body);
		serve_waiting(imds);
		return;
	}
	/* That the other one cannot be reached says nothing to most. */
	if (imds->endpoint == 0 || !may_come_right(answer))
		imds->outcome = judge_token(imds, answer, &imds->why);
	imds->token_tries++;
	if (may_come_right(answer) && imds->token_tries < TRIES * imds->endpoint_count) {
		imds->endpoint = (imds->endpoint + 1) % imds->endpoint_count;
		pause_then(imds, &imds->token_pause, ask_token_again, imds);
		return;
	}
	imds->is_fetching = false;
	imds->endpoint = 0;
	fail_waiting(imds);
}

static void ask_token(struct imds *imds)
{
	char url[URL_BYTES];

	if (!make_url(imds, "api/token", url))
		abort();
	imds->token_call = http_send(imds->http,
				     &(struct http_request){
					     .purpose = HTTP_METADATA,
					     .method = "PUT",
					     .url = url,
					     .headers = { TOKEN_TTL_HEADER },
					     .connect_timeout = CONNECT_TIMEOUT,
					     .timeout = ANSWER_TIMEOUT,
					     .answer_limit = TOKEN_BYTES,
				     },
				     take_token, imds);
}

static void need_token(struct imds *imds)
{
	if (imds->is_fetching)
		return;
	forget_token(imds);
	imds->is_fetching = true;
	imds->token_tries = 0;
	ask_token(imds);
}

/* ---- the whole --------------------------------------------------------------------- */

struct imds *imds_new(sd_event *event, struct http *http, const char *endpoint)
{
	struct imds *imds = memory_new(1, sizeof(*imds));
	struct slice configured = slice_text(endpoint);

	imds->event = event;
	imds->http = http;
	imds->endpoints[0] = "http://169.254.169.254";
	imds->endpoints[1] = "http://[fd00:ec2::254]";
	imds->endpoint_count = 2;
	if (configured.len > 0) {
		while (slice_take_suffix(&configured, SLICE("/")))
			;
		imds->configured =
			memory_copy_text(slice_first(configured, URL_BYTES / 2));
		imds->endpoints[0] = imds->configured;
		imds->endpoint_count = 1;
	}
	return imds;
}

void imds_free(struct imds *imds)
{
	if (!imds)
		return;
	while (imds->requests)
		free_request(imds->requests);
	http_cancel(imds->token_call);
	sd_event_source_disable_unref(imds->token_pause);
	forget_token(imds);
	free(imds->configured);
	free(imds);
}

static struct imds_request *add_request(struct imds *imds, const char *path,
					imds_done_fn *done, void *ctx)
{
	struct imds_request *request = memory_new(1, sizeof(*request));

	assert(strlen(path) < URL_BYTES / 4);
	request->imds = imds;
	request->number = imds->next_number++;
	request->path = memory_copy_text(slice_text(path));
	request->done = done;
	request->ctx = ctx;
	request->next = imds->requests;
	if (request->next)
		request->next->previous = request;
	imds->requests = request;
	return request;
}

void imds_get(struct imds *imds, const char *path, imds_done_fn *done, void *ctx)
{
	ask(add_request(imds, path, done, ctx));
}

void imds_get_plain(struct imds *imds, const char *path, imds_done_fn *done, void *ctx)
{
	struct imds_request *request = add_request(imds, path, done, ctx);

	request->is_plain = true;
	ask(request);
}
