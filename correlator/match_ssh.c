/* SPDX-License-Identifier: Apache-2.0 */
/* Doors of sshd: Instance Connect's keys, and the tunnels that lead to it. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

/* How well a push of the login's key fits otherwise; the better ones come first. */
enum push_fit {
	PUSH_FITS,
	PUSH_WRONG_OS_USER,
	PUSH_WRONG_INSTANCE,
	PUSH_OF_ANOTHER_KEY,
};

static enum push_fit push_fit(const struct correlator *correlator,
			      const struct call *call, const struct tracked_login *login)
{
	const struct api_call *api = &call->event.api_call;

	if (!slice_equal(api->fingerprint, login->view.key_fingerprint))
		return PUSH_OF_ANOTHER_KEY;
	if (call_is_for_us(correlator, call) == 0)
		return PUSH_WRONG_INSTANCE;
	return slice_equal(api->os_user, login->view.os_user) ? PUSH_FITS
							      : PUSH_WRONG_OS_USER;
}

static const char *push_fit_why(enum push_fit fit)
{
	static const char *const why[] = {
		[PUSH_FITS] = "key, OS user and instance are the login's",
		[PUSH_WRONG_OS_USER] = "the key is the login's, the OS user is not",
		[PUSH_WRONG_INSTANCE] = "the key is the login's, the instance is not",
		[PUSH_OF_ANOTHER_KEY] = "it pushed another key",
	};

	return why[fit];
}

/* Weighs one push: takes it when it fits, else remembers the better reason. */
static bool weigh_push(const struct correlator *correlator,
		       const struct tracked_login *login, struct call *call,
		       const char *rule, struct match *match, enum push_fit *best,
		       const struct tracer *tracer)
{
	enum push_fit fit = push_fit(correlator, call, login);

	trace(tracer, rule, call, fit == PUSH_FITS, push_fit_why(fit));
	if (fit < *best) {
		*best = fit;
		match->near = call;
	}
	if (fit != PUSH_FITS)
		return false;
	match->call = call;
	match->matched = BIT(MATCHED_FINGERPRINT) | BIT(MATCHED_OS_USER);
	if (call_is_for_us(correlator, call) == 1)
		match->matched |= BIT(MATCHED_INSTANCE);
	return true;
}

/* How long before an offer the push may lie that its line names, where anybody could have
 * written the line: clocks may be far off, but an old push must not be laundered for
 * ever. */
#define UNVERIFIED_REQUEST_US (24 * US_PER_HOUR)

/* A request id says for itself which call it was: no window, but see above. */
static bool is_believable(const struct tracked_login *login, const struct call *call,
			  us_time measured_at)
{
	us_span apart = measured_at > call->event.happened_at
				? measured_at - call->event.happened_at
				: call->event.happened_at - measured_at;

	return login->offer_trust > TRUST_UNVERIFIED || apart <= UNVERIFIED_REQUEST_US;
}

static bool match_request_id(const struct correlator *correlator,
			     const struct tracked_login *login, struct match *match,
			     enum push_fit *best, const struct tracer *tracer)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_REQUEST_ID, login->request_id);

	if (login->request_id.len == 0) {
		trace(tracer, "request-id", NULL, false,
		      "the host's lines name no request id");
		return false;
	}
	for (size_t i = 0; node && i < node->calls.count; i++) {
		if (!is_believable(login, node->calls.items[i], match->measured_at)) {
			trace(tracer, "request-id", node->calls.items[i], false,
			      "the line could be anybody's, and the push is more than a "
			      "day off");
			continue;
		}
		if (!weigh_push(correlator, login, node->calls.items[i], "request-id",
				match, best, tracer))
			continue;
		match->matched |= BIT(MATCHED_REQUEST_ID);
		return true;
	}
	if (!node || node->calls.count == 0)
		trace(tracer, "request-id", NULL, false,
		      "no call in sight has the line's request id");
	return false;
}

/* The latest push of the key inside its minute; one stamped after the login, by clocks
 * that differ, only where there is none before. */
static bool match_fingerprint(const struct correlator *correlator,
			      const struct tracked_login *login,
			      const struct key_node *node, struct match *match,
			      enum push_fit *best, const struct tracer *tracer)
{
	size_t after = call_list_from(&node->calls, match->measured_at + 1);
	bool fits = false;

	for (size_t i = after;
	     !fits && i-- > 0 && node->calls.items[i]->event.happened_at >= match->from;)
		fits = weigh_push(correlator, login, node->calls.items[i], "fingerprint",
				  match, best, tracer);
	for (size_t i = after; !fits && i < node->calls.count &&
			       node->calls.items[i]->event.happened_at <= match->until;
	     i++)
		fits = weigh_push(correlator, login, node->calls.items[i], "fingerprint",
				  match, best, tracer);
	if (fits)
		match->matched |= BIT(MATCHED_TIME);
	return fits;
}

static const struct call *push_before(const struct correlator *correlator,
				      const struct key_node *node, us_time before)
{
	for (size_t i = call_list_from(&node->calls, before); i-- > 0;)
		if (call_is_for_us(correlator, node->calls.items[i]) != 0)
			return node->calls.items[i];
	return NULL;
}

static void absent_push(const struct correlator *correlator,
			const struct tracked_login *login, const struct key_node *node,
			struct match *match, const struct tracer *tracer)
{
	const struct call *call =
		node ? push_before(correlator, node, match->from) : NULL;

	if (call) {
		match->reason = REASON_API_CALL_EXPIRED;
		match->near = call;
		trace(tracer, "expired", call, true,
		      "the key was pushed, but its minute was over");
		return;
	}
	call = match_refused(correlator, KEY_DENIED_KEY, correlator->identity.instance,
			     match);
	if (call) {
		match->reason = REASON_API_CALL_DENIED;
		match->near = call;
		trace(tracer, "denied", call, true,
		      "a push to this instance was refused");
		return;
	}
	trace(tracer, "absence", NULL, true,
	      login->was_offered
		      ? "Instance Connect offered the key, and no call pushed it"
		      : "no call pushed the key");
}

struct match match_instance_connect(const struct correlator *correlator,
				    const struct tracked_login *login,
				    const struct tracer *tracer)
{
	us_time measured = login->offered_at != US_TIME_NONE ? login->offered_at
							     : login->view.happened_at;
	struct match match = match_absent(correlator, measured, PUSHED_KEY_LIFE_US,
					  after_login(correlator, login),
					  1u << LOG_CLASS_INSTANCE_CONNECT);
	const struct key_node *node = index_find(&correlator->index, KEY_FINGERPRINT,
						 login->view.key_fingerprint);
	enum push_fit best = PUSH_OF_ANOTHER_KEY;

	match.is_weak = login->offer_is_weak;
	if (match_request_id(correlator, login, &match, &best, tracer))
		return match;
	if (node && match_fingerprint(correlator, login, node, &match, &best, tracer))
		return match;
	match.needs_no_coverage = true;
	if (best == PUSH_WRONG_OS_USER) {
		match.reason = REASON_WRONG_OS_USER;
		return match;
	}
	if (best == PUSH_WRONG_INSTANCE && login->was_offered) {
		match.reason = REASON_WRONG_INSTANCE;
		return match;
	}
	match.needs_no_coverage = false;
	match.near = NULL;
	absent_push(correlator, login, node, &match, tracer);
	return match;
}

struct slice session_document(const struct correlator *correlator,
			      const struct tracked_login *session)
{
	struct slice document = session->run->document;
	const struct key_node *node;

	if (document.len)
		return document;
	node = index_find(&correlator->index, KEY_SESSION_ID, session->view.session_id);
	for (size_t i = 0; node && i < node->calls.count && document.len == 0; i++)
		document = node->calls.items[i]->event.api_call.document;
	return document;
}

bool is_single_use(const struct correlator *correlator,
		   const struct tracked_login *session)
{
	if (session->single_use >= 0)
		return session->single_use;
	return slice_equal_ignoring_case(session_document(correlator, session),
					 SLICE("AWS-StartSSHSession"));
}

static bool is_grace_after(us_time opened, us_time time)
{
	return time >= opened - HOST_CUT_US &&
	       time <= opened + LOGIN_GRACE_US + HOST_CUT_US;
}

bool is_within_grace(const struct tracked_login *session, us_time time)
{
	if (session->run->connected_at == US_TIME_NONE)
		return is_grace_after(session->view.happened_at, time);
	return is_grace_after(session->run->connected_at, time) ||
	       is_grace_after(session->run->connected_again_at, time);
}

uint16_t session_port(const struct correlator *correlator,
		      const struct tracked_login *session)
{
	const struct key_node *node;
	uint16_t port = session->run->port;

	if (port)
		return port;
	node = index_find(&correlator->index, KEY_SESSION_ID, session->view.session_id);
	for (size_t i = 0; node && i < node->calls.count && port == 0; i++)
		port = node->calls.items[i]->event.api_call.port;
	return port;
}

bool port_is_free(const struct tracked_login *session, const struct tracked_login *login)
{
	if (!session->run->port_used_by)
		return !session->run->port_was_used;
	return session->run->port_used_by == login ||
	       login_is_before(login, session->run->port_used_by);
}

struct match match_ssm_ssh(const struct correlator *correlator,
			   const struct tracked_login *login, const struct tracer *tracer)
{
	const struct tracked_login *session = login->port_session;
	struct match match =
		match_absent(correlator, login->view.happened_at, SESSION_ABSENCE_US,
			     after_login(correlator, login), 1u << LOG_CLASS_SSM);
	const char *why = NULL;

	if (is_single_use(correlator, session) && !port_is_free(session, login)) {
		match.reason = REASON_API_CALL_REUSED;
		why = "the port session has already carried its one login";
	} else if (is_single_use(correlator, session) &&
		   !is_within_grace(session, login->view.happened_at)) {
		match.reason = REASON_API_CALL_EXPIRED;
		why = "the port session opened its connection too long before";
	}
	/* where the policy refused the session, its call is still spent */
	if (session->judgement.verdict != VERDICT_AUTHORIZED &&
	    !(why && session->judgement.call)) {
		match.fixed = &session->judgement;
		trace(tracer, "port-session", NULL, false,
		      "the session it came through is not vouched for itself, or is not "
		      "allowed");
	} else if (why) {
		match.needs_no_coverage = true;
		match.near = session->judgement.call;
		trace(tracer, "port-session", session->judgement.call, false, why);
	} else {
		match.call = session->judgement.call;
		match.matched =
			BIT(MATCHED_SESSION_ID) | BIT(MATCHED_PORT) | BIT(MATCHED_TIME);
		trace(tracer, "port-session", match.call, true,
		      "it came from this host's own address while the port session was "
		      "live");
	}
	return match;
}

struct match match_endpoint_tunnel(const struct correlator *correlator,
				   const struct tracked_login *login,
				   const struct tracer *tracer)
{
	struct match match = match_absent(correlator, login->view.happened_at,
					  LOGIN_GRACE_US, after_login(correlator, login),
					  1u << LOG_CLASS_INSTANCE_CONNECT);
	const struct api_call *api = login->claim ? &login->claim->event.api_call : NULL;

	if (api) {
		match.call = login->claim;
		match.matched = BIT(MATCHED_PRIVATE_IP) | BIT(MATCHED_TIME);
		if (api->port)
			match.matched |= BIT(MATCHED_PORT);
		if (slice_equal_ignoring_case(api->source_ip, login->view.source_ip))
			match.matched |= BIT(MATCHED_SOURCE_IP);
		trace(tracer, "tunnel", login->claim, true,
		      "it opened a tunnel to this host's address and port");
	} else if (login->is_contested) {
		/* its own call may only be late, so coverage is needed */
		match.reason = REASON_API_CALL_REUSED;
		match.near = login->contested;
		trace(tracer, "tunnel", NULL, false,
		      "the tunnel that fits the time vouched for an earlier login");
	} else {
		trace(tracer, "absence", NULL, true,
		      "no OpenTunnel call to this host fits the time");
	}
	return match;
}
