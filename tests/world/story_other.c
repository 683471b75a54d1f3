/* SPDX-License-Identifier: Apache-2.0 */
/* What is no cloud login, no news, or nothing to do with this host. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

void story_direct(struct world *world, us_time at)
{
	if (random_chance(&world->random, 70)) {
		tell_ssh_login(world, at, SLICE("deploy"), world_fingerprint(world),
			       world_public_ip(world));
		return;
	}
	at = world_claim(world, RESOURCE_OFFERS, at, 10 * US_PER_SECOND);
	tell_ssh_login(world, at + US_PER_SECOND, SLICE("deploy"), SLICE(""),
		       world_public_ip(world));
}

/* A line of the image this instance was made from: it names that instance. */
static uint32_t foreign_session(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = {
		.id = tell_session_id(world, caller),
		.owner = world_caller_arn(world, caller),
		.plugin = SLICE("Standard_Stream"),
		.instance = world_other_instance(world),
		.from = at,
		.until = at + 60 * US_PER_SECOND,
	};

	return tell_session_login(world, &session);
}

void story_clone(struct world *world, us_time at)
{
	us_time then = world->started_at - seconds(world, 2 * 3600, 80000);

	(void)at;
	world->logins[foreign_session(world, then)].is_news = false;
}

/* This instance's agent answers to somebody else. Told at once where it is known since
 * when this instance runs; else it may be the image's past. */
void story_registered_elsewhere(struct world *world, us_time at)
{
	uint32_t login = foreign_session(world, at);

	world->logins[login].is_news = world->knows_launch;
	world->logins[login].is_elsewhere = world->knows_launch;
}

/* Somebody wrote it with logger: where there is a journal it has no twin there. */
void story_forged_line(struct world *world, us_time at)
{
	uint32_t login, first = world->line_count;

	if (world->host_mode != HOST_MODE_BOTH)
		return;
	login = tell_ssh_login(world, at, SLICE("root"), world_fingerprint(world),
			       world_public_ip(world));
	world->logins[login].is_forged = true;
	world->logins[login].tells_forgery = true;
	for (uint32_t i = first; i < world->line_count; i++) {
		world->lines[i].event.source = HOST_SOURCE_SYSLOG;
		world->lines[i].event.trust = TRUST_UNVERIFIED;
		world->lines[i].event.twin_expected = true;
	}
}

static void other_push(struct world *world, us_time at)
{
	world_point_elsewhere(
		world, tell_push(world, at, SLICE("deploy"), world_fingerprint(world)));
}

static void other_session(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);

	world_point_elsewhere(world, tell_start_session(world, at, caller,
							tell_session_id(world, caller)));
}

static void other_command(struct world *world, us_time at)
{
	uint32_t call = world_add_call(world, API_SEND_COMMAND, at, world_caller(world));

	world_api_call(world, call)->command_id = world_uuid(world);
	world_point_elsewhere(world, call);
}

static void other_tunnel(struct world *world, us_time at)
{
	uint32_t call = world_add_call(world, API_OPEN_TUNNEL, at, world_caller(world));

	world_api_call(world, call)->instance_count = 0;
	world_api_call(world, call)->private_ip = SLICE("10.77.0.10");
	world_api_call(world, call)->port = 22;
}

static void other_serial(struct world *world, us_time at)
{
	uint32_t call = world_add_call(world, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, at,
				       world_caller(world));

	world_api_call(world, call)->serial_port = 0;
	world_point_elsewhere(world, call);
}

/* What the rest of the account is doing meanwhile. */
void story_noise(struct world *world, us_time at)
{
	static void (*const kinds[])(struct world *, us_time) = {
		other_push, other_session, other_command, other_tunnel, other_serial,
	};
	uint32_t count = 1 + random_below(&world->random, 5);

	for (uint32_t i = 0; i < count; i++)
		kinds[random_below(&world->random, 5)](world,
						       at + seconds(world, 0, 600));
}
