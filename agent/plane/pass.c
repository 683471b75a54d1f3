/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/pass.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agent/api_calls.h"
#include "agent/plane/unread.h"
#include "base/limits.h"
#include "base/memory.h"

/* How far a window reaches back behind what is proven: what is delivered late turns up at
 * its own time. */
#define OVERLAP US_PER_HOUR
/* How far the first one reaches back: a command may run a day after its call. */
#define FIRST_REACH (25 * US_PER_HOUR)
/* How far a witness looks for a record: a log keeps them so long at least. */
#define WITNESS_REACH (30 * US_PER_DAY)
/* Nothing that is older is kept, so nothing older is asked for. */
#define REACH_MAX (9 * US_PER_DAY)
/* Of one query in one pass: what has more waits until the others had their turn. */
#define TURN_PAGES 20
/* Of a watch: nobody waits for what it brings. */
#define WATCH_PAGES 2
/* Answers in a row that are none, of one query, before the others are asked. */
#define REFUSED_MAX 2
/* How long a record without a time stops its query. */
#define UNREAD_PATIENCE US_PER_HOUR

/* Where the asking of one query stands. */
struct place {
	struct window window;
	char *token;	      /* owned; of the next page, NULL = the first */
	unsigned turn;	      /* pages in this pass */
	unsigned refused;     /* answers in a row that were none */
	bool is_left;	      /* to the next pass */
	us_time unread_since; /* US_TIME_NONE = its records can be read */
};

struct plane_pass {
	struct plane_pass_options options;
	struct plane_proof *proof; /* borrowed */
	struct place places[PLANE_QUERIES_MAX];
	struct plane_unread unread;
	bool is_asking, is_under_way;
	uint32_t classes; /* that are wanted */
	bool is_watching; /* the watches are, too */
	size_t query;	  /* that is being asked */
	us_time shown;	  /* how far the log was seen to be delivered in this pass */
	unsigned moves;	  /* of the proof, when it was begun */
};

/* ---- from query to query -------------------------------------------------------------
 */

static const struct plane_query *query_at(const struct plane_pass *pass)
{
	return &pass->proof->kind->queries[pass->query];
}

static struct place *place_at(struct plane_pass *pass)
{
	return &pass->places[pass->query];
}

static void set_token(struct place *place, struct slice token)
{
	free(place->token);
	place->token = token.len ? memory_copy_text(token) : NULL;
}

static void forget_token(struct place *place)
{
	set_token(place, (struct slice){ NULL, 0 });
}

static void forget_places(struct plane_pass *pass)
{
	for (size_t i = 0; i < PLANE_QUERIES_MAX; i++) {
		forget_token(&pass->places[i]);
		pass->places[i] = (struct place){ .unread_since = US_TIME_NONE };
	}
	pass->is_under_way = false;
}

static bool is_wanted(const struct plane_pass *pass, size_t index)
{
	const struct plane_query *query = &pass->proof->kind->queries[index];

	if (pass->places[index].is_left)
		return false;
	return query->is_watch ? pass->is_watching
			       : query->classes == 0 || (query->classes & pass->classes);
}

static void end_pass(struct plane_pass *pass)
{
	const struct plane_query *queries = pass->proof->kind->queries;
	struct plane_pass_result result = { .end = PLANE_PASS_WHOLE,
					    .classes = pass->classes,
					    .has_watched = pass->is_watching };

	for (size_t i = 0; i < pass->proof->kind->query_count; i++) {
		if (!queries[i].is_watch && is_wanted(pass, i) &&
		    pass->places[i].window.is_begun)
			result.end = PLANE_PASS_MORE;
	}
	pass->is_under_way = false;
	pass->options.ended(pass->options.ctx, &result);
}

static us_time earlier(us_time a, us_time b)
{
	return a < b ? a : b;
}

/* Where the query goes on: behind what is proven, or from the beginning. */
static us_time reach(const struct plane_pass *pass, size_t query, us_time goal)
{
	const struct plane_query *asked = &pass->proof->kind->queries[query];
	us_time until = pass->proof->sights[query].until, from;

	if (asked->is_witness)
		return goal > WITNESS_REACH ? goal - WITNESS_REACH : US_TIME_MIN;
	if (plane_query_is_of_newest(asked))
		return goal - OVERLAP;
	/* What a watch brings is no news from before anybody watched. */
	if (asked->is_watch && until == US_TIME_NONE)
		until = pass->proof->world->watched_since;
	from = until == US_TIME_NONE
		       ? earlier(pass->proof->world->watched_since, goal) - FIRST_REACH
		       : earlier(until, goal) - OVERLAP;
	return from > goal - REACH_MAX ? from : goal - REACH_MAX;
}

/* Goes on with the query whose turn it is, where that was. */
static void take_turn(struct plane_pass *pass)
{
	const size_t count = pass->proof->kind->query_count;
	us_time goal = plane_proof_now(pass->proof);
	struct place *place;

	while (pass->query < count && !is_wanted(pass, pass->query))
		pass->query++;
	if (pass->query == count) {
		end_pass(pass);
		return;
	}
	place = place_at(pass);
	/* The newest is of now. */
	if (!place->window.is_begun || plane_query_is_of_newest(query_at(pass))) {
		window_begin(&place->window, reach(pass, pass->query, goal), goal,
			     pass->shown);
		forget_token(place);
	}
	pass->options.more(pass->options.ctx);
}

static void next_query(struct plane_pass *pass)
{
	pass->query++;
	take_turn(pass);
}

static void begin_anew(struct plane_pass *pass)
{
	pass->is_under_way = true;
	pass->query = 0;
	pass->classes = 0;
	pass->is_watching = false;
	pass->shown = US_TIME_MIN;
	for (size_t i = 0; i < pass->proof->kind->query_count; i++) {
		struct place *place = &pass->places[i];

		place->turn = 0;
		place->is_left = false;
	}
}

void plane_pass_begin(struct plane_pass *pass, uint32_t classes, bool is_watching)
{
	if (pass->moves != pass->proof->moves)
		forget_places(pass);
	pass->moves = pass->proof->moves;
	if (!pass->is_under_way)
		begin_anew(pass);
	pass->classes |= classes;
	pass->is_watching |= is_watching;
	take_turn(pass);
}

/* ---- where an answer leads -----------------------------------------------------------
 */

/* A watch that fails, and those behind it, are left to the next time they are due. */
static void leave_watches(struct plane_pass *pass)
{
	for (size_t i = pass->query; i < pass->proof->kind->query_count; i++)
		pass->places[i].is_left = true;
	take_turn(pass);
}

/* The pass rests. An answer that is none is no page to go on from. */
static void fail(struct plane_pass *pass, struct plane_pass_result result,
		 struct slice detail)
{
	struct plane_sight *sight = &pass->proof->sights[pass->query];
	struct place *place = place_at(pass);

	sight->outcome = result.outcome;
	snprintf(sight->detail, sizeof(sight->detail), "%.*s",
		 SLICE_ARG(slice_first(detail, sizeof(sight->detail) - 1)));
	if (result.outcome == OUTCOME_BAD_ANSWER ||
	    result.outcome == OUTCOME_BAD_REQUEST) {
		window_restart(&place->window);
		forget_token(place);
		place->is_left = ++place->refused >= REFUSED_MAX;
	}
	if (query_at(pass)->is_watch) {
		leave_watches(pass);
		return;
	}
	result.end = PLANE_PASS_FAILED;
	result.failures = ++sight->failures;
	pass->options.ended(pass->options.ctx, &result);
}

static void fail_answer(struct plane_pass *pass, struct slice detail)
{
	fail(pass, (struct plane_pass_result){ .outcome = OUTCOME_BAD_ANSWER }, detail);
}

static void note_answered(struct plane_pass *pass)
{
	struct plane_sight *sight = &pass->proof->sights[pass->query];

	sight->outcome = OUTCOME_OK;
	sight->failures = 0;
	sight->detail[0] = '\0';
	pass->options.answered(pass->options.ctx);
}

static void go_on(struct plane_pass *pass)
{
	unsigned most = query_at(pass)->is_watch ? WATCH_PAGES : TURN_PAGES;

	if (++place_at(pass)->turn >= most)
		next_query(pass);
	else
		pass->options.more(pass->options.ctx);
}

static void end_slice(struct plane_pass *pass)
{
	struct place *place = place_at(pass);

	place->refused = 0;
	plane_proof_extend(pass->proof, pass->query, &place->window);
	if (window_next(&place->window))
		go_on(pass);
	else
		next_query(pass);
}

/* This host may read the log, at least from where the queries of its classes go on. What
 * they were answered before it might, they are asked anew. */
static void witness(struct plane_pass *pass)
{
	const struct plane_sight *sight = &pass->proof->sights[pass->query];
	const struct plane_query *queries = pass->proof->kind->queries;
	us_time goal = place_at(pass)->window.goal, from = US_TIME_MIN;

	for (size_t i = 0; i < pass->proof->kind->query_count; i++) {
		if ((queries[i].classes & query_at(pass)->classes) &&
		    !queries[i].is_witness && reach(pass, i, goal) > from)
			from = reach(pass, i, goal);
	}
	for (size_t i = 0; i < pass->proof->kind->query_count; i++) {
		if ((sight->until == US_TIME_NONE || sight->until < from) &&
		    (queries[i].classes & query_at(pass)->classes))
			pass->places[i].window.is_begun = false;
	}
	plane_proof_witness(pass->proof, pass->query, from, goal);
}

/* The newest page says all. */
static void end_newest(struct plane_pass *pass, const struct api_calls *calls)
{
	struct place *place = place_at(pass);

	place->refused = 0;
	if (query_at(pass)->is_witness && calls->newest != US_TIME_NONE)
		witness(pass);
	place->window.is_begun = false;
	note_answered(pass);
	next_query(pass);
}

/* The page was read; `token` is of the next. */
static void turn_page(struct plane_pass *pass, const struct api_calls *calls,
		      struct slice token)
{
	struct place *place = place_at(pass);
	enum window_step step;

	if (plane_query_is_of_newest(query_at(pass))) {
		end_newest(pass, calls);
		return;
	}
	if (token.len && place->token && slice_equal(token, slice_text(place->token))) {
		fail_answer(pass, SLICE("the pages go in a circle"));
		return;
	}
	step = window_page(&place->window, calls->oldest, calls->newest, token.len == 0);
	if (step == WINDOW_CIRCLE) {
		fail_answer(pass, SLICE("the pages have no end"));
		return;
	}
	note_answered(pass);
	set_token(place, step == WINDOW_MORE ? token : (struct slice){ NULL, 0 });
	if (step == WINDOW_DONE)
		end_slice(pass);
	else
		go_on(pass);
}

/* ---- what an answer says -------------------------------------------------------------
 */

/* A record whose time is known is a hole of its second; any other stops the page. */
static bool take_unread(void *ctx, const struct api_hole *hole)
{
	struct plane_pass *pass = ctx;

	if (hole->happened_at == US_TIME_NONE)
		return false;
	plane_unread_take(&pass->unread, pass->proof, pass->query, hole);
	return true;
}

static int judge_unread(struct plane_pass *pass, const struct api_calls *calls,
			struct err *err)
{
	struct place *place = place_at(pass);
	us_time now = clock_now(pass->proof->world->clock);

	/* Of the newest what can be read says enough. */
	if (!calls->has_hole || plane_query_is_of_newest(query_at(pass))) {
		place->unread_since = US_TIME_NONE;
		return 0;
	}
	if (place->unread_since == US_TIME_NONE)
		place->unread_since = now;
	if (now - place->unread_since < UNREAD_PATIENCE) {
		*err = calls->hole;
		return -1;
	}
	plane_unread_take_window(&pass->unread, pass->proof, pass->query, &place->window,
				 &calls->hole);
	return 0;
}

static int read_page(struct plane_pass *pass, const struct page *page,
		     struct api_calls *calls, struct err *err)
{
	struct slice end = { NULL, 0 };
	int rc;

	api_calls_begin(calls);
	rc = api_calls_feed(calls, page->body, err);
	if (rc == 0)
		rc = api_calls_feed(calls, end, err);
	api_calls_end(calls);
	if (rc == 0)
		rc = judge_unread(pass, calls, err);
	return rc;
}

/* What it shows of the log's delivery counts for the windows that are begun later, and
 * for its own when it is the first page: what was delivered since that was asked for is
 * not on it. */
static void note_shown(struct plane_pass *pass, us_time shown)
{
	struct window *window = &place_at(pass)->window;

	if (shown > pass->shown)
		pass->shown = shown;
	if (window->pages == 0 && shown > window->shown)
		window->shown = shown;
}

static void take_page(struct plane_pass *pass, const struct page *page)
{
	const struct control_plane_options *world = pass->proof->world;
	struct api_calls calls = {
		.pipeline = world->pipeline,
		.store = world->store,
		.source = pass->proof->kind->source,
		.latest = plane_proof_now(pass->proof) + US_PER_SECOND,
		.shows = pass->proof->kind->shows,
		.unread = take_unread,
		.ctx = pass,
	};
	struct err err;

	if (page->token.len > LIMIT_PAGE_TOKEN_BYTES) {
		fail_answer(pass, SLICE("the page's token is too long"));
		return;
	}
	plane_proof_learn_clock(pass->proof, page->answered_at);
	if (read_page(pass, page, &calls, &err) < 0) {
		fail_answer(pass, slice_text(err.text));
		return;
	}
	note_shown(pass, calls.shown);
	plane_proof_note_on(pass->proof, calls.class_bits, calls.newest);
	world->fed(world->ctx);
	turn_page(pass, &calls, page->token);
}

static void take_answer(void *ctx, const struct message *answer)
{
	struct plane_pass *pass = ctx;

	pass->is_asking = false;
	pass->proof->sights[pass->query].asked_at = clock_real();
	if (answer->outcome != OUTCOME_OK)
		fail(pass,
		     (struct plane_pass_result){
			     .outcome = (enum message_outcome)answer->outcome,
			     .retry_after = answer->kind == MESSAGE_PAGE
						    ? answer->page.retry_after_us
						    : 0,
		     },
		     answer->detail);
	else if (answer->kind != MESSAGE_PAGE)
		fail_answer(pass, SLICE("not an answer to this"));
	else
		take_page(pass, &answer->page);
}

void plane_pass_ask(struct plane_pass *pass)
{
	const struct control_plane_options *world = pass->proof->world;
	const struct place *place = place_at(pass);
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .from = place->window.from, .until = place->window.until },
	};

	pass->proof->kind->ask(query_at(pass), pipeline_identity(world->pipeline),
			       &request.ask_page);
	if (place->token)
		request.ask_page.token = slice_text(place->token);
	pass->is_asking = courier_link_ask(world->courier, &request, take_answer, pass);
	if (!pass->is_asking)
		fail(pass, (struct plane_pass_result){ .outcome = OUTCOME_UNREACHABLE },
		     SLICE("the courier is busy"));
}

bool plane_pass_is_asking(const struct plane_pass *pass)
{
	return pass->is_asking;
}

/* ---- life ----------------------------------------------------------------------------
 */

struct plane_pass *plane_pass_new(const struct plane_pass_options *options)
{
	struct plane_pass *pass = memory_new(1, sizeof(*pass));

	pass->options = *options;
	pass->proof = options->proof;
	forget_places(pass);
	return pass;
}

void plane_pass_free(struct plane_pass *pass)
{
	if (!pass)
		return;
	forget_places(pass);
	free(pass);
}
