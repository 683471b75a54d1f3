/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/correlator/settled.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/classify.h"
#include "correlator/extension.h"
#include "correlator/judge.h"

/* ---- what was told ---- */

static size_t position_of(const struct settled *settled, const struct id *id)
{
	size_t low = 0, high = settled->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(settled->logins[middle].id.bytes, id->bytes, ID_BYTES) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct settled_login *find(const struct settled *settled, const struct id *id)
{
	size_t at = position_of(settled, id);

	if (at == settled->count ||
	    memcmp(settled->logins[at].id.bytes, id->bytes, ID_BYTES) != 0)
		return NULL;
	return &settled->logins[at];
}

void settled_note(struct settled *settled, const struct verdict *verdict)
{
	struct settled_login *login = find(settled, &verdict->login->id);

	settled->told++;
	if (!login) {
		size_t at = position_of(settled, &verdict->login->id);

		if (settled->count == settled->size) {
			settled->size = settled->size ? settled->size * 2 : 16;
			settled->logins = memory_resize(settled->logins, settled->size,
							sizeof(*settled->logins));
		}
		memmove(&settled->logins[at + 1], &settled->logins[at],
			(settled->count - at) * sizeof(*settled->logins));
		settled->count++;
		login = &settled->logins[at];
		login->id = verdict->login->id;
	}
	login->verdict = *verdict;
}

void settled_release(struct settled *settled)
{
	free(settled->logins);
	*settled = (struct settled){ 0 };
}

/* ---- what must hold ---- */

static bool same_verdict(const struct verdict *a, const struct verdict *b)
{
	return a->verdict == b->verdict && a->stage == b->stage &&
	       a->reason_count == b->reason_count &&
	       memcmp(a->reasons, b->reasons, a->reason_count * sizeof(a->reasons[0])) ==
		       0 &&
	       a->api_call == b->api_call && a->matched == b->matched &&
	       a->policy_rule == b->policy_rule &&
	       a->through_api_call == b->through_api_call &&
	       a->through_matched == b->through_matched && a->repeats == b->repeats;
}

static const char *wrong_told(const struct settled *settled,
			      const struct tracked_login *login,
			      const struct verdict *verdict)
{
	const struct settled_login *told = find(settled, &login->view.id);

	if (!told || !login->is_told)
		return "it was never told";
	return same_verdict(&told->verdict, verdict)
		       ? NULL
		       : "what was told last is not what is known";
}

/* Which actions may vouch for a login at this door. */
static bool may_vouch(enum path path, enum api_action action)
{
	switch (path) {
	case PATH_AWS_EC2_INSTANCE_CONNECT:
		return action == API_SEND_SSH_PUBLIC_KEY;
	case PATH_AWS_SSM_SESSION:
	case PATH_AWS_SSM_SSH:
		return action == API_START_SESSION || action == API_RESUME_SESSION ||
		       action == API_EXECUTE_COMMAND;
	case PATH_AWS_SSM_COMMAND:
		return action == API_SEND_COMMAND;
	case PATH_AWS_SSM_ASSOCIATION:
		return action == API_CREATE_ASSOCIATION;
	case PATH_AWS_SERIAL_CONSOLE:
		return action == API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY;
	case PATH_AWS_EICE_TUNNEL:
		return action == API_OPEN_TUNNEL;
	case PATH_AZURE_SERIAL_CONSOLE:
		return action == API_AZURE_SERIAL_CONNECT;
	case PATH_GCP_SERIAL_CONSOLE:
		return action == API_GCP_SERIAL_CONNECT;
	case PATH_GCP_OS_LOGIN:
		return action == API_GCP_CHECK_POLICY;
	case PATH_GCP_METADATA_KEY:
		return action == API_GCP_SET_METADATA ||
		       action == API_GCP_SET_PROJECT_METADATA;
	case PATH_GCP_IAP_TUNNEL:
		return action == API_GCP_AUTHORIZE_TUNNEL;
	case PATH_AWS_USER_DATA:
		return action == API_MODIFY_INSTANCE_ATTRIBUTE ||
		       action == API_RUN_INSTANCES || action == API_REBOOT_INSTANCES;
	case PATH_GCP_STARTUP_SCRIPT:
		return action == API_GCP_SET_METADATA ||
		       action == API_GCP_SET_PROJECT_METADATA ||
		       action == API_GCP_START_INSTANCE ||
		       action == API_GCP_RESET_INSTANCE;
	case PATH_GCP_OS_CONFIG:
		return action == API_GCP_OS_CONFIG;
	case PATH_AZURE_RUN_COMMAND:
		return action == API_AZURE_RUN_COMMAND ||
		       action == API_AZURE_WRITE_RUN_COMMAND ||
		       action == API_AZURE_WRITE_EXTENSION ||
		       action == API_AZURE_DEPLOY || action == API_AZURE_POLICY ||
		       action == API_AZURE_REIMAGE;
	case PATH_AZURE_VM_EXTENSION:
		return action != API_AZURE_RUN_COMMAND &&
		       action != API_AZURE_WRITE_RUN_COMMAND &&
		       api_action_cloud(action) == CLOUD_AZURE;
	case PATH_AZURE_BASTION:
		return action == API_AZURE_BASTION_CONNECT;
	default:
		return false;
	}
}

static bool is_good_call(enum path path, const struct event *call)
{
	return call && call->kind == EVENT_API_CALL &&
	       call->api_call.outcome == API_ADMITTED &&
	       may_vouch(path, call->api_call.action);
}

static const char *wrong_call(const struct tracked_login *login,
			      const struct verdict *verdict)
{
	const struct login *view = &login->view;

	if (verdict->api_call && !is_good_call(view->path, verdict->api_call))
		return "its call cannot vouch at its door";
	if (verdict->through_api_call &&
	    !is_good_call(view->through, verdict->through_api_call))
		return "its tunnel's call cannot vouch at its tunnel";
	if (verdict->verdict != VERDICT_AUTHORIZED)
		return NULL;
	if (!verdict->api_call)
		return "it is authorized by no call";
	return NULL;
}

static const char *wrong_shape(const struct verdict *verdict)
{
	bool has_stage = verdict->verdict == VERDICT_AUTHORIZED ||
			 verdict->verdict == VERDICT_UNAUTHORIZED;

	if (has_stage != (verdict->stage != STAGE_NONE))
		return "only authorized and unauthorized logins have a stage";
	if (verdict->verdict == VERDICT_UNAUTHORIZED && verdict->reason_count == 0)
		return "it is unauthorized without a reason";
	if (verdict->verdict == VERDICT_UNVERIFIABLE && verdict->reason_count == 0)
		return "it is unverifiable without a reason";
	return NULL;
}

/* Classifying and judging anew changes nothing. */
static const char *wrong_anew(struct correlator *correlator, struct tracked_login *login,
			      const struct verdict *verdict)
{
	enum path path = login->view.path, through = login->view.through;
	const struct tracked_login *port_session = login->port_session;
	struct judgement judgement;
	struct verdict anew;

	classify(correlator, login);
	if (login->view.path != path || login->view.through != through)
		return "classified anew it came through another door";
	if (login->port_session != port_session)
		return "classified anew it came through another port session";
	if (verdict->verdict == VERDICT_AUTHORIZED && through != PATH_NONE &&
	    !verdict->through_api_call)
		return "it is authorized and no call vouches for its tunnel";
	judgement = judge_login(correlator, login, NULL);
	judgement.repeats = verdict->repeats;
	anew = judge_verdict(login, &judgement);
	return same_verdict(&anew, verdict) ? NULL : "judged anew it has another verdict";
}

static const char *wrong_login(const struct settled *settled,
			       struct correlator *correlator, struct tracked_login *login,
			       bool judge_anew)
{
	const struct verdict verdict = judge_verdict(login, &login->judgement);
	const char *wrong;

	if (login->is_dirty)
		return "it waits to be judged";
	if (!login->is_told && login->view.kind == LOGIN_CONSOLE)
		return NULL; /* it is told once its lines have had their time to be joined
			      */
	if ((wrong = wrong_told(settled, login, &verdict)) ||
	    (wrong = wrong_shape(&verdict)) || (wrong = wrong_call(login, &verdict)))
		return wrong;
	return judge_anew && !login->is_frozen ? wrong_anew(correlator, login, &verdict)
					       : NULL;
}

/* How many logins that came through the session are vouched for by its call. */
static unsigned vouched_through(const struct correlator *correlator,
				const struct tracked_login *session)
{
	const struct login_list *list = &correlator->by_kind[LOGIN_SSH];
	unsigned count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct judgement *judgement = &list->items[i]->judgement;

		count += session->judgement.call &&
			 (judgement->call == session->judgement.call ||
			  judgement->through_call == session->judgement.call);
	}
	return count;
}

/* Whether an execution that leans on a call that vouches once holds it. */
static bool has_its_call(const struct tracked_login *login)
{
	const struct call *call = login->judgement.call;
	char text[LANE_KEY_BYTES];

	return !call || call_lane(call, text).len == 0 ||
	       extension_standing(login) != EXTENSION_EXECUTION ||
	       !extension_counts(login->extension) || login->is_dirty ||
	       call->bound_to == login || call->claimed_by == login;
}

/* Whether two logins lean on one call that vouches once. */
static const char *wrong_claims(const struct correlator *correlator)
{
	for (size_t i = 0; i < correlator->by_kind[LOGIN_SSH].count; i++) {
		const struct tracked_login *login =
			correlator->by_kind[LOGIN_SSH].items[i];
		const struct call *call = login->judgement.through_call
						  ? login->judgement.through_call
						  : login->judgement.call;

		if (call &&
		    (call->event.api_call.action == API_OPEN_TUNNEL ||
		     (call->event.api_call.action == API_GCP_AUTHORIZE_TUNNEL &&
		      !call->event.api_call.has_ended)) &&
		    call->claimed_by != login)
			return "a tunnel's call vouches for a login that does not hold "
			       "it";
	}
	for (size_t i = 0; i < correlator->by_kind[LOGIN_SESSION].count; i++) {
		const struct tracked_login *login =
			correlator->by_kind[LOGIN_SESSION].items[i];
		const struct call *call = login->judgement.call;

		if (call && call->event.api_call.action == API_START_SESSION &&
		    call->event.api_call.session_id.len == 0 && call->claimed_by != login)
			return "a call without a session id vouches for a session that "
			       "does not hold it";
	}
	for (size_t i = 0; i < correlator->by_kind[LOGIN_EXTENSION].count; i++)
		if (!has_its_call(correlator->by_kind[LOGIN_EXTENSION].items[i]))
			return "a call that vouches for one execution vouches for one "
			       "that does not hold it";
	for (size_t i = 0; i < correlator->port_sessions.count; i++) {
		const struct tracked_login *session = correlator->port_sessions.items[i];

		if (is_single_use(correlator, session) &&
		    vouched_through(correlator, session) > 1)
			return "a session that carries one login vouches for two";
	}
	return NULL;
}

struct walk {
	const struct login *last;
	uint64_t count, by_verdict[VERDICT_COUNT];
	const char *wrong;
};

static void walk_login(void *ctx, const struct verdict *verdict)
{
	struct walk *walk = ctx;
	const struct login *login = verdict->login;

	if (walk->last &&
	    (walk->last->happened_at > login->happened_at ||
	     (walk->last->happened_at == login->happened_at &&
	      memcmp(walk->last->id.bytes, login->id.bytes, ID_BYTES) >= 0)))
		walk->wrong = "logins are not sorted by time and id";
	walk->last = login;
	walk->count++;
	walk->by_verdict[verdict->verdict]++;
}

static const char *wrong_walk(const struct correlator *correlator)
{
	struct correlator_counts counts = correlator_counts(correlator);
	struct walk walk = { 0 };

	correlator_each_login(correlator, walk_login, &walk);
	if (walk.wrong)
		return walk.wrong;
	if (walk.count != counts.logins)
		return "the counts do not count the logins";
	for (size_t i = 0; i < correlator->by_kind[LOGIN_CONSOLE].count; i++)
		walk.by_verdict[VERDICT_PENDING] -=
			!correlator->by_kind[LOGIN_CONSOLE].items[i]->is_told;
	if (memcmp(walk.by_verdict, counts.by_verdict, sizeof(walk.by_verdict)) != 0)
		return "the counts do not count the verdicts";
	return NULL;
}

static bool is_sorted(const struct login_list *list)
{
	for (size_t i = 1; i < list->count; i++)
		if (!login_is_before(list->items[i - 1], list->items[i]))
			return false;
	return true;
}

static const char *wrong_lists(const struct correlator *correlator)
{
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++)
		if (!is_sorted(&correlator->by_kind[kind]))
			return "a list by kind is not sorted, or lists a login twice";
	if (!is_sorted(&correlator->port_sessions))
		return "the list of port sessions is not sorted, or lists one twice";
	for (size_t i = 0; i < correlator->index.node_count; i++)
		if (!is_sorted(&correlator->index.nodes[i]->logins))
			return "a key's list is not sorted, or lists a login twice";
	return NULL;
}

static const char *check(struct settled *settled, struct correlator *correlator,
			 bool judge_anew)
{
	const char *wrong = wrong_walk(correlator);

	if (!wrong)
		wrong = wrong_lists(correlator);
	if (!wrong)
		wrong = wrong_claims(correlator);
	if (wrong)
		return wrong;
	for (size_t kind = 0; kind < LOGIN_KIND_COUNT; kind++)
		for (size_t i = 0; i < correlator->by_kind[kind].count; i++) {
			struct tracked_login *login = correlator->by_kind[kind].items[i];

			wrong = wrong_login(settled, correlator, login, judge_anew);
			if (!wrong)
				continue;
			(void)snprintf(settled->wrong, sizeof(settled->wrong),
				       "login of %lld: %s",
				       (long long)(login->view.happened_at), wrong);
			return settled->wrong;
		}
	return NULL;
}

const char *settled_wrong(struct settled *settled, struct correlator *correlator)
{
	return check(settled, correlator, true);
}

const char *settled_broken(struct settled *settled, struct correlator *correlator)
{
	return check(settled, correlator, false);
}
