/* SPDX-License-Identifier: Apache-2.0 */
/* Doors of Systems Manager: sessions, commands and associations, tied by their ids. */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

static bool is_container_target(const struct api_call *api)
{
	for (uint32_t i = 0; i < api->instance_count; i++)
		if (slice_starts_with(api->instances[i], SLICE("ecs:")))
			return true;
	return false;
}

/* StartSession or ExecuteCommand with the session's own id. False, with a stand-in where
 * only a ResumeSession has it, when none vouches. */
static bool match_session_id(const struct correlator *correlator,
			     const struct tracked_login *login, struct match *match,
			     const struct tracer *tracer)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_SESSION_ID, login->view.session_id);

	for (size_t i = 0; node && i < node->calls.count; i++) {
		struct call *call = node->calls.items[i];
		const struct api_call *api = &call->event.api_call;

		if (api->action == API_RESUME_SESSION) {
			match->stand_in = call;
			match->stand_in_reason = REASON_START_CALL_NOT_SEEN;
			trace(tracer, "session-id", call, false,
			      "ResumeSession alone vouches only where StartSession's "
			      "time is not covered");
			continue;
		}
		if (call_is_for_us(correlator, call) == 0 && !is_container_target(api)) {
			match->near = call;
			match->reason = REASON_WRONG_INSTANCE;
			match->needs_no_coverage = true;
			trace(tracer, "session-id", call, false,
			      "the session id is the login's, the instance is not");
			continue;
		}
		match->call = call;
		match->matched = BIT(MATCHED_SESSION_ID);
		if (call_is_for_us(correlator, call) == 1)
			match->matched |= BIT(MATCHED_INSTANCE);
		trace(tracer, "session-id", call, true,
		      "it answered with this session id");
		return true;
	}
	if (!node || node->calls.count == 0)
		trace(tracer, "session-id", NULL, false,
		      "no call in sight has this session id");
	return false;
}

/* A StartSession to this instance, near in time, whose caller's name begins the session
 * id and whose answer was not logged. */
static bool match_id_prefix(const struct tracked_login *login, struct match *match,
			    const struct tracer *tracer)
{
	if (login->claim) {
		match->call = login->claim;
		match->is_weak = true;
		match->matched = BIT(MATCHED_INSTANCE) | BIT(MATCHED_ID_PREFIX) |
				 BIT(MATCHED_TIME);
		trace(tracer, "id-prefix", login->claim, true,
		      "its answer was not logged; caller, instance and time fit");
		return true;
	}
	if (login->is_contested) {
		/* its own call may only be late, so coverage is needed */
		match->near = login->contested;
		match->reason = REASON_API_CALL_REUSED;
		trace(tracer, "id-prefix", NULL, false,
		      "a call that fits vouched for an earlier login");
	}
	return false;
}

static void absent_run(struct match *match, const struct call *refused,
		       const struct tracer *tracer)
{
	if (match->reason != REASON_NO_API_CALL)
		return;
	match->near = refused;
	if (refused)
		match->reason = REASON_API_CALL_DENIED;
	trace(tracer, refused ? "denied" : "absence", refused, true,
	      refused ? "a call that would have opened this door was refused"
		      : "no call in sight opened this door");
}

struct match match_session(const struct correlator *correlator,
			   const struct tracked_login *login, const struct tracer *tracer)
{
	struct match match =
		match_absent(correlator, login->view.happened_at, SESSION_ABSENCE_US,
			     after_login(correlator, login), 1u << LOG_CLASS_SSM);
	const struct call *refused;

	if (slice_starts_with(login->view.session_id, SLICE("ecs-execute-command-")))
		match.class_bits |= 1u << LOG_CLASS_ECS;
	if (match_session_id(correlator, login, &match, tracer))
		return match;
	if (!match.needs_no_coverage && match_id_prefix(login, &match, tracer))
		return match;
	refused = match_refused(correlator, KEY_DENIED_SESSION,
				correlator->identity.instance, &match);
	if (!refused)
		refused = match_refused(correlator, KEY_DENIED_OWNER,
					login->run->owner_part, &match);
	absent_run(&match, refused, tracer);
	return match;
}

struct match match_command(const struct correlator *correlator,
			   const struct tracked_login *login, const struct tracer *tracer)
{
	struct match match =
		match_absent(correlator, login->view.happened_at, COMMAND_ABSENCE_US,
			     after_login(correlator, login), 1u << LOG_CLASS_SSM);
	const struct key_node *node =
		index_find(&correlator->index, KEY_COMMAND_ID, login->view.command_id);

	match.may_be_older = true;
	for (size_t i = 0; node && i < node->calls.count; i++) {
		struct call *call = node->calls.items[i];

		if (call_is_for_us(correlator, call) == 0 &&
		    !call->event.api_call.targets_by_tag) {
			match.near = call;
			match.reason = REASON_WRONG_INSTANCE;
			match.needs_no_coverage = true;
			trace(tracer, "command-id", call, false,
			      "the command id is the login's, the instance is not");
			continue;
		}
		match.call = call;
		match.matched = BIT(MATCHED_COMMAND_ID);
		if (call_is_for_us(correlator, call) == 1)
			match.matched |= BIT(MATCHED_INSTANCE);
		trace(tracer, "command-id", call, true,
		      "it answered with this command id");
		return match;
	}
	if (!node || node->calls.count == 0)
		trace(tracer, "command-id", NULL, false,
		      "no call in sight has this command id");
	absent_run(&match,
		   match_refused(correlator, KEY_DENIED_COMMAND,
				 correlator->identity.instance, &match),
		   tracer);
	return match;
}

/* Whether the association was there before watching began: then its runs are no news. */
static bool is_pre_existing(const struct correlator *correlator,
			    const struct tracked_login *login)
{
	us_time since = correlator->identity.watched_since;

	return since == US_TIME_NONE || login->view.happened_at <= since;
}

/* When the same association last ran with other content: a call must be later than that.
 */
static us_time changed_after(const struct key_node *node,
			     const struct tracked_login *login)
{
	us_time latest = US_TIME_NONE;

	for (size_t i = 0; i < node->logins.count; i++) {
		const struct tracked_login *other = node->logins.items[i];

		if (other == login || !login_is_before(other, login))
			break;
		latest = other->run->confirmed_at != US_TIME_NONE
				 ? other->run->confirmed_at
				 : other->view.happened_at;
	}
	return latest;
}

struct match match_association(const struct correlator *correlator,
			       const struct tracked_login *login,
			       const struct tracer *tracer)
{
	struct match match =
		match_absent(correlator, login->view.happened_at, COMMAND_ABSENCE_US,
			     after_login(correlator, login), 1u << LOG_CLASS_SSM);
	const struct key_node *node = index_find(&correlator->index, KEY_ASSOCIATION_ID,
						 login->view.command_id);
	us_time after = US_TIME_NONE;

	match.may_be_older = true;
	if (node && correlator->identity.watched_since != US_TIME_NONE)
		after = changed_after(node, login);
	for (size_t i = node ? node->calls.count : 0; i-- > 0;) {
		struct call *call = node->calls.items[i];

		if (call->event.happened_at > match.until) {
			trace(tracer, "association-id", call, false,
			      "it was made after the run");
			continue;
		}
		if (after != US_TIME_NONE &&
		    call->event.happened_at <
			    after - CALL_TIME_CUT_US - correlator->options.skew_us) {
			trace(tracer, "association-id", call, false,
			      "the association has changed since it was made");
			continue;
		}
		match.call = call;
		match.matched = BIT(MATCHED_ASSOCIATION_ID);
		trace(tracer, "association-id", call, true,
		      "it made, changed or ran this association");
		return match;
	}
	if (is_pre_existing(correlator, login)) {
		match.not_judged = true;
		match.reason = REASON_PRE_EXISTING;
		trace(tracer, "pre-existing", NULL, true,
		      "nothing says that the association is new or changed");
		return match;
	}
	absent_run(&match, NULL, tracer);
	return match;
}
