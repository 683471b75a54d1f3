/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdio.h>

#include "tests/support/check.h"

static void test_copies_stay(void)
{
	struct slice copies[2000];
	struct arena arena;
	char text[32];

	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(copies); i++) {
		int len = snprintf(text, sizeof(text), "%zu and more", i);

		copies[i] = arena_copy(&arena, slice_of(text, (size_t)len));
		CHECK((uintptr_t)arena_new(&arena, i) % sizeof(uint64_t) == 0);
	}
	for (size_t i = 0; i < COUNT_OF(copies); i++) {
		snprintf(text, sizeof(text), "%zu and more", i);
		CHECK_TEXT(copies[i].ptr, text);
	}
	arena_release(&arena);
}

static void test_sizes(void)
{
	static const size_t sizes[] = { 0, 1, 4096, 262143, 262144, 262145, 5000000 };
	struct arena arena;

	arena_init(&arena);
	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		char *bytes = arena_new(&arena, sizes[i]);
		bool zero = true;

		for (size_t k = 0; k < sizes[i]; k++)
			zero = zero && bytes[k] == 0;
		CHECK(zero);
		if (sizes[i])
			memset(bytes, 'x', sizes[i]);
	}
	arena_release(&arena);
	arena_release(&arena);
}

static void test_slices(void)
{
	const struct slice slices[] = { SLICE("i-1"), SLICE(""), SLICE("mi-2") };
	const struct slice *copies;
	struct arena arena;

	arena_init(&arena);
	copies = arena_copy_slices(&arena, slices, COUNT_OF(slices));
	for (size_t i = 0; i < COUNT_OF(slices); i++) {
		CHECK_SLICE(copies[i], slices[i]);
		CHECK(copies[i].ptr != slices[i].ptr);
	}
	CHECK(!arena_copy_slices(&arena, slices, 0));
	arena_release(&arena);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "copies stay", test_copies_stay },
		{ "sizes", test_sizes },
		{ "slices", test_slices },
		{ NULL, NULL },
	};

	return check_run("base/arena", tests);
}
