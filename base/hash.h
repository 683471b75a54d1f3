/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Keyed hashing for tables whose keys an attacker may choose: SipHash-2-4
 * (Aumasson and Bernstein, 2012). Never a source of ids or of order.
 */
#include <stdint.h>

#include "base/slice.h"

struct hash_key {
	uint64_t word[2];
};

/* A random key from the system. Aborts when there is no randomness. */
struct hash_key hash_key_random(void);

uint64_t hash_bytes(const struct hash_key *key, struct slice bytes);

/* As hash_bytes() over the bytes with ASCII letters in lower case. */
uint64_t hash_bytes_ignoring_case(const struct hash_key *key, struct slice bytes);

/* Mixes two hashes into one; order matters. */
uint64_t hash_mix(uint64_t a, uint64_t b);
