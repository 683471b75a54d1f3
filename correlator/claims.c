/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/claims.h"

#include "correlator/calls.h"
#include "correlator/classify.h"

/* Where endpoints are known by address, their logins and those from the callers' own
 * addresses compete for the same calls, and stand in one group. */
static bool is_mixed(const struct correlator *correlator, const struct key_node *group)
{
	return group->kind == KEY_TUNNEL && correlator->identity.endpoint_ip_count;
}

/* The group of tunnels from a peer. */
static struct slice group_of(const struct correlator *correlator, struct slice peer)
{
	return correlator->identity.endpoint_ip_count ? ENDPOINT_GROUP : peer;
}

void claims_touch(struct correlator *correlator, struct key_node *group, us_time time)
{
	if (!group->is_touched) {
		group->is_touched = true;
		group->touched_from = group->touched_until = time;
		queue_add(&correlator->touched_groups, group);
		return;
	}
	if (time < group->touched_from)
		group->touched_from = time;
	if (time > group->touched_until)
		group->touched_until = time;
}

static bool leads_to_us(const struct correlator *correlator, const struct api_call *api)
{
	if (api->port && !is_sshd_port(correlator, api->port))
		return false;
	for (uint32_t i = 0; i < correlator->identity.private_ip_count; i++)
		if (slice_equal_ignoring_case(api->private_ip,
					      correlator->identity.private_ips[i]))
			return true;
	return false;
}

static void list_tunnel(struct correlator *correlator, struct call *call)
{
	struct slice name = group_of(correlator, call->event.api_call.source_ip);
	struct key_node *group;

	if (!leads_to_us(correlator, &call->event.api_call))
		return;
	call_list_add(&correlator->own_tunnels, call);
	if (name.len == 0)
		return;
	group = index_get(&correlator->index, KEY_TUNNEL, name);
	call_list_add(&group->calls, call);
	claims_touch(correlator, group, call->event.happened_at);
}

void claims_add_tunnel(struct correlator *correlator, struct call *call)
{
	struct slice peer = call->event.api_call.source_ip;

	call_list_add(&correlator->tunnels, call);
	if (peer.len)
		call_list_add(
			&index_get(&correlator->index, KEY_TUNNEL_ANYWHERE, peer)->calls,
			call);
	list_tunnel(correlator, call);
}

void claims_add_login(struct correlator *correlator, struct tracked_login *login)
{
	struct slice peer = login->view.source_ip;
	struct key_node *group;

	if (is_own_address(correlator, peer)) {
		login_list_add(&correlator->own_peer, login);
		return;
	}
	if (peer.len == 0)
		return;
	group = index_get(&correlator->index, KEY_TUNNEL, group_of(correlator, peer));
	login_list_add(&group->logins, login);
	claims_touch(correlator, group, login->view.happened_at);
}

void claims_relist(struct correlator *correlator)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_SSH];

	for (size_t i = 0; i < correlator->index.node_count; i++) {
		struct key_node *node = correlator->index.nodes[i];

		if (node->kind == KEY_TUNNEL)
			node->calls.count = node->logins.count = 0;
	}
	correlator->own_tunnels.count = 0;
	correlator->own_peer.count = 0;
	for (size_t i = 0; i < correlator->tunnels.count; i++)
		list_tunnel(correlator, correlator->tunnels.items[i]);
	for (size_t i = 0; i < logins->count; i++) {
		struct tracked_login *login = logins->items[i];

		if (login->claim)
			login->claim->claimed_by = NULL;
		login->claim = NULL;
		login->is_contested = false;
		claims_add_login(correlator, login);
		judge_later(correlator, login);
	}
}

/* The window of a group's calls relative to its logins. */
struct claim_window {
	us_span before, after;
};

static struct claim_window window_of(const struct correlator *correlator,
				     const struct key_node *group)
{
	us_span skew = correlator->options.skew_us;

	if (group->kind == KEY_TUNNEL)
		return (struct claim_window){ LOGIN_GRACE_US + CALL_TIME_CUT_US + skew,
					      skew };
	return (struct claim_window){ NULL_RESPONSE_US + CALL_TIME_CUT_US + skew,
				      NULL_RESPONSE_US };
}

/* A session whose own id a call answered with needs no other. */
static bool needs_claim(const struct correlator *correlator,
			const struct tracked_login *login)
{
	const struct key_node *node;

	if (login->view.kind != LOGIN_SESSION)
		return true;
	node = index_find(&correlator->index, KEY_SESSION_ID, login->view.session_id);
	for (size_t i = 0; node && i < node->calls.count; i++)
		if (node->calls.items[i]->event.api_call.action != API_RESUME_SESSION)
			return false;
	return true;
}

/* Whether the call could be this login's, but for its time and for who else has it. */
static bool could_be(const struct correlator *correlator,
		     const struct tracked_login *login, const struct call *call)
{
	return is_endpoint(correlator, login->view.source_ip) ||
	       slice_equal_ignoring_case(call->event.api_call.source_ip,
					 login->view.source_ip);
}

static void set_claim(struct correlator *correlator, struct tracked_login *login,
		      struct call *call, bool is_contested)
{
	if (call)
		call->claimed_by = login;
	if (login->claim == call && login->is_contested == is_contested)
		return;
	login->claim = call;
	login->is_contested = is_contested;
	judge_later(correlator, login);
}

/* The logins whose claims the touched times could change: from a gap so wide that no call
 * reaches across it to the next such gap. */
struct stretch {
	size_t first, end;
};

static struct stretch touched_stretch(const struct key_node *group, us_span reach)
{
	const struct login_list *logins = &group->logins;
	struct stretch stretch;

	stretch.first = login_list_from(logins, group->touched_from - reach);
	while (stretch.first > 0 && stretch.first < logins->count &&
	       logins->items[stretch.first]->view.happened_at -
			       logins->items[stretch.first - 1]->view.happened_at <=
		       reach)
		stretch.first--;
	stretch.end = stretch.first;
	while (stretch.end < logins->count &&
	       (logins->items[stretch.end]->view.happened_at <=
			group->touched_until + reach ||
		(stretch.end > stretch.first &&
		 logins->items[stretch.end]->view.happened_at -
				 logins->items[stretch.end - 1]->view.happened_at <=
			 reach)))
		stretch.end++;
	return stretch;
}

/* The oldest call from `*next` on that lies before `until` and that nobody has. In a
 * mixed group a call that is not this login's may be the next one's, so `*next` stays. */
static struct call *take_oldest(const struct correlator *correlator,
				const struct key_node *group,
				const struct tracked_login *login, size_t *next,
				us_time until, bool *ret_is_contested)
{
	const struct call_list *calls = &group->calls;
	bool mixed = is_mixed(correlator, group);

	for (size_t i = *next;
	     i < calls->count && calls->items[i]->event.happened_at <= until; i++) {
		if (mixed && !could_be(correlator, login, calls->items[i]))
			continue;
		if (calls->items[i]->claimed_by) {
			*ret_is_contested = true;
			continue;
		}
		if (!mixed)
			*next = i + 1;
		return calls->items[i];
	}
	return NULL;
}

static void sweep(struct correlator *correlator, struct key_node *group)
{
	struct claim_window window = window_of(correlator, group);
	struct stretch stretch = touched_stretch(group, window.before + window.after);
	const struct login_list *logins = &group->logins;
	const struct call_list *calls = &group->calls;
	size_t oldest, next;

	if (stretch.first == stretch.end)
		return;
	oldest = next = call_list_from(
		calls, logins->items[stretch.first]->view.happened_at - window.before);
	for (size_t i = oldest;
	     i < calls->count &&
	     calls->items[i]->event.happened_at <=
		     logins->items[stretch.end - 1]->view.happened_at + window.after;
	     i++)
		calls->items[i]->claimed_by = NULL;
	for (size_t at = stretch.first; at < stretch.end; at++) {
		struct tracked_login *login = logins->items[at];
		us_time until = login->view.happened_at + window.after;
		struct call *call = NULL;
		bool is_contested;

		while (oldest < calls->count &&
		       calls->items[oldest]->event.happened_at <
			       login->view.happened_at - window.before)
			oldest++;
		if (next < oldest)
			next = oldest;
		is_contested =
			oldest < next && calls->items[oldest]->event.happened_at <= until;
		if (needs_claim(correlator, login))
			call = take_oldest(correlator, group, login, &next, until,
					   &is_contested);
		else
			is_contested = false;
		set_claim(correlator, login, call, !call && is_contested);
	}
}

void claims_settle(struct correlator *correlator)
{
	while (correlator->touched_groups.count) {
		struct key_node *group = queue_take(&correlator->touched_groups);

		group->is_touched = false;
		sweep(correlator, group);
	}
}
