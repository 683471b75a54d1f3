/* SPDX-License-Identifier: Apache-2.0 */
/* What is said of Entra ID's users: by aad_certhandler, in a process of its own, of the
 * user whose keys sshd asks for; by pam_aad, within sshd, of the one it lets in. */
#include <stdlib.h>

#include "base/memory.h"
#include "correlator/classify.h"
#include "correlator/entra.h"
#include "correlator/session.h"

/* Login and lines lie so near to each other: what is typed for a device code comes before
 * both. */
#define ENTRA_JOIN_US (60 * US_PER_SECOND)

/* Of one key, the latest are kept. */
#define MOMENTS_MAX 256

struct moment {
	us_time at;
	bool is_refused;
};

struct key_moments {
	struct moment *items; /* sorted */
	size_t count, size;
};

struct key_moments *key_moments_new(void)
{
	return memory_new(1, sizeof(struct key_moments));
}

void key_moments_free(struct key_moments *moments)
{
	free(moments->items);
	free(moments);
}

static size_t moments_from(const struct key_moments *moments, us_time time)
{
	size_t low = 0, high = moments->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (moments->items[middle].at < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void moments_add(struct key_moments *moments, us_time at, bool is_refused)
{
	size_t place = moments_from(moments, at);

	for (size_t i = place; i < moments->count && moments->items[i].at == at; i++)
		if (moments->items[i].is_refused == is_refused)
			return;
	if (moments->count == moments->size) {
		moments->size = moments->size ? moments->size * 2 : 2;
		moments->items = memory_resize(moments->items, moments->size,
					       sizeof(*moments->items));
	}
	memmove(&moments->items[place + 1], &moments->items[place],
		(moments->count++ - place) * sizeof(*moments->items));
	moments->items[place] = (struct moment){ at, is_refused };
	if (moments->count <= MOMENTS_MAX)
		return;
	memmove(moments->items, moments->items + 1,
		--moments->count * sizeof(*moments->items));
}

/* What is said near the time: 0 nothing, 1 that it is Entra's, -1 that it is not. */
static int said_near(const struct key_node *node, us_time time)
{
	const struct key_moments *moments;
	int said = 0;

	if (!node)
		return 0;
	moments = node->moments;
	for (size_t i = moments_from(moments, time - ENTRA_JOIN_US);
	     i < moments->count && moments->items[i].at <= time + ENTRA_JOIN_US; i++) {
		if (moments->items[i].is_refused)
			return -1;
		said = 1;
	}
	return said;
}

static struct key_node *moments_of_process(struct correlator *correlator,
					   struct slice host, uint32_t pid)
{
	char text[PROCESS_KEY_BYTES];

	return pid ? index_get(&correlator->index, KEY_ENTRA,
			       process_key(host, "\nprocess", pid, text))
		   : NULL;
}

/* sshd's Match block of the extension: ????????-????-????-????-???????????? */
static bool is_object_id(struct slice user)
{
	static const size_t dashes[] = { 8, 13, 18, 23 };

	for (size_t i = 0; i < sizeof(dashes) / sizeof(dashes[0]); i++)
		if (user.len != 36 || user.ptr[dashes[i]] != '-')
			return false;
	return true;
}

/* *@* */
static bool has_entra_shape(struct slice user)
{
	return slice_find_last(user, '@') > 0 || is_object_id(user);
}

void entra_add_login(struct correlator *correlator, struct tracked_login *login)
{
	if (has_entra_shape(login->view.os_user))
		login_list_under(correlator, KEY_ENTRA, login->view.os_user, login);
}

static void concern_near(struct correlator *correlator, const struct login_list *logins,
			 us_time time)
{
	for (size_t i = login_list_from(logins, time - ENTRA_JOIN_US);
	     i < logins->count &&
	     logins->items[i]->view.happened_at <= time + ENTRA_JOIN_US;
	     i++)
		judge_later(correlator, logins->items[i]);
}

/* What is said in sshd's own process is said of its login. */
static void take_of_process(struct correlator *correlator, const struct event *event,
			    bool is_refused)
{
	struct key_node *node = moments_of_process(correlator, event->host, event->pid);
	char text[PROCESS_KEY_BYTES];
	const struct key_node *process;

	if (!node)
		return;
	moments_add(node->moments, event->happened_at, is_refused);
	process = index_find(&correlator->index, KEY_PROCESS,
			     process_key(event->host, "sshd", event->pid, text));
	if (process)
		concern_near(correlator, &process->logins, event->happened_at);
}

void session_take_entra_user(struct correlator *correlator, const struct event *event)
{
	const struct cloud_user *said = &event->cloud_user;
	bool is_refused = said->state == CLOUD_USER_REFUSED;
	struct key_node *node;

	take_of_process(correlator, event, is_refused);
	if (!has_entra_shape(said->user))
		return;
	node = index_get(&correlator->index, KEY_ENTRA, said->user);
	moments_add(node->moments, event->happened_at, is_refused);
	concern_near(correlator, &node->logins, event->happened_at);
}

bool is_entra_login(const struct correlator *correlator,
		    const struct tracked_login *login)
{
	enum cloud cloud = own_cloud(correlator);
	struct slice user = login->view.os_user;
	us_time time = login->view.happened_at;
	char text[PROCESS_KEY_BYTES];
	int by_user, by_process;

	if ((cloud != CLOUD_AZURE && cloud != CLOUD_UNKNOWN) ||
	    correlator->identity.is_in_no_cloud)
		return false;
	by_process = said_near(index_find(&correlator->index, KEY_ENTRA,
					  process_key(login->view.host, "\nprocess",
						      login->view.pid, text)),
			       time);
	by_user =
		has_entra_shape(user)
			? said_near(index_find(&correlator->index, KEY_ENTRA, user), time)
			: 0;
	if (by_process || by_user)
		return by_process > 0 || (by_process == 0 && by_user > 0);
	return login->has_certificate && has_entra_shape(user);
}
