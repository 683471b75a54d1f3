/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdlib.h>

#include "base/memory.h"

#define BLOCK_BYTES ((size_t)256 * 1024)

struct arena_block {
	struct arena_block *older;
	size_t size_bytes;
	alignas(max_align_t) char bytes[];
};

void arena_init(struct arena *arena)
{
	*arena = (struct arena){ .blocks = NULL, .used = 0 };
}

void arena_release(struct arena *arena)
{
	while (arena->blocks) {
		struct arena_block *block = arena->blocks;

		arena->blocks = block->older;
		free(block);
	}
	arena_init(arena);
}

static void add_block(struct arena *arena, size_t size_bytes)
{
	struct arena_block *block = memory_new(1, sizeof(*block) + size_bytes);

	block->older = arena->blocks;
	block->size_bytes = size_bytes;
	arena->blocks = block;
	arena->used = 0;
}

static void *take_bytes(struct arena *arena, size_t size_bytes, size_t alignment)
{
	size_t start = (arena->used + alignment - 1) / alignment * alignment;

	if (!arena->blocks || start > arena->blocks->size_bytes ||
	    size_bytes > arena->blocks->size_bytes - start) {
		add_block(arena, size_bytes > BLOCK_BYTES ? size_bytes : BLOCK_BYTES);
		start = 0;
	}
	arena->used = start + size_bytes;
	return arena->blocks->bytes + start;
}

void *arena_new(struct arena *arena, size_t size_bytes)
{
	return take_bytes(arena, size_bytes, alignof(max_align_t));
}

struct slice arena_copy(struct arena *arena, struct slice bytes)
{
	char *copy = take_bytes(arena, bytes.len + 1, 1);

	if (bytes.len)
		memcpy(copy, bytes.ptr, bytes.len);
	copy[bytes.len] = '\0';
	return slice_of(copy, bytes.len);
}

const struct slice *arena_copy_slices(struct arena *arena, const struct slice *slices,
				      size_t count)
{
	struct slice *copies;

	if (count == 0)
		return NULL;
	copies = arena_new(arena, count * sizeof(*copies));
	for (size_t i = 0; i < count; i++)
		copies[i] = arena_copy(arena, slices[i]);
	return copies;
}
