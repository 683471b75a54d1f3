/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/provider.h"

#include <stdlib.h>

#include "base/memory.h"
#include "courier/aws/check.h"
#include "courier/aws/here.h"
#include "courier/aws/request.h"
#include "courier/tag_list.h"

/* ---- who is this host ----------------------------------------------------------------
 */

/* The identity is known; whether there are credentials is a part of the answer, and why
 * not its detail. */
static void take_identity_credentials(void *ctx, enum message_outcome outcome,
				      const char *detail,
				      const struct aws_credentials *credentials)
{
	struct asked *asked = ctx;
	const struct aws_identity *known = &asked->list->provider->client.identity;
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
	if (known->tags)
		tag_list_tell(known->tags, &message.identity);
	if (outcome == OUTCOME_OK) {
		message.identity.credentials_until = credentials->expires_at;
		message.identity.role = slice_text(credentials->role);
	}
	asked_answer(asked, OUTCOME_OK, outcome == OUTCOME_OK ? "" : detail, &message);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct aws_identity *identity)
{
	struct asked *asked = ctx;

	if (outcome != OUTCOME_OK) {
		asked_answer_empty(asked, outcome, detail);
		return;
	}
	aws_client_know(&asked->list->provider->client, identity);
	aws_role_get(&asked->list->provider->client, take_identity_credentials, asked);
}

/* ---- doctor --------------------------------------------------------------------------
 */

static void take_check(void *ctx, const struct check *check)
{
	struct message message = { .check = *check };

	asked_answer(ctx, OUTCOME_OK, "", &message);
}

/* ---- the interface -------------------------------------------------------------------
 */

static bool is_here(void)
{
	return aws_is_here("");
}

static const char *ca_file(const struct config *config)
{
	return config->aws.ca_file;
}

static void release_asked(struct asked *asked)
{
	aws_check_free(((struct aws_asked *)asked)->check);
}

static struct provider *open_provider(sd_event *event, struct http *http,
				      const struct config *config)
{
	struct provider *provider = memory_new(1, sizeof(*provider));

	aws_client_init(&provider->client, event, http, config);
	provider->asked = (struct asked_list){
		.event = event,
		.provider = provider,
		.size_bytes = sizeof(struct aws_asked),
		.release = release_asked,
	};
	return provider;
}

static void ask(struct provider *provider, const struct message *message,
		provider_done_fn *done, void *ctx)
{
	struct asked *common = asked_new(&provider->asked, message, done, ctx);
	struct aws_asked *asked = (struct aws_asked *)common;

	if (!common)
		return;
	if (common->kind == MESSAGE_IDENTITY)
		aws_identity_get(provider->client.metadata, take_identity, common);
	else if (common->kind == MESSAGE_PAGE)
		aws_page_begin(asked, &message->ask_page);
	else
		asked->check = aws_check_new(&provider->client, take_check, common);
}

static void close_provider(struct provider *provider)
{
	if (!provider)
		return;
	aws_client_release(&provider->client);
	asked_list_release(&provider->asked);
	for (size_t i = 0; i < QUERY_COUNT; i++)
		free(provider->denials[i].detail);
	free(provider->large);
	free(provider);
}

const struct provider_ops provider_aws = {
	.name = "aws",
	.is_here = is_here,
	.ca_file = ca_file,
	.open = open_provider,
	.ask = ask,
	.close = close_provider,
};
