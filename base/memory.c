/* SPDX-License-Identifier: Apache-2.0 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static _Noreturn void give_up(void)
{
	(void)fputs("out of memory\n", stderr);
	abort();
}

/* The C library may answer NULL to a request for nothing; ours never does. */
static size_t at_least_one(size_t count)
{
	return count ? count : 1;
}

void *memory_new(size_t count, size_t size_bytes)
{
	void *memory = calloc(at_least_one(count), at_least_one(size_bytes));

	if (!memory)
		give_up();
	return memory;
}

void *memory_resize(void *pointer, size_t count, size_t size_bytes)
{
	size_t total_bytes;
	void *memory;

	if (__builtin_mul_overflow(at_least_one(count), at_least_one(size_bytes),
				   &total_bytes))
		give_up();

	memory = realloc(pointer, total_bytes);
	if (!memory)
		give_up();
	return memory;
}

void memory_give_back(void)
{
#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
}

char *memory_copy_text(struct slice text)
{
	char *copy;

	if (text.len == SIZE_MAX)
		give_up();

	copy = malloc(text.len + 1);
	if (!copy)
		give_up();
	if (text.len)
		memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	return copy;
}
