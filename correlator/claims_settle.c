/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls of a group handed out: all that a change can concern are swept, or the one
 * that changed is fitted in.
 */
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/extension.h"
#include "correlator/google.h"
#include "correlator/match.h"

/* Where endpoints are known by address, their logins and those from the callers' own
 * addresses compete for the same calls, and stand in one group. */
static bool is_mixed(const struct correlator *correlator, const struct key_node *group)
{
	return (group->kind == KEY_TUNNEL && correlator->identity.endpoint_ip_count) ||
	       group->kind == KEY_LANE || group->kind == KEY_BASTION ||
	       group->kind == KEY_IAP;
}

/* Whether logins and calls of the group are alike, for the most part, and their windows
 * are long: what is said of the one before holds for the next. */
static bool is_lane(const struct key_node *group)
{
	return group->kind == KEY_LANE || group->kind == KEY_IAP;
}

/* The window of a group's calls relative to its logins. It is longer for those whose
 * stamp is uncertain, by `late` at most. */
struct claim_window {
	us_span before, after, late;
	us_span lag; /* KEY_LANE: windows are measured from that much earlier, at most */
};

static struct claim_window window_of(const struct correlator *correlator,
				     const struct key_node *group)
{
	us_span skew = correlator->options.skew_us, late = correlator->uncertainty_max_us;

	if (group->kind == KEY_LANE)
		return (struct claim_window){ EXTENSION_BEFORE_US + CALL_TIME_CUT_US +
						      skew,
					      EXTENSION_AFTER_US, late,
					      group->claims->lag_us };
	if (group->kind == KEY_IAP)
		return (struct claim_window){ IAP_BEFORE_US + CALL_TIME_CUT_US + skew,
					      skew, late, 0 };
	if (group->kind == KEY_TUNNEL || group->kind == KEY_BASTION)
		return (struct claim_window){ LOGIN_GRACE_US + CALL_TIME_CUT_US + skew,
					      skew, late, 0 };
	return (struct claim_window){ NULL_RESPONSE_US + CALL_TIME_CUT_US + skew,
				      NULL_RESPONSE_US, late, 0 };
}

/* What a login's window is measured from. */
static us_time time_of(const struct key_node *group, const struct tracked_login *login)
{
	return group->kind == KEY_LANE ? extension_measured_at(login)
				       : login->view.happened_at;
}

/* A session whose own id a call answered with needs no other. */
static bool needs_claim(const struct correlator *correlator,
			const struct tracked_login *login)
{
	const struct key_node *node;

	if (login->view.kind != LOGIN_SESSION)
		return true;
	node = index_find(&correlator->index, KEY_SESSION_ID, login->view.session_id);
	for (size_t i = 0; node && i < node->calls.count; i++)
		if (node->calls.items[i]->event.api_call.action != API_RESUME_SESSION)
			return false;
	return true;
}

/* Whether the call could be this login's, but for its time and for who else has it. */
static bool could_be(const struct correlator *correlator, const struct key_node *group,
		     const struct tracked_login *login, const struct call *call)
{
	if (group->kind == KEY_LANE)
		return extension_fits(login, call);
	/* nothing comes through a tunnel that was closed before */
	if (group->kind == KEY_IAP)
		return call->closed_at == US_TIME_NONE ||
		       call->closed_at + CALL_TIME_CUT_US + correlator->options.skew_us >=
			       login->view.happened_at;
	if (group->kind == KEY_BASTION)
		return call->event.api_call.os_user.len == 0 ||
		       slice_equal(call->event.api_call.os_user, login->view.os_user);
	return is_endpoint(correlator, login->view.source_ip) ||
	       slice_equal_ignoring_case(call->event.api_call.source_ip,
					 login->view.source_ip);
}

/* Whether an earlier login has the call; one that a later login has is taken from it. */
static bool is_taken(const struct call *call, const struct tracked_login *login)
{
	if (call->is_spent)
		return true;
	return call->claimed_by && call->claimed_by != login &&
	       login_is_before(call->claimed_by, login);
}

/* The oldest call of the login's window, from `*next` on, that no earlier login has. In a
 * mixed group a call that is not this login's may be the next one's, so `*next` stays. */
static struct call *oldest_free(const struct correlator *correlator,
				const struct key_node *group,
				const struct tracked_login *login, size_t *next,
				us_time until, const struct call **ret_contested)
{
	const struct call_list *calls = &group->calls;
	bool mixed = is_mixed(correlator, group);

	for (size_t i = *next;
	     i < calls->count && calls->items[i]->event.happened_at <= until; i++) {
		if (mixed && !could_be(correlator, group, login, calls->items[i]))
			continue;
		if (is_taken(calls->items[i], login)) {
			*ret_contested =
				*ret_contested ? *ret_contested : calls->items[i];
			continue;
		}
		if (!mixed)
			*next = i + 1;
		return calls->items[i];
	}
	return NULL;
}

/* A sweep from the first login that a touched time can concern: what earlier logins hold
 * does not depend on it. Goes on as long as a call changes hands. */
struct sweep {
	struct correlator *correlator;
	struct key_node *group;
	struct claim_window window;
	us_time goal; /* to where logins are to be looked at */
	size_t oldest,
		next; /* calls: the first of the window, the first that may be free */
};

/* Where the calls begin of which an earlier login may have left one. In a lane, what the
 * login before could have had, and what is older than its own, is taken: its window
 * begins no later, and it takes the oldest. */
static size_t first_left(const struct sweep *sweep, const struct tracked_login *login,
			 size_t position)
{
	const struct key_node *group = sweep->group;
	us_time time = time_of(group, login);
	size_t at = call_list_from(&group->calls, time - sweep->window.before), after;
	const struct tracked_login *last;

	if (!is_lane(group) || position == 0)
		return at;
	last = group->logins.items[position - 1];
	if ((group->kind == KEY_LANE && !extensions_are_alike(last, login)) ||
	    time_of(group, last) > time)
		return at;
	after = last->claim ? call_list_position(&group->calls, last->claim) + 1
			    : call_list_from(&group->calls,
					     time_of(group, last) + sweep->window.after +
						     last->uncertainty_us + 1);
	return after > at ? after : at;
}

static void raise_goal(struct sweep *sweep, us_time time)
{
	if (time > sweep->goal)
		sweep->goal = time;
}

static void set_claim(struct sweep *sweep, struct tracked_login *login, struct call *call,
		      const struct call *contested)
{
	struct call *was = login->claim;

	if (was != call) {
		if (was && was->claimed_by == login) {
			was->claimed_by = NULL;
			raise_goal(sweep, was->event.happened_at + sweep->window.before +
						  sweep->window.lag);
		}
		if (call && call->claimed_by)
			raise_goal(sweep, call->claimed_by->view.happened_at);
	}
	if (call)
		call->claimed_by = login;
	if (was == call && login->contested == contested)
		return;
	login->claim = call;
	login->contested = contested;
	login->is_contested = contested != NULL;
	judge_later(sweep->correlator, login);
}

static void sweep_login(struct sweep *sweep, struct tracked_login *login, size_t position)
{
	const struct call_list *calls = &sweep->group->calls;
	us_time time = time_of(sweep->group, login);
	us_time until = time + sweep->window.after + login->uncertainty_us;
	const struct call *contested = NULL;
	struct call *call = NULL;

	if (is_lane(sweep->group)) {
		sweep->oldest = call_list_from(calls, time - sweep->window.before);
		sweep->next = first_left(sweep, login, position);
	}
	while (sweep->oldest < calls->count &&
	       calls->items[sweep->oldest]->event.happened_at <
		       time - sweep->window.before)
		sweep->oldest++;
	if (sweep->next < sweep->oldest)
		sweep->next = sweep->oldest;
	if (!needs_claim(sweep->correlator, login)) {
		set_claim(sweep, login, NULL, NULL);
		return;
	}
	call = oldest_free(sweep->correlator, sweep->group, login, &sweep->next, until,
			   &contested);
	for (size_t i = sweep->oldest; !call && !contested && i < sweep->next &&
				       calls->items[i]->event.happened_at <= until;
	     i++)
		if (!is_mixed(sweep->correlator, sweep->group) ||
		    could_be(sweep->correlator, sweep->group, login, calls->items[i]))
			contested = calls->items[i];
	set_claim(sweep, login, call, call ? NULL : contested);
}

/* Whether any call could meet the logins that the touched times concern. */
static bool has_calls(const struct key_node *group, const struct claim_window *window)
{
	const struct call_list *calls = &group->calls;
	size_t at =
		call_list_from(calls, group->claims->from - window->after - window->late -
					      window->before - window->lag);

	return at < calls->count && calls->items[at]->event.happened_at <=
					    group->claims->until + window->before +
						    window->after + window->late;
}

static void sweep_group(struct correlator *correlator, struct key_node *group)
{
	struct sweep sweep = { .correlator = correlator,
			       .group = group,
			       .window = window_of(correlator, group) };
	const struct login_list *logins = &group->logins;
	size_t at = login_list_from(logins, group->claims->from - sweep.window.after -
						    sweep.window.late);

	if (at == logins->count ||
	    (!has_calls(group, &sweep.window) && !group->claims->has_lost))
		return;
	sweep.goal = group->claims->until + sweep.window.before + sweep.window.lag;
	sweep.oldest = sweep.next = call_list_from(
		&group->calls, logins->items[at]->view.happened_at - sweep.window.before);
	for (; at < logins->count && logins->items[at]->view.happened_at <= sweep.goal;
	     at++)
		sweep_login(&sweep, logins->items[at], at);
}

/* ---- one that changes ---- */

/* Whether the call lies in the login's window and could be its. */
static bool fits(const struct sweep *sweep, const struct tracked_login *login,
		 const struct call *call)
{
	us_time time = time_of(sweep->group, login), at = call->event.happened_at;

	return at >= time - sweep->window.before &&
	       at <= time + sweep->window.after + login->uncertainty_us &&
	       (!is_mixed(sweep->correlator, sweep->group) ||
		could_be(sweep->correlator, sweep->group, login, call));
}

/* The login found all calls that fit taken. */
static void leave_without(struct sweep *sweep, struct tracked_login *login,
			  const struct call *contested)
{
	const struct call_list *calls = &sweep->group->calls;
	us_time from = time_of(sweep->group, login) - sweep->window.before;
	us_time until = time_of(sweep->group, login) + sweep->window.after +
			login->uncertainty_us;

	/* in a lane, those that are taken were not looked at */
	if (is_lane(sweep->group))
		for (size_t i = call_list_from(calls, from);
		     !contested && i < calls->count &&
		     calls->items[i]->event.happened_at <= until;
		     i++)
			if (fits(sweep, login, calls->items[i]))
				contested = calls->items[i];
	set_claim(sweep, login, NULL, contested);
}

/* A login looks for a call, from `at` on: whoever loses his to it looks on from there,
 * for what is older was not to be had by him before. */
static void place_login(struct sweep *sweep, struct tracked_login *login, size_t at,
			const struct call *contested)
{
	const struct call_list *calls = &sweep->group->calls;

	while (login && needs_claim(sweep->correlator, login)) {
		us_time until = time_of(sweep->group, login) + sweep->window.after +
				login->uncertainty_us;
		struct tracked_login *loser = NULL;
		struct call *call = NULL;

		for (; at < calls->count && calls->items[at]->event.happened_at <= until;
		     at++) {
			if (!fits(sweep, login, calls->items[at]))
				continue;
			if (!is_taken(calls->items[at], login)) {
				call = calls->items[at];
				break;
			}
			contested = contested ? contested : calls->items[at];
		}
		if (!call) {
			leave_without(sweep, login, contested);
			return;
		}
		if (call->claimed_by != login)
			loser = call->claimed_by;
		set_claim(sweep, login, call, NULL);
		if (loser) {
			loser->claim = NULL;
			judge_later(sweep->correlator, loser);
		}
		login = loser;
		contested = call;
		at++;
	}
	if (login)
		leave_without(sweep, login, NULL);
}

/* In a lane, the first login of whom the call before, if it was no more free, does not
 * say that this one is none for him: his window begins after it. */
static size_t first_not_before(const struct sweep *sweep, const struct call *before)
{
	return login_list_from(&sweep->group->logins,
			       before->event.happened_at + sweep->window.before);
}

/* In a lane, the first login that may want the call: those before him whose windows it is
 * in had the choice of the call before. `*ret_first_new` is the first that it may be the
 * first taken call for. */
static size_t first_to_ask(const struct sweep *sweep, const struct call *call,
			   size_t first, size_t *ret_first_new)
{
	const struct key_node *group = sweep->group;
	size_t at = call_list_position(&group->calls, call), asked;
	const struct call *before;

	*ret_first_new = first;
	if (!is_lane(group) || at == 0 || at == group->calls.count)
		return first;
	before = group->calls.items[at - 1];
	if (before->is_spent || before->closed_at != US_TIME_NONE ||
	    (group->kind == KEY_LANE && !extension_calls_are_alike(before, call)))
		return first;
	asked = first_not_before(sweep, before);
	*ret_first_new = asked > first ? asked : first;
	if (before->claimed_by) {
		size_t holder = login_list_position(&group->logins, before->claimed_by);

		if (holder < asked)
			asked = holder + 1;
	}
	return asked > first ? asked : first;
}

/* A free call looks for the first login that has none or a later one, whose own is free
 * then. `first` is where the logins begin that it may be new to. Whoever has none and
 * finds no other taken learns that this one is. */
static void place_call(struct sweep *sweep, struct call *call, size_t first)
{
	const struct login_list *logins = &sweep->group->logins;
	struct call *free_call = call;
	us_time until =
		call->event.happened_at + sweep->window.before + sweep->window.lag;
	size_t first_new, i = first_to_ask(sweep, call, first, &first_new);

	for (; i < logins->count && logins->items[i]->view.happened_at <= until; i++) {
		struct tracked_login *login = logins->items[i];
		struct call *was = login->claim;

		if (!free_call && i < first_new) {
			i = first_new - 1;
			continue;
		}
		if (!free_call && (was || login->is_contested))
			continue;
		if (free_call && (!was || call_is_before(free_call, was)) &&
		    fits(sweep, login, free_call) &&
		    needs_claim(sweep->correlator, login)) {
			set_claim(sweep, login, free_call, NULL);
			free_call = was;
			if (was && was->event.happened_at + sweep->window.before +
						   sweep->window.lag >
					   until)
				until = was->event.happened_at + sweep->window.before +
					sweep->window.lag;
		} else if (!was && !login->is_contested && fits(sweep, login, call) &&
			   needs_claim(sweep->correlator, login)) {
			leave_without(sweep, login, call);
		}
	}
}

static void settle_login(struct sweep *sweep, struct tracked_login *login)
{
	struct call *was = login->claim;

	if (!was) {
		place_login(sweep, login,
			    first_left(sweep, login,
				       login_list_position(&sweep->group->logins, login)),
			    NULL);
	} else if (!needs_claim(sweep->correlator, login)) {
		leave_without(sweep, login, NULL);
		place_call(
			sweep, was,
			login_list_from(&sweep->group->logins, login->view.happened_at));
	}
}

static void settle_group(struct correlator *correlator, struct key_node *group)
{
	struct sweep sweep = { .correlator = correlator,
			       .group = group,
			       .window = window_of(correlator, group) };

	if (group->claims->login)
		settle_login(&sweep, group->claims->login);
	else if (group->claims->call)
		place_call(&sweep, group->claims->call,
			   login_list_from(&group->logins,
					   group->claims->call->event.happened_at -
						   sweep.window.after -
						   sweep.window.late));
	else
		sweep_group(correlator, group);
	group->claims->login = NULL;
	group->claims->call = NULL;
	group->claims->has_lost = false;
}

void claims_settle(struct correlator *correlator)
{
	while (correlator->touched_groups.count) {
		struct key_node *group = queue_take(&correlator->touched_groups);

		group->is_touched = false;
		settle_group(correlator, group);
	}
}
