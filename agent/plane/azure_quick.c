/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/azure_quick.h"

/* A machine that was stopped runs what it was sent a day ago. */
#define BEFORE (25 * US_PER_HOUR)
#define AFTER US_PER_HOUR

/* Whoever may list the log may be asked so: no other permission is needed. */
static bool is_wanted(const struct config *config)
{
	(void)config;
	return true;
}

static bool query_of(const struct unvouched_login *login, enum query_kind *ret_query)
{
	*ret_query = QUERY_ACTIVITY;
	return login->kind == LOGIN_EXTENSION;
}

static void ask(us_time happened_at, struct ask_page *question)
{
	question->attribute = SLICE("correlationId");
	question->region = (struct slice){ NULL, 0 };
	question->from =
		happened_at > US_TIME_MIN + BEFORE ? happened_at - BEFORE : US_TIME_MIN;
	question->until =
		happened_at < US_TIME_MAX - AFTER ? happened_at + AFTER : US_TIME_MAX;
}

struct reading {
	struct slice id;
	const struct emitter *emitter;
};

static void take_call(void *ctx, const struct event *event)
{
	const struct reading *reading = ctx;

	if (event->kind == EVENT_API_CALL &&
	    slice_equal_ignoring_case(event->api_call.correlation_id, reading->id))
		emitter_emit(reading->emitter, event);
}

/* The pass tells of it, when it comes to the record. */
static void pass_over(void *ctx, uint64_t position, uint64_t line, const struct err *why)
{
	(void)ctx;
	(void)position;
	(void)line;
	(void)why;
}

/* It holds whole records, under their own ids: what is known is passed over later. */
static void read_answer(enum query_kind query, struct slice id, struct slice answer,
			const struct emitter *emitter)
{
	const struct cloud_reader_ops ops = { .hole = pass_over };
	struct reading reading = { id, emitter };
	struct cloud_reader *reader =
		cloud_reader_new(&ops, &(struct emitter){ take_call, &reading });
	struct err err;

	(void)query;
	/* What of it can be read was given out. */
	if (cloud_reader_feed(reader, answer, &err) == 0)
		(void)!cloud_reader_finish(reader, &err);
	cloud_reader_free(reader);
}

const struct plane_quick plane_quick_azure = {
	.is_wanted = is_wanted,
	.query_of = query_of,
	.ask = ask,
	.read = read_answer,
	.between = 3 * US_PER_MINUTE,
};
