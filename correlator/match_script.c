/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts at boot, OS Config, user data. The host never says what a script does, and
 * calls never say what they set: place and time tie. A script goes on running at every
 * boot until another is set, so that it is no news as long as nobody sets one.
 */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/match.h"
#include "correlator/script_run.h"

#define BIT(matched) (1u << (matched))

/* An instance begins to exist that long after the call that made it, at most. */
#define LAUNCH_LEAD_US (10 * US_PER_MINUTE)

static enum log_class class_of(enum path path)
{
	switch (path) {
	case PATH_AWS_USER_DATA:
		return LOG_CLASS_EC2;
	case PATH_GCP_OS_CONFIG:
		return LOG_CLASS_GCP_OS_CONFIG;
	default:
		return LOG_CLASS_GCP_COMPUTE;
	}
}

static enum cloud cloud_of(enum path path)
{
	return path == PATH_AWS_USER_DATA ? CLOUD_AWS : CLOUD_GCP;
}

/* The latest call with this use from `from` on and before the run; one stamped after it,
 * by clocks that differ, only where there is none. */
static struct call *latest(const struct correlator *correlator, enum path path,
			   enum script_use use, bool is_refused, us_time from,
			   const struct match *match)
{
	const struct key_node *node =
		script_calls(correlator, cloud_of(path), use, is_refused);
	size_t after = node ? call_list_from(&node->calls, match->measured_at + 1) : 0;

	if (after && node->calls.items[after - 1]->event.happened_at >= from)
		return node->calls.items[after - 1];
	return node && after < node->calls.count &&
			       node->calls.items[after]->event.happened_at <= match->until
		       ? node->calls.items[after]
		       : NULL;
}

/* What set it, whenever that was; else what had the host start right before. */
static struct call *vouching(const struct correlator *correlator,
			     const struct tracked_login *login, const struct match *match,
			     const struct tracer *tracer)
{
	enum path path = login->view.path;
	us_span skew = correlator->options.skew_us + CALL_TIME_CUT_US;
	struct call *call;

	if (path == PATH_GCP_OS_CONFIG) {
		call = latest(correlator, path, SCRIPT_USE_CONFIG, false, match->from,
			      match);
		if (call)
			trace(tracer, "os-config", call, true,
			      "the latest call to OS Config in the day before");
		return call;
	}
	call = latest(correlator, path, SCRIPT_USE_SET, false, INT64_MIN, match);
	if (call) {
		trace(tracer, "script-set", call, true,
		      "the latest call that set what this host runs");
		return call;
	}
	call = latest(correlator, path, SCRIPT_USE_START, false,
		      match->measured_at - BOOT_REACH_US - skew, match);
	if (call)
		trace(tracer, "host-started", call, true,
		      "the host was started, stopped or reset right before");
	return call;
}

static us_time later(us_time a, us_time b)
{
	return a > b ? a : b;
}

/* A run of an earlier life of the disk says nothing of this instance's scripts. */
static const struct tracked_login *own_run_before(const struct correlator *correlator,
						  const struct tracked_login *login)
{
	const struct tracked_login *before = script_run_before(correlator, login);

	return before && !is_before_launch(correlator, before) ? before : NULL;
}

/* Whether the instance is so young that all that set a script lies in the window. */
static bool is_first_day(const struct correlator *correlator,
			 const struct tracked_login *login)
{
	us_time launched_at = correlator->identity.launched_at;

	return launched_at != US_TIME_NONE &&
	       launched_at - LAUNCH_LEAD_US >=
		       login->view.happened_at - SCRIPT_ABSENCE_US;
}

static void never_set(const struct correlator *correlator,
		      const struct tracked_login *login, struct match *match,
		      const struct tracer *tracer)
{
	const struct call *refused;

	match->from = correlator->identity.launched_at - LAUNCH_LEAD_US -
		      CALL_TIME_CUT_US - correlator->options.skew_us;
	refused = latest(correlator, login->view.path, SCRIPT_USE_SET, true, match->from,
			 match);
	if (refused) {
		match->near = refused;
		match->reason = REASON_API_CALL_DENIED;
	}
	trace(tracer, refused ? "denied" : "absence", refused, true,
	      refused ? "a call that would have set it was refused"
		      : "no call has set it, or made this instance, since its launch");
}

/* Known since `since`: no news, as long as nothing was set since then. Who has watched
 * all the time need not look back for longer than a day. */
static void unchanged(const struct correlator *correlator,
		      const struct tracked_login *login, us_time since,
		      struct match *match, const struct tracer *tracer)
{
	us_span skew = correlator->options.skew_us + CALL_TIME_CUT_US;

	match->is_no_news = true;
	match->reason = REASON_PRE_EXISTING;
	match->from = since - skew;
	if (correlator->identity.watched_since != US_TIME_NONE)
		match->from = later(match->from,
				    login->view.happened_at - SCRIPT_ABSENCE_US - skew);
	trace(tracer, "unchanged", NULL, true,
	      "it was there before, and no call in sight has set another since");
}

static void may_be_older(struct match *match, const struct tracer *tracer)
{
	match->at_most_unverifiable = true;
	match->reason = REASON_CALL_MAY_BE_OLDER;
	trace(tracer, "absence", NULL, true,
	      "no call in sight explains it, and it may have been set long ago");
}

static void pre_existing(struct match *match, const struct tracer *tracer,
			 const char *why)
{
	match->not_judged = true;
	match->reason = REASON_PRE_EXISTING;
	trace(tracer, "pre-existing", NULL, true, why);
}

/* A policy runs again and again and has a name of its own; a step or a patch job has
 * none, and each is news. */
static bool is_known_policy(const struct tracked_login *login,
			    const struct tracked_login *before)
{
	return before &&
	       !slice_equal(login->view.command_id, SLICE("os-config/ExecStepTask")) &&
	       !slice_equal(login->view.command_id, SLICE("os-config/ApplyPatchesTask"));
}

/* No call vouches. */
static void explain(const struct correlator *correlator,
		    const struct tracked_login *login, struct match *match,
		    const struct tracer *tracer)
{
	us_time since = correlator->identity.watched_since;
	const struct tracked_login *before = own_run_before(correlator, login);

	if (since != US_TIME_NONE && login->view.happened_at <= since)
		pre_existing(match, tracer, "it ran before watching began");
	else if (login->view.path == PATH_GCP_OS_CONFIG && is_known_policy(login, before))
		pre_existing(match, tracer, "the policy has run before");
	else if (login->view.path == PATH_GCP_OS_CONFIG)
		may_be_older(match, tracer);
	else if (!before && is_first_day(correlator, login))
		never_set(correlator, login, match, tracer);
	else if (before || since != US_TIME_NONE)
		unchanged(correlator, login,
			  before ? later(before->view.happened_at, since) : since, match,
			  tracer);
	else
		may_be_older(match, tracer);
}

struct match match_script(const struct correlator *correlator,
			  const struct tracked_login *login, const struct tracer *tracer)
{
	struct match match = match_absent(
		correlator, login->view.happened_at, SCRIPT_ABSENCE_US,
		after_login(correlator, login), 1u << class_of(login->view.path));

	match.is_weak = true;
	match.may_be_older = true;
	if (correlator->identity.instance.len == 0) {
		match.at_most_unverifiable = true;
		match.reason = REASON_NO_API_LOG;
		trace(tracer, "script", NULL, false,
		      "which instance this is, is not known");
		return match;
	}
	match.call = vouching(correlator, login, &match, tracer);
	if (match.call)
		match.matched = BIT(MATCHED_INSTANCE) | BIT(MATCHED_TIME);
	else
		explain(correlator, login, &match, tracer);
	return match;
}
