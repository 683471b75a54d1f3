/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tunnels of Google's Identity-Aware Proxy. A connection is logged when it is authorised,
 * or when it ends, or both times, with one operation id: the record of its beginning
 * stands for it where there is one.
 *
 *   beginning is logged   a group of claims, by the login's time: one login each
 *   only its end is       it is the login's that ended nearest to it
 *
 * sshd's session and the tunnel end together, so that the end of a session tells its
 * record as well as a key does. They need not: where the network is gone, one of them
 * learns of it late. An end that no session ended with is then anybody's who was there.
 */
#include <arpa/inet.h>
#include <string.h>

#include "base/buf.h"
#include "base/limits.h"
#include "correlator/calls.h"
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/google.h"
#include "correlator/match.h"

/* A tunnel's record comes so long after the end of the session in it, at most. */
#define IAP_END_AFTER_US US_PER_MINUTE

/* The proxy ends what has been idle for so long (TCP forwarding, Identity-Aware Proxy
 * documentation): a tunnel whose session has ended unnoticed lasts no longer. */
#define IAP_IDLE_US US_PER_HOUR

/* ---- whose ---- */

/* The proxy's own addresses, 35.235.240.0/20 ("Using IAP for TCP forwarding", Identity-
 * Aware Proxy documentation). */
#define IAP_NETWORK 0x23ebf000u
#define IAP_MASK 0xfffff000u

static bool is_iap_address(struct slice address)
{
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };
	char text[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (address.len == 0 || address.len >= sizeof(text))
		return false;
	memcpy(text, address.ptr, address.len);
	text[address.len] = '\0';
	if (inet_pton(AF_INET, text, bytes + 12) != 1 &&
	    (inet_pton(AF_INET6, text, bytes) != 1 ||
	     memcmp(bytes, mapped, sizeof(mapped)) != 0))
		return false;
	return (((uint32_t)bytes[12] << 24 | (uint32_t)bytes[13] << 16 |
		 (uint32_t)bytes[14] << 8) &
		IAP_MASK) == IAP_NETWORK;
}

bool is_iap_peer(const struct correlator *correlator, struct slice peer)
{
	return may_be_google(correlator) && is_iap_address(peer);
}

/* ---- connections known by their end only ---- */

/* How far the end of a session and its record may lie apart. */
static us_span end_before(const struct correlator *correlator)
{
	return CALL_TIME_CUT_US + correlator->options.skew_us;
}

static us_span end_after(const struct correlator *correlator)
{
	return IAP_END_AFTER_US + correlator->options.skew_us;
}

us_time iap_end_until(const struct correlator *correlator,
		      const struct tracked_login *login)
{
	return login->view.ended_at + end_after(correlator);
}

/* Where the logins that ended begin: at or after this time. */
static size_t ended_from(const struct login_list *list, us_time time)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle]->view.ended_at < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The first that ended where the n-th did. */
static struct tracked_login *first_ended_with(const struct login_list *ended, size_t n)
{
	return ended->items[ended_from(ended, ended->items[n]->view.ended_at)];
}

/* The login that ended nearest to it. Of those that ended at one time the first that
 * began, of two times that are equally far the earlier. */
static struct tracked_login *owner_of(const struct correlator *correlator,
				      const struct call *call)
{
	const struct login_list *ended = &correlator->iap_ended;
	us_time time = call->event.happened_at;
	size_t after = ended_from(ended, time);
	struct tracked_login *last = after ? first_ended_with(ended, after - 1) : NULL;
	struct tracked_login *next = after < ended->count ? ended->items[after] : NULL;

	if (last && last->view.ended_at < time - end_after(correlator))
		last = NULL;
	if (next && next->view.ended_at > time + end_before(correlator))
		next = NULL;
	if (!last || !next)
		return last ? last : next;
	return time - last->view.ended_at <= next->view.ended_at - time ? last : next;
}

/* Those that it owns lie together, around its end: the first of them is found without a
 * walk past what is others'. */
static struct call *first_owned(const struct correlator *correlator,
				const struct tracked_login *login)
{
	const struct call_list *calls = &correlator->iap_ends;
	us_time end = login->view.ended_at;
	size_t low = call_list_from(calls, end - end_before(correlator));
	size_t high = call_list_from(calls, end);
	size_t last = high;

	/* before the end, owned ones are the last; after it, the first */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (owner_of(correlator, calls->items[middle]) == login)
			high = middle;
		else
			low = middle + 1;
	}
	if (low < last)
		return calls->items[low];
	return last < calls->count && owner_of(correlator, calls->items[last]) == login
		       ? calls->items[last]
		       : NULL;
}

struct call *iap_ended_call(const struct correlator *correlator,
			    const struct tracked_login *login,
			    const struct call **ret_other)
{
	const struct call_list *calls = &correlator->iap_ends;
	struct call *call;
	size_t at;

	*ret_other = NULL;
	if (login->view.ended_at == US_TIME_NONE)
		return NULL;
	call = first_owned(correlator, login);
	if (call)
		return call;
	at = call_list_from(calls, login->view.ended_at - end_before(correlator));
	if (at < calls->count &&
	    calls->items[at]->event.happened_at <= iap_end_until(correlator, login))
		*ret_other = calls->items[at];
	return NULL;
}

static void concern_ended(struct correlator *correlator, us_time from, us_time until)
{
	const struct login_list *ended = &correlator->iap_ended;

	for (size_t i = ended_from(ended, from);
	     i < ended->count && ended->items[i]->view.ended_at <= until; i++)
		judge_later(correlator, ended->items[i]);
}

/* It concerns whose it is, and those in whose windows it is the first. */
static void concern_end_call(struct correlator *correlator, const struct call *call)
{
	const struct call_list *calls = &correlator->iap_ends;
	struct tracked_login *owner = owner_of(correlator, call);
	us_time time = call->event.happened_at, from = time - end_after(correlator);
	size_t at = call_list_position(calls, call);

	if (owner)
		judge_later(correlator, owner);
	if (at) {
		us_time past = calls->items[at - 1]->event.happened_at +
			       end_before(correlator) + 1;

		from = past > from ? past : from;
	}
	concern_ended(correlator, from, time + end_before(correlator));
}

/* ---- ends that no session ended with ---- */

static us_time stray_from(const struct correlator *correlator,
			  const struct tracked_login *login)
{
	return login->view.happened_at - end_before(correlator);
}

const struct call *iap_stray_call(const struct correlator *correlator,
				  const struct tracked_login *login)
{
	const struct call_list *strays = &correlator->iap_strays;
	us_time until = login->view.ended_at + IAP_IDLE_US + correlator->options.skew_us;
	size_t at;

	if (login->view.ended_at == US_TIME_NONE)
		return NULL;
	at = call_list_from(strays, stray_from(correlator, login));
	return at < strays->count && strays->items[at]->event.happened_at <= until
		       ? strays->items[at]
		       : NULL;
}

/* Those that were there when it ended, and have no call. */
static void concern_stray(struct correlator *correlator, const struct call *call)
{
	const struct login_list *ended = &correlator->iap_ended;
	us_time time = call->event.happened_at;
	us_time from = time - IAP_IDLE_US - correlator->options.skew_us;

	for (size_t i = ended_from(ended, from); i < ended->count; i++) {
		struct tracked_login *login = ended->items[i];

		if (stray_from(correlator, login) <= time &&
		    login->judgement.verdict != VERDICT_AUTHORIZED)
			judge_later(correlator, login);
	}
}

static void add_stray(struct correlator *correlator, struct call *call)
{
	call_list_add(&correlator->iap_strays, call);
	concern_stray(correlator, call);
}

static void drop_stray(struct correlator *correlator, struct call *call)
{
	struct call_list *strays = &correlator->iap_strays;

	if (call_list_position(strays, call) == strays->count)
		return;
	concern_stray(correlator, call);
	call_list_remove_sorted(strays, call);
}

/* The login's session ended with them. */
static void drop_strays_of(struct correlator *correlator,
			   const struct tracked_login *login)
{
	const struct call_list *strays = &correlator->iap_strays;
	us_time until = iap_end_until(correlator, login);
	size_t at = call_list_from(strays, login->view.ended_at - end_before(correlator));

	while (at < strays->count && strays->items[at]->event.happened_at <= until)
		drop_stray(correlator, strays->items[at]);
}

static void list_end(struct correlator *correlator, struct call *call)
{
	call_list_add(&correlator->iap_ends, call);
	concern_end_call(correlator, call);
	if (!owner_of(correlator, call))
		add_stray(correlator, call);
}

static void unlist_end(struct correlator *correlator, struct call *call)
{
	concern_end_call(correlator, call);
	call_list_remove_sorted(&correlator->iap_ends, call);
	drop_stray(correlator, call);
}

/* A login that ended has calls that were its neighbours'. */
static void add_ended(struct correlator *correlator, struct tracked_login *login)
{
	struct login_list *ended = &correlator->iap_ended;
	size_t at = ended_from(ended, login->view.ended_at);

	while (at < ended->count &&
	       ended->items[at]->view.ended_at == login->view.ended_at &&
	       login_is_before(ended->items[at], login))
		at++;
	login_list_append(ended, login);
	memmove(&ended->items[at + 1], &ended->items[at],
		(ended->count - 1 - at) * sizeof(struct tracked_login *));
	ended->items[at] = login;
	drop_strays_of(correlator, login);
	judge_later(correlator, login);
	if (at)
		judge_later(correlator, first_ended_with(ended, at - 1));
	if (at + 1 < ended->count)
		judge_later(correlator, ended->items[at + 1]);
}

void iap_login_ended(struct correlator *correlator, struct tracked_login *login)
{
	if (login->view.kind == LOGIN_SSH && login->view.ended_at != US_TIME_NONE &&
	    is_iap_peer(correlator, login->view.source_ip))
		add_ended(correlator, login);
}

void iap_wake_ended(struct correlator *correlator, us_time from, us_time until)
{
	concern_ended(correlator, from - end_after(correlator),
		      until + end_before(correlator));
}

/* ---- one connection of two records ---- */

/* Those of one operation that tell how it began, or how it ended. */
static struct key_node *records_of(struct correlator *correlator, const struct call *call,
				   bool has_ended)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(2 * LIMIT_FIELD_BYTES);

	buf_append_byte(&buf, has_ended ? '1' : '0');
	buf_append(&buf, call->event.api_call.operation_id);
	if (buf_overflowed(&buf))
		return NULL;
	return index_get(&correlator->index, KEY_IAP_RECORD, buf_slice(&buf));
}

static struct call *first_of(const struct key_node *node)
{
	return node->calls.count ? node->calls.items[0] : NULL;
}

static us_time last_time_of(const struct key_node *node)
{
	return node->calls.count
		       ? node->calls.items[node->calls.count - 1]->event.happened_at
		       : US_TIME_NONE;
}

static struct key_node *iap_group(struct correlator *correlator)
{
	return index_get(&correlator->index, KEY_IAP, IAP_GROUP);
}

/* The record stands for its connection. */
static void list_head(struct correlator *correlator, struct call *call)
{
	struct key_node *group = iap_group(correlator);

	if (call->event.api_call.has_ended) {
		list_end(correlator, call);
		return;
	}
	call_list_add(&group->calls, call);
	claims_touch_call(correlator, group, call);
}

static void unlist_head(struct correlator *correlator, struct call *call)
{
	if (call->event.api_call.has_ended)
		unlist_end(correlator, call);
	else
		claims_drop_call(correlator, iap_group(correlator), call);
}

void iap_take_record(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	struct key_node *begun = NULL, *ended = NULL;
	struct call *was, *is;
	us_time closed_at = US_TIME_NONE;

	if (api->port && !is_sshd_port(correlator, api->port))
		return;
	if (api->operation_id.len) {
		begun = records_of(correlator, call, false);
		ended = records_of(correlator, call, true);
	}
	if (!begun || !ended) {
		list_head(correlator, call);
		return;
	}
	was = first_of(begun) ? first_of(begun) : first_of(ended);
	call_list_add(api->has_ended ? &ended->calls : &begun->calls, call);
	is = begun->calls.count ? begun->calls.items[0] : ended->calls.items[0];
	if (begun->calls.count)
		closed_at = last_time_of(ended);
	if (was == is && is->closed_at == closed_at)
		return;
	if (was)
		unlist_head(correlator, was);
	is->closed_at = closed_at;
	list_head(correlator, is);
}

/* ---- all ---- */

static void clear_node(struct key_node *node)
{
	if (node->kind == KEY_IAP)
		claims_clear_calls(node);
	else if (node->kind == KEY_IAP_RECORD)
		node->calls.count = 0;
}

void iap_relist(struct correlator *correlator)
{
	const struct login_list *logins = &correlator->by_kind[LOGIN_SSH];

	for (size_t i = 0; i < correlator->index.node_count; i++)
		clear_node(correlator->index.nodes[i]);
	correlator->iap_ends.count = correlator->iap_strays.count = 0;
	correlator->iap_ended.count = 0;
	for (size_t i = 0; i < logins->count; i++)
		iap_login_ended(correlator, logins->items[i]);
	for (size_t i = 0; i < correlator->calls.count; i++)
		if (correlator->calls.items[i]->event.api_call.action ==
		    API_GCP_AUTHORIZE_TUNNEL)
			calls_take_gcp(correlator, correlator->calls.items[i]);
}

static void forget_calls(struct call_list *calls)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < calls->count; i++)
		if (!calls->items[i]->dropped)
			calls->items[kept++] = calls->items[i];
	calls->count = kept;
}

void iap_forget(struct correlator *correlator)
{
	forget_calls(&correlator->iap_ends);
	forget_calls(&correlator->iap_strays);
	login_list_forget(&correlator->iap_ended);
}

void iap_release(struct correlator *correlator)
{
	call_list_release(&correlator->iap_ends);
	call_list_release(&correlator->iap_strays);
	login_list_release(&correlator->iap_ended);
}
