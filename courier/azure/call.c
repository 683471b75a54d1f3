/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/call.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/azure/activity.h"
#include "courier/azure/answer_error.h"

/* An image may be cloned under a running courier: not believed for longer. */
#define IDENTITY_LIFE (5 * US_PER_MINUTE)

/* When no reads are left, and the service does not say for how long: the bucket fills at
 * 25 a second, and is shared with all that this identity asks. */
#define NO_READS_PAUSE (10 * US_PER_SECOND)

#define DETAIL_BYTES 1200

struct azure_call {
	struct azure_client *client; /* borrowed */
	struct azure_call *previous, *next;
	struct ask_page page; /* its texts are borrowed */
	sd_event_source *beginning;
	azure_answer_fn *done;
	void *ctx;
};

void azure_call_free(struct azure_call *call)
{
	if (call->previous)
		call->previous->next = call->next;
	else
		call->client->calls = call->next;
	if (call->next)
		call->next->previous = call->previous;
	sd_event_source_disable_unref(call->beginning);
	free(call);
}

static void finish(struct azure_call *call, const struct azure_answer *answer)
{
	azure_answer_fn *done = call->done;
	void *ctx = call->ctx;

	azure_call_free(call);
	done(ctx, answer);
}

static void fail(struct azure_call *call, enum message_outcome outcome,
		 const char *detail)
{
	finish(call, &(struct azure_answer){
			     .outcome = outcome,
			     .detail = detail,
			     .answered_at = US_TIME_NONE,
		     });
}

static struct azure_list list_of(const struct azure_client *client)
{
	return (struct azure_list){ &client->origin, client->identity.subscription };
}

/* ---- what came back ------------------------------------------------------------------
 */

static void describe_denial(const struct azure_client *client,
			    const struct azure_error *error, char text[DETAIL_BYTES])
{
	const char *whose = bearer_client(client->bearer);

	snprintf(text, DETAIL_BYTES,
		 "the managed identity%s%s%s lacks " AZURE_ACTIVITY_PERMISSION
		 " at the scope of the subscription '%s' (%s): Monitoring Reader there "
		 "has it",
		 *whose ? " '" : "", whose, *whose ? "'" : "",
		 client->identity.subscription,
		 *error->code ? error->code : "no code of error");
}

static void describe(const struct azure_client *client, const struct azure_error *error,
		     int status, char text[DETAIL_BYTES])
{
	const char *code = *error->code ? error->code : "no code of error";
	const char *host = client->origin.host;

	if (error->outcome == OUTCOME_DENIED)
		describe_denial(client, error, text);
	else if (error->outcome == OUTCOME_NO_CREDENTIALS)
		snprintf(text, DETAIL_BYTES,
			 "%s refuses the access token of the managed identity (%d, %s)",
			 host, status, code);
	else if (error->outcome == OUTCOME_THROTTLED)
		snprintf(text, DETAIL_BYTES,
			 "%s has too many requests of this subscription or identity "
			 "(%d, %s)",
			 host, status, code);
	else
		snprintf(text, DETAIL_BYTES, "%s answers %d (%s)", host, status, code);
}

static void take_error(struct azure_call *call, const struct http_answer *http)
{
	struct azure_client *client = call->client;
	struct azure_error error = azure_error_read(http->status, http->body);
	us_span retry_after = bearer_retry_after(http);
	char detail[DETAIL_BYTES];

	if (http->is_exhausted && error.outcome != OUTCOME_DENIED)
		error.outcome = OUTCOME_THROTTLED;
	/* the link was given for this question: another page by it may do */
	if (error.outcome == OUTCOME_BAD_REQUEST && call->page.token.len)
		error.outcome = OUTCOME_BAD_ANSWER;
	if (error.outcome == OUTCOME_THROTTLED && !retry_after)
		retry_after = NO_READS_PAUSE;
	describe(client, &error, http->status, detail);
	finish(call,
	       &(struct azure_answer){
		       .outcome = error.outcome,
		       .detail = detail,
		       .answered_at = http->date,
		       .retry_after = error.outcome == OUTCOME_THROTTLED ||
						      error.outcome == OUTCOME_UNREACHABLE
					      ? retry_after
					      : 0,
	       });
}

static void take_page(struct azure_call *call, const struct http_answer *http)
{
	AUTO_BUF struct buf next = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	struct azure_list list = list_of(call->client);
	struct err err;

	if (azure_activity_read(&list, http->body, &next, &err) < 0) {
		err_add(&err, "the answer to " AZURE_ACTIVITY_PERMISSION " is none");
		fail(call, OUTCOME_BAD_ANSWER, err.text);
		return;
	}
	finish(call, &(struct azure_answer){
			     .outcome = OUTCOME_OK,
			     .detail = "",
			     .body = http->body,
			     .next = buf_slice(&next),
			     .answered_at = http->date,
		     });
}

static void take_answer(void *ctx, const struct bearer_answer *answer)
{
	struct azure_call *call = ctx;
	struct azure_client *client = call->client;

	if (answer->outcome != OUTCOME_OK) {
		fail(call, answer->outcome, answer->detail);
		return;
	}
	if (answer->http->is_exhausted)
		client->left_alone_until =
			azure_client_monotonic(client) + NO_READS_PAUSE;
	if (answer->http->status == 200)
		take_page(call, answer->http);
	else
		take_error(call, answer->http);
}

/* ---- what goes out -------------------------------------------------------------------
 */

static int write_url(const struct azure_call *call, struct buf *url, struct err *err)
{
	struct azure_list list = list_of(call->client);

	if (call->page.token.len)
		return azure_activity_follow(&list, call->page.token, url, err);
	return azure_activity_first(&list, &call->page, url, err);
}

/* The identity is known: where to, and with whose token. */
static void go(struct azure_call *call)
{
	AUTO_BUF struct buf url = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES + 1024);
	struct err err;

	if (write_url(call, &url, &err) < 0) {
		fail(call,
		     call->page.token.len ? OUTCOME_BAD_ANSWER : OUTCOME_BAD_REQUEST,
		     err.text);
		return;
	}
	bearer_call(call->client->bearer,
		    &(struct bearer_request){
			    .method = "GET",
			    .url = buf_text(&url),
			    .answer_limit = LIMIT_API_ANSWER_BYTES,
		    },
		    take_answer, call);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail)
{
	struct azure_call *call = ctx;

	if (outcome == OUTCOME_OK)
		go(call);
	else
		fail(call, outcome, detail);
}

/* From the loop, as everything is. */
static int begin(sd_event_source *source, void *userdata)
{
	struct azure_call *call = userdata;
	struct azure_client *client = call->client;
	us_time now = azure_client_monotonic(client);

	(void)source;
	if (now < client->left_alone_until)
		finish(call, &(struct azure_answer){
				     .outcome = OUTCOME_THROTTLED,
				     .detail = "no reads of this identity are left for "
					       "the moment",
				     .answered_at = US_TIME_NONE,
				     .retry_after = client->left_alone_until - now,
			     });
	else if (client->identity.instance[0] && now - client->known_at < IDENTITY_LIFE)
		go(call);
	else
		azure_identity_get(client, take_identity, call);
	return 0;
}

void azure_call(struct azure_client *client, const struct ask_page *page,
		azure_answer_fn *done, void *ctx)
{
	struct azure_call *call = memory_new(1, sizeof(*call));

	call->client = client;
	call->page = *page;
	call->done = done;
	call->ctx = ctx;
	call->next = client->calls;
	if (call->next)
		call->next->previous = call;
	client->calls = call;
	if (sd_event_add_defer(client->event, &call->beginning, begin, call) < 0)
		abort();
}
