/* SPDX-License-Identifier: Apache-2.0 */
/* Session Manager: shell sessions, honest and not. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

static struct event *add_run(struct world *world, uint32_t login,
			     const struct told_session *session, enum run_stage stage,
			     us_time at)
{
	struct event *event = world_add_line(world, login, EVENT_RUN, at);

	event->run = (struct run){ .kind = RUN_SESSION,
				   .stage = stage,
				   .id = session->id,
				   .instance = session->instance };
	return event;
}

/* "submission started" or "worker started", Payload or DataBackend, "Plugin ... started",
 * and mostly the end; of the first two kinds one may be missing. */
uint32_t tell_session_login(struct world *world, const struct told_session *session)
{
	uint32_t login = world_add_login(world, PATH_AWS_SSM_SESSION);
	uint32_t luck = random_below(&world->random, 100);
	struct event *event;

	if (luck < 80)
		add_run(world, login, session, RUN_STARTED, session->from);
	if (luck < 40)
		add_run(world, login, session, RUN_STARTED, session->from + 40000);
	if (session->port != 0 || luck % 10 < 8) {
		event = add_run(world, login, session, RUN_DESCRIBED,
				session->from + 60000);
		event->run.owner = session->owner;
		event->run.document = session->document;
		event->run.port = session->port;
	}
	event = add_run(world, login, session, RUN_CONNECTED, session->from + 300000);
	event->run.plugin = session->plugin;
	if (session->until != US_TIME_NONE)
		add_run(world, login, session, RUN_ENDED, session->until);
	return login;
}

struct slice tell_session_id(struct world *world, struct slice caller)
{
	return world_text(world, "%.*s-0%016llx", SLICE_ARG(caller),
			  (unsigned long long)random_next(&world->random));
}

uint32_t tell_start_session(struct world *world, us_time at, struct slice caller,
			    struct slice session_id)
{
	uint32_t call = world_add_call(world, API_START_SESSION, at, caller);

	world_api_call(world, call)->session_id = session_id;
	return call;
}

static struct told_session shell(struct world *world, struct slice caller, us_time at)
{
	return (struct told_session){
		.id = tell_session_id(world, caller),
		.owner = world_caller_arn(world, caller),
		.document = SLICE("SSM-SessionManagerRunShell"),
		.plugin = SLICE("Standard_Stream"),
		.instance = world->instance,
		.from = at,
		.until = random_chance(&world->random, 80) ? at + seconds(world, 10, 3000)
							   : US_TIME_NONE,
	};
}

static uint32_t shell_login(struct world *world, const struct told_session *session)
{
	uint32_t login = tell_session_login(world, session);

	world_add_door(world, login, PATH_AWS_SSM_SESSION, session->from,
		       session->from + 300000);
	return login;
}

static void tie_first(struct world *world, uint32_t login, uint32_t call, enum fit fit)
{
	world_tie(world, &world->logins[login].doors[0], call, fit);
}

static uint32_t add_resume(struct world *world, us_time at, struct slice caller,
			   struct slice session_id)
{
	uint32_t call = world_add_call(world, API_RESUME_SESSION, at, caller);

	world_api_call(world, call)->session_id = session_id;
	world_api_call(world, call)->instance_count = 0;
	return call;
}

void story_session(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login = shell_login(world, &session);

	tie_first(world, login, tell_start_session(world, at, caller, session.id),
		  FIT_VOUCHES);
	if (random_chance(&world->random, 25))
		tie_first(world, login,
			  add_resume(world, at + seconds(world, 20, 900), caller,
				     session.id),
			  FIT_RESUMES);
}

/* The record has no responseElements: which session it started is not said. */
void story_session_null(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login = shell_login(world, &session);

	world->logins[login].doors[0].group = (int32_t)world->groups++;
	tie_first(world, login, tell_start_session(world, at, caller, SLICE("")),
		  FIT_VOUCHES);
}

void story_session_ecs(struct world *world, us_time at)
{
	struct slice caller = SLICE("ecs-execute-command");
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login, call;

	session.instance = world_text(world, "ecs:web_%llx_1",
				      (unsigned long long)random_next(&world->random));
	session.document = SLICE("AmazonECS-ExecuteInteractiveCommand");
	session.plugin = SLICE("InteractiveCommands");
	login = shell_login(world, &session);
	world->logins[login].doors[0].class_bits |= 1U << LOG_CLASS_ECS;
	call = world_add_call(world, API_EXECUTE_COMMAND, at, world_caller(world));
	world_api_call(world, call)->session_id = session.id;
	world_api_call(world, call)->instance_count = 0;
	tie_first(world, login, call, FIT_VOUCHES);
}

void story_session_no_show(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	uint32_t call =
		tell_start_session(world, at, caller, tell_session_id(world, caller));

	world->calls[call].is_unanswered = true;
}

/* ---- thefts ---- */

void story_session_no_call(struct world *world, us_time at)
{
	struct told_session session = shell(world, world_caller(world), at);

	shell_login(world, &session);
}

/* The refused call names this instance, or none and then its caller is the session's
 * owner. */
void story_session_denied(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 30));
	bool names_instance = random_chance(&world->random, 60);
	uint32_t login = shell_login(world, &session), call;

	call = tell_start_session(
		world, at, names_instance ? world_caller(world) : caller, SLICE(""));
	world_refuse(world, call, names_instance);
	world_hurry(world, call);
	tie_first(world, login, call, FIT_DENIED);
}

void story_session_elsewhere(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login = shell_login(world, &session);
	uint32_t call = tell_start_session(world, at, caller, session.id);

	world_point_elsewhere(world, call);
	tie_first(world, login, call, FIT_WRONG_INSTANCE);
}

/* A new session's worker never follows a ResumeSession alone. */
void story_session_only_resumed(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login = shell_login(world, &session);

	tie_first(world, login, add_resume(world, at, caller, session.id), FIT_RESUMES);
}

/* Somebody else resumes a session that was started honestly: the login itself is vouched
 * for. */
void story_session_taken_over(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	struct told_session session = shell(world, caller, at + seconds(world, 1, 4));
	uint32_t login = shell_login(world, &session);

	tie_first(world, login, tell_start_session(world, at, caller, session.id),
		  FIT_VOUCHES);
	tie_first(world, login,
		  add_resume(world, at + seconds(world, 20, 600), world_caller(world),
			     session.id),
		  FIT_RESUMES);
	world->logins[login].is_taken_over = true;
}

/* Two sessions of one owner claim one call that does not say which it started. Sometimes
 * the earlier one is read later and takes the call over. */
void story_session_null_reused(struct world *world, us_time at)
{
	struct slice caller = world_caller(world);
	uint32_t call = tell_start_session(world, at, caller, SLICE(""));
	int32_t group = (int32_t)world->groups++;

	for (unsigned i = 0; i < 2; i++) {
		struct told_session session;
		uint32_t login;

		at += seconds(world, 1, 12);
		session = shell(world, caller, at);
		login = shell_login(world, &session);
		world->logins[login].doors[0].group = group;
		tie_first(world, login, call, FIT_VOUCHES);
		if (i == 0 && random_chance(&world->random, 40))
			world_hold_lines(world, login, seconds(world, 60, 3000));
	}
}
