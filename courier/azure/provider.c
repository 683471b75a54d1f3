/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/provider.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "courier/azure/here.h"
#include "courier/azure/request.h"

static_assert(ADDRESS_LIST_MAX <= MESSAGE_LIST_MAX, "all addresses can be told");

/* ---- who is this host ----------------------------------------------------------------
 */

/* The identity is known; whether there is a token is a part of the answer, and why not
 * its detail. */
static void take_token(void *ctx, const struct bearer_state *state)
{
	struct asked *asked = ctx;
	const struct azure_client *client = &asked->list->provider->client;
	const struct azure_identity *known = &client->identity;
	struct message message = {
		.identity = {
			.provider = SLICE("azure"),
			.instance = slice_text(known->instance),
			.account = slice_text(known->subscription),
			.region = slice_text(known->region),
			.private_ip_count = known->private_ips.count,
			.launched_at = client->config->identity.launched_at,
			.has_credentials = state->outcome == OUTCOME_OK,
			.credentials_until = state->until,
			.role = slice_text(state->client),
		},
	};

	for (size_t i = 0; i < known->private_ips.count; i++)
		message.identity.private_ips[i] = slice_text(known->private_ips.texts[i]);
	tag_list_tell(&known->tags, &message.identity);
	asked_answer(asked, OUTCOME_OK, state->detail, &message);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail)
{
	struct asked *asked = ctx;

	if (outcome == OUTCOME_OK)
		bearer_get(asked->list->provider->client.bearer, take_token, asked);
	else
		asked_answer_empty(asked, outcome, detail);
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
	return azure_is_here("");
}

static const char *ca_file(const struct config *config)
{
	return config->azure.ca_file;
}

static void release_asked(struct asked *asked)
{
	azure_check_free(((struct azure_asked *)asked)->check);
}

static struct provider *open_provider(sd_event *event, struct http *http,
				      const struct config *config)
{
	struct provider *provider = memory_new(1, sizeof(*provider));

	azure_client_init(&provider->client, event, http, config);
	provider->asked = (struct asked_list){
		.event = event,
		.provider = provider,
		.size_bytes = sizeof(struct azure_asked),
		.release = release_asked,
	};
	return provider;
}

static void ask(struct provider *provider, const struct message *message,
		provider_done_fn *done, void *ctx)
{
	struct asked *common = asked_new(&provider->asked, message, done, ctx);
	struct azure_asked *asked = (struct azure_asked *)common;

	if (!common)
		return;
	if (common->kind == MESSAGE_IDENTITY)
		azure_identity_get(&provider->client, take_identity, common);
	else if (common->kind == MESSAGE_PAGE)
		azure_page_begin(common, &message->ask_page);
	else
		asked->check = azure_check_new(&provider->client, take_check, common);
}

static void close_provider(struct provider *provider)
{
	if (!provider)
		return;
	azure_client_release(&provider->client);
	asked_list_release(&provider->asked);
	free(provider);
}

const struct provider_ops provider_azure = {
	.name = "azure",
	.is_here = is_here,
	.ca_file = ca_file,
	.open = open_provider,
	.ask = ask,
	.close = close_provider,
};
