/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The role of [aws] role_arn: credentials from STS AssumeRole, asked with the instance's
 * own, kept until shortly before they expire. Its session is named as the instance's own
 * would be, by the instance id, so that the calls made with it can be looked up by that
 * user name. Many may ask at the same time: they share one fetch.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/client.h"
#include "courier/aws/sts.h"
#include "courier/wipe.h"

/* Fetched anew when they live shorter than this. */
#define LEAST_LIFE (5 * US_PER_MINUTE)

#define QUESTION_BYTES ((size_t)16 * 1024)
#define WAITING_MAX 64
#define DETAIL_BYTES 4096

struct waiting {
	aws_credentials_done_fn *done;
	void *ctx;
};

struct aws_role {
	char *access_key_id, *secret_access_key, *session_token; /* NULL = none */
	us_time expires_at;
	struct waiting waiting[WAITING_MAX];
	size_t waiting_count;
	sd_event_source *soon; /* answers from the loop what is at hand */
};

static void forget(struct aws_role *role)
{
	wipe_free(role->access_key_id);
	wipe_free(role->secret_access_key);
	wipe_free(role->session_token);
	role->access_key_id = role->secret_access_key = role->session_token = NULL;
}

void aws_role_free(struct aws_role *role)
{
	if (!role)
		return;
	forget(role);
	sd_event_source_disable_unref(role->soon);
	free(role);
}

/* Answers all who wait; each may ask again at once. */
static void tell(struct aws_client *client, enum message_outcome outcome,
		 const char *detail)
{
	struct aws_role *role = client->role;
	struct aws_credentials credentials = {
		.access_key_id = role->access_key_id,
		.secret_access_key = role->secret_access_key,
		.session_token = role->session_token,
		.expires_at = role->expires_at,
		.role = client->config->aws.role_arn,
	};
	struct waiting waiting[WAITING_MAX];
	size_t count = role->waiting_count;

	memcpy(waiting, role->waiting, sizeof(waiting));
	role->waiting_count = 0;
	for (size_t i = 0; i < count; i++)
		waiting[i].done(waiting[i].ctx, outcome, detail,
				outcome == OUTCOME_OK ? &credentials : NULL);
}

static void keep(struct aws_role *role, const struct sts_credentials *fresh)
{
	forget(role);
	role->access_key_id = memory_copy_text(fresh->access_key_id);
	role->secret_access_key = memory_copy_text(fresh->secret_access_key);
	role->session_token = memory_copy_text(fresh->session_token);
	role->expires_at = fresh->expires_at;
}

/* A denial may be either side's: both are named. */
static void tell_failure(struct aws_client *client, const struct aws_answer *answer)
{
	char detail[DETAIL_BYTES];

	if (answer->outcome != OUTCOME_DENIED) {
		tell(client, answer->outcome, answer->detail);
		return;
	}
	snprintf(detail, sizeof(detail),
		 "%s: its policy must allow it on '%s', whose trust policy must name it "
		 "(and the external id, if it asks for one)",
		 answer->detail, client->config->aws.role_arn);
	tell(client, OUTCOME_DENIED, detail);
}

static void take_assumed(void *ctx, const struct aws_answer *answer)
{
	struct aws_client *client = ctx;
	struct sts_credentials fresh;
	struct err err;

	if (answer->outcome != OUTCOME_OK) {
		tell_failure(client, answer);
		return;
	}
	if (sts_read(answer->body, &fresh, &err) < 0) {
		err_add(&err, "the answer to sts:AssumeRole is none");
		tell(client, OUTCOME_BAD_ANSWER, err.text);
		return;
	}
	if (fresh.expires_at <= aws_client_now(client)) {
		tell(client, OUTCOME_NO_CREDENTIALS,
		     "sts:AssumeRole gives credentials that are expired");
		return;
	}
	keep(client->role, &fresh);
	tell(client, OUTCOME_OK, "");
}

static bool is_fresh(const struct aws_client *client)
{
	return client->role->access_key_id &&
	       client->role->expires_at - aws_client_now(client) > LEAST_LIFE;
}

static void assume(struct aws_client *client)
{
	AUTO_BUF struct buf body = BUF_LIMIT(QUESTION_BYTES);
	const struct config *config = client->config;
	struct err err;

	if (sts_write(config->aws.role_arn, config->aws.external_id,
		      client->identity.instance, &body, &err) < 0) {
		tell(client, OUTCOME_BAD_REQUEST, err.text);
		return;
	}
	aws_call(client,
		 &(struct aws_request){
			 .service = "sts",
			 .configured = config->aws.sts_endpoint,
			 .permission = "sts:AssumeRole",
			 .body = buf_slice(&body),
			 .answer_limit = LIMIT_API_ERROR_BYTES,
			 .as_instance = true,
		 },
		 take_assumed, client);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct aws_identity *identity)
{
	struct aws_client *client = ctx;

	if (outcome != OUTCOME_OK) {
		tell(client, outcome, detail);
		return;
	}
	aws_client_know(client, identity);
	assume(client);
}

/* From the loop: what is at hand is told, what is not is asked for. */
static int begin(sd_event_source *source, void *userdata)
{
	struct aws_client *client = userdata;

	(void)source;
	client->role->soon = sd_event_source_unref(client->role->soon);
	if (is_fresh(client))
		tell(client, OUTCOME_OK, "");
	else if (aws_client_knows(client))
		assume(client);
	else
		aws_identity_get(client->metadata, take_identity, client);
	return 0;
}

void aws_role_get(struct aws_client *client, aws_credentials_done_fn *done, void *ctx)
{
	struct aws_role *role = client->role;

	if (!client->config->aws.role_arn[0]) {
		aws_credentials_get(client->metadata, done, ctx);
		return;
	}
	if (!role)
		role = client->role = memory_new(1, sizeof(*role));
	/* the daemon asks one thing after the other: more is a fault of ours */
	if (role->waiting_count == WAITING_MAX)
		abort();
	role->waiting[role->waiting_count++] = (struct waiting){ done, ctx };
	if (role->waiting_count == 1 &&
	    sd_event_add_defer(client->event, &role->soon, begin, client) < 0)
		abort();
}

void aws_role_renew(struct aws_client *client)
{
	aws_credentials_renew(client->metadata);
	if (client->role)
		forget(client->role);
}
