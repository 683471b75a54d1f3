/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/identity.h"

#include <stdlib.h>

#include "base/memory.h"

/* Past this no further step is begun: whoever asked is waiting. */
#define PATIENCE (15 * US_PER_SECOND)

#define ACCOUNT_PATH GCP_METADATA_PATH "instance/service-accounts/default/"

struct asker {
	struct asker *next;
	gcp_identity_done_fn *done;
	void *ctx;
};

struct gcp_identity_source {
	sd_event *event; /* borrowed, as what follows */
	struct metadata *metadata;
	const struct config *config;
	struct asker *askers; /* owned; none = nothing is under way */
	uint64_t begun_at;    /* CLOCK_MONOTONIC */
	size_t step;
	struct gcp_identity found;
};

static uint64_t monotonic(const struct gcp_identity_source *source)
{
	uint64_t now = 0;

	sd_event_now(source->event, CLOCK_MONOTONIC, &now);
	return now;
}

/* Tells all who asked. Whoever asks from within begins another asking. */
static void finish(struct gcp_identity_source *source, enum message_outcome outcome,
		   const char *detail)
{
	struct asker *askers = source->askers;
	const struct gcp_identity found = source->found;

	source->askers = NULL;
	while (askers) {
		struct asker *asker = askers;
		gcp_identity_done_fn *done = asker->done;
		void *ctx = asker->ctx;

		askers = asker->next;
		free(asker);
		done(ctx, outcome, detail, outcome == OUTCOME_OK ? &found : NULL);
	}
}

/* ---- what the configuration says --------------------------------------------------- */

static bool config_says_all(const struct config *config)
{
	return config->identity.instance_id[0] && config->identity.account[0] &&
	       config->identity.region[0];
}

/* Over what was found, what was configured. */
static int apply_config(struct gcp_identity_source *source, struct err *err)
{
	const struct config *config = source->config;
	struct gcp_identity_texts *texts = &source->found.texts;

	if (gcp_texts_set_instance(texts, slice_text(config->identity.instance_id), err) <
		    0 ||
	    gcp_texts_set_project(texts, slice_text(config->identity.account), err) < 0 ||
	    gcp_texts_set_region(texts, slice_text(config->identity.region), err) < 0)
		return err_add(err, "[identity]");
	if (config->identity.private_ips.count > 0)
		texts->private_ips.count = 0;
	for (size_t i = 0; i < config->identity.private_ips.count; i++)
		address_list_add(&texts->private_ips,
				 slice_text(config->identity.private_ips.items[i]));
	tag_list_configure(&texts->tags, &config->identity.tags);
	return 0;
}

static void conclude(struct gcp_identity_source *source)
{
	struct err err;

	if (apply_config(source, &err) < 0)
		finish(source, OUTCOME_BAD_REQUEST, err.text);
	else
		finish(source, OUTCOME_OK, "");
}

/* ---- the steps --------------------------------------------------------------------- */

static int take_instance(struct gcp_identity *found, struct slice body, struct err *err)
{
	if (body.len == 0)
		return err_set(err, ERR_FORMAT, "the instance's id is missing");
	return gcp_texts_set_instance(&found->texts, body, err);
}

static int take_project(struct gcp_identity *found, struct slice body, struct err *err)
{
	if (body.len == 0)
		return err_set(err, ERR_FORMAT, "the project's id is missing");
	return gcp_texts_set_project(&found->texts, body, err);
}

static int take_zone(struct gcp_identity *found, struct slice body, struct err *err)
{
	return gcp_texts_set_zone(&found->texts, body, err);
}

static int take_interfaces(struct gcp_identity *found, struct slice body, struct err *err)
{
	return gcp_texts_read_interfaces(&found->texts, body, err);
}

/* What cannot be read leaves them unknown; the rest of the identity stands. */
static int take_tags(struct gcp_identity *found, struct slice body, struct err *err)
{
	if (gcp_texts_read_tags(&found->texts, body, err) < 0)
		found->texts.tags.is_cut = true;
	return 0;
}

static int take_email(struct gcp_identity *found, struct slice body, struct err *err)
{
	if (!gcp_email_read(body, found->email))
		return err_set(err, ERR_FORMAT,
			       "the metadata server names a service account that cannot "
			       "be one");
	return 0;
}

static int take_scopes(struct gcp_identity *found, struct slice body, struct err *err)
{
	if (gcp_scopes_allow_logging(body))
		return 0;
	return err_set(err, ERR_MISSING,
		       "the access scopes of this instance let its service account '%s' "
		       "read no logs: add the scope " GCP_SCOPE_LOGGING
		       " (or cloud-platform), for which it has to be stopped",
		       found->email);
}

/* One that is needed is the identity itself; the service account's decide only whether
 * anything can be asked with it. */
static const struct step {
	const char *path;
	bool is_needed, is_account;
	int (*take)(struct gcp_identity *found, struct slice body, struct err *err);
} steps[] = {
	{ GCP_METADATA_PATH "instance/id", true, false, take_instance },
	{ GCP_METADATA_PATH "project/project-id", true, false, take_project },
	{ GCP_METADATA_PATH "instance/zone", true, false, take_zone },
	{ GCP_METADATA_PATH "instance/network-interfaces/?recursive=true&alt=json", false,
	  false, take_interfaces },
	{ GCP_METADATA_PATH "instance/tags?alt=json", false, false, take_tags },
	{ ACCOUNT_PATH "email", false, true, take_email },
	{ ACCOUNT_PATH "scopes", false, true, take_scopes },
};

#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

enum message_outcome gcp_account_explain(const struct metadata_answer *answer,
					 struct err *why)
{
	if (answer->outcome == OUTCOME_NO_CLOUD) {
		err_set(why, ERR_MISSING,
			"no service account is attached to this instance: attach one "
			"that has roles/logging.viewer, with the access "
			"scope " GCP_SCOPE_LOGGING);
		return OUTCOME_NO_CREDENTIALS;
	}
	err_set(why, ERR_MISSING, "%s", answer->detail);
	return answer->outcome == OUTCOME_DENIED ? OUTCOME_NO_CREDENTIALS
						 : answer->outcome;
}

static void go_on(struct gcp_identity_source *source);

/* The service account's own words; the identity is known all the same. */
static void take_account(struct gcp_identity_source *source,
			 const struct metadata_answer *answer)
{
	struct gcp_identity *found = &source->found;

	if (answer->outcome != OUTCOME_OK)
		found->account = gcp_account_explain(answer, &found->why);
	else if (steps[source->step].take(found, answer->body, &found->why) < 0)
		found->account = found->why.code == ERR_MISSING ? OUTCOME_DENIED
								: OUTCOME_BAD_ANSWER;
	if (found->account == OUTCOME_OK)
		source->step++;
	else
		source->step = STEP_COUNT;
	go_on(source);
}

static void take_answer(void *ctx, const struct metadata_answer *answer)
{
	struct gcp_identity_source *source = ctx;
	const struct step *step = &steps[source->step];
	bool is_there = answer->outcome == OUTCOME_OK;
	struct err err;

	if (step->is_account) {
		take_account(source, answer);
		return;
	}
	/* one that is not there, or will not be given, will not be the next time either;
	 * of one that cannot be had for now half an identity is none */
	if (!is_there && (step->is_needed || answer->outcome == OUTCOME_UNREACHABLE)) {
		finish(source, answer->outcome, answer->detail);
		return;
	}
	if (is_there && step->take(&source->found, answer->body, &err) < 0) {
		finish(source, OUTCOME_BAD_ANSWER, err.text);
		return;
	}
	source->step++;
	go_on(source);
}

static void go_on(struct gcp_identity_source *source)
{
	if (source->step == STEP_COUNT)
		conclude(source);
	else if (monotonic(source) - source->begun_at > (uint64_t)PATIENCE)
		finish(source, OUTCOME_UNREACHABLE,
		       "the metadata server answers too slowly");
	else
		metadata_get(source->metadata, steps[source->step].path, take_answer,
			     source);
}

/* ---- the whole --------------------------------------------------------------------- */

static void begin(struct gcp_identity_source *source)
{
	source->found = (struct gcp_identity){ .account = OUTCOME_OK };
	source->begun_at = monotonic(source);
	source->step = 0;
	while (config_says_all(source->config) && !steps[source->step].is_account)
		source->step++;
	go_on(source);
}

void gcp_identity_get(struct gcp_identity_source *source, gcp_identity_done_fn *done,
		      void *ctx)
{
	struct asker *asker = memory_new(1, sizeof(*asker));
	bool is_first = !source->askers;

	*asker = (struct asker){ source->askers, done, ctx };
	source->askers = asker;
	if (is_first)
		begin(source);
}

struct gcp_identity_source *gcp_identity_new(sd_event *event, struct metadata *metadata,
					     const struct config *config)
{
	struct gcp_identity_source *source = memory_new(1, sizeof(*source));

	source->event = event;
	source->metadata = metadata;
	source->config = config;
	return source;
}

void gcp_identity_free(struct gcp_identity_source *source)
{
	if (!source)
		return;
	while (source->askers) {
		struct asker *asker = source->askers;

		source->askers = asker->next;
		free(asker);
	}
	free(source);
}
