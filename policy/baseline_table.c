/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/baseline_table.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

void baseline_table_init(struct baseline_table *table, size_t limit)
{
	*table = (struct baseline_table){
		.hash_key = hash_key_random(),
		.limit = limit,
	};
	map_init(&table->map);
}

static void entry_free(struct baseline_entry *entry)
{
	free(entry->recent);
	free(entry);
}

void baseline_table_release(struct baseline_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		entry_free(table->heap[i]);
	free(table->heap);
	map_release(&table->map);
	table->heap = NULL;
	table->count = 0;
	table->size = 0;
}

/* ---- the heap --------------------------------------------------------------------- */

/* By time and then name, so that which one goes depends on nothing else. */
static bool is_before(const struct baseline_entry *a, const struct baseline_entry *b)
{
	if (a->last_at != b->last_at)
		return a->last_at < b->last_at;
	return slice_compare(baseline_entry_key(a), baseline_entry_key(b)) < 0;
}

static void put_at(struct baseline_table *table, size_t place,
		   struct baseline_entry *entry)
{
	table->heap[place] = entry;
	entry->place = place;
}

static void move_up(struct baseline_table *table, struct baseline_entry *entry)
{
	size_t place = entry->place;

	while (place > 0) {
		size_t above = (place - 1) / 2;

		if (!is_before(entry, table->heap[above]))
			break;
		put_at(table, place, table->heap[above]);
		place = above;
	}
	put_at(table, place, entry);
}

static void move_down(struct baseline_table *table, struct baseline_entry *entry)
{
	size_t place = entry->place;

	for (;;) {
		size_t below = 2 * place + 1;

		if (below >= table->count)
			break;
		if (below + 1 < table->count &&
		    is_before(table->heap[below + 1], table->heap[below]))
			below++;
		if (!is_before(table->heap[below], entry))
			break;
		put_at(table, place, table->heap[below]);
		place = below;
	}
	put_at(table, place, entry);
}

/* ---- entries ---------------------------------------------------------------------- */

static bool entry_is(const void *entry, const void *key)
{
	return slice_equal(baseline_entry_key(entry), *(const struct slice *)key);
}

struct baseline_entry *baseline_table_find(const struct baseline_table *table,
					   struct slice key)
{
	return map_find(&table->map, hash_bytes(&table->hash_key, key), entry_is, &key);
}

struct baseline_entry *baseline_table_oldest(const struct baseline_table *table)
{
	return table->count ? table->heap[0] : NULL;
}

struct baseline_entry *baseline_table_add(struct baseline_table *table, struct slice key)
{
	struct baseline_entry *entry = memory_new(1, sizeof(*entry) + key.len);

	assert(!baseline_table_is_full(table));
	entry->first_at = US_TIME_NONE;
	entry->last_at = US_TIME_NONE;
	entry->hash = hash_bytes(&table->hash_key, key);
	entry->key_len = key.len;
	if (key.len)
		memcpy(entry->key, key.ptr, key.len);
	if (table->count == table->size) {
		table->size = table->size ? 2 * table->size : 16;
		table->heap = memory_resize(table->heap, table->size,
					    sizeof(struct baseline_entry *));
	}
	entry->place = table->count++;
	move_up(table, entry);
	map_add(&table->map, entry->hash, entry);
	return entry;
}

void baseline_table_note(struct baseline_table *table, struct baseline_entry *entry,
			 const us_time times[2], uint64_t count)
{
	if (entry->first_at == US_TIME_NONE || times[0] < entry->first_at)
		entry->first_at = times[0];
	if (entry->last_at == US_TIME_NONE || times[1] > entry->last_at) {
		entry->last_at = times[1];
		move_down(table, entry);
	}
	entry->count =
		count > UINT64_MAX - entry->count ? UINT64_MAX : entry->count + count;
}

void baseline_table_remove(struct baseline_table *table, struct baseline_entry *entry)
{
	struct baseline_entry *last = table->heap[--table->count];

	if (last != entry) {
		put_at(table, entry->place, last);
		move_up(table, last);
		move_down(table, last);
	}
	map_remove(&table->map, entry->hash, entry);
	entry_free(entry);
}
