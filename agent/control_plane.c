/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_plane.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "agent/api_calls.h"
#include "agent/host_identity.h"
#include "agent/quick_answers.h"
#include "agent/trail_query.h"
#include "base/limits.h"
#include "base/memory.h"

/* How far a pass reaches back behind what is proven: what is delivered late turns up at
 * its own time. */
#define OVERLAP US_PER_HOUR
/* How far the first one reaches back: a command may run a day after its call. */
#define FIRST_REACH (25 * US_PER_HOUR)
/* Between two questions: the account shares two a second among all its machines. */
#define ASK_GAP ((us_span)500 * 1000)
/* While a login waits it is asked so many times as often as otherwise. */
#define WAITING_FACTOR 15
/* However long one waits, the other doors are asked for once in so many times. */
#define ALL_FACTOR 2
#define ALL_CLASSES                                                                 \
	(LOG_CLASS_BIT(LOG_CLASS_INSTANCE_CONNECT) | LOG_CLASS_BIT(LOG_CLASS_SSM) | \
	 LOG_CLASS_BIT(LOG_CLASS_ECS))
#define BACKOFF_MAX (15 * US_PER_MINUTE)
/* What passes by itself is no loss of sight. */
#define FAILURES_MAX 3
#define IDENTITY_EVERY US_PER_HOUR
#define NO_CLOUD_EVERY US_PER_DAY
/* A service that hands out page after page is not read for ever. */
#define PAGES_MAX 2000
/* Nothing that is older is kept, so nothing older is asked for. */
#define REACH_MAX (9 * US_PER_DAY)
/* The service says its time in whole seconds, and the answer takes a moment. */
#define CLOCK_SLACK (3 * US_PER_SECOND)

struct control_plane {
	struct control_plane_options options;
	sd_event_source *timer; /* of the next question or the next pass */
	struct trail_sight sights[TRAIL_QUERIES_MAX];
	char place[TRAIL_PLACE_BYTES]; /* that they are of */
	us_span ahead; /* by how much the service's clock is ahead of this machine's */
	bool is_asking;
	/* the pass */
	bool is_passing;
	size_t query;	  /* that is being asked */
	uint32_t classes; /* that are wanted */
	us_time pass_from, pass_until;
	us_time canary_at; /* the newest event that was delivered */
	uint32_t page_count;
	char token[LIMIT_FIELD_BYTES];
	uint32_t failures;     /* in a row */
	us_time next_at;       /* of the next pass, on the agent's clock */
	us_time passed_at;     /* the last one's end */
	us_time all_passed_at; /* the end of the last that asked everything */
	us_span retry_after;
	struct quick_answers *quick; /* owned; NULL = not to be asked */
	/* who this host is */
	us_time identity_at; /* when to ask next */
	bool is_known, is_of_config, is_of_no_cloud;
	char identity_problem[256];
};

static void plan(struct control_plane *plane);
static void ask_next(struct control_plane *plane);

static us_time now_of(const struct control_plane *plane)
{
	return clock_now(plane->options.clock);
}

/* What the service's clock says. Its events are dated by it, so it is asked by it: a
 * machine whose clock is behind would never ask for what was just logged. */
static us_time service_now(const struct control_plane *plane)
{
	return clock_real() + plane->ahead;
}

static void learn_clock(struct control_plane *plane, us_time answered_at)
{
	if (answered_at == US_TIME_NONE || answered_at < 0 || answered_at > US_TIME_MAX)
		return;
	plane->ahead = answered_at - clock_real();
	if (plane->ahead > -CLOCK_SLACK && plane->ahead < CLOCK_SLACK)
		plane->ahead = 0;
}

/* What is known of the place the host is in now. */
static void load_sights(struct control_plane *plane)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	char place[TRAIL_PLACE_BYTES];

	snprintf(place, sizeof(place), "%.*s/%.*s",
		 SLICE_ARG(slice_first(own->account, 64)),
		 SLICE_ARG(slice_first(own->region, 64)));
	if (strcmp(place, plane->place) == 0)
		return;
	memcpy(plane->place, place, sizeof(place));
	for (size_t i = 0; i < trail_query_count; i++)
		trail_sight_load(&plane->sights[i], plane->options.store, place, i);
}

/* ---- sight ---------------------------------------------------------------------------
 */

static const struct {
	enum message_outcome outcome;
	enum reason reason;
	bool at_once; /* it does not pass by itself */
} losses[] = {
	{ OUTCOME_NO_CLOUD, REASON_NO_API_LOG, true },
	{ OUTCOME_NO_CREDENTIALS, REASON_NO_CREDENTIALS, true },
	{ OUTCOME_DENIED, REASON_API_DENIED, true },
	{ OUTCOME_THROTTLED, REASON_THROTTLED, false },
	{ OUTCOME_UNREACHABLE, REASON_API_UNREACHABLE, false },
	{ OUTCOME_BAD_ANSWER, REASON_API_UNREACHABLE, false },
	{ OUTCOME_BAD_REQUEST, REASON_API_UNREACHABLE, false },
};

#define LOST_VALUE "sight-lost"

static bool is_lost(const struct control_plane *plane)
{
	AUTO_BUF struct buf value = BUF_LIMIT(8);

	return store_get_value(plane->options.store, LOST_VALUE, &value);
}

/* An account's trails are lost and come back together. */
static void say_sight(struct control_plane *plane, bool lost, enum reason reason)
{
	struct event event = {
		.kind = EVENT_SIGHT,
		.happened_at = clock_real(),
		.sight = { .every_class = true, .lost = lost, .reason = reason },
	};

	/* A folder of API logs sees for itself. */
	if (plane->options.config->aws.api_log_dir[0] || is_lost(plane) == lost)
		return;
	store_put_value(plane->options.store, LOST_VALUE,
			lost ? SLICE("1") : (struct slice){ NULL, 0 });
	pipeline_feed(plane->options.pipeline, &event);
	plane->options.fed(plane->options.ctx);
}

static void note_failure(struct control_plane *plane, enum message_outcome outcome)
{
	plane->failures++;
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		if (losses[i].outcome == outcome &&
		    (losses[i].at_once || plane->failures >= FAILURES_MAX))
			say_sight(plane, true, losses[i].reason);
	}
}

/* ---- progress ------------------------------------------------------------------------
 */

static void say_progress_of(struct control_plane *plane, enum log_class log_class)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	struct event event = {
		.kind = EVENT_PROGRESS,
		.progress = { .account = own->account,
			      .region = own->region,
			      .log_class = log_class },
	};

	if (!trail_class_proven(plane->sights, log_class, &event.progress.from,
				&event.progress.until))
		return;
	/* Logins are dated by this machine's clock. */
	if (plane->ahead > 0)
		event.progress.until -= plane->ahead;
	if (event.progress.until < event.progress.from)
		return;
	event.happened_at = event.progress.until;
	pipeline_feed(plane->options.pipeline, &event);
}

static void say_progress(struct control_plane *plane)
{
	for (int i = 0; i < LOG_CLASS_COUNT; i++) {
		if (plane->classes & LOG_CLASS_BIT(i))
			say_progress_of(plane, (enum log_class)i);
	}
	plane->options.fed(plane->options.ctx);
}

/* ---- one pass ------------------------------------------------------------------------
 */

static void rest(struct control_plane *plane)
{
	plane->is_passing = false;
	plane->passed_at = now_of(plane);
	plan(plane);
}

static void end_pass(struct control_plane *plane)
{
	if (plane->quick)
		quick_answers_consider(plane->quick);
	plane->failures = 0;
	say_sight(plane, false, REASON_NO_API_LOG);
	say_progress(plane);
	if (plane->classes == ALL_CLASSES)
		plane->all_passed_at = now_of(plane);
	rest(plane);
}

static bool is_wanted(const struct control_plane *plane, size_t query)
{
	return query == TRAIL_CANARY || (trail_queries[query].classes & plane->classes);
}

static void begin_query(struct control_plane *plane)
{
	while (plane->query < trail_query_count && !is_wanted(plane, plane->query))
		plane->query++;
	plane->token[0] = '\0';
	plane->page_count = 0;
}

static us_time earlier(us_time a, us_time b)
{
	return a < b ? a : b;
}

static us_time first_from(const struct control_plane *plane)
{
	return earlier(plane->options.watched_since, plane->pass_until) - FIRST_REACH;
}

/* Where the query goes on: behind what is proven, or from the beginning. */
static us_time reach(const struct control_plane *plane, size_t query)
{
	us_time until = plane->sights[query].until, from;

	if (query == TRAIL_CANARY)
		return plane->pass_until - OVERLAP;
	from = until == US_TIME_NONE ? first_from(plane)
				     : earlier(until, plane->pass_until) - OVERLAP;
	return from > plane->pass_until - REACH_MAX ? from
						    : plane->pass_until - REACH_MAX;
}

static void begin_pass(struct control_plane *plane)
{
	load_sights(plane);
	plane->is_passing = true;
	plane->query = TRAIL_CANARY;
	plane->pass_until = service_now(plane);
	plane->canary_at = US_TIME_MIN;
	begin_query(plane);
	ask_next(plane);
}

static void next_query(struct control_plane *plane)
{
	struct trail_sight *sight = &plane->sights[plane->query];

	if (plane->query != TRAIL_CANARY) {
		trail_sight_extend(sight, plane->pass_from,
				   earlier(plane->pass_until, plane->canary_at));
		trail_sight_save(sight, plane->options.store, plane->place, plane->query);
	} else {
		/* The canary's answer said what time it is there. */
		plane->pass_until = service_now(plane);
	}
	plane->query++;
	begin_query(plane);
	if (plane->query == trail_query_count)
		end_pass(plane);
	else
		ask_next(plane);
}

static int read_page(struct control_plane *plane, const struct page *page,
		     struct err *err)
{
	struct api_calls calls = { .pipeline = plane->options.pipeline,
				   .store = plane->options.store,
				   .source = "CloudTrail LookupEvents",
				   .latest = plane->pass_until + US_PER_SECOND };
	struct slice end = { NULL, 0 };
	int rc;

	api_calls_begin(&calls);
	rc = api_calls_feed(&calls, page->body, err);
	if (rc == 0)
		rc = api_calls_feed(&calls, end, err);
	/* Any event shows how far the service is, its own newest of all. */
	if (calls.newest > plane->canary_at)
		plane->canary_at = calls.newest;
	if (rc == 0 && calls.has_hole) {
		*err = calls.hole;
		rc = -1;
	}
	api_calls_end(&calls);
	return rc;
}

static void give_up(struct control_plane *plane, enum message_outcome outcome,
		    struct slice detail)
{
	struct trail_sight *sight = &plane->sights[plane->query];

	sight->outcome = outcome;
	snprintf(sight->detail, sizeof(sight->detail), "%.*s",
		 SLICE_ARG(slice_first(detail, sizeof(sight->detail) - 1)));
	note_failure(plane, outcome);
	rest(plane);
}

static void take_page(void *ctx, const struct message *answer)
{
	struct control_plane *plane = ctx;
	struct trail_sight *sight = &plane->sights[plane->query];
	struct err err;

	plane->is_asking = false;
	sight->asked_at = clock_real();
	if (answer->outcome != OUTCOME_OK) {
		plane->retry_after =
			answer->kind == MESSAGE_PAGE ? answer->page.retry_after_us : 0;
		give_up(plane, (enum message_outcome)answer->outcome, answer->detail);
		return;
	}
	if (answer->kind != MESSAGE_PAGE ||
	    answer->page.token.len >= sizeof(plane->token)) {
		give_up(plane, OUTCOME_BAD_ANSWER, SLICE("not an answer to this"));
		return;
	}
	if (read_page(plane, &answer->page, &err) < 0) {
		give_up(plane, OUTCOME_BAD_ANSWER, slice_text(err.text));
		return;
	}
	plane->options.fed(plane->options.ctx);
	learn_clock(plane, answer->page.answered_at);
	sight->outcome = OUTCOME_OK;
	sight->detail[0] = '\0';
	if (answer->page.token.len &&
	    slice_equal(answer->page.token, slice_text(plane->token))) {
		give_up(plane, OUTCOME_BAD_ANSWER, SLICE("the pages go in a circle"));
		return;
	}
	memcpy(plane->token, answer->page.token.ptr ? answer->page.token.ptr : "",
	       answer->page.token.len);
	plane->token[answer->page.token.len] = '\0';
	/* Of the canary the newest page says all: newest come first. */
	if (plane->query == TRAIL_CANARY || plane->token[0] == '\0')
		next_query(plane);
	else if (++plane->page_count >= PAGES_MAX)
		give_up(plane, OUTCOME_BAD_ANSWER, SLICE("the pages have no end"));
	else
		ask_next(plane);
}

static void ask_page(struct control_plane *plane)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .query = QUERY_TRAIL,
			      .region = own->region,
			      .attribute =
				      slice_text(trail_queries[plane->query].attribute),
			      .until = plane->pass_until,
			      .token = slice_text(plane->token) },
	};

	plane->pass_from = reach(plane, plane->query);
	request.ask_page.from = plane->pass_from;
	request.ask_page.value = plane->query == TRAIL_CANARY
					 ? own->instance
					 : slice_text(trail_queries[plane->query].value);
	plane->is_asking =
		courier_link_ask(plane->options.courier, &request, take_page, plane);
	if (!plane->is_asking)
		give_up(plane, OUTCOME_UNREACHABLE, SLICE("the courier is busy"));
}

/* ---- who this host is ----------------------------------------------------------------
 */

static void take_identity(void *ctx, const struct message *answer)
{
	struct control_plane *plane = ctx;

	plane->is_asking = false;
	plane->identity_problem[0] = '\0';
	plane->is_of_no_cloud = answer->outcome == OUTCOME_NO_CLOUD;
	plane->identity_at =
		now_of(plane) + (plane->is_of_no_cloud ? NO_CLOUD_EVERY : IDENTITY_EVERY);
	if (answer->outcome != OUTCOME_OK || answer->kind != MESSAGE_IDENTITY) {
		snprintf(plane->identity_problem, sizeof(plane->identity_problem), "%.*s",
			 SLICE_ARG(slice_first(answer->detail,
					       sizeof(plane->identity_problem) - 1)));
		note_failure(plane, (enum message_outcome)answer->outcome);
		/* What was known before is asked with. */
		plane->identity_at =
			now_of(plane) +
			(plane->is_of_no_cloud ? NO_CLOUD_EVERY : US_PER_MINUTE);
		plan(plane);
		return;
	}
	plane->is_known = true;
	host_identity_learn(plane->options.pipeline, &answer->identity,
			    plane->options.watched_since);
	plane->options.fed(plane->options.ctx);
	plan(plane);
}

static void ask_identity(struct control_plane *plane)
{
	struct message request = { .kind = MESSAGE_ASK_IDENTITY };

	plane->is_asking =
		courier_link_ask(plane->options.courier, &request, take_identity, plane);
	if (!plane->is_asking)
		plane->identity_at = now_of(plane) + US_PER_MINUTE;
}

/* ---- when ----------------------------------------------------------------------------
 */

/* Which classes a login is waited for with, by its path. */
static uint32_t classes_of(enum path path)
{
	switch (path) {
	case PATH_AWS_EC2_INSTANCE_CONNECT:
	case PATH_AWS_SERIAL_CONSOLE:
	case PATH_AWS_EICE_TUNNEL:
		return LOG_CLASS_BIT(LOG_CLASS_INSTANCE_CONNECT);
	case PATH_AWS_SSM_SESSION:
		return LOG_CLASS_BIT(LOG_CLASS_SSM) | LOG_CLASS_BIT(LOG_CLASS_ECS);
	case PATH_AWS_SSM_COMMAND:
	case PATH_AWS_SSM_ASSOCIATION:
	case PATH_AWS_SSM_SSH:
		return LOG_CLASS_BIT(LOG_CLASS_SSM);
	default:
		return 0;
	}
}

struct waited {
	uint32_t classes;
	us_time since; /* what is unverifiable from before stays so: nobody hurries */
};

static bool is_waiting(const struct verdict *verdict, us_time since)
{
	switch (verdict->verdict) {
	case VERDICT_PENDING:
		return true;
	case VERDICT_UNVERIFIABLE:
		return verdict->login->happened_at >= since;
	case VERDICT_UNAUTHORIZED:
		return verdict->stage == STAGE_PROVISIONAL;
	default:
		return false;
	}
}

static void note_waiting(void *ctx, const struct verdict *verdict)
{
	struct waited *waited = ctx;

	if (is_waiting(verdict, waited->since))
		waited->classes |= classes_of(verdict->login->path) |
				   classes_of(verdict->login->through);
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
	us_span idle = plane->options.config->correlation.poll_interval;
	us_span waiting = idle / WAITING_FACTOR, every, most;

	if (waiting < US_PER_SECOND)
		waiting = idle < US_PER_SECOND ? idle : US_PER_SECOND;
	every = is_waited_for ? waiting : idle;
	if (!plane->failures)
		return every;
	/* What fails is asked ever more seldom, never more often than what does not. */
	most = every > BACKOFF_MAX ? every : BACKOFF_MAX;
	every <<= plane->failures < 8 ? plane->failures : 8;
	if (every > most)
		every = most;
	return every > plane->retry_after ? every : plane->retry_after;
}

static int on_timer(sd_event_source *timer, uint64_t at, void *ctx)
{
	struct control_plane *plane = ctx;
	us_time now = now_of(plane);

	(void)timer;
	(void)at;
	if (plane->is_asking)
		return 0;
	if (plane->is_passing)
		ask_page(plane);
	else if (!plane->is_of_config && now >= plane->identity_at)
		ask_identity(plane);
	else if (plane->is_known && now >= plane->next_at)
		begin_pass(plane);
	else
		plan(plane);
	return 0;
}

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

static void ask_next(struct control_plane *plane)
{
	us_span every = plane->options.config->correlation.poll_interval;

	wake_in(plane, every < ASK_GAP ? every : ASK_GAP);
}

static void plan(struct control_plane *plane)
{
	const struct config_correlation *windows = &plane->options.config->correlation;
	us_time now = now_of(plane), next;
	struct waited waited = { .since = clock_real() - windows->final_after_weak };

	if (plane->options.config->courier.mode == COURIER_OFF || plane->is_passing ||
	    plane->is_asking)
		return;
	correlator_each_login(pipeline_correlator(plane->options.pipeline), note_waiting,
			      &waited);
	plane->classes = waited.classes;
	/* At the first pass, when nobody waits, and now and then whoever waits:
	 * everything.
	 */
	if (!waited.classes || plane->all_passed_at == US_TIME_NONE ||
	    now - plane->all_passed_at >= ALL_FACTOR * windows->poll_interval)
		plane->classes = ALL_CLASSES;
	plane->next_at =
		plane->passed_at == US_TIME_NONE
			? now
			: plane->passed_at + jitter(interval(plane, waited.classes != 0));
	next = plane->is_known ? plane->next_at : plane->identity_at;
	if (!plane->is_of_config && plane->identity_at < next)
		next = plane->identity_at;
	wake_in(plane, next - now);
}

void control_plane_consider(struct control_plane *plane)
{
	plan(plane);
	if (plane->quick && plane->is_known)
		quick_answers_consider(plane->quick);
}

/* ---- life ----------------------------------------------------------------------------
 */

struct control_plane *control_plane_new(const struct control_plane_options *options)
{
	struct control_plane *plane = memory_new(1, sizeof(*plane));
	const struct quick_answers_options quick = {
		.clock = options->clock,
		.pipeline = options->pipeline,
		.courier = options->courier,
		.fed = options->fed,
		.ctx = options->ctx,
	};

	plane->options = *options;
	plane->passed_at = plane->all_passed_at = US_TIME_NONE;
	plane->identity_at = US_TIME_MIN;
	plane->is_of_config = host_identity_begin(options->pipeline, options->config,
						  options->watched_since);
	plane->is_known = pipeline_identity(options->pipeline)->instance.len > 0;
	load_sights(plane);
	if (options->config->aws.ask_ssm && options->config->courier.mode != COURIER_OFF)
		plane->quick = quick_answers_new(&quick);
	if (options->config->courier.mode == COURIER_OFF)
		say_sight(plane, true, REASON_NO_API_LOG);
	plan(plane);
	return plane;
}

void control_plane_free(struct control_plane *plane)
{
	if (!plane)
		return;
	sd_event_source_disable_unref(plane->timer);
	quick_answers_free(plane->quick);
	free(plane);
}

static const char *reason_of(enum message_outcome outcome)
{
	for (size_t i = 0; i < sizeof(losses) / sizeof(losses[0]); i++) {
		if (losses[i].outcome == outcome)
			return reason_word(losses[i].reason);
	}
	return "";
}

/* What the queries of a class have in common: the last one that was asked, and whatever
 * keeps one of them from being answered. */
static const struct trail_sight *class_sight(const struct control_plane *plane,
					     enum log_class log_class)
{
	const struct trail_sight *canary = &plane->sights[TRAIL_CANARY], *chosen = canary;

	for (size_t i = TRAIL_CANARY + 1; i < trail_query_count; i++) {
		const struct trail_sight *sight = &plane->sights[i];

		if (!(trail_queries[i].classes & LOG_CLASS_BIT(log_class)))
			continue;
		if (sight->outcome != OUTCOME_OK)
			return sight;
		if (chosen == canary || sight->asked_at > chosen->asked_at)
			chosen = sight;
	}
	/* Where the canary is not answered, nothing else was asked. */
	return canary->outcome != OUTCOME_OK ? canary : chosen;
}

bool control_plane_state(const struct control_plane *plane, size_t index,
			 struct query_state *ret_state)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	const struct trail_sight *sight;
	us_time from;

	if (index >= LOG_CLASS_COUNT ||
	    plane->options.config->courier.mode == COURIER_OFF)
		return false;
	sight = class_sight(plane, (enum log_class)index);
	*ret_state = (struct query_state){
		.query = log_class_word((enum log_class)index),
		.account = own->account,
		.region = own->region,
		.sight = "seeing",
		.proven_until = US_TIME_NONE,
		.asked_at = sight->asked_at,
		.next_at = plane->is_known
				   ? clock_real() + (plane->next_at - now_of(plane))
				   : US_TIME_NONE,
		.reason = reason_of(sight->outcome),
		.detail = sight->detail,
	};
	if (!trail_class_proven(plane->sights, (enum log_class)index, &from,
				&ret_state->proven_until))
		ret_state->proven_until = US_TIME_NONE;
	if (sight->outcome != OUTCOME_OK)
		ret_state->sight = "blind";
	else if (ret_state->proven_until == US_TIME_NONE)
		ret_state->sight = "never";
	return true;
}

struct identity_state control_plane_identity(const struct control_plane *plane)
{
	struct identity_state state = { "unknown", "", plane->identity_problem };

	if (plane->is_known)
		state.state = "known";
	else if (plane->is_of_no_cloud)
		state.state = "none";
	if (plane->is_known)
		state.origin = plane->is_of_config ? "config" : "metadata";
	return state;
}
