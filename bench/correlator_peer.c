/* SPDX-License-Identifier: Apache-2.0 */
#include "bench/correlator_peer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

static void make_key(uint64_t number, char key[PEER_KEY_BYTES])
{
	static const char hex[] = "0123456789abcdef";
	uint64_t word = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);

	for (size_t i = 0; i < PEER_KEY_BYTES; i++) {
		key[i] = hex[word & 15];
		word = word >> 4 | word << 60;
	}
}

static struct peer_slot *find(const struct peer *peer, const char key[PEER_KEY_BYTES],
			      uint64_t *ret_hash)
{
	uint64_t hash = hash_bytes(&peer->hash_key, slice_of(key, PEER_KEY_BYTES));
	size_t i = hash & (peer->size - 1);

	while (peer->slots[i].entry) {
		if (peer->slots[i].hash == hash &&
		    memcmp(peer->slots[i].entry->key, key, PEER_KEY_BYTES) == 0)
			break;
		i = (i + 1) & (peer->size - 1);
	}
	*ret_hash = hash;
	return &peer->slots[i];
}

uint32_t peer_find(const struct peer *peer, uint64_t random)
{
	char key[PEER_KEY_BYTES];
	uint64_t hash;

	make_key(peer->first + random % (peer->next - peer->first), key);
	return find(peer, key, &hash)->entry->value;
}

void peer_add(struct peer *peer)
{
	struct peer_entry *entry = memory_new(1, sizeof(*entry));
	struct peer_slot *slot;
	uint64_t hash;

	make_key(peer->next, entry->key);
	entry->value = (uint32_t)peer->next++;
	slot = find(peer, entry->key, &hash);
	*slot = (struct peer_slot){ hash, entry };
}

void peer_remove(struct peer *peer)
{
	char key[PEER_KEY_BYTES];
	struct peer_slot *slot;
	size_t hole, i;
	uint64_t hash;

	make_key(peer->first++, key);
	slot = find(peer, key, &hash);
	free(slot->entry);
	/* no tombstones: what stands behind the hole moves up */
	hole = (size_t)(slot - peer->slots);
	for (i = (hole + 1) & (peer->size - 1); peer->slots[i].entry;
	     i = (i + 1) & (peer->size - 1)) {
		size_t home = peer->slots[i].hash & (peer->size - 1);

		if (((i - home) & (peer->size - 1)) < ((i - hole) & (peer->size - 1)))
			continue;
		peer->slots[hole] = peer->slots[i];
		hole = i;
	}
	peer->slots[hole].entry = NULL;
}

void peer_init(struct peer *peer, size_t count)
{
	*peer = (struct peer){ .hash_key = hash_key_random(), .size = 16 };
	while (peer->size < 2 * count)
		peer->size *= 2;
	peer->slots = memory_new(peer->size, sizeof(*peer->slots));
	while (peer->next < count)
		peer_add(peer);
}

void peer_release(struct peer *peer)
{
	for (size_t i = 0; i < peer->size; i++)
		free(peer->slots[i].entry);
	free(peer->slots);
}
