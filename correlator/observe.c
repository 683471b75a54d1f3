/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/observe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/console.h"
#include "correlator/host_span.h"
#include "correlator/id.h"
#include "correlator/session.h"

/* How long after StartSession its session must have shown on the host. */
#define SESSION_APPEARS_US (5 * US_PER_MINUTE)

static bool told_id_is(const void *entry, const void *key)
{
	return memcmp(((const struct told_id *)entry)->id.bytes,
		      ((const struct id *)key)->bytes, ID_BYTES) == 0;
}

static uint64_t told_hash(const struct correlator *correlator, const struct id *id)
{
	return hash_bytes(&correlator->options.hash_key,
			  slice_of((const char *)id->bytes, ID_BYTES));
}

bool observe_was_told(const struct correlator *correlator, const struct id *id)
{
	return map_find(&correlator->told_observations, told_hash(correlator, id),
			told_id_is, id) != NULL;
}

void observe_note_told(struct correlator *correlator, const struct id *id)
{
	struct told_id *told = memory_new(1, sizeof(*told));

	*told = (struct told_id){ *id, correlator->now };
	map_add(&correlator->told_observations, told_hash(correlator, id), told);
	queue_add(&correlator->told, told);
}

/* A host whose agent's log is never read covers no call: they are not watched for ever.
 */
static void unwatch(struct watched_calls *list, us_time before)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].call->arrived_at >= before)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void observe_forget(struct correlator *correlator, us_time before)
{
	unwatch(&correlator->watched_sessions, before);
	unwatch(&correlator->watched_commands, before);
	unwatch(&correlator->watched_consoles, before);
	while (correlator->told.count) {
		const struct told_id *oldest = queue_at(&correlator->told, 0);

		if (oldest->told_at >= before)
			break;
		map_remove(&correlator->told_observations,
			   told_hash(correlator, &oldest->id), oldest);
		free(queue_take(&correlator->told));
	}
}

void observe_tell(struct correlator *correlator, const struct observation *observation)
{
	if (observe_was_told(correlator, &observation->id))
		return;
	observe_note_told(correlator, &observation->id);
	if (correlator->sink.observation)
		correlator->sink.observation(correlator->sink.ctx, observation);
}

struct observation observation_of(enum observation_kind kind, us_time happened_at)
{
	return (struct observation){
		.kind = kind,
		.happened_at = happened_at,
		.reason = REASON_COUNT,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
}

void observe_gap(struct correlator *correlator, const struct event *event)
{
	const struct gap *gap = &event->gap;
	struct observation observation =
		observation_of(OBSERVATION_EVIDENCE_GAP, event->happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, gap->source);
	id_add(&maker, gap->cause);
	id_add_number(&maker, gap->from);
	id_add_number(&maker, gap->until);
	id_add_number(&maker, event->happened_at);
	observation.id = id_finish(&maker);
	observation.evidence = event->evidence;
	observation.detail = gap->cause;
	observation.from = gap->from;
	observation.until = gap->until;
	observe_tell(correlator, &observation);
}

void observe_lines_lost(struct correlator *correlator, const struct event *event)
{
	struct observation observation =
		observation_of(OBSERVATION_EVIDENCE_GAP, event->happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, SLICE("held lines"));
	id_add_number(&maker, correlator->now / US_PER_MINUTE);
	observation.id = id_finish(&maker);
	observation.evidence = event->evidence;
	observation.detail = SLICE("more lines without a journal entry than are held");
	observation.from = observation.until = event->happened_at;
	observe_tell(correlator, &observation);
}

void observe_sight(struct correlator *correlator, enum log_class log_class, bool is_blind,
		   enum reason reason)
{
	us_time reach = watermark_reach(&correlator->watermark, 1u << log_class);
	struct observation observation =
		observation_of(OBSERVATION_CONTROL_PLANE_BLIND, reach);
	struct id_maker maker; /* classes that are lost at once, or come back at once, are
				  told as one */
	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, slice_text(reason_word(reason)));
	id_add_number(&maker, is_blind ? correlator->now
				       : correlator->waiting[log_class].blind_since);
	id_add_number(&maker, is_blind);
	observation.id = id_finish(&maker);
	observation.is_over = !is_blind;
	observation.reason = reason;
	observation.detail = slice_text(log_class_word(log_class));
	observation.from = reach;
	observe_tell(correlator, &observation);
}

void observation_add_call(struct id_maker *maker, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (api->correlation_id.len) {
		id_add(maker, api->correlation_id);
		id_add(maker, api->resource);
		return;
	}
	id_add(maker, api->id);
	id_add_number(maker, call->event.happened_at);
}

void observe_taken_over(struct correlator *correlator, const struct call *call,
			const struct tracked_login *login)
{
	struct observation observation =
		observation_of(OBSERVATION_SESSION_TAKEN_OVER, call->event.happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	observation_add_call(&maker, call);
	observation.id = id_finish(&maker);
	observation.login = login ? &login->view : NULL;
	observation.api_call = &call->event;
	observation.evidence = call->event.evidence;
	observation.detail = call->event.api_call.principal;
	observe_tell(correlator, &observation);
}

bool callers_differ(struct slice one, struct slice two)
{
	return one.len && two.len && !slice_equal_ignoring_case(one, two);
}

/* Who started the session: the StartSession's caller, else the owner that the host names.
 */
static struct slice session_starter(const struct correlator *correlator,
				    const struct key_node *node)
{
	if (node->run->start)
		return node->logins.count ||
				       call_is_for_us(correlator, node->run->start) == 1
			       ? node->run->start->event.api_call.principal
			       : (struct slice){ 0 };
	return node->logins.count ? node->logins.items[0]->run->owner
				  : (struct slice){ 0 };
}

static void look_at_resume(struct correlator *correlator, const struct key_node *node,
			   struct slice starter, const struct call *call)
{
	if (call->event.api_call.action == API_RESUME_SESSION &&
	    callers_differ(call->event.api_call.principal, starter))
		observe_taken_over(correlator, call,
				   node->logins.count ? node->logins.items[0] : NULL);
}

void observe_session_resumed(struct correlator *correlator, const struct call *call)
{
	const struct key_node *node = index_find(&correlator->index, KEY_SESSION_ID,
						 call->event.api_call.session_id);

	if (node)
		look_at_resume(correlator, node, session_starter(correlator, node), call);
}

void observe_session_taken_over(struct correlator *correlator, struct slice session_id)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_SESSION_ID, session_id);
	struct slice starter;

	if (!node)
		return;
	starter = session_starter(correlator, node);
	for (size_t i = 0; i < node->calls.count; i++)
		look_at_resume(correlator, node, starter, node->calls.items[i]);
}

void observe_registered_elsewhere(struct correlator *correlator,
				  const struct tracked_login *login)
{
	struct observation observation = observation_of(
		OBSERVATION_AGENT_REGISTERED_ELSEWHERE, login->view.happened_at);

	observation.id = finding_id(&login->view.id, observation_word(observation.kind));
	observation.login = &login->view;
	observation.evidence = login->view.evidence_count ? login->view.evidence[0] : 0;
	observation.detail =
		login->run->instance.len ? login->run->instance : login->run->owner;
	observe_tell(correlator, &observation);
}

/* ---- calls whose login should appear ---- */

void watched_calls_add(struct watched_calls *list, struct watched_call watched)
{
	size_t at;

	if (list->count == list->size) {
		list->size = list->size ? list->size * 2 : 16;
		list->items = memory_resize(list->items, list->size, sizeof(watched));
	}
	for (at = list->count; at && list->items[at - 1].due > watched.due; at--)
		list->items[at] = list->items[at - 1];
	list->items[at] = watched;
	list->count++;
}

void observe_watch_call(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	us_time time = call->event.happened_at;

	if (!correlator->options.tell_calls_without_login ||
	    call_is_for_us(correlator, call) != 1)
		return;
	if (api->action == API_START_SESSION)
		watched_calls_add(
			&correlator->watched_sessions,
			(struct watched_call){ time + SESSION_APPEARS_US, call });
	else if (api->action == API_SEND_COMMAND && !api->targets_by_tag)
		watched_calls_add(
			&correlator->watched_commands,
			(struct watched_call){ time + COMMAND_ABSENCE_US, call });
}

/* Whether the agent has spoken of what the call asked for. */
static bool has_appeared(const struct correlator *correlator, const struct call *call)
{
	const struct api_call *api = &call->event.api_call;
	const struct key_node *node;

	if (api->action == API_START_SESSION && api->session_id.len == 0)
		return call->claimed_by || call->is_spent;
	node = api->action == API_START_SESSION
		       ? index_find(&correlator->index, KEY_SESSION_ID, api->session_id)
		       : index_find(&correlator->index, KEY_COMMAND_ID, api->command_id);
	return node && node->is_mentioned;
}

void observe_without_login(struct correlator *correlator, const struct call *call)
{
	struct observation observation = observation_of(
		OBSERVATION_API_CALL_WITHOUT_LOGIN, call->event.happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	observation_add_call(&maker, call);
	observation.id = id_finish(&maker);
	observation.api_call = &call->event;
	observation.evidence = call->event.evidence;
	observation.detail = call->event.api_call.name;
	observe_tell(correlator, &observation);
}

/* Tells of those that are due by `end`, and watches them no longer. */
static void tell_due(struct correlator *correlator, struct watched_calls *list,
		     us_time end)
{
	size_t due = 0;

	while (due < list->count && list->items[due].due <= end)
		due++;
	if (due == 0)
		return;
	for (size_t i = 0; i < due; i++) {
		const struct watched_call *watched = &list->items[i];

		if (!has_appeared(correlator, watched->call) &&
		    host_span_covers(correlator, HOST_SOURCE_SSM, (struct slice){ 0 },
				     watched->call->event.happened_at, watched->due))
			observe_without_login(correlator, watched->call);
	}
	list->count -= due;
	memmove(list->items, list->items + due, list->count * sizeof(*list->items));
}

void observe_watched_calls(struct correlator *correlator)
{
	us_time end = host_span_end(correlator, HOST_SOURCE_SSM);

	tell_due(correlator, &correlator->watched_sessions, end);
	tell_due(correlator, &correlator->watched_commands, end);
	observe_watched_consoles(correlator);
}

void observe_release(struct correlator *correlator)
{
	while (correlator->told.count)
		free(queue_take(&correlator->told));
	queue_release(&correlator->told);
	map_release(&correlator->told_observations);
	free(correlator->watched_sessions.items);
	free(correlator->watched_commands.items);
	free(correlator->watched_consoles.items);
	free(correlator->boots.items);
}
