/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_plane.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "agent/host_identity.h"
#include "agent/plane/loss.h"
#include "agent/plane/private.h"
#include "base/memory.h"

/* While a login waits it is asked so many times as often as otherwise. */
#define WAITING_FACTOR 15
/* However long one waits, the other doors are asked for once in so many times. */
#define ALL_FACTOR 2
/* And the watches once in so many. */
#define WATCH_FACTOR 4
#define BACKOFF_MAX (15 * US_PER_MINUTE)
#define IDENTITY_EVERY US_PER_HOUR
#define NO_CLOUD_EVERY US_PER_DAY
/* The correlator keeps no login longer. */
#define WAITING_KEPT (9 * US_PER_DAY)

static void plan(struct control_plane *plane);

/* The windows of the cloud that this host is in. */
static const struct config_correlation *windows_of(const struct control_plane *plane)
{
	return config_windows(plane->options.config,
			      pipeline_identity(plane->options.pipeline)->provider);
}

static us_time now_of(const struct control_plane *plane)
{
	return clock_now(plane->options.clock);
}

bool plane_is_asked(const struct control_plane *plane)
{
	const struct config *config = plane->options.config;

	return config->courier.mode != COURIER_OFF && plane->kind &&
	       plane->kind->is_asked(config);
}

/* ---- failures ------------------------------------------------------------------------
 */

static void note_failure(struct control_plane *plane, enum message_outcome outcome,
			 unsigned failures)
{
	const struct plane_loss *loss = plane_loss_of(outcome);

	plane->failures++;
	if (failures < plane->failures)
		failures = plane->failures;
	if (loss && (loss->at_once || failures >= PLANE_FAILURES_MAX))
		plane_loss_say(&plane->options, plane->kind, true, loss->reason);
}

/* Whether every query was answered when it was asked last. */
static bool is_seeing(const struct control_plane *plane)
{
	for (size_t i = 0; i < plane->kind->query_count; i++) {
		if (!plane->kind->queries[i].is_watch &&
		    plane->proof.sights[i].outcome != OUTCOME_OK)
			return false;
	}
	return true;
}

/* ---- the pass ------------------------------------------------------------------------
 */

static int on_timer(sd_event_source *timer, uint64_t at, void *ctx);

static void wake_in(struct control_plane *plane, us_span span)
{
	uint64_t relative = span > 0 ? (uint64_t)span : 0;

	if (!plane->timer) {
		if (sd_event_add_time_relative(plane->options.event, &plane->timer,
					       CLOCK_BOOTTIME, relative, 0, on_timer,
					       plane) < 0)
			plane->timer = NULL;
		return;
	}
	sd_event_source_set_time_relative(plane->timer, relative);
	sd_event_source_set_enabled(plane->timer, SD_EVENT_ONESHOT);
}

static us_span page_gap(const struct control_plane *plane)
{
	us_span every = windows_of(plane)->poll_interval;

	return every < plane->kind->page_gap ? every : plane->kind->page_gap;
}

static void pass_more(void *ctx)
{
	struct control_plane *plane = ctx;

	wake_in(plane, page_gap(plane));
}

static void pass_answered(void *ctx)
{
	struct control_plane *plane = ctx;

	plane->failures = 0;
	plane->retry_after = 0;
}

static void pass_ended(void *ctx, const struct plane_pass_result *result)
{
	struct control_plane *plane = ctx;

	plane->is_passing = false;
	plane->passed_at = now_of(plane);
	plane->has_more = result->end == PLANE_PASS_MORE;
	plane->retry_after = result->retry_after;
	if (result->end == PLANE_PASS_FAILED) {
		note_failure(plane, result->outcome, result->failures);
	} else {
		quick_answers_consider(plane->quick, plane->kind);
		plane_metadata_consider(plane->metadata, plane->kind);
		if (is_seeing(plane))
			plane_loss_say(&plane->options, plane->kind, false,
				       REASON_NO_API_LOG);
		if (result->classes == plane_kind_classes(plane->kind))
			plane->all_passed_at = now_of(plane);
		if (result->has_watched)
			plane->watched_at = now_of(plane);
	}
	plan(plane);
}

static bool is_watch_due(const struct control_plane *plane)
{
	return plane->watched_at == US_TIME_NONE ||
	       now_of(plane) - plane->watched_at >=
		       WATCH_FACTOR * windows_of(plane)->poll_interval;
}

/* Nothing is asked what it logged: what is left is to ask metadata. */
static void rest(struct control_plane *plane)
{
	plane->failures = 0;
	plane->passed_at = now_of(plane);
	plane_metadata_consider(plane->metadata, plane->kind);
	plan(plane);
}

static void begin_pass(struct control_plane *plane)
{
	plane_metadata_consider(plane->metadata, plane->kind);
	plane->is_passing = true;
	plane_proof_look(&plane->proof, plane->kind);
	plane_pass_begin(plane->pass, plane->classes, is_watch_due(plane));
}

/* ---- who this host is ----------------------------------------------------------------
 */

static void choose_kind(struct control_plane *plane)
{
	plane->kind =
		plane_kind_find(pipeline_identity(plane->options.pipeline)->provider);
	if (plane->kind)
		plane_proof_look(&plane->proof, plane->kind);
	if (plane->options.config->courier.mode == COURIER_OFF ||
	    (plane->is_known && plane->kind && !plane_is_asked(plane)))
		plane_loss_say(&plane->options, plane->kind, true, REASON_NO_API_LOG);
}

static void take_no_identity(struct control_plane *plane, const struct message *answer)
{
	snprintf(plane->identity_problem, sizeof(plane->identity_problem), "%.*s",
		 SLICE_ARG(slice_first(answer->detail,
				       sizeof(plane->identity_problem) - 1)));
	/* How long to leave a service alone was said of another one. */
	plane->retry_after = 0;
	note_failure(plane, (enum message_outcome)answer->outcome, 1);
	/* What was known before is asked with. */
	plane->identity_at =
		now_of(plane) + (plane->is_of_no_cloud ? NO_CLOUD_EVERY : US_PER_MINUTE);
}

static void take_identity(void *ctx, const struct message *answer)
{
	struct control_plane *plane = ctx;

	plane->is_asking_identity = false;
	plane->identity_problem[0] = '\0';
	plane->is_of_no_cloud = answer->outcome == OUTCOME_NO_CLOUD;
	if (answer->outcome != OUTCOME_OK || answer->kind != MESSAGE_IDENTITY) {
		take_no_identity(plane, answer);
	} else {
		plane->identity_at = now_of(plane) + IDENTITY_EVERY;
		plane->is_known = true;
		host_identity_learn(plane->options.pipeline, &answer->identity,
				    plane->options.watched_since);
		choose_kind(plane);
		plane->options.fed(plane->options.ctx);
	}
	plan(plane);
}

static void ask_identity(struct control_plane *plane)
{
	struct message request = { .kind = MESSAGE_ASK_IDENTITY };

	plane->is_asking_identity =
		courier_link_ask(plane->options.courier, &request, take_identity, plane);
	if (!plane->is_asking_identity) {
		plane->identity_at = now_of(plane) + US_PER_MINUTE;
		plan(plane);
	}
}

/* ---- when ----------------------------------------------------------------------------
 */

/* What is unverifiable from before `since` stays so: nobody hurries. */
static uint32_t waited_classes(const struct control_plane *plane, us_time since)
{
	uint32_t classes = 0;

	for (const struct unvouched_login *login = plane->options.unvouched->first; login;
	     login = login->next) {
		if (login->verdict == VERDICT_UNVERIFIABLE && login->happened_at < since)
			continue;
		classes |= plane_kind_classes_of(plane->kind, login->path) |
			   plane_kind_classes_of(plane->kind, login->through);
	}
	return classes;
}

/* A quarter more or less, so that a fleet does not ask as one. */
static us_span jitter(us_span span)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		return span;
	return span - span / 4 + (us_span)(random % 1000) * (span / 2) / 1000;
}

static us_span interval(const struct control_plane *plane, bool is_waited_for)
{
	us_span idle = windows_of(plane)->poll_interval;
	us_span waiting = idle / WAITING_FACTOR, every, most;

	if (waiting < US_PER_SECOND)
		waiting = idle < US_PER_SECOND ? idle : US_PER_SECOND;
	every = is_waited_for ? waiting : idle * plane->kind->rest_factor;
	if (!plane->failures)
		return plane->has_more ? page_gap(plane) : every;
	/* What fails is asked ever more seldom, never more often than what does not. */
	most = every > BACKOFF_MAX ? every : BACKOFF_MAX;
	every <<= plane->failures < 8 ? plane->failures : 8;
	if (every > most)
		every = most;
	return every > plane->retry_after ? every : plane->retry_after;
}

static bool may_pass(const struct control_plane *plane)
{
	return plane->is_known && plane->kind;
}

static int on_timer(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct control_plane *plane = ctx;
	us_time now = now_of(plane);

	(void)timer;
	(void)at;
	if (plane->is_asking_identity || plane_pass_is_asking(plane->pass))
		return 0;
	if (plane->is_passing)
		plane_pass_ask(plane->pass);
	else if (!plane->is_of_config && now >= plane->identity_at)
		ask_identity(plane);
	else if (may_pass(plane) && now >= plane->next_at)
		plane_is_asked(plane) ? begin_pass(plane) : rest(plane);
	else
		plan(plane);
	return 0;
}

/* What the next pass is to ask, and when. */
static void plan_pass(struct control_plane *plane, us_time now)
{
	const struct config_correlation *windows = windows_of(plane);
	uint32_t all = plane_kind_classes(plane->kind);
	uint32_t waited = waited_classes(plane, clock_real() - windows->final_after_weak);

	plane->classes = waited;
	/* At the first pass, when nobody waits, and now and then whoever waits:
	 * everything. */
	if (!waited || plane->all_passed_at == US_TIME_NONE ||
	    now - plane->all_passed_at >= ALL_FACTOR * windows->poll_interval)
		plane->classes = all;
	plane->next_at =
		plane->passed_at == US_TIME_NONE
			? now
			: plane->passed_at + jitter(interval(plane, waited != 0));
}

static void plan(struct control_plane *plane)
{
	us_time now = now_of(plane), next = US_TIME_MAX;

	if (plane->options.config->courier.mode == COURIER_OFF || plane->is_passing ||
	    plane->is_asking_identity)
		return;
	unvouched_forget(plane->options.unvouched, clock_real() - WAITING_KEPT);
	if (may_pass(plane)) {
		plan_pass(plane, now);
		next = plane->next_at;
	}
	if (!plane->is_of_config && plane->identity_at < next)
		next = plane->identity_at;
	if (next != US_TIME_MAX)
		wake_in(plane, next - now);
}

void control_plane_consider(struct control_plane *plane)
{
	plan(plane);
	if (!plane->is_known || plane->options.config->courier.mode == COURIER_OFF)
		return;
	if (plane_is_asked(plane))
		quick_answers_consider(plane->quick, plane->kind);
	plane_metadata_consider(plane->metadata, plane->kind);
}

void control_plane_note(struct control_plane *plane, const struct verdict *verdict)
{
	plane_metadata_note(plane->metadata, verdict);
}

/* ---- life ----------------------------------------------------------------------------
 */

struct control_plane *control_plane_new(const struct control_plane_options *options)
{
	struct control_plane *plane = memory_new(1, sizeof(*plane));
	const struct plane_pass_options pass = {
		.proof = &plane->proof,
		.more = pass_more,
		.answered = pass_answered,
		.ended = pass_ended,
		.ctx = plane,
	};

	plane->options = *options;
	plane->passed_at = plane->all_passed_at = plane->watched_at = US_TIME_NONE;
	plane->identity_at = US_TIME_MIN;
	plane_proof_init(&plane->proof, &plane->options);
	plane->pass = plane_pass_new(&pass);
	plane->quick = quick_answers_new(&plane->options);
	plane->metadata = plane_metadata_new(&plane->options);
	plane->is_of_config = host_identity_begin(options->pipeline, options->config,
						  options->watched_since);
	plane->is_known = pipeline_identity(options->pipeline)->instance.len > 0;
	choose_kind(plane);
	plan(plane);
	return plane;
}

void control_plane_free(struct control_plane *plane)
{
	if (!plane)
		return;
	sd_event_source_disable_unref(plane->timer);
	plane_metadata_free(plane->metadata);
	quick_answers_free(plane->quick);
	plane_pass_free(plane->pass);
	free(plane);
}
