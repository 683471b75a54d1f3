/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/metadata.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "courier/aws/identity_texts.h"
#include "courier/aws/metadata_parts.h"

#define MAC_TEXT_BYTES 18
#define PATH_BYTES 256
#define TAGS_PATH "meta-data/tags/instance/"
#define LISTS_OF_MAC 2

/* Past this no further step is begun: whoever asked is waiting. */
#define PATIENCE (15 * US_PER_SECOND)

static_assert(ADDRESS_LIST_MAX <= MESSAGE_LIST_MAX, "all of them can be told");

static const char *const address_lists[LISTS_OF_MAC] = { "local-ipv4s", "ipv6s" };

struct asker {
	struct asker *next;
	aws_identity_done_fn *done;
	void *ctx;
};

/* One asking, for all who ask while it goes on. What comes after the document is
 * optional: an emulator may not have it. */
struct aws_identity_run {
	struct aws_metadata *metadata;
	struct asker *askers; /* owned */
	uint64_t begun_at;    /* CLOCK_MONOTONIC */
	size_t step;
	char macs[LIMIT_METADATA_INTERFACES][MAC_TEXT_BYTES];
	size_t mac_count, mac_list; /* list `mac_list % 2` of interface `mac_list / 2` */
	char *tag_keys;		    /* owned: a list; NULL = none was given */
	struct slice tags_left;	    /* of it, the next one first */
	struct slice tag_key;	    /* whose value is asked for */
	struct aws_identity_texts texts;
	sd_event_source *deferred; /* nothing needs to be asked */
};

us_time aws_metadata_now(const struct aws_metadata *metadata)
{
	uint64_t now = 0;

	sd_event_now(metadata->event, CLOCK_REALTIME, &now);
	return (us_time)now;
}

bool aws_metadata_is_off(const struct aws_metadata *metadata)
{
	return strcmp(metadata->config->identity.provider, "none") == 0;
}

static uint64_t monotonic(const struct aws_metadata *metadata)
{
	uint64_t now = 0;

	sd_event_now(metadata->event, CLOCK_MONOTONIC, &now);
	return now;
}

static void free_run(struct aws_identity_run *run)
{
	if (!run)
		return;
	while (run->askers) {
		struct asker *asker = run->askers;

		run->askers = asker->next;
		free(asker);
	}
	sd_event_source_disable_unref(run->deferred);
	free(run->tag_keys);
	free(run);
}

/* ---- the end of an asking ---------------------------------------------------------- */

/* Tells all who asked. Whoever asks from within begins another run. */
static void finish(struct aws_identity_run *run, enum message_outcome outcome,
		   const char *detail, const struct aws_identity *identity)
{
	run->metadata->run = NULL;
	while (run->askers) {
		struct asker *asker = run->askers;
		aws_identity_done_fn *done = asker->done;
		void *ctx = asker->ctx;

		run->askers = asker->next;
		free(asker);
		done(ctx, outcome, detail, identity);
	}
	free_run(run);
}

static void succeed(struct aws_identity_run *run)
{
	struct aws_identity_texts *texts = run->metadata->texts;
	struct aws_identity identity;

	*texts = run->texts;
	identity = (struct aws_identity){
		.instance = texts->instance,
		.account = texts->account,
		.region = texts->region,
		.domain = texts->domain,
		.private_ip_count = texts->private_ips.count,
		.launched_at = texts->launched_at,
		.tags = &texts->tags,
	};
	for (size_t i = 0; i < texts->private_ips.count; i++)
		identity.private_ips[i] = texts->private_ips.texts[i];
	finish(run, OUTCOME_OK, "", &identity);
}

/* ---- what the configuration says --------------------------------------------------- */

static int apply_config(struct aws_identity_run *run, struct err *err)
{
	const struct config *config = run->metadata->config;
	struct aws_identity_texts *texts = &run->texts;

	if (identity_texts_set_instance(texts, slice_text(config->identity.instance_id),
					err) < 0 ||
	    identity_texts_set_account(texts, slice_text(config->identity.account), err) <
		    0 ||
	    identity_texts_set_region(texts, slice_text(config->identity.region), err) <
		    0)
		return err_add(err, "[identity]");
	if (config->identity.private_ips.count > 0)
		texts->private_ips.count = 0;
	for (size_t i = 0; i < config->identity.private_ips.count; i++)
		address_list_add(&texts->private_ips,
				 slice_text(config->identity.private_ips.items[i]));
	if (config->identity.launched_at != US_TIME_NONE)
		texts->launched_at = config->identity.launched_at;
	tag_list_configure(&texts->tags, &config->identity.tags);
	return 0;
}

static bool config_says_all(const struct config *config)
{
	return config->identity.instance_id[0] && config->identity.account[0] &&
	       config->identity.region[0];
}

/* What was found, and over it what was configured. */
static void conclude(struct aws_identity_run *run)
{
	struct err err;

	if (apply_config(run, &err) < 0)
		finish(run, OUTCOME_BAD_REQUEST, err.text, NULL);
	else
		succeed(run);
}

static int conclude_unasked(sd_event_source *source, void *userdata)
{
	struct aws_identity_run *run = userdata;

	(void)source;
	if (aws_metadata_is_off(run->metadata))
		finish(run, OUTCOME_NO_CLOUD,
		       "the configuration says that this machine is of no cloud", NULL);
	else
		conclude(run);
	return 0;
}

/* ---- the steps --------------------------------------------------------------------- */

static int take_document(struct aws_identity_run *run, struct slice body, struct err *err)
{
	return identity_texts_read(&run->texts, body, err);
}

static int take_domain(struct aws_identity_run *run, struct slice body, struct err *err)
{
	(void)err;
	identity_texts_set_domain(&run->texts, body);
	return 0;
}

/* Consumes one line of a list. False at its end. */
static bool take_line(struct slice *list, struct slice *ret_line)
{
	if (list->len == 0)
		return false;
	if (!slice_take_until(list, '\n', ret_line)) {
		*ret_line = *list;
		*list = slice_skip(*list, list->len);
	}
	slice_take_suffix(ret_line, SLICE("\r"));
	return true;
}

static int take_addresses(struct aws_identity_run *run, struct slice body,
			  struct err *err)
{
	struct slice line;

	(void)err;
	while (take_line(&body, &line))
		address_list_add(&run->texts.private_ips, line);
	return 0;
}

/* A MAC address a line, each with a '/'. */
static int take_interfaces(struct aws_identity_run *run, struct slice body,
			   struct err *err)
{
	struct slice line;

	(void)err;
	while (run->mac_count < LIMIT_METADATA_INTERFACES && take_line(&body, &line)) {
		slice_take_suffix(&line, SLICE("/"));
		if (!identity_mac_is_valid(line))
			continue;
		memcpy(run->macs[run->mac_count], line.ptr, line.len);
		run->macs[run->mac_count++][line.len] = '\0';
	}
	return 0;
}

/* Their keys, one a line; 404 where the instance does not show its tags, which is how
 * one comes up: MetadataOptions.InstanceMetadataTags. */
static int take_tag_keys(struct aws_identity_run *run, struct slice body, struct err *err)
{
	(void)err;
	tag_list_begin(&run->texts.tags);
	run->tag_keys = memory_copy_text(body);
	run->tags_left = slice_of(run->tag_keys, body.len);
	return 0;
}

static int take_tag(struct aws_identity_run *run, struct slice body, struct err *err)
{
	(void)err;
	tag_list_add(&run->texts.tags, run->tag_key, body);
	return 0;
}

static const struct step {
	const char *path;
	bool is_needed;
	int (*take)(struct aws_identity_run *run, struct slice body, struct err *err);
} steps[] = {
	{ "dynamic/instance-identity/document", true, take_document },
	{ "meta-data/services/domain", false, take_domain },
	{ "meta-data/local-ipv4", false, take_addresses },
	{ "meta-data/network/interfaces/macs/", false, take_interfaces },
	{ TAGS_PATH, false, take_tag_keys },
};

#define STEP_COUNT (sizeof(steps) / sizeof(steps[0]))

static const struct step of_interface = { NULL, false, take_addresses };
static const struct step of_tag = { NULL, false, take_tag };

static const struct step *step_of(const struct aws_identity_run *run)
{
	if (run->step < STEP_COUNT)
		return &steps[run->step];
	return run->tag_key.len ? &of_tag : &of_interface;
}

/* The next tag whose value is to be asked for. One that cannot be asked for, or one too
 * many, makes them all unknown. */
static bool take_tag_key(struct aws_identity_run *run)
{
	struct tag_list *tags = &run->texts.tags;

	run->tag_key = slice_of("", 0);
	if (tags->is_cut || !take_line(&run->tags_left, &run->tag_key))
		return false;
	if (tags->count < MESSAGE_LIST_MAX && identity_tag_key_is_valid(run->tag_key))
		return true;
	tags->is_cut = true;
	run->tag_key = slice_of("", 0);
	return false;
}

static void go_on(struct aws_identity_run *run);

static void take_answer(void *ctx, const struct imds_answer *answer)
{
	struct aws_identity_run *run = ctx;
	const struct step *step = step_of(run);
	struct err err;

	/* One that cannot be had for now might be there the next time: half an identity
	 * is none. One that is not there, or will not be given, will not be. */
	if (answer->outcome == OUTCOME_UNREACHABLE ||
	    (answer->outcome != OUTCOME_OK && step->is_needed)) {
		err_set(&err, ERR_MISSING, "%s%s", answer->detail,
			answer->outcome == OUTCOME_DENIED ? ", or fill in [identity]"
							  : "");
		finish(run, answer->outcome, err.text, NULL);
		return;
	}
	if (answer->is_missing && step->is_needed) {
		finish(run, OUTCOME_NO_CLOUD,
		       "there is no instance identity document: this is no EC2 instance",
		       NULL);
		return;
	}
	if (answer->outcome == OUTCOME_OK && !answer->is_missing &&
	    step->take(run, answer->body, &err) < 0) {
		finish(run, OUTCOME_BAD_ANSWER, err.text, NULL);
		return;
	}
	/* it was listed, so it is there */
	if (step == &of_tag && (answer->outcome != OUTCOME_OK || answer->is_missing))
		run->texts.tags.is_cut = true;
	if (run->step < STEP_COUNT)
		run->step++;
	else if (step == &of_interface)
		run->mac_list++;
	go_on(run);
}

static void go_on(struct aws_identity_run *run)
{
	char path[PATH_BYTES];

	if (monotonic(run->metadata) - run->begun_at > PATIENCE) {
		finish(run, OUTCOME_UNREACHABLE, "instance metadata answers too slowly",
		       NULL);
		return;
	}
	if (run->step < STEP_COUNT) {
		imds_get(run->metadata->imds, steps[run->step].path, take_answer, run);
		return;
	}
	if (take_tag_key(run)) {
		snprintf(path, sizeof(path), TAGS_PATH "%.*s", SLICE_ARG(run->tag_key));
		imds_get(run->metadata->imds, path, take_answer, run);
		return;
	}
	if (run->mac_list / LISTS_OF_MAC >= run->mac_count ||
	    run->texts.private_ips.count == ADDRESS_LIST_MAX) {
		conclude(run);
		return;
	}
	snprintf(path, sizeof(path), "meta-data/network/interfaces/macs/%s/%s",
		 run->macs[run->mac_list / LISTS_OF_MAC],
		 address_lists[run->mac_list % LISTS_OF_MAC]);
	imds_get(run->metadata->imds, path, take_answer, run);
}

/* ---- the whole --------------------------------------------------------------------- */

void aws_identity_get(struct aws_metadata *metadata, aws_identity_done_fn *done,
		      void *ctx)
{
	struct asker *asker = memory_new(1, sizeof(*asker));
	struct aws_identity_run *run = metadata->run;
	bool is_new = !run;

	if (is_new) {
		run = memory_new(1, sizeof(*run));
		run->metadata = metadata;
		run->begun_at = monotonic(metadata);
		identity_texts_init(&run->texts);
		metadata->run = run;
	}
	*asker = (struct asker){ run->askers, done, ctx };
	run->askers = asker;
	if (!is_new)
		return;
	if (!aws_metadata_is_off(metadata) && !config_says_all(metadata->config))
		go_on(run);
	else if (sd_event_add_defer(metadata->event, &run->deferred, conclude_unasked,
				    run) < 0)
		abort();
}

struct aws_metadata *aws_metadata_new(sd_event *event, struct http *http,
				      const struct config *config)
{
	struct aws_metadata *metadata = memory_new(1, sizeof(*metadata));

	metadata->event = event;
	metadata->config = config;
	metadata->imds = imds_new(event, http, config->aws.metadata_endpoint);
	metadata->texts = memory_new(1, sizeof(*metadata->texts));
	metadata->credentials = aws_credentials_new();
	return metadata;
}

void aws_metadata_free(struct aws_metadata *metadata)
{
	if (!metadata)
		return;
	imds_free(metadata->imds);
	free_run(metadata->run);
	free(metadata->texts);
	aws_credentials_free(metadata->credentials);
	free(metadata);
}
