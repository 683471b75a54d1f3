/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/provider.h"

#include <stdlib.h>

#include "base/memory.h"
#include "courier/gcp/here.h"
#include "courier/gcp/request.h"

/* ---- who is this host -------------------------------------------------------------- */

/* The identity is known; whether anything can be asked is a part of the answer, and why
 * not its detail. */
static void answer_identity(struct asked *asked, const struct bearer_state *state)
{
	const struct gcp_identity *known = &asked->list->provider->client.identity;
	const struct gcp_identity_texts *texts = &known->texts;
	struct message message = {
		.identity = {
			.provider = SLICE("gcp"),
			.instance = slice_text(texts->instance),
			.account = slice_text(texts->project),
			.region = slice_text(texts->region),
			.private_ip_count = texts->private_ips.count,
			.launched_at = asked->list->provider->client.config->identity
					       .launched_at,
			.has_credentials = state->outcome == OUTCOME_OK,
			.credentials_until = state->until,
			.role = slice_text(known->email),
		},
	};

	for (size_t i = 0; i < texts->private_ips.count; i++)
		message.identity.private_ips[i] = slice_text(texts->private_ips.texts[i]);
	tag_list_tell(&texts->tags, &message.identity);
	asked_answer(asked, OUTCOME_OK, state->detail, &message);
}

static void take_token(void *ctx, const struct bearer_state *state)
{
	answer_identity(ctx, state);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct gcp_identity *identity)
{
	struct asked *asked = ctx;
	struct gcp_client *client = &asked->list->provider->client;

	if (outcome != OUTCOME_OK) {
		asked_answer_empty(asked, outcome, detail);
		return;
	}
	gcp_client_know(client, identity);
	if (identity->account == OUTCOME_OK)
		bearer_get(client->bearer, take_token, asked);
	else
		answer_identity(asked, &(struct bearer_state){
					       .outcome = identity->account,
					       .detail = identity->why.text,
					       .until = US_TIME_NONE,
				       });
}

/* ---- doctor ------------------------------------------------------------------------ */

static void take_check(void *ctx, const struct check *check)
{
	struct message message = { .check = *check };

	asked_answer(ctx, OUTCOME_OK, "", &message);
}

/* ---- the interface ----------------------------------------------------------------- */

static bool is_here(void)
{
	return gcp_is_here("");
}

static const char *ca_file(const struct config *config)
{
	return config->gcp.ca_file;
}

static void release_asked(struct asked *base)
{
	struct gcp_asked *asked = (struct gcp_asked *)base;

	buf_release(&asked->token);
	gcp_key_texts_release(&asked->keys);
	gcp_check_free(asked->check);
}

static struct provider *open_provider(sd_event *event, struct http *http,
				      const struct config *config)
{
	struct provider *provider = memory_new(1, sizeof(*provider));

	gcp_client_init(&provider->client, event, http, config);
	provider->asked = (struct asked_list){
		.event = event,
		.provider = provider,
		.size_bytes = sizeof(struct gcp_asked),
		.release = release_asked,
	};
	return provider;
}

static void ask(struct provider *provider, const struct message *message,
		provider_done_fn *done, void *ctx)
{
	struct gcp_asked *asked =
		(struct gcp_asked *)asked_new(&provider->asked, message, done, ctx);

	if (!asked)
		return;
	if (asked->base.kind == MESSAGE_IDENTITY)
		gcp_identity_get(provider->client.source, take_identity, asked);
	else if (asked->base.kind == MESSAGE_PAGE)
		gcp_page_begin(asked, &message->ask_page);
	else
		asked->check = gcp_check_new(&provider->client, take_check, asked);
}

static void close_provider(struct provider *provider)
{
	if (!provider)
		return;
	/* first what could still call back */
	gcp_client_release(&provider->client);
	asked_list_release(&provider->asked);
	free(provider);
}

const struct provider_ops provider_gcp = {
	.name = "gcp",
	.is_here = is_here,
	.ca_file = ca_file,
	.open = open_provider,
	.ask = ask,
	.close = close_provider,
};
