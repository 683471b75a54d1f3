/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/forget.h"

#include <stdlib.h>

#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/credential.h"
#include "correlator/extension.h"
#include "correlator/google.h"
#include "correlator/host_span.h"
#include "correlator/observe.h"
#include "correlator/session.h"
#include "correlator/waiting.h"

/* Forgetting walks everything that is kept, so it is done in few and large steps. */
#define FORGET_STEPS_PER_KEEP 4

static void keep_calls(struct call_list *list)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (!list->items[i]->dropped)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

static void pin(const struct call *call)
{
	if (call)
		((struct call *)(uintptr_t)call)->dropped = false;
}

/* A call that an unforgotten login leans on stays with it. */
static void mark_calls(struct correlator *correlator, us_time before)
{
	for (size_t i = 0; i < correlator->calls.count; i++)
		correlator->calls.items[i]->dropped =
			correlator->calls.items[i]->arrived_at < before;
	for (size_t i = 0; i < correlator->watched_sessions.count; i++)
		correlator->watched_sessions.items[i].call->dropped = false;
	for (size_t i = 0; i < correlator->watched_commands.count; i++)
		correlator->watched_commands.items[i].call->dropped = false;
	for (size_t i = 0; i < correlator->watched_consoles.count; i++)
		correlator->watched_consoles.items[i].call->dropped = false;
	scripts_pin_calls(correlator);
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++) {
			const struct tracked_login *login =
				correlator->by_kind[kind].items[i];

			if (login->forgotten)
				continue;
			pin(login->judgement.call);
			pin(login->claim);
			pin(login->contested);
			pin(login->judgement.reason_call);
			pin(login->judgement.through_call);
			if (login->extension)
				pin(login->extension->bound_call);
		}
	}
}

/* Who waits for sight only may wait for ever. */
static bool is_settled(const struct tracked_login *login)
{
	return (login->judgement.wait_count == 0 || login->judgement.is_blind) &&
	       login->judgement.verdict != VERDICT_PENDING;
}

static void note_uncertainty(struct correlator *correlator,
			     const struct tracked_login *login)
{
	if (!login->forgotten && login->uncertainty_us > correlator->uncertainty_max_us)
		correlator->uncertainty_max_us = login->uncertainty_us;
}

static size_t mark_logins(struct correlator *correlator, us_time before)
{
	size_t marked = 0;

	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++) {
			struct tracked_login *login = correlator->by_kind[kind].items[i];

			bool is_due = login->arrived_at < before && is_settled(login);

			/* an association known stays known: its next run is no news */
			login->forgotten = is_due && kind != LOGIN_ASSOCIATION;
			login->is_frozen = is_due && kind == LOGIN_ASSOCIATION;
			marked += login->forgotten;
		}
	}
	/* a port session stays as long as a login that came through it */
	for (size_t i = 0; i < correlator->by_kind[LOGIN_SSH].count; i++) {
		const struct tracked_login *login =
			correlator->by_kind[LOGIN_SSH].items[i];

		if (!login->forgotten && login->port_session &&
		    login->port_session->forgotten) {
			login->port_session->forgotten = false;
			marked--;
		}
	}
	/* the longest of those that are kept */
	correlator->uncertainty_max_us = 0;
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++)
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++)
			note_uncertainty(correlator, correlator->by_kind[kind].items[i]);
	return marked;
}

/* A connection that has let somebody in who is forgotten lets in no first one. */
static void spend_consoles(struct correlator *correlator)
{
	const struct login_list *list = &correlator->by_kind[LOGIN_CONSOLE];

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i]->forgotten && list->items[i]->judgement.call)
			list->items[i]->judgement.call->is_spent = true;
}

/* Takes the marked out of every list that is not freed with them. */
static void unlist(struct correlator *correlator)
{
	keep_calls(&correlator->tunnels);
	keep_calls(&correlator->own_tunnels);
	iap_forget(correlator);
	login_list_forget(&correlator->own_peer);
	correlator->port_bounds_valid = 0;
	correlator->old_series = 0;
	spend_consoles(correlator);
	login_list_forget(&correlator->port_sessions);
	correlator->port_delay_max_us = 0;
	for (size_t i = 0; i < correlator->port_sessions.count; i++) {
		struct tracked_login *session = correlator->port_sessions.items[i];

		session_note_delay(correlator, session);
		login_list_forget(&session->run->carried);
		if (session->run->port_used_by && session->run->port_used_by->forgotten) {
			session->run->port_used_by = NULL;
			session->run->port_was_used = true;
		}
	}
	for (size_t i = 0; i < correlator->calls.count; i++) {
		struct call *call = correlator->calls.items[i];

		if (call->claimed_by && call->claimed_by->forgotten) {
			call->claimed_by = NULL;
			call->is_spent = true;
		}
		if (call->bound_to && call->bound_to->forgotten) {
			call->bound_to = NULL;
			call->is_spent = true;
		}
	}
	for (size_t i = 0; i < correlator->index.node_count; i++) {
		struct key_node *node = correlator->index.nodes[i];

		if (node->kind == KEY_EXTENSION)
			extension_note_forgotten(correlator, node);
		login_list_forget(&node->logins);
		keep_calls(&node->calls);
		if (node->kind == KEY_SERIAL && node->ends)
			node->ends->valid = 0;
		if (node->kind == KEY_AZURE_CALL && node->call->head &&
		    node->call->head->dropped)
			node->call->head = NULL;
		if (node->kind == KEY_SESSION_ID && node->run->start &&
		    node->run->start->dropped)
			node->run->start = NULL;
		if (node->kind == KEY_FINGERPRINT && node->offers->expired_teller &&
		    node->offers->expired_teller->forgotten) {
			node->offers->expired_teller = NULL;
			node->is_teller_forgotten = true;
		}
	}
	for (size_t log_class = 0; log_class < LOG_CLASS_COUNT; log_class++)
		waiting_forget(&correlator->waiting[log_class],
			       (enum log_class)log_class);
	index_drop_empty(&correlator->index);
}

static void free_marked(struct correlator *correlator)
{
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		struct login_list *list = &correlator->by_kind[kind];
		uint32_t kept = 0;

		for (size_t i = 0; i < list->count; i++) {
			struct tracked_login *login = list->items[i];

			if (!login->forgotten) {
				list->items[kept++] = login;
				continue;
			}
			login_unknow(correlator, login);
			login_free(login);
		}
		list->count = kept;
	}
	for (size_t i = 0; i < correlator->calls.count; i++)
		if (correlator->calls.items[i]->dropped) {
			call_free(correlator->calls.items[i]);
			correlator->calls.items[i] = NULL;
		}
}

static void pack_calls(struct call_list *list)
{
	uint32_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i])
			list->items[kept++] = list->items[i];
	list->count = kept;
}

/* Before when no login that may be judged again looks for a call. */
static us_time oldest_window(const struct correlator *correlator)
{
	us_time oldest = INT64_MAX;

	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		const struct login_list *list = &correlator->by_kind[kind];

		for (size_t i = 0; i < list->count; i++) {
			if (list->items[i]->is_frozen)
				continue;
			if (list->items[i]->view.happened_at < oldest)
				oldest = list->items[i]->view.happened_at;
			break;
		}
	}
	return oldest == INT64_MAX
		       ? oldest
		       : oldest - COMMAND_ABSENCE_US - LOGIN_GRACE_US - CALL_TIME_CUT_US -
				 correlator->options.skew_us;
}

/* What was read is remembered for as long as the logins that lean on it, and for who may
 * come as late as logins are kept. */
static void forget_coverage(struct correlator *correlator)
{
	us_span keep = correlator->options.keep_us + COMMAND_ABSENCE_US;

	watermark_forget(&correlator->watermark, oldest_window(correlator), keep);
	goal_states_forget(correlator, keep);
	boots_forget(correlator, keep);
	credentials_forget(correlator, keep);
	host_span_forget(correlator, keep);
}

void forget_old(struct correlator *correlator)
{
	us_span keep = correlator->options.keep_us;
	us_time before = correlator->now - keep;

	if (correlator->now < correlator->next_forget_at)
		return;
	correlator->next_forget_at = correlator->now + keep / FORGET_STEPS_PER_KEEP;
	observe_forget(correlator, before);
	mark_logins(correlator, before);
	mark_calls(correlator, before);
	unlist(correlator);
	free_marked(correlator);
	pack_calls(&correlator->calls);
	forget_coverage(correlator);
}
