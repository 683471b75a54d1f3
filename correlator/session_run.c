/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, commands and associations that the SSM agent ran. */
#include "base/memory.h"
#include "correlator/claims.h"
#include "correlator/classify.h"
#include "correlator/id.h"
#include "correlator/match.h"
#include "correlator/observe.h"
#include "correlator/session.h"

static enum key_kind run_key(enum run_kind kind)
{
	static const enum key_kind keys[] = {
		[RUN_SESSION] = KEY_SESSION_ID,
		[RUN_COMMAND] = KEY_COMMAND_ID,
		[RUN_ASSOCIATION] = KEY_ASSOCIATION_ID,
	};

	return keys[kind];
}

static enum login_kind run_login_kind(enum run_kind kind)
{
	static const enum login_kind kinds[] = {
		[RUN_SESSION] = LOGIN_SESSION,
		[RUN_COMMAND] = LOGIN_COMMAND,
		[RUN_ASSOCIATION] = LOGIN_ASSOCIATION,
	};

	return kinds[kind];
}

/* An association's first content is not part of its id; a changed one is. */
static struct id run_id(const struct run *run, uint64_t changed_hash)
{
	static const char *const kinds[] = {
		[RUN_SESSION] = "session",
		[RUN_COMMAND] = "command",
		[RUN_ASSOCIATION] = "association",
	};
	struct id_maker maker;

	id_start(&maker, kinds[run->kind]);
	id_add(&maker, run->id);
	if (changed_hash)
		id_add_number(&maker, (int64_t)changed_hash);
	return id_finish(&maker);
}

/* The owner's part of a session id: all before its last dash. */
static struct slice owner_part(struct slice session_id)
{
	ptrdiff_t dash = slice_find_last(session_id, '-');

	return dash > 0 ? slice_first(session_id, (size_t)dash) : (struct slice){ 0 };
}

static bool is_container_run(const struct tracked_login *login)
{
	return slice_starts_with(login->run->instance, SLICE("ecs:")) ||
	       slice_starts_with(login->view.session_id, SLICE("ecs-execute-command-"));
}

/* RunAsUser, else ssm-user; nobody for ports and containers. */
static struct slice session_os_user(const struct tracked_login *session)
{
	if (session->is_port || is_container_run(session))
		return (struct slice){ 0 };
	return session->run->run_as_user.len ? session->run->run_as_user
					     : SLICE("ssm-user");
}

static void set_user(struct correlator *correlator, struct tracked_login *session)
{
	struct slice was = session->view.os_user;

	session->view.os_user = session_os_user(session);
	if (slice_equal(was, session->view.os_user))
		sudo_add_login(correlator, session);
	else
		sudo_relearn(correlator, session);
}

static bool is_port_document(struct slice document)
{
	static const char *const documents[] = {
		"AWS-StartSSHSession",
		"AWS-StartPortForwardingSession",
		"AWS-StartPortForwardingSessionToRemoteHost",
	};

	for (size_t i = 0; i < sizeof(documents) / sizeof(documents[0]); i++)
		if (slice_equal_ignoring_case(document, slice_text(documents[i])))
			return true;
	return false;
}

static void set_once(struct tracked_login *login, struct slice *field, struct slice text)
{
	if (field->len == 0 && text.len)
		*field = login_keep(login, text);
}

/* Whether a single-use session is the login's, and none that `session` could be would be
 * taken instead: it is later, or another login has it. */
static bool has_its_session(const struct tracked_login *login,
			    const struct tracked_login *session)
{
	const struct tracked_login *own = login->port_session;

	return own && own != session && own->run->port_used_by == login &&
	       is_within_grace(own, login->view.happened_at) &&
	       (login_is_before(own, session) || !port_is_free(session, login));
}

/* A port session is new, or not what it was: ssh logins from this host's own addresses
 * may have come through it, or not. */
void session_concern_carried(struct correlator *correlator,
			     const struct tracked_login *session)
{
	const struct login_list *list = &correlator->own_peer;
	us_time end = session->view.ended_at == US_TIME_NONE
			      ? INT64_MAX
			      : session->view.ended_at + HOST_CUT_US;
	size_t at =
		login_list_from(&correlator->port_sessions, session->view.happened_at);

	if (at < correlator->port_bounds_valid)
		correlator->port_bounds_valid = at;
	for (size_t i = login_list_from(list, session->view.happened_at - HOST_CUT_US);
	     i < list->count && list->items[i]->view.happened_at <= end; i++)
		if (!has_its_session(list->items[i], session))
			judge_later(correlator, list->items[i]);
	for (size_t i = 0; i < session->run->carried.count; i++)
		judge_later(correlator, session->run->carried.items[i]);
}

/* A port session has an end, or a later one. The first only takes away: whom it carried
 * may have come through another. */
static void session_concern_ended(struct correlator *correlator,
				  const struct tracked_login *session, us_time was)
{
	if (was != US_TIME_NONE) {
		session_concern_carried(correlator, session);
		return;
	}
	correlator->port_ends_unbounded++;
	for (size_t i = 0; i < session->run->carried.count; i++)
		judge_later(correlator, session->run->carried.items[i]);
}

static void describe(struct correlator *correlator, struct tracked_login *login,
		     const struct described *said, bool is_new)
{
	bool was_port = login->is_port, changed = !login->is_port;
	bool had_document = login->run->document.len > 0,
	     had_owner = login->run->owner.len > 0;

	set_once(login, &login->run->instance, said->instance);
	set_once(login, &login->run->document, said->document);
	set_once(login, &login->run->owner, said->owner);
	set_once(login, &login->run->run_as_user, said->run_as_user);
	set_once(login, &login->view.principal_hint, said->owner);
	changed |= (said->port && said->port != login->run->port) ||
		   (said->port_is_remote && !login->run->port_is_remote) ||
		   (said->document.len && !had_document);
	if (said->port)
		login->run->port = said->port;
	login->run->port_is_remote |= said->port_is_remote;
	login->is_port |= login->view.kind == LOGIN_SESSION &&
			  is_port_document(login->run->document);
	if (login->is_port && !was_port)
		login_list_add(&correlator->port_sessions, login);
	if (login->view.kind == LOGIN_SESSION)
		set_user(correlator, login);
	else
		login->view.os_user = SLICE("root");
	session_know_whose(correlator, login);
	judge_later(correlator, login);
	if (login->is_port && changed)
		session_concern_carried(correlator, login);
	if (login->view.kind == LOGIN_SESSION &&
	    (is_new || (login->run->owner.len && !had_owner)))
		observe_session_taken_over(correlator, login->view.session_id);
}

/* What is said of a run before it begins is kept with its key. */
static void keep_description(struct key_node *node, const struct event *event)
{
	const struct run *run = &event->run;
	struct described *said = node->run->described;

	if (!said)
		said = node->run->described = memory_new(1, sizeof(*said));
	if (!said->instance.len)
		said->instance = text_keep(&said->texts, run->instance);
	if (!said->document.len)
		said->document = text_keep(&said->texts, run->document);
	if (!said->owner.len)
		said->owner = text_keep(&said->texts, run->owner);
	if (!said->run_as_user.len)
		said->run_as_user = text_keep(&said->texts, run->run_as_user);
	if (run->content_hash)
		said->content_hash = run->content_hash;
	if (run->port)
		said->port = run->port;
	said->port_is_remote |= run->port_is_remote;
	said->said_at = event->happened_at;
}

/* Lists a session with the calls that its owner made and whose answers were not logged.
 */
static void list_by_owner(struct correlator *correlator, struct tracked_login *login)
{
	struct key_node *group;

	if (login->run->owner_part.len == 0)
		return;
	group = index_get(&correlator->index, KEY_OWNER, login->run->owner_part);
	login_list_add(&group->logins, login);
	claims_touch_login(correlator, group, login);
}

static struct tracked_login *make_run(struct correlator *correlator,
				      const struct event *event, struct key_node *node,
				      uint64_t changed_hash)
{
	const struct run *run = &event->run;
	struct id id = run_id(run, changed_hash);
	struct tracked_login *login = login_find(correlator, &id);

	if (login)
		return login;
	login = login_make(correlator, run_login_kind(run->kind), &id, event);
	if (run->kind == RUN_SESSION) {
		login->view.session_id = key_node_text(node);
		login->run->owner_part = owner_part(login->view.session_id);
		list_by_owner(correlator, login);
	} else {
		login->view.command_id = key_node_text(node);
	}
	login_list_add(&node->logins, login);
	describe(correlator, login, node->run->described, true);
	return login;
}

/* A run's time is the earliest of its lines; lists stay sorted, and what its old time
 * gave it is given back. */
static void set_earlier(struct correlator *correlator, struct tracked_login *login,
			struct key_node *node, us_time time)
{
	struct key_node *group =
		login->run->owner_part.len
			? index_get(&correlator->index, KEY_OWNER, login->run->owner_part)
			: NULL;
	struct login_list *lists[] = {
		&correlator->by_kind[login->view.kind],
		&node->logins,
		login->is_port ? &correlator->port_sessions : NULL,
		group ? &group->logins : NULL,
	};

	if (time >= login->view.happened_at)
		return;
	if (group)
		claims_release(correlator, group, login);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i])
			login_list_remove(lists[i], login);
	login->view.happened_at = time;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (lists[i])
			login_list_add(lists[i], login);
	if (group)
		claims_touch_login(correlator, group, login);
	if (login->is_port)
		session_concern_carried(correlator, login);
	judge_later(correlator, login);
}

void session_note_delay(struct correlator *correlator,
			const struct tracked_login *session)
{
	us_time connected_at = session->run->connected_again_at;

	if (connected_at > session->view.happened_at + correlator->port_delay_max_us)
		correlator->port_delay_max_us = connected_at - session->view.happened_at;
}

static void run_begins(struct correlator *correlator, const struct event *event,
		       struct key_node *node)
{
	const struct run *run = &event->run;
	struct tracked_login *login = node->logins.count
					      ? node->logins.items[node->logins.count - 1]
					      : make_run(correlator, event, node, 0);

	/* an association runs again and again: later runs are no earlier lines of it */
	if (run->kind != RUN_ASSOCIATION || node->logins.count == 1)
		set_earlier(correlator, login, node, event->happened_at);
	if (login->view.ended_at != US_TIME_NONE &&
	    event->happened_at > login->view.ended_at)
		login->view.ended_at = US_TIME_NONE; /* the same again after a reboot */
	if (run->kind == RUN_SESSION && run->stage == RUN_CONNECTED &&
	    slice_equal(run->plugin, SLICE("Port"))) {
		if (!login->is_port)
			login_list_add(&correlator->port_sessions, login);
		login->is_port = true;
		if (login->run->connected_at == US_TIME_NONE ||
		    event->happened_at < login->run->connected_at)
			login->run->connected_at = event->happened_at;
		if (event->happened_at > login->run->connected_again_at)
			login->run->connected_again_at = event->happened_at;
	}
	login_add_evidence(login, event->evidence);
	describe(correlator, login, node->run->described, false);
	if (!login->is_port)
		return;
	session_note_delay(correlator, login);
	session_concern_carried(correlator, login);
}

/* A call explains no content that is later than another's last run: those after `login`
 * are judged anew. */
static void concern_later_contents(struct correlator *correlator,
				   const struct key_node *node,
				   const struct tracked_login *login)
{
	for (size_t i = node->logins.count; i-- > 0 && node->logins.items[i] != login;)
		judge_later(correlator, node->logins.items[i]);
}

/* The content of an association, where it differs from what was known, makes it a new
 * one. */
static void learn_content(struct correlator *correlator, const struct event *event,
			  struct key_node *node)
{
	uint64_t hash = event->run.content_hash ? event->run.content_hash
						: node->run->described->content_hash;
	struct tracked_login *latest;

	if (hash == 0 || node->logins.count == 0)
		return;
	latest = node->logins.items[node->logins.count - 1];
	if (latest->run->content_hash == 0)
		latest->run->content_hash = hash;
	if (latest->run->content_hash == hash) {
		if (event->run.content_hash &&
		    event->happened_at > latest->run->confirmed_at)
			latest->run->confirmed_at = event->happened_at;
		return;
	}
	latest = make_run(correlator, event, node, hash);
	latest->run->content_hash = hash;
	login_add_evidence(latest, event->evidence);
	concern_later_contents(correlator, node, latest);
}

static void run_ends(struct correlator *correlator, const struct event *event,
		     struct key_node *node)
{
	struct tracked_login *login;
	us_time was;

	if (node->logins.count == 0)
		return;
	login = node->logins.items[node->logins.count - 1];
	was = login->view.ended_at;
	if (event->happened_at >= login->view.happened_at &&
	    (was == US_TIME_NONE || event->happened_at > was))
		login->view.ended_at = event->happened_at;
	if (login->view.kind == LOGIN_SESSION)
		sudo_login_ended(correlator, login);
	login_add_evidence(login, event->evidence);
	if (login->is_port && login->view.ended_at != was)
		session_concern_ended(correlator, login, was);
}

void session_take_run(struct correlator *correlator, const struct event *event)
{
	const struct run *run = &event->run;
	struct key_node *node;

	if (run->id.len == 0)
		return;
	node = index_get(&correlator->index, run_key(run->kind), run->id);
	node->is_mentioned = true;
	keep_description(node, event);
	switch (run->stage) {
	case RUN_STARTED:
	case RUN_CONNECTED:
		run_begins(correlator, event, node);
		break;
	case RUN_DESCRIBED:
		if (node->logins.count)
			describe(correlator, node->logins.items[node->logins.count - 1],
				 node->run->described, false);
		if (node->logins.count && event->evidence)
			login_add_evidence(node->logins.items[node->logins.count - 1],
					   event->evidence);
		break;
	case RUN_ENDED:
		run_ends(correlator, event, node);
		break;
	}
	if (run->kind == RUN_ASSOCIATION)
		learn_content(correlator, event, node);
}

/* The account of "arn:aws:sts::111122223333:assumed-role/..."; empty when it has none. */
static struct slice arn_account(struct slice arn)
{
	struct slice part = { 0 };

	for (int i = 0; i < 5; i++)
		if (!slice_take_until(&arn, ':', &part))
			return (struct slice){ 0 };
	return part;
}

static enum run_whose find_whose(const struct correlator *correlator,
				 const struct tracked_login *login)
{
	const struct own_identity *identity = &correlator->identity;
	bool other_instance, other_account;
	struct slice account;

	if (!login->run || is_container_run(login))
		return RUN_OF_US;
	account = arn_account(login->run->owner);
	other_instance =
		login->run->instance.len && identity->instance.len &&
		!slice_equal_ignoring_case(login->run->instance, identity->instance);
	other_account = account.len && identity->account.len &&
			!slice_equal(account, identity->account);
	if (!other_instance && !other_account)
		return RUN_OF_US;
	if (identity->launched_at != US_TIME_NONE)
		return login->view.happened_at < identity->launched_at ? RUN_OF_EARLIER
								       : RUN_OF_ANOTHER;
	/* an earlier life of the disk had another instance id; the same id is no earlier
	 * life */
	return login->run->instance.len && !other_instance ? RUN_OF_ANOTHER
							   : RUN_OF_EARLIER;
}

enum run_whose whose_run(const struct correlator *correlator,
			 const struct tracked_login *login)
{
	return login->whose >= 0 ? (enum run_whose)login->whose
				 : find_whose(correlator, login);
}

void session_know_whose(const struct correlator *correlator, struct tracked_login *login)
{
	login->whose = (int8_t)find_whose(correlator, login);
	if (login->run && login->run->document.len)
		login->single_use = slice_equal_ignoring_case(
			login->run->document, SLICE("AWS-StartSSHSession"));
}
