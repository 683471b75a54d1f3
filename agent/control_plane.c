/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_plane.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "agent/api_calls.h"
#include "agent/own_observation.h"
#include "base/limits.h"
#include "base/memory.h"

/* How far a pass reaches back behind what is proven: what is delivered late turns up at
 * its own time. */
#define OVERLAP US_PER_HOUR
/* How far the first one reaches back: a command may run a day after its call. */
#define FIRST_REACH (25 * US_PER_HOUR)
/* Between two questions: the account shares two a second among all its machines. */
#define ASK_GAP (500 * 1000)
/* While a login waits it is asked so many times as often as otherwise. */
#define WAITING_FACTOR 15
#define BACKOFF_MAX (15 * US_PER_MINUTE)
/* What passes by itself is no loss of sight. */
#define FAILURES_MAX 3
#define IDENTITY_EVERY US_PER_HOUR
#define NO_CLOUD_EVERY US_PER_DAY
/* A service that hands out page after page is not read for ever. */
#define PAGES_MAX 2000

#define BIT(class) (1U << (class))
#define CANARY 0

/* Every query, and whose progress it is part of. LookupEvents takes one attribute. By
 * source, Systems Manager drowns in UpdateInstanceInformation. The canary is what this
 * host itself makes CloudTrail log: the role's session is named after the instance. */
static const struct {
	const char *attribute, *value;
	uint32_t classes;
} queries[] = {
	[CANARY] = { "Username", NULL, 0 },
	{ "EventSource", "ec2-instance-connect.amazonaws.com",
	  BIT(LOG_CLASS_INSTANCE_CONNECT) },
	{ "EventName", "StartSession", BIT(LOG_CLASS_SSM) },
	{ "EventName", "ResumeSession", BIT(LOG_CLASS_SSM) },
	{ "EventName", "SendCommand", BIT(LOG_CLASS_SSM) },
	{ "EventName", "StartAutomationExecution", BIT(LOG_CLASS_SSM) },
	{ "EventName", "CreateAssociation", BIT(LOG_CLASS_SSM) },
	{ "EventName", "CreateAssociationBatch", BIT(LOG_CLASS_SSM) },
	{ "EventName", "UpdateAssociation", BIT(LOG_CLASS_SSM) },
	{ "EventName", "StartAssociationsOnce", BIT(LOG_CLASS_SSM) },
	{ "EventName", "ExecuteCommand", BIT(LOG_CLASS_ECS) },
};
#define QUERY_COUNT_AWS (sizeof(queries) / sizeof(queries[0]))

/* What is known of one query. */
struct query_sight {
	us_time from, until; /* complete over this time; US_TIME_NONE = not yet */
	us_time asked_at;    /* on the real clock */
	enum message_outcome outcome;
	char detail[256];
};

struct control_plane {
	struct control_plane_options options;
	sd_event_source *timer; /* of the next question or the next pass */
	struct query_sight sights[QUERY_COUNT_AWS];
	bool is_lost; /* sight was said to be lost */
	bool is_asking;
	/* the pass */
	bool is_passing;
	size_t query;	  /* that is being asked */
	uint32_t classes; /* that are wanted */
	us_time pass_from, pass_until;
	us_time canary_at; /* the newest event that was delivered */
	uint32_t page_count;
	char token[LIMIT_FIELD_BYTES];
	uint32_t failures; /* in a row */
	us_time next_at;   /* of the next pass, on the agent's clock */
	us_time passed_at; /* the last one's end */
	us_span retry_after;
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

static void say_sight(struct control_plane *plane, bool lost, enum reason reason)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	struct event event = {
		.kind = EVENT_SIGHT,
		.happened_at = clock_real(),
		.sight = { .account = own->account,
			   .region = own->region,
			   .every_class = true,
			   .lost = lost,
			   .reason = reason },
	};

	/* A folder of API logs sees for itself. */
	if (plane->options.config->aws.api_log_dir[0])
		return;
	if (plane->is_lost == lost)
		return;
	plane->is_lost = lost;
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

static void value_name(size_t query, char *name, size_t size)
{
	snprintf(name, size, "poll:%s=%s", queries[query].attribute,
		 queries[query].value ? queries[query].value : "");
}

static void put_sight(struct control_plane *plane, size_t query)
{
	const struct query_sight *sight = &plane->sights[query];
	char name[128], value[64];

	value_name(query, name, sizeof(name));
	snprintf(value, sizeof(value), "%" PRId64 " %" PRId64, sight->from, sight->until);
	store_put_value(plane->options.store, name, slice_text(value));
}

static void load_sight(struct control_plane *plane, size_t query)
{
	AUTO_BUF struct buf value = BUF_LIMIT(64);
	struct query_sight *sight = &plane->sights[query];
	uint64_t from, until;
	struct slice text, first;
	char name[128];

	*sight = (struct query_sight){ .from = US_TIME_NONE,
				       .until = US_TIME_NONE,
				       .asked_at = US_TIME_NONE };
	value_name(query, name, sizeof(name));
	if (!store_get_value(plane->options.store, name, &value))
		return;
	text = buf_slice(&value);
	if (!slice_take_until(&text, ' ', &first) ||
	    !slice_number(first, (uint64_t)US_TIME_MAX, &from) ||
	    !slice_number(text, (uint64_t)US_TIME_MAX, &until))
		return;
	sight->from = (us_time)from;
	sight->until = (us_time)until;
}

/* The query's pages are complete: from when to when that makes it whole. */
static void note_complete(struct control_plane *plane)
{
	struct query_sight *sight = &plane->sights[plane->query];
	us_time until = plane->pass_until < plane->canary_at ? plane->pass_until
							     : plane->canary_at;

	/* Nothing new was delivered: that proves nothing. */
	if (until < plane->pass_from)
		return;
	if (sight->until == US_TIME_NONE || plane->pass_from > sight->until)
		sight->from = plane->pass_from;
	if (sight->until == US_TIME_NONE || until > sight->until)
		sight->until = until;
	put_sight(plane, plane->query);
}

/* A class is proven as far as the least of its queries. */
static void say_progress_of(struct control_plane *plane, enum log_class log_class)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	struct event event = {
		.kind = EVENT_PROGRESS,
		.progress = { .account = own->account,
			      .region = own->region,
			      .log_class = log_class,
			      .from = US_TIME_MIN,
			      .until = US_TIME_MAX },
	};

	for (size_t i = CANARY + 1; i < QUERY_COUNT_AWS; i++) {
		const struct query_sight *sight = &plane->sights[i];

		if (!(queries[i].classes & BIT(log_class)))
			continue;
		if (sight->until == US_TIME_NONE)
			return;
		if (sight->from > event.progress.from)
			event.progress.from = sight->from;
		if (sight->until < event.progress.until)
			event.progress.until = sight->until;
	}
	if (event.progress.until < event.progress.from)
		return;
	event.happened_at = event.progress.until;
	pipeline_feed(plane->options.pipeline, &event);
}

static void say_progress(struct control_plane *plane)
{
	for (int i = 0; i <= LOG_CLASS_ECS; i++) {
		if (plane->classes & BIT(i))
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
	plane->failures = 0;
	say_sight(plane, false, REASON_NO_API_LOG);
	say_progress(plane);
	rest(plane);
}

static bool is_wanted(const struct control_plane *plane, size_t query)
{
	return query == CANARY || (queries[query].classes & plane->classes);
}

static void begin_query(struct control_plane *plane)
{
	while (plane->query < QUERY_COUNT_AWS && !is_wanted(plane, plane->query))
		plane->query++;
	plane->token[0] = '\0';
	plane->page_count = 0;
}

static us_time first_from(const struct control_plane *plane)
{
	return plane->options.watched_since - FIRST_REACH;
}

/* Where the query goes on: behind what is proven, or from the beginning. */
static us_time reach(const struct control_plane *plane, size_t query)
{
	us_time until = plane->sights[query].until;

	if (query == CANARY)
		return plane->pass_until - OVERLAP;
	return until == US_TIME_NONE ? first_from(plane) : until - OVERLAP;
}

static void begin_pass(struct control_plane *plane)
{
	plane->is_passing = true;
	plane->query = CANARY;
	plane->pass_until = clock_real();
	plane->canary_at = US_TIME_MIN;
	begin_query(plane);
	ask_next(plane);
}

static void next_query(struct control_plane *plane)
{
	if (plane->query != CANARY)
		note_complete(plane);
	plane->query++;
	begin_query(plane);
	if (plane->query == QUERY_COUNT_AWS)
		end_pass(plane);
	else
		ask_next(plane);
}

static int read_page(struct control_plane *plane, const struct page *page,
		     struct err *err)
{
	struct api_calls calls = { .pipeline = plane->options.pipeline,
				   .store = plane->options.store,
				   .source = "CloudTrail LookupEvents" };
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
	struct query_sight *sight = &plane->sights[plane->query];

	sight->outcome = outcome;
	snprintf(sight->detail, sizeof(sight->detail), "%.*s",
		 SLICE_ARG(slice_first(detail, sizeof(sight->detail) - 1)));
	note_failure(plane, outcome);
	rest(plane);
}

static void take_page(void *ctx, const struct message *answer)
{
	struct control_plane *plane = ctx;
	struct query_sight *sight = &plane->sights[plane->query];
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
	if (plane->query == CANARY || plane->token[0] == '\0')
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
			      .attribute = slice_text(queries[plane->query].attribute),
			      .until = plane->pass_until,
			      .token = slice_text(plane->token) },
	};

	plane->pass_from = reach(plane, plane->query);
	request.ask_page.from = plane->pass_from;
	request.ask_page.value = plane->query == CANARY
					 ? own->instance
					 : slice_text(queries[plane->query].value);
	plane->is_asking =
		courier_link_ask(plane->options.courier, &request, take_page, plane);
	if (!plane->is_asking)
		give_up(plane, OUTCOME_UNREACHABLE, SLICE("the courier is busy"));
}

/* ---- who this host is ----------------------------------------------------------------
 */

static void feed_identity(struct control_plane *plane, const struct identity *identity)
{
	struct event event = { .kind = EVENT_IDENTITY,
			       .happened_at = clock_real(),
			       .identity = *identity };

	event.identity.watched_since = plane->options.watched_since;
	pipeline_feed(plane->options.pipeline, &event);
	plane->options.fed(plane->options.ctx);
}

static bool same_texts(const struct slice *a, const struct slice *b, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!slice_equal(a[i], b[i]))
			return false;
	}
	return true;
}

static bool is_same(const struct identity *a, const struct identity *b)
{
	return slice_equal(a->provider, b->provider) &&
	       slice_equal(a->instance, b->instance) &&
	       slice_equal(a->account, b->account) && slice_equal(a->region, b->region) &&
	       a->private_ip_count == b->private_ip_count &&
	       same_texts(a->private_ips, b->private_ips, a->private_ip_count) &&
	       a->launched_at == b->launched_at;
}

/* A cloned image, or one that was moved: what was stored is of another instance. */
static void tell_change(struct control_plane *plane, const struct identity *from,
			const struct identity *to)
{
	char detail[256];
	struct observation observation = {
		.kind = OBSERVATION_IDENTITY_CHANGED,
		.happened_at = clock_real(),
		.evidence = 0,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};

	snprintf(detail, sizeof(detail), "%.*s is now %.*s",
		 SLICE_ARG(slice_first(from->instance, 100)),
		 SLICE_ARG(slice_first(to->instance, 100)));
	observation.detail = slice_text(detail);
	observation.id = own_observation_id(&observation);
	pipeline_tell(plane->options.pipeline, &observation);
}

static void learn_identity(struct control_plane *plane, const struct identity *identity)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);

	plane->is_known = true;
	if (is_same(own, identity) && own->watched_since != US_TIME_NONE)
		return;
	if (own->instance.len && identity->instance.len &&
	    !slice_equal_ignoring_case(own->instance, identity->instance))
		tell_change(plane, own, identity);
	feed_identity(plane, identity);
}

static void take_identity(void *ctx, const struct message *answer)
{
	struct control_plane *plane = ctx;
	const struct identity_answer *said = &answer->identity;
	struct identity identity;

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
	identity = (struct identity){
		.provider = said->provider,
		.instance = said->instance,
		.account = said->account,
		.region = said->region,
		.private_ips = said->private_ips,
		.private_ip_count = (uint32_t)said->private_ip_count,
		.launched_at = said->launched_at,
	};
	learn_identity(plane, &identity);
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

/* What the configuration says, or, where nothing is known, only since when this host is
 * watched. */
static void begin_identity(struct control_plane *plane)
{
	const struct config *config = plane->options.config;
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	struct slice ips[MESSAGE_LIST_MAX];
	struct identity identity = {
		.provider = slice_text(config->identity.provider),
		.instance = slice_text(config->identity.instance_id),
		.account = slice_text(config->identity.account),
		.region = slice_text(config->identity.region),
		.private_ips = ips,
		.launched_at = config->identity.launched_at,
	};

	plane->is_known = own->instance.len > 0;
	if (config->identity.instance_id[0]) {
		for (size_t i = 0; i < config->identity.private_ips.count &&
				   identity.private_ip_count < MESSAGE_LIST_MAX;
		     i++)
			ips[identity.private_ip_count++] =
				slice_text(config->identity.private_ips.items[i]);
		plane->is_of_config = true;
		learn_identity(plane, &identity);
	} else if (own->watched_since == US_TIME_NONE) {
		feed_identity(plane, &(struct identity){ .launched_at = US_TIME_NONE });
	}
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
		return BIT(LOG_CLASS_INSTANCE_CONNECT);
	case PATH_AWS_SSM_SESSION:
		return BIT(LOG_CLASS_SSM) | BIT(LOG_CLASS_ECS);
	case PATH_AWS_SSM_COMMAND:
	case PATH_AWS_SSM_ASSOCIATION:
	case PATH_AWS_SSM_SSH:
		return BIT(LOG_CLASS_SSM);
	default:
		return 0;
	}
}

static void note_waiting(void *ctx, const struct verdict *verdict)
{
	uint32_t *classes = ctx;

	if (verdict->verdict == VERDICT_PENDING ||
	    verdict->verdict == VERDICT_UNVERIFIABLE ||
	    (verdict->verdict == VERDICT_UNAUTHORIZED &&
	     verdict->stage == STAGE_PROVISIONAL))
		*classes |= classes_of(verdict->login->path) |
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
	us_span waiting = idle / WAITING_FACTOR;
	us_span backoff;

	if (waiting < US_PER_SECOND)
		waiting = idle < US_PER_SECOND ? idle : US_PER_SECOND;
	if (!plane->failures)
		return is_waited_for ? waiting : idle;
	backoff = waiting << (plane->failures < 8 ? plane->failures : 8);
	if (backoff > BACKOFF_MAX)
		backoff = BACKOFF_MAX;
	return backoff > plane->retry_after ? backoff : plane->retry_after;
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
	us_time now = now_of(plane), next;
	uint32_t waited_for = 0;

	if (plane->options.config->courier.mode == COURIER_OFF || plane->is_passing ||
	    plane->is_asking)
		return;
	correlator_each_login(pipeline_correlator(plane->options.pipeline), note_waiting,
			      &waited_for);
	plane->classes = waited_for;
	/* At the first pass, and when nobody waits, everything. */
	if (!waited_for || plane->passed_at == US_TIME_NONE)
		plane->classes = BIT(LOG_CLASS_INSTANCE_CONNECT) | BIT(LOG_CLASS_SSM) |
				 BIT(LOG_CLASS_ECS);
	plane->next_at =
		plane->passed_at == US_TIME_NONE
			? now
			: plane->passed_at + jitter(interval(plane, waited_for != 0));
	next = plane->is_known ? plane->next_at : plane->identity_at;
	if (!plane->is_of_config && plane->identity_at < next)
		next = plane->identity_at;
	wake_in(plane, next - now);
}

void control_plane_consider(struct control_plane *plane)
{
	plan(plane);
}

/* ---- life ----------------------------------------------------------------------------
 */

struct control_plane *control_plane_new(const struct control_plane_options *options)
{
	struct control_plane *plane = memory_new(1, sizeof(*plane));

	plane->options = *options;
	plane->passed_at = US_TIME_NONE;
	plane->identity_at = US_TIME_MIN;
	for (size_t i = 0; i < QUERY_COUNT_AWS; i++)
		load_sight(plane, i);
	begin_identity(plane);
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

bool control_plane_state(const struct control_plane *plane, size_t index,
			 struct query_state *ret_state)
{
	const struct identity *own = pipeline_identity(plane->options.pipeline);
	const struct query_sight *sight = &plane->sights[index];

	if (index >= QUERY_COUNT_AWS ||
	    plane->options.config->courier.mode == COURIER_OFF)
		return false;
	*ret_state = (struct query_state){
		.query = queries[index].value ? queries[index].value : "canary",
		.account = own->account,
		.region = own->region,
		.sight = "seeing",
		.proven_until = sight->until,
		.asked_at = sight->asked_at,
		.next_at = plane->is_known
				   ? clock_real() + (plane->next_at - now_of(plane))
				   : US_TIME_NONE,
		.reason = reason_of(sight->outcome),
		.detail = sight->detail,
	};
	if (sight->outcome != OUTCOME_OK)
		ret_state->sight = "blind";
	else if (sight->asked_at == US_TIME_NONE && sight->until == US_TIME_NONE)
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
