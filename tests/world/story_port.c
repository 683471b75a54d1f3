/* SPDX-License-Identifier: Apache-2.0 */
/* SSH through Session Manager: sshd's peer is this host itself while a port session
 * lives. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

static struct slice own_address(struct world *world)
{
	static const char *const loopback[] = { "127.0.0.1", "::1", "127.0.0.1" };
	uint32_t luck = random_below(&world->random, 4);

	return luck == 3 ? world->private_ip : slice_text(loopback[luck]);
}

struct port_session {
	struct slice caller;
	uint32_t login;
	int32_t call; /* -1 = none was made */
	us_time started_at, connected_at;
};

/* A live port session to sshd's port, for `length`. */
static struct port_session open_port(struct world *world, us_time at, bool is_ssh,
				     bool is_called, us_span length)
{
	struct port_session port = { .caller = world_caller(world), .call = -1 };
	struct told_session session = {
		.id = tell_session_id(world, port.caller),
		.owner = world_caller_arn(world, port.caller),
		.document = is_ssh ? SLICE("AWS-StartSSHSession")
				   : SLICE("AWS-StartPortForwardingSession"),
		.plugin = SLICE("Port"),
		.instance = world->instance,
		.port = 22,
		.from = at + seconds(world, 1, 3),
		.until = at + length,
	};
	struct door *door;

	port.login = tell_session_login(world, &session);
	port.started_at = session.from;
	port.connected_at = session.from + 300000;
	door = world_add_door(world, port.login, PATH_AWS_SSM_SESSION, session.from,
			      port.connected_at);
	if (is_called) {
		port.call =
			(int32_t)tell_start_session(world, at, port.caller, session.id);
		world_api_call(world, (uint32_t)port.call)->document = session.document;
		world_tie(world, door, (uint32_t)port.call, FIT_VOUCHES);
	}
	return port;
}

/* The door that a login through the port session adds. Its call is the session's. */
static void add_port_door(struct world *world, uint32_t login,
			  const struct port_session *port, us_time at, int32_t group)
{
	struct door *door =
		world_add_door(world, login, PATH_AWS_SSM_SSH, port->started_at, at);

	door->carrier = (int32_t)port->login;
	door->group = group;
	if (port->call >= 0)
		world_tie(world, door, (uint32_t)port->call, FIT_VOUCHES);
}

static uint32_t own_key_login(struct world *world, us_time at)
{
	return tell_ssh_login(world, at, SLICE("deploy"), world_fingerprint(world),
			      own_address(world));
}

static us_time claim_loopback(struct world *world, us_time at, us_span length)
{
	return world_claim(world, RESOURCE_LOOPBACK, at, length + US_PER_MINUTE);
}

void story_port_ssh(struct world *world, us_time at)
{
	us_span length = seconds(world, 120, 1200);
	struct port_session port;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, true, true, length);
	at = port.connected_at + seconds(world, 1, 60);
	add_port_door(world, own_key_login(world, at), &port, at,
		      (int32_t)world->groups++);
}

/* Through a forwarded port any number come in while it lives. */
void story_port_forward(struct world *world, us_time at)
{
	us_span length = seconds(world, 1200, 3600);
	uint32_t count = 1 + random_below(&world->random, 3);
	struct port_session port;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, false, true, length);
	at = port.connected_at;
	for (uint32_t i = 0; i < count; i++) {
		at += seconds(world, 2, 300);
		add_port_door(world, own_key_login(world, at), &port, at, -1);
	}
}

/* A pushed key on top: two doors, a call for each. */
static void connect_through(struct world *world, us_time at, bool is_called,
			    bool is_pushed)
{
	us_span length = seconds(world, 300, 1200);
	struct slice fingerprint = world_fingerprint(world), user = SLICE("deploy");
	struct port_session port;
	struct door *door;
	uint32_t login;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, true, is_called, length);
	at = world_claim(world, RESOURCE_OFFERS,
			 port.connected_at + seconds(world, 3, 20), 30 * US_PER_SECOND);
	if (at > port.connected_at + 90 * US_PER_SECOND)
		return;
	login = tell_ssh_login(world, at, user, fingerprint, own_address(world));
	door = world_add_door(world, login, PATH_AWS_EC2_INSTANCE_CONNECT, at - 1300000,
			      at);
	tell_offer(world, login, at - 1300000, fingerprint, SLICE(""));
	if (is_pushed)
		world_tie(world, door,
			  tell_push(world, at - seconds(world, 2, 30), user, fingerprint),
			  FIT_VOUCHES);
	add_port_door(world, login, &port, at, (int32_t)world->groups++);
}

void story_port_connect(struct world *world, us_time at)
{
	connect_through(world, at, true, true);
}

void story_port_half(struct world *world, us_time at)
{
	bool is_called = random_chance(&world->random, 50);

	connect_through(world, at, is_called, !is_called);
}

/* AWS-StartSSHSession is one connection: a second login through it is not its caller's.
 */
void story_port_reused(struct world *world, us_time at)
{
	us_span length = seconds(world, 200, 1200);
	int32_t group = (int32_t)world->groups++;
	struct port_session port;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, true, true, length);
	at = port.connected_at + seconds(world, 2, 30);
	add_port_door(world, own_key_login(world, at), &port, at, group);
	at += seconds(world, 3, 60);
	add_port_door(world, own_key_login(world, at), &port, at, group);
}

/* Nor is one that comes when the connection it opened must long be in or gone. */
void story_port_late(struct world *world, us_time at)
{
	us_span length = seconds(world, 900, 2400);
	struct port_session port;
	struct door *door;
	uint32_t login;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, true, true, length);
	at = port.connected_at + seconds(world, 240, 800);
	login = own_key_login(world, at);
	door = world_add_door(world, login, PATH_AWS_SSM_SSH, port.started_at, at);
	door->carrier = (int32_t)port.login;
	world_tie(world, door, (uint32_t)port.call, FIT_SPENT);
}

void story_port_no_call(struct world *world, us_time at)
{
	us_span length = seconds(world, 200, 1200);
	struct port_session port;

	at = claim_loopback(world, at, length);
	port = open_port(world, at, true, false, length);
	at = port.connected_at + seconds(world, 2, 60);
	add_port_door(world, own_key_login(world, at), &port, at,
		      (int32_t)world->groups++);
}

/* On loopback, but through no session: a plain login. */
void story_loopback(struct world *world, us_time at)
{
	own_key_login(world, claim_loopback(world, at, 0) + 30 * US_PER_SECOND);
}
