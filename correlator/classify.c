/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/classify.h"

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/match.h"
#include "correlator/session.h"
#include "correlator/ssh_groups.h"

bool is_before_launch(const struct correlator *correlator,
		      const struct tracked_login *login)
{
	us_time launched_at = correlator->identity.launched_at;

	return launched_at != US_TIME_NONE &&
	       login->view.happened_at < launched_at - correlator->options.skew_us;
}

bool is_own_address(const struct correlator *correlator, struct slice address)
{
	if (slice_starts_with(address, SLICE("127.")) ||
	    slice_equal(address, SLICE("::1")))
		return true;
	for (uint32_t i = 0; i < correlator->identity.private_ip_count; i++)
		if (slice_equal_ignoring_case(address,
					      correlator->identity.private_ips[i]))
			return true;
	return false;
}

bool is_sshd_port(const struct correlator *correlator, uint16_t port)
{
	if (correlator->sshd_port_count == 0)
		return port == 22;
	for (size_t i = 0; i < correlator->sshd_port_count; i++)
		if (correlator->sshd_ports[i] == port)
			return true;
	return false;
}

/* The first push of this key that names this instance. */
static const struct call *first_push_to_us(const struct correlator *correlator,
					   const struct key_node *node)
{
	for (size_t i = 0; i < node->calls.count; i++)
		if (call_is_for_us(correlator, node->calls.items[i]) == 1)
			return node->calls.items[i];
	return NULL;
}

/* Whether a push lies where it could have let this login in. */
static bool push_in_window(const struct correlator *correlator,
			   const struct key_node *node, const struct tracked_login *login,
			   bool *ret_same_user)
{
	us_time measured = login->offered_at != US_TIME_NONE ? login->offered_at
							     : login->view.happened_at;
	us_span before =
		PUSHED_KEY_LIFE_US + CALL_TIME_CUT_US + correlator->options.skew_us;
	us_time until = measured + after_login(correlator, login);
	bool found = false;

	*ret_same_user = false;
	for (size_t i = call_list_from(&node->calls, measured - before);
	     i < node->calls.count && node->calls.items[i]->event.happened_at <= until;
	     i++) {
		const struct call *call = node->calls.items[i];

		if (call_is_for_us(correlator, call) == 0)
			continue;
		found = true;
		*ret_same_user |=
			slice_equal(call->event.api_call.os_user, login->view.os_user);
	}
	return found;
}

/* Whether the key opened this host before `time` without being offered: then it is the
 * user's own, whoever pushed it later. A line that anybody could have written excuses
 * none that is better attested. */
static bool is_own_since(const struct key_node *node, const struct tracked_login *login,
			 us_time time)
{
	us_time attested = node->offers->own_since[1];
	us_time any = node->offers->own_since[0];

	if (attested != US_TIME_NONE && attested < time)
		return true;
	return login->view.trust <= TRUST_UNVERIFIED && any != US_TIME_NONE && any < time;
}

/* Whether a call in sight has pushed the login's key to this instance, so that the key is
 * Instance Connect's and not the user's own from before. */
static bool is_pushed_key(const struct correlator *correlator,
			  const struct tracked_login *login)
{
	const struct key_node *node = index_find(&correlator->index, KEY_FINGERPRINT,
						 login->view.key_fingerprint);
	const struct call *first;
	us_time earliest;
	bool same_user;

	if (!node || node->calls.count == 0)
		return false;
	if (correlator->identity.instance.len == 0)
		return push_in_window(correlator, node, login, &same_user);
	first = first_push_to_us(correlator, node);
	if (!first)
		return false;
	earliest = first->event.happened_at - correlator->options.skew_us;
	return !is_own_since(node, login, earliest) &&
	       login->view.happened_at + login->uncertainty_us >= earliest;
}

/* Whether Instance Connect offered the login's key. A login for which sshd named no key
 * was joined to the one open offer; it is given up when that key was pushed for another
 * user. */
static bool is_offered_key(const struct correlator *correlator,
			   struct tracked_login *login)
{
	const struct key_node *node;
	bool same_user;

	if (!login->offer_is_weak)
		return login->was_offered;
	node = index_find(&correlator->index, KEY_FINGERPRINT, login->offered_key);
	if (node && push_in_window(correlator, node, login, &same_user) && !same_user) {
		login->view.key_fingerprint = (struct slice){ 0 };
		login->view.principal_hint = (struct slice){ 0 };
		return false;
	}
	login->view.key_fingerprint = login->offered_key;
	login->view.principal_hint = login->offered_principal;
	return true;
}

/* Whether the port session was live at `time` and leads to sshd here. */
static bool is_live_for(const struct correlator *correlator,
			const struct tracked_login *session, us_time time)
{
	us_time end = session->view.ended_at;
	uint16_t port;

	if (session->view.happened_at > time + HOST_CUT_US ||
	    session->run->port_is_remote ||
	    whose_run(correlator, session) == RUN_OF_EARLIER ||
	    is_before_launch(correlator, session))
		return false;
	if (end != US_TIME_NONE && end + HOST_CUT_US < time)
		return false;
	if (slice_equal_ignoring_case(
		    session_document(correlator, session),
		    SLICE("AWS-StartPortForwardingSessionToRemoteHost")) &&
	    session->run->document.len == 0)
		return false; /* where to is not known, but not to here */
	port = session_port(correlator, session);
	return port == 0 || is_sshd_port(correlator, port);
}

static us_time session_end(const struct tracked_login *session)
{
	return session->view.ended_at == US_TIME_NONE
		       ? INT64_MAX
		       : session->view.ended_at + HOST_CUT_US;
}

static us_time later(us_time a, us_time b)
{
	return a > b ? a : b;
}

/* Bounds that are later than need be cost a longer walk: they may be so for that many
 * sessions that have ended since. */
#define PORT_ENDS_UNBOUNDED_MAX 256

static void refresh_port_bounds(struct correlator *correlator)
{
	const struct login_list *list = &correlator->port_sessions;

	if (correlator->port_ends_unbounded > PORT_ENDS_UNBOUNDED_MAX) {
		correlator->port_bounds_valid = 0;
		correlator->port_ends_unbounded = 0;
	}
	if (correlator->port_bounds_size < list->count) {
		correlator->port_bounds_size = list->size;
		correlator->port_bounds =
			memory_resize(correlator->port_bounds, list->size,
				      sizeof(*correlator->port_bounds));
	}
	for (size_t i = correlator->port_bounds_valid; i < list->count; i++) {
		struct port_bound bound = { US_TIME_NONE, 0, US_TIME_NONE };
		us_time end = session_end(list->items[i]);

		if (i)
			bound = correlator->port_bounds[i - 1];
		bound.end = later(bound.end, end);
		if (!is_single_use(correlator, list->items[i])) {
			bound.forwarding = i + 1;
			bound.forwarding_end = later(bound.forwarding_end, end);
		}
		correlator->port_bounds[i] = bound;
	}
	correlator->port_bounds_valid = list->count;
}

/* The oldest AWS-StartSSHSession that is still free, and whose plugin started within the
 * login's grace. */
static struct tracked_login *free_session(const struct correlator *correlator,
					  const struct tracked_login *login, size_t end)
{
	const struct login_list *list = &correlator->port_sessions;
	us_time time = login->view.happened_at;
	us_span reach = LOGIN_GRACE_US + HOST_CUT_US + correlator->port_delay_max_us;

	for (size_t i = login_list_from(list, time - reach); i < end; i++) {
		struct tracked_login *session = list->items[i];

		if (port_is_free(session, login) && is_within_grace(session, time) &&
		    is_single_use(correlator, session) &&
		    is_live_for(correlator, session, time))
			return session;
	}
	return NULL;
}

/* The latest that carries many. */
static struct tracked_login *forwarding_session(const struct correlator *correlator,
						us_time time, size_t end)
{
	const struct port_bound *bounds = correlator->port_bounds;

	while (end && bounds[end - 1].forwarding &&
	       bounds[end - 1].forwarding_end >= time) {
		size_t at = bounds[end - 1].forwarding - 1;

		if (is_live_for(correlator, correlator->port_sessions.items[at], time))
			return correlator->port_sessions.items[at];
		end = at;
	}
	return NULL;
}

/* The latest that cannot explain the login. */
static struct tracked_login *spent_session(const struct correlator *correlator,
					   us_time time, size_t end)
{
	for (size_t i = end; i-- > 0 && correlator->port_bounds[i].end >= time;) {
		struct tracked_login *session = correlator->port_sessions.items[i];

		if (is_live_for(correlator, session, time))
			return session;
	}
	return NULL;
}

/* Of the port sessions that lead to sshd and live: the oldest AWS-StartSSHSession still
 * free within its grace, else a forwarding one, else one that cannot explain the login.
 */
static struct tracked_login *port_session_of(struct correlator *correlator,
					     const struct tracked_login *login)
{
	us_time time = login->view.happened_at;
	size_t end = login_list_from(&correlator->port_sessions, time + HOST_CUT_US + 1);
	struct tracked_login *session;

	refresh_port_bounds(correlator);
	session = free_session(correlator, login, end);
	if (!session)
		session = forwarding_session(correlator, time, end);
	return session ? session : spent_session(correlator, time, end);
}

/* Its port session is free again: those it was denied to are judged anew. */
static void stop_using_port(struct correlator *correlator, struct tracked_login *login)
{
	struct tracked_login *session = login->port_session;

	login_list_remove(&session->run->carried, login);
	if (session->run->port_used_by != login)
		return;
	session->run->port_used_by = NULL;
	for (size_t i = 0; i < session->run->carried.count; i++)
		judge_later(correlator, session->run->carried.items[i]);
}

static void carry(struct correlator *correlator, struct tracked_login *login,
		  struct tracked_login *session)
{
	if (login->port_session == session)
		return;
	if (login->port_session)
		stop_using_port(correlator, login);
	login->port_session = session;
	if (session)
		login_list_append(&session->run->carried, login);
}

bool is_endpoint(const struct correlator *correlator, struct slice address)
{
	for (uint32_t i = 0; i < correlator->identity.endpoint_ip_count; i++)
		if (slice_equal_ignoring_case(address,
					      correlator->identity.endpoint_ips[i]))
			return true;
	return false;
}

/* Whether any of these calls lies where it could have let the login in. */
static bool has_tunnel_for(const struct correlator *correlator,
			   const struct call_list *calls,
			   const struct tracked_login *login)
{
	us_time time = login->view.happened_at;
	size_t at = call_list_from(calls, time - LOGIN_GRACE_US - CALL_TIME_CUT_US -
						  correlator->options.skew_us);

	return at < calls->count && calls->items[at]->event.happened_at <=
					    time + after_login(correlator, login);
}

/* A thing worth knowing of a login that no tunnel could be tied to. */
static const char *tunnel_hint(const struct correlator *correlator,
			       const struct tracked_login *login)
{
	const struct key_node *node;

	if (has_tunnel_for(correlator, &correlator->own_tunnels, login))
		return "an OpenTunnel call to this host's address fits the time, but its "
		       "endpoint's address is not known";
	if (correlator->identity.private_ip_count)
		return NULL;
	node = index_find(&correlator->index, KEY_TUNNEL_ANYWHERE, login->view.source_ip);
	return node && has_tunnel_for(correlator, &node->calls, login)
		       ? "an OpenTunnel call from this address fits the time, but this "
			 "host's "
			 "private address is not known"
		       : NULL;
}

/* The door whose credential let it in: the first that holds. */
static enum path key_door(struct correlator *correlator, struct tracked_login *login)
{
	if (is_offered_key(correlator, login) || is_pushed_key(correlator, login))
		return PATH_AWS_EC2_INSTANCE_CONNECT;
	if (is_entra_login(correlator, login))
		return PATH_AZURE_ENTRA_SSH;
	if (is_os_login(correlator, login))
		return PATH_GCP_OS_LOGIN;
	if (is_metadata_key_login(correlator, login))
		return PATH_GCP_METADATA_KEY;
	return PATH_NONE;
}

/* The tunnel it came through. */
static enum path tunnel_door(struct correlator *correlator, struct tracked_login *login)
{
	if (is_own_address(correlator, login->view.source_ip)) {
		carry(correlator, login, port_session_of(correlator, login));
		return login->port_session ? PATH_AWS_SSM_SSH : PATH_NONE;
	}
	if (is_iap_login(correlator, login))
		return PATH_GCP_IAP_TUNNEL;
	if (is_bastion_login(correlator, login))
		return PATH_AZURE_BASTION;
	if (!ssh_groups_may_be_bastion(correlator) &&
	    (is_endpoint(correlator, login->view.source_ip) || login->claim ||
	     login->is_contested))
		return PATH_AWS_EICE_TUNNEL;
	if (is_bastion_login(correlator, login))
		return PATH_AZURE_BASTION;
	return PATH_NONE;
}

static void classify_ssh(struct correlator *correlator, struct tracked_login *login)
{
	enum path key = key_door(correlator, login);
	enum path tunnel = tunnel_door(correlator, login);

	login->view.path = key ? key : tunnel ? tunnel : PATH_DIRECT_SSH;
	login->view.through = key ? tunnel : PATH_NONE;
	login->view.hint = tunnel ? NULL : tunnel_hint(correlator, login);
	google_learn_caller(correlator, login);
}

enum cloud own_cloud(const struct correlator *correlator)
{
	uint32_t seen = correlator->seen_clouds;

	if (correlator->identity.cloud != CLOUD_UNKNOWN)
		return correlator->identity.cloud;
	for (int cloud = CLOUD_UNKNOWN + 1; cloud < CLOUD_COUNT; cloud++)
		if (seen == 1u << cloud)
			return (enum cloud)cloud;
	return CLOUD_UNKNOWN;
}

void classify(struct correlator *correlator, struct tracked_login *login)
{
	switch (login->view.kind) {
	case LOGIN_SSH:
		classify_ssh(correlator, login);
		break;
	case LOGIN_CONSOLE:
		classify_console(correlator, login);
		break;
	case LOGIN_SESSION:
		login->view.path = PATH_AWS_SSM_SESSION;
		break;
	case LOGIN_COMMAND:
		login->view.path = PATH_AWS_SSM_COMMAND;
		break;
	case LOGIN_ASSOCIATION:
		login->view.path = PATH_AWS_SSM_ASSOCIATION;
		break;
	case LOGIN_EXTENSION:
		classify_extension(correlator, login);
		break;
	case LOGIN_SCRIPT:
		classify_script(correlator, login);
		break;
	case LOGIN_KIND_COUNT:
		break;
	}
}
