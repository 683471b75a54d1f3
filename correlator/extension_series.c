/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is known of a series besides its executions: when its handler was removed, the
 * state it was in, the greatest number that is forgotten; and the goal states.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/extension.h"

/* Agent and handler both tell that it is uninstalled, one after the other. */
#define REMOVAL_JOIN_US (60 * US_PER_SECOND)

/* ---- versions that named a number ---- */

void namings_init(struct namings *namings)
{
	*namings =
		(struct namings){ .first.at = US_TIME_NONE, .second.at = US_TIME_NONE };
}

static bool is_version(const struct naming *naming, struct slice version)
{
	return naming->at != US_TIME_NONE &&
	       slice_equal(slice_of(naming->version, naming->len), version);
}

static void name_at(struct naming *naming, struct slice version, us_time time)
{
	naming->at = time;
	naming->len = (uint8_t)version.len;
	memcpy(naming->version, version.ptr, version.len);
}

static bool is_named_later(const struct naming *naming, us_time time)
{
	return naming->at == US_TIME_NONE || naming->at > time;
}

/* What is not among the first two is no loss: its time only ever becomes earlier by being
 * added again. */
void namings_add(struct namings *namings, struct slice version, us_time time)
{
	struct naming swapped;

	version = slice_first(version, VERSION_BYTES);
	if (version.len == 0)
		return;
	if (is_version(&namings->first, version)) {
		if (time < namings->first.at)
			namings->first.at = time;
		return;
	}
	if (is_named_later(&namings->second, time))
		name_at(&namings->second, version, time);
	if (!is_named_later(&namings->first, namings->second.at))
		return;
	swapped = namings->first;
	namings->first = namings->second;
	namings->second = swapped;
}

void namings_join(struct namings *namings, const struct namings *others)
{
	const struct naming *both[] = { &others->first, &others->second };

	for (size_t i = 0; i < 2; i++)
		if (both[i]->at != US_TIME_NONE)
			namings_add(namings, slice_of(both[i]->version, both[i]->len),
				    both[i]->at);
}

bool namings_changed_by(const struct namings *namings, us_time time)
{
	return namings->second.at != US_TIME_NONE && namings->second.at <= time;
}

/* ---- a series' node ---- */

struct key_series *key_series_new(void)
{
	struct key_series *series = memory_new(1, sizeof(*series));

	namings_init(&series->known_namings);
	return series;
}

void key_series_free(struct key_series *series)
{
	free(series->removals);
	free(series->steps);
	free(series);
}

bool key_series_is_known(const struct key_series *series)
{
	return !series->is_old &&
	       (series->has_known || series->removal_count || series->step_count);
}

struct key_node *extension_series(struct correlator *correlator, struct slice handler,
				  struct slice name)
{
	char text[2 * LIMIT_HANDLER_BYTES + 1];
	struct key_node *node;

	memcpy(text, handler.ptr, handler.len);
	text[handler.len] = '\0';
	if (name.len)
		memcpy(text + handler.len + 1, name.ptr, name.len);
	node = index_get(&correlator->index, KEY_EXTENSION,
			 slice_of(text, handler.len + 1 + name.len));
	node->series->mentioned_at = correlator->now;
	node->series->is_old = false;
	return node;
}

/* ---- goal states ---- */

static size_t goal_states_until(const struct goal_states *states, us_time time)
{
	size_t low = 0, high = states->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (states->items[middle].at <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* So many that anybody could have written are passed over. */
#define GOAL_STATES_PASSED 256

const struct goal_state *goal_state_at(const struct correlator *correlator, us_time time,
				       bool is_good)
{
	const struct goal_states *states = &correlator->goal_states;
	size_t after = goal_states_until(states, time);

	for (size_t i = after; i-- > 0 && after - i <= GOAL_STATES_PASSED;)
		if (!is_good || states->items[i].is_good)
			return &states->items[i];
	return NULL;
}

void extension_take_goal_state(struct correlator *correlator, const struct event *event)
{
	struct goal_states *states = &correlator->goal_states;
	struct goal_state state = { .at = event->happened_at,
				    .created_at = event->extension.created_at,
				    .is_good = event->trust > TRUST_UNVERIFIED };
	struct slice id = event->extension.correlation_id;
	size_t at = goal_states_until(states, state.at);

	if (at && states->items[at - 1].at == state.at &&
	    (states->items[at - 1].is_good || !state.is_good))
		return; /* its twin */
	if (id.len && id.len <= sizeof(state.correlation_id)) {
		memcpy(state.correlation_id, id.ptr, id.len);
		state.correlation_id_len = (uint8_t)id.len;
	}
	if (at && states->items[at - 1].at == state.at) {
		states->items[at - 1] = state;
		return;
	}
	if (states->count == states->size) {
		states->size = states->size ? states->size * 2 : 16;
		states->items = memory_resize(states->items, states->size,
					      sizeof(*states->items));
	}
	memmove(&states->items[at + 1], &states->items[at],
		(states->count++ - at) * sizeof(*states->items));
	states->items[at] = state;
}

void goal_states_forget(struct correlator *correlator, us_span keep)
{
	struct goal_states *states = &correlator->goal_states;
	size_t gone;

	if (states->count == 0)
		return;
	/* the one that is in force then stays */
	gone = goal_states_until(states, states->items[states->count - 1].at - keep);
	gone -= gone > 0;
	memmove(states->items, states->items + gone,
		(states->count - gone) * sizeof(*states->items));
	states->count -= gone;
}

void goal_states_release(struct correlator *correlator)
{
	free(correlator->goal_states.items);
}

/* ---- what is known of a series ---- */

static size_t removals_until(const struct key_series *series, us_time time)
{
	size_t low = 0, high = series->removal_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (series->removals[middle] <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static us_time removed_before(const struct key_series *series, us_time time)
{
	size_t after = removals_until(series, time);

	return after ? series->removals[after - 1] : US_TIME_NONE;
}

void extension_take_removal(struct correlator *correlator, const struct event *event)
{
	struct key_series *series = extension_series(correlator, event->extension.handler,
						     event->extension.name)
					    ->series;
	us_time time = event->happened_at;
	size_t at = removals_until(series, time);

	if ((at && time - series->removals[at - 1] <= REMOVAL_JOIN_US) ||
	    (at < series->removal_count &&
	     series->removals[at] - time <= REMOVAL_JOIN_US))
		return;
	if (series->removal_count == series->removal_size) {
		series->removal_size =
			series->removal_size ? series->removal_size * 2 : 2;
		series->removals = memory_resize(series->removals, series->removal_size,
						 sizeof(*series->removals));
	}
	memmove(&series->removals[at + 1], &series->removals[at],
		(series->removal_count++ - at) * sizeof(*series->removals));
	series->removals[at] = time;
}

static size_t steps_until(const struct key_series *series, us_time time)
{
	size_t low = 0, high = series->step_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (series->steps[middle].at <= time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Said on every goal state; only what is new is kept. */
void extension_take_state(struct correlator *correlator, const struct event *event)
{
	struct key_series *series = extension_series(correlator, event->extension.handler,
						     event->extension.name)
					    ->series;
	struct state_step step = { event->happened_at, event->extension.was_enabled };
	size_t at = steps_until(series, step.at);

	if (at && series->steps[at - 1].was_enabled == step.was_enabled)
		return;
	if (at < series->step_count &&
	    series->steps[at].was_enabled == step.was_enabled) {
		series->steps[at].at = step.at;
		return;
	}
	if (series->step_count == series->step_size) {
		series->step_size = series->step_size ? series->step_size * 2 : 2;
		series->steps = memory_resize(series->steps, series->step_size,
					      sizeof(*series->steps));
	}
	memmove(&series->steps[at + 1], &series->steps[at],
		(series->step_count++ - at) * sizeof(*series->steps));
	series->steps[at] = step;
}

/* The handler's state is said of all its names. */
bool extension_was_enabled(struct correlator *correlator,
			   const struct extension_facts *facts, us_time time)
{
	const struct key_series *of_handler =
		extension_series(correlator, facts->handler, (struct slice){ 0 })->series;
	const struct key_series *own = facts->series->series;
	size_t after_own = steps_until(own, time), after = steps_until(of_handler, time);

	if (after_own &&
	    (!after || own->steps[after_own - 1].at > of_handler->steps[after - 1].at))
		return own->steps[after_own - 1].was_enabled;
	return after && of_handler->steps[after - 1].was_enabled;
}

us_time extension_generation(struct correlator *correlator, const struct extension *said,
			     const struct key_node *node, us_time time)
{
	us_time own = removed_before(node->series, time), of_handler;

	if (said->name.len == 0)
		return own;
	of_handler = removed_before(
		extension_series(correlator, said->handler, (struct slice){ 0 })->series,
		time);
	return of_handler > own ? of_handler : own;
}

void extension_know(struct key_series *series, uint64_t number, us_time generation,
		    us_time time, const struct namings *namings)
{
	if (series->has_known &&
	    (series->known_generation > generation ||
	     (series->known_generation == generation && series->known > number)))
		return;
	if (series->has_known && series->known_generation == generation &&
	    series->known == number) {
		namings_join(&series->known_namings, namings);
		return;
	}
	series->known_namings = *namings;
	series->has_known = true;
	series->known = number;
	series->known_at = time;
	series->known_generation = generation;
}

bool extension_is_known(const struct key_series *series, uint64_t number,
			us_time generation)
{
	return series->has_known && series->known_generation == generation &&
	       number <= series->known;
}

/* What is longer ago than `keep`, but for the last of it. */
static void trim(struct key_series *series, us_time before)
{
	size_t gone = removals_until(series, before);

	gone -= gone > 0;
	if (gone) {
		memmove(series->removals, series->removals + gone,
			(series->removal_count - gone) * sizeof(*series->removals));
		series->removal_count -= gone;
	}
	gone = steps_until(series, before);
	gone -= gone > 0;
	if (gone) {
		memmove(series->steps, series->steps + gone,
			(series->step_count - gone) * sizeof(*series->steps));
		series->step_count -= gone;
	}
}

void extension_note_forgotten(struct correlator *correlator, struct key_node *node)
{
	struct key_series *series = node->series;
	us_span keep = correlator->options.keep_us;
	const struct goal_states *states = &correlator->goal_states;

	for (size_t i = 0; i < node->logins.count; i++) {
		const struct tracked_login *login = node->logins.items[i];

		if (login->forgotten && extension_counts(login->extension))
			extension_know(series, login->extension->sequence,
				       login->extension->generation,
				       login->view.happened_at,
				       &login->extension->namings);
	}
	if (states->count)
		trim(series, states->items[states->count - 1].at - keep);
	if (correlator->now - series->mentioned_at > keep &&
	    ++correlator->old_series > LIMIT_EXTENSION_SERIES)
		series->is_old = true;
}
