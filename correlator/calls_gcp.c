/* SPDX-License-Identifier: Apache-2.0 */
/* Google Cloud's calls, and whom they may concern. */
#include <stdio.h>

#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/google.h"

/* The longest e-mail address, RFC 3696 errata 1690. */
#define ADDRESS_MAX 320

int google_call_is_for_us(const struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	struct slice own = correlator->identity.account;
	int for_us = call_is_for_us(correlator, call);

	for (uint32_t i = 0; for_us == 0 && i < api->instance_count; i++) {
		struct slice project = api->instances[i];

		if (!slice_take_prefix(&project, SLICE("projects/")) ||
		    slice_find(project, SLICE("/")) >= 0)
			continue;
		if (own.len == 0)
			return -1;
		if (slice_equal_ignoring_case(project, own))
			return 1;
	}
	return for_us;
}

static void concern_between(struct correlator *correlator,
			    const struct login_list *logins, us_time from, us_time until)
{
	for (size_t i = login_list_from(logins, from);
	     i < logins->count && logins->items[i]->view.happened_at <= until; i++)
		judge_later(correlator, logins->items[i]);
}

/* ---- what OS Login checked ---- */

#define CHECK_KEY_BYTES (ADDRESS_MAX + 2)

/* A kind, a tag, and a name or an address. */
static struct slice check_key(enum check_kind kind, enum check_tag tag, struct slice text,
			      char buf[CHECK_KEY_BYTES])
{
	text = slice_first(text, ADDRESS_MAX);
	buf[0] = (char)('0' + kind);
	buf[1] = (char)tag;
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		/* addresses are compared in any case, names as they are */
		buf[2 + i] = tag == CHECK_OF_PRINCIPAL && byte >= 'A' && byte <= 'Z'
				     ? (char)(byte - 'A' + 'a')
				     : byte;
	}
	return slice_of(buf, 2 + text.len);
}

const struct key_node *os_login_checks(const struct correlator *correlator,
				       enum check_kind kind, enum check_tag tag,
				       struct slice text)
{
	char buf[CHECK_KEY_BYTES];

	return index_find(&correlator->index, KEY_OS_LOGIN,
			  check_key(kind, tag, text, buf));
}

/* Logins by address, and of service accounts, are listed with the admitted calls. */
static void list_login(struct correlator *correlator, enum check_tag tag,
		       struct slice text, struct tracked_login *login)
{
	char buf[CHECK_KEY_BYTES];
	struct key_node *node = index_get(&correlator->index, KEY_OS_LOGIN,
					  check_key(CHECK_ADMITTED, tag, text, buf));

	if (login_list_position(&node->logins, login) == node->logins.count)
		login_list_add(&node->logins, login);
}

void os_login_list_login(struct correlator *correlator, struct slice principal,
			 struct tracked_login *login)
{
	if (principal.len)
		list_login(correlator, CHECK_OF_PRINCIPAL, principal, login);
	if (is_service_account_name(login->view.os_user))
		list_login(correlator, CHECK_OF_SERVICE, (struct slice){ 0 }, login);
}

static const struct login_list *logins_for(const struct correlator *correlator,
					   enum check_tag tag, struct slice text)
{
	const struct key_node *node;

	if (tag == CHECK_OF_NAME || tag == CHECK_OF_LOCAL_PART)
		return google_logins(correlator, text);
	node = os_login_checks(correlator, CHECK_ADMITTED, tag, text);
	return node ? &node->logins : NULL;
}

/* The first check in its window counts for a login: one that is new concerns those in
 * whose windows the one before is not. By the first of a name the user is known to be OS
 * Login's, whenever he came. */
static void concern_check(struct correlator *correlator, const struct key_node *node,
			  const struct call *call, const struct login_list *logins,
			  bool tells_user)
{
	us_span before =
		OS_LOGIN_JOIN_US + CALL_TIME_CUT_US + correlator->options.skew_us;
	us_time time = call->event.happened_at;
	us_time from = time - OS_LOGIN_JOIN_US - correlator->uncertainty_max_us;
	size_t at = call_list_position(&node->calls, call);

	if (!logins)
		return;
	if (tells_user && node->calls.count == 1) {
		concern_between(correlator, logins, INT64_MIN, INT64_MAX);
		return;
	}
	if (at && node->calls.items[at - 1]->event.happened_at + before + 1 > from)
		from = node->calls.items[at - 1]->event.happened_at + before + 1;
	concern_between(correlator, logins, from, time + before);
}

static void list_check(struct correlator *correlator, enum check_kind kind,
		       enum check_tag tag, struct slice text, struct call *call)
{
	char buf[CHECK_KEY_BYTES];
	struct key_node *node;

	if (text.len == 0 && tag != CHECK_OF_SERVICE)
		return;
	node = index_get(&correlator->index, KEY_OS_LOGIN,
			 check_key(kind, tag, text, buf));
	call_list_add(&node->calls, call);
	if (kind == CHECK_ADMITTED || kind == CHECK_REFUSED)
		concern_check(correlator, node, call, logins_for(correlator, tag, text),
			      tag == CHECK_OF_NAME);
}

/* OS Login's name of an address, cut: small letters, '_' for what no name may have. */
static struct slice name_of(const char *prefix, struct slice address,
			    char name[OS_LOGIN_NAME_MAX])
{
	size_t len = 0;

	for (; prefix[len]; len++)
		name[len] = prefix[len];
	for (size_t i = 0; i < address.len && len < OS_LOGIN_NAME_MAX; i++) {
		char byte = address.ptr[i];

		name[len++] = byte == '.' || byte == '@'   ? '_'
			      : byte >= 'A' && byte <= 'Z' ? (char)(byte - 'A' + 'a')
							   : byte;
	}
	return slice_of(name, len);
}

static void list_checks(struct correlator *correlator, enum check_kind kind,
			struct call *call)
{
	struct slice address = call->event.api_call.principal, rest = address, local;
	char name[OS_LOGIN_NAME_MAX];

	if (address.len == 0)
		return;
	list_check(correlator, kind, CHECK_OF_PRINCIPAL, address, call);
	list_check(correlator, kind, CHECK_OF_NAME, name_of("", address, name), call);
	list_check(correlator, kind, CHECK_OF_NAME, name_of("ext_", address, name), call);
	if (slice_ends_with(address, SLICE(".gserviceaccount.com")))
		list_check(correlator, kind, CHECK_OF_SERVICE, (struct slice){ 0 }, call);
	else if (slice_take_until(&rest, '@', &local))
		list_check(correlator, kind, CHECK_OF_LOCAL_PART,
			   name_of("", local, name), call);
}

/* Whoever may not be root is asked for it all the same, at every login. */
static void take_check(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (google_call_is_for_us(correlator, call) == 0)
		return;
	if (api->outcome == API_ADMITTED)
		list_checks(correlator, CHECK_ADMITTED, call);
	else if (api->outcome == API_DENIED && !api->is_admin)
		list_checks(correlator, CHECK_REFUSED, call);
}

/* They decide nothing and are told when it is explained. */
static void take_second_factor(struct correlator *correlator, struct call *call)
{
	if (call->event.api_call.outcome == API_ADMITTED &&
	    google_call_is_for_us(correlator, call) != 0)
		list_checks(correlator, CHECK_SECOND_FACTOR, call);
}

static void take_import(struct correlator *correlator, struct call *call)
{
	if (call->event.api_call.outcome == API_ADMITTED)
		list_checks(correlator, CHECK_KEY_IMPORTED, call);
}

/* ---- keys in the metadata ---- */

#define KEY_CALLS SLICE("ssh-keys")

/* The latest before it counts for a login; where there is none, by clocks that differ,
 * the first after. */
static void concern_keyed(struct correlator *correlator, const struct key_node *node,
			  const struct call *call)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_SSH];
	size_t at = call_list_position(&node->calls, call);
	us_time from = call->event.happened_at - correlator->uncertainty_max_us -
		       (at ? 0 : correlator->options.skew_us);
	us_time until = at + 1 < node->calls.count
				? node->calls.items[at + 1]->event.happened_at
				: INT64_MAX;

	for (size_t i = login_list_from(logins, from);
	     i < logins->count && logins->items[i]->view.happened_at <= until; i++)
		if (logins->items[i]->view.path == PATH_GCP_METADATA_KEY)
			judge_later(correlator, logins->items[i]);
}

static void take_keys(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	struct key_node *node;

	if (api->outcome != API_ADMITTED || !(api->metadata_keys & METADATA_SSH_KEYS) ||
	    google_call_is_for_us(correlator, call) == 0)
		return;
	node = index_get(&correlator->index, KEY_METADATA_CALL, KEY_CALLS);
	call_list_add(&node->calls, call);
	concern_keyed(correlator, node, call);
}

struct call *latest_key_call(const struct correlator *correlator,
			     const struct tracked_login *login)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_METADATA_CALL, KEY_CALLS);
	us_time time = login->view.happened_at + login->uncertainty_us;
	size_t after = node ? call_list_from(&node->calls, time + 1) : 0;

	if (after)
		return node->calls.items[after - 1];
	return node && node->calls.count &&
			       node->calls.items[0]->event.happened_at <=
				       time + correlator->options.skew_us
		       ? node->calls.items[0]
		       : NULL;
}

/* ---- all ---- */

/* Whoever opens an application behind the proxy is authorised by the same method, and so
 * is a connection to an address: a record that names no instance is of this one where it
 * leads to its address. */
static bool leads_to_us(const struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (api->instance_count || correlator->identity.instance.len == 0)
		return google_call_is_for_us(correlator, call) != 0;
	return api->private_ip.len && is_own_address(correlator, api->private_ip);
}

static void take_tunnel(struct correlator *correlator, struct call *call)
{
	if (call->event.api_call.outcome == API_ADMITTED && leads_to_us(correlator, call))
		iap_take_record(correlator, call);
}

void calls_take_gcp(struct correlator *correlator, struct call *call)
{
	static void (*const takers[API_ACTION_COUNT])(struct correlator * correlator,
						      struct call * call) = {
		[API_GCP_CHECK_POLICY] = take_check,
		[API_GCP_CONTINUE_SESSION] = take_second_factor,
		[API_GCP_IMPORT_KEY] = take_import,
		[API_GCP_AUTHORIZE_TUNNEL] = take_tunnel,
		[API_GCP_SET_METADATA] = take_keys,
		[API_GCP_SET_PROJECT_METADATA] = take_keys,
	};

	if (takers[call->event.api_call.action])
		takers[call->event.api_call.action](correlator, call);
}

static void clear_node(struct key_node *node)
{
	switch (node->kind) {
	case KEY_OS_LOGIN:
	case KEY_GOOGLE_USER:
		node->logins.count = 0;
		node->calls.count = 0;
		break;
	case KEY_METADATA_CALL:
		node->calls.count = 0;
		break;
	default:
		break;
	}
}

void calls_identify_google(struct correlator *correlator)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_SSH];

	for (size_t i = 0; i < correlator->index.node_count; i++)
		clear_node(correlator->index.nodes[i]);
	for (size_t i = 0; i < logins->count; i++)
		google_add_login(correlator, logins->items[i]);
	/* tunnels are listed anew with what else leads here */
	for (size_t i = 0; i < correlator->calls.count; i++)
		if (correlator->calls.items[i]->event.api_call.action !=
		    API_GCP_AUTHORIZE_TUNNEL)
			calls_take_gcp(correlator, correlator->calls.items[i]);
}
