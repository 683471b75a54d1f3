/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/client.h"

#include <stdlib.h>

#include "base/memory.h"
#include "courier/azure/answer_error.h"
#include "courier/azure/call.h"
#include "courier/azure/environment.h"

#define TOKEN_PATH "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="

/* "Retry guidance", How to use managed identities on an Azure VM: 404 while IMDS is
 * updating, 410 while it is being moved. */
static const struct metadata_service azure_metadata = {
	.name = "Azure instance metadata",
	.address = "http://169.254.169.254",
	.header = "Metadata: true",
	.again = { 404, 410 },
};

struct azure_asker {
	struct azure_asker *next;
	azure_identity_fn *done;
	void *ctx;
};

static us_time clock_of(const struct azure_client *client, clockid_t clock)
{
	uint64_t now = 0;

	sd_event_now(client->event, clock, &now);
	return (us_time)now;
}

us_time azure_client_now(const struct azure_client *client)
{
	return clock_of(client, CLOCK_REALTIME);
}

us_time azure_client_monotonic(const struct azure_client *client)
{
	return clock_of(client, CLOCK_MONOTONIC);
}

/* Tells all who asked. Whoever asks from within is not among them. */
static void tell(struct azure_client *client, enum message_outcome outcome,
		 const char *detail)
{
	struct azure_asker *askers = client->askers;

	client->is_asking = false;
	client->askers = NULL;
	while (askers) {
		struct azure_asker *asker = askers;
		azure_identity_fn *done = asker->done;
		void *ctx = asker->ctx;

		askers = asker->next;
		free(asker);
		done(ctx, outcome, detail);
	}
}

/* ---- where to ask -------------------------------------------------------------------
 */

/* What the token is for: the environment's endpoint, whichever is configured. */
static int set_token_path(struct azure_client *client, const char *resource,
			  struct err *err)
{
	const char *client_id = client->config->azure.client_id;
	AUTO_BUF struct buf path = BUF_LIMIT(1024);

	buf_append_text(&path, TOKEN_PATH);
	origin_append_encoded(&path, slice_text(resource));
	origin_append_encoded(&path, SLICE("/"));
	if (client_id[0]) {
		buf_append_text(&path, "&client_id=");
		origin_append_encoded(&path, slice_text(client_id));
	}
	if (buf_overflowed(&path))
		return err_set(err, ERR_LIMIT, "[azure] client_id is too long");
	bearer_set_path(client->bearer, buf_text(&path));
	return 0;
}

static int set_place(struct azure_client *client, struct err *err)
{
	const struct azure_identity *identity = &client->identity;
	const char *configured = client->config->azure.management_endpoint;
	const struct azure_environment *environment = azure_environment_find(
		slice_text(identity->environment), slice_text(identity->region));

	if (!environment && !configured[0])
		return err_set(err, ERR_USAGE,
			       "the Azure cloud '%s' is none that is known: name its "
			       "endpoint in [azure] management_endpoint",
			       identity->environment);
	if (origin_read(configured[0] ? configured : environment->endpoint,
			&client->origin, err) < 0)
		return -1;
	return set_token_path(
		client, environment ? environment->endpoint : client->origin.url, err);
}

/* ---- who is this machine ------------------------------------------------------------
 */

static int apply_config(const struct config *config, struct azure_identity *identity,
			struct err *err)
{
	if (azure_identity_set_instance(
		    identity, slice_text(config->identity.instance_id), err) < 0 ||
	    azure_identity_set_subscription(
		    identity, slice_text(config->identity.account), err) < 0 ||
	    azure_identity_set_region(identity, slice_text(config->identity.region),
				      err) < 0)
		return err_add(err, "[identity]");
	if (config->identity.private_ips.count > 0)
		identity->private_ips.count = 0;
	for (size_t i = 0; i < config->identity.private_ips.count; i++)
		address_list_add(&identity->private_ips,
				 slice_text(config->identity.private_ips.items[i]));
	tag_list_configure(&identity->tags, &config->identity.tags);
	return 0;
}

/* What was found, and over it what was configured. */
static void conclude(struct azure_client *client, const struct azure_identity *found)
{
	struct azure_identity identity = *found;
	struct err err;

	if (apply_config(client->config, &identity, &err) < 0) {
		tell(client, OUTCOME_BAD_REQUEST, err.text);
		return;
	}
	client->identity = identity;
	client->known_at = azure_client_monotonic(client);
	if (set_place(client, &err) < 0) {
		client->identity.instance[0] = '\0';
		tell(client, OUTCOME_BAD_REQUEST, err.text);
		return;
	}
	tell(client, OUTCOME_OK, "");
}

static int conclude_unasked(sd_event_source *source, void *userdata)
{
	static const struct azure_identity nothing;

	(void)source;
	conclude(userdata, &nothing);
	return 0;
}

static void take_instance(void *ctx, const struct metadata_answer *answer)
{
	struct azure_client *client = ctx;
	struct azure_identity identity;
	struct err err;

	if (answer->outcome != OUTCOME_OK)
		tell(client, answer->outcome, answer->detail);
	else if (azure_identity_read(&identity, answer->body, &err) < 0)
		tell(client, OUTCOME_BAD_ANSWER, err.text);
	else
		conclude(client, &identity);
}

void azure_identity_get(struct azure_client *client, azure_identity_fn *done, void *ctx)
{
	struct azure_asker *asker = memory_new(1, sizeof(*asker));

	*asker = (struct azure_asker){ client->askers, done, ctx };
	client->askers = asker;
	if (client->is_asking)
		return;
	client->is_asking = true;
	if (!client->config->identity.instance_id[0]) {
		metadata_get(client->metadata, AZURE_INSTANCE_PATH, take_instance,
			     client);
		return;
	}
	sd_event_source_disable_unref(client->unasked);
	client->unasked = NULL;
	if (sd_event_add_defer(client->event, &client->unasked, conclude_unasked,
			       client) < 0)
		abort();
}

/* ---- the whole ----------------------------------------------------------------------
 */

static enum message_outcome explain(const struct metadata_answer *answer, struct err *why)
{
	return azure_token_error_read(answer->status, answer->body, why);
}

void azure_client_init(struct azure_client *client, sd_event *event, struct http *http,
		       const struct config *config)
{
	*client = (struct azure_client){
		.event = event,
		.config = config,
		.metadata = metadata_new(event, http, &azure_metadata,
					 config->azure.metadata_endpoint),
	};
	client->bearer = bearer_new(event, http, client->metadata, explain);
}

void azure_client_release(struct azure_client *client)
{
	bearer_free(client->bearer);
	metadata_free(client->metadata);
	while (client->calls)
		azure_call_free(client->calls);
	while (client->askers) {
		struct azure_asker *asker = client->askers;

		client->askers = asker->next;
		free(asker);
	}
	sd_event_source_disable_unref(client->unasked);
	*client = (struct azure_client){ .event = NULL };
}
