/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Fingerprints: the set of the keys that are in one authorized_keys file. Filled first,
 * then sorted once, then asked.
 */
#include "base/slice.h"
#include "evidence/cloud.h"

struct fingerprint {
	char text[FINGERPRINT_TEXT_BYTES]; /* terminated, the rest of it 0 */
};

/* All 0 is an empty set. */
struct fingerprints {
	struct fingerprint *items; /* owned, sorted once complete */
	size_t count, room;
};

/* False where the set is full, at LIMIT_KEYS_OF_FILE, or the text is too long. */
bool fingerprints_add(struct fingerprints *set, struct slice text);

/* Sorts what was added, and leaves each only once. */
void fingerprints_sort(struct fingerprints *set);

/* Of a sorted set. */
bool fingerprints_has(const struct fingerprints *set, const struct fingerprint *one);

/* Empties it. */
void fingerprints_release(struct fingerprints *set);
