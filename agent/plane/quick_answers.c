/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/quick_answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

/* Logins that are asked about at a time; others wait their turn. */
#define QUESTIONS_MAX 32
/* How often one is asked about. */
#define TIMES_MAX 4
#define DENIED_FOR US_PER_HOUR

struct question {
	char id[UNVOUCHED_KEY_BYTES]; /* "" = free */
	enum query_kind query;
	us_time happened_at; /* the login */
	unsigned asked;
	us_time next_at;
	bool is_waiting; /* seen in the last look */
};

struct quick_answers {
	const struct control_plane_options *world;
	const struct plane_kind *kind;
	struct question questions[QUESTIONS_MAX];
	struct question *asking; /* NULL = none */
	us_time denied_until[QUERY_COUNT];
};

struct quick_answers *quick_answers_new(const struct control_plane_options *world)
{
	struct quick_answers *quick = memory_new(1, sizeof(*quick));

	quick->world = world;
	return quick;
}

void quick_answers_free(struct quick_answers *quick)
{
	free(quick);
}

/* ---- what waits ----------------------------------------------------------------------
 */

/* The question of this id, else a free one, else NULL. */
static struct question *question_of(struct quick_answers *quick, const char *id)
{
	struct question *free_one = NULL;

	for (size_t i = 0; i < QUESTIONS_MAX; i++) {
		struct question *question = &quick->questions[i];

		if (strcmp(question->id, id) == 0)
			return question;
		if (question->id[0] == '\0' && question != quick->asking)
			free_one = question;
	}
	return free_one;
}

static void note(struct quick_answers *quick, const struct unvouched_login *login)
{
	struct question *question;
	enum query_kind query;

	if (login->has_call || login->verdict == VERDICT_UNAUTHORIZED ||
	    login->key[0] == '\0' || !quick->kind->quick->query_of(login, &query))
		return;
	question = question_of(quick, login->key);
	if (!question)
		return;
	if (question->id[0] == '\0') {
		*question = (struct question){ .query = query,
					       .happened_at = login->happened_at };
		memcpy(question->id, login->key, sizeof(question->id));
	}
	question->is_waiting = true;
}

static void look(struct quick_answers *quick)
{
	for (size_t i = 0; i < QUESTIONS_MAX; i++)
		quick->questions[i].is_waiting = false;
	for (const struct unvouched_login *login = quick->world->unvouched->first; login;
	     login = login->next)
		note(quick, login);
	for (size_t i = 0; i < QUESTIONS_MAX; i++) {
		struct question *question = &quick->questions[i];

		if (!question->is_waiting && question != quick->asking)
			question->id[0] = '\0';
	}
}

/* ---- asking ---------------------------------------------------------------------------
 */

static void take_call(void *ctx, const struct event *event)
{
	struct quick_answers *quick = ctx;
	const struct identity *own = pipeline_identity(quick->world->pipeline);
	struct event said = *event;

	said.api_call.account = own->account;
	said.api_call.region =
		quick->kind->is_regional ? own->region : (struct slice){ NULL, 0 };
	pipeline_feed(quick->world->pipeline, &said);
	quick->world->fed(quick->world->ctx);
}

static void take_answer(void *ctx, const struct message *answer)
{
	struct quick_answers *quick = ctx;
	const struct question *asked = quick->asking;
	const struct emitter emitter = { take_call, quick };

	if (answer->outcome == OUTCOME_DENIED)
		quick->denied_until[asked->query] =
			clock_now(quick->world->clock) + DENIED_FOR;
	else if (answer->outcome == OUTCOME_OK && answer->kind == MESSAGE_PAGE)
		quick->kind->quick->read(asked->query, slice_text(asked->id),
					 answer->page.body, &emitter);
	quick->asking = NULL;
	quick_answers_consider(quick, quick->kind);
}

static bool is_due(const struct quick_answers *quick, const struct question *question,
		   us_time now)
{
	return question->id[0] && question->asked < TIMES_MAX &&
	       now >= question->next_at && now >= quick->denied_until[question->query];
}

static void ask(struct quick_answers *quick, struct question *question, us_time now)
{
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .query = question->query,
			      .region = pipeline_identity(quick->world->pipeline)->region,
			      .value = slice_text(question->id),
			      .from = US_TIME_NONE,
			      .until = US_TIME_NONE },
	};

	if (quick->kind->quick->ask)
		quick->kind->quick->ask(question->happened_at, &request.ask_page);
	question->asked++;
	question->next_at = now + quick->kind->quick->between;
	quick->asking = question;
	if (!courier_link_ask(quick->world->courier, &request, take_answer, quick))
		quick->asking = NULL;
}

void quick_answers_consider(struct quick_answers *quick, const struct plane_kind *kind)
{
	us_time now = clock_now(quick->world->clock);

	if (quick->asking)
		return;
	quick->kind = kind;
	if (!kind || !kind->quick || !kind->quick->is_wanted(quick->world->config))
		return;
	look(quick);
	for (size_t i = 0; i < QUESTIONS_MAX; i++) {
		if (is_due(quick, &quick->questions[i], now)) {
			ask(quick, &quick->questions[i], now);
			return;
		}
	}
}
