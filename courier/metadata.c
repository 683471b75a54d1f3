/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/metadata.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/limits.h"
#include "base/memory.h"

#define CONNECT_TIMEOUT US_PER_SECOND
/* A token may have to be made first. */
#define ANSWER_TIMEOUT (5 * US_PER_SECOND)

/* The pauses between them double; past PATIENCE none is begun: whoever asked waits. */
#define TRIES 4
#define PAUSE_MS 200
#define PAUSE_JITTER_MS 200
#define PATIENCE (10 * US_PER_SECOND)

#define URL_BYTES 4096

struct metadata {
	sd_event *event; /* borrowed, as http and service */
	struct http *http;
	const struct metadata_service *service;
	char *endpoint; /* owned; without a '/' at its end */
	struct metadata_request *requests;
};

struct metadata_request {
	struct metadata *metadata;
	struct metadata_request *previous, *next;
	char *url; /* owned */
	unsigned tries;
	us_time begun_at; /* monotonic */
	struct http_call *call;
	sd_event_source *pause;
	metadata_done_fn *done;
	void *ctx;
};

static us_time monotonic(const struct metadata *metadata)
{
	uint64_t now = 0;

	sd_event_now(metadata->event, CLOCK_MONOTONIC, &now);
	return (us_time)now;
}

static void free_request(struct metadata_request *request)
{
	if (request->previous)
		request->previous->next = request->next;
	else
		request->metadata->requests = request->next;
	if (request->next)
		request->next->previous = request->previous;
	http_cancel(request->call);
	sd_event_source_disable_unref(request->pause);
	free(request->url);
	free(request);
}

/* ---- what an answer means ---------------------------------------------------------- */

/* Whether the same question may be answered another time. */
static bool may_come_right(const struct metadata_service *service,
			   const struct http_answer *answer)
{
	if (answer->was_refused)
		return false;
	if (answer->status == 0 || answer->status == 429 || answer->status >= 500)
		return true;
	for (size_t i = 0; i < METADATA_AGAIN_MAX && service->again[i]; i++) {
		if (answer->status == service->again[i])
			return true;
	}
	return false;
}

static enum message_outcome judge_failure(const struct metadata *metadata,
					  const struct http_answer *answer,
					  struct err *why)
{
	*why = answer->failure;
	err_add(why, "%s at '%s'", metadata->service->name, metadata->endpoint);
	if (!answer->was_refused)
		return OUTCOME_UNREACHABLE;
	return answer->was_sent ? OUTCOME_BAD_ANSWER : OUTCOME_BAD_REQUEST;
}

static enum message_outcome judge(const struct metadata *metadata,
				  const struct http_answer *answer, struct err *why)
{
	const char *name = metadata->service->name;

	if (answer->status == 0 || answer->was_refused)
		return judge_failure(metadata, answer, why);
	if (metadata->service->is_google && !answer->is_google) {
		err_set(why, ERR_FORMAT,
			"'%s' is not %s: its answer does not say 'Metadata-Flavor: "
			"Google'",
			metadata->endpoint, name);
		return answer->status == 404 ? OUTCOME_NO_CLOUD : OUTCOME_BAD_ANSWER;
	}
	if (answer->status == 200)
		return OUTCOME_OK;
	err_set(why, ERR_MISSING, "%s at '%s' answers with status %d", name,
		metadata->endpoint, answer->status);
	if (answer->status == 404)
		return OUTCOME_NO_CLOUD;
	if (answer->status == 403)
		return OUTCOME_DENIED;
	if (answer->status == 429)
		return OUTCOME_THROTTLED;
	return may_come_right(metadata->service, answer) ? OUTCOME_UNREACHABLE
							 : OUTCOME_BAD_ANSWER;
}

/* ---- requests ---------------------------------------------------------------------- */

static void ask(struct metadata_request *request);

static int ask_again(sd_event_source *source, uint64_t at, void *userdata)
{
	(void)source;
	(void)at;
	ask(userdata);
	return 0;
}

static void pause_and_ask(struct metadata_request *request)
{
	uint64_t random = 0, pause_ms = (uint64_t)PAUSE_MS << (request->tries - 1);

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	pause_ms += random % PAUSE_JITTER_MS;
	sd_event_source_disable_unref(request->pause);
	request->pause = NULL;
	if (sd_event_add_time_relative(request->metadata->event, &request->pause,
				       CLOCK_MONOTONIC, pause_ms * 1000, 0, ask_again,
				       request) < 0)
		abort();
}

static void take_answer(void *ctx, const struct http_answer *answer)
{
	struct metadata_request *request = ctx;
	struct metadata *metadata = request->metadata;
	metadata_done_fn *done = request->done;
	void *done_ctx = request->ctx;
	struct metadata_answer given = { .detail = "", .date = answer->date };
	struct err why = { .text = "" };

	request->call = NULL;
	if (may_come_right(metadata->service, answer) && ++request->tries < TRIES &&
	    monotonic(metadata) - request->begun_at < PATIENCE) {
		pause_and_ask(request);
		return;
	}
	given.outcome = judge(metadata, answer, &why);
	given.detail = given.outcome == OUTCOME_OK ? "" : why.text;
	if (!answer->was_refused) {
		given.status = answer->status;
		given.body = answer->body;
	}
	free_request(request);
	done(done_ctx, &given);
}

static void ask(struct metadata_request *request)
{
	struct metadata *metadata = request->metadata;
	size_t limit = metadata->service->answer_limit;

	request->call =
		http_send(metadata->http,
			  &(struct http_request){
				  .purpose = HTTP_METADATA,
				  .method = "GET",
				  .url = request->url,
				  .headers = { metadata->service->header },
				  .connect_timeout = CONNECT_TIMEOUT,
				  .timeout = ANSWER_TIMEOUT,
				  .answer_limit = limit ? limit : LIMIT_METADATA_BYTES,
			  },
			  take_answer, request);
}

/* ---- the whole --------------------------------------------------------------------- */

struct metadata *metadata_new(sd_event *event, struct http *http,
			      const struct metadata_service *service,
			      const char *configured)
{
	struct metadata *metadata = memory_new(1, sizeof(*metadata));
	struct slice endpoint = slice_text(configured[0] ? configured : service->address);

	while (slice_take_suffix(&endpoint, SLICE("/")))
		;
	metadata->event = event;
	metadata->http = http;
	metadata->service = service;
	metadata->endpoint = memory_copy_text(slice_first(endpoint, URL_BYTES / 2));
	return metadata;
}

void metadata_free(struct metadata *metadata)
{
	if (!metadata)
		return;
	while (metadata->requests)
		free_request(metadata->requests);
	free(metadata->endpoint);
	free(metadata);
}

void metadata_get(struct metadata *metadata, const char *path, metadata_done_fn *done,
		  void *ctx)
{
	struct metadata_request *request = memory_new(1, sizeof(*request));
	size_t size = strlen(metadata->endpoint) + strlen(path) + 1;

	assert(path[0] == '/' && strlen(path) < URL_BYTES / 2);
	request->metadata = metadata;
	request->url = memory_new(size, 1);
	snprintf(request->url, size, "%s%s", metadata->endpoint, path);
	request->begun_at = monotonic(metadata);
	request->done = done;
	request->ctx = ctx;
	request->next = metadata->requests;
	if (request->next)
		request->next->previous = request;
	metadata->requests = request;
	ask(request);
}
