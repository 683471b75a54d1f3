/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Arena: memory for what a replay keeps until its end. Nothing is freed but all at once;
 * what was given out never moves.
 */
#include "base/slice.h"

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used;		    /* bytes of the newest one */
};

void arena_init(struct arena *arena);
void arena_release(struct arena *arena);

/* Zeroed memory, aligned for any type. `size_bytes` may be 0. */
void *arena_new(struct arena *arena, size_t size_bytes)
	__attribute__((malloc, returns_nonnull));

/* A copy that lives as long as the arena, with a NUL behind it. */
struct slice arena_copy(struct arena *arena, struct slice bytes);

/* As arena_copy() over an array of slices, each copied too; NULL when there are none. */
const struct slice *arena_copy_slices(struct arena *arena, const struct slice *slices,
				      size_t count);
