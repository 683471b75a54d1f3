/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/check.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/check_lines.h"
#include "courier/gcp/entries.h"

/* How far back the newest entry is looked for. */
#define LOOK_BACK US_PER_DAY

struct gcp_check {
	struct gcp_client *client; /* borrowed */
	struct check_lines lines;
	size_t permission; /* being tried */
	gcp_check_done_fn *done;
	void *ctx;
};

/* What each permission is for. Who lacks the second is not refused: what it is about is
 * left out of the answer. */
static const struct {
	const char *permission;
	struct slice attribute;
	const char *without, *when_empty;
} permissions[] = {
	{ "logging.logEntries.list",
	  { "newest", 6 },
	  "without it no API call can be known",
	  "allowed; the project has logged nothing in the last day" },
	{ "logging.privateLogEntries.list",
	  { GCP_ENTRIES_DATA_ACCESS, sizeof(GCP_ENTRIES_DATA_ACCESS) - 1 },
	  "without it logins through OS Login and IAP cannot be vouched for",
	  "no data access entry of the last day is to be seen: none was written, or the "
	  "service account lacks it (roles/logging.privateLogViewer has it)" },
};

#define PERMISSION_COUNT (sizeof(permissions) / sizeof(permissions[0]))

static us_time wall_clock(const struct gcp_check *check)
{
	uint64_t now = 0;

	sd_event_now(check->client->event, CLOCK_REALTIME, &now);
	return (us_time)now;
}

static void finish(struct gcp_check *check)
{
	struct check told;

	check_lines_tell(&check->lines, &told);
	check->done(check->ctx, &told);
}

static void ask_next(struct gcp_check *check);

static void tell_permission(struct gcp_check *check, const struct gcp_answer *answer)
{
	size_t row = check->permission;
	const char *name = permissions[row].permission;
	AUTO_BUF struct buf token = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	bool is_empty;
	struct err err;

	if (answer->outcome == OUTCOME_DENIED)
		check_lines_add(&check->lines, OUTCOME_DENIED, name, "%s (%s)",
				answer->detail, permissions[row].without);
	else if (answer->outcome != OUTCOME_OK)
		check_lines_add(&check->lines, answer->outcome, name, "%s",
				answer->detail);
	else if (gcp_entries_read(answer->body, &token, &is_empty, &err) < 0)
		check_lines_add(&check->lines, OUTCOME_BAD_ANSWER, name, "%s", err.text);
	else
		check_lines_add(&check->lines, OUTCOME_OK, name, "%s",
				is_empty ? permissions[row].when_empty : "allowed");
}

static void take_answer(void *ctx, const struct bearer_answer *given)
{
	struct gcp_check *check = ctx;
	struct gcp_answer answer;

	gcp_client_read(check->client, given, false, &answer);
	check_lines_add_clock(&check->lines, wall_clock(check), answer.answered_at);
	tell_permission(check, &answer);
	check->permission++;
	ask_next(check);
}

static void ask_next(struct gcp_check *check)
{
	AUTO_BUF struct buf body = BUF_LIMIT(GCP_ENTRIES_BODY_BYTES);
	us_time now = wall_clock(check);
	struct err err;

	if (check->permission == PERMISSION_COUNT) {
		finish(check);
		return;
	}
	if (gcp_entries_write(
		    &(struct ask_page){ .attribute =
						permissions[check->permission].attribute,
					.from = now - LOOK_BACK,
					.until = now },
		    check->client->identity.texts.project, 0, &body, &err) < 0) {
		check_lines_add(&check->lines, OUTCOME_BAD_REQUEST,
				permissions[check->permission].permission, "%s",
				err.text);
		finish(check);
		return;
	}
	gcp_client_ask(check->client, buf_slice(&body), take_answer, check);
}

/* ---- before anything is asked of Cloud Logging ------------------------------------- */

static void take_token(void *ctx, const struct bearer_state *state)
{
	struct gcp_check *check = ctx;
	char until[TIME_TEXT_BYTES];

	if (state->outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, state->outcome, "credentials", "%s",
				state->detail);
		finish(check);
		return;
	}
	check_lines_add(&check->lines, OUTCOME_OK, "credentials",
			"of the service account '%s', until %s",
			check->client->identity.email,
			time_to_rfc3339(state->until, until));
	ask_next(check);
}

static void begin_asking(struct gcp_check *check)
{
	struct gcp_client *client = check->client;

	if (!client->config->gcp.ask) {
		check_lines_add(&check->lines, OUTCOME_OK, permissions[0].permission,
				"not asked: [gcp] ask = no");
		finish(check);
	} else if (client->identity.account != OUTCOME_OK) {
		check_lines_add(&check->lines, client->identity.account, "credentials",
				"%s", client->identity.why.text);
		finish(check);
	} else if (!client->logging.url[0]) {
		check_lines_add(&check->lines, OUTCOME_BAD_REQUEST,
				permissions[0].permission, "%s", client->why.text);
		finish(check);
	} else {
		/* the one at hand proves nothing about the account as it is now */
		bearer_renew(client->bearer);
		bearer_get(client->bearer, take_token, check);
	}
}

static void take_identity(void *ctx, enum message_outcome outcome, const char *detail,
			  const struct gcp_identity *identity)
{
	struct gcp_check *check = ctx;
	const struct gcp_identity_texts *texts;

	if (outcome != OUTCOME_OK) {
		check_lines_add(&check->lines, outcome, "metadata", "%s", detail);
		finish(check);
		return;
	}
	texts = &identity->texts;
	check_lines_add(&check->lines, OUTCOME_OK, "metadata", "%s",
			check->client->config->identity.instance_id[0]
				? "not asked for who this is: [identity] says it"
				: "answers");
	check_lines_add(&check->lines, OUTCOME_OK, "identity",
			"instance %s of the project %s in %s, %zu private address%s",
			texts->instance, texts->project, texts->region,
			texts->private_ips.count,
			texts->private_ips.count == 1 ? "" : "es");
	gcp_client_know(check->client, identity);
	begin_asking(check);
}

struct gcp_check *gcp_check_new(struct gcp_client *client, gcp_check_done_fn *done,
				void *ctx)
{
	struct gcp_check *check = memory_new(1, sizeof(*check));

	check->client = client;
	check->done = done;
	check->ctx = ctx;
	gcp_identity_get(client->source, take_identity, check);
	return check;
}

void gcp_check_free(struct gcp_check *check)
{
	free(check);
}
