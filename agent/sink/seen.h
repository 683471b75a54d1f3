/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Seen: the lines that a file holds already past a place up to which all is known, so
 * that none of them is written again. Remembers a digest of each line, as often as it
 * stands there.
 */
#include "base/err.h"
#include "base/hash.h"
#include "base/map.h"
#include "base/slice.h"

struct seen {
	struct map lines;
	struct hash_key keys[2];
	struct seen_line *first; /* all that were made */
};

void seen_init(struct seen *seen);
void seen_release(struct seen *seen);

void seen_add(struct seen *seen, struct slice line);
/* Whether the line is there, once more than it was taken. */
bool seen_has(const struct seen *seen, struct slice line);
void seen_take(struct seen *seen, struct slice line);

/* Adds the whole lines from `from`, or of the last LIMIT_SINK_SCAN_BYTES. *ret_end is
 * where the last whole line ends: `from` when there is none. */
int seen_read(struct seen *seen, int fd, uint64_t from, uint64_t *ret_end,
	      struct err *err) __attribute__((warn_unused_result));
