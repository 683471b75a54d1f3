/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/client.h"

#include <stdio.h>
#include <sys/random.h>

#include "base/limits.h"
#include "courier/gcp/api_error.h"

#define LOGGING_ENDPOINT "https://logging.googleapis.com"
#define ENTRIES_PATH "/v2/entries:list?prettyPrint=false"

/* An image may be cloned under a running courier: not believed for longer. */
#define IDENTITY_LIFE (5 * US_PER_MINUTE)

/* The quota is one of each minute, shared by all of a project, and who goes past it is
 * not told how long to wait: a minute, more or less, so that not all come back at once.
 */
#define QUOTA_PAUSE_LEAST (30 * US_PER_SECOND)
#define QUOTA_PAUSE_JITTER (60 * US_PER_SECOND)

static const struct metadata_service service = {
	.name = "the Google Cloud metadata server",
	.address = "http://169.254.169.254",
	.header = "Metadata-Flavor: Google",
	.is_google = true,
	.answer_limit = LIMIT_METADATA_VALUE_BYTES,
};

/* ---- what all share ---------------------------------------------------------------- */

static us_time monotonic(const struct gcp_client *client)
{
	uint64_t now = 0;

	sd_event_now(client->event, CLOCK_MONOTONIC, &now);
	return (us_time)now;
}

void gcp_client_init(struct gcp_client *client, sd_event *event, struct http *http,
		     const struct config *config)
{
	const char *configured = config->gcp.logging_endpoint;

	*client = (struct gcp_client){ .event = event, .config = config };
	client->metadata =
		metadata_new(event, http, &service, config->gcp.metadata_endpoint);
	client->source = gcp_identity_new(event, client->metadata, config);
	client->bearer = bearer_new(event, http, client->metadata, gcp_account_explain);
	bearer_set_path(client->bearer,
			GCP_METADATA_PATH "instance/service-accounts/default/token");
	if (origin_read(*configured ? configured : LOGGING_ENDPOINT, &client->logging,
			&client->why) < 0)
		client->logging.url[0] = '\0';
}

void gcp_client_release(struct gcp_client *client)
{
	bearer_free(client->bearer);
	gcp_identity_free(client->source);
	metadata_free(client->metadata);
}

void gcp_client_know(struct gcp_client *client, const struct gcp_identity *identity)
{
	client->identity = *identity;
	client->known_at = monotonic(client);
}

bool gcp_client_knows(const struct gcp_client *client)
{
	return client->known_at && monotonic(client) - client->known_at < IDENTITY_LIFE;
}

void gcp_client_ask(struct gcp_client *client, struct slice body, bearer_answer_fn *done,
		    void *ctx)
{
	char url[ORIGIN_URL_BYTES + sizeof(ENTRIES_PATH)];

	snprintf(url, sizeof(url), "%s" ENTRIES_PATH, client->logging.url);
	bearer_call(client->bearer,
		    &(struct bearer_request){
			    .method = "POST",
			    .url = url,
			    .body = body,
			    .answer_limit = LIMIT_API_ANSWER_BYTES,
		    },
		    done, ctx);
}

/* ---- what came back ---------------------------------------------------------------- */

static void describe_denial(const struct gcp_client *client,
			    const struct gcp_api_error *error,
			    char text[GCP_DETAIL_BYTES])
{
	const struct gcp_identity *own = &client->identity;
	const char *project = own->texts.project;
	const char *word = *error->word ? error->word : "403";

	switch (error->denial) {
	case GCP_DENIAL_SCOPE:
		snprintf(text, GCP_DETAIL_BYTES,
			 "the access scopes of this instance let its service account "
			 "'%s' read no logs (%s): add the scope " GCP_SCOPE_LOGGING
			 " (or cloud-platform), for which it has to be stopped",
			 own->email, word);
		return;
	case GCP_DENIAL_API:
		snprintf(text, GCP_DETAIL_BYTES,
			 "the project '%s' has not enabled the Cloud Logging API (%s): "
			 "enable logging.googleapis.com",
			 project, word);
		return;
	case GCP_DENIAL_POLICY:
		snprintf(text, GCP_DETAIL_BYTES,
			 "VPC Service Controls or a policy of the organization keep the "
			 "service account '%s' from the logs of the project '%s' (%s)",
			 own->email, project, word);
		return;
	case GCP_DENIAL_BILLING:
		snprintf(text, GCP_DETAIL_BYTES,
			 "the project '%s' has no billing account that is good (%s)",
			 project, word);
		return;
	default:
		snprintf(text, GCP_DETAIL_BYTES,
			 "the service account '%s' lacks logging.logEntries.list "
			 "(roles/logging.viewer has it) or, for data access logs, "
			 "logging.privateLogEntries.list (roles/logging.privateLogViewer "
			 "has it) in the project '%s' (%s)",
			 own->email, project, word);
		return;
	}
}

static void describe(const struct gcp_client *client, const struct gcp_api_error *error,
		     int status, char text[GCP_DETAIL_BYTES])
{
	const char *host = client->logging.host;
	const char *word = *error->word ? error->word : "no word of what is wrong";

	switch (error->outcome) {
	case OUTCOME_DENIED:
		describe_denial(client, error, text);
		return;
	case OUTCOME_NO_CREDENTIALS:
		snprintf(text, GCP_DETAIL_BYTES,
			 "%s refuses the access token of the service account '%s' (%s)",
			 host, client->identity.email, word);
		return;
	case OUTCOME_THROTTLED:
		snprintf(text, GCP_DETAIL_BYTES,
			 "%s has too many requests of the project '%s' (%d, %s): its "
			 "read requests a minute are all of its machines'",
			 host, client->identity.texts.project, status, word);
		return;
	default:
		snprintf(text, GCP_DETAIL_BYTES, "%s answers %d (%s)", host, status,
			 word);
		return;
	}
}

static us_span quota_pause(void)
{
	uint64_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = 0;
	return QUOTA_PAUSE_LEAST + (us_span)(random % (uint64_t)QUOTA_PAUSE_JITTER);
}

static void read_error(const struct gcp_client *client, const struct http_answer *http,
		       bool has_token, struct gcp_answer *answer)
{
	struct gcp_api_error error = gcp_api_error_read(http->status, http->body);

	answer->outcome = error.outcome;
	answer->retry_after = 0;
	describe(client, &error, http->status, answer->detail);
	if (error.outcome == OUTCOME_UNREACHABLE || error.outcome == OUTCOME_THROTTLED)
		answer->retry_after = bearer_retry_after(http);
	if (error.outcome == OUTCOME_THROTTLED && answer->retry_after == 0)
		answer->retry_after = quota_pause();
	if (error.outcome == OUTCOME_BAD_REQUEST && has_token) {
		answer->outcome = OUTCOME_BAD_ANSWER;
		snprintf(answer->detail, sizeof(answer->detail),
			 "%s answers %d (%s): the page token was refused",
			 client->logging.host, http->status, error.word);
	}
}

void gcp_client_read(const struct gcp_client *client, const struct bearer_answer *answer,
		     bool has_token, struct gcp_answer *ret_answer)
{
	const struct http_answer *http = answer->http;

	*ret_answer = (struct gcp_answer){
		.outcome = answer->outcome,
		.is_too_large = answer->is_too_large,
		.answered_at = http ? http->date : US_TIME_NONE,
	};
	if (!http)
		snprintf(ret_answer->detail, sizeof(ret_answer->detail),
			 "cannot ask %s: %s", client->logging.host, answer->detail);
	else if (http->status == 200)
		ret_answer->body = http->body;
	else
		read_error(client, http, has_token, ret_answer);
}
