/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/observe.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/classify.h"
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

/* Whether this is told for the first time; remembers it. */
static bool is_new(struct correlator *correlator, const struct id *id)
{
	uint64_t hash = hash_bytes(&correlator->options.hash_key,
				   slice_of((const char *)id->bytes, ID_BYTES));
	struct told_id *told;

	if (map_find(&correlator->told_observations, hash, told_id_is, id))
		return false;
	told = memory_new(1, sizeof(*told));
	*told = (struct told_id){ *id, correlator->now };
	map_add(&correlator->told_observations, hash, told);
	queue_add(&correlator->told, told);
	return true;
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
	while (correlator->told.count) {
		const struct told_id *oldest = queue_at(&correlator->told, 0);
		struct slice id = slice_of((const char *)oldest->id.bytes, ID_BYTES);

		if (oldest->told_at >= before)
			break;
		map_remove(&correlator->told_observations,
			   hash_bytes(&correlator->options.hash_key, id), oldest);
		free(queue_take(&correlator->told));
	}
}

static void tell(struct correlator *correlator, const struct observation *observation)
{
	if (is_new(correlator, &observation->id) && correlator->sink.observation)
		correlator->sink.observation(correlator->sink.ctx, observation);
}

static struct observation observation_of(enum observation_kind kind, us_time happened_at)
{
	return (struct observation){
		.kind = kind,
		.happened_at = happened_at,
		.reason = REASON_COUNT,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
}

void observe_forged_line(struct correlator *correlator, const struct event *event)
{
	struct observation observation =
		observation_of(OBSERVATION_FORGED_LOG_LINE, event->happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, event->host);
	id_add_number(&maker, event->source);
	id_add_number(&maker, event->pid);
	id_add_number(&maker, (int64_t)event->text_hash);
	id_add_number(&maker, event->happened_at);
	observation.id = id_finish(&maker);
	observation.evidence = event->evidence;
	observation.detail = slice_text(event_kind_word(event->kind));
	tell(correlator, &observation);
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
	tell(correlator, &observation);
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
	tell(correlator, &observation);
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
	tell(correlator, &observation);
}

/* One observation a call: the call that took somebody else's session over. */
static void tell_taken_over(struct correlator *correlator, const struct call *call,
			    const struct tracked_login *login)
{
	struct observation observation =
		observation_of(OBSERVATION_SESSION_TAKEN_OVER, call->event.happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, call->event.api_call.id);
	id_add_number(&maker, call->event.happened_at);
	observation.id = id_finish(&maker);
	observation.login = login ? &login->view : NULL;
	observation.api_call = &call->event;
	observation.evidence = call->event.evidence;
	observation.detail = call->event.api_call.principal;
	tell(correlator, &observation);
}

/* Two callers, both known, who are not the same. */
static bool differ(struct slice one, struct slice two)
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
	    differ(call->event.api_call.principal, starter))
		tell_taken_over(correlator, call,
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

/* Whether the push came while the login, let in by another principal, was still open. */
static bool takes_over(const struct tracked_login *login, const struct call *push)
{
	const struct call *own = login->judgement.call;
	int16_t port = push->event.api_call.serial_port;
	us_time end = login->view.ended_at;

	if (!own ||
	    !differ(own->event.api_call.principal, push->event.api_call.principal) ||
	    push->event.happened_at <= login->view.happened_at)
		return false;
	if (port >= 0 && login->serial_port >= 0 && port != login->serial_port)
		return false;
	return end == US_TIME_NONE || push->event.happened_at < end;
}

/* The login at this port that the push could have taken over: the latest before it. A tty
 * has one session at a time. */
static const struct tracked_login *open_before(const struct correlator *correlator,
					       int port, us_time time)
{
	char text[SERIAL_KEY_BYTES];
	const struct key_node *node =
		index_find(&correlator->index, KEY_SERIAL, serial_key(port, text));
	size_t at = node ? login_list_from(&node->logins, time) : 0;

	return at ? node->logins.items[at - 1] : NULL;
}

void observe_console_taken_over_by(struct correlator *correlator, const struct call *push)
{
	int port = push->event.api_call.serial_port;
	us_time time = push->event.happened_at;
	const struct tracked_login *candidates[] = {
		open_before(correlator, port, time),
		port >= 0 ? open_before(correlator, -1, time) : NULL,
	};

	if (call_is_for_us(correlator, push) != 1)
		return;
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
		if (candidates[i] && takes_over(candidates[i], push))
			tell_taken_over(correlator, push, candidates[i]);
}

/* Until when the login's session was open, by what is known: its end, or the next login.
 */
static us_time open_until(const struct correlator *correlator,
			  const struct tracked_login *login)
{
	char text[SERIAL_KEY_BYTES];
	const struct key_node *node = index_find(&correlator->index, KEY_SERIAL,
						 serial_key(login->serial_port, text));
	size_t next =
		node ? login_list_from(&node->logins, login->view.happened_at + 1) : 0;
	us_time until =
		login->view.ended_at == US_TIME_NONE ? INT64_MAX : login->view.ended_at;

	if (node && next < node->logins.count &&
	    node->logins.items[next]->view.happened_at < until)
		until = node->logins.items[next]->view.happened_at;
	return until;
}

void observe_console_taken_over(struct correlator *correlator,
				const struct tracked_login *login)
{
	char text[SERIAL_KEY_BYTES];
	const struct key_node *node = index_find(&correlator->index, KEY_SERIAL,
						 serial_key(login->serial_port, text));
	us_time until = open_until(correlator, login);

	if (!node || !login->is_serial || !login->judgement.call)
		return;
	for (size_t i = call_list_from(&node->calls, login->view.happened_at);
	     i < node->calls.count && node->calls.items[i]->event.happened_at < until;
	     i++)
		if (call_is_for_us(correlator, node->calls.items[i]) == 1 &&
		    takes_over(login, node->calls.items[i]))
			tell_taken_over(correlator, node->calls.items[i], login);
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
	tell(correlator, &observation);
}

/* ---- calls whose login should appear ---- */

static void watch(struct watched_calls *list, struct watched_call watched)
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
		watch(&correlator->watched_sessions,
		      (struct watched_call){ time + SESSION_APPEARS_US, call });
	else if (api->action == API_SEND_COMMAND && !api->targets_by_tag)
		watch(&correlator->watched_commands,
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

static void tell_without_login(struct correlator *correlator, const struct call *call)
{
	struct observation observation = observation_of(
		OBSERVATION_API_CALL_WITHOUT_LOGIN, call->event.happened_at);
	struct id_maker maker;

	id_start(&maker, observation_word(observation.kind));
	id_add(&maker, call->event.api_call.id);
	id_add_number(&maker, call->event.happened_at);
	observation.id = id_finish(&maker);
	observation.api_call = &call->event;
	observation.evidence = call->event.evidence;
	observation.detail = call->event.api_call.name;
	tell(correlator, &observation);
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
			tell_without_login(correlator, watched->call);
	}
	list->count -= due;
	memmove(list->items, list->items + due, list->count * sizeof(*list->items));
}

void observe_watched_calls(struct correlator *correlator)
{
	us_time end = host_span_end(correlator, HOST_SOURCE_SSM);

	tell_due(correlator, &correlator->watched_sessions, end);
	tell_due(correlator, &correlator->watched_commands, end);
}

void observe_release(struct correlator *correlator)
{
	while (correlator->told.count)
		free(queue_take(&correlator->told));
	queue_release(&correlator->told);
	map_release(&correlator->told_observations);
	free(correlator->watched_sessions.items);
	free(correlator->watched_commands.items);
}
