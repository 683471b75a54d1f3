/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/aws_quick.h"

#include <stdio.h>

#include "base/json.h"

/* Rows of an answer, and instances of a command, that are looked at. */
#define ROWS_MAX 64

static bool is_wanted(const struct config *config)
{
	return config->aws.ask_ssm;
}

static bool query_of(const struct unvouched_login *login, enum query_kind *ret_query)
{
	if (login->kind == LOGIN_SESSION)
		*ret_query = QUERY_SESSION;
	else if (login->kind == LOGIN_COMMAND)
		*ret_query = QUERY_COMMAND;
	else
		return false;
	return true;
}

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

static void emit(const struct emitter *emitter, struct event *event, const char *from,
		 struct slice id)
{
	char text[UNVOUCHED_KEY_BYTES + 32];

	if (event->happened_at == US_TIME_NONE)
		return;
	snprintf(text, sizeof(text), "%s:%.*s", from, SLICE_ARG(id));
	event->kind = EVENT_API_CALL;
	event->api_call.id = slice_text(text);
	event->api_call.serial_port = -1;
	emitter_emit(emitter, event);
}

/* {"Sessions":[{"SessionId":..,"Target":"i-..","Owner":"arn:..","StartDate":1.7e9}]} */
static void read_session(const json_t *session, struct slice id,
			 const struct emitter *emitter)
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

	if (target.len && slice_equal(event.api_call.session_id, id))
		emit(emitter, &event, "ssm:DescribeSessions", id);
}

/* {"Commands":[{"CommandId":..,"InstanceIds":[..],"RequestedDateTime":1.7e9}]}. Who sent
 * it is not said: CloudTrail will. */
static void read_command(const json_t *command, struct slice id,
			 const struct emitter *emitter)
{
	const json_t *list = json_at(command, "InstanceIds");
	struct slice instances[ROWS_MAX];
	struct event event = {
		.happened_at = time_at(command, "RequestedDateTime"),
		.api_call = { .action = API_SEND_COMMAND,
			      .name = SLICE("SendCommand"),
			      .document = json_text_at(command, "DocumentName"),
			      .command_id = json_text_at(command, "CommandId"),
			      .instances = instances },
	};

	for (size_t i = 0; i < json_array_size(list) && i < ROWS_MAX; i++)
		instances[event.api_call.instance_count++] =
			json_slice(json_array_get(list, i));
	event.api_call.targets_by_tag = event.api_call.instance_count == 0;
	if (slice_equal(event.api_call.command_id, id))
		emit(emitter, &event, "ssm:ListCommands", id);
}

static void read_answer(enum query_kind query, struct slice id, struct slice answer,
			const struct emitter *emitter)
{
	bool is_session = query == QUERY_SESSION;
	AUTO_JSON json_t *json = NULL;
	const json_t *rows;
	struct err err;

	/* What cannot be read says nothing, as an answer with no rows does. */
	if (json_read(answer, &json, &err) < 0)
		return;
	rows = json_at(json, is_session ? "Sessions" : "Commands");
	for (size_t i = 0; i < json_array_size(rows) && i < ROWS_MAX; i++) {
		if (is_session)
			read_session(json_array_get(rows, i), id, emitter);
		else
			read_command(json_array_get(rows, i), id, emitter);
	}
}

const struct plane_quick plane_quick_aws = {
	.is_wanted = is_wanted,
	.query_of = query_of,
	.read = read_answer,
	.between = 20 * US_PER_SECOND,
};
