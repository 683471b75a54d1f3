/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Allocation that cannot fail: when memory is gone the process aborts and is restarted.
 * Allowed only for sizes that were checked against a ceiling of base/limits.h first.
 */
#include <stddef.h>

#include "base/slice.h"

/* Zeroed memory for `count` items of `size_bytes`; aborts on overflow or when none is
 * left. */
void *memory_new(size_t count, size_t size_bytes)
	__attribute__((malloc, returns_nonnull));

/* Resizes to `count` items of `size_bytes`; what is new is not initialised. */
void *memory_resize(void *pointer, size_t count, size_t size_bytes)
	__attribute__((returns_nonnull, warn_unused_result));

/* Gives memory that was freed back to the system, where the C library can. Takes a while.
 */
void memory_give_back(void);

/* A NUL-terminated copy, owned by the caller. Bytes after a NUL inside `text` are kept.
 */
char *memory_copy_text(struct slice text) __attribute__((malloc, returns_nonnull));
