/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Baseline table: what was seen of one kind, by name, with the times and the number of
 * its logins. Names may be an attacker's, so there is a ceiling: what is added past it
 * takes the place of what was seen least lately, which a heap keeps at hand.
 */
#include "base/hash.h"
#include "base/map.h"
#include "base/time.h"

/* Logins of one subject whose times are remembered: policy/baseline_rate.c. */
struct baseline_recent;

struct baseline_entry {
	us_time first_at, last_at; /* US_TIME_NONE = no login yet */
	uint64_t count;
	struct baseline_recent *recent; /* owned: one block; NULL = none */
	uint64_t hash;
	size_t place; /* in the heap */
	size_t key_len;
	char key[];
};

struct baseline_table {
	struct hash_key hash_key;
	struct map map;
	struct baseline_entry **heap; /* owned, as are those in it; the one that was seen
					 least lately is first */
	size_t count, size;
	size_t limit; /* entries */
};

void baseline_table_init(struct baseline_table *table, size_t limit);
void baseline_table_release(struct baseline_table *table);

static inline struct slice baseline_entry_key(const struct baseline_entry *entry)
{
	return slice_of(entry->key, entry->key_len);
}

/* NULL when there is none of this name. */
struct baseline_entry *baseline_table_find(const struct baseline_table *table,
					   struct slice key);

static inline bool baseline_table_is_full(const struct baseline_table *table)
{
	return table->count == table->limit;
}

/* The one that was seen least lately; NULL when the table is empty. */
struct baseline_entry *baseline_table_oldest(const struct baseline_table *table);

/* Adds one that is not there yet, without a login. The table is not full. */
struct baseline_entry *baseline_table_add(struct baseline_table *table, struct slice key);

/* Adds `count` logins, the earliest and latest of them at these times. */
void baseline_table_note(struct baseline_table *table, struct baseline_entry *entry,
			 const us_time times[2], uint64_t count);

/* Removes and frees. */
void baseline_table_remove(struct baseline_table *table, struct baseline_entry *entry);
