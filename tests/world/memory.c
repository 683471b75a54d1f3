/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/world/memory.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void limit_reached(const char *what)
{
	fprintf(stderr, "world: more %s than it was made for\n", what);
	abort();
}

void world_memory_release(struct world_memory *arena)
{
	for (size_t i = 0; i < ARENA_BLOCKS; i++)
		free(arena->blocks[i]);
	*arena = (struct world_memory){ 0 };
}

void world_memory_clear(struct world_memory *arena)
{
	arena->block = 0;
	arena->used_bytes = 0;
}

void *world_memory_take(struct world_memory *arena, size_t size_bytes)
{
	size_t rounded = (size_bytes + 15) & ~(size_t)15;
	char *piece;

	if (rounded > ARENA_BLOCK_BYTES)
		limit_reached("bytes");
	if (arena->used_bytes + rounded > ARENA_BLOCK_BYTES) {
		arena->block++;
		arena->used_bytes = 0;
	}
	if (arena->block >= ARENA_BLOCKS)
		limit_reached("bytes");
	if (!arena->blocks[arena->block])
		arena->blocks[arena->block] = memory_new(ARENA_BLOCK_BYTES, 1);
	piece = arena->blocks[arena->block] + arena->used_bytes;
	arena->used_bytes += rounded;
	return piece;
}

struct slice world_memory_format(struct world_memory *arena, const char *format,
				 va_list arguments)
{
	char text[512];
	int len = vsnprintf(text, sizeof(text), format, arguments);
	char *copy;

	if (len < 0 || (size_t)len >= sizeof(text))
		limit_reached("bytes");
	copy = world_memory_take(arena, (size_t)len + 1);
	memcpy(copy, text, (size_t)len + 1);
	return slice_of(copy, (size_t)len);
}
