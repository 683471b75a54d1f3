/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An open-addressing table from 64-bit hashes to borrowed entries; the keys live in the
 * entries. Several entries may share a hash. No output may depend on its order, so it
 * offers no walk but over the entries of one hash.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_slot {
	uint64_t hash;
	void *entry; /* NULL: free; MAP_TOMBSTONE: removed */
};

struct map {
	struct map_slot *slots;
	size_t size;  /* slots, a power of two, or 0 */
	size_t count; /* entries */
	size_t used;  /* entries and tombstones */
};

/* Whether `entry` is the one that `key` names. */
typedef bool map_match_fn(const void *entry, const void *key);

void map_init(struct map *map);
void map_release(struct map *map);

/* The first entry with this hash that matches, or NULL. */
void *map_find(const struct map *map, uint64_t hash, map_match_fn *match,
	       const void *key);

/* Adds without looking for an equal one. `entry` is not NULL and stays the caller's. */
void map_add(struct map *map, uint64_t hash, void *entry);

/* Removes this very entry; false when it is not there. */
bool map_remove(struct map *map, uint64_t hash, const void *entry);
