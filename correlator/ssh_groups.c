/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/ssh_groups.h"

#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/google.h"

/* The one group of all tunnels, where endpoints are known by address. */
#define ENDPOINT_GROUP SLICE("endpoints")

/* Whether Bastion may be at this address: its subnet is of the machine's own network. */
static bool is_private(struct slice address)
{
	struct slice rest = address;
	uint64_t second;

	if (slice_starts_with(address, SLICE("10.")) ||
	    slice_starts_with(address, SLICE("192.168.")))
		return true;
	if (slice_take_prefix(&rest, SLICE("172.")))
		return slice_take_number(&rest, 255, &second) && second >= 16 &&
		       second <= 31;
	return slice_take_prefix(&rest, SLICE("100.")) &&
	       slice_take_number(&rest, 255, &second) && second >= 64 && second <= 127;
}

/* All of Bastion's connections to this host, and the logins that may be through it. */
static struct key_node *bastion_group(struct correlator *correlator)
{
	return index_get(&correlator->index, KEY_BASTION, SLICE("bastion"));
}

/* The group of tunnels from a peer. */
static struct slice group_of(const struct correlator *correlator, struct slice peer)
{
	return correlator->identity.endpoint_ip_count ? ENDPOINT_GROUP : peer;
}

bool ssh_groups_may_be_bastion(const struct correlator *correlator)
{
	const struct own_identity *own = &correlator->identity;

	return own->cloud == CLOUD_AZURE ||
	       (own->cloud == CLOUD_UNKNOWN && !own->is_in_no_cloud &&
		correlator->has_bastion_calls);
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
	claims_touch_call(correlator, group, call);
}

void ssh_groups_add_tunnel(struct correlator *correlator, struct call *call)
{
	struct slice peer = call->event.api_call.source_ip;

	call_list_add(&correlator->tunnels, call);
	if (peer.len)
		call_list_add(
			&index_get(&correlator->index, KEY_TUNNEL_ANYWHERE, peer)->calls,
			call);
	list_tunnel(correlator, call);
}

void ssh_groups_add_bastion(struct correlator *correlator, struct call *call)
{
	struct key_node *group;

	if (!correlator->has_bastion_calls) {
		correlator->has_bastion_calls = true;
		ssh_groups_relist(correlator);
	}
	group = bastion_group(correlator);
	call->group = group;
	call_list_add(&group->calls, call);
	claims_touch_call(correlator, group, call);
}

void ssh_groups_drop_bastion(struct correlator *correlator, struct call *call)
{
	if (call->group)
		claims_drop_call(correlator, call->group, call);
	call->group = NULL;
}

void ssh_groups_add_login(struct correlator *correlator, struct tracked_login *login)
{
	struct slice peer = login->view.source_ip;
	struct key_node *group;

	if (is_own_address(correlator, peer)) {
		login_list_add(&correlator->own_peer, login);
		return;
	}
	if (peer.len == 0)
		return;
	if (is_iap_peer(correlator, peer)) {
		group = index_get(&correlator->index, KEY_IAP, IAP_GROUP);
	} else if (ssh_groups_may_be_bastion(correlator)) {
		if (!is_private(peer) && !is_endpoint(correlator, peer))
			return;
		group = bastion_group(correlator);
	} else {
		group = index_get(&correlator->index, KEY_TUNNEL,
				  group_of(correlator, peer));
	}
	login_list_add(&group->logins, login);
	claims_touch_login(correlator, group, login);
}

void ssh_groups_relist(struct correlator *correlator)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_SSH];

	for (size_t i = 0; i < correlator->index.node_count; i++) {
		struct key_node *node = correlator->index.nodes[i];

		if (node->kind != KEY_TUNNEL && node->kind != KEY_BASTION &&
		    node->kind != KEY_IAP)
			continue;
		if (node->kind == KEY_TUNNEL)
			claims_clear_calls(node);
		node->logins.count = 0;
	}
	correlator->own_tunnels.count = 0;
	correlator->own_peer.count = 0;
	iap_relist(correlator);
	for (size_t i = 0; i < correlator->tunnels.count; i++)
		list_tunnel(correlator, correlator->tunnels.items[i]);
	for (size_t i = 0; i < logins->count; i++) {
		struct tracked_login *login = logins->items[i];

		claims_forget(login);
		ssh_groups_add_login(correlator, login);
		judge_later(correlator, login);
	}
}
