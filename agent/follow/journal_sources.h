/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The journal files that are known, as a list: one by its id, and the one whose turn it
 * is to be read. Opens none of them, and knows of no folder.
 */
#include "agent/follow/journal_source.h"

struct journal_sources {
	struct journal_source **items; /* owned, each too */
	size_t count;
};

/* Adds a file; the list owns it. */
void journal_sources_add(struct journal_sources *sources, struct journal_source *source);

/* The file of this id, or NULL. */
struct journal_source *journal_sources_find(const struct journal_sources *sources,
					    sd_id128_t file_id);

/* The file to read next: with the earliest entry, and within a chain the oldest. NULL
 * when all was read. `*ret_until` is a time that no other file's next entry is before. */
struct journal_source *journal_sources_next(const struct journal_sources *sources,
					    us_time *ret_until);

void journal_sources_release(struct journal_sources *sources);
