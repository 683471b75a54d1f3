/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/index.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/entra.h"
#include "correlator/extension.h"
#include "correlator/google.h"
#include "correlator/state.h"

#define LIST_FIRST_SIZE 2

static int login_order(const struct tracked_login *a, const struct tracked_login *b)
{
	if (a->view.happened_at != b->view.happened_at)
		return a->view.happened_at < b->view.happened_at ? -1 : 1;
	return memcmp(a->view.id.bytes, b->view.id.bytes, ID_BYTES);
}

static int call_order(const struct call *a, const struct call *b)
{
	if (a->event.happened_at != b->event.happened_at)
		return a->event.happened_at < b->event.happened_at ? -1 : 1;
	return slice_compare(a->event.api_call.id, b->event.api_call.id);
}

bool call_is_before(const struct call *a, const struct call *b)
{
	return call_order(a, b) < 0;
}

/* Room for one more pointer in an array of pointers. */
static void *grow(void *items, uint32_t count, uint32_t *size)
{
	if (count < *size)
		return items;
	*size = *size ? *size * 2 : LIST_FIRST_SIZE;
	return memory_resize(items, *size, sizeof(void *));
}

/* From the one place in the list itself to an array. */
static void move_out(struct login_list *list)
{
	list->items = NULL;
	list->size = 0;
	list->items = grow(list->items, list->size, &list->size);
	list->items[0] = list->only;
}

void login_list_append(struct login_list *list, struct tracked_login *login)
{
	if (list->size == 0) {
		list->items = &list->only;
		list->size = 1;
	} else if (list->count == list->size && list->items == &list->only) {
		move_out(list);
	} else {
		list->items = grow(list->items, list->count, &list->size);
	}
	list->items[list->count++] = login;
}

void login_list_add(struct login_list *list, struct tracked_login *login)
{
	size_t low = 0, high = list->count;

	login_list_append(list, login);
	if (high == 0 || login_order(list->items[high - 1], login) <= 0)
		return;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (login_order(list->items[middle], login) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(&list->items[low + 1], &list->items[low],
		(list->count - 1 - low) * sizeof(struct tracked_login *));
	list->items[low] = login;
}

void login_list_remove(struct login_list *list, const struct tracked_login *login)
{
	for (size_t i = list->count; i-- > 0;) {
		if (list->items[i] != login)
			continue;
		memmove(&list->items[i], &list->items[i + 1],
			(list->count - 1 - i) * sizeof(struct tracked_login *));
		list->count--;
		return;
	}
}

size_t login_list_position(const struct login_list *list,
			   const struct tracked_login *login)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (login_order(list->items[middle], login) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->count && list->items[low] == login ? low : list->count;
}

void login_list_remove_sorted(struct login_list *list, const struct tracked_login *login)
{
	size_t at = login_list_position(list, login);

	if (at == list->count)
		return;
	memmove(&list->items[at], &list->items[at + 1],
		(list->count - 1 - at) * sizeof(struct tracked_login *));
	list->count--;
}

void login_list_forget(struct login_list *list)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < list->count; i++)
		if (!list->items[i]->forgotten)
			list->items[kept++] = list->items[i];
	list->count = kept;
}

void login_list_release(struct login_list *list)
{
	if (list->items != &list->only)
		free(list->items);
	*list = (struct login_list){ 0 };
}

size_t login_list_from(const struct login_list *list, us_time time)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle]->view.happened_at < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void call_list_append(struct call_list *list, struct call *call)
{
	list->items = grow(list->items, list->count, &list->size);
	list->items[list->count++] = call;
}

void call_list_add(struct call_list *list, struct call *call)
{
	size_t low = 0, high = list->count;

	call_list_append(list, call);
	if (high == 0 || call_order(list->items[high - 1], call) <= 0)
		return;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (call_order(list->items[middle], call) <= 0)
			low = middle + 1;
		else
			high = middle;
	}
	memmove(&list->items[low + 1], &list->items[low],
		(list->count - 1 - low) * sizeof(struct call *));
	list->items[low] = call;
}

void call_list_release(struct call_list *list)
{
	free(list->items);
	*list = (struct call_list){ 0 };
}

size_t call_list_from(const struct call_list *list, us_time time)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->items[middle]->event.happened_at < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t call_list_position(const struct call_list *list, const struct call *call)
{
	size_t low = 0, high = list->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (call_order(list->items[middle], call) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	/* records without an id of their own may be equal */
	while (low < list->count && list->items[low] != call &&
	       call_order(list->items[low], call) == 0)
		low++;
	return low < list->count && list->items[low] == call ? low : list->count;
}

void call_list_remove_sorted(struct call_list *list, const struct call *call)
{
	size_t at = call_list_position(list, call);

	if (at == list->count)
		return;
	memmove(&list->items[at], &list->items[at + 1],
		(list->count - 1 - at) * sizeof(struct call *));
	list->count--;
}

/* Instances are compared without case, everything else exactly. */
static bool ignores_case(enum key_kind kind)
{
	switch (kind) {
	case KEY_DENIED_KEY:
	case KEY_DENIED_SERIAL:
	case KEY_DENIED_SESSION:
	case KEY_DENIED_COMMAND:
	case KEY_DENIED_IAP:
	case KEY_EXTENSION:
	case KEY_AZURE_CALL:
	case KEY_LANE_BOUND:
	case KEY_LANE:
	case KEY_LANE_REFUSED:
	case KEY_LANE_TIED:
	case KEY_BROAD:
	case KEY_CORRELATION:
	case KEY_ENTRA:
	case KEY_CONSOLE_CALL:
		return true;
	default:
		return false;
	}
}

struct key {
	enum key_kind kind;
	struct slice text;
};

static bool node_is(const void *entry, const void *key_pointer)
{
	const struct key_node *node = entry;
	const struct key *key = key_pointer;
	struct slice text = { node->text, node->text_len };

	if (node->kind != key->kind)
		return false;
	return ignores_case(key->kind) ? slice_equal_ignoring_case(text, key->text)
				       : slice_equal(text, key->text);
}

static uint64_t key_hash(const struct index *index, const struct key *key)
{
	uint64_t hash = ignores_case(key->kind)
				? hash_bytes_ignoring_case(&index->hash_key, key->text)
				: hash_bytes(&index->hash_key, key->text);

	return hash + (uint64_t)key->kind * UINT64_C(0x9e3779b97f4a7c15);
}

void index_init(struct index *index, const struct hash_key *hash_key)
{
	*index = (struct index){ .hash_key = *hash_key };
	map_init(&index->map);
}

/* What a node of the kind has besides; NULL when it has nothing, or not from the
 * beginning. */
static void *more_of(enum key_kind kind)
{
	struct key_offers *offers;

	switch (kind) {
	case KEY_FINGERPRINT:
		offers = memory_new(1, sizeof(*offers));
		offers->own_since[0] = offers->own_since[1] = US_TIME_NONE;
		return offers;
	case KEY_TUNNEL:
	case KEY_OWNER:
	case KEY_LANE:
	case KEY_BASTION:
	case KEY_IAP:
		return memory_new(1, sizeof(struct key_claims));
	case KEY_AZURE_CALL:
		return memory_new(1, sizeof(struct key_call));
	case KEY_EXTENSION:
		return key_series_new();
	case KEY_ENTRA:
		return key_moments_new();
	case KEY_GOOGLE_USER:
		return key_google_user_new();
	case KEY_CLOUD_KEY:
		return key_cloud_key_new();
	case KEY_SESSION_ID:
	case KEY_COMMAND_ID:
	case KEY_ASSOCIATION_ID:
		return memory_new(1, sizeof(struct key_run));
	default:
		return NULL;
	}
}

static bool is_run(const struct key_node *node)
{
	return node->kind == KEY_SESSION_ID || node->kind == KEY_COMMAND_ID ||
	       node->kind == KEY_ASSOCIATION_ID;
}

static void node_free(struct key_node *node)
{
	if (is_run(node) && node->run->described) {
		text_free(node->run->described->texts);
		free(node->run->described);
	}
	if (node->kind == KEY_PROCESS && node->partial)
		free(node->partial->key);
	if (node->kind == KEY_EXTENSION)
		key_series_free(node->series);
	else if (node->kind == KEY_ENTRA)
		key_moments_free(node->moments);
	else if (node->kind == KEY_GOOGLE_USER)
		key_google_user_free(node->google_user);
	else if (node->kind == KEY_CLOUD_KEY)
		key_cloud_key_free(node->cloud_key);
	else
		free(node->more);
	login_list_release(&node->logins);
	call_list_release(&node->calls);
	free(node);
}

void index_release(struct index *index)
{
	for (size_t i = 0; i < index->node_count; i++)
		node_free(index->nodes[i]);
	free(index->nodes);
	map_release(&index->map);
}

struct key_node *index_find(const struct index *index, enum key_kind kind,
			    struct slice text)
{
	struct key key = { kind, text };

	if (text.len == 0)
		return NULL;
	return map_find(&index->map, key_hash(index, &key), node_is, &key);
}

struct key_node *index_get(struct index *index, enum key_kind kind, struct slice text)
{
	struct key key = { kind, text };
	uint64_t hash = key_hash(index, &key);
	struct key_node *node = map_find(&index->map, hash, node_is, &key);

	if (node) {
		node->was_empty = false;
		return node;
	}
	node = memory_new(1, sizeof(*node) + text.len);
	node->hash = hash;
	node->kind = (uint8_t)kind;
	node->more = more_of(kind);
	node->text_len = (uint32_t)text.len;
	memcpy(node->text, text.ptr, text.len);
	map_add(&index->map, hash, node);
	index->nodes = grow(index->nodes, index->node_count, &index->node_size);
	index->nodes[index->node_count++] = node;
	return node;
}

static bool has_offers(const struct key_node *node)
{
	return node->kind == KEY_FINGERPRINT && node->offers->newest;
}

static bool is_known_series(const struct key_node *node)
{
	return node->kind == KEY_EXTENSION && key_series_is_known(node->series);
}

/* Google's keys and users are known for longer than logins, as many as fit. */
static bool is_known_to_google(const struct key_node *node, size_t *known)
{
	return (node->kind == KEY_CLOUD_KEY ||
		(node->kind == KEY_GOOGLE_USER &&
		 key_google_user_is_known(node->google_user))) &&
	       (*known)++ < LIMIT_CLOUD_NAMES;
}

void index_drop_empty(struct index *index)
{
	size_t known = 0;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < index->node_count; i++) {
		struct key_node *node = index->nodes[i];

		bool is_empty = !node->logins.count && !node->calls.count &&
				!has_offers(node) && !is_known_series(node) &&
				!is_known_to_google(node, &known) && !node->is_touched;

		if (!is_empty || !node->was_empty) {
			node->was_empty = is_empty;
			index->nodes[kept++] = node;
			continue;
		}
		map_remove(&index->map, node->hash, node);
		node_free(node);
	}
	index->node_count = kept;
}
