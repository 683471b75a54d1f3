/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/calls.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/credential.h"
#include "correlator/door.h"
#include "correlator/event_copy.h"
#include "correlator/extension.h"
#include "correlator/google.h"
#include "correlator/observe.h"
#include "correlator/session.h"
#include "correlator/ssh_groups.h"
#include "correlator/waiting.h"

/* A login's texts take one, or two where its caller has a long name. */
#define TEXT_BLOCK_BYTES 104

struct slice text_keep(struct text_block **blocks, struct slice text)
{
	struct text_block *block = *blocks;
	struct slice kept;

	if (text.len == 0)
		return (struct slice){ "", 0 };
	if (!block || block->size_bytes - block->used < text.len) {
		size_t size = text.len > TEXT_BLOCK_BYTES ? text.len : TEXT_BLOCK_BYTES;

		block = memory_resize(NULL, 1, sizeof(*block) + size);
		*block = (struct text_block){ .next = *blocks,
					      .size_bytes = (uint32_t)size };
		*blocks = block;
	}
	memcpy(block->bytes + block->used, text.ptr, text.len);
	kept = slice_of(block->bytes + block->used, text.len);
	block->used += (uint32_t)text.len;
	return kept;
}

void text_free(struct text_block *blocks)
{
	while (blocks) {
		struct text_block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

static struct slice keep_text(void *blocks, struct slice text)
{
	return text_keep(blocks, text);
}

static const struct slice *keep_list(void *blocks, const struct slice *texts,
				     uint32_t count)
{
	struct slice *kept = memory_new(count, sizeof(*kept));

	for (uint32_t i = 0; i < count; i++)
		kept[i] = text_keep(blocks, texts[i]);
	return kept;
}

void event_take(struct event *ret_event, struct text_block **blocks,
		const struct event *event)
{
	const struct event_keeper keeper = { keep_text, keep_list, blocks };

	*ret_event = *event;
	event_keep(ret_event, &keeper);
	ret_event->host = text_keep(blocks, event->host);
}

static struct call *call_new(const struct event *event, us_time now)
{
	struct call *call = memory_new(1, sizeof(*call));

	event_take(&call->event, &call->texts, event);
	call->arrived_at = now;
	call->closed_at = US_TIME_NONE;
	return call;
}

struct slice serial_key(int port, char text[SERIAL_KEY_BYTES])
{
	int len = port < 0 ? snprintf(text, SERIAL_KEY_BYTES, "port ?")
			   : snprintf(text, SERIAL_KEY_BYTES, "port %d", port);

	return slice_of(text, (size_t)len);
}

void call_free(struct call *call)
{
	free((void *)(uintptr_t)call->event.api_call.instances);
	free((void *)(uintptr_t)call->event.api_call.association_ids);
	text_free(call->texts);
	free(call);
}

/* Whether the call's instance is this one. An Azure resource id stands for what is in it,
 * and what is in a machine is part of it. */
static bool is_us(const struct correlator *correlator, struct slice named)
{
	struct slice own = correlator->identity.instance;
	size_t shorter = named.len < own.len ? named.len : own.len;

	if (slice_equal_ignoring_case(named, own))
		return true;
	if (!slice_starts_with(named, SLICE("/")) || named.len == own.len)
		return false;
	return slice_equal_ignoring_case(slice_first(named, shorter),
					 slice_first(own, shorter)) &&
	       (named.len > own.len ? named : own).ptr[shorter] == '/';
}

int call_is_for_us(const struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (api->instance_count == 0 || correlator->identity.instance.len == 0)
		return -1;
	for (uint32_t i = 0; i < api->instance_count; i++)
		if (is_us(correlator, api->instances[i]))
			return 1;
	return 0;
}

struct slice caller_name(const struct call *call)
{
	struct slice arn = call->event.api_call.principal;
	ptrdiff_t at = slice_find_last(arn, '/');

	if (at < 0)
		at = slice_find_last(arn, ':');
	return slice_skip(arn, (size_t)(at + 1));
}

/* Whether the record names this instance anywhere: then its account and region are ours.
 */
static bool names_us(const struct correlator *correlator, const struct call *call)
{
	struct slice instance = correlator->identity.instance;

	return call_is_for_us(correlator, call) == 1 ||
	       (instance.len && slice_equal_ignoring_case(
					call->event.api_call.denied_instance, instance));
}

static void note_scope(struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (names_us(correlator, call))
		watermark_name(&correlator->watermark, api->account, api->region);
}

/* Queues the logins of a node whose time lies where this call may concern them. */
static void concern_node(struct correlator *correlator, const struct key_node *node)
{
	for (size_t i = 0; i < node->logins.count; i++)
		judge_later(correlator, node->logins.items[i]);
}

static void concern_between(struct correlator *correlator,
			    const struct login_list *logins, us_time from, us_time until)
{
	for (size_t i = login_list_from(logins, from);
	     i < logins->count && logins->items[i]->view.happened_at <= until; i++)
		judge_later(correlator, logins->items[i]);
}

static void list_under(struct correlator *correlator, enum key_kind kind,
		       struct slice text, struct call *call)
{
	struct key_node *node;

	if (text.len == 0)
		return;
	node = index_get(&correlator->index, kind, text);
	call_list_add(&node->calls, call);
	concern_node(correlator, node);
}

static void take_push(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	list_under(correlator, KEY_REQUEST_ID, api->request_id, call);
	list_under(correlator, KEY_FINGERPRINT, api->fingerprint, call);
}

static void take_tunnel(struct correlator *correlator, struct call *call)
{
	ssh_groups_add_tunnel(correlator, call);
}

/* Who was vouched for without the call's answer may give that call back. */
static void touch_owner(struct correlator *correlator, struct slice session_id)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_SESSION_ID, session_id);
	const struct tracked_login *login;
	struct key_node *group;

	if (!node || node->logins.count == 0)
		return;
	login = node->logins.items[0];
	/* what the agent has said itself the call does not change */
	if (login->is_port && (login->run->document.len == 0 || login->run->port == 0))
		session_concern_carried(correlator, login);
	group = index_find(&correlator->index, KEY_OWNER, login->run->owner_part);
	if (group)
		claims_touch_login(correlator, group, node->logins.items[0]);
}

/* A StartSession to this host whose answer was not logged, with its caller's sessions. */
static void list_unanswered(struct correlator *correlator, struct call *call)
{
	struct slice owner = caller_name(call);
	struct key_node *group;

	if (call->event.api_call.action != API_START_SESSION || owner.len == 0 ||
	    call_is_for_us(correlator, call) != 1)
		return;
	group = index_get(&correlator->index, KEY_OWNER, owner);
	call_list_add(&group->calls, call);
	claims_touch_call(correlator, group, call);
}

static void take_session_call(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (api->session_id.len) {
		list_under(correlator, KEY_SESSION_ID, api->session_id, call);
		if (api->action != API_RESUME_SESSION)
			index_get(&correlator->index, KEY_SESSION_ID, api->session_id)
				->run->start = call;
		touch_owner(correlator, api->session_id);
	} else {
		list_unanswered(correlator, call);
	}
	if (api->action == API_RESUME_SESSION)
		observe_session_resumed(correlator, call);
	else
		observe_session_taken_over(correlator, api->session_id);
	observe_watch_call(correlator, call);
}

static void take_command(struct correlator *correlator, struct call *call)
{
	list_under(correlator, KEY_COMMAND_ID, call->event.api_call.command_id, call);
	observe_watch_call(correlator, call);
}

static void take_association(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	for (uint32_t i = 0; i < api->association_count; i++)
		list_under(correlator, KEY_ASSOCIATION_ID, api->association_ids[i], call);
}

/* What an admitted call could vouch for, and a refused one explain: one row an action.
 * `any` is handed both, and those that failed. */
static const struct {
	void (*any)(struct correlator *correlator, struct call *call);
	void (*admitted)(struct correlator *correlator, struct call *call);
	enum key_kind denied_key; /* under the instance that the refusal names */
	enum login_kind denied_kind;
	us_span denied_reach_us; /* how long after it a login may come */
	bool has_denied;
} action_rows[API_ACTION_COUNT] = {
	[API_SEND_SSH_PUBLIC_KEY] = { NULL, take_push, KEY_DENIED_KEY, LOGIN_SSH,
				      PUSHED_KEY_LIFE_US + LOGIN_GRACE_US, true },
	[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = { calls_take_console, NULL,
						     KEY_DENIED_SERIAL, LOGIN_CONSOLE,
						     SERIAL_SESSION_US, true },
	[API_OPEN_TUNNEL] = { .admitted = take_tunnel },
	[API_START_SESSION] = { NULL, take_session_call, KEY_DENIED_SESSION,
				LOGIN_SESSION, SESSION_ABSENCE_US, true },
	[API_RESUME_SESSION] = { .admitted = take_session_call },
	[API_EXECUTE_COMMAND] = { .admitted = take_session_call },
	[API_SEND_COMMAND] = { NULL, take_command, KEY_DENIED_COMMAND, LOGIN_COMMAND,
			       COMMAND_ABSENCE_US, true },
	[API_CREATE_ASSOCIATION] = { .admitted = take_association },
	[API_MODIFY_INSTANCE_ATTRIBUTE] = { .any = calls_take_script },
	[API_RUN_INSTANCES] = { .any = calls_take_script },
	[API_REBOOT_INSTANCES] = { .any = calls_take_script },
	[API_AZURE_RUN_COMMAND] = { .any = calls_take_azure },
	[API_AZURE_WRITE_RUN_COMMAND] = { .any = calls_take_azure },
	[API_AZURE_WRITE_EXTENSION] = { .any = calls_take_azure },
	[API_AZURE_WRITE_MACHINE] = { .any = calls_take_azure },
	[API_AZURE_WRITE_SCALE_SET] = { .any = calls_take_azure },
	[API_AZURE_REIMAGE] = { .any = calls_take_azure },
	[API_AZURE_PATCH] = { .any = calls_take_azure },
	[API_AZURE_WRITE_APPLICATION] = { .any = calls_take_azure },
	[API_AZURE_DEPLOY] = { .any = calls_take_azure },
	[API_AZURE_POLICY] = { .any = calls_take_azure },
	[API_AZURE_BASTION_CONNECT] = { .any = calls_take_azure },
	[API_AZURE_SERIAL_CONNECT] = { .any = calls_take_console },
	[API_GCP_CHECK_POLICY] = { .any = calls_take_gcp },
	[API_GCP_CONTINUE_SESSION] = { .any = calls_take_gcp },
	[API_GCP_IMPORT_KEY] = { .any = calls_take_gcp },
	[API_GCP_AUTHORIZE_TUNNEL] = { calls_take_gcp, NULL, KEY_DENIED_IAP, LOGIN_SSH,
				       IAP_BEFORE_US, true },
	[API_GCP_SET_PROJECT_METADATA] = { .any = calls_take_gcp },
	[API_GCP_SET_METADATA] = { .any = calls_take_gcp },
	[API_GCP_SERIAL_CONNECT] = { .any = calls_take_console },
	[API_GCP_SERIAL_DISCONNECT] = { .any = calls_take_console },
	[API_GCP_START_INSTANCE] = { .any = calls_take_script },
	[API_GCP_RESET_INSTANCE] = { .any = calls_take_script },
	[API_GCP_OS_CONFIG] = { .any = calls_take_script },
};

/* A refusal explains the logins that no other refusal explains: those whose window
 * reaches it and neither of its neighbours. */
static void concern_denied(struct correlator *correlator, const struct key_node *node,
			   const struct call *call)
{
	us_span skew = correlator->options.skew_us;
	us_span reach = action_rows[call->event.api_call.action].denied_reach_us + skew +
			CALL_TIME_CUT_US;
	us_time time = call->event.happened_at, until = time + reach;
	us_time from = time - skew - correlator->uncertainty_max_us;
	size_t next = call_list_from(&node->calls, time + 1);
	size_t first = call_list_from(&node->calls, time);

	if (next < node->calls.count &&
	    node->calls.items[next]->event.happened_at - skew < until)
		until = node->calls.items[next]->event.happened_at - skew;
	if (first > 0 && node->calls.items[first - 1]->event.happened_at + reach > from)
		from = node->calls.items[first - 1]->event.happened_at + reach;
	concern_between(
		correlator,
		&correlator
			 ->by_kind[action_rows[call->event.api_call.action].denied_kind],
		from, until);
}

static void take_denied(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	struct slice instance = api->denied_instance;
	struct key_node *node;

	if (!action_rows[api->action].has_denied)
		return;
	if (instance.len == 0 && api->instance_count > 0)
		instance = api->instances[0];
	if (instance.len)
		node = index_get(&correlator->index, action_rows[api->action].denied_key,
				 instance);
	else if (api->action == API_START_SESSION && caller_name(call).len)
		node = index_get(&correlator->index, KEY_DENIED_OWNER, caller_name(call));
	else
		return;
	call_list_add(&node->calls, call);
	concern_denied(correlator, node, call);
}

/* The first call of a cloud may tell whose serial console this host's is. */
static void note_cloud(struct correlator *correlator, enum cloud cloud)
{
	uint32_t seen = correlator->seen_clouds | 1u << cloud;

	if (cloud == CLOUD_UNKNOWN || seen == correlator->seen_clouds)
		return;
	correlator->seen_clouds = seen;
	waiting_wake_all(correlator);
}

void calls_take(struct correlator *correlator, const struct event *event)
{
	const struct api_call *api = &event->api_call;
	struct key_node *node = NULL;
	struct call *call;

	if (api->id.len) {
		node = index_get(&correlator->index, KEY_CALL_ID, api->id);
		if (node->calls.count)
			return;
	}
	call = call_new(event, correlator->now);
	call_list_append(&correlator->calls, call);
	if (node)
		call_list_append(&node->calls, call);
	note_cloud(correlator, api_action_cloud(api->action));
	note_scope(correlator, call);
	if (action_rows[api->action].any)
		action_rows[api->action].any(correlator, call);
	if (action_rows[api->action].any != calls_take_script)
		calls_take_script(correlator, call);
	credentials_take_call(correlator, call);
	doors_take_call(correlator, call);
	if (api->outcome == API_ADMITTED && action_rows[api->action].admitted)
		action_rows[api->action].admitted(correlator, call);
	else if (api->outcome == API_DENIED)
		take_denied(correlator, call);
}

/* What depends on whether a call was for this host is listed anew. */
static void relist(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	note_scope(correlator, call);
	if (api->outcome != API_ADMITTED)
		return;
	if (api->session_id.len == 0)
		list_unanswered(correlator, call);
}

void calls_identify(struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->index.node_count; i++) {
		struct key_node *node = correlator->index.nodes[i];

		if (node->kind == KEY_OWNER)
			claims_clear_calls(node);
	}
	for (size_t i = 0; i < correlator->by_kind[LOGIN_SESSION].count; i++) {
		struct tracked_login *login = correlator->by_kind[LOGIN_SESSION].items[i];

		claims_forget(login);
	}
	for (size_t i = 0; i < correlator->calls.count; i++)
		relist(correlator, correlator->calls.items[i]);
	calls_identify_azure(correlator);
	calls_identify_google(correlator);
	calls_identify_console(correlator);
	calls_identify_script(correlator);
	doors_look_again(correlator);
}
