/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "courier/post.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/secret.h"
#include "courier/sink_http.h"
#include "courier/wipe.h"

#define CONNECT_TIMEOUT (10 * US_PER_SECOND)
#define URL_BYTES_MAX ((size_t)20 * 1024)
#define HEADERS_BYTES_MAX ((size_t)64 * 1024)

/* ---- what answers mean ------------------------------------------------------------- */

/* How each meaning is told of the sending as a whole; of REFUSED only the records are. */
static const struct {
	enum message_outcome outcome;
	const char *words;
} meanings[] = {
	[ANSWER_TAKEN] = { OUTCOME_OK, "" },
	[ANSWER_REFUSED] = { OUTCOME_OK, "the receiver will not have it" },
	[ANSWER_TOO_LARGE] = { OUTCOME_OK, "too large for the receiver" },
	[ANSWER_CREDENTIALS] = { OUTCOME_NO_CREDENTIALS,
				 "the receiver does not let this host in, or not there" },
	[ANSWER_BUSY] = { OUTCOME_THROTTLED, "the receiver has too much to do" },
	[ANSWER_AGAIN] = { OUTCOME_UNREACHABLE, "the receiver cannot take it now" },
	[ANSWER_ODD] = { OUTCOME_BAD_ANSWER, "the receiver answers what it should not" },
};

bool post_apply_one(struct delivery *delivery, size_t index,
		    const struct sink_answer *answer)
{
	const char *words = meanings[answer->meaning].words;

	switch (answer->meaning) {
	case ANSWER_TAKEN:
		fates_set(&delivery->fates, index, DELIVERY_SAFE, NULL);
		return false;
	case ANSWER_REFUSED:
	case ANSWER_TOO_LARGE:
		fates_set(&delivery->fates, index, DELIVERY_REFUSED, "%s (%s)", words,
			  answer->text);
		return false;
	default:
		fates_set(&delivery->fates, index, DELIVERY_AGAIN, "%s (%s)", words,
			  answer->text);
		fates_fail(&delivery->fates, meanings[answer->meaning].outcome, "%s (%s)",
			   words, answer->text);
		return true;
	}
}

enum post_step post_apply(struct delivery *delivery, const struct post_group *group,
			  const struct sink_answer *answer)
{
	bool is_refusal =
		answer->meaning == ANSWER_REFUSED || answer->meaning == ANSWER_TOO_LARGE;
	bool is_any_left = false;

	fates_set_answer(&delivery->fates, "%s", answer->text);
	if (is_refusal && group->count > 1)
		return POST_SPLIT;
	for (size_t i = 0; i < group->count; i++)
		is_any_left |= post_apply_one(delivery, group->from + i, answer);
	return is_any_left ? POST_STOP : POST_NEXT;
}

/* ---- secrets ----------------------------------------------------------------------- */

static void forget_secrets(struct delivery *delivery)
{
	wipe_buf_release(&delivery->url);
	wipe_buf_release(&delivery->token);
	wipe_buf_release(&delivery->hmac_key);
}

static int read_url(struct delivery *delivery, struct err *err)
{
	const struct config_sink *sink = delivery->sink;
	struct slice url;

	if (sink->url_file[0] &&
	    secret_read_text(sink->url_file, &delivery->url, err) < 0)
		return -1;
	if (delivery->url.len == 0)
		wipe_buf_append(&delivery->url,
				slice_text(sink->url[0] || !delivery->kind->default_url
						   ? sink->url
						   : delivery->kind->default_url));
	url = buf_slice(&delivery->url);
	while (slice_take_suffix(&url, SLICE("/")))
		delivery->url.ptr[url.len] = '\0';
	delivery->url.len = url.len;
	return 0;
}

static int read_secrets(struct delivery *delivery, struct err *err)
{
	const struct config_sink *sink = delivery->sink;

	forget_secrets(delivery);
	if (read_url(delivery, err) < 0)
		return -1;
	if (sink->token_file[0] &&
	    secret_read_text(sink->token_file, &delivery->token, err) < 0)
		return -1;
	if (sink->hmac_key_file[0] &&
	    secret_read(sink->hmac_key_file, &delivery->hmac_key, err) < 0)
		return -1;
	if (sink->client_key_file[0] && secret_check(sink->client_key_file, err) < 0)
		return -1;
	return 0;
}

/* What follows the host, where the url is a secret. */
static struct slice secret_path_of_url(const struct delivery *delivery)
{
	struct slice url = buf_slice(&delivery->url), before;

	if (!delivery->sink->url_file[0] ||
	    !slice_take_until_text(&url, SLICE("://"), &before) ||
	    !slice_take_until(&url, '/', &before))
		return SLICE("");
	return url;
}

/* A receiver may say what it was told, and what it says is told to people. */
static bool tells_a_secret(const struct delivery *delivery, struct slice body)
{
	const struct slice secrets[] = { buf_slice(&delivery->token),
					 buf_slice(&delivery->hmac_key),
					 secret_path_of_url(delivery) };

	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
		if (secrets[i].len && slice_find(body, secrets[i]) >= 0)
			return true;
	}
	return false;
}

/* ---- the course of a batch --------------------------------------------------------- */

static void send_group(struct delivery *delivery);

static uint64_t now(const struct delivery *delivery)
{
	uint64_t at = 0;

	if (sd_event_now(delivery->event, CLOCK_MONOTONIC, &at) < 0)
		abort();
	return at;
}

us_span post_time_left(const struct delivery *delivery)
{
	uint64_t at = now(delivery);

	return at + 1000 < delivery->deadline ? (us_span)(delivery->deadline - at) : 1000;
}

static void pause_for(struct delivery *delivery, us_span span)
{
	if (sd_event_source_set_time_relative(delivery->pause, (uint64_t)span) < 0 ||
	    sd_event_source_set_enabled(delivery->pause, SD_EVENT_ONESHOT) < 0)
		abort();
}

static void finish(struct delivery *delivery)
{
	deliver_done_fn *done = delivery->done;
	struct message answer;

	forget_secrets(delivery);
	fates_tell(&delivery->fates, delivery->batch, &answer);
	delivery->done = NULL;
	delivery->batch = NULL;
	done(delivery->ctx, &answer);
}

/* Goes on to what comes after the group, as it was judged. */
static void take_step(struct delivery *delivery, enum post_step step)
{
	struct post_group *group = &delivery->group;
	size_t count = delivery->fates.count;

	delivery->is_asking = step == POST_ASK;
	if (step == POST_ASK) {
		pause_for(delivery, delivery->ask_after);
		return;
	}
	if (step == POST_NEXT)
		group->from += group->count;
	if (step == POST_STOP || group->from >= count) {
		finish(delivery);
		return;
	}
	if (now(delivery) >= delivery->deadline) {
		fates_fail(&delivery->fates, OUTCOME_UNREACHABLE,
			   "there was no time for all of them");
		finish(delivery);
		return;
	}
	delivery->is_split = delivery->is_split || step == POST_SPLIT;
	group->count = delivery->is_split || delivery->kind->is_one_by_one
			       ? 1
			       : count - group->from;
	send_group(delivery);
}

static us_span bounded_retry(us_span retry_after)
{
	us_span most = LIMIT_RETRY_AFTER_SECONDS * US_PER_SECOND;

	return retry_after < most ? retry_after : most;
}

static void take_answer(void *ctx, const struct http_answer *given)
{
	struct delivery *delivery = ctx;
	struct http_answer answer = *given;
	enum post_step step = POST_STOP;

	delivery->call = NULL;
	if (answer.status == 0 || answer.was_refused) {
		fates_fail(&delivery->fates,
			   answer.was_refused ? OUTCOME_BAD_ANSWER : OUTCOME_UNREACHABLE,
			   "%s", answer.failure.text);
	} else {
		step = delivery->kind->judge(delivery, &delivery->group, &answer);
		if (step == POST_STOP)
			delivery->fates.retry_after = bounded_retry(answer.retry_after);
	}
	if (answer.status && tells_a_secret(delivery, answer.body))
		fates_withhold(&delivery->fates, answer.status);
	take_step(delivery, step);
}

static void put_headers(const struct post_request *request, struct http_request *http)
{
	struct slice rest = buf_slice(&request->headers), line;

	for (size_t i = 0; i < HTTP_HEADERS_MAX && slice_take_until(&rest, '\0', &line);
	     i++)
		http->headers[i] = line.ptr;
}

static void send_request(struct delivery *delivery, const struct post_request *request)
{
	us_span left = post_time_left(delivery);
	struct http_request http = {
		.purpose = HTTP_SINK,
		.method = "POST",
		.url = buf_text(&request->url),
		.body = buf_slice(&request->body),
		.connect_timeout = left < CONNECT_TIMEOUT ? left : CONNECT_TIMEOUT,
		.timeout = left,
		.answer_limit = LIMIT_SINK_ANSWER_BYTES,
	};

	put_headers(request, &http);
	delivery->call = http_send(delivery->http, &http, take_answer, delivery);
}

/* A record that cannot be put as the receiver needs it never will be. */
static void take_unfit(struct delivery *delivery, const struct err *err)
{
	const struct post_group *group = &delivery->group;

	if (group->count > 1) {
		take_step(delivery, POST_SPLIT);
		return;
	}
	fates_set(&delivery->fates, group->from, DELIVERY_REFUSED, "%s", err->text);
	take_step(delivery, POST_NEXT);
}

static void send_group(struct delivery *delivery)
{
	struct post_request request = {
		.url = BUF_LIMIT(URL_BYTES_MAX),
		.body = BUF_LIMIT(LIMIT_SINK_REQUEST_BYTES),
		.headers = BUF_LIMIT(HEADERS_BYTES_MAX),
	};
	struct err err;
	int result = delivery->kind->build(delivery, &delivery->group, &request, &err);

	if (result == 0 &&
	    (buf_overflowed(&request.url) || buf_overflowed(&request.body) ||
	     buf_overflowed(&request.headers)))
		result = err_set(&err, ERR_LIMIT, "it is too long to be sent");
	if (result == 0)
		send_request(delivery, &request);
	wipe_buf_release(&request.url);
	wipe_buf_release(&request.body);
	wipe_buf_release(&request.headers);
	if (result < 0)
		take_unfit(delivery, &err);
}

static void tell_check(struct delivery *delivery, enum message_outcome outcome,
		       const char *detail)
{
	deliver_done_fn *done = delivery->done;
	struct message answer = {
		.kind = MESSAGE_CHECK,
		.check = { .count = 1,
			   .lines = { { .outcome = outcome,
					.what = slice_text(delivery->sink->name),
					.detail = slice_text(detail) } } },
	};

	forget_secrets(delivery);
	delivery->done = NULL;
	done(delivery->ctx, &answer);
}

static int go_on(sd_event_source *source, uint64_t at, void *userdata)
{
	struct delivery *delivery = userdata;

	(void)source;
	(void)at;
	if (!delivery->batch)
		tell_check(delivery, delivery->fates.outcome, delivery->fates.detail);
	else if (delivery->fates.outcome != OUTCOME_OK)
		finish(delivery);
	else
		send_group(delivery);
	return 0;
}

void post_send(struct delivery *delivery, const struct deliver *batch,
	       deliver_done_fn *done, void *ctx)
{
	struct err err;

	delivery->batch = batch;
	delivery->done = done;
	delivery->ctx = ctx;
	delivery->is_split = delivery->is_asking = false;
	delivery->deadline = now(delivery) + (uint64_t)delivery->sink->timeout;
	fates_init(&delivery->fates, (size_t)batch->count);
	delivery->group = (struct post_group){
		.batch = batch,
		.count = delivery->kind->is_one_by_one ? 1 : (size_t)batch->count,
	};
	if (read_secrets(delivery, &err) < 0)
		fates_fail(&delivery->fates, OUTCOME_NO_CREDENTIALS, "%s", err.text);
	pause_for(delivery, 0);
}

void post_add_header(struct post_request *request, const char *format, ...)
{
	char line[LIMIT_SECRET_BYTES + 256];
	va_list words;
	int len;

	va_start(words, format);
	len = vsnprintf(line, sizeof(line), format, words);
	va_end(words);
	if (len < 0 || (size_t)len >= sizeof(line))
		request->headers.overflowed = true;
	else
		wipe_buf_append(&request->headers, slice_of(line, (size_t)len + 1));
	explicit_bzero(line, sizeof(line));
}

/* ---- looking without sending ------------------------------------------------------- */

static void take_connection(void *ctx, const struct http_answer *answer)
{
	struct delivery *delivery = ctx;

	delivery->call = NULL;
	if (answer->is_connected)
		tell_check(delivery, OUTCOME_OK,
			   "reached, and its secrets can be read; nothing was sent");
	else
		tell_check(delivery, OUTCOME_UNREACHABLE, answer->failure.text);
}

void post_check(struct delivery *delivery, deliver_done_fn *done, void *ctx)
{
	struct http_request http = {
		.purpose = HTTP_SINK,
		.method = "POST",
		.connect_timeout = CONNECT_TIMEOUT,
		.timeout = CONNECT_TIMEOUT,
		.only_connect = true,
	};
	struct err err;

	delivery->done = done;
	delivery->ctx = ctx;
	fates_init(&delivery->fates, 0);
	if (read_secrets(delivery, &err) < 0) {
		fates_fail(&delivery->fates, OUTCOME_NO_CREDENTIALS, "%s", err.text);
		pause_for(delivery, 0);
		return;
	}
	http.url = buf_text(&delivery->url);
	delivery->call = http_send(delivery->http, &http, take_connection, delivery);
}

/* ---- the whole --------------------------------------------------------------------- */

int post_open(const struct post_kind *kind, sd_event *event, const struct config *config,
	      const struct config_sink *sink, struct delivery **ret_delivery)
{
	struct delivery *delivery = memory_new(1, sizeof(*delivery));
	struct http_options options;

	delivery->kind = kind;
	delivery->event = event;
	delivery->sink = sink;
	delivery->url = (struct buf)BUF_LIMIT(URL_BYTES_MAX);
	delivery->token = (struct buf)BUF_LIMIT(LIMIT_SECRET_BYTES);
	delivery->hmac_key = (struct buf)BUF_LIMIT(LIMIT_SECRET_BYTES);
	if (kind->state_bytes)
		delivery->state = memory_new(1, kind->state_bytes);
	sink_http_options(config, sink, &options);
	delivery->http = http_new(event, &options);
	if (sd_event_add_time_relative(event, &delivery->pause, CLOCK_MONOTONIC, 0, 1,
				       go_on, delivery) < 0 ||
	    sd_event_source_set_enabled(delivery->pause, SD_EVENT_OFF) < 0)
		abort();
	*ret_delivery = delivery;
	return 0;
}

void post_close(struct delivery *delivery)
{
	if (!delivery)
		return;
	http_cancel(delivery->call);
	http_free(delivery->http);
	sd_event_source_disable_unref(delivery->pause);
	forget_secrets(delivery);
	free(delivery->state);
	free(delivery);
}
