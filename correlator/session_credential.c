/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/calls.h"
#include "correlator/classify.h"
#include "correlator/credential.h"
#include "correlator/handler_table.h"
#include "correlator/id.h"
#include "correlator/observe.h"
#include "correlator/session.h"

/* How long after it was set a login with it is told. */
#define CREDENTIAL_REACH_US (24 * US_PER_HOUR)

/* How far from a run of VMAccess its useradd and usermod may be. */
#define RUN_JOIN_US (10 * US_PER_MINUTE)

/* How long before it was set the call may have been made, and how long after it be
 * stamped: the extension runs within minutes, the metadata's users are made when the
 * host's agent runs. */
#define EXTENSION_CALL_BEFORE_US (30 * US_PER_MINUTE)
#define EXTENSION_CALL_AFTER_US (5 * US_PER_MINUTE)
#define METADATA_CALL_BEFORE_US (24 * US_PER_HOUR)

#define VM_ACCESS_HANDLER SLICE("Microsoft.OSTCExtensions.VMAccessForLinux")

/* Of how many calls it is looked whether they were for this host. */
#define CALLS_LOOKED_AT 64

#define AZURE_CALLS SLICE("azure credentials")
#define GCP_CALLS SLICE("gcp credentials")

/* One that was set, or taken away. */
struct mark {
	char *user; /* owned */
	us_time at;
	uint64_t evidence;
	uint8_t means; /* enum credential_means */
	bool is_password;
	bool is_removed;
};

struct credentials {
	struct mark marks[LIMIT_CREDENTIALS]; /* sorted by user, then time */
	size_t mark_count;
	struct mark accounts[LIMIT_ACCOUNT_CHANGES]; /* a ring: of no run so far */
	size_t account_next;
	us_time runs[LIMIT_ACCOUNT_CHANGES]; /* of VMAccess, sorted */
	size_t run_count;
};

static struct credentials *credentials_of(struct correlator *correlator)
{
	if (!correlator->credentials)
		correlator->credentials = memory_new(1, sizeof(*correlator->credentials));
	return correlator->credentials;
}

void credentials_free(struct credentials *credentials)
{
	for (size_t i = 0; credentials && i < credentials->mark_count; i++)
		free(credentials->marks[i].user);
	for (size_t i = 0; credentials && i < LIMIT_ACCOUNT_CHANGES; i++)
		free(credentials->accounts[i].user);
	free(credentials);
}

/* ---- what was set ---- */

static int mark_order(const struct mark *mark, struct slice user, us_time at)
{
	int order = slice_compare(slice_text(mark->user), user);

	if (order)
		return order;
	return mark->at < at ? -1 : mark->at > at;
}

/* Position of the user's first mark at or after this time. */
static size_t marks_from(const struct credentials *credentials, struct slice user,
			 us_time at)
{
	size_t low = 0, high = credentials->mark_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (mark_order(&credentials->marks[middle], user, at) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Whether the user could have come in with it: a password is of no use to who comes with
 * a key. */
static bool fits(const struct mark *mark, const struct tracked_login *login)
{
	return !mark->is_password || login->view.key_fingerprint.len == 0;
}

/* What was set last for the login's user before it; NULL = nothing, or it is gone. */
static const struct mark *mark_before(const struct correlator *correlator,
				      const struct tracked_login *login)
{
	const struct credentials *credentials = correlator->credentials;
	struct slice user = login->view.os_user;
	us_time time = login->view.happened_at;

	if (!credentials || user.len == 0)
		return NULL;
	for (size_t i = marks_from(credentials, user, time + HOST_CUT_US + 1); i-- > 0;) {
		const struct mark *mark = &credentials->marks[i];

		if (mark->at < time - CREDENTIAL_REACH_US || mark->is_removed ||
		    !slice_equal(slice_text(mark->user), user))
			return NULL;
		if (fits(mark, login))
			return mark;
	}
	return NULL;
}

bool credentials_before(const struct correlator *correlator,
			const struct tracked_login *login)
{
	return mark_before(correlator, login) != NULL;
}

/* The logins that may be with it: up to the next that was set in the same way. */
static void concern_logins(struct correlator *correlator, size_t position)
{
	const struct credentials *credentials = correlator->credentials;
	const struct mark *mark = &credentials->marks[position];
	const struct key_node *node =
		index_find(&correlator->index, KEY_CREDENTIAL, slice_text(mark->user));
	us_time until = mark->at + CREDENTIAL_REACH_US;
	const struct mark *next =
		position + 1 < credentials->mark_count ? mark + 1 : NULL;

	if (next && slice_equal(slice_text(next->user), slice_text(mark->user)) &&
	    next->is_password == mark->is_password && next->at < until)
		until = next->at;
	for (size_t i = node ? login_list_from(&node->logins, mark->at - HOST_CUT_US) : 0;
	     node && i < node->logins.count &&
	     node->logins.items[i]->view.happened_at <= until;
	     i++) {
		struct tracked_login *login = node->logins.items[i];

		if (login->view.kind == LOGIN_CONSOLE)
			judge_later(correlator, login);
		if (login->is_told)
			credentials_observe_login(correlator, login);
	}
}

static void drop_mark(struct credentials *credentials, size_t at)
{
	free(credentials->marks[at].user);
	memmove(&credentials->marks[at], &credentials->marks[at + 1],
		(--credentials->mark_count - at) * sizeof(struct mark));
}

/* Makes room for one of this time; false when all that are kept are later. */
static bool drop_oldest(struct credentials *credentials, us_time at)
{
	size_t oldest = 0;

	for (size_t i = 1; i < credentials->mark_count; i++)
		if (credentials->marks[i].at < credentials->marks[oldest].at)
			oldest = i;
	if (credentials->marks[oldest].at > at)
		return false;
	drop_mark(credentials, oldest);
	return true;
}

static bool is_same(const struct mark *one, const struct mark *other)
{
	return one->at == other->at && one->is_password == other->is_password &&
	       one->is_removed == other->is_removed &&
	       slice_equal(slice_text(one->user), slice_text(other->user));
}

/* Takes over the mark's user. */
static void add_mark(struct correlator *correlator, struct mark mark)
{
	struct credentials *credentials = credentials_of(correlator);
	struct slice user = slice_text(mark.user);
	size_t at = marks_from(credentials, user, mark.at);

	for (size_t i = at; i < credentials->mark_count &&
			    mark_order(&credentials->marks[i], user, mark.at) == 0;
	     i++)
		if (is_same(&credentials->marks[i], &mark)) {
			free(mark.user);
			return;
		}
	if (credentials->mark_count == LIMIT_CREDENTIALS) {
		if (!drop_oldest(credentials, mark.at)) {
			free(mark.user);
			return;
		}
		at = marks_from(credentials, user, mark.at);
	}
	memmove(&credentials->marks[at + 1], &credentials->marks[at],
		(credentials->mark_count++ - at) * sizeof(struct mark));
	credentials->marks[at] = mark;
	concern_logins(correlator, at);
}

/* ---- whose VMAccess's was ---- */

static bool is_near(us_time run, us_time account)
{
	return (run < account ? account - run : run - account) <= RUN_JOIN_US;
}

static size_t runs_from(const struct credentials *credentials, us_time at)
{
	size_t i = credentials->run_count;

	while (i && credentials->runs[i - 1] >= at)
		i--;
	return i;
}

static void add_run(struct correlator *correlator, us_time time)
{
	struct credentials *credentials = credentials_of(correlator);
	size_t at = runs_from(credentials, time);

	if (at < credentials->run_count && credentials->runs[at] == time)
		return;
	if (credentials->run_count == LIMIT_ACCOUNT_CHANGES) {
		if (at == 0)
			return;
		memmove(credentials->runs, credentials->runs + 1,
			--credentials->run_count * sizeof(us_time));
		at--;
	}
	memmove(&credentials->runs[at + 1], &credentials->runs[at],
		(credentials->run_count++ - at) * sizeof(us_time));
	credentials->runs[at] = time;
	for (size_t i = 0; i < LIMIT_ACCOUNT_CHANGES; i++) {
		struct mark account = credentials->accounts[i];

		if (!account.user || !is_near(time, account.at))
			continue;
		credentials->accounts[i].user = NULL;
		add_mark(correlator, account);
	}
}

void credentials_take_account(struct correlator *correlator, const struct event *event,
			      struct slice user, bool is_password)
{
	struct credentials *credentials = credentials_of(correlator);
	struct mark mark = { .at = event->happened_at,
			     .evidence = event->evidence,
			     .means = CREDENTIAL_VM_ACCESS,
			     .is_password = is_password };
	size_t at = runs_from(credentials, event->happened_at - RUN_JOIN_US);
	struct mark *place =
		&credentials->accounts[credentials->account_next % LIMIT_ACCOUNT_CHANGES];

	if (user.len == 0)
		return;
	mark.user = memory_copy_text(user);
	if (at < credentials->run_count &&
	    is_near(credentials->runs[at], event->happened_at)) {
		add_mark(correlator, mark);
		return;
	}
	free(place->user);
	*place = mark;
	credentials->account_next++;
}

void session_credential_note_extension(struct correlator *correlator,
				       const struct event *event)
{
	if (event->extension.stage == EXTENSION_EXECUTED &&
	    handler_family(event->extension.handler) == handler_family(VM_ACCESS_HANDLER))
		add_run(correlator, event->happened_at);
}

void session_take_credential(struct correlator *correlator, const struct event *event)
{
	const struct credential_set *set = &event->credential_set;

	if (set->means == CREDENTIAL_VM_ACCESS && !set->is_removed)
		add_run(correlator, event->happened_at);
	if (set->user.len == 0)
		return;
	add_mark(correlator, (struct mark){ .user = memory_copy_text(set->user),
					    .at = event->happened_at,
					    .evidence = event->evidence,
					    .means = (uint8_t)set->means,
					    .is_password = set->is_password,
					    .is_removed = set->is_removed });
}

void session_take_account_changed(struct correlator *correlator,
				  const struct event *event)
{
	const struct account_changed *changed = &event->account_changed;

	/* who is only added to a group has got no credential by it */
	if (changed->group.len == 0)
		credentials_take_account(correlator, event, changed->user, true);
}

/* ---- calls ---- */

static bool sets_by_extension(const struct api_call *api)
{
	int family = handler_family(VM_ACCESS_HANDLER);

	return api->action == API_AZURE_WRITE_EXTENSION &&
	       (api->handler.len ? handler_family(api->handler) == family
				 : handler_family_named(api->resource) == family);
}

static bool sets_by_metadata(const struct api_call *api)
{
	return (api->action == API_GCP_SET_METADATA ||
		api->action == API_GCP_SET_PROJECT_METADATA) &&
	       (api->metadata_keys & METADATA_SSH_KEYS);
}

void credentials_take_call(struct correlator *correlator, struct call *call)
{
	const struct api_call *api = &call->event.api_call;

	if (api->outcome != API_ADMITTED ||
	    call_is_for_us_or_project(correlator, call) == 0)
		return;
	if (sets_by_extension(api))
		call_list_add(
			&index_get(&correlator->index, KEY_SCRIPT, AZURE_CALLS)->calls,
			call);
	else if (sets_by_metadata(api))
		call_list_add(
			&index_get(&correlator->index, KEY_SCRIPT, GCP_CALLS)->calls,
			call);
}

/* The latest call that may have set it. */
static const struct call *call_of(const struct correlator *correlator,
				  const struct mark *mark)
{
	bool is_azure = mark->means == CREDENTIAL_VM_ACCESS;
	us_time from = mark->at -
		       (is_azure ? EXTENSION_CALL_BEFORE_US : METADATA_CALL_BEFORE_US);
	us_time until = mark->at + (is_azure ? EXTENSION_CALL_AFTER_US
					     : correlator->options.skew_us);
	const struct key_node *node;
	size_t after;

	if (mark->means == CREDENTIAL_JIT_USER)
		return NULL;
	node = index_find(&correlator->index, KEY_SCRIPT,
			  is_azure ? AZURE_CALLS : GCP_CALLS);
	after = node ? call_list_from(&node->calls, until + 1) : 0;
	for (size_t i = after; i-- > 0 && after - i <= CALLS_LOOKED_AT &&
			       node->calls.items[i]->event.happened_at >= from;)
		if (call_is_for_us_or_project(correlator, node->calls.items[i]) == 1)
			return node->calls.items[i];
	return NULL;
}

/* ---- logins ---- */

void credentials_add_login(struct correlator *correlator, struct tracked_login *login)
{
	login_list_under(correlator, KEY_CREDENTIAL, login->view.os_user, login);
}

void credentials_observe_login(struct correlator *correlator, struct tracked_login *login)
{
	struct observation observation = observation_of(
		OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL, login->view.happened_at);
	const struct call *call;
	const struct mark *mark;

	if (login->has_told_credential ||
	    (login->view.path != PATH_DIRECT_SSH &&
	     login->view.path != PATH_AZURE_SERIAL_CONSOLE) ||
	    is_before_launch(correlator, login))
		return;
	mark = mark_before(correlator, login);
	if (!mark)
		return;
	login->has_told_credential = true;
	call = call_of(correlator, mark);
	observation.id = finding_id(&login->view.id, observation_word(observation.kind));
	observation.login = &login->view;
	observation.api_call = call ? &call->event : NULL;
	observation.evidence = mark->evidence;
	observation.detail = login->view.os_user;
	observe_tell(correlator, &observation);
}

void credentials_forget(struct correlator *correlator, us_span keep)
{
	struct credentials *credentials = correlator->credentials;
	us_time latest = US_TIME_NONE;

	if (!credentials)
		return;
	for (size_t i = 0; i < credentials->mark_count; i++)
		if (credentials->marks[i].at > latest)
			latest = credentials->marks[i].at;
	for (size_t i = credentials->mark_count; i-- > 0;)
		if (credentials->marks[i].at < latest - keep)
			drop_mark(credentials, i);
}
