/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/quick_answers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"

/* Logins that are asked about at a time; others wait their turn. */
#define WAITING_MAX 32
/* How often one is asked about, and how long between: it may take a moment to be known.
 */
#define QUESTIONS_MAX 4
#define BETWEEN (20 * US_PER_SECOND)
#define DENIED_FOR US_PER_HOUR
#define ID_BYTES_MAX 128

struct question {
	char id[ID_BYTES_MAX]; /* "" = free */
	bool is_session;
	unsigned asked;
	us_time next_at;
	bool is_waiting; /* seen in the last look */
};

struct quick_answers {
	struct quick_answers_options options;
	struct question questions[WAITING_MAX];
	struct question *asking; /* NULL = none */
	us_time denied_until[2]; /* sessions, commands */
};

struct quick_answers *quick_answers_new(const struct quick_answers_options *options)
{
	struct quick_answers *quick = memory_new(1, sizeof(*quick));

	quick->options = *options;
	return quick;
}

void quick_answers_free(struct quick_answers *quick)
{
	free(quick);
}

/* ---- what waits ----------------------------------------------------------------------
 */

static struct question *question_of(struct quick_answers *quick, struct slice id)
{
	struct question *free_one = NULL;

	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct question *question = &quick->questions[i];

		if (slice_equal(slice_text(question->id), id))
			return question;
		if (question->id[0] == '\0' && question != quick->asking)
			free_one = question;
	}
	return free_one;
}

static bool is_open(const struct verdict *verdict)
{
	return !verdict->api_call && (verdict->verdict == VERDICT_PENDING ||
				      verdict->verdict == VERDICT_UNVERIFIABLE);
}

static void note_waiting(void *ctx, const struct verdict *verdict)
{
	struct quick_answers *quick = ctx;
	const struct login *login = verdict->login;
	bool is_session = login->kind == LOGIN_SESSION;
	struct slice id = is_session ? login->session_id : login->command_id;
	struct question *question;

	if ((!is_session && login->kind != LOGIN_COMMAND) || !is_open(verdict) ||
	    id.len == 0 || id.len >= ID_BYTES_MAX || memchr(id.ptr, '\0', id.len))
		return;
	question = question_of(quick, id);
	if (!question)
		return;
	if (question->id[0] == '\0') {
		*question = (struct question){ .is_session = is_session };
		memcpy(question->id, id.ptr, id.len);
	}
	question->is_waiting = true;
}

static void look(struct quick_answers *quick)
{
	for (size_t i = 0; i < WAITING_MAX; i++)
		quick->questions[i].is_waiting = false;
	correlator_each_login(pipeline_correlator(quick->options.pipeline), note_waiting,
			      quick);
	for (size_t i = 0; i < WAITING_MAX; i++) {
		struct question *question = &quick->questions[i];

		if (!question->is_waiting && question != quick->asking)
			question->id[0] = '\0';
	}
}

/* ---- what it says ---------------------------------------------------------------------
 */

/* Seconds since 1970, with a fraction. */
static us_time time_at(const json_t *object, const char *path)
{
	const us_time seconds_max = US_TIME_MAX / US_PER_SECOND;
	const json_t *value = json_at(object, path);
	double seconds = json_is_number(value) ? json_number_value(value) : -1;

	if (seconds < 0 || seconds > (double)seconds_max)
		return US_TIME_NONE;
	return (us_time)(seconds * (double)US_PER_SECOND);
}

static void feed(struct quick_answers *quick, struct event *event, const char *from)
{
	const struct identity *own = pipeline_identity(quick->options.pipeline);
	char id[ID_BYTES_MAX + 32];

	if (event->happened_at == US_TIME_NONE)
		return;
	snprintf(id, sizeof(id), "%s:%s", from, quick->asking->id);
	event->kind = EVENT_API_CALL;
	event->api_call.id = slice_text(id);
	event->api_call.account = own->account;
	event->api_call.region = own->region;
	event->api_call.serial_port = -1;
	pipeline_feed(quick->options.pipeline, event);
	quick->options.fed(quick->options.ctx);
}

/* {"Sessions":[{"SessionId":..,"Target":"i-..","Owner":"arn:..","StartDate":1.7e9}]} */
static void take_session(struct quick_answers *quick, const json_t *session)
{
	struct slice target = json_text_at(session, "Target");
	struct event event = {
		.happened_at = time_at(session, "StartDate"),
		.api_call = { .action = API_START_SESSION,
			      .name = SLICE("StartSession"),
			      .principal = json_text_at(session, "Owner"),
			      .document = json_text_at(session, "DocumentName"),
			      .session_id = json_text_at(session, "SessionId"),
			      .instances = &target,
			      .instance_count = 1 },
	};

	if (target.len &&
	    slice_equal(event.api_call.session_id, slice_text(quick->asking->id)))
		feed(quick, &event, "ssm:DescribeSessions");
}

/* {"Commands":[{"CommandId":..,"InstanceIds":[..],"RequestedDateTime":1.7e9}]}. Who sent
 * it is not said: CloudTrail will. */
static void take_command(struct quick_answers *quick, const json_t *command)
{
	const json_t *list = json_at(command, "InstanceIds");
	struct slice instances[64];
	struct event event = {
		.happened_at = time_at(command, "RequestedDateTime"),
		.api_call = { .action = API_SEND_COMMAND,
			      .name = SLICE("SendCommand"),
			      .document = json_text_at(command, "DocumentName"),
			      .command_id = json_text_at(command, "CommandId"),
			      .instances = instances },
	};

	for (size_t i = 0; i < json_array_size(list) && i < 64; i++)
		instances[event.api_call.instance_count++] =
			json_slice(json_array_get(list, i));
	event.api_call.targets_by_tag = event.api_call.instance_count == 0;
	if (slice_equal(event.api_call.command_id, slice_text(quick->asking->id)))
		feed(quick, &event, "ssm:ListCommands");
}

static void read_answer(struct quick_answers *quick, struct slice body)
{
	AUTO_JSON json_t *answer = NULL;
	const json_t *rows;
	struct err err;

	/* An answer that cannot be read says nothing, as one with no rows does. */
	if (json_read(body, &answer, &err) < 0)
		return;
	rows = json_at(answer, quick->asking->is_session ? "Sessions" : "Commands");
	for (size_t i = 0; i < json_array_size(rows) && i < 64; i++) {
		if (quick->asking->is_session)
			take_session(quick, json_array_get(rows, i));
		else
			take_command(quick, json_array_get(rows, i));
	}
}

/* ---- asking ---------------------------------------------------------------------------
 */

static void take_answer(void *ctx, const struct message *answer)
{
	struct quick_answers *quick = ctx;

	if (answer->outcome == OUTCOME_DENIED)
		quick->denied_until[!quick->asking->is_session] =
			clock_now(quick->options.clock) + DENIED_FOR;
	else if (answer->outcome == OUTCOME_OK && answer->kind == MESSAGE_PAGE)
		read_answer(quick, answer->page.body);
	quick->asking = NULL;
	quick_answers_consider(quick);
}

static bool is_due(const struct quick_answers *quick, const struct question *question,
		   us_time now)
{
	return question->id[0] && question->asked < QUESTIONS_MAX &&
	       now >= question->next_at &&
	       now >= quick->denied_until[!question->is_session];
}

static void ask(struct quick_answers *quick, struct question *question, us_time now)
{
	struct message request = {
		.kind = MESSAGE_ASK_PAGE,
		.ask_page = { .query = question->is_session ? QUERY_SESSION
							    : QUERY_COMMAND,
			      .region =
				      pipeline_identity(quick->options.pipeline)->region,
			      .value = slice_text(question->id),
			      .from = US_TIME_NONE,
			      .until = US_TIME_NONE },
	};

	question->asked++;
	question->next_at = now + BETWEEN;
	quick->asking = question;
	if (!courier_link_ask(quick->options.courier, &request, take_answer, quick))
		quick->asking = NULL;
}

void quick_answers_consider(struct quick_answers *quick)
{
	us_time now = clock_now(quick->options.clock);

	if (quick->asking)
		return;
	look(quick);
	for (size_t i = 0; i < WAITING_MAX; i++) {
		if (is_due(quick, &quick->questions[i], now)) {
			ask(quick, &quick->questions[i], now);
			return;
		}
	}
}
