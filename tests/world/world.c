/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/world.h"

#include <stdio.h>

/* ---- names ---- */

struct slice world_text(struct world *world, const char *format, ...)
{
	struct slice text;
	va_list arguments;

	va_start(arguments, format);
	text = world_memory_format(&world->arena, format, arguments);
	va_end(arguments);
	return text;
}

struct slice world_uuid(struct world *world)
{
	uint64_t high = random_next(&world->random), low = random_next(&world->random);

	return world_text(world, "%08x-%04x-4%03x-a%03x-%012llx", (unsigned)(high >> 32),
			  (unsigned)(high >> 16) & 0xffff, (unsigned)high & 0xfff,
			  (unsigned)(low >> 48) & 0xfff,
			  (unsigned long long)low & 0xffffffffffffULL);
}

struct slice world_fingerprint(struct world *world)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char text[44];

	for (unsigned i = 0; i < 43; i++)
		text[i] = digits[random_below(&world->random, 64)];
	text[43] = '\0';
	return world_text(world, "SHA256:%s", text);
}

struct slice world_other_instance(struct world *world)
{
	return world_text(world, "i-%017llx",
			  (unsigned long long)random_next(&world->random) >> 4);
}

struct slice world_public_ip(struct world *world)
{
	return world_text(world, "%s.%u",
			  random_chance(&world->random, 50) ? "203.0.113" : "198.51.100",
			  1 + random_below(&world->random, 254));
}

struct slice world_caller(struct world *world)
{
	return world_text(world, "user-%u", ++world->names);
}

struct slice world_caller_arn(struct world *world, struct slice caller)
{
	return world_text(world, "arn:aws:iam::%.*s:user/%.*s", SLICE_ARG(world->account),
			  SLICE_ARG(caller));
}

/* ---- time ---- */

us_time world_stamp(const struct world *world, us_time at)
{
	return at + (at < world->host_stepped_at ? world->host_offset
						 : world->host_offset_later);
}

us_time world_claim(struct world *world, enum resource resource, us_time at,
		    us_span length)
{
	us_time from =
		at > world->busy_until[resource] ? at : world->busy_until[resource];

	world->busy_until[resource] = from + length;
	return from;
}

static void remember_end(struct world *world, us_time at)
{
	if (at > world->ends_at)
		world->ends_at = at;
}

/* ---- logins and lines ---- */

uint32_t world_add_login(struct world *world, enum path bare_path)
{
	if (world->login_count >= WORLD_LOGINS_MAX)
		limit_reached("logins");
	world->logins[world->login_count] = (struct world_login){
		.story = world->story,
		.bare_path = bare_path,
		.is_news = true,
		.happened_at = US_TIME_NONE,
	};
	return world->login_count++;
}

static enum log_class class_of_path(enum path path)
{
	switch (path) {
	case PATH_AWS_EC2_INSTANCE_CONNECT:
	case PATH_AWS_SERIAL_CONSOLE:
	case PATH_AWS_EICE_TUNNEL:
		return LOG_CLASS_INSTANCE_CONNECT;
	default:
		return LOG_CLASS_SSM;
	}
}

static us_span window_of_path(enum path path)
{
	switch (path) {
	case PATH_AWS_EC2_INSTANCE_CONNECT:
		return US_PER_MINUTE;
	case PATH_AWS_SERIAL_CONSOLE:
		return 65 * US_PER_MINUTE;
	case PATH_AWS_EICE_TUNNEL:
		return 2 * US_PER_MINUTE;
	case PATH_AWS_SSM_COMMAND:
	case PATH_AWS_SSM_ASSOCIATION:
		return US_PER_DAY;
	default:
		return 5 * US_PER_MINUTE;
	}
}

struct door *world_add_door(struct world *world, uint32_t login, enum path path,
			    us_time from, us_time until)
{
	struct world_login *owner = &world->logins[login];
	struct door *door;

	if (owner->door_count >= WORLD_DOORS_MAX)
		limit_reached("doors");
	door = &owner->doors[owner->door_count++];
	owner->is_torn |=
		from < world->host_stepped_at && until >= world->host_stepped_at;
	*door = (struct door){
		.path = path,
		.class_bits = 1U << class_of_path(path),
		.is_weak = path == PATH_AWS_SERIAL_CONSOLE,
		.carrier = -1,
		.group = -1,
		.from = world_stamp(world, from),
		.until = world_stamp(world, until),
		.before = window_of_path(path),
	};
	return door;
}

void world_tie(struct world *world, struct door *door, uint32_t call, enum fit fit)
{
	if (door->tie_count >= WORLD_TIES_MAX || call >= world->call_count)
		limit_reached("ties");
	door->ties[door->tie_count++] = (struct tie){ .call = call, .fit = fit };
}

struct event *world_add_line(struct world *world, uint32_t login, enum event_kind kind,
			     us_time said_at)
{
	struct world_line *line;

	if (world->line_count >= WORLD_LINES_MAX)
		limit_reached("lines");
	line = &world->lines[world->line_count++];
	*line = (struct world_line){
		.event = {
			.kind = kind,
			.happened_at = world_stamp(world, said_at),
			.evidence = world->line_count,
			.pid = 2000 + 2 * login,
			.text_hash = random_next(&world->random) | 1,
		},
		.said_at = said_at,
		.login = login,
	};
	if (kind == EVENT_KEY_OFFERED)
		line->event.pid = 50000 + world->pids++;
	if (kind == EVENT_RUN) {
		line->event.source = HOST_SOURCE_SSM;
		line->event.trust = TRUST_ROOT_FILE;
		line->event.pid = 0;
		line->event.text_hash = 0;
	} else {
		line->event.host = world->host;
		line->event.source = world->host_mode == HOST_MODE_TEXT
					     ? HOST_SOURCE_SYSLOG
					     : HOST_SOURCE_JOURNAL;
		line->event.trust = world->host_mode == HOST_MODE_TEXT ? TRUST_UNVERIFIED
								       : TRUST_ATTESTED;
		line->event.twin_expected = world->host_mode == HOST_MODE_TEXT;
	}
	remember_end(world, said_at);
	return &line->event;
}

void world_hold_lines(struct world *world, uint32_t login, us_span held)
{
	for (uint32_t i = 0; i < world->line_count; i++)
		if (world->lines[i].login == login)
			world->lines[i].held = held;
}

/* ---- calls ---- */

/* How much later the cloud's log has a call: mostly a minute or two, now and then much
 * more. */
static us_time cloud_has_it(struct world *world, us_time made_at)
{
	uint32_t luck = random_below(&world->random, 200);

	if (luck < 3)
		return WORLD_NEVER;
	if (luck < 6)
		return made_at +
		       random_span(&world->random, 65 * US_PER_MINUTE, 5 * US_PER_HOUR);
	if (luck < 10)
		return made_at + random_span(&world->random, 12 * US_PER_MINUTE,
					     50 * US_PER_MINUTE);
	if (luck < 26)
		return made_at +
		       random_span(&world->random, 5 * US_PER_MINUTE, 9 * US_PER_MINUTE);
	if (luck < 76)
		return made_at +
		       random_span(&world->random, 90 * US_PER_SECOND, 5 * US_PER_MINUTE);
	return made_at + random_span(&world->random, 0, 90 * US_PER_SECOND);
}

static enum log_class class_of_action(enum api_action action)
{
	switch (action) {
	case API_SEND_SSH_PUBLIC_KEY:
	case API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY:
	case API_OPEN_TUNNEL:
		return LOG_CLASS_INSTANCE_CONNECT;
	case API_EXECUTE_COMMAND:
		return LOG_CLASS_ECS;
	default:
		return LOG_CLASS_SSM;
	}
}

static const struct slice *one_instance(struct world *world, struct slice instance)
{
	struct slice *instances = world_memory_take(&world->arena, sizeof(*instances));

	*instances = instance;
	return instances;
}

uint32_t world_add_call(struct world *world, enum api_action action, us_time made_at,
			struct slice caller)
{
	struct world_call *call;

	if (world->call_count >= WORLD_CALLS_MAX)
		limit_reached("calls");
	call = &world->calls[world->call_count];
	*call = (struct world_call){
		.event = { .kind = EVENT_API_CALL,
			   .happened_at = made_at - made_at % US_PER_SECOND },
		.log_class = class_of_action(action),
		.story = world->story,
		.made_at = made_at,
		.available_at = cloud_has_it(world, made_at),
		.again_at = WORLD_NEVER,
	};
	if (call->available_at != WORLD_NEVER && random_chance(&world->random, 12))
		call->again_at = call->available_at +
				 random_span(&world->random, 0, 30 * US_PER_MINUTE);
	call->event.api_call = (struct api_call){
		.id = world_text(world, "event-%u", world->call_count),
		.action = action,
		.name = slice_text(api_action_word(action)),
		.request_id = world_uuid(world),
		.outcome = API_ADMITTED,
		.principal = world_caller_arn(world, caller),
		.source_ip = world_public_ip(world),
		.account = world->account,
		.region = world->region,
		.instances = one_instance(world, world->instance),
		.instance_count = 1,
		.serial_port = -1,
	};
	remember_end(world, made_at);
	return world->call_count++;
}

struct api_call *world_api_call(struct world *world, uint32_t call)
{
	return &world->calls[call].event.api_call;
}

void world_point_elsewhere(struct world *world, uint32_t call)
{
	world_api_call(world, call)->instances =
		one_instance(world, world_other_instance(world));
}

/* A refused call of these services carries no request: what it was for is only in its
 * message. */
void world_refuse(struct world *world, uint32_t call, bool names_instance)
{
	struct api_call *api_call = world_api_call(world, call);

	api_call->outcome = API_DENIED;
	api_call->error_code = SLICE("AccessDenied");
	api_call->instances = NULL;
	api_call->instance_count = 0;
	api_call->session_id = SLICE("");
	api_call->command_id = SLICE("");
	api_call->fingerprint = SLICE("");
	api_call->os_user = SLICE("");
	api_call->serial_port = -1;
	api_call->denied_instance = names_instance ? world->instance : SLICE("");
}

void world_hurry(struct world *world, uint32_t call)
{
	struct world_call *hurried = &world->calls[call];

	hurried->available_at =
		hurried->made_at + random_span(&world->random, 0, 5 * US_PER_MINUTE);
}

/* ---- failing ---- */

void world_fail(struct world *world, const char *format, ...)
{
	va_list arguments;

	if (world->has_failed)
		return;
	world->has_failed = true;
	fflush(stdout);
	fprintf(stderr, "world %llu: ", (unsigned long long)world->seed);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fprintf(stderr, "\n");
}
