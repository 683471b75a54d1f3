/* SPDX-License-Identifier: Apache-2.0 */
/* Serial consoles: nothing of who connected reaches the host, so time and port tie. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

/* What a console is to its cloud. */
static const struct {
	enum log_class log_class;
	const char *absent;  /* why, when nothing vouches */
	const char *present; /* and when something does */
} consoles[CLOUD_COUNT] = {
	[CLOUD_AWS] = { LOG_CLASS_INSTANCE_CONNECT,
			"no key was pushed to this console in the hour before",
			"the latest key pushed to this console before the login" },
	[CLOUD_AZURE] = { LOG_CLASS_AZURE_ACTIVITY,
			  "nobody connected to this console in the day before",
			  "the latest connection to this console before the login" },
	[CLOUD_GCP] = { LOG_CLASS_GCP_SERIAL_PORT,
			"no connection to this console was open",
			"the latest connection to this console that was open" },
};

/* The latest connection listed under the port that lies in the window; one stamped after
 * the login, by clocks that differ, only where there is none before. */
static struct call *latest_under(const struct correlator *correlator, enum cloud cloud,
				 int port, const struct match *match)
{
	us_time from = cloud == CLOUD_GCP ? INT64_MIN : match->from;
	struct call *call =
		console_open_at(correlator, cloud, port, from, match->measured_at);
	char text[CONSOLE_KEY_BYTES];
	const struct key_node *node;
	size_t after;

	if (call)
		return call;
	node = index_find(&correlator->index, KEY_SERIAL, console_key(cloud, port, text));
	after = node ? call_list_from(&node->calls, match->measured_at + 1) : 0;
	return node && after < node->calls.count &&
			       node->calls.items[after]->event.happened_at <= match->until
		       ? node->calls.items[after]
		       : NULL;
}

/* The latest one wins, and may let several logins in. A port that is not said, on either
 * side, fits any. */
static struct call *latest(const struct correlator *correlator, enum cloud cloud,
			   int port, const struct match *match)
{
	struct call *call, *other;

	if (port < 0)
		return latest_under(correlator, cloud, CONSOLE_ANY_PORT, match);
	call = latest_under(correlator, cloud, port, match);
	other = latest_under(correlator, cloud, -1, match);
	return !call || (other && other->event.happened_at > call->event.happened_at)
		       ? other
		       : call;
}

/* Connections to Google's consoles have an end: once the session before has ended, and it
 * is known through which connection it came or that it came through none, what was before
 * that explains nothing. */
static us_time session_ended(const struct correlator *correlator,
			     const struct tracked_login *login)
{
	const struct tracked_login *before = console_login_before(correlator, login);

	if (!before || !before->is_told || before->view.ended_at == US_TIME_NONE ||
	    before->view.ended_at > login->view.happened_at ||
	    (before->judgement.verdict != VERDICT_AUTHORIZED &&
	     before->judgement.verdict != VERDICT_UNAUTHORIZED))
		return US_TIME_NONE;
	return before->view.ended_at;
}

static struct match absence(const struct correlator *correlator, enum cloud cloud,
			    const struct tracked_login *login)
{
	struct match match = match_absent(
		correlator, login->view.happened_at, console_reach(cloud),
		after_login(correlator, login), 1u << consoles[cloud].log_class);
	us_time ended;

	match.is_weak = cloud != CLOUD_GCP || login->serial_port < 0;
	match.may_be_older = cloud != CLOUD_AWS;
	if (login->view.tty.len == 0)
		match.also = REASON_TTY_UNKNOWN;
	if (cloud != CLOUD_GCP || login->serial_port < 0)
		return match;
	ended = session_ended(correlator, login);
	if (ended != US_TIME_NONE && ended - correlator->options.skew_us > match.from)
		match.from = ended - correlator->options.skew_us;
	return match;
}

/* Whether the login before came through the same connection: who logs out and in again
 * connects once. */
static bool is_further(const struct correlator *correlator, enum cloud cloud,
		       const struct tracked_login *login, const struct call *call)
{
	const struct tracked_login *before = console_login_before(correlator, login);
	struct match match;

	if (call->is_spent)
		return true;
	if (!before)
		return false;
	match = absence(correlator, cloud, before);
	return latest(correlator, cloud, login->serial_port, &match) == call;
}

static void vouch(const struct correlator *correlator, enum cloud cloud,
		  const struct tracked_login *login, struct match *match,
		  const struct tracer *tracer)
{
	match->matched = BIT(MATCHED_INSTANCE) | BIT(MATCHED_TIME);
	/* it let nobody in once it had ended, but for clocks that differ */
	match->is_weak |= match->call->closed_at != US_TIME_NONE &&
			  match->call->closed_at < login->view.happened_at;
	if (login->serial_port >= 0 && match->call->event.api_call.serial_port >= 0)
		match->matched |= BIT(MATCHED_SERIAL_PORT);
	trace(tracer, "serial-console", match->call, true, consoles[cloud].present);
	if (cloud != CLOUD_AZURE || login->serial_port < 0 ||
	    !is_further(correlator, cloud, login, match->call))
		return;
	match->also = REASON_SAME_CONNECTION;
	trace(tracer, "same-connection", match->call, true,
	      "nobody has connected since the login before this one");
}

static const struct call *refused_one(const struct correlator *correlator,
				      enum cloud cloud, const struct tracked_login *login,
				      const struct match *match)
{
	return cloud == CLOUD_AWS ? match_refused(correlator, KEY_DENIED_SERIAL,
						  correlator->identity.instance, match)
				  : console_refused(correlator, cloud, login->serial_port,
						    match->from, match->until);
}

static void explain_absence(const struct correlator *correlator, enum cloud cloud,
			    const struct tracked_login *login, struct match *match,
			    const struct tracer *tracer)
{
	const struct call *refused = refused_one(correlator, cloud, login, match);
	const struct call *other =
		latest_under(correlator, cloud, CONSOLE_ANY_PORT, match);

	if (other)
		trace(tracer, "serial-console", other, false,
		      "it was for another serial port");
	if (login->view.tty.len == 0) {
		match->at_most_unverifiable = true;
		match->reason = REASON_TTY_UNKNOWN;
	} else if (refused) {
		match->near = refused;
		match->reason = REASON_API_CALL_DENIED;
	}
	trace(tracer, refused ? "denied" : "absence", refused, true,
	      refused ? "a connection to this console was refused"
		      : consoles[cloud].absent);
}

struct match match_serial_console(const struct correlator *correlator,
				  const struct tracked_login *login,
				  const struct tracer *tracer)
{
	enum cloud cloud = console_cloud(login->view.path);
	struct match match = absence(correlator, cloud, login);

	if (correlator->identity.instance.len == 0) {
		match.at_most_unverifiable = true;
		match.reason = REASON_NO_API_LOG;
		trace(tracer, "serial-console", NULL, false,
		      "which instance this is, is not known");
		return match;
	}
	match.call = latest(correlator, cloud, login->serial_port, &match);
	if (match.call)
		vouch(correlator, cloud, login, &match, tracer);
	else
		explain_absence(correlator, cloud, login, &match, tracer);
	return match;
}
