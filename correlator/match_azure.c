/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure: run commands and extensions, Entra ID, Bastion. The correlation id of the goal
 * state that brought an execution confirms a call and never disproves one; else time and
 * machine tie, and what a resource is named.
 */
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/extension.h"
#include "correlator/match.h"

#define BIT(matched) (1u << (matched))

static uint32_t instance_bit(const struct correlator *correlator, const struct call *call)
{
	return azure_call_is_for_us(correlator, call) == 1 ? BIT(MATCHED_INSTANCE) : 0;
}

static void vouch(const struct correlator *correlator, struct match *match,
		  struct call *call, uint32_t matched, bool is_weak)
{
	match->call = call;
	match->matched = matched | instance_bit(correlator, call);
	match->is_weak = is_weak;
}

/* The kinds of calls that may vouch for many, and for this one. */
static uint32_t broad_bits(const struct tracked_login *login)
{
	switch (handler_class(login->extension->family)) {
	case HANDLER_RUN_COMMAND:
	case HANDLER_MANAGED_RUN_COMMAND:
		return 1u << BROAD_ALL;
	case HANDLER_APPLICATIONS:
		return 1u << BROAD_ALL | 1u << BROAD_EXTENSIONS |
		       1u << BROAD_APPLICATIONS;
	default:
		return 1u << BROAD_ALL | 1u << BROAD_EXTENSIONS;
	}
}

/* One of its own correlation id, within a day. */
static struct call *broad_of_goal(const struct correlator *correlator,
				  const struct tracked_login *login,
				  const struct match *match)
{
	struct slice id = login->extension->correlation_id;
	us_time from = match->measured_at - EXTENSION_BOUND_US - CALL_TIME_CUT_US -
		       correlator->options.skew_us;

	for (int kind = 0; id.len && kind < BROAD_KIND_COUNT; kind++) {
		const struct key_node *node =
			broad_calls(correlator, (enum broad_kind)kind, id);

		if (node && node->calls.count && broad_bits(login) & 1u << kind &&
		    node->calls.items[0]->event.happened_at >= from &&
		    node->calls.items[0]->event.happened_at <= match->until)
			return node->calls.items[0];
	}
	return NULL;
}

/* Of one kind: the latest that was made before it, or the first after it, by clocks that
 * differ, where there is none before. */
static struct call *nearest(const struct key_node *node, const struct match *match)
{
	size_t after = call_list_from(&node->calls, match->measured_at + 1);

	if (after && node->calls.items[after - 1]->event.happened_at >= match->from)
		return node->calls.items[after - 1];
	return after < node->calls.count &&
			       node->calls.items[after]->event.happened_at <= match->until
		       ? node->calls.items[after]
		       : NULL;
}

static bool is_nearer(const struct call *call, const struct call *other,
		      const struct match *match)
{
	bool is_before = call->event.happened_at <= match->measured_at;

	if (is_before != (other->event.happened_at <= match->measured_at))
		return is_before;
	return is_before ? call_is_before(other, call) : call_is_before(call, other);
}

static struct call *broad_in_window(const struct correlator *correlator,
				    const struct tracked_login *login,
				    const struct match *match)
{
	struct call *best = NULL;

	for (int kind = 0; kind < BROAD_KIND_COUNT; kind++) {
		const struct key_node *node = broad_calls(
			correlator, (enum broad_kind)kind, (struct slice){ 0 });
		struct call *call = node && broad_bits(login) & 1u << kind
					    ? nearest(node, match)
					    : NULL;

		if (call && (!best || is_nearer(call, best, match)))
			best = call;
	}
	return best;
}

static bool match_correlation(const struct correlator *correlator,
			      const struct tracked_login *login, struct match *match,
			      const struct tracer *tracer)
{
	struct call *call = login->extension->bound_call;

	/* what is not known to have run takes no call from what is */
	if (!call && (extension_standing(login) != EXTENSION_EXECUTION ||
		      !extension_counts(login->extension)))
		call = call_of_goal(correlator, login);
	if (!call)
		call = broad_of_goal(correlator, login, match);
	if (!call) {
		trace(tracer, "correlation-id", NULL, false,
		      login->extension->correlation_id.len
			      ? "no call in sight has the goal state's correlation id"
			      : "no goal state in sight tells a correlation id");
		return false;
	}
	vouch(correlator, match, call, BIT(MATCHED_CORRELATION_ID), false);
	trace(tracer, "correlation-id", call, true,
	      "it has the goal state's correlation id");
	return true;
}

/* A run command's name, or what an extension's resource is named, is more than time. */
static bool names_execution(const struct call *call)
{
	return call->names_handler ||
	       call->event.api_call.action == API_AZURE_WRITE_RUN_COMMAND;
}

static bool match_time(const struct correlator *correlator,
		       const struct tracked_login *login, struct match *match,
		       const struct tracer *tracer)
{
	struct call *call = login->claim;

	if (call) {
		vouch(correlator, match, call, BIT(MATCHED_TIME), !names_execution(call));
		trace(tracer, "time", call, true,
		      names_execution(call)
			      ? "it was made for this machine and for what ran, in time"
			      : "it was made for this machine, in time");
		return true;
	}
	call = broad_in_window(correlator, login, match);
	if (!call) {
		trace(tracer, "time", NULL, false,
		      "no call in sight that could have run it was made in time");
		return false;
	}
	vouch(correlator, match, call, BIT(MATCHED_TIME), true);
	trace(tracer, "time", call, true,
	      "it may have run anything on this machine, in time");
	return true;
}

/* Whether it ran now is not known, so it takes no call from an execution. */
static void match_sighting(const struct correlator *correlator,
			   const struct tracked_login *login, struct match *match,
			   const struct tracer *tracer)
{
	if (match_correlation(correlator, login, match, tracer))
		return;
	match->not_judged = true;
	match->reason = REASON_PRE_EXISTING;
	trace(tracer, "sequence", NULL, true,
	      "its number was not seen to be new: the extension was there before");
}

/* Whoever gave it to the handler did so before. */
static void match_again(const struct correlator *correlator,
			const struct tracked_login *login, struct match *match,
			const struct tracer *tracer)
{
	if (match_correlation(correlator, login, match, tracer))
		return;
	match->at_most_unverifiable = true;
	match->reason = REASON_CALL_MAY_BE_OLDER;
	trace(tracer, "sequence", NULL, true,
	      "a new version of the handler ran what an older one had been given");
}

/* Whether the platform may have made this machine of a model that was set whenever, and
 * run what is in it at its first boot: a machine of a scale set is repaired, replaced and
 * restored without a call. */
static bool may_be_of_model(const struct correlator *correlator,
			    const struct tracked_login *login)
{
	const struct extension_facts *facts = login->extension;

	return !facts->has_before && facts->generation == US_TIME_NONE &&
	       slice_find_ignoring_case(correlator->identity.instance,
					SLICE("/virtualMachineScaleSets/")) >= 0;
}

static void match_absence(const struct correlator *correlator,
			  const struct tracked_login *login, struct match *match,
			  const struct tracer *tracer)
{
	/* a line that anybody's output may be is no more than a hint */
	match->at_most_unverifiable = !extension_counts(login->extension);
	match->near = login->contested;
	if (!match->near)
		match->near = no_more_call(correlator, KEY_LANE_TIED, login, match);
	if (match->near) {
		/* its own call may only be late, so coverage is needed */
		match->reason = REASON_API_CALL_REUSED;
		trace(tracer, "reused", match->near, true,
		      "the call that fits vouched for another execution");
		return;
	}
	match->near = no_more_call(correlator, KEY_LANE_REFUSED, login, match);
	if (match->near) {
		match->reason = REASON_API_CALL_DENIED;
	} else if (may_be_of_model(correlator, login)) {
		match->at_most_unverifiable = true;
		match->reason = REASON_CALL_MAY_BE_OLDER;
	}
	trace(tracer, match->near ? "denied" : "absence", match->near, true,
	      match->near ? "a call that would have run it was refused"
	      : match->reason == REASON_CALL_MAY_BE_OLDER
		      ? "no call in sight ran it, but the scale set's model may have"
		      : "no call in sight ran it");
}

struct match match_extension(const struct correlator *correlator,
			     const struct tracked_login *login,
			     const struct tracer *tracer)
{
	struct match match = match_absent(correlator, extension_measured_at(login),
					  EXTENSION_BEFORE_US,
					  EXTENSION_AFTER_US + login->uncertainty_us,
					  1u << LOG_CLASS_AZURE_ACTIVITY);

	switch (extension_standing(login)) {
	case EXTENSION_OF_PLATFORM:
		match.not_judged = true;
		match.reason = REASON_PLATFORM_DRIVEN;
		trace(tracer, "handler", NULL, true,
		      "the platform drives this extension");
		break;
	case EXTENSION_PRE_EXISTING:
		match_sighting(correlator, login, &match, tracer);
		break;
	case EXTENSION_AGAIN:
		match_again(correlator, login, &match, tracer);
		break;
	case EXTENSION_EXECUTION:
		if (match_correlation(correlator, login, &match, tracer) ||
		    match_time(correlator, login, &match, tracer))
			break;
		match.is_weak = true;
		match_absence(correlator, login, &match, tracer);
		break;
	}
	return match;
}

struct match match_entra(const struct correlator *correlator,
			 const struct tracked_login *login, const struct tracer *tracer)
{
	struct match match = match_absent(correlator, login->view.happened_at, 0, 0, 0);

	trace(tracer, "entra", NULL, true,
	      "sign-ins of Entra ID are in no log of the machine's subscription");
	match.is_never_logged = true;
	match.reason = REASON_NOT_COVERED;
	return match;
}

struct match match_bastion(const struct correlator *correlator,
			   const struct tracked_login *login, const struct tracer *tracer)
{
	struct match match = match_absent(correlator, login->view.happened_at,
					  LOGIN_GRACE_US, after_login(correlator, login),
					  1u << LOG_CLASS_AZURE_BASTION);

	match.is_weak = true;
	match.is_rarely_logged = true;
	if (login->claim) {
		uint32_t user = login->claim->event.api_call.os_user.len
					? BIT(MATCHED_OS_USER)
					: 0;

		vouch(correlator, &match, login->claim, BIT(MATCHED_TIME) | user, true);
		trace(tracer, "bastion", login->claim, true,
		      "Bastion connected this user to this machine at this time");
		return match;
	}
	if (login->is_contested) {
		match.near = login->contested;
		match.reason = REASON_API_CALL_REUSED;
	}
	trace(tracer, "bastion", match.near, false,
	      match.near ? "the connection that fits was an earlier login's"
			 : "no connection of Bastion in sight fits");
	return match;
}
