/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/unvouched.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void unvouched_init(struct unvouched *unvouched)
{
	*unvouched = (struct unvouched){ .first = NULL };
	map_init(&unvouched->by_id);
}

static uint64_t id_hash(const struct id *id)
{
	uint64_t hash;

	/* Part of a SHA-256: as good as any. */
	memcpy(&hash, id->bytes, sizeof(hash));
	return hash;
}

static bool has_id(const void *entry, const void *key)
{
	const struct unvouched_login *login = entry;

	return memcmp(login->id.bytes, key, ID_BYTES) == 0;
}

static void drop(struct unvouched *unvouched, struct unvouched_login *login)
{
	if (login->next)
		login->next->previous = login->previous;
	if (login->previous)
		login->previous->next = login->next;
	else
		unvouched->first = login->next;
	unvouched->count--;
	map_remove(&unvouched->by_id, id_hash(&login->id), login);
	free(login);
}

void unvouched_release(struct unvouched *unvouched)
{
	while (unvouched->first)
		drop(unvouched, unvouched->first);
	map_release(&unvouched->by_id);
}

static struct unvouched_login *add(struct unvouched *unvouched, const struct id *id)
{
	struct unvouched_login *login = memory_new(1, sizeof(*login));

	login->id = *id;
	login->next = unvouched->first;
	if (login->next)
		login->next->previous = login;
	unvouched->first = login;
	unvouched->count++;
	map_add(&unvouched->by_id, id_hash(id), login);
	return login;
}

static bool is_open(const struct verdict *verdict)
{
	return verdict->verdict == VERDICT_PENDING ||
	       verdict->verdict == VERDICT_UNVERIFIABLE ||
	       (verdict->verdict == VERDICT_UNAUTHORIZED &&
		verdict->stage == STAGE_PROVISIONAL);
}

/* The id that a cloud knows it by; none where it could be none. */
static struct slice key_of(const struct login *login)
{
	struct slice key = login->kind == LOGIN_SESSION	    ? login->session_id
			   : login->kind == LOGIN_COMMAND   ? login->command_id
			   : login->kind == LOGIN_EXTENSION ? login->correlation_id
							    : (struct slice){ NULL, 0 };

	if (key.len >= UNVOUCHED_KEY_BYTES || (key.len && memchr(key.ptr, '\0', key.len)))
		key.len = 0;
	return key;
}

void unvouched_note(struct unvouched *unvouched, const struct verdict *verdict)
{
	const struct login *said = verdict->login;
	struct unvouched_login *login =
		map_find(&unvouched->by_id, id_hash(&said->id), has_id, said->id.bytes);
	struct slice key = key_of(said);

	if (!is_open(verdict)) {
		if (login)
			drop(unvouched, login);
		return;
	}
	if (!login)
		login = add(unvouched, &said->id);
	login->happened_at = said->happened_at;
	login->kind = said->kind;
	login->path = said->path;
	login->through = said->through;
	login->verdict = verdict->verdict;
	login->has_call = verdict->api_call != NULL;
	if (key.len)
		memcpy(login->key, key.ptr, key.len);
	login->key[key.len] = '\0';
}

void unvouched_forget(struct unvouched *unvouched, us_time before)
{
	struct unvouched_login *login = unvouched->first;

	while (login) {
		struct unvouched_login *next = login->next;

		if (login->happened_at < before)
			drop(unvouched, login);
		login = next;
	}
}
