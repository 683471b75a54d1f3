/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/check.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/cloudtrail.h"
#include "courier/aws/systems_manager.h"
#include "courier/check_lines.h"

#define LOOK_BACK (15 * US_PER_MINUTE)

struct aws_check {
	struct aws_client *client; /* borrowed */
	aws_check_done_fn *done;
	void *ctx;
	struct check_lines lines;
	size_t permission; /* the row of `permissions` that is asked */
	us_time began_at;  /* and when */
};

/* The smallest question that needs each permission. */
static void ask_trail(const struct aws_client *client, struct buf *body);
static void ask_sessions(const struct aws_client *client, struct buf *body);
static void ask_commands(const struct aws_client *client, struct buf *body);

static const struct {
	const struct aws_query *query;
	void (*write)(const struct aws_client *client, struct buf *body);
	const char *without; /* what is lost */
} permissions[] = {
	{ &query_trail, ask_trail, "without it every login stays unverifiable" },
	{ &query_session, ask_sessions,
	  "optional: with it sessions are vouched for minutes earlier" },
	{ &query_command, ask_commands,
	  "optional: with it commands are vouched for minutes earlier" },
};
#define PERMISSION_COUNT (sizeof(permissions) / sizeof(permissions[0]))

static void ask_trail(const struct aws_client *client, struct buf *body)
{
	int64_t now = aws_client_now(client) / US_PER_SECOND;
	struct json_writer writer;

	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_number(&writer, "StartTime", now - LOOK_BACK / US_PER_SECOND);
	json_put_number(&writer, "EndTime", now);
	json_put_number(&writer, "MaxResults", 1);
	json_close_object(&writer);
}

static void ask_sessions(const struct aws_client *client, struct buf *body)
{
	(void)client;
	buf_append_text(body, "{\"State\":\"History\",\"MaxResults\":1}");
}

static void ask_commands(const struct aws_client *client, struct buf *body)
{
	(void)client;
	buf_append_text(body, "{\"MaxResults\":1}");
}

static void finish(struct aws_check *check)
{
	struct check told;

	check_lines_tell(&check->lines, &told);
	check->done(check->ctx, &told);
}

static void ask_next(struct aws_check *check);

static void add_permission(struct check_lines *lines, size_t row,
			   const struct aws_answer *answer)
{
	const char *permission = permissions[row].query->permission;

	if (answer->outcome == OUTCOME_OK)
		check_lines_add(lines, OUTCOME_OK, permission, "allowed");
	else if (answer->outcome == OUTCOME_DENIED)
		check_lines_add(
			lines, OUTCOME_DENIED, permission,
			"%.700s; add to a policy of the role: {\"Effect\":\"Allow\","
			"\"Action\":\"%s\",\"Resource\":\"*\"} (%s)",
			answer->detail, permission, permissions[row].without);
	else
		check_lines_add(lines, answer->outcome, permission, "%s", answer->detail);
}

static void take_answer(void *ctx, const struct aws_answer *answer)
{
	struct aws_check *check = ctx;
	size_t row = check->permission++;

	check_lines_add_clock(&check->lines,
			      aws_client_now(check->client) - check->client->clock_offset,
			      answer->answered_at);
	add_permission(&check->lines, row, answer);
	ask_next(check);
}

static const char *configured(const struct config *config, const struct aws_query *query)
{
	return query == &query_trail ? config->aws.cloudtrail_endpoint
				     : config->aws.ssm_endpoint;
}

static void ask_next(struct aws_check *check)
{
	const struct aws_client *client = check->client;
	AUTO_BUF struct buf body = BUF_LIMIT(1024);
	const struct aws_query *query;

	while (check->permission < PERMISSION_COUNT &&
	       permissions[check->permission].query->is_optional &&
	       !client->config->aws.ask_ssm)
		check->permission++;
	if (check->permission == PERMISSION_COUNT) {
		finish(check);
		return;
	}
	query = permissions[check->permission].query;
	permissions[check->permission].write(client, &body);
	aws_call(check->client,
		 &(struct aws_request){
			 .service = query->service,
			 .configured = configured(client->config, query),
			 .target = query->target,
			 .permission = query->permission,
			 .body = buf_slice(&body),
			 .answer_limit = LIMIT_API_ANSWER_BYTES,
		 },
		 take_answer, check);
}

static void take_credentials(void *ctx, enum message_outcome outcome, const char *detail,
			     const struct aws_credentials *credentials)
{
	struct aws_check *check = ctx;
	char until[TIME_TEXT_BYTES];

	if (outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, outcome, "credentials", "%s", detail);
		finish(check);
		return;
	}
	check_lines_add(&check->lines, OUTCOME_OK, "credentials",
			"of the role '%.300s', until %s",
			credentials->role ? credentials->role : "",
			credentials->expires_at == US_TIME_NONE
				? "an unknown time"
				: time_to_rfc3339(credentials->expires_at, until));
	ask_next(check);
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct aws_identity *identity)
{
	struct aws_check *check = ctx;

	if (outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, outcome, "metadata", "%s", detail);
		finish(check);
		return;
	}
	check_lines_add(&check->lines, OUTCOME_OK, "metadata", "%s",
			check->client->config->identity.instance_id[0]
				? "not asked: [identity] says it all"
				: "answers (IMDSv2)");
	check_lines_add(&check->lines, OUTCOME_OK, "identity",
			"instance %.64s of account %.64s in %.64s, %zu private address%s",
			identity->instance, identity->account, identity->region,
			identity->private_ip_count,
			identity->private_ip_count == 1 ? "" : "es");
	aws_client_know(check->client, identity);
	if (!check->client->config->aws.ask) {
		check_lines_add(&check->lines, OUTCOME_OK,
				permissions[0].query->permission,
				"not asked: [aws] ask = no");
		finish(check);
		return;
	}
	/* those at hand prove nothing about the role as it is now */
	aws_role_renew(check->client);
	aws_role_get(check->client, take_credentials, check);
}

struct aws_check *aws_check_new(struct aws_client *client, aws_check_done_fn *done,
				void *ctx)
{
	struct aws_check *check = memory_new(1, sizeof(*check));

	check->client = client;
	check->done = done;
	check->ctx = ctx;
	aws_identity_get(client->metadata, take_identity, check);
	return check;
}

void aws_check_free(struct aws_check *check)
{
	free(check);
}
