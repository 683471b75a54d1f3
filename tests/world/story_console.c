/* SPDX-License-Identifier: Apache-2.0 */
/* Consoles: the serial one of the cloud, and the local one. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

/* login(1) let somebody in: util-linux says on which tty (twice), shadow's says nothing
 * and only PAM does, without a tty. */
static uint32_t console_login(struct world *world, us_time at, enum path path,
			      struct slice tty)
{
	uint32_t login = world_add_login(world, path);
	struct slice user = SLICE("operator");
	struct event *event = world_add_line(world, login, EVENT_SESSION_OPENED, at);

	event->pam_session = (struct pam_session){ .service = SLICE("login"),
						   .user = user,
						   .by = SLICE("LOGIN") };
	if (tty.len == 0) {
		world->lines[world->line_count - 1].makes_login = true;
		return login;
	}
	event = world_add_line(world, login, EVENT_CONSOLE_LOGIN, at + 20000);
	event->console_login = (struct console_login){ .user = user, .tty = tty };
	event = world_add_line(world, login, EVENT_CONSOLE_LOGIN, at + 21000);
	event->console_login = (struct console_login){ .user = user, .tty = tty };
	return login;
}

static void log_out(struct world *world, uint32_t login, us_time at)
{
	struct event *event = world_add_line(world, login, EVENT_SESSION_CLOSED, at);

	event->pam_session = (struct pam_session){ .service = SLICE("login"),
						   .user = SLICE("operator") };
}

static uint32_t serial_login(struct world *world, us_time at, enum resource port)
{
	struct slice tty =
		port >= RESOURCE_COUNT
			? SLICE("")
			: world_text(world, "ttyS%d", (int)(port - RESOURCE_SERIAL_0));
	uint32_t login = console_login(world, at, PATH_AWS_SERIAL_CONSOLE, tty);

	/* nobody can say that a login without a tty was on the serial console at all */
	world_add_door(world, login, PATH_AWS_SERIAL_CONSOLE, at, at + 21000)
		->never_unauthorized = tty.len == 0;
	return login;
}

static uint32_t push_serial(struct world *world, us_time at, enum resource port)
{
	uint32_t call = world_add_call(world, API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY, at,
				       world_caller(world));

	world_api_call(world, call)->serial_port = (int16_t)(port - RESOURCE_SERIAL_0);
	world_api_call(world, call)->fingerprint = world_fingerprint(world);
	return call;
}

static enum resource any_port(struct world *world)
{
	return RESOURCE_SERIAL_0 + (enum resource)random_below(&world->random, 4);
}

/* Nothing of one story may reach into the window of the next: 65 minutes and the skew. */
static us_time claim_port(struct world *world, enum resource port, us_time at)
{
	return world_claim(world, port, at, 140 * US_PER_MINUTE);
}

/* All ports at once: a login without a tty may be on any of them. */
static us_time claim_all_ports(struct world *world, us_time at)
{
	for (enum resource port = RESOURCE_SERIAL_0; port <= RESOURCE_SERIAL_3; port++)
		if (world->busy_until[port] > at)
			at = world->busy_until[port];
	for (enum resource port = RESOURCE_SERIAL_0; port <= RESOURCE_SERIAL_3; port++)
		claim_port(world, port, at);
	return at;
}

static void tie_first(struct world *world, uint32_t login, uint32_t call, enum fit fit)
{
	world_tie(world, &world->logins[login].doors[0], call, fit);
}

/* A push, and whoever logs in (and out, and in again) within the hour that the connection
 * lasts. Sometimes another one connects while the first session is still open: that is
 * told, and the login stays the first one's. */
void story_serial(struct world *world, us_time at)
{
	enum resource port = any_port(world);
	us_time pushed_at = claim_port(world, port, at);
	uint32_t push = push_serial(world, pushed_at, port);
	uint32_t count = 1 + random_below(&world->random, 3);

	at = pushed_at + seconds(world, 5, 300);
	for (uint32_t i = 0; i < count; i++) {
		us_span length = seconds(world, 190, 195);
		uint32_t login = serial_login(world, at, port);

		tie_first(world, login, push, FIT_VOUCHES);
		log_out(world, login, at + length);
		if (i + 1 == count && random_chance(&world->random, 20)) {
			tie_first(world, login,
				  push_serial(world, at + 120 * US_PER_SECOND, port),
				  FIT_TAKES_OVER);
			world->logins[login].is_taken_over = true;
		}
		at += seconds(world, 200, 1500);
	}
}

void story_serial_no_tty(struct world *world, us_time at)
{
	us_time pushed_at = claim_all_ports(world, at);
	uint32_t call = push_serial(world, pushed_at, RESOURCE_SERIAL_0);
	uint32_t login;

	at = pushed_at + seconds(world, 5, 3000);
	login = serial_login(world, at, RESOURCE_COUNT);
	log_out(world, login, at + seconds(world, 10, 300));
	tie_first(world, login, call, FIT_VOUCHES);
}

void story_serial_no_call(struct world *world, us_time at)
{
	enum resource port = any_port(world);
	us_time logged_at = claim_port(world, port, at) + US_PER_MINUTE;
	uint32_t login;

	login = serial_login(world, logged_at, port);
	log_out(world, login, logged_at + US_PER_MINUTE);
	if (random_chance(&world->random, 50))
		world_point_elsewhere(
			world, push_serial(world, logged_at - 30 * US_PER_SECOND, port));
}

/* Pushed, but the connection of that push is long over. */
void story_serial_expired(struct world *world, us_time at)
{
	enum resource port = any_port(world);
	us_time pushed_at = world_claim(world, port, at, 220 * US_PER_MINUTE);
	uint32_t call = push_serial(world, pushed_at, port);
	uint32_t login;

	at = pushed_at + seconds(world, 75 * 60, 110 * 60);
	login = serial_login(world, at, port);
	log_out(world, login, at + seconds(world, 10, 300));
	tie_first(world, login, call, FIT_EXPIRED);
}

void story_serial_denied(struct world *world, us_time at)
{
	enum resource port = any_port(world);
	us_time called_at = claim_port(world, port, at);
	uint32_t call = push_serial(world, called_at, port);
	uint32_t login;

	at = called_at + seconds(world, 5, 900);
	login = serial_login(world, at, port);
	log_out(world, login, at + seconds(world, 10, 300));
	world_refuse(world, call, true);
	world_hurry(world, call);
	tie_first(world, login, call, FIT_DENIED);
}

void story_serial_dark(struct world *world, us_time at)
{
	us_time logged_at = claim_all_ports(world, at) + US_PER_MINUTE;
	uint32_t login = serial_login(world, logged_at, RESOURCE_COUNT);

	log_out(world, login, logged_at + US_PER_MINUTE);
}

void story_local(struct world *world, us_time at)
{
	console_login(world, at, PATH_LOCAL, SLICE("tty1"));
}
