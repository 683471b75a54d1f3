/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Executions of Azure extensions and run commands. The agent enables every extension
 * again on every goal state, and names its settings' number each time: only a number that
 * is greater than all before it in its series is an execution, or one that the handler's
 * own log says it runs. A series is a handler and a name, in whatever version, until it
 * is uninstalled; then its numbers begin anew, in another generation.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/extension.h"
#include "correlator/id.h"
#include "correlator/match.h"
#include "correlator/session.h"

/* ---- which numbers are new ---- */

/* Whether it ran only after another version of its handler had named it: an upgrade loses
 * what the handler had run last, and a call would have brought another number. */
static bool runs_again(const struct extension_facts *facts)
{
	const struct key_series *series = facts->series->series;
	struct namings namings = facts->namings;

	if (facts->executed_at == US_TIME_NONE)
		return false;
	if (series->has_known && series->known == facts->sequence &&
	    series->known_generation == facts->generation)
		namings_join(&namings, &series->known_namings);
	return namings_changed_by(&namings, facts->executed_at);
}

enum extension_standing extension_standing(const struct tracked_login *login)
{
	const struct extension_facts *facts = login->extension;

	if (handler_class(facts->family) == HANDLER_PLATFORM)
		return EXTENSION_OF_PLATFORM;
	if (facts->has_before ? facts->sequence > facts->greatest_before
			      : !facts->was_enabled)
		return EXTENSION_EXECUTION;
	if (runs_again(facts))
		return EXTENSION_AGAIN;
	return facts->executed_at != US_TIME_NONE ? EXTENSION_EXECUTION
						  : EXTENSION_PRE_EXISTING;
}

bool extension_counts(const struct extension_facts *facts)
{
	return facts->executed_at != US_TIME_NONE || facts->is_well_sighted;
}

us_time extension_measured_at(const struct tracked_login *login)
{
	us_time time = login->view.happened_at, created = login->extension->created_at;

	return created != US_TIME_NONE && created <= time &&
			       created >= time - EXTENSION_LAG_MAX_US
		       ? created
		       : time;
}

/* What was greatest of its series before this one; `position` in the series' list. */
static bool set_greatest_before(struct key_node *node, size_t position)
{
	const struct key_series *series = node->series;
	struct tracked_login *login = node->logins.items[position];
	struct extension_facts *facts = login->extension;
	bool had = facts->has_before;
	uint64_t was = facts->greatest_before;

	facts->has_before = series->has_known &&
			    series->known_generation == facts->generation &&
			    series->known_at <= login->view.happened_at;
	facts->greatest_before = facts->has_before ? series->known : 0;
	if (position) {
		const struct extension_facts *last =
			node->logins.items[position - 1]->extension;

		if (last->generation == facts->generation &&
		    (last->has_before || extension_counts(last))) {
			uint64_t greatest = extension_counts(last) ? last->sequence : 0;

			if (last->has_before && last->greatest_before > greatest)
				greatest = last->greatest_before;
			if (!facts->has_before || greatest > facts->greatest_before)
				facts->greatest_before = greatest;
			facts->has_before = true;
		}
	}
	return had != facts->has_before || was != facts->greatest_before;
}

/* A login of the series is new, or has left its place: what is greatest before those from
 * there on. */
static void renumber(struct correlator *correlator, struct key_node *node,
		     size_t position, bool is_new)
{
	for (size_t i = position; i < node->logins.count; i++) {
		struct tracked_login *login = node->logins.items[i];
		bool changed = set_greatest_before(node, i);

		if (changed) {
			bind_extension(correlator, login);
			judge_later(correlator, login);
		} else if (i > position || !is_new) {
			return;
		}
	}
}

/* ---- executions ---- */

static struct slice lower_case(struct slice text, char copy[LIMIT_HANDLER_BYTES])
{
	for (size_t i = 0; i < text.len; i++) {
		char byte = text.ptr[i];

		copy[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
	}
	return slice_of(copy, text.len);
}

static struct id extension_id(const struct extension *said, us_time generation)
{
	char copy[LIMIT_HANDLER_BYTES];
	struct id_maker maker;

	id_start(&maker, "extension");
	id_add(&maker, lower_case(said->handler, copy));
	id_add(&maker, lower_case(said->name, copy));
	id_add_number(&maker, (int64_t)said->sequence);
	/* numbers that begin anew are others */
	if (generation != US_TIME_NONE)
		id_add_number(&maker, generation);
	return id_finish(&maker);
}

static struct slice command_id(struct tracked_login *login, const struct extension *said)
{
	char text[2 * LIMIT_HANDLER_BYTES + 32];
	int len = snprintf(text, sizeof(text), "%.*s%s%.*s/%" PRIu64,
			   SLICE_ARG(said->handler), said->name.len ? "." : "",
			   SLICE_ARG(said->name), said->sequence);

	return login_keep(login, slice_of(text, (size_t)len));
}

static struct tracked_login *make_extension(struct correlator *correlator,
					    const struct event *event,
					    const struct id *id, struct key_node *node,
					    us_time generation)
{
	const struct extension *said = &event->extension;
	struct tracked_login *login = login_make(correlator, LOGIN_EXTENSION, id, event);
	struct extension_facts *facts = memory_new(1, sizeof(*facts));

	login->extension = facts;
	login->view.command_id = command_id(login, said);
	login->view.os_user = SLICE("root");
	facts->handler = login_keep(login, said->handler);
	facts->name = login_keep(login, said->name);
	facts->created_at = facts->executed_at = US_TIME_NONE;
	facts->sighted_at = facts->hinted_at = facts->user_said_at = US_TIME_NONE;
	namings_init(&facts->namings);
	facts->generation = generation;
	facts->sequence = said->sequence;
	facts->family = handler_family(said->handler);
	facts->series = node;
	return login;
}

/* ---- in time ---- */

/* The lists that are sorted by its time; NULL where it is in none. */
#define SORTED_LISTS 5

static void sorted_lists(struct correlator *correlator, struct tracked_login *login,
			 struct login_list *lists[SORTED_LISTS])
{
	const struct extension_facts *facts = login->extension;
	struct key_node *correlated =
		index_find(&correlator->index, KEY_CORRELATION, facts->correlation_id);

	lists[0] = &correlator->by_kind[LOGIN_EXTENSION];
	lists[1] = &facts->series->logins;
	lists[2] = correlated ? &correlated->logins : NULL;
	lists[3] = facts->bound ? &facts->bound->logins : NULL;
	lists[4] = facts->group ? &facts->group->logins : NULL;
}

/* Whether the login would stand where it stands, if it were of this time. */
static bool stays_in(const struct login_list *list, struct tracked_login *login,
		     us_time time)
{
	size_t at = login_list_position(list, login);
	us_time was = login->view.happened_at;
	bool stays;

	if (at == list->count)
		return false;
	login->view.happened_at = time;
	stays = (at == 0 || login_is_before(list->items[at - 1], login)) &&
		(at + 1 == list->count || login_is_before(login, list->items[at + 1]));
	login->view.happened_at = was;
	return stays;
}

static bool stays_in_all(struct correlator *correlator, struct tracked_login *login,
			 us_time time)
{
	struct login_list *lists[SORTED_LISTS];
	bool stays = true;

	sorted_lists(correlator, login, lists);
	for (size_t i = 0; stays && i < SORTED_LISTS; i++)
		stays = !lists[i] || stays_in(lists[i], login, time);
	return stays;
}

/* Takes it out of what is sorted by its time. */
static void unlist(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;
	struct login_list *series = &facts->series->logins;
	struct key_node *correlated =
		index_find(&correlator->index, KEY_CORRELATION, facts->correlation_id);
	size_t at = login_list_position(series, login);

	unbind_extension(correlator, login);
	login_list_remove_sorted(&correlator->by_kind[LOGIN_EXTENSION], login);
	if (correlated)
		login_list_remove_sorted(&correlated->logins, login);
	if (at == series->count)
		return; /* it is new */
	login_list_remove_sorted(series, login);
	renumber(correlator, facts->series, at, false);
}

static void list(struct correlator *correlator, struct tracked_login *login)
{
	struct extension_facts *facts = login->extension;
	struct login_list *series = &facts->series->logins;

	login_list_add(&correlator->by_kind[LOGIN_EXTENSION], login);
	login_list_add(series, login);
	login_list_under(correlator, KEY_CORRELATION, facts->correlation_id, login);
	renumber(correlator, facts->series, login_list_position(series, login), true);
}

/* When it ran, as far as is said; if that is only once more, when it was first named. */
static us_time time_of(const struct extension_facts *facts)
{
	bool is_sighted = facts->sighted_at != US_TIME_NONE;

	if (facts->executed_at != US_TIME_NONE && !(is_sighted && runs_again(facts)))
		return facts->executed_at;
	return is_sighted ? facts->sighted_at : facts->hinted_at;
}

/* What was first said of it: its time, and what it is tied by. */
static void learn(struct correlator *correlator, struct tracked_login *login,
		  const struct extension_facts *learnt)
{
	struct extension_facts *facts = login->extension;
	us_time time = time_of(learnt);
	bool is_same_goal = slice_equal(learnt->correlation_id, facts->correlation_id);
	bool stays = is_same_goal && stays_in_all(correlator, login, time);

	if (stays)
		loosen_extension(correlator, login);
	else
		unlist(correlator, login);
	facts->executed_at = learnt->executed_at;
	facts->sighted_at = learnt->sighted_at;
	facts->hinted_at = learnt->hinted_at;
	facts->is_well_sighted = learnt->is_well_sighted;
	facts->was_enabled = learnt->was_enabled;
	facts->created_at = learnt->created_at;
	facts->correlation_id = learnt->correlation_id;
	login->view.correlation_id = learnt->correlation_id;
	login->view.happened_at = time;
	if (!stays)
		list(correlator, login);
	else
		renumber(correlator, facts->series,
			 login_list_position(&facts->series->logins, login), true);
	if (time - extension_measured_at(login) > correlator->extension_lag_us)
		correlator->extension_lag_us = time - extension_measured_at(login);
	bind_extension(correlator, login);
	judge_later(correlator, login);
}

/* Whether a line that names its settings counts: the first does; one that anybody could
 * have written only where there is no other. */
static bool is_better_sighting(const struct extension_facts *facts,
			       const struct event *event)
{
	bool is_good = event->trust > TRUST_UNVERIFIED;

	if (facts->sighted_at == US_TIME_NONE)
		return true;
	return is_good == facts->is_well_sighted ? event->happened_at < facts->sighted_at
						 : is_good;
}

/* Of the agent's own word alone: handlers write their versions in other forms. */
static bool names_version(const struct event *event)
{
	return event->extension.stage == EXTENSION_SETTINGS &&
	       event->trust > TRUST_UNVERIFIED;
}

static void note_version(struct correlator *correlator, struct tracked_login *login,
			 const struct event *event)
{
	struct extension_facts *facts = login->extension;
	bool was_again = runs_again(facts);
	struct extension_facts learnt;

	if (!names_version(event))
		return;
	namings_add(&facts->namings, event->extension.version, event->happened_at);
	if (runs_again(facts) == was_again)
		return;
	learnt = *facts;
	learn(correlator, login, &learnt);
}

static void take_sighting(struct correlator *correlator, struct tracked_login *login,
			  const struct event *event)
{
	struct extension_facts learnt;
	const struct goal_state *state;
	struct slice id = { 0 };

	note_version(correlator, login, event);
	learnt = *login->extension;
	if (!is_better_sighting(&learnt, event))
		return;
	state = goal_state_at(correlator, event->happened_at,
			      event->trust > TRUST_UNVERIFIED);
	if (state)
		id = slice_of(state->correlation_id, state->correlation_id_len);
	learnt.sighted_at = event->happened_at;
	learnt.is_well_sighted = event->trust > TRUST_UNVERIFIED;
	learnt.was_enabled =
		extension_was_enabled(correlator, &learnt, event->happened_at);
	learnt.created_at = state ? state->created_at : US_TIME_NONE;
	if (!slice_equal(id, learnt.correlation_id))
		learnt.correlation_id = login_keep(login, id);
	login_add_evidence(login, event->evidence);
	learn(correlator, login, &learnt);
}

static void take_execution(struct correlator *correlator, struct tracked_login *login,
			   const struct event *event)
{
	struct extension_facts learnt = *login->extension;
	struct slice user = event->extension.run_as_user;

	login_add_evidence(login, event->evidence);
	if (user.len && (learnt.user_said_at == US_TIME_NONE ||
			 event->happened_at < learnt.user_said_at)) {
		learnt.user_said_at = login->extension->user_said_at = event->happened_at;
		login->view.os_user = login_keep(login, user);
		judge_later(correlator, login);
	}
	if (learnt.executed_at != US_TIME_NONE &&
	    event->happened_at >= learnt.executed_at)
		return;
	learnt.executed_at = event->happened_at;
	learn(correlator, login, &learnt);
}

/* Whether its handler says that it runs, in a line that is no script's output. */
static bool is_execution(const struct event *event)
{
	return event->extension.stage == EXTENSION_EXECUTED &&
	       event->trust > TRUST_UNVERIFIED;
}

/* Whether the line tells nothing new: an execution is one however great its number, for
 * the handler has compared it; the lines of one lie within a day. */
static bool is_old_news(const struct key_series *series, const struct event *event,
			us_time generation)
{
	const struct extension *said = &event->extension;

	return extension_is_known(series, said->sequence, generation) &&
	       (!is_execution(event) ||
		event->happened_at <= series->known_at + EXTENSION_BOUND_US);
}

/* The line may be a script's output: it counts where nothing else is said. */
static void take_hint(struct correlator *correlator, struct tracked_login *login,
		      const struct event *event)
{
	struct extension_facts learnt = *login->extension;

	login_add_evidence(login, event->evidence);
	if (learnt.hinted_at != US_TIME_NONE && event->happened_at >= learnt.hinted_at)
		return;
	learnt.hinted_at = event->happened_at;
	learn(correlator, login, &learnt);
}

/* The number that is known is named again: by an upgrade, maybe. */
static void note_known_version(struct key_series *series, const struct event *event)
{
	if (names_version(event) && event->extension.sequence == series->known)
		namings_add(&series->known_namings, event->extension.version,
			    event->happened_at);
}

/* A line names a number of a series. */
static void take_number(struct correlator *correlator, const struct event *event)
{
	const struct extension *said = &event->extension;
	struct key_node *node = extension_series(correlator, said->handler, said->name);
	us_time generation =
		extension_generation(correlator, said, node, event->happened_at);
	struct id id = extension_id(said, generation);
	struct tracked_login *login = login_find(correlator, &id);

	if (!login) {
		if (is_old_news(node->series, event, generation)) {
			note_known_version(node->series, event);
			return;
		}
		login = make_extension(correlator, event, &id, node, generation);
	}
	if (event->trust > login->view.trust)
		login->view.trust = event->trust;
	if (is_execution(event))
		take_execution(correlator, login, event);
	else if (said->stage == EXTENSION_EXECUTED)
		take_hint(correlator, login, event);
	else
		take_sighting(correlator, login, event);
}

static void take_end(struct correlator *correlator, const struct event *event)
{
	const struct extension *said = &event->extension;
	struct key_node *node = extension_series(correlator, said->handler, said->name);
	struct id id = extension_id(
		said, extension_generation(correlator, said, node, event->happened_at));
	struct tracked_login *login = login_find(correlator, &id);

	if (!login)
		return;
	login_add_evidence(login, event->evidence);
	if (event->happened_at >= login->view.happened_at &&
	    event->happened_at > login->view.ended_at)
		login->view.ended_at = event->happened_at;
}

/* An upgrade names the settings before it says, within its goal state, that it is one. */
static void take_state(struct correlator *correlator, const struct event *event)
{
	const struct extension *said = &event->extension;
	const struct login_list *logins =
		&extension_series(correlator, said->handler, said->name)->logins;
	size_t after = login_list_from(logins, event->happened_at + 1);
	struct tracked_login *login = after ? logins->items[after - 1] : NULL;
	const struct goal_state *state =
		goal_state_at(correlator, event->happened_at, true);
	struct extension_facts learnt;

	extension_take_state(correlator, event);
	if (!login || !said->was_enabled || event->trust <= TRUST_UNVERIFIED ||
	    login->extension->was_enabled ||
	    login->extension->sighted_at == US_TIME_NONE || !state ||
	    goal_state_at(correlator, login->extension->sighted_at, true) != state)
		return;
	learnt = *login->extension;
	learnt.was_enabled = true;
	learn(correlator, login, &learnt);
}

/* The agent remembers it: it was there before. */
static void take_known(struct correlator *correlator, const struct event *event)
{
	const struct extension *said = &event->extension;
	struct key_node *node = extension_series(correlator, said->handler, said->name);
	struct namings namings;

	namings_init(&namings);
	if (event->source == HOST_SOURCE_AZURE_AGENT)
		namings_add(&namings, said->version, event->happened_at);
	extension_know(node->series, said->sequence,
		       extension_generation(correlator, said, node, event->happened_at),
		       event->happened_at, &namings);
}

void session_take_extension(struct correlator *correlator, const struct event *event)
{
	static const struct {
		void (*take)(struct correlator *correlator, const struct event *event);
		bool has_sequence;
	} takers[] = {
		[EXTENSION_STATE] = { take_state, false },
		[EXTENSION_SETTINGS] = { take_number, true },
		[EXTENSION_EXECUTED] = { take_number, true },
		[EXTENSION_ENDED] = { take_end, true },
		[EXTENSION_REMOVED] = { extension_take_removal, false },
		[EXTENSION_KNOWN] = { take_known, true },
	};
	const struct extension *said = &event->extension;

	if (said->stage == EXTENSION_GOAL_STATE) {
		extension_take_goal_state(correlator, event);
		return;
	}
	if (said->handler.len == 0 || said->handler.len > LIMIT_HANDLER_BYTES ||
	    said->name.len > LIMIT_HANDLER_BYTES)
		return;
	if (!takers[said->stage].has_sequence || said->has_sequence)
		takers[said->stage].take(correlator, event);
}
