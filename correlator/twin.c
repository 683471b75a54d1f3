/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/twin.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/forged.h"
#include "correlator/host_span.h"
#include "correlator/observe.h"
#include "correlator/session.h"

/* Journal entries are remembered this long, on `now`, past the wait for a text line. */
#define TWIN_KEEP_US (10 * US_PER_MINUTE)

/* As many are remembered at most, the latest; and as many text lines held, whoever writes
 * them: about 10 MiB each. */
#define TWIN_ENTRIES_MAX 131072
#define TWIN_HELD_MAX 16384

struct twin_key {
	uint64_t hash;
	us_time happened_at;
	us_span tolerance;
};

/* Heads name one host in several ways, so the name is not part of it: a line of another
 * host is not held to begin with. */
static uint64_t twin_hash(const struct event *event)
{
	return hash_mix(event->text_hash, event->pid);
}

static bool twin_is(const void *entry, const void *key_pointer)
{
	const struct twin_entry *twin = entry;
	const struct twin_key *key = key_pointer;
	us_span apart = twin->happened_at > key->happened_at
				? twin->happened_at - key->happened_at
				: key->happened_at - twin->happened_at;

	return twin->hash == key->hash && apart <= key->tolerance;
}

static bool has_twin(const struct correlator *correlator, const struct event *event)
{
	struct twin_key key = {
		.hash = twin_hash(event),
		.happened_at = event->happened_at,
		.tolerance = correlator->options.twin_wait_us + event->uncertainty_us +
			     CALL_TIME_CUT_US,
	};

	return map_find(&correlator->twin.twins, key.hash, twin_is, &key) != NULL;
}

/* Whether the line's twin may be one that had to be dropped in a flood. What the journal
 * covers it tells itself, so nothing is lost with the line. */
static bool may_have_had_twin(const struct correlator *correlator,
			      const struct event *event)
{
	return event->happened_at <=
	       correlator->twin.dropped_until + correlator->options.twin_wait_us;
}

static void remember_entry(struct correlator *correlator, const struct event *event)
{
	struct twin_state *state = &correlator->twin;
	struct twin_entry *twin = memory_new(1, sizeof(*twin));
	us_span keep = correlator->options.twin_wait_us + TWIN_KEEP_US;

	*twin = (struct twin_entry){ twin_hash(event), event->happened_at,
				     correlator->now };
	map_add(&state->twins, twin->hash, twin);
	queue_add(&state->entries, twin);
	while (state->entries.count) {
		twin = queue_at(&state->entries, 0);
		if (correlator->now - twin->arrived_at <= keep) {
			if (state->entries.count <= TWIN_ENTRIES_MAX)
				break;
			if (twin->happened_at > state->dropped_until)
				state->dropped_until = twin->happened_at;
		}
		map_remove(&state->twins, twin->hash, twin);
		free(queue_take(&state->entries));
	}
}

static void hold(struct correlator *correlator, const struct event *event)
{
	struct held_line *held = memory_new(1, sizeof(*held));

	event_take(&held->event, &held->texts, event);
	held->held_at = correlator->now;
	queue_add(&correlator->twin.held, held);
}

static void held_free(struct held_line *held)
{
	text_free(held->texts);
	free(held);
}

/* The journal has the login already; the text line is one more line about it. */
static void corroborate(struct correlator *correlator, const struct event *event)
{
	char text[PROCESS_KEY_BYTES];
	const struct key_node *node;
	size_t at;

	if (event->kind != EVENT_LOGIN_ACCEPTED || event->pid == 0)
		return;
	node = index_find(&correlator->index, KEY_PROCESS,
			  process_key(event->host, "sshd", event->pid, text));
	if (!node)
		return;
	at = login_list_from(&node->logins,
			     event->happened_at - correlator->options.twin_wait_us);
	if (at < node->logins.count)
		login_add_evidence(node->logins.items[at], event->evidence);
}

/* Whether it is a line that stands, word for word and with a time of its own, in several
 * logs: the Azure agent's, in its own file, in the journal and in syslog. */
static bool may_have_copies(const struct event *event)
{
	return event->text_hash && event->pid == 0 &&
	       (event->kind == EVENT_EXTENSION || event->kind == EVENT_CREDENTIAL_SET);
}

/* Whether another log has told it already. */
static bool has_copy(const struct correlator *correlator, const struct event *event)
{
	const struct twin_key key = { .hash = twin_hash(event),
				      .happened_at = event->happened_at };

	return map_find(&correlator->twin.twins, key.hash, twin_is, &key) != NULL;
}

bool twin_take(struct correlator *correlator, const struct event *event)
{
	bool has_copies = may_have_copies(event);
	us_time end;

	if (event->trust == TRUST_CONTRADICTED) {
		forged_take(correlator, event, correlator->now);
		return true;
	}
	if (has_copies && has_copy(correlator, event))
		return true;
	if ((event->source == HOST_SOURCE_JOURNAL && event->text_hash) ||
	    (event->source == HOST_SOURCE_AZURE_AGENT && has_copies)) {
		remember_entry(correlator, event);
		return false;
	}
	if (event->source != HOST_SOURCE_SYSLOG || !event->twin_expected)
		return false;
	if (!host_span_begins(correlator, HOST_SOURCE_JOURNAL, event->host,
			      event->happened_at, &end)) {
		if (has_copies)
			remember_entry(correlator, event);
		return false;
	}
	if (has_twin(correlator, event)) {
		corroborate(correlator, event);
		return true;
	}
	if (correlator->twin.held.count == TWIN_HELD_MAX)
		observe_lines_lost(correlator, event);
	else
		hold(correlator, event);
	return true;
}

/* The journal's coverage is told now and then, and lags. Logs that will not grow have
 * nothing more to say. */
us_span twin_patience(const struct correlator *correlator)
{
	us_span wait = correlator->options.twin_wait_us;

	return correlator->options.logs_are_complete ? wait : 3 * wait;
}

/* Whether all has been said: the twin came, the journal was read past the line for as
 * long as a twin may take, or patience is over. */
static bool is_decided(const struct correlator *correlator, const struct held_line *held)
{
	us_span wait = correlator->options.twin_wait_us;
	us_span held_for = correlator->now - held->held_at;
	us_time end;

	if (has_twin(correlator, &held->event) || held_for >= twin_patience(correlator))
		return true;
	return held_for >= wait &&
	       host_span_begins(correlator, HOST_SOURCE_JOURNAL, held->event.host,
				held->event.happened_at, &end) &&
	       end >= held->event.happened_at + held->event.uncertainty_us + wait;
}

void twin_decide(struct correlator *correlator,
		 void (*take)(struct correlator *correlator, const struct event *event))
{
	struct queue *queue = &correlator->twin.held;
	us_span wait = correlator->options.twin_wait_us;

	while (queue->count && is_decided(correlator, queue_at(queue, 0))) {
		struct held_line *held = queue_take(queue);
		us_time time = held->event.happened_at;

		if (has_twin(correlator, &held->event))
			corroborate(correlator, &held->event);
		else if (!host_span_covers(correlator, HOST_SOURCE_JOURNAL,
					   held->event.host, time - wait,
					   time + held->event.uncertainty_us + wait))
			take(correlator, &held->event);
		else if (!may_have_had_twin(correlator, &held->event))
			forged_take(correlator, &held->event, held->held_at);
		held_free(held);
	}
}

us_time twin_deadline(const struct correlator *correlator)
{
	const struct held_line *oldest;
	us_span wait = correlator->options.twin_wait_us;

	if (correlator->twin.held.count == 0)
		return US_TIME_NONE;
	oldest = queue_at(&correlator->twin.held, 0);
	return oldest->held_at + (correlator->now - oldest->held_at < wait
					  ? wait
					  : twin_patience(correlator));
}

void twin_release(struct correlator *correlator)
{
	struct twin_state *state = &correlator->twin;

	while (state->held.count)
		held_free(queue_take(&state->held));
	while (state->entries.count)
		free(queue_take(&state->entries));
	queue_release(&state->held);
	queue_release(&state->entries);
	map_release(&state->twins);
}
