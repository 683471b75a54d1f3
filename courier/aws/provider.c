/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/provider.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/check.h"
#include "courier/aws/here.h"
#include "courier/aws/request.h"

/* Under way at a time; the daemon asks a few. */
#define REQUESTS_MAX 32

/* ---- requests ------------------------------------------------------------------------
 */

static struct aws_asked *new_asked(struct provider *provider, enum message_kind kind,
				   provider_done_fn *done, void *ctx)
{
	struct aws_asked *asked = memory_new(1, sizeof(*asked));

	asked->provider = provider;
	asked->kind = kind;
	asked->done = done;
	asked->ctx = ctx;
	asked->texts = (struct buf)BUF_LIMIT(AWS_QUESTION_BYTES);
	asked->next = provider->asked;
	if (asked->next)
		asked->next->previous = asked;
	provider->asked = asked;
	provider->asked_count++;
	return asked;
}

static void free_asked(struct aws_asked *asked)
{
	if (asked->previous)
		asked->previous->next = asked->next;
	else
		asked->provider->asked = asked->next;
	if (asked->next)
		asked->next->previous = asked->previous;
	asked->provider->asked_count--;
	sd_event_source_disable_unref(asked->refusal);
	buf_release(&asked->texts);
	aws_check_free(asked->check);
	free(asked);
}

/* Gives the answer, of which kind, outcome and detail are set here. */
void aws_asked_answer(struct aws_asked *asked, enum message_outcome outcome,
		      const char *detail, struct message *message)
{
	message->kind = asked->kind;
	message->outcome = outcome;
	message->detail = slice_text(detail);
	asked->done(asked->ctx, message);
	free_asked(asked);
}

/* An answer without content. */
void aws_asked_answer_empty(struct aws_asked *asked, enum message_outcome outcome,
			    const char *detail)
{
	struct message message = { .kind = asked->kind };

	if (asked->kind == MESSAGE_IDENTITY)
		message.identity.launched_at = message.identity.credentials_until =
			US_TIME_NONE;
	if (asked->kind == MESSAGE_PAGE)
		message.page.answered_at = US_TIME_NONE;
	aws_asked_answer(asked, outcome, detail, &message);
}

static int tell_refusal(sd_event_source *source, void *userdata)
{
	struct aws_asked *asked = userdata;

	(void)source;
	aws_asked_answer_empty(asked, asked->outcome, asked->why.text);
	return 0;
}

/* The outcome, `why` says the reason: told from the loop. */
void aws_asked_refuse(struct aws_asked *asked, enum message_outcome outcome)
{
	asked->outcome = outcome;
	if (sd_event_add_defer(asked->provider->client.event, &asked->refusal,
			       tell_refusal, asked) < 0)
		abort();
}

/* ---- who is this host ----------------------------------------------------------------
 */

/* The identity is known; whether there are credentials is a part of the answer, and why
 * not its detail. */
static void take_identity_credentials(void *ctx, enum message_outcome outcome,
				      const char *detail,
				      const struct aws_credentials *credentials)
{
	struct aws_asked *asked = ctx;
	const struct aws_identity *known = &asked->provider->client.identity;
	struct message message = {
		.identity = {
			.provider = SLICE("aws"),
			.instance = slice_text(known->instance),
			.account = slice_text(known->account),
			.region = slice_text(known->region),
			.private_ip_count = known->private_ip_count,
			.launched_at = known->launched_at,
			.has_credentials = outcome == OUTCOME_OK,
			.credentials_until = US_TIME_NONE,
		},
	};

	for (size_t i = 0; i < known->private_ip_count; i++)
		message.identity.private_ips[i] = slice_text(known->private_ips[i]);
	if (outcome == OUTCOME_OK) {
		message.identity.credentials_until = credentials->expires_at;
		message.identity.role = slice_text(credentials->role);
	}
	aws_asked_answer(asked, OUTCOME_OK, outcome == OUTCOME_OK ? "" : detail,
			 &message);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct aws_identity *identity)
{
	struct aws_asked *asked = ctx;

	if (outcome != OUTCOME_OK) {
		aws_asked_answer_empty(asked, outcome, detail);
		return;
	}
	aws_client_know(&asked->provider->client, identity);
	aws_role_get(&asked->provider->client, take_identity_credentials, asked);
}

/* ---- doctor --------------------------------------------------------------------------
 */

static void take_check(void *ctx, const struct check *check)
{
	struct message message = { .check = *check };

	aws_asked_answer(ctx, OUTCOME_OK, "", &message);
}

/* ---- the interface -------------------------------------------------------------------
 */

static bool is_here(void)
{
	return aws_is_here("");
}

static struct provider *open_provider(sd_event *event, struct http *http,
				      const struct config *config)
{
	struct provider *provider = memory_new(1, sizeof(*provider));

	aws_client_init(&provider->client, event, http, config);
	return provider;
}

/* The kind of the answer to a kind of request; 0 where there is none. */
static int answer_kind(enum message_kind asked)
{
	switch (asked) {
	case MESSAGE_ASK_IDENTITY:
		return MESSAGE_IDENTITY;
	case MESSAGE_ASK_PAGE:
		return MESSAGE_PAGE;
	case MESSAGE_ASK_CHECK:
		return MESSAGE_CHECK;
	default:
		return 0;
	}
}

static void ask(struct provider *provider, const struct message *message,
		provider_done_fn *done, void *ctx)
{
	int kind = answer_kind(message->kind);
	struct aws_asked *asked = new_asked(
		provider, kind ? (enum message_kind)kind : MESSAGE_PAGE, done, ctx);

	if (!kind || provider->asked_count > REQUESTS_MAX) {
		err_set(&asked->why, ERR_LIMIT,
			kind ? "too many requests at a time" : "no such request");
		aws_asked_refuse(asked, OUTCOME_BAD_REQUEST);
	} else if (kind == MESSAGE_IDENTITY) {
		aws_identity_get(provider->client.metadata, take_identity, asked);
	} else if (kind == MESSAGE_PAGE) {
		aws_page_begin(asked, &message->ask_page);
	} else {
		asked->check = aws_check_new(&provider->client, take_check, asked);
	}
}

static void close_provider(struct provider *provider)
{
	if (!provider)
		return;
	aws_client_release(&provider->client);
	while (provider->asked)
		free_asked(provider->asked);
	for (size_t i = 0; i < QUERY_COUNT; i++)
		free(provider->denials[i].detail);
	free(provider->large);
	free(provider);
}

const struct provider_ops provider_aws = {
	.name = "aws",
	.is_here = is_here,
	.open = open_provider,
	.ask = ask,
	.close = close_provider,
};
