/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/bearer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "courier/bearer_parts.h"

/* New ones are asked for so long before their end: Google keeps one until five minutes
 * before, Azure until hours before. */
#define RENEW_BEFORE (5 * US_PER_MINUTE)
/* Not worth beginning with: a request sent now may arrive later. */
#define LEAST_LIFE US_PER_MINUTE
/* How long a failure, or a token that is not renewed yet, is left alone. */
#define FAILURE_KEPT (5 * US_PER_SECOND)
#define RENEWAL_KEPT (30 * US_PER_SECOND)

struct bearer_asker {
	struct bearer_asker *next;
	bearer_done_fn *done;
	void *ctx;
};

static us_time clock_of(const struct bearer *bearer, clockid_t clock)
{
	uint64_t now = 0;

	sd_event_now(bearer->event, clock, &now);
	return (us_time)now;
}

static us_span life_of(const struct bearer *bearer)
{
	if (!bearer->token || bearer->is_refused)
		return 0;
	return bearer->dies_at - clock_of(bearer, CLOCK_BOOTTIME);
}

static void drop(struct token **token)
{
	if (*token)
		explicit_bzero(*token, sizeof(**token));
	free(*token);
	*token = NULL;
}

const char *bearer_client(const struct bearer *bearer)
{
	return bearer->token ? bearer->token->client : "";
}

/* ---- telling ----------------------------------------------------------------------- */

static void tell(struct bearer *bearer, const struct bearer_state *state)
{
	struct bearer_asker *askers = bearer->askers;

	/* Whoever asks from within is not among these. */
	bearer->askers = NULL;
	while (askers) {
		struct bearer_asker *asker = askers;
		bearer_done_fn *done = asker->done;
		void *ctx = asker->ctx;

		askers = asker->next;
		free(asker);
		done(ctx, state);
	}
}

/* With what there is by now: a token that lives, or why there is none. */
static void conclude(struct bearer *bearer)
{
	us_span life = life_of(bearer);
	struct err why = bearer->why;

	if (life >= LEAST_LIFE) {
		tell(bearer, &(struct bearer_state){
				     .outcome = OUTCOME_OK,
				     .detail = "",
				     .until = clock_of(bearer, CLOCK_REALTIME) + life,
				     .client = bearer->token->client,
			     });
		return;
	}
	/* One that was good when it came may have aged. */
	if (bearer->outcome == OUTCOME_OK)
		err_set(&why, ERR_MISSING,
			"the access token expired, or is about to: it is not used");
	tell(bearer,
	     &(struct bearer_state){
		     .outcome = bearer->outcome == OUTCOME_OK ? OUTCOME_NO_CREDENTIALS
							      : bearer->outcome,
		     .detail = why.text,
		     .until = US_TIME_NONE,
		     .client = "",
	     });
}

static int conclude_unasked(sd_event_source *source, void *userdata)
{
	(void)source;
	conclude(userdata);
	return 0;
}

/* ---- fetching ---------------------------------------------------------------------- */

static enum message_outcome keep(struct bearer *bearer,
				 const struct metadata_answer *answer)
{
	us_time now = answer->date != US_TIME_NONE ? answer->date
						   : clock_of(bearer, CLOCK_REALTIME);
	struct token *fresh = memory_new(1, sizeof(*fresh));

	if (token_read(answer->body, now, fresh, &bearer->why) < 0) {
		err_add(&bearer->why, "the access token that metadata gives");
		drop(&fresh);
		return OUTCOME_BAD_ANSWER;
	}
	if (fresh->life < LEAST_LIFE) {
		err_set(&bearer->why, ERR_MISSING,
			"the access token that metadata gives expired, or is about to");
		drop(&fresh);
		return OUTCOME_NO_CREDENTIALS;
	}
	drop(&bearer->token);
	bearer->token = fresh;
	bearer->dies_at = clock_of(bearer, CLOCK_BOOTTIME) + fresh->life;
	bearer->is_refused = false;
	return OUTCOME_OK;
}

static void take_answer(void *ctx, const struct metadata_answer *answer)
{
	struct bearer *bearer = ctx;

	bearer->is_fetching = false;
	bearer->fetched_at = clock_of(bearer, CLOCK_BOOTTIME);
	err_set(&bearer->why, ERR_MISSING, "%s", answer->detail);
	if (answer->outcome == OUTCOME_OK)
		bearer->outcome = keep(bearer, answer);
	else if (answer->status && answer->status != 200)
		bearer->outcome = bearer->explain(answer, &bearer->why);
	else
		bearer->outcome = answer->outcome;
	conclude(bearer);
}

static bool must_fetch(const struct bearer *bearer)
{
	us_span life = life_of(bearer);
	us_span kept = life >= LEAST_LIFE ? RENEWAL_KEPT : FAILURE_KEPT;

	if (life >= RENEW_BEFORE)
		return false;
	return !bearer->fetched_at ||
	       clock_of(bearer, CLOCK_BOOTTIME) - bearer->fetched_at >= kept;
}

void bearer_get(struct bearer *bearer, bearer_done_fn *done, void *ctx)
{
	struct bearer_asker *asker = memory_new(1, sizeof(*asker));

	assert(bearer->path);
	*asker = (struct bearer_asker){ bearer->askers, done, ctx };
	bearer->askers = asker;
	if (bearer->is_fetching)
		return;
	if (must_fetch(bearer)) {
		bearer->is_fetching = true;
		metadata_get(bearer->metadata, bearer->path, take_answer, bearer);
		return;
	}
	sd_event_source_disable_unref(bearer->deferred);
	bearer->deferred = NULL;
	if (sd_event_add_defer(bearer->event, &bearer->deferred, conclude_unasked,
			       bearer) < 0)
		abort();
}

void bearer_renew(struct bearer *bearer)
{
	bearer->is_refused = true;
	bearer->fetched_at = 0;
}

/* ---- the whole --------------------------------------------------------------------- */

void bearer_set_path(struct bearer *bearer, const char *path)
{
	if (bearer->path && strcmp(bearer->path, path) == 0)
		return;
	free(bearer->path);
	bearer->path = memory_copy_text(slice_text(path));
	bearer_renew(bearer);
}

struct bearer *bearer_new(sd_event *event, struct http *http, struct metadata *metadata,
			  bearer_explain_fn *explain)
{
	struct bearer *bearer = memory_new(1, sizeof(*bearer));

	bearer->event = event;
	bearer->http = http;
	bearer->metadata = metadata;
	bearer->explain = explain;
	return bearer;
}

void bearer_free(struct bearer *bearer)
{
	if (!bearer)
		return;
	while (bearer->sent)
		bearer_sent_free(bearer->sent);
	while (bearer->askers) {
		struct bearer_asker *asker = bearer->askers;

		bearer->askers = asker->next;
		free(asker);
	}
	drop(&bearer->token);
	sd_event_source_disable_unref(bearer->deferred);
	free(bearer->path);
	free(bearer);
}
