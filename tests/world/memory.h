/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Memory that lives as long as one world: handed out in small pieces, given back all at
 * once and used again for the next world.
 */
#include <stdarg.h>

#include "base/slice.h"

#define ARENA_BLOCKS 1024
#define ARENA_BLOCK_BYTES ((size_t)128 * 1024)

struct world_memory {
	char *blocks[ARENA_BLOCKS]; /* owned; NULL until needed */
	size_t block;		    /* the one in use */
	size_t used_bytes;	    /* of it */
};

/* Says that there is more of `what` than the simulator was made for, and aborts. */
void limit_reached(const char *what) __attribute__((noreturn));

void world_memory_release(struct world_memory *arena);

/* Everything handed out becomes invalid; the memory is kept. */
void world_memory_clear(struct world_memory *arena);

/* Aligned for any type, not initialised. Aborts when the arena is full. */
void *world_memory_take(struct world_memory *arena, size_t size_bytes);

/* The formatted text, terminated. */
struct slice world_memory_format(struct world_memory *arena, const char *format,
				 va_list arguments) __attribute__((format(printf, 2, 0)));
