/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Id set: how many different ids there were. Keeps a keyed 64-bit hash of each instead of
 * the id: eight bytes an id, and a count that is off by one once in 2^64 pairs.
 */
#include "base/hash.h"

struct id_set {
	struct hash_key key;
	uint64_t *hashes; /* owned; 0 = free */
	size_t size;	  /* a power of two, or 0 */
	size_t count;
};

void id_set_init(struct id_set *set);
void id_set_release(struct id_set *set);

/* Whether the id is new. */
bool id_set_add(struct id_set *set, struct slice id);
