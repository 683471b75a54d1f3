/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's executions and the calls that vouch once: those of one correlation id are tied
 * to each other, whatever lies nearer in time; the others wait in their lane for
 * claims.c.
 */
#include <stdio.h>

#include "base/limits.h"
#include "correlator/calls.h"
#include "correlator/claims.h"
#include "correlator/extension.h"
#include "correlator/session.h"

/* Of one lane and correlation id, so many of each are tied; a goal state brings one
 * number for each extension, and a machine has some ten. */
#define BOUND_MAX 32

/* ---- keys ---- */

static struct slice joined(const char *lane, struct slice rest, char text[LANE_KEY_BYTES])
{
	int len = snprintf(text, LANE_KEY_BYTES, "%s%.*s", lane,
			   SLICE_ARG(slice_first(rest, LIMIT_HANDLER_BYTES)));

	return slice_of(text, (size_t)len);
}

struct slice extension_lane(const struct tracked_login *login, char text[LANE_KEY_BYTES])
{
	const struct extension_facts *facts = login->extension;

	switch (handler_class(facts->family)) {
	case HANDLER_RUN_COMMAND:
		return SLICE("action");
	case HANDLER_MANAGED_RUN_COMMAND:
		return joined("managed ", facts->name, text);
	default:
		return SLICE("extension");
	}
}

struct slice call_lane(const struct call *call, char text[LANE_KEY_BYTES])
{
	const struct api_call *api = &call->event.api_call;

	switch (api->action) {
	case API_AZURE_RUN_COMMAND:
		return SLICE("action");
	case API_AZURE_WRITE_RUN_COMMAND:
		return joined("managed ", api->resource, text);
	case API_AZURE_WRITE_EXTENSION:
		if (handler_class(call->handler_family) == HANDLER_RUN_COMMAND)
			return SLICE("action");
		if (handler_class(call->handler_family) == HANDLER_MANAGED_RUN_COMMAND)
			return joined("managed ", api->resource, text);
		return SLICE("extension");
	case API_AZURE_PATCH:
		return SLICE("extension");
	default:
		return (struct slice){ 0 };
	}
}

struct slice bound_key(struct slice lane, struct slice correlation_id,
		       char text[LANE_KEY_BYTES])
{
	int len;

	if (lane.len == 0 || correlation_id.len == 0)
		return (struct slice){ 0 };
	len = snprintf(text, LANE_KEY_BYTES, "%.*s %.*s",
		       SLICE_ARG(slice_first(correlation_id, CORRELATION_ID_BYTES)),
		       SLICE_ARG(lane));
	return slice_of(text, (size_t)len);
}

/* ---- who fits whom ---- */

static bool is_same_handler(const struct tracked_login *login, const struct call *call)
{
	if (login->extension->family != HANDLER_UNLISTED ||
	    call->handler_family != HANDLER_UNLISTED)
		return login->extension->family == call->handler_family;
	return slice_equal_ignoring_case(login->extension->handler,
					 call->event.api_call.handler);
}

bool extension_fits(const struct tracked_login *login, const struct call *call)
{
	return !call->names_handler || is_same_handler(login, call);
}

bool extension_fits_goal(const struct tracked_login *login, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	return extension_fits(login, call) ||
	       (api->action == API_AZURE_WRITE_EXTENSION && api->handler.len == 0);
}

bool extensions_are_alike(const struct tracked_login *one,
			  const struct tracked_login *other)
{
	const struct extension_facts *a = one->extension, *b = other->extension;

	if (a->family != HANDLER_UNLISTED || b->family != HANDLER_UNLISTED)
		return a->family == b->family;
	return slice_equal_ignoring_case(a->handler, b->handler);
}

bool extension_calls_are_alike(const struct call *one, const struct call *other)
{
	if (!one->names_handler || !other->names_handler)
		return one->names_handler == other->names_handler;
	if (one->handler_family != HANDLER_UNLISTED ||
	    other->handler_family != HANDLER_UNLISTED)
		return one->handler_family == other->handler_family;
	return slice_equal_ignoring_case(one->event.api_call.handler,
					 other->event.api_call.handler);
}

/* ---- lanes ---- */

static void join_lane(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;
	us_span lag = login->view.happened_at - extension_measured_at(login);
	char text[LANE_KEY_BYTES];

	if (!facts->group) {
		facts->group = index_get(&correlator->index, KEY_LANE,
					 extension_lane(login, text));
		login_list_add(&facts->group->logins, login);
	}
	if (lag > facts->group->claims->lag_us)
		facts->group->claims->lag_us = lag;
	claims_touch_login(correlator, facts->group, login);
}

static void leave_lane(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;

	if (!facts->group)
		return;
	claims_drop_login(correlator, facts->group, login);
	facts->group = NULL;
}

static void offer_in_lane(struct correlator *correlator, struct call *call)
{
	char text[LANE_KEY_BYTES];

	if (call->group)
		return;
	call->group = index_get(&correlator->index, KEY_LANE, call_lane(call, text));
	call_list_add(&call->group->calls, call);
	claims_touch_call(correlator, call->group, call);
}

static void withdraw(struct correlator *correlator, struct call *call)
{
	if (!call->group)
		return;
	claims_drop_call(correlator, call->group, call);
	call->group = NULL;
}

/* ---- ties ---- */

static bool is_in_reach(const struct correlator *correlator,
			const struct tracked_login *login, const struct call *call)
{
	us_time measured = extension_measured_at(login), at = call->event.happened_at;
	us_span skew = correlator->options.skew_us;

	return at >= measured - EXTENSION_BOUND_US - CALL_TIME_CUT_US - skew &&
	       at <= measured + EXTENSION_AFTER_US + login->uncertainty_us;
}

/* The oldest call that no earlier execution has: one that names its type before one that
 * has a name of its own. */
static struct call *call_for(const struct correlator *correlator,
			     const struct tracked_login *login, struct call *const *calls,
			     size_t count)
{
	struct call *unnamed = NULL;

	for (size_t i = 0; i < count; i++) {
		struct call *call = calls[i];

		if (call->bound_to || call->is_spent ||
		    !is_in_reach(correlator, login, call) || !extension_fits(login, call))
			continue;
		if (call->names_handler)
			return call;
		unnamed = unnamed ? unnamed : call;
	}
	return unnamed;
}

static size_t at_most(size_t count, size_t most)
{
	return count < most ? count : most;
}

/* The oldest free call whose resource is only named after another type. */
static struct call *misnamed_call_for(const struct correlator *correlator,
				      const struct tracked_login *login,
				      struct call *const *calls, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!calls[i]->bound_to && !calls[i]->is_spent &&
		    is_in_reach(correlator, login, calls[i]) &&
		    extension_fits_goal(login, calls[i]))
			return calls[i];
	return NULL;
}

/* Which call each execution has, earlier executions first: those that fit by what they
 * say or are named, then, for those that have none, what is left. */
static void choose_calls(const struct correlator *correlator, const struct key_node *node,
			 struct call *chosen[BOUND_MAX + 1])
{
	size_t login_count = at_most(node->logins.count, BOUND_MAX),
	       call_count = at_most(node->calls.count, BOUND_MAX);

	for (size_t i = 0; i < login_count; i++) {
		chosen[i] = call_for(correlator, node->logins.items[i], node->calls.items,
				     call_count);
		if (chosen[i])
			chosen[i]->bound_to = node->logins.items[i];
	}
	for (size_t i = 0; i < login_count; i++) {
		if (!chosen[i])
			chosen[i] = misnamed_call_for(correlator, node->logins.items[i],
						      node->calls.items, call_count);
		if (chosen[i])
			chosen[i]->bound_to = node->logins.items[i];
	}
}

/* Ties anew what is listed under the key, and lists in its lane what is tied to nothing.
 * One more than can be tied is looked at: it may have been tied before. */
static void tie(struct correlator *correlator, struct key_node *node)
{
	size_t login_count = at_most(node->logins.count, BOUND_MAX + 1),
	       call_count = at_most(node->calls.count, BOUND_MAX + 1);
	struct call *chosen[BOUND_MAX + 1] = { NULL };

	for (size_t i = 0; i < call_count; i++)
		node->calls.items[i]->bound_to = NULL;
	choose_calls(correlator, node, chosen);
	for (size_t i = 0; i < login_count; i++) {
		struct tracked_login *login = node->logins.items[i];
		struct call *was = login->extension->bound_call, *call = chosen[i];

		login->extension->bound_call = call;
		if (call)
			leave_lane(correlator, login);
		else if (!login->extension->group)
			join_lane(correlator, login);
		if (call != was)
			judge_later(correlator, login);
	}
	for (size_t i = 0; i < call_count; i++) {
		if (node->calls.items[i]->bound_to) {
			withdraw(correlator, node->calls.items[i]);
			list_no_more(correlator, KEY_LANE_TIED, node->calls.items[i]);
		} else {
			unlist_no_more(correlator, KEY_LANE_TIED, node->calls.items[i]);
			offer_in_lane(correlator, node->calls.items[i]);
		}
	}
}

struct call *call_of_goal(const struct correlator *correlator,
			  const struct tracked_login *login)
{
	char lane[LANE_KEY_BYTES], text[LANE_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_LANE_BOUND,
			   bound_key(extension_lane(login, lane),
				     login->extension->correlation_id, text));

	for (size_t i = 0; node && i < at_most(node->calls.count, BOUND_MAX); i++)
		if (is_in_reach(correlator, login, node->calls.items[i]) &&
		    extension_fits_goal(login, node->calls.items[i]))
			return node->calls.items[i];
	return NULL;
}

/* Numbers of its goal state that are not known to have run. */
static void concern_sighted(struct correlator *correlator, const struct call *call)
{
	const struct key_node *goal = index_find(&correlator->index, KEY_CORRELATION,
						 call->event.api_call.correlation_id);

	if (!goal || call_list_position(&call->bound->calls, call) >= BOUND_MAX)
		return;
	for (size_t i = 0; i < goal->logins.count; i++)
		judge_later(correlator, goal->logins.items[i]);
}

void loosen_extension(struct correlator *correlator, struct tracked_login *login)
{
	if (login->extension->group)
		claims_release(correlator, login->extension->group, login);
}

static void leave_bound(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;
	struct key_node *node = facts->bound;

	if (!node)
		return;
	login_list_remove_sorted(&node->logins, login);
	facts->bound = NULL;
	facts->bound_call = NULL;
	tie(correlator, node);
}

void unbind_extension(struct correlator *correlator, struct tracked_login *login)
{
	leave_lane(correlator, login);
	leave_bound(correlator, login);
}

void bind_extension(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;
	char lane[LANE_KEY_BYTES], text[LANE_KEY_BYTES];
	struct slice key;

	if (extension_standing(login) != EXTENSION_EXECUTION ||
	    !extension_counts(facts)) {
		unbind_extension(correlator, login);
		return;
	}
	key = bound_key(extension_lane(login, lane), facts->correlation_id, text);
	if (facts->bound && !slice_equal_ignoring_case(key, key_node_text(facts->bound)))
		leave_bound(correlator, login);
	if (key.len && !facts->bound) {
		facts->bound = index_get(&correlator->index, KEY_LANE_BOUND, key);
		login_list_add(&facts->bound->logins, login);
	}
	if (facts->bound)
		tie(correlator, facts->bound);
	if (!facts->bound_call)
		join_lane(correlator, login);
}

void bind_call(struct correlator *correlator, struct call *call)
{
	char lane[LANE_KEY_BYTES], text[LANE_KEY_BYTES];
	struct slice key = bound_key(call_lane(call, lane),
				     call->event.api_call.correlation_id, text);

	if (key.len) {
		call->bound = index_get(&correlator->index, KEY_LANE_BOUND, key);
		call_list_add(&call->bound->calls, call);
		tie(correlator, call->bound);
		concern_sighted(correlator, call);
	}
	if (!call->bound_to)
		offer_in_lane(correlator, call);
}

void unbind_call(struct correlator *correlator, struct call *call)
{
	struct key_node *node = call->bound;

	withdraw(correlator, call);
	unlist_no_more(correlator, KEY_LANE_TIED, call);
	if (!node)
		return;
	concern_sighted(correlator, call);
	call_list_remove_sorted(&node->calls, call);
	call->bound = NULL;
	call->bound_to = NULL;
	tie(correlator, node);
}
