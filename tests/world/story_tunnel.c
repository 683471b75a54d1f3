/* SPDX-License-Identifier: Apache-2.0 */
/* Instance Connect Endpoint: tunnels to this host, known by address and time alone. */
#include "tests/world/stories.h"

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

/* No tunnel of one story may lie in the window of the next. */
static us_time claim_tunnel(struct world *world, us_time at, us_span length)
{
	return world_claim(world, RESOURCE_TUNNEL, at + 4 * US_PER_MINUTE,
			   length + 4 * US_PER_MINUTE);
}

static uint32_t open_tunnel(struct world *world, us_time at)
{
	uint32_t call = world_add_call(world, API_OPEN_TUNNEL, at, world_caller(world));

	world_api_call(world, call)->instance_count = 0;
	world_api_call(world, call)->private_ip = world->private_ip;
	world_api_call(world, call)->port = 22;
	/* no other login of this world comes from such an address */
	world_api_call(world, call)->source_ip =
		world_text(world, "192.0.2.%u", 1 + world->names++ % 254);
	return call;
}

/* sshd sees the endpoint's own address, or (preserveClientIp) the caller's, in which case
 * nothing but the call says that there was a tunnel. */
static struct slice peer_of(struct world *world, uint32_t call, bool *ret_is_made_by_call)
{
	*ret_is_made_by_call =
		!world->knows_endpoint || random_chance(&world->random, 40);
	return *ret_is_made_by_call ? world_api_call(world, call)->source_ip
				    : world->endpoint_ip;
}

static struct door *add_tunnel_door(struct world *world, uint32_t login, us_time at,
				    bool is_made_by_call, int32_t group)
{
	struct door *door = world_add_door(world, login, PATH_AWS_EICE_TUNNEL, at, at);

	door->is_made_by_call = is_made_by_call;
	door->group = group;
	return door;
}

static uint32_t own_key_login(struct world *world, us_time at, struct slice peer)
{
	return tell_ssh_login(world, at, SLICE("deploy"), world_fingerprint(world), peer);
}

/* As many tunnels as logins, all within one window. */
void story_tunnel(struct world *world, us_time at)
{
	uint32_t count = 1 + random_below(&world->random, 3);
	uint32_t calls[3] = { 0 };
	int32_t group = (int32_t)world->groups++;
	bool is_made_by_call;
	struct slice peer;

	at = claim_tunnel(world, at, 100 * US_PER_SECOND);
	for (uint32_t i = 0; i < count; i++)
		calls[i] = open_tunnel(world, at + (us_span)i * 3 * US_PER_SECOND);
	for (uint32_t i = 1; i < count; i++)
		world_api_call(world, calls[i])->source_ip =
			world_api_call(world, calls[0])->source_ip;
	peer = peer_of(world, calls[0], &is_made_by_call);
	at += seconds(world, 12, 40);
	for (uint32_t i = 0; i < count; i++) {
		struct door *door = add_tunnel_door(world, own_key_login(world, at, peer),
						    at, is_made_by_call, group);

		for (uint32_t k = 0; k < count; k++)
			world_tie(world, door, calls[k], FIT_VOUCHES);
		at += seconds(world, 2, 15);
	}
}

/* A pushed key through the tunnel: two doors, a call for each. */
static void connect_through(struct world *world, us_time at, bool is_opened,
			    bool is_pushed)
{
	struct slice fingerprint = world_fingerprint(world), user = SLICE("deploy");
	us_time opened_at = claim_tunnel(world, at, 100 * US_PER_SECOND);
	bool is_made_by_call = false;
	struct slice peer = world->endpoint_ip;
	uint32_t call = 0, login;
	struct door *door;

	at = world_claim(world, RESOURCE_OFFERS, opened_at + seconds(world, 2, 20),
			 30 * US_PER_SECOND);
	if (at > opened_at + 90 * US_PER_SECOND || (!is_opened && !world->knows_endpoint))
		return;
	if (is_opened) {
		call = open_tunnel(world, opened_at);
		peer = peer_of(world, call, &is_made_by_call);
	}
	login = tell_ssh_login(world, at, user, fingerprint, peer);
	door = world_add_door(world, login, PATH_AWS_EC2_INSTANCE_CONNECT, at - 1300000,
			      at);
	tell_offer(world, login, at - 1300000, fingerprint, SLICE(""));
	if (is_pushed)
		world_tie(world, door,
			  tell_push(world, at - seconds(world, 2, 30), user, fingerprint),
			  FIT_VOUCHES);
	door = add_tunnel_door(world, login, at, is_made_by_call,
			       (int32_t)world->groups++);
	if (is_opened)
		world_tie(world, door, call, FIT_VOUCHES);
}

void story_tunnel_connect(struct world *world, us_time at)
{
	connect_through(world, at, true, true);
}

void story_tunnel_half(struct world *world, us_time at)
{
	bool is_opened = random_chance(&world->random, 50);

	connect_through(world, at, is_opened, !is_opened);
}

/* From a known endpoint, and nobody opened a tunnel to this host; perhaps to another. */
void story_tunnel_no_call(struct world *world, us_time at)
{
	if (!world->knows_endpoint)
		return;
	at = claim_tunnel(world, at, 100 * US_PER_SECOND);
	if (random_chance(&world->random, 40))
		world_api_call(world, open_tunnel(world, at))->private_ip =
			SLICE("10.77.0.9");
	at += seconds(world, 2, 60);
	add_tunnel_door(world, own_key_login(world, at, world->endpoint_ip), at, false,
			-1);
}

/* More logins than tunnels: the first has it. */
void story_tunnel_reused(struct world *world, us_time at)
{
	us_time opened_at = claim_tunnel(world, at, 100 * US_PER_SECOND);
	uint32_t call = open_tunnel(world, opened_at);
	int32_t group = (int32_t)world->groups++;
	bool is_made_by_call;
	struct slice peer = peer_of(world, call, &is_made_by_call);

	at = opened_at;
	for (unsigned i = 0; i < 2; i++) {
		at += seconds(world, 2, 40);
		world_tie(world,
			  add_tunnel_door(world, own_key_login(world, at, peer), at,
					  is_made_by_call, group),
			  call, FIT_VOUCHES);
	}
}
