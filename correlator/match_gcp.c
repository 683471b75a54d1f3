/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google Cloud: OS Login, metadata keys, IAP tunnels. OS Login's check is made for the
 * host itself before sshd has seen a signature, and the values of metadata are not
 * logged: both tie weakly.
 */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/google.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

static uint32_t instance_bit(const struct correlator *correlator, const struct call *call)
{
	return call_is_for_us(correlator, call) == 1 ? BIT(MATCHED_INSTANCE) : 0;
}

/* ---- OS Login ---- */

/* The first under the tag that lies in the window. */
static struct call *first_check(const struct correlator *correlator, enum check_kind kind,
				enum check_tag tag, struct slice text,
				const struct match *match)
{
	const struct key_node *node = os_login_checks(correlator, kind, tag, text);
	size_t at = node ? call_list_from(&node->calls, match->from) : 0;

	return node && at < node->calls.count &&
			       node->calls.items[at]->event.happened_at <= match->until
		       ? node->calls.items[at]
		       : NULL;
}

/* By the address that the metadata server told, else by the names that OS Login may have
 * made of one. Service accounts' names are numbers that no call tells. */
static struct call *find_check(const struct correlator *correlator, enum check_kind kind,
			       const struct tracked_login *login,
			       const struct match *match, uint32_t *ret_matched)
{
	struct slice user = login->view.os_user;
	struct slice principal = os_login_principal(correlator, user);
	struct call *call;

	*ret_matched = BIT(MATCHED_USER) | BIT(MATCHED_TIME);
	if (principal.len)
		return first_check(correlator, kind, CHECK_OF_PRINCIPAL, principal,
				   match);
	call = first_check(correlator, kind, CHECK_OF_NAME, user, match);
	if (!call)
		call = first_check(correlator, kind, CHECK_OF_LOCAL_PART, user, match);
	if (call || !is_service_account_name(user))
		return call;
	*ret_matched = BIT(MATCHED_TIME);
	return first_check(correlator, kind, CHECK_OF_SERVICE, (struct slice){ 0 },
			   match);
}

/* What else is known of the user, for whoever wants to know. */
static void trace_user(const struct correlator *correlator,
		       const struct tracked_login *login, const struct match *match,
		       const struct tracer *tracer)
{
	struct match ever = *match;
	uint32_t matched;
	struct call *call;

	if (!tracer)
		return;
	call = find_check(correlator, CHECK_SECOND_FACTOR, login, match, &matched);
	if (call)
		trace(tracer, "second-factor", call, true,
		      "OS Login asked this user for a second factor then");
	ever.from = INT64_MIN;
	call = find_check(correlator, CHECK_KEY_IMPORTED, login, &ever, &matched);
	if (call)
		trace(tracer, "key-import", call, true,
		      "this user had put a key into the profile before");
}

struct match match_os_login(const struct correlator *correlator,
			    const struct tracked_login *login,
			    const struct tracer *tracer)
{
	struct match match = match_absent(
		correlator, login->view.happened_at, OS_LOGIN_JOIN_US,
		OS_LOGIN_JOIN_US + login->uncertainty_us, 1u << LOG_CLASS_GCP_OS_LOGIN);
	uint32_t matched;
	struct call *call =
		find_check(correlator, CHECK_ADMITTED, login, &match, &matched);

	match.is_weak = true;
	trace_user(correlator, login, &match, tracer);
	if (call) {
		match.call = call;
		match.matched = matched | instance_bit(correlator, call);
		trace(tracer, "check-policy", call, true,
		      "OS Login let this user in on this host then");
		return match;
	}
	match.near = find_check(correlator, CHECK_REFUSED, login, &match, &matched);
	if (match.near)
		match.reason = REASON_API_CALL_DENIED;
	trace(tracer, match.near ? "denied" : "absence", match.near, true,
	      match.near ? "OS Login refused this user on this host then"
			 : "OS Login was not asked for this user then");
	return match;
}

/* ---- metadata keys ---- */

/* Google's agent has given this key, and the metadata says that it does not any more: who
 * lets it in is the file. What could have brought it there is known already. */
static void match_left_key(struct match *match, const struct call *call,
			   const struct tracer *tracer)
{
	match->needs_no_coverage = true;
	match->near = call;
	match->reason = call ? REASON_API_CALL_EXPIRED : REASON_NO_API_CALL;
	trace(tracer, "metadata", call, false,
	      "the key stands in authorized_keys as Google's, and the metadata has it "
	      "no more");
}

struct match match_metadata_key(const struct correlator *correlator,
				const struct tracked_login *login,
				const struct tracer *tracer)
{
	struct match match =
		match_absent(correlator, login->view.happened_at, 0,
			     after_login(correlator, login), 1u << LOG_CLASS_GCP_COMPUTE);
	struct call *call = latest_key_call(correlator, login);

	match.is_weak = true;
	if (metadata_key_state(correlator, login) == KEY_IS_LEFT) {
		match_left_key(&match, call, tracer);
		return match;
	}
	if (call) {
		match.call = call;
		match.matched = BIT(MATCHED_TIME) | instance_bit(correlator, call);
		trace(tracer, "set-metadata", call, true,
		      "it is the latest that set ssh keys; which, is not logged");
		return match;
	}
	/* a key may be as old as the project */
	match.at_most_unverifiable = true;
	match.reason = REASON_CALL_MAY_BE_OLDER;
	trace(tracer, "absence", NULL, true, "no call in sight set ssh keys before");
	return match;
}

/* ---- tunnels ---- */

static void vouch_tunnel(const struct correlator *correlator, struct match *match,
			 struct call *call)
{
	match->call = call;
	match->matched = BIT(MATCHED_TIME) | instance_bit(correlator, call);
	if (call->event.api_call.port)
		match->matched |= BIT(MATCHED_PORT);
}

/* The record may be written when the tunnel ends only, and is not missed before. */
static void wait_for_end(const struct correlator *correlator,
			 const struct tracked_login *login, struct match *match)
{
	if (login->view.ended_at == US_TIME_NONE) {
		match->at_most_unverifiable = true;
		return;
	}
	if (login->view.ended_at > match->measured_at)
		match->measured_at = login->view.ended_at;
	if (iap_end_until(correlator, login) > match->until)
		match->until = iap_end_until(correlator, login);
}

static void match_no_tunnel(const struct correlator *correlator,
			    const struct tracked_login *login, const struct call *other,
			    struct match *match, const struct tracer *tracer)
{
	const struct call *contested = login->contested ? login->contested : other;
	const struct call *refused = match_refused(correlator, KEY_DENIED_IAP,
						   correlator->identity.instance, match);
	const struct call *stray = iap_stray_call(correlator, login);

	wait_for_end(correlator, login, match);
	/* whose of two tunnels that ended together it is, is not said */
	match->at_most_unverifiable |= (!login->contested && other) || stray;
	match->near = contested ? contested : refused;
	if (match->near)
		match->reason =
			contested ? REASON_API_CALL_REUSED : REASON_API_CALL_DENIED;
	trace(tracer,
	      contested ? "reused"
	      : refused ? "denied"
			: "absence",
	      match->near, true,
	      contested ? "the tunnel that fits the time was another login's"
	      : refused ? "a tunnel to this host was refused"
			: "no tunnel to this host fits the time");
	if (stray)
		trace(tracer, "end", stray, false,
		      "a tunnel ended that no session ended with, and may have been "
		      "this one's");
	if (login->view.ended_at == US_TIME_NONE)
		trace(tracer, "end", NULL, false,
		      "the host has not seen the session end, and the record of a tunnel "
		      "may come with its end");
}

struct match match_iap_tunnel(const struct correlator *correlator,
			      const struct tracked_login *login,
			      const struct tracer *tracer)
{
	struct match match =
		match_absent(correlator, login->view.happened_at, IAP_BEFORE_US,
			     after_login(correlator, login), 1u << LOG_CLASS_GCP_IAP);
	const struct call *other = NULL;
	struct call *call = login->claim;

	if (call) {
		vouch_tunnel(correlator, &match, call);
		trace(tracer, "tunnel", call, true,
		      "it authorised a tunnel to this host and port in the hour before");
		return match;
	}
	call = iap_ended_call(correlator, login, &other);
	if (call) {
		vouch_tunnel(correlator, &match, call);
		trace(tracer, "tunnel", call, true,
		      "a tunnel to this host and port ended with the session");
		return match;
	}
	match_no_tunnel(correlator, login, other, &match, tracer);
	return match;
}
