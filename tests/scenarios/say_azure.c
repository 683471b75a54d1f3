/* SPDX-License-Identifier: Apache-2.0 */
/* What Azure's agent, its extensions' handlers and Entra ID's helpers say. */
#include "tests/scenarios/say_private.h"

static void say_extension(struct telling *telling, enum extension_stage stage)
{
	struct event *event = telling->event;

	event->kind = EVENT_EXTENSION;
	event->source = HOST_SOURCE_AZURE_AGENT;
	if (!script_has(telling->line, "trust"))
		event->trust = TRUST_ROOT_FILE;
	event->extension = (struct extension){
		.stage = stage,
		.handler = script_value(telling->line, "handler", SLICE("")),
		.version = say_text(telling, "version"),
		.name = say_text(telling, "name"),
		.sequence = say_number(telling, "seq", UINT32_MAX, 0),
		.has_sequence = script_has(telling->line, "seq"),
		.was_enabled = say_yes(telling, "enabled"),
		.correlation_id = say_text(telling, "correlation"),
		.created_at = say_time(telling, "created", US_TIME_NONE),
		.run_as_user = say_text(telling, "run_as"),
	};
}

void say_goal_state(struct telling *telling)
{
	say_extension(telling, EXTENSION_GOAL_STATE);
}

void say_handler_state(struct telling *telling)
{
	say_extension(telling, EXTENSION_STATE);
}

void say_settings(struct telling *telling)
{
	say_extension(telling, EXTENSION_SETTINGS);
}

void say_executed(struct telling *telling)
{
	say_extension(telling, EXTENSION_EXECUTED);
}

void say_uninstalled(struct telling *telling)
{
	say_extension(telling, EXTENSION_REMOVED);
}

void say_entra_user(struct telling *telling)
{
	static const struct {
		struct slice word;
		enum cloud_user_state state;
	} states[] = {
		{ SLICE("seen"), CLOUD_USER_SEEN },
		{ SLICE("admitted"), CLOUD_USER_ADMITTED },
		{ SLICE("refused"), CLOUD_USER_REFUSED },
	};
	struct slice word = script_value(telling->line, "state", SLICE("seen"));
	struct event *event = telling->event;
	size_t i = 0;

	while (i < sizeof(states) / sizeof(states[0]) &&
	       !slice_equal(word, states[i].word))
		i++;
	event->kind = EVENT_CLOUD_USER;
	event->cloud_user = (struct cloud_user){ .cloud = CLOUD_AZURE,
						 .user = say_text(telling, "user") };
	if (i == sizeof(states) / sizeof(states[0]))
		say_fail(telling, "state", word);
	else
		event->cloud_user.state = states[i].state;
}
