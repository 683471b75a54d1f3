/* SPDX-License-Identifier: Apache-2.0 */
/* Run Command and State Manager. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

static struct event *add_run(struct world *world, uint32_t login, enum run_kind kind,
			     enum run_stage stage, struct slice id, us_time at)
{
	struct event *event = world_add_line(world, login, EVENT_RUN, at);

	event->run = (struct run){
		.kind = kind, .stage = stage, .id = id, .instance = world->instance
	};
	return event;
}

static void add_command_lines(struct world *world, uint32_t login, struct slice id,
			      us_time at)
{
	struct event *event;

	add_run(world, login, RUN_COMMAND, RUN_STARTED, id, at);
	if (random_chance(&world->random, 70)) {
		event = add_run(world, login, RUN_COMMAND, RUN_DESCRIBED, id, at + 50000);
		event->run.document = SLICE("AWS-RunShellScript");
	}
	if (random_chance(&world->random, 50))
		add_run(world, login, RUN_COMMAND, RUN_STARTED, id, at + 80000);
	if (random_chance(&world->random, 80))
		add_run(world, login, RUN_COMMAND, RUN_ENDED, id,
			at + seconds(world, 1, 300));
}

static uint32_t command_login(struct world *world, struct slice id, us_time at)
{
	uint32_t login = world_add_login(world, PATH_AWS_SSM_COMMAND);

	add_command_lines(world, login, id, at);
	world_add_door(world, login, PATH_AWS_SSM_COMMAND, at, at);
	return login;
}

static uint32_t send_command(struct world *world, struct slice id, us_time at)
{
	uint32_t call = world_add_call(world, API_SEND_COMMAND, at, world_caller(world));

	world_api_call(world, call)->command_id = id;
	world_api_call(world, call)->document = SLICE("AWS-RunShellScript");
	return call;
}

static void tie_first(struct world *world, uint32_t login, uint32_t call, enum fit fit)
{
	world_tie(world, &world->logins[login].doors[0], call, fit);
}

/* Mostly at once, now and then hours later (rate control, a node that was off); after a
 * reboot the agent may run the same command again, which is the same login. */
void story_command(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	us_time ran_at =
		at + (random_chance(&world->random, 70) ? seconds(world, 1, 20)
							: seconds(world, 600, 14400));
	uint32_t login = command_login(world, id, ran_at);
	uint32_t call = send_command(world, id, at);

	if (random_chance(&world->random, 25)) {
		world_api_call(world, call)->targets_by_tag = true;
		world_api_call(world, call)->instance_count = 0;
	}
	tie_first(world, login, call, FIT_VOUCHES);
	if (random_chance(&world->random, 15))
		add_command_lines(world, login, id, ran_at + seconds(world, 400, 6000));
}

void story_command_no_show(struct world *world, us_time at)
{
	uint32_t call = send_command(world, world_uuid(world), at);

	world->calls[call].is_unanswered = true;
}

void story_command_no_call(struct world *world, us_time at)
{
	command_login(world, world_uuid(world), at);
}

void story_command_denied(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint32_t login = command_login(world, id, at + seconds(world, 1, 30));
	uint32_t call = send_command(world, id, at);

	world_refuse(world, call, true);
	world_hurry(world, call);
	tie_first(world, login, call, FIT_DENIED);
}

void story_command_elsewhere(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint32_t login = command_login(world, id, at + seconds(world, 1, 20));
	uint32_t call = send_command(world, id, at);

	world_point_elsewhere(world, call);
	tie_first(world, login, call, FIT_WRONG_INSTANCE);
}

/* ---- associations ---- */

/* The same association with the same content, however often it runs, is one login. */
static void run_association(struct world *world, uint32_t login, struct slice id,
			    uint64_t content, us_time at)
{
	struct event *event = add_run(world, login, RUN_ASSOCIATION, RUN_STARTED, id, at);

	event->run.content_hash = content;
	event->run.document = SLICE("AWS-RunShellScript");
}

static uint32_t judged_association(struct world *world, struct slice id, uint64_t content,
				   us_time at)
{
	uint32_t login = world_add_login(world, PATH_AWS_SSM_ASSOCIATION);

	run_association(world, login, id, content, at);
	world_add_door(world, login, PATH_AWS_SSM_ASSOCIATION, at, at);
	return login;
}

static uint32_t set_association(struct world *world, struct slice id, us_time at)
{
	uint32_t call =
		world_add_call(world, API_CREATE_ASSOCIATION, at, world_caller(world));
	struct slice *ids = world_memory_take(&world->arena, sizeof(*ids));

	*ids = id;
	world_api_call(world, call)->association_ids = ids;
	world_api_call(world, call)->association_count = 1;
	return call;
}

/* Seen before watching began: no news then, and none later. Returns its content. */
static uint64_t known_association(struct world *world, struct slice id,
				  uint32_t *ret_login)
{
	uint64_t content = random_next(&world->random) | 1;

	*ret_login = world_add_login(world, PATH_AWS_SSM_ASSOCIATION);
	world->logins[*ret_login].is_news = false;
	run_association(world, *ret_login, id, content,
			world->started_at + seconds(world, 0, 500));
	return content;
}

void story_association_old(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint32_t login;
	uint64_t content = known_association(world, id, &login);

	run_association(world, login, id, content, at);
	run_association(world, login, id, content, at + seconds(world, 1800, 3600));
}

void story_association_new(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint64_t content = random_next(&world->random) | 1;
	uint32_t call = set_association(world, id, at), login;

	at += seconds(world, 1, 60);
	login = judged_association(world, id, content, at);
	tie_first(world, login, call, FIT_VOUCHES);
	if (random_chance(&world->random, 50))
		run_association(world, login, id, content,
				at + seconds(world, 1800, 7200));
}

void story_association_changed(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint32_t known;
	uint64_t content = known_association(world, id, &known);
	uint32_t call = set_association(world, id, at);

	tie_first(world,
		  judged_association(world, id, content + 2, at + seconds(world, 1, 60)),
		  call, FIT_VOUCHES);
}

/* Persistence as root: an association nobody made. */
void story_association_planted(struct world *world, us_time at)
{
	judged_association(world, world_uuid(world), random_next(&world->random) | 1, at);
}

/* A known association that suddenly does something else. */
void story_association_turned(struct world *world, us_time at)
{
	struct slice id = world_uuid(world);
	uint32_t known;
	uint64_t content = known_association(world, id, &known);

	judged_association(world, id, content + 2, at);
}
