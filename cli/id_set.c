/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/id_set.h"

#include <stdlib.h>

#include "base/memory.h"

void id_set_init(struct id_set *set)
{
	*set = (struct id_set){ .key = hash_key_random() };
}

void id_set_release(struct id_set *set)
{
	free(set->hashes);
	set->hashes = NULL;
	set->size = 0;
	set->count = 0;
}

/* The slot that holds the hash, or the free one where it belongs. */
static uint64_t *slot_of(uint64_t *hashes, size_t size, uint64_t hash)
{
	size_t i = (size_t)hash & (size - 1);

	while (hashes[i] && hashes[i] != hash)
		i = (i + 1) & (size - 1);
	return &hashes[i];
}

static void grow(struct id_set *set)
{
	size_t size = set->size ? 2 * set->size : 1024;
	uint64_t *hashes = memory_new(size, sizeof(*hashes));

	for (size_t i = 0; i < set->size; i++) {
		if (set->hashes[i])
			*slot_of(hashes, size, set->hashes[i]) = set->hashes[i];
	}
	free(set->hashes);
	set->hashes = hashes;
	set->size = size;
}

bool id_set_add(struct id_set *set, struct slice id)
{
	uint64_t hash = hash_bytes(&set->key, id);
	uint64_t *slot;

	if (hash == 0)
		hash = 1;
	if (set->count + 1 > set->size / 4 * 3)
		grow(set);
	slot = slot_of(set->hashes, set->size, hash);
	if (*slot)
		return false;
	*slot = hash;
	set->count++;
	return true;
}
