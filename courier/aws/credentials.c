/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/credentials.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "courier/aws/metadata_parts.h"
#include "courier/aws/role_credentials.h"

#define LIST_PATH "meta-data/iam/security-credentials/"
#define PATH_BYTES 256

/* New ones are there five minutes before the old ones expire (Amazon EC2 User Guide). */
#define RENEW_BEFORE (5 * US_PER_MINUTE)
/* Not worth beginning with: a request signed now may arrive later. */
#define LEAST_LIFE US_PER_MINUTE
/* How long a failure, or credentials that are not renewed yet, are left alone. */
#define FAILURE_KEPT (5 * US_PER_SECOND)
#define RENEWAL_KEPT (30 * US_PER_SECOND)

struct asker {
	struct asker *next;
	aws_credentials_done_fn *done;
	void *ctx;
};

struct held {
	struct role_credentials of;
	us_time dies_at; /* CLOCK_BOOTTIME: the wall clock may be wrong, or be set */
};

struct aws_credentials_store {
	struct held *current; /* owned, wiped; NULL = none */
	struct held *next;    /* being fetched */
	struct asker *askers; /* owned */
	bool is_refused;      /* `current` is, by the service */
	bool is_fetching;
	uint64_t fetched_at;	      /* CLOCK_BOOTTIME, of the last end; 0 = never */
	enum message_outcome outcome; /* of the last fetch */
	struct err why;
	sd_event_source *deferred; /* nothing needs to be asked */
};

static void drop(struct held **held)
{
	if (*held)
		explicit_bzero(*held, sizeof(**held));
	free(*held);
	*held = NULL;
}

static uint64_t since_boot(const struct aws_metadata *metadata)
{
	uint64_t now = 0;

	sd_event_now(metadata->event, CLOCK_BOOTTIME, &now);
	return now;
}

static bool fetched_within(const struct aws_metadata *metadata, us_span span)
{
	uint64_t fetched_at = metadata->credentials->fetched_at;

	return fetched_at && since_boot(metadata) - fetched_at < (uint64_t)span;
}

static us_span life_of(const struct aws_metadata *metadata, const struct held *held)
{
	return held ? held->dies_at - (us_time)since_boot(metadata) : 0;
}

/* When they expire by the clock since boot, as metadata's own clock has it. */
static us_time death_of(const struct aws_metadata *metadata,
			const struct role_credentials *credentials, us_time date)
{
	us_time now = date != US_TIME_NONE ? date : aws_metadata_now(metadata);

	return credentials->expires_at - now + (us_time)since_boot(metadata);
}

static enum message_outcome refuse(const struct role_credentials *credentials,
				   struct err *why)
{
	char when[TIME_TEXT_BYTES];

	err_set(why, ERR_MISSING,
		"the credentials of the role '%s' expired, or are about to, at %s: "
		"they are not used",
		credentials->role, time_to_rfc3339(credentials->expires_at, when));
	return OUTCOME_NO_CREDENTIALS;
}

/* ---- telling ----------------------------------------------------------------------- */

static void tell(struct aws_metadata *metadata, enum message_outcome outcome,
		 const char *detail, const struct aws_credentials *credentials)
{
	struct asker *askers = metadata->credentials->askers;

	/* Whoever asks from within is not among these. */
	metadata->credentials->askers = NULL;
	while (askers) {
		struct asker *asker = askers;
		aws_credentials_done_fn *done = asker->done;
		void *ctx = asker->ctx;

		askers = asker->next;
		free(asker);
		done(ctx, outcome, detail, credentials);
	}
}

/* With what there is by now: credentials that live, or why there are none. */
static void conclude(struct aws_metadata *metadata)
{
	struct aws_credentials_store *store = metadata->credentials;
	const struct held *current = store->current;
	struct err why = store->why;
	struct aws_credentials given;

	if (store->is_refused || life_of(metadata, current) < LEAST_LIFE) {
		/* Those that were good when they came may have aged. */
		enum message_outcome outcome = store->outcome == OUTCOME_OK
						       ? refuse(&current->of, &why)
						       : store->outcome;

		tell(metadata, outcome, why.text, NULL);
		return;
	}
	given = (struct aws_credentials){
		.access_key_id = current->of.access_key_id,
		.secret_access_key = current->of.secret_access_key,
		.session_token = current->of.session_token,
		.expires_at = current->of.expires_at,
		.role = current->of.role,
	};
	tell(metadata, OUTCOME_OK, "", &given);
}

static int conclude_unasked(sd_event_source *source, void *userdata)
{
	struct aws_metadata *metadata = userdata;

	(void)source;
	conclude(metadata);
	return 0;
}

/* ---- fetching ---------------------------------------------------------------------- */

static void end_fetch(struct aws_metadata *metadata, enum message_outcome outcome)
{
	struct aws_credentials_store *store = metadata->credentials;

	store->is_fetching = false;
	store->fetched_at = since_boot(metadata);
	store->outcome = outcome;
	if (outcome == OUTCOME_OK) {
		drop(&store->current);
		store->current = store->next;
		store->is_refused = false;
		store->next = NULL;
	}
	drop(&store->next);
	conclude(metadata);
}

/* What metadata's failure means to who wants credentials. */
static enum message_outcome outcome_of(const struct imds_answer *answer)
{
	if (answer->outcome == OUTCOME_NO_CLOUD || answer->outcome == OUTCOME_DENIED)
		return OUTCOME_NO_CREDENTIALS;
	return answer->outcome;
}

static bool has_failed(struct aws_metadata *metadata, const struct imds_answer *answer)
{
	if (answer->outcome == OUTCOME_OK)
		return false;
	err_set(&metadata->credentials->why, ERR_MISSING, "%s", answer->detail);
	end_fetch(metadata, outcome_of(answer));
	return true;
}

static void take_credentials(void *ctx, const struct imds_answer *answer)
{
	struct aws_metadata *metadata = ctx;
	struct aws_credentials_store *store = metadata->credentials;

	if (has_failed(metadata, answer))
		return;
	if (answer->is_missing) {
		err_set(&store->why, ERR_MISSING,
			"the role '%s' is attached to this instance, but there are no "
			"credentials of it",
			store->next->of.role);
		end_fetch(metadata, OUTCOME_NO_CREDENTIALS);
		return;
	}
	if (role_credentials_read(&store->next->of, answer->body, &store->why) < 0) {
		enum err_code code = store->why.code;

		err_add(&store->why, "the credentials of the role '%s'",
			store->next->of.role);
		end_fetch(metadata, code == ERR_MISSING ? OUTCOME_NO_CREDENTIALS
							: OUTCOME_BAD_ANSWER);
		return;
	}
	store->next->dies_at = death_of(metadata, &store->next->of, answer->date);
	end_fetch(metadata, life_of(metadata, store->next) >= LEAST_LIFE
				    ? OUTCOME_OK
				    : refuse(&store->next->of, &store->why));
}

static void take_role(void *ctx, const struct imds_answer *answer)
{
	struct aws_metadata *metadata = ctx;
	struct aws_credentials_store *store = metadata->credentials;
	char path[PATH_BYTES];

	if (has_failed(metadata, answer))
		return;
	if (answer->is_missing || answer->body.len == 0) {
		err_set(&store->why, ERR_MISSING,
			"no role is attached to this instance: attach one with "
			"cloudtrail:LookupEvents");
		end_fetch(metadata, OUTCOME_NO_CREDENTIALS);
		return;
	}
	store->next = memory_new(1, sizeof(*store->next));
	if (!role_name_read(answer->body, store->next->of.role)) {
		err_set(&store->why, ERR_FORMAT,
			"instance metadata names a role that cannot be one");
		end_fetch(metadata, OUTCOME_BAD_ANSWER);
		return;
	}
	snprintf(path, sizeof(path), LIST_PATH "%s", store->next->of.role);
	imds_get(metadata->imds, path, take_credentials, metadata);
}

/* ---- asking ------------------------------------------------------------------------ */

static bool must_fetch(const struct aws_metadata *metadata)
{
	const struct aws_credentials_store *store = metadata->credentials;
	us_span life = store->is_refused ? 0 : life_of(metadata, store->current);

	if (life >= RENEW_BEFORE)
		return false;
	return !fetched_within(metadata,
			       life >= LEAST_LIFE ? RENEWAL_KEPT : FAILURE_KEPT);
}

void aws_credentials_get(struct aws_metadata *metadata, aws_credentials_done_fn *done,
			 void *ctx)
{
	struct aws_credentials_store *store = metadata->credentials;
	struct asker *asker = memory_new(1, sizeof(*asker));

	*asker = (struct asker){ store->askers, done, ctx };
	store->askers = asker;
	if (store->is_fetching)
		return;
	if (!aws_metadata_is_off(metadata) && must_fetch(metadata)) {
		store->is_fetching = true;
		imds_get(metadata->imds, LIST_PATH, take_role, metadata);
		return;
	}
	if (aws_metadata_is_off(metadata)) {
		store->outcome = OUTCOME_NO_CLOUD;
		err_set(&store->why, ERR_MISSING,
			"the configuration says that this machine is of no cloud");
	}
	sd_event_source_disable_unref(store->deferred);
	store->deferred = NULL;
	if (sd_event_add_defer(metadata->event, &store->deferred, conclude_unasked,
			       metadata) < 0)
		abort();
}

void aws_credentials_renew(struct aws_metadata *metadata)
{
	/* Nothing is freed: someone may be using them right now. */
	metadata->credentials->is_refused = true;
	metadata->credentials->fetched_at = 0;
}

struct aws_credentials_store *aws_credentials_new(void)
{
	return memory_new(1, sizeof(struct aws_credentials_store));
}

void aws_credentials_free(struct aws_credentials_store *store)
{
	if (!store)
		return;
	while (store->askers) {
		struct asker *asker = store->askers;

		store->askers = asker->next;
		free(asker);
	}
	drop(&store->current);
	drop(&store->next);
	sd_event_source_disable_unref(store->deferred);
	free(store);
}
