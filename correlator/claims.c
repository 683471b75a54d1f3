/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/claims.h"

static void touch(struct correlator *correlator, struct key_node *group, us_time time)
{
	group->claims->login = NULL;
	group->claims->call = NULL;
	if (!group->is_touched) {
		group->is_touched = true;
		group->claims->from = group->claims->until = time;
		queue_add(&correlator->touched_groups, group);
		return;
	}
	if (time < group->claims->from)
		group->claims->from = time;
	if (time > group->claims->until)
		group->claims->until = time;
}

void claims_touch_login(struct correlator *correlator, struct key_node *group,
			struct tracked_login *login)
{
	bool is_only = !group->is_touched || group->claims->login == login;

	touch(correlator, group, login->view.happened_at);
	if (is_only)
		group->claims->login = login;
}

void claims_touch_call(struct correlator *correlator, struct key_node *group,
		       struct call *call)
{
	bool is_only = !group->is_touched;

	touch(correlator, group, call->event.happened_at);
	if (is_only)
		group->claims->call = call;
}

void claims_forget(struct tracked_login *login)
{
	if (login->claim && login->claim->claimed_by == login)
		login->claim->claimed_by = NULL;
	login->claim = NULL;
	login->contested = NULL;
	login->is_contested = false;
}

void claims_release(struct correlator *correlator, struct key_node *group,
		    struct tracked_login *login)
{
	if (login->claim)
		claims_touch_call(correlator, group, login->claim);
	claims_forget(login);
	judge_later(correlator, login);
}

void claims_drop_login(struct correlator *correlator, struct key_node *group,
		       struct tracked_login *login)
{
	if (login->claim)
		claims_touch_call(correlator, group, login->claim);
	claims_forget(login);
	login_list_remove_sorted(&group->logins, login);
	if (group->claims->login == login)
		group->claims->login = NULL; /* all are swept that it concerns */
}

void claims_drop_call(struct correlator *correlator, struct key_node *group,
		      struct call *call)
{
	struct tracked_login *login = call->claimed_by;

	call_list_remove_sorted(&group->calls, call);
	if (group->claims->call == call)
		group->claims->call = NULL;
	call->claimed_by = NULL;
	if (!login && !call->is_spent)
		return;
	/* others know that it is taken, so all are swept that it concerns */
	group->claims->has_lost = true;
	touch(correlator, group, call->event.happened_at);
	if (!login)
		return;
	login->claim = NULL;
	touch(correlator, group, login->view.happened_at);
	judge_later(correlator, login);
}

void claims_clear_calls(struct key_node *group)
{
	group->calls.count = 0;
	if (group->kind != KEY_TUNNEL && group->kind != KEY_OWNER &&
	    group->kind != KEY_LANE && group->kind != KEY_BASTION &&
	    group->kind != KEY_IAP)
		return;
	group->claims->login = NULL;
	group->claims->call = NULL;
}
