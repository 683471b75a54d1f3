/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/check.h"

#include <stdlib.h>

#include "base/memory.h"
#include "courier/azure/activity.h"
#include "courier/check_lines.h"

#define LOOK_BACK (15 * US_PER_MINUTE)

/* Nothing has it: the smallest answer that still needs the permission. */
#define NO_CORRELATION_ID "00000000-0000-0000-0000-000000000000"

struct azure_check {
	struct azure_client *client; /* borrowed */
	azure_check_done_fn *done;
	void *ctx;
	struct check_lines lines;
};

static void finish(struct azure_check *check)
{
	struct check told;

	check_lines_tell(&check->lines, &told);
	check->done(check->ctx, &told);
}

static void add_permission(struct azure_check *check, const struct azure_answer *answer)
{
	const char *subscription = check->client->identity.subscription;
	const char *whose = bearer_client(check->client->bearer);

	if (answer->outcome == OUTCOME_OK)
		check_lines_add(&check->lines, OUTCOME_OK, AZURE_ACTIVITY_PERMISSION,
				"allowed");
	else if (answer->outcome == OUTCOME_DENIED)
		check_lines_add(&check->lines, OUTCOME_DENIED, AZURE_ACTIVITY_PERMISSION,
				"%.700s; grant it: az role assignment create --assignee "
				"%s --role \"Monitoring Reader\" --scope "
				"/subscriptions/%s (without it every login stays "
				"unverifiable)",
				answer->detail, *whose ? whose : "CLIENT_ID",
				subscription);
	else
		check_lines_add(&check->lines, answer->outcome, AZURE_ACTIVITY_PERMISSION,
				"%s", answer->detail);
}

static void take_page(void *ctx, const struct azure_answer *answer)
{
	struct azure_check *check = ctx;

	check_lines_add_clock(&check->lines, azure_client_now(check->client),
			      answer->answered_at);
	add_permission(check, answer);
	finish(check);
}

static void take_token(void *ctx, const struct bearer_state *state)
{
	struct azure_check *check = ctx;
	us_time now = azure_client_now(check->client);
	char until[TIME_TEXT_BYTES];

	if (state->outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, state->outcome, "credentials", "%s",
				state->detail);
		finish(check);
		return;
	}
	check_lines_add(
		&check->lines, OUTCOME_OK, "credentials",
		"an access token of the managed identity '%s', until %s", state->client,
		time_to_rfc3339(state->until / US_PER_SECOND * US_PER_SECOND, until));
	azure_call(check->client,
		   &(struct ask_page){
			   .query = QUERY_ACTIVITY,
			   .attribute = SLICE("correlationId"),
			   .value = SLICE(NO_CORRELATION_ID),
			   .from = now - LOOK_BACK,
			   .until = now,
		   },
		   take_page, check);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail)
{
	struct azure_check *check = ctx;
	struct azure_client *client = check->client;
	const struct azure_identity *identity = &client->identity;

	if (outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, outcome, "metadata", "%s", detail);
		finish(check);
		return;
	}
	check_lines_add(&check->lines, OUTCOME_OK, "metadata", "%s",
			client->config->identity.instance_id[0]
				? "not asked: [identity] says it all"
				: "answers");
	check_lines_add(
		&check->lines, OUTCOME_OK, "identity",
		"%.500s in %s, %zu private address%s, asks %s", identity->instance,
		*identity->region ? identity->region : "an unknown region",
		identity->private_ips.count, identity->private_ips.count == 1 ? "" : "es",
		client->origin.host);
	if (!client->config->azure.ask) {
		check_lines_add(&check->lines, OUTCOME_OK, AZURE_ACTIVITY_PERMISSION,
				"not asked: [azure] ask = no");
		finish(check);
		return;
	}
	/* the one at hand proves nothing about the identity as it is now */
	bearer_renew(client->bearer);
	bearer_get(client->bearer, take_token, check);
}

struct azure_check *azure_check_new(struct azure_client *client,
				    azure_check_done_fn *done, void *ctx)
{
	struct azure_check *check = memory_new(1, sizeof(*check));

	check->client = client;
	check->done = done;
	check->ctx = ctx;
	azure_identity_get(client, take_identity, check);
	return check;
}

void azure_check_free(struct azure_check *check)
{
	free(check);
}
