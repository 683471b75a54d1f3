/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The correlator's peer: a bare open-addressing table, linear probing, at most half full,
 * of slots that hold a hash and a pointer to an entry on the heap with its key. It
 * hashes, probes, compares and, to add, allocates an entry; it does nothing else.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"

#define PEER_KEY_BYTES 36 /* as an id of AWS */

struct peer_entry {
	char key[PEER_KEY_BYTES];
	uint32_t value;
};

struct peer_slot {
	uint64_t hash;
	struct peer_entry *entry;
};

struct peer {
	struct hash_key hash_key;
	struct peer_slot *slots;
	size_t size;	      /* a power of two, at least twice the entries */
	uint64_t first, next; /* the numbers of the keys in it */
};

/* A table of `count` entries whose keys are made of the numbers 0 to count - 1. */
void peer_init(struct peer *peer, size_t count);
void peer_release(struct peer *peer);

/* Looks for a key that is there; the result keeps the compiler from leaving it out. */
uint32_t peer_find(const struct peer *peer, uint64_t random);

/* Adds one and removes the oldest, so that its size stays. */
void peer_add(struct peer *peer);
void peer_remove(struct peer *peer);
