/* SPDX-License-Identifier: Apache-2.0 */
/* EC2 Instance Connect: pushed keys, honest and not. */
#include "tests/world/stories.h"

static uint16_t any_port(struct world *world)
{
	return (uint16_t)(20000 + random_below(&world->random, 40000));
}

uint32_t tell_ssh_login(struct world *world, us_time at, struct slice user,
			struct slice fingerprint, struct slice source_ip)
{
	uint32_t login = world_add_login(world, PATH_DIRECT_SSH);
	struct event *event = world_add_line(world, login, EVENT_LOGIN_ACCEPTED, at);

	event->login = (struct login_accepted){
		.user = user,
		.method = fingerprint.len ? SLICE("publickey")
					  : SLICE("keyboard-interactive/pam"),
		.source_ip = source_ip,
		.source_port = any_port(world),
		.key_type = fingerprint.len ? SLICE("ED25519") : SLICE(""),
		.fingerprint = fingerprint,
	};
	event = world_add_line(world, login, EVENT_SESSION_OPENED, at + 3000);
	event->pam_session = (struct pam_session){ .service = SLICE("sshd"),
						   .user = user,
						   .by = SLICE("") };
	if (random_chance(&world->random, 70)) {
		us_time closed_at = at + random_span(&world->random, 5 * US_PER_SECOND,
						     40 * US_PER_MINUTE);

		event = world_add_line(world, login, EVENT_SESSION_CLOSED, closed_at);
		event->pam_session =
			(struct pam_session){ .service = SLICE("sshd"), .user = user };
	}
	return login;
}

void tell_offer(struct world *world, uint32_t login, us_time at, struct slice fingerprint,
		struct slice request_id)
{
	struct event *event = world_add_line(world, login, EVENT_KEY_OFFERED, at);

	event->key_offered = (struct key_offered){ .fingerprint = fingerprint,
						   .request_id = request_id };
}

uint32_t tell_push(struct world *world, us_time at, struct slice user,
		   struct slice fingerprint)
{
	uint32_t call =
		world_add_call(world, API_SEND_SSH_PUBLIC_KEY, at, world_caller(world));

	world_api_call(world, call)->os_user = user;
	world_api_call(world, call)->fingerprint = fingerprint;
	return call;
}

static us_span seconds(struct world *world, uint32_t from, uint32_t to)
{
	return random_span(&world->random, from * US_PER_SECOND, to * US_PER_SECOND);
}

/* One login with a key that Instance Connect offered so many times (twice is usual: a
 * probe and the signed request). Without an offer nothing but the push says which door it
 * was. */
static uint32_t pushed_login(struct world *world, us_time at, struct slice user,
			     struct slice fingerprint, struct slice request_id,
			     uint32_t offer_count)
{
	uint32_t login =
		tell_ssh_login(world, at, user, fingerprint, world_public_ip(world));
	struct door *door = world_add_door(world, login, PATH_AWS_EC2_INSTANCE_CONNECT,
					   at - 1300000, at);

	door->is_made_by_call = offer_count == 0;
	if (offer_count > 0)
		tell_offer(world, login, at - 1300000, fingerprint, request_id);
	if (offer_count > 1)
		tell_offer(world, login, at - 1100000, fingerprint, request_id);
	return login;
}

static struct door *first_door(struct world *world, uint32_t login)
{
	return &world->logins[login].doors[0];
}

static us_time claim_offers(struct world *world, us_time at, us_span length)
{
	return world_claim(world, RESOURCE_OFFERS, at, length);
}

/* A push and the logins of its minute. */
void story_connect(struct world *world, us_time at)
{
	struct slice user =
		random_chance(&world->random, 60) ? SLICE("deploy") : SLICE("ubuntu");
	struct slice fingerprint = world_fingerprint(world);
	uint32_t count =
		1 +
		(random_chance(&world->random, 40) ? random_below(&world->random, 4) : 0);
	bool says_request = random_chance(&world->random, 70), was_offered = false;
	uint32_t push;
	us_time pushed_at = claim_offers(world, at, 65 * US_PER_SECOND);

	push = tell_push(world, pushed_at, user, fingerprint);
	at = pushed_at + seconds(world, 3, 10);
	for (uint32_t i = 0; i < count; i++) {
		struct slice request_id =
			says_request ? world_api_call(world, push)->request_id
				     : SLICE("");
		uint32_t offer_count = random_below(&world->random, 3);
		uint32_t login = pushed_login(world, at, user, fingerprint, request_id,
					      offer_count);

		/* an offer names the door for a while, also to who comes next */
		was_offered |= offer_count > 0;
		first_door(world, login)->is_made_by_call = !was_offered;
		world_tie(world, first_door(world, login), push, FIT_VOUCHES);
		at += seconds(world, 3, 15);
	}
}

/* sshd took the key in this very process, and wants more. */
static void tell_partial(struct world *world, uint32_t login, us_time at,
			 struct slice user, struct slice fingerprint)
{
	struct event *event = world_add_line(world, login, EVENT_KEY_PARTIAL, at);

	event->login = (struct login_accepted){
		.user = user,
		.method = SLICE("publickey"),
		.source_ip = world_public_ip(world),
		.source_port = any_port(world),
		.key_type = SLICE("ED25519"),
		.fingerprint = fingerprint,
	};
}

/* The key is the first factor; what sshd accepts at last is the second, and names no key.
 * It is tied to the one open offer by time alone, unless sshd said that it had taken the
 * key. */
void story_connect_second_factor(struct world *world, us_time at)
{
	struct slice user = SLICE("deploy"), fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 5 * US_PER_MINUTE);
	us_time offered_at = pushed_at + seconds(world, 3, 50);
	us_time accepted_at = offered_at + seconds(world, 2, 110);
	uint32_t push = tell_push(world, pushed_at, user, fingerprint);
	uint32_t login = tell_ssh_login(world, accepted_at, user, SLICE(""),
					world_public_ip(world));
	struct door *door = world_add_door(world, login, PATH_AWS_EC2_INSTANCE_CONNECT,
					   offered_at, accepted_at);

	door->is_weak = random_chance(&world->random, 60);
	if (!door->is_weak)
		tell_partial(world, login, offered_at + 500000, user, fingerprint);
	world_tie(world, door, push, FIT_VOUCHES);
	tell_offer(world, login, offered_at, fingerprint,
		   random_chance(&world->random, 70)
			   ? world_api_call(world, push)->request_id
			   : SLICE(""));
}

/* The key is offered at the end of its minute, and the user takes two more to come in. */
void story_connect_slow_login(struct world *world, us_time at)
{
	struct slice user = SLICE("deploy"), fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 5 * US_PER_MINUTE);
	us_time offered_at = pushed_at + seconds(world, 40, 58);
	us_time accepted_at = offered_at + seconds(world, 60, 115);
	uint32_t push = tell_push(world, pushed_at, user, fingerprint);
	uint32_t login = tell_ssh_login(world, accepted_at, user, fingerprint,
					world_public_ip(world));
	struct door *door = world_add_door(world, login, PATH_AWS_EC2_INSTANCE_CONNECT,
					   offered_at, accepted_at);

	world_tie(world, door, push, FIT_VOUCHES);
	tell_offer(world, login, offered_at, fingerprint,
		   random_chance(&world->random, 50)
			   ? world_api_call(world, push)->request_id
			   : SLICE(""));
}

/* A key that is in authorized_keys and was used before it was also pushed: outside the
 * push's minute it is a plain login. */
void story_connect_own_key(struct world *world, us_time at)
{
	struct slice user = SLICE("deploy"), fingerprint = world_fingerprint(world);
	struct slice source_ip = world_public_ip(world);
	uint32_t push, login;

	tell_ssh_login(world, at, user, fingerprint, source_ip);
	at = claim_offers(world, at + seconds(world, 300, 3000), 65 * US_PER_SECOND);
	push = tell_push(world, at, user, fingerprint);
	login = pushed_login(world, at + seconds(world, 3, 40), user, fingerprint,
			     world_api_call(world, push)->request_id, 1);
	world_tie(world, first_door(world, login), push, FIT_VOUCHES);
	tell_ssh_login(world, at + seconds(world, 600, 4000), user, fingerprint,
		       source_ip);
}

/* A key was pushed and offered, and nobody came in with it. */
void story_connect_not_used(struct world *world, us_time at)
{
	struct slice fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 4 * US_PER_MINUTE);
	uint32_t push = tell_push(world, pushed_at, SLICE("deploy"), fingerprint);

	tell_offer(world, 0, pushed_at + seconds(world, 3, 50), fingerprint,
		   world_api_call(world, push)->request_id);
}

/* ---- thefts ---- */

static uint32_t stolen_login(struct world *world, us_time at, struct slice user,
			     struct slice fingerprint)
{
	struct slice request_id =
		random_chance(&world->random, 60) ? world_uuid(world) : SLICE("");

	return pushed_login(world, at, user, fingerprint, request_id,
			    1 + random_below(&world->random, 2));
}

/* The thief's own key, and an offer that the thief wrote into the log. */
void story_connect_forged_offer(struct world *world, us_time at)
{
	at = claim_offers(world, at, 10 * US_PER_SECOND);
	stolen_login(world, at + 5 * US_PER_SECOND, SLICE("root"),
		     world_fingerprint(world));
}

void story_connect_denied(struct world *world, us_time at)
{
	us_time called_at = claim_offers(world, at, 65 * US_PER_SECOND);
	uint32_t push = world_add_call(world, API_SEND_SSH_PUBLIC_KEY, called_at,
				       world_caller(world));
	uint32_t login = stolen_login(world, called_at + seconds(world, 3, 40),
				      SLICE("deploy"), world_fingerprint(world));

	world_refuse(world, push, true);
	world_hurry(world, push);
	world_tie(world, first_door(world, login), push, FIT_DENIED);
}

/* Any other error is a call that did not happen. */
void story_connect_failed(struct world *world, us_time at)
{
	struct slice fingerprint = world_fingerprint(world);
	us_time called_at = claim_offers(world, at, 65 * US_PER_SECOND);
	uint32_t push = tell_push(world, called_at, SLICE("deploy"), fingerprint);

	world_api_call(world, push)->outcome = API_FAILED;
	world_api_call(world, push)->error_code = SLICE("EC2InstanceNotFoundException");
	stolen_login(world, called_at + seconds(world, 3, 40), SLICE("deploy"),
		     fingerprint);
}

/* The first login is the push's own. Then the key, kept in authorized_keys, opens the
 * door long after its minute. */
void story_connect_expired(struct world *world, us_time at)
{
	struct slice user = SLICE("deploy"), fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 65 * US_PER_SECOND);
	uint32_t push = tell_push(world, pushed_at, user, fingerprint), login;
	uint32_t count = 1 + random_below(&world->random, 3);

	login = pushed_login(world, pushed_at + seconds(world, 3, 40), user, fingerprint,
			     world_api_call(world, push)->request_id, 1);
	world_tie(world, first_door(world, login), push, FIT_VOUCHES);
	at = pushed_at + seconds(world, 300, 7200);
	for (uint32_t i = 0; i < count; i++) {
		login = pushed_login(world, at, user, fingerprint, SLICE(""), 0);
		world_tie(world, first_door(world, login), push, FIT_EXPIRED);
		at += seconds(world, 60, 3000);
	}
}

void story_connect_wrong_user(struct world *world, us_time at)
{
	struct slice fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 65 * US_PER_SECOND);
	uint32_t push = tell_push(world, pushed_at, SLICE("deploy"), fingerprint);
	uint32_t login =
		pushed_login(world, pushed_at + seconds(world, 3, 50), SLICE("root"),
			     fingerprint, SLICE(""), random_below(&world->random, 3));

	world_tie(world, first_door(world, login), push, FIT_WRONG_USER);
}

void story_connect_elsewhere(struct world *world, us_time at)
{
	struct slice fingerprint = world_fingerprint(world);
	us_time pushed_at = claim_offers(world, at, 65 * US_PER_SECOND);
	uint32_t push = tell_push(world, pushed_at, SLICE("deploy"), fingerprint);
	uint32_t login =
		pushed_login(world, pushed_at + seconds(world, 3, 50), SLICE("deploy"),
			     fingerprint, SLICE(""), 1 + random_below(&world->random, 2));

	world_point_elsewhere(world, push);
	world_tie(world, first_door(world, login), push, FIT_WRONG_INSTANCE);
}

/* An offer that its claimed writer did not write, and the journal says so: it is told,
 * and the login is what it would be without it. */
void story_connect_seen_through(struct world *world, us_time at)
{
	struct slice fingerprint = world_fingerprint(world);
	uint32_t login, line;

	if (world->host_mode == HOST_MODE_TEXT)
		return;
	at = claim_offers(world, at, 10 * US_PER_SECOND) + 5 * US_PER_SECOND;
	login = tell_ssh_login(world, at, SLICE("deploy"), fingerprint,
			       world_public_ip(world));
	line = world->line_count;
	tell_offer(world, login, at - US_PER_SECOND, fingerprint, SLICE(""));
	world->lines[line].event.trust = TRUST_CONTRADICTED;
	world->logins[login].tells_forgery = true;
}
