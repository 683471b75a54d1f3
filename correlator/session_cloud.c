/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of Google's users and keys: by OS Login's helpers, of the user whose keys
 * sshd asks for; by the guest agent, of the users and keys it takes from the metadata; by
 * authorized_keys and the metadata themselves, of the keys that are in them. */
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/classify.h"
#include "correlator/google.h"
#include "correlator/session.h"
#include "correlator/statements.h"

/* ---- what was said, and when ---- */

struct key_google_user {
	struct intervals spoken_of; /* OS Login's helpers, and a minute around each */
	char *principal;	    /* the metadata server says; owned, NULL = nothing */
	us_time principal_at;	    /* when it said so last */
	struct statements made;	    /* that Google's agent made him, or took him away */
	us_time keys_known_since;   /* which keys are his; US_TIME_NONE = never */
};

struct key_cloud_key {
	struct statements in_file, in_metadata;
	char *principal; /* owned; NULL = none */
};

struct key_google_user *key_google_user_new(void)
{
	struct key_google_user *user = memory_new(1, sizeof(*user));

	user->principal_at = US_TIME_NONE;
	statements_init(&user->made);
	user->keys_known_since = US_TIME_NONE;
	return user;
}

void key_google_user_free(struct key_google_user *user)
{
	intervals_release(&user->spoken_of);
	free(user->principal);
	statements_release(&user->made);
	free(user);
}

struct key_cloud_key *key_cloud_key_new(void)
{
	struct key_cloud_key *key = memory_new(1, sizeof(*key));

	statements_init(&key->in_file);
	statements_init(&key->in_metadata);
	return key;
}

bool key_google_user_is_known(const struct key_google_user *user)
{
	return user->principal || user->made.count > 0 ||
	       user->keys_known_since != US_TIME_NONE;
}

void key_cloud_key_free(struct key_cloud_key *key)
{
	statements_release(&key->in_file);
	statements_release(&key->in_metadata);
	free(key->principal);
	free(key);
}

/* ---- users ---- */

bool may_be_google(const struct correlator *correlator)
{
	return correlator->identity.cloud == CLOUD_GCP ||
	       (correlator->identity.cloud == CLOUD_UNKNOWN &&
		!correlator->identity.is_in_no_cloud);
}

static const struct key_google_user *user_of(const struct correlator *correlator,
					     struct slice user)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_GOOGLE_USER, user);

	return node ? node->google_user : NULL;
}

const struct login_list *google_logins(const struct correlator *correlator,
				       struct slice user)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_GOOGLE_USER, user);

	return node ? &node->logins : NULL;
}

void google_add_login(struct correlator *correlator, struct tracked_login *login)
{
	if (!may_be_google(correlator))
		return;
	login_list_under(correlator, KEY_GOOGLE_USER, login->view.os_user, login);
	os_login_list_login(correlator,
			    os_login_principal(correlator, login->view.os_user), login);
}

bool os_login_is_said(const struct correlator *correlator,
		      const struct tracked_login *login)
{
	const struct key_google_user *user = user_of(correlator, login->view.os_user);
	us_time time = login->view.happened_at;

	return user && (user->principal || intervals_touch(&user->spoken_of, time,
							   time + login->uncertainty_us));
}

struct slice os_login_principal(const struct correlator *correlator, struct slice user)
{
	const struct key_google_user *known = user_of(correlator, user);

	return known && known->principal ? slice_text(known->principal)
					 : (struct slice){ 0 };
}

static bool is_digits(struct slice text)
{
	for (size_t i = 0; i < text.len; i++)
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	return text.len > 0;
}

/* sa_ and the account's number: 21 digits. */
bool is_service_account_name(struct slice user)
{
	return slice_take_prefix(&user, SLICE("sa_")) && is_digits(user);
}

/* ext_amy_example_com: of an address there are two more, unless the name was cut. */
bool is_external_name(struct slice user)
{
	size_t len = user.len, count = 0;

	if (!slice_take_prefix(&user, SLICE("ext_")) || user.len == 0)
		return false;
	for (size_t i = 0; i < user.len; i++)
		count += user.ptr[i] == '_';
	return count >= 2 || len == OS_LOGIN_NAME_MAX;
}

static void concern_between(struct correlator *correlator,
			    const struct login_list *logins, us_time from, us_time until)
{
	for (size_t i = login_list_from(logins, from);
	     i < logins->count && logins->items[i]->view.happened_at <= until; i++)
		judge_later(correlator, logins->items[i]);
}

static void concern_all(struct correlator *correlator, const struct login_list *logins)
{
	concern_between(correlator, logins, INT64_MIN, INT64_MAX);
}

/* The metadata server has told who the user is; of two that it tells, the latest counts.
 */
static void learn_principal(struct correlator *correlator, const struct key_node *node,
			    const struct event *event)
{
	struct key_google_user *user = node->google_user;
	struct slice principal = event->cloud_user.principal;
	int order = user->principal
			    ? slice_compare(slice_text(user->principal), principal)
			    : 1;

	if (user->principal && (event->happened_at < user->principal_at ||
				(event->happened_at == user->principal_at && order > 0)))
		return;
	user->principal_at = event->happened_at;
	if (order == 0)
		return;
	free(user->principal);
	user->principal = memory_copy_text(principal);
	for (size_t i = 0; i < node->logins.count; i++) {
		os_login_list_login(correlator, principal, node->logins.items[i]);
		judge_later(correlator, node->logins.items[i]);
	}
}

/* Anybody may say of any number of minutes that a user was spoken of. */
static void add_spoken_of(struct intervals *set, us_time from, us_time until)
{
	intervals_add(set, from, until);
	if (set->count <= LIMIT_CLOUD_STATEMENTS)
		return;
	memmove(set->items, set->items + 1, --set->count * sizeof(*set->items));
}

/* Refused or not: it is a user of OS Login. */
void session_take_cloud_user(struct correlator *correlator, const struct event *event)
{
	us_time from = event->happened_at - OS_LOGIN_JOIN_US;
	us_time until = event->happened_at + event->uncertainty_us + OS_LOGIN_JOIN_US;
	struct key_node *node;

	if (event->cloud_user.cloud != CLOUD_GCP || event->cloud_user.user.len == 0)
		return;
	node = index_get(&correlator->index, KEY_GOOGLE_USER, event->cloud_user.user);
	if (event->cloud_user.principal.len)
		learn_principal(correlator, node, event);
	if (intervals_cover(&node->google_user->spoken_of, from, until))
		return;
	add_spoken_of(&node->google_user->spoken_of, from, until);
	concern_between(correlator, &node->logins, from - correlator->uncertainty_max_us,
			until);
}

/* ---- who is made by Google's agent ---- */

static void take_made(struct correlator *correlator, struct slice name, us_time at,
		      bool is_removed)
{
	struct key_node *node;
	bool is_news;

	if (name.len == 0)
		return;
	node = index_get(&correlator->index, KEY_GOOGLE_USER, name);
	is_news = statements_have(&node->google_user->made, at, false) == is_removed;
	if (statements_add(&node->google_user->made, at, is_removed) && is_news)
		concern_between(correlator, &node->logins,
				at - correlator->uncertainty_max_us,
				statements_next(&node->google_user->made, at));
}

void session_take_google_credential(struct correlator *correlator,
				    const struct event *event)
{
	if (event->credential_set.means == CREDENTIAL_METADATA_KEY)
		take_made(correlator, event->credential_set.user, event->happened_at,
			  event->credential_set.is_removed);
}

void session_take_google_group(struct correlator *correlator, const struct event *event)
{
	if (slice_equal(event->account_changed.group, SLICE("google-sudoers")))
		take_made(correlator, event->account_changed.user, event->happened_at,
			  false);
}

/* ---- keys ---- */

/* A key as its user has it; without one, as whoever has it. */
#define CLOUD_KEY_BYTES 384

static struct slice cloud_key_text(struct slice fingerprint, struct slice user,
				   char text[CLOUD_KEY_BYTES])
{
	int len = snprintf(text, CLOUD_KEY_BYTES, "%.*s\n%.*s",
			   SLICE_ARG(slice_first(fingerprint, 64)),
			   SLICE_ARG(slice_first(user, 256)));

	return slice_of(text, (size_t)len);
}

static const struct key_cloud_key *key_of(const struct correlator *correlator,
					  struct slice fingerprint, struct slice user)
{
	char text[CLOUD_KEY_BYTES];
	const struct key_node *node = index_find(&correlator->index, KEY_CLOUD_KEY,
						 cloud_key_text(fingerprint, user, text));

	return node ? node->cloud_key : NULL;
}

static void concern_key(struct correlator *correlator, struct slice fingerprint)
{
	const struct key_node *node =
		index_find(&correlator->index, KEY_FINGERPRINT, fingerprint);

	if (node)
		concern_all(correlator, &node->logins);
}

/* From now on it is known which keys are this user's. */
static void note_keys_known(struct correlator *correlator, struct slice user, us_time at)
{
	struct key_node *node;
	us_time was;

	if (user.len == 0)
		return;
	node = index_get(&correlator->index, KEY_GOOGLE_USER, user);
	was = node->google_user->keys_known_since;
	if (was != US_TIME_NONE && was <= at)
		return;
	node->google_user->keys_known_since = at;
	concern_between(correlator, &node->logins, at - correlator->uncertainty_max_us,
			was == US_TIME_NONE ? INT64_MAX : was);
}

/* The lesser of two comments, whichever was read first. */
static void keep_comment(struct key_cloud_key *key, struct slice principal)
{
	if (principal.len == 0 ||
	    (key->principal && slice_compare(slice_text(key->principal), principal) <= 0))
		return;
	free(key->principal);
	key->principal = memory_copy_text(principal);
}

/* What authorized_keys says is said of the file, all else of the metadata. */
void session_take_cloud_key(struct correlator *correlator, const struct event *event)
{
	const struct cloud_key *said = &event->cloud_key;
	char text[CLOUD_KEY_BYTES];
	struct key_cloud_key *key;
	struct statements *place;
	bool is_news;

	if (said->fingerprint.len == 0)
		return;
	key = index_get(&correlator->index, KEY_CLOUD_KEY,
			cloud_key_text(said->fingerprint, said->user, text))
		      ->cloud_key;
	place = event->source == HOST_SOURCE_KEYS ? &key->in_file : &key->in_metadata;
	keep_comment(key, said->principal);
	note_keys_known(correlator, said->user, event->happened_at);
	is_news = statements_until(place, event->happened_at) == 0 ||
		  statements_have(place, event->happened_at, true) == said->is_gone;
	if (statements_add(place, event->happened_at, said->is_gone) && is_news)
		concern_key(correlator, said->fingerprint);
}

/* What is said of a key tells of all the time before: it is not new because it was read.
 */
static enum metadata_key_state state_of(const struct key_cloud_key *key, us_time time)
{
	bool in_file, in_metadata;

	if (!key)
		return KEY_IS_NONE;
	in_file = statements_have(&key->in_file, time, true);
	in_metadata = statements_have(&key->in_metadata, time, true);
	if (!in_file && !in_metadata)
		return KEY_IS_NONE;
	/* only what has been looked at can be missing in it */
	if (in_metadata ||
	    statements_until(&key->in_metadata, time - KEY_REMOVAL_US) == 0 ||
	    statements_have(&key->in_metadata, time - KEY_REMOVAL_US, true))
		return KEY_IS_CURRENT;
	return KEY_IS_LEFT;
}

/* A user's own key is none of the metadata's, once those are known. */
static bool is_made_user(const struct correlator *correlator,
			 const struct tracked_login *login)
{
	const struct key_google_user *user = user_of(correlator, login->view.os_user);
	us_time time = login->view.happened_at + login->uncertainty_us;

	return user && statements_have(&user->made, time, false) &&
	       (user->keys_known_since == US_TIME_NONE || user->keys_known_since > time);
}

enum metadata_key_state metadata_key_state(const struct correlator *correlator,
					   const struct tracked_login *login)
{
	struct slice fingerprint = login->view.key_fingerprint;
	us_time time = login->view.happened_at;
	enum metadata_key_state of_user, of_any;

	if (fingerprint.len == 0 || !may_be_google(correlator))
		return KEY_IS_NONE;
	of_user = state_of(key_of(correlator, fingerprint, login->view.os_user), time);
	of_any = state_of(key_of(correlator, fingerprint, (struct slice){ 0 }), time);
	if (of_user == KEY_IS_CURRENT || of_any == KEY_IS_CURRENT)
		return KEY_IS_CURRENT;
	if (of_user == KEY_IS_LEFT || of_any == KEY_IS_LEFT)
		return KEY_IS_LEFT;
	return !login->has_certificate && is_made_user(correlator, login) ? KEY_IS_CURRENT
									  : KEY_IS_NONE;
}

struct slice metadata_key_principal(const struct correlator *correlator,
				    const struct tracked_login *login)
{
	const struct key_cloud_key *key =
		key_of(correlator, login->view.key_fingerprint, login->view.os_user);

	if (!key || !key->principal)
		key = key_of(correlator, login->view.key_fingerprint,
			     (struct slice){ 0 });
	return key && key->principal ? slice_text(key->principal) : (struct slice){ 0 };
}
