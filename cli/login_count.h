/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Login count: logins grouped by what they have in common (`--count-by`), the most first.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/map.h"
#include "cli/ask_options.h"
#include "correlator/verdict.h"

struct login_group {
	uint64_t count;
	struct slice values[COUNT_KEY_COUNT]; /* in the order of the keys; "" = none */
};

struct login_count {
	const struct ask_options *options; /* borrowed: the keys */
	struct arena *arena;		   /* borrowed: holds the groups */
	struct login_group **groups;	   /* owned array */
	size_t count, size;
	struct map by_values;
	struct hash_key hash_key;
};

void login_count_init(struct login_count *counts, const struct ask_options *options,
		      struct arena *arena);
void login_count_release(struct login_count *counts);

void login_count_add(struct login_count *counts, const struct verdict *verdict);

/* The most first; equal ones by their values. */
void login_count_sort(struct login_count *counts);

/* Appends a group as JSON, without a newline. */
void login_count_append_json(const struct login_count *counts,
			     const struct login_group *group, struct buf *buf);
