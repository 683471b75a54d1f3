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

struct arena {
	char *blocks[ARENA_BLOCKS]; /* owned; NULL until needed */
	size_t block;		    /* the one in use */
	size_t used_bytes;	    /* of it */
};

/* Says that there is more of `what` than the simulator was made for, and aborts. */
void limit_reached(const char *what) __attribute__((noreturn));

void arena_release(struct arena *arena);

/* Everything handed out becomes invalid; the memory is kept. */
void arena_clear(struct arena *arena);

/* Aligned for any type, not initialised. Aborts when the arena is full. */
void *arena_take(struct arena *arena, size_t size_bytes);

/* The formatted text, terminated. */
struct slice arena_format(struct arena *arena, const char *format, va_list arguments)
	__attribute__((format(printf, 2, 0)));
