/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/client.h"

#include "courier/aws/call.h"
#include "courier/tag_list.h"

/* An image may be cloned under a running courier: not believed for longer. */
#define IDENTITY_LIFE (5 * US_PER_MINUTE)

void aws_client_init(struct aws_client *client, sd_event *event, struct http *http,
		     const struct config *config)
{
	*client = (struct aws_client){
		.event = event,
		.http = http,
		.config = config,
		.metadata = aws_metadata_new(event, http, config),
	};
	arena_init(&client->texts);
}

void aws_client_release(struct aws_client *client)
{
	/* first what could still call back */
	aws_metadata_free(client->metadata);
	client->metadata = NULL;
	while (client->calls)
		aws_call_free(client->calls);
	aws_role_free(client->role);
	client->role = NULL;
	arena_release(&client->texts);
	client->identity.instance = NULL;
}

us_time aws_client_now(const struct aws_client *client)
{
	uint64_t now = 0;

	sd_event_now(client->event, CLOCK_REALTIME, &now);
	return (us_time)now + client->clock_offset;
}

us_time aws_client_monotonic(const struct aws_client *client)
{
	uint64_t now = 0;

	sd_event_now(client->event, CLOCK_MONOTONIC, &now);
	return (us_time)now;
}

static const char *copy(struct aws_client *client, const char *text)
{
	return arena_copy(&client->texts, slice_text(text)).ptr;
}

static const struct tag_list *copy_tags(struct aws_client *client,
					const struct tag_list *tags)
{
	struct tag_list *kept = tags ? arena_new(&client->texts, sizeof(*kept)) : NULL;

	if (kept)
		*kept = *tags;
	return kept;
}

void aws_client_know(struct aws_client *client, const struct aws_identity *identity)
{
	struct aws_identity known = *identity;

	arena_release(&client->texts);
	arena_init(&client->texts);
	known.instance = copy(client, identity->instance);
	known.account = copy(client, identity->account);
	known.region = copy(client, identity->region);
	known.domain = copy(client, identity->domain);
	for (size_t i = 0; i < known.private_ip_count; i++)
		known.private_ips[i] = copy(client, identity->private_ips[i]);
	known.tags = copy_tags(client, identity->tags);
	client->identity = known;
	client->known_at = aws_client_monotonic(client);
}

bool aws_client_knows(const struct aws_client *client)
{
	return client->identity.instance &&
	       aws_client_monotonic(client) - client->known_at < IDENTITY_LIFE;
}
