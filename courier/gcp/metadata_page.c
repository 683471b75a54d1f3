/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the daemon asks of the metadata server itself, as it is now: which SSH keys are
 * set, and who a user of OS Login is. (Which options open doors: options.c.)
 */
#include "base/json.h"
#include "base/limits.h"
#include "courier/gcp/request.h"

#define PATH_BYTES 128

/* The longest that OS Login gives, and what its names are made of ("guest-oslogin",
 * src/oslogin_utils.cc). */
#define USER_BYTES_MAX 32

/* What is answered of a user who is none of OS Login's. */
#define NO_PROFILE "{\"loginProfiles\":[]}"

static struct metadata *metadata_of(struct gcp_asked *asked)
{
	return asked->base.list->provider->client.metadata;
}

static void answer_body(struct gcp_asked *asked, struct slice body, us_time date)
{
	gcp_asked_answer_page(asked, OUTCOME_OK, "",
			      &(struct page){ .body = body, .answered_at = date });
}

/* ---- the keys ---------------------------------------------------------------------- */

static void ask_key(struct gcp_asked *asked);

static void answer_keys(struct gcp_asked *asked, us_time date)
{
	AUTO_BUF struct buf body = BUF_LIMIT(LIMIT_API_ANSWER_BYTES);

	gcp_key_texts_write(&asked->keys, &body);
	if (buf_overflowed(&body))
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER,
				   "the SSH keys of metadata are more than is taken");
	else
		answer_body(asked, buf_slice(&body), date);
}

/* What is not set is answered with 404. */
static void take_key(void *ctx, const struct metadata_answer *answer)
{
	struct gcp_asked *asked = ctx;

	if (answer->outcome != OUTCOME_OK && answer->status != 404) {
		asked_answer_empty(&asked->base, answer->outcome, answer->detail);
		return;
	}
	if (answer->outcome == OUTCOME_OK &&
	    !gcp_key_texts_set(&asked->keys, asked->turn, answer->body)) {
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER,
				   "an SSH key of metadata is longer than is taken");
		return;
	}
	if (++asked->turn < GCP_KEY_TEXT_COUNT)
		ask_key(asked);
	else
		answer_keys(asked, answer->date);
}

static void ask_key(struct gcp_asked *asked)
{
	char path[PATH_BYTES];

	snprintf(path, sizeof(path), GCP_METADATA_PATH "%s",
		 gcp_key_texts_path(asked->turn));
	metadata_get(metadata_of(asked), path, take_key, asked);
}

/* ---- users ------------------------------------------------------------------------- */

/* As a host's logs say it: not to be trusted. */
static bool is_user(struct slice user)
{
	if (user.len == 0 || user.len > USER_BYTES_MAX || user.ptr[0] == '-')
		return false;
	for (size_t i = 0; i < user.len; i++) {
		char byte = user.ptr[i];

		if (!(byte >= '0' && byte <= '9') && !(byte >= 'a' && byte <= 'z') &&
		    !(byte >= 'A' && byte <= 'Z') && byte != '.' && byte != '_' &&
		    byte != '-')
			return false;
	}
	return true;
}

static void take_user(void *ctx, const struct metadata_answer *answer)
{
	struct gcp_asked *asked = ctx;
	AUTO_JSON json_t *profile = NULL;
	struct err err;

	if (answer->status == 404)
		answer_body(asked, SLICE(NO_PROFILE), answer->date);
	else if (answer->outcome != OUTCOME_OK)
		asked_answer_empty(&asked->base, answer->outcome, answer->detail);
	else if (json_read(answer->body, &profile, &err) < 0 || !json_is_object(profile))
		asked_answer_empty(&asked->base, OUTCOME_BAD_ANSWER,
				   "the metadata server's answer about a user is none");
	else
		answer_body(asked, answer->body, answer->date);
}

static void ask_user(struct gcp_asked *asked)
{
	struct slice user = asked->base.page.value;
	char path[PATH_BYTES];

	if (!is_user(user)) {
		err_set(&asked->base.why, ERR_USAGE, "no name that a user could have");
		asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
		return;
	}
	snprintf(path, sizeof(path), GCP_METADATA_PATH "oslogin/users?username=%.*s",
		 SLICE_ARG(user));
	metadata_get(metadata_of(asked), path, take_user, asked);
}

static const struct {
	struct slice attribute;
	void (*ask)(struct gcp_asked *asked);
} questions[] = {
	{ { "ssh-keys", 8 }, ask_key },
	{ { "os-login-user", 13 }, ask_user },
	{ { OPTION_LIST_ATTRIBUTE, sizeof(OPTION_LIST_ATTRIBUTE) - 1 },
	  gcp_options_begin },
};

void gcp_metadata_page_begin(struct gcp_asked *asked)
{
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		if (slice_equal(asked->base.page.attribute, questions[i].attribute)) {
			questions[i].ask(asked);
			return;
		}
	}
	err_set(&asked->base.why, ERR_USAGE, "no attribute that is asked for");
	asked_refuse(&asked->base, OUTCOME_BAD_REQUEST);
}
