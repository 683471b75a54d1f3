/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

#define FIRST_SIZE ((size_t)16)

static char tombstone;
#define MAP_TOMBSTONE ((void *)&tombstone)

void map_init(struct map *map)
{
	*map = (struct map){ .slots = NULL };
}

void map_release(struct map *map)
{
	free(map->slots);
	map_init(map);
}

static inline size_t slot_next(const struct map *map, size_t i)
{
	return (i + 1) & (map->size - 1);
}

void *map_find(const struct map *map, uint64_t hash, map_match_fn *match, const void *key)
{
	if (map->size == 0)
		return NULL;

	/* Ends, as there always are free slots. */
	for (size_t i = hash & (map->size - 1); map->slots[i].entry;
	     i = slot_next(map, i)) {
		const struct map_slot *slot = &map->slots[i];

		if (slot->hash == hash && slot->entry != MAP_TOMBSTONE &&
		    match(slot->entry, key))
			return slot->entry;
	}
	return NULL;
}

static void put(struct map *map, uint64_t hash, void *entry)
{
	size_t i = hash & (map->size - 1);

	while (map->slots[i].entry)
		i = slot_next(map, i);
	map->slots[i] = (struct map_slot){ .hash = hash, .entry = entry };
	map->count++;
	map->used++;
}

/* Moves the entries to a table that they and one more fill by half at most: a larger one,
 * or one of the same size or smaller without the tombstones. Entries of one hash may
 * change places among each other. */
static void rehash(struct map *map)
{
	struct map old = *map;
	size_t size = FIRST_SIZE;

	while (size / 2 < old.count + 1)
		size *= 2;

	*map = (struct map){ .slots = memory_new(size, sizeof(*map->slots)),
			     .size = size };
	for (size_t i = 0; i < old.size; i++) {
		if (old.slots[i].entry && old.slots[i].entry != MAP_TOMBSTONE)
			put(map, old.slots[i].hash, old.slots[i].entry);
	}
	free(old.slots);
}

void map_add(struct map *map, uint64_t hash, void *entry)
{
	assert(entry);
	if (map->used + 1 > map->size * 7 / 10)
		rehash(map);
	put(map, hash, entry);
}

/* Empties a slot, together with the tombstones that nothing stands behind any more. */
static void vacate(struct map *map, size_t i)
{
	size_t mask = map->size - 1;

	map->slots[i].entry = MAP_TOMBSTONE;
	if (map->slots[slot_next(map, i)].entry)
		return;
	for (; map->slots[i].entry == MAP_TOMBSTONE; i = (i - 1) & mask) {
		map->slots[i].entry = NULL;
		map->used--;
	}
}

bool map_remove(struct map *map, uint64_t hash, const void *entry)
{
	if (map->size == 0)
		return false;

	for (size_t i = hash & (map->size - 1); map->slots[i].entry;
	     i = slot_next(map, i)) {
		if (map->slots[i].entry == entry) {
			vacate(map, i);
			map->count--;
			return true;
		}
	}
	return false;
}
