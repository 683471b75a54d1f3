/* SPDX-License-Identifier: Apache-2.0 */
/* Logins through sshd: Accepted lines, and the keys that Instance Connect offered for
 * them. */
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/classify.h"
#include "correlator/credential.h"
#include "correlator/entra.h"
#include "correlator/google.h"
#include "correlator/id.h"
#include "correlator/session.h"
#include "correlator/ssh_groups.h"

/* A second line about the same key within this time is the same offer. */
#define OFFER_REPEAT_US (60 * US_PER_SECOND)

/* How long offers are remembered, on `now`: well past any grace. */
#define OFFER_KEEP_US (15 * US_PER_MINUTE)

/* sshd listens on a few ports; a forged flood of others is ignored. */
#define SSHD_PORTS_MAX 64

/* ---- offers ---- */

/* A login took it: what it said is the login's. */
static void offer_close(struct offer *offer)
{
	if (offer->said)
		text_free(offer->said->texts);
	free(offer->said);
	offer->said = NULL;
}

static void offer_free(struct offer *offer)
{
	if (offer->newer)
		offer->newer->older = offer->older;
	else
		offer->node->offers->newest = offer->older;
	if (offer->older)
		offer->older->newer = offer->newer;
	offer_close(offer);
	free(offer);
}

static void drop_old_offers(struct correlator *correlator)
{
	struct queue *queue = &correlator->recent_offers;

	while (queue->count) {
		const struct offer *oldest = queue_at(queue, 0);

		if (correlator->now - oldest->arrived_at <= OFFER_KEEP_US)
			break;
		offer_free(queue_take(queue));
	}
}

void offers_release(struct correlator *correlator)
{
	while (correlator->recent_offers.count)
		offer_free(queue_take(&correlator->recent_offers));
	queue_release(&correlator->recent_offers);
}

static void add_offer_line(struct offer_said *said, uint64_t evidence)
{
	if (evidence &&
	    said->evidence_count < sizeof(said->evidence) / sizeof(said->evidence[0]))
		said->evidence[said->evidence_count++] = evidence;
}

/* The open offer that this line says again: the same request, or no request to tell them
 * by. */
static struct offer *repeated_offer(const struct key_node *node,
				    const struct event *event)
{
	struct slice request_id = event->key_offered.request_id;

	for (struct offer *offer = node->offers->newest; offer; offer = offer->older) {
		if (event->happened_at - offer->offered_at > 2 * OFFER_REPEAT_US)
			break; /* older ones are older still */
		if (!offer->said ||
		    event->happened_at - offer->offered_at > OFFER_REPEAT_US ||
		    offer->offered_at - event->happened_at > OFFER_REPEAT_US)
			continue;
		if (!request_id.len || !offer->said->request_id.len ||
		    slice_equal(request_id, offer->said->request_id))
			return offer;
	}
	return NULL;
}

static struct offer *make_offer(struct correlator *correlator, struct key_node *node)
{
	struct offer *offer = memory_new(1, sizeof(*offer));

	offer->node = node;
	offer->arrived_at = correlator->now;
	offer->offered_at = US_TIME_NONE;
	offer->said = memory_new(1, sizeof(*offer->said));
	offer->older = node->offers->newest;
	if (offer->older)
		offer->older->newer = offer;
	node->offers->newest = offer;
	queue_add(&correlator->recent_offers, offer);
	return offer;
}

void session_take_offer(struct correlator *correlator, const struct event *event)
{
	const struct key_offered *line = &event->key_offered;
	struct offer_said *said;
	struct key_node *node;
	struct offer *offer;

	drop_old_offers(correlator);
	if (line->fingerprint.len == 0)
		return;
	node = index_get(&correlator->index, KEY_FINGERPRINT, line->fingerprint);
	offer = repeated_offer(node, event);
	if (!offer)
		offer = make_offer(correlator, node);
	if (event->happened_at > offer->offered_at)
		offer->offered_at = event->happened_at;
	said = offer->said;
	if (said->request_id.len == 0 && line->request_id.len)
		said->trust = event->trust;
	if (said->request_id.len == 0)
		said->request_id = text_keep(&said->texts, line->request_id);
	if (said->principal.len == 0)
		said->principal = text_keep(&said->texts, line->principal);
	add_offer_line(said, event->evidence);
}

/* Whether the key may have been offered for a login accepted at `time`. */
static bool offers_for(const struct offer *offer, us_time time)
{
	return offer->offered_at <= time + HOST_CUT_US &&
	       offer->offered_at >= time - LOGIN_GRACE_US - HOST_CUT_US;
}

/* The latest open offer of a key; `*ret_any` also counts those that a login took. */
static struct offer *open_offer(const struct key_node *node, us_time time, bool *ret_any)
{
	struct offer *latest = NULL;

	*ret_any = false;
	for (struct offer *offer = node->offers->newest; offer; offer = offer->older) {
		if (offer->offered_at < time - 2 * LOGIN_GRACE_US)
			break; /* older ones are older still */
		if (!offers_for(offer, time))
			continue;
		*ret_any = true;
		if (!offer->said)
			break; /* what came before it was closed with it */
		if (!latest || offer->offered_at >= latest->offered_at)
			latest = offer;
	}
	return latest;
}

/* The one offer that is open for whatever key; NULL when there is none, or more than one.
 */
static struct offer *only_open_offer(const struct correlator *correlator, us_time time)
{
	struct offer *only = NULL;

	for (size_t i = correlator->recent_offers.count; i-- > 0;) {
		struct offer *offer = queue_at(&correlator->recent_offers, i);

		if (correlator->now - offer->arrived_at > 2 * LOGIN_GRACE_US)
			break;
		if (!offer->said || !offers_for(offer, time))
			continue;
		if (only && only->node != offer->node)
			return NULL;
		if (!only || offer->offered_at > only->offered_at)
			only = offer;
	}
	return only;
}

/* The offer is open. */
static void join_offer(struct correlator *correlator, struct tracked_login *login,
		       struct offer *offer)
{
	const struct offer_said *said = offer->said;

	login->was_offered = true;
	login->offered_at = offer->offered_at;
	if (said->request_id.len)
		login->request_id = key_node_text(
			index_get(&correlator->index, KEY_REQUEST_ID, said->request_id));
	login->offer_trust = said->trust;
	login->offered_principal = login_keep(login, said->principal);
	login->view.principal_hint = login->offered_principal;
	for (uint32_t i = 0; i < said->evidence_count; i++)
		login_add_evidence(login, said->evidence[i]);
	/* whatever else was offered of this key up to now was for this login too */
	for (offer = offer->node->offers->newest; offer; offer = offer->older) {
		if (offer->offered_at > login->view.happened_at + HOST_CUT_US)
			continue;
		if (!offer->said)
			break;
		offer_close(offer);
	}
}

/* ---- logins ---- */

void session_take_partial(struct correlator *correlator, const struct event *event)
{
	char text[PROCESS_KEY_BYTES];
	struct key_node *node;

	if (event->pid == 0 || event->login.fingerprint.len == 0)
		return;
	node = index_get(&correlator->index, KEY_PROCESS,
			 process_key(event->host, "sshd", event->pid, text));
	if (!node->partial)
		node->partial = memory_new(1, sizeof(*node->partial));
	free(node->partial->key);
	node->partial->key = memory_copy_text(event->login.fingerprint);
	node->partial->at = event->happened_at;
}

/* The key that this process had taken as a first factor. */
static struct slice first_factor(const struct correlator *correlator,
				 const struct event *event)
{
	char text[PROCESS_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_PROCESS,
			   process_key(event->host, "sshd", event->pid, text));

	if (!node || !node->partial || event->pid == 0 ||
	    node->partial->at > event->happened_at + HOST_CUT_US ||
	    node->partial->at < event->happened_at - LOGIN_GRACE_US - HOST_CUT_US)
		return (struct slice){ 0 };
	return slice_text(node->partial->key);
}

static struct id ssh_id(const struct event *event)
{
	struct id_maker maker;

	id_start(&maker, "ssh");
	id_add(&maker, event->host);
	id_add_number(&maker, event->pid);
	id_add(&maker, event->login.source_ip);
	id_add_number(&maker, event->login.source_port);
	id_add(&maker, event->login.user);
	id_add_number(&maker, event->happened_at);
	return id_finish(&maker);
}

static void find_offer(struct correlator *correlator, struct tracked_login *login)
{
	struct slice key = login->view.key_fingerprint;
	us_time time = login->view.happened_at;
	const struct key_node *node;
	struct offer *offer;

	if (key.len) {
		node = index_find(&correlator->index, KEY_FINGERPRINT, key);
		offer = node ? open_offer(node, time, &login->was_offered) : NULL;
		if (offer)
			join_offer(correlator, login, offer);
		return;
	}
	offer = only_open_offer(correlator, time);
	if (!offer)
		return;
	login->offer_is_weak = true;
	login->offered_key = key_node_text(offer->node);
	join_offer(correlator, login, offer);
}

/* A login whose stamp is uncertain shows it no earlier than it may have been. */
static void note_own_use(struct key_node *node, const struct tracked_login *login)
{
	us_time *since = &node->offers->own_since[login->view.trust > TRUST_UNVERIFIED];
	us_time latest = login->view.happened_at + login->uncertainty_us;

	if (!login->was_offered && (*since == US_TIME_NONE || latest < *since))
		*since = latest;
}

/* Lists the login under its key; the key may now turn out to be the user's own, so those
 * that may be after it are judged anew. */
static void list_by_key(struct correlator *correlator, struct tracked_login *login)
{
	struct slice key =
		login->offer_is_weak ? login->offered_key : login->view.key_fingerprint;
	struct key_node *node;
	us_time since;

	login_list_under(correlator, KEY_REQUEST_ID, login->request_id, login);
	if (key.len == 0)
		return;
	node = index_get(&correlator->index, KEY_FINGERPRINT, key);
	login_list_add(&node->logins, login);
	note_own_use(node, login);
	since = login->view.happened_at - correlator->uncertainty_max_us;
	for (size_t i = node->logins.count;
	     i-- > 0 && node->logins.items[i]->view.happened_at >= since;)
		judge_later(correlator, node->logins.items[i]);
}

void session_take_accepted(struct correlator *correlator, const struct event *event)
{
	const struct login_accepted *said = &event->login;
	struct slice fingerprint = said->fingerprint;
	struct id id = ssh_id(event);
	struct tracked_login *login = login_find(correlator, &id);
	char text[PROCESS_KEY_BYTES];

	drop_old_offers(correlator);
	if (login) {
		login_add_evidence(login, event->evidence);
		return;
	}
	login = login_make(correlator, LOGIN_SSH, &id, event);
	login->view.os_user = login_keep(login, said->user);
	login->view.source_ip = login_keep(login, said->source_ip);
	login->view.source_port = said->source_port;
	login->has_certificate = said->certificate_id.len || said->certificate_cut;
	if (fingerprint.len == 0)
		fingerprint = first_factor(correlator, event);
	if (fingerprint.len)
		login->view.key_fingerprint = key_node_text(
			index_get(&correlator->index, KEY_FINGERPRINT, fingerprint));
	find_offer(correlator, login);
	login_add_evidence(login, event->evidence);
	list_by_key(correlator, login);
	ssh_groups_add_login(correlator, login);
	credentials_add_login(correlator, login);
	sudo_add_login(correlator, login);
	entra_add_login(correlator, login);
	google_add_login(correlator, login);
	if (event->pid)
		login_list_under(correlator, KEY_PROCESS,
				 process_key(event->host, "sshd", event->pid, text),
				 login);
}

void session_take_listening(struct correlator *correlator, const struct event *event)
{
	uint16_t port = event->sshd_listening.port;

	for (size_t i = 0; i < correlator->sshd_port_count; i++)
		if (correlator->sshd_ports[i] == port)
			return;
	if (correlator->sshd_port_count == SSHD_PORTS_MAX)
		return;
	correlator->sshd_ports = memory_resize(
		correlator->sshd_ports, correlator->sshd_port_count + 1, sizeof(port));
	correlator->sshd_ports[correlator->sshd_port_count++] = port;
	/* tunnels to it, and port sessions, may have carried logins */
	ssh_groups_relist(correlator);
}
