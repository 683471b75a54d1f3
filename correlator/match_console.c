/* SPDX-License-Identifier: Apache-2.0 */
/* Serial consoles: nothing of the key or its caller reaches the host, so time and port
 * tie. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

/* The latest push listed under the key that lies in the window; one stamped after the
 * login, by clocks that differ, only where there is none before. */
static struct call *latest_under(const struct correlator *correlator, struct slice key,
				 const struct match *match)
{
	const struct key_node *node = index_find(&correlator->index, KEY_SERIAL, key);
	size_t after = node ? call_list_from(&node->calls, match->measured_at + 1) : 0;

	if (after && node->calls.items[after - 1]->event.happened_at >= match->from)
		return node->calls.items[after - 1];
	return node && after < node->calls.count &&
			       node->calls.items[after]->event.happened_at <= match->until
		       ? node->calls.items[after]
		       : NULL;
}

/* The latest push wins, and one push may let several logins in. A port that is not said,
 * on either side, fits any. */
static struct call *latest_push(const struct correlator *correlator,
				const struct tracked_login *login,
				const struct match *match, const struct tracer *tracer)
{
	char port_key[SERIAL_KEY_BYTES], unknown_key[SERIAL_KEY_BYTES];
	struct call *any = latest_under(correlator, SERIAL_ANY, match), *call = any,
		    *other;

	if (login->serial_port >= 0) {
		call = latest_under(correlator, serial_key(login->serial_port, port_key),
				    match);
		other = latest_under(correlator, serial_key(-1, unknown_key), match);
		if (!call ||
		    (other && other->event.happened_at > call->event.happened_at))
			call = other;
	}
	if (call)
		trace(tracer, "serial-console", call, true,
		      "the latest key pushed to this console before the login");
	else if (any)
		trace(tracer, "serial-console", any, false,
		      "it was for another serial port");
	return call;
}

struct match match_serial_console(const struct correlator *correlator,
				  const struct tracked_login *login,
				  const struct tracer *tracer)
{
	struct match match = match_absent(
		correlator, login->view.happened_at, SERIAL_SESSION_US,
		after_login(correlator, login), 1u << LOG_CLASS_INSTANCE_CONNECT);
	struct slice instance = correlator->identity.instance;
	const struct call *refused;

	match.is_weak = true;
	if (login->view.tty.len == 0)
		match.also = REASON_TTY_UNKNOWN;
	if (instance.len == 0) {
		match.at_most_unverifiable = true;
		match.reason = REASON_NO_API_LOG;
		trace(tracer, "serial-console", NULL, false,
		      "which instance this is, is not known");
		return match;
	}
	match.call = latest_push(correlator, login, &match, tracer);
	if (match.call) {
		match.matched = BIT(MATCHED_INSTANCE) | BIT(MATCHED_TIME);
		if (login->serial_port >= 0 &&
		    match.call->event.api_call.serial_port >= 0)
			match.matched |= BIT(MATCHED_SERIAL_PORT);
		return match;
	}
	refused = match_refused(correlator, KEY_DENIED_SERIAL, instance, &match);
	if (login->view.tty.len == 0) {
		match.at_most_unverifiable = true;
		match.reason = REASON_TTY_UNKNOWN;
	} else if (refused) {
		match.near = refused;
		match.reason = REASON_API_CALL_DENIED;
	}
	trace(tracer, refused ? "denied" : "absence", refused, true,
	      refused ? "a key push to this console was refused"
		      : "no key was pushed to this console in the hour before");
	return match;
}
