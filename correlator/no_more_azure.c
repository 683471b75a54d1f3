/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's calls that vouch for no more executions: those that were refused, and those
 * that a correlation id ties to one. The first in the window of an execution without a
 * call says why it has none.
 */
#include <stdio.h>

#include "base/limits.h"
#include "correlator/calls.h"
#include "correlator/extension.h"
#include "correlator/match.h"

static struct slice no_more_key(struct slice lane, bool names_handler, int family,
				struct slice handler, char text[LANE_KEY_BYTES])
{
	int len =
		!names_handler ? snprintf(text, LANE_KEY_BYTES, "%.*s", SLICE_ARG(lane))
		: family != HANDLER_UNLISTED
			? snprintf(text, LANE_KEY_BYTES, "%.*s %d", SLICE_ARG(lane),
				   family)
			: snprintf(text, LANE_KEY_BYTES, "%.*s %.*s", SLICE_ARG(lane),
				   SLICE_ARG(slice_first(handler, LIMIT_HANDLER_BYTES)));

	return slice_of(text,
			(size_t)len < LANE_KEY_BYTES ? (size_t)len : LANE_KEY_BYTES - 1);
}

static struct slice key_of(const struct call *call, char text[LANE_KEY_BYTES])
{
	char lane[LANE_KEY_BYTES];

	return no_more_key(call_lane(call, lane), call->names_handler,
			   call->handler_family, call->event.api_call.handler, text);
}

const struct call *no_more_call(const struct correlator *correlator, enum key_kind kind,
				const struct tracked_login *login,
				const struct match *match)
{
	const struct extension_facts *facts = login->extension;
	char lane_text[LANE_KEY_BYTES], text[LANE_KEY_BYTES];
	struct slice lane = extension_lane(login, lane_text);
	const struct call *call = match_refused(
		correlator, kind,
		no_more_key(lane, true, facts->family, facts->handler, text), match);

	return call ? call
		    : match_refused(
			      correlator, kind,
			      no_more_key(lane, false, 0, (struct slice){ 0 }, text),
			      match);
}

/* The first in its window counts for an execution: one that is new, or none any more,
 * concerns those whose window begins after the one before. */
static void concern_by(struct correlator *correlator, const struct key_node *node,
		       const struct call *call)
{
	us_span before =
		EXTENSION_BEFORE_US + CALL_TIME_CUT_US + correlator->options.skew_us;
	us_time time = call->event.happened_at;
	us_time from = time - EXTENSION_AFTER_US - correlator->uncertainty_max_us;
	size_t at = call_list_position(&node->calls, call);

	if (at && node->calls.items[at - 1]->event.happened_at + before > from)
		from = node->calls.items[at - 1]->event.happened_at + before;
	concern_extensions(correlator, from,
			   time + before + correlator->extension_lag_us);
}

void list_no_more(struct correlator *correlator, enum key_kind kind, struct call *call)
{
	char text[LANE_KEY_BYTES];
	struct key_node *node = index_get(&correlator->index, kind, key_of(call, text));

	if (call_list_position(&node->calls, call) < node->calls.count)
		return;
	call_list_add(&node->calls, call);
	concern_by(correlator, node, call);
}

void unlist_no_more(struct correlator *correlator, enum key_kind kind, struct call *call)
{
	char text[LANE_KEY_BYTES];
	struct key_node *node = index_find(&correlator->index, kind, key_of(call, text));

	if (!node || call_list_position(&node->calls, call) == node->calls.count)
		return;
	concern_by(correlator, node, call);
	call_list_remove_sorted(&node->calls, call);
}
