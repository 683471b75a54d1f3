/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Azure's calls. Of one call there are several records, with one correlation id: Started,
 * Accepted, Succeeded, Failed. The earliest that was admitted stands for all, and what
 * failed afterwards changes nothing; it is refused where none was admitted.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/limits.h"
#include "correlator/calls.h"
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/extension.h"
#include "correlator/match.h"
#include "correlator/ssh_groups.h"

/* What an admitted call vouches for. */
enum azure_use {
	USE_NONE,
	USE_ONCE,  /* one execution in its lane */
	USE_BROAD, /* many */
	USE_BASTION,
};

static const struct {
	enum azure_use use;
	enum broad_kind broad;
} uses[API_ACTION_COUNT] = {
	[API_AZURE_RUN_COMMAND] = { USE_ONCE, 0 },
	[API_AZURE_WRITE_RUN_COMMAND] = { USE_ONCE, 0 },
	[API_AZURE_WRITE_EXTENSION] = { USE_ONCE, 0 },
	[API_AZURE_PATCH] = { USE_ONCE, 0 },
	[API_AZURE_DEPLOY] = { USE_BROAD, BROAD_ALL },
	[API_AZURE_POLICY] = { USE_BROAD, BROAD_ALL },
	[API_AZURE_REIMAGE] = { USE_BROAD, BROAD_ALL },
	[API_AZURE_WRITE_MACHINE] = { USE_BROAD, BROAD_EXTENSIONS },
	[API_AZURE_WRITE_SCALE_SET] = { USE_BROAD, BROAD_EXTENSIONS },
	[API_AZURE_WRITE_APPLICATION] = { USE_BROAD, BROAD_APPLICATIONS },
	[API_AZURE_BASTION_CONNECT] = { USE_BASTION, 0 },
};

/* ---- whose ---- */

/* The id's part before and after this separator, in any case; false when it has none. */
static bool split_id(struct slice id, struct slice separator, struct slice *ret_before,
		     struct slice *ret_after)
{
	ptrdiff_t at = slice_find_ignoring_case(id, separator);

	if (at < 0)
		return false;
	*ret_before = slice_first(id, (size_t)at);
	*ret_after = slice_skip(id, (size_t)at + separator.len);
	return true;
}

/* A machine of a flexible scale set has a resource id of its own, in the set's group, and
 * the name of the set before its own: "web_1a2b3c4d". */
static bool is_scale_set_of(struct slice named, struct slice own)
{
	struct slice group, set, own_group, machine;

	if (!split_id(named, SLICE("/virtualMachineScaleSets/"), &group, &set) ||
	    !split_id(own, SLICE("/virtualMachines/"), &own_group, &machine))
		return false;
	return set.len > 0 && set.len < machine.len && machine.ptr[set.len] == '_' &&
	       slice_equal_ignoring_case(group, own_group) &&
	       slice_equal_ignoring_case(set, slice_first(machine, set.len));
}

int azure_call_is_for_us(const struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	int for_us = call_is_for_us(correlator, call);

	if (for_us != 0)
		return for_us;
	/* a gallery is nobody's; its new version goes to whoever uses it */
	if (api->action == API_AZURE_WRITE_APPLICATION)
		return -1;
	for (uint32_t i = 0; i < api->instance_count; i++)
		if (api->action == API_AZURE_WRITE_SCALE_SET &&
		    is_scale_set_of(api->instances[i], correlator->identity.instance))
			return 1;
	return 0;
}

/* ---- calls that vouch for many ---- */

#define BROAD_KEY_BYTES 64

static struct slice broad_key(enum broad_kind kind, struct slice correlation_id,
			      char text[BROAD_KEY_BYTES])
{
	int len = snprintf(text, BROAD_KEY_BYTES, "%d %.*s", (int)kind,
			   SLICE_ARG(slice_first(correlation_id, CORRELATION_ID_BYTES)));

	return slice_of(text, (size_t)len);
}

const struct key_node *broad_calls(const struct correlator *correlator,
				   enum broad_kind kind, struct slice correlation_id)
{
	char text[BROAD_KEY_BYTES];

	return index_find(&correlator->index, KEY_BROAD,
			  broad_key(kind, correlation_id, text));
}

void concern_extensions(struct correlator *correlator, us_time from, us_time until)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_EXTENSION];

	for (size_t i = login_list_from(logins, from);
	     i < logins->count && logins->items[i]->view.happened_at <= until; i++)
		judge_later(correlator, logins->items[i]);
}

/* The latest call before an execution counts, or the first after it: one that is new
 * concerns those between its neighbours. */
static void concern_by_time(struct correlator *correlator, const struct key_node *node,
			    const struct call *call)
{
	us_time time = call->event.happened_at;
	us_time from = time - EXTENSION_AFTER_US - correlator->uncertainty_max_us;
	us_time until = time + EXTENSION_BEFORE_US + CALL_TIME_CUT_US +
			correlator->options.skew_us;
	size_t at = call_list_position(&node->calls, call);

	if (at && node->calls.items[at - 1]->event.happened_at > from)
		from = node->calls.items[at - 1]->event.happened_at;
	if (at + 1 < node->calls.count &&
	    node->calls.items[at + 1]->event.happened_at < until)
		until = node->calls.items[at + 1]->event.happened_at;
	concern_extensions(correlator, from, until + correlator->extension_lag_us);
}

/* The first counts for those of its goal state. */
static void concern_by_id(struct correlator *correlator, const struct key_node *node,
			  const struct call *call)
{
	const struct key_node *goal = index_find(&correlator->index, KEY_CORRELATION,
						 call->event.api_call.correlation_id);

	if (!goal || node->calls.items[0] != call)
		return;
	for (size_t i = 0; i < goal->logins.count; i++)
		judge_later(correlator, goal->logins.items[i]);
}

static void list_broad(struct correlator *correlator, struct call *call)
{
	enum broad_kind kind = uses[call->event.api_call.action].broad;
	struct slice id = call->event.api_call.correlation_id;
	char text[BROAD_KEY_BYTES];
	struct key_node *node = index_get(&correlator->index, KEY_BROAD,
					  broad_key(kind, (struct slice){ 0 }, text));

	call_list_add(&node->calls, call);
	concern_by_time(correlator, node, call);
	if (id.len == 0)
		return;
	node = index_get(&correlator->index, KEY_BROAD, broad_key(kind, id, text));
	call_list_add(&node->calls, call);
	concern_by_id(correlator, node, call);
}

static void unlist_broad(struct correlator *correlator, struct call *call)
{
	enum broad_kind kind = uses[call->event.api_call.action].broad;
	struct slice id = call->event.api_call.correlation_id;
	char text[BROAD_KEY_BYTES];
	struct key_node *node = index_get(&correlator->index, KEY_BROAD,
					  broad_key(kind, (struct slice){ 0 }, text));

	concern_by_time(correlator, node, call);
	call_list_remove_sorted(&node->calls, call);
	if (id.len == 0)
		return;
	node = index_get(&correlator->index, KEY_BROAD, broad_key(kind, id, text));
	concern_by_id(correlator, node, call);
	call_list_remove_sorted(&node->calls, call);
}

/* ---- one call of several records ---- */

static void list_head(struct correlator *correlator, struct call *call)
{
	call->is_head = true;
	if (azure_call_is_for_us(correlator, call) == 0)
		return;
	switch (uses[call->event.api_call.action].use) {
	case USE_ONCE:
		bind_call(correlator, call);
		break;
	case USE_BROAD:
		list_broad(correlator, call);
		break;
	case USE_BASTION:
		ssh_groups_add_bastion(correlator, call);
		break;
	case USE_NONE:
		break;
	}
}

static void unlist_head(struct correlator *correlator, struct call *call)
{
	call->is_head = false;
	if (azure_call_is_for_us(correlator, call) == 0)
		return;
	switch (uses[call->event.api_call.action].use) {
	case USE_ONCE:
		unbind_call(correlator, call);
		break;
	case USE_BROAD:
		unlist_broad(correlator, call);
		break;
	case USE_BASTION:
		ssh_groups_drop_bastion(correlator, call);
		break;
	case USE_NONE:
		break;
	}
}

/* Correlation id, operation, resource and whose it is: one deployment writes the
 * extension of one name on many machines. A connection of Bastion has its tunnel's id.
 * Empty when the record says none: it is a call of its own. */
static struct slice merge_key(const struct api_call *api, struct buf *buf)
{
	struct slice id = api->action == API_AZURE_BASTION_CONNECT && api->tunnel_id.len
				  ? api->tunnel_id
				  : api->correlation_id;

	if (id.len == 0)
		return (struct slice){ 0 };
	buf_append(buf, id);
	buf_append_format(buf, "\n%d\n", (int)api->action);
	buf_append(buf, api->resource);
	buf_append_byte(buf, '\n');
	if (api->instance_count)
		buf_append(buf, api->instances[0]);
	if (buf_overflowed(buf))
		return (struct slice){ 0 };
	return buf_slice(buf);
}

static void take_admitted(struct correlator *correlator, struct key_node *node,
			  struct call *call)
{
	struct call *head = node->call->head;

	if (head && call_is_before(head, call))
		return;
	node->call->head = call;
	if (head)
		unlist_head(correlator, head);
	else
		for (size_t i = 0; i < node->calls.count; i++)
			if (node->calls.items[i]->event.api_call.outcome == API_DENIED)
				unlist_no_more(correlator, KEY_LANE_REFUSED,
					       node->calls.items[i]);
	list_head(correlator, call);
}

static void take_refused(struct correlator *correlator, struct call *call)
{
	if (uses[call->event.api_call.action].use == USE_ONCE &&
	    azure_call_is_for_us(correlator, call) != 0)
		list_no_more(correlator, KEY_LANE_REFUSED, call);
}

static void take_record(struct correlator *correlator, struct call *call)
{
	enum api_outcome outcome = call->event.api_call.outcome;
	AUTO_BUF struct buf buf = BUF_LIMIT(4 * LIMIT_FIELD_BYTES);
	struct slice key = merge_key(&call->event.api_call, &buf);
	struct key_node *node;

	if (key.len == 0) {
		if (outcome == API_ADMITTED)
			list_head(correlator, call);
		else if (outcome == API_DENIED)
			take_refused(correlator, call);
		return;
	}
	node = index_get(&correlator->index, KEY_AZURE_CALL, key);
	call_list_add(&node->calls, call);
	if (outcome == API_ADMITTED)
		take_admitted(correlator, node, call);
	else if (outcome == API_DENIED && !node->call->head)
		take_refused(correlator, call);
}

/* Which type of extension the call is about: as it says, else as its resource is named,
 * for there is no other word of it. */
static void know_handler(struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	call->handler_family = HANDLER_UNLISTED;
	/* patching runs its own extension, which is the platform's, and no other */
	if (api->action == API_AZURE_PATCH) {
		call->handler_family = (int16_t)handler_family(
			SLICE("Microsoft.CPlat.Core.LinuxPatchExtension"));
		call->names_handler = true;
	}
	if (api->action != API_AZURE_WRITE_EXTENSION)
		return;
	call->handler_family =
		(int16_t)(api->handler.len ? handler_family(api->handler)
					   : handler_family_named(api->resource));
	call->names_handler =
		api->handler.len || call->handler_family != HANDLER_UNLISTED;
}

void calls_take_azure(struct correlator *correlator, struct call *call)
{
	know_handler(call);
	take_record(correlator, call);
}

/* ---- this host's identity is another ---- */

static void clear_node(struct key_node *node)
{
	switch (node->kind) {
	case KEY_LANE:
		claims_clear_calls(node);
		node->logins.count = 0;
		break;
	case KEY_BASTION:
		claims_clear_calls(node); /* its logins are listed anew by ssh_groups.c */
		break;
	case KEY_LANE_BOUND:
		node->logins.count = 0;
		node->calls.count = 0;
		break;
	case KEY_LANE_REFUSED:
	case KEY_LANE_TIED:
	case KEY_BROAD:
	case KEY_AZURE_CALL:
		node->calls.count = 0;
		break;
	default:
		break;
	}
	if (node->kind == KEY_AZURE_CALL)
		node->call->head = NULL;
}

static void forget_ties(struct tracked_login *login)
{
	claims_forget(login);
	login->extension->bound = login->extension->group = NULL;
	login->extension->bound_call = NULL;
}

void calls_identify_azure(struct correlator *correlator)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_EXTENSION];

	for (size_t i = 0; i < correlator->index.node_count; i++)
		clear_node(correlator->index.nodes[i]);
	for (size_t i = 0; i < logins->count; i++)
		forget_ties(logins->items[i]);
	for (size_t i = 0; i < correlator->calls.count; i++) {
		struct call *call = correlator->calls.items[i];

		call->bound = call->group = NULL;
		call->bound_to = NULL;
		call->is_head = false;
	}
	for (size_t i = 0; i < correlator->calls.count; i++)
		if (uses[correlator->calls.items[i]->event.api_call.action].use !=
		    USE_NONE)
			take_record(correlator, correlator->calls.items[i]);
	for (size_t i = 0; i < logins->count; i++) {
		bind_extension(correlator, logins->items[i]);
		judge_later(correlator, logins->items[i]);
	}
}
