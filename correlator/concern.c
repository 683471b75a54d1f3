/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/concern.h"

/* Who has no call yet is judged at once, of so many: more than a host has by its own in a
 * day. Of those that have one, for which only which one it is may change, so many. */
#define LOOKED_AT 64
#define CHANGED_AT_ONCE 4

/* Long enough for many pages of an API's answer, and nothing beside what its log takes to
 * come. */
#define WAIT_US (5 * US_PER_SECOND)

static void wait_between(struct correlator *correlator, enum login_kind kind,
			 us_time from, us_time until)
{
	struct concerned *concerned = &correlator->concerned[kind];

	if (!concerned->is_waiting) {
		*concerned = (struct concerned){ true, correlator->now, from, until };
		return;
	}
	if (from < concerned->from)
		concerned->from = from;
	if (until > concerned->until)
		concerned->until = until;
}

void concern_between(struct correlator *correlator, enum login_kind kind, us_time from,
		     us_time until)
{
	const struct login_list *list = &correlator->by_kind[kind];
	size_t first = login_list_from(list, from), changed = 0;

	/* finished logs are judged as a whole */
	if (correlator->options.logs_are_complete)
		return;
	for (size_t i = first;
	     i < list->count && list->items[i]->view.happened_at <= until; i++) {
		struct tracked_login *login = list->items[i];

		if (i - first == LOOKED_AT) {
			wait_between(correlator, kind, login->view.happened_at, until);
			return;
		}
		if (login->judgement.call && ++changed > CHANGED_AT_ONCE)
			wait_between(correlator, kind, login->view.happened_at,
				     login->view.happened_at);
		else
			judge_later(correlator, login);
	}
}

bool concern_has_waiting(const struct correlator *correlator,
			 const struct tracked_login *login)
{
	const struct concerned *concerned = &correlator->concerned[login->view.kind];

	return concerned->is_waiting && login->view.happened_at >= concerned->from &&
	       login->view.happened_at <= concerned->until;
}

/* Whoever is forgotten has been judged before. */
static bool is_due(const struct correlator *correlator, const struct concerned *concerned)
{
	return concerned->is_waiting && (correlator->now >= concerned->since + WAIT_US ||
					 correlator->now >= correlator->next_forget_at);
}

void concern_due(struct correlator *correlator)
{
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		struct concerned *concerned = &correlator->concerned[kind];
		const struct login_list *list = &correlator->by_kind[kind];

		if (!is_due(correlator, concerned))
			continue;
		concerned->is_waiting = false;
		for (size_t i = login_list_from(list, concerned->from);
		     i < list->count &&
		     list->items[i]->view.happened_at <= concerned->until;
		     i++)
			judge_later(correlator, list->items[i]);
	}
}

us_time concern_deadline(const struct correlator *correlator)
{
	us_time first = US_TIME_NONE;

	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++) {
		const struct concerned *concerned = &correlator->concerned[kind];

		if (concerned->is_waiting &&
		    (first == US_TIME_NONE || concerned->since + WAIT_US < first))
			first = concerned->since + WAIT_US;
	}
	return first;
}
