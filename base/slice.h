/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A borrowed run of bytes. Never owns, never changes what it points at, may hold NULs and
 * anything else. All comparisons are of bytes; no locale is consulted anywhere.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
	const char *ptr; /* may be NULL when len is 0 */
	size_t len;
};

/* For printf's "%.*s". */
#define SLICE_ARG(slice) (int)(slice).len, (slice).ptr ? (slice).ptr : ""

/* A slice of a string literal. */
#define SLICE(literal) ((struct slice){ (literal), sizeof(literal) - 1 })

static inline struct slice slice_of(const char *ptr, size_t len)
{
	return (struct slice){ ptr, len };
}

/* A slice of a terminated string; NULL gives the empty slice. */
static inline struct slice slice_text(const char *text)
{
	return (struct slice){ text, text ? strlen(text) : 0 };
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Equal but for the case of ASCII letters. */
bool slice_equal_ignoring_case(struct slice a, struct slice b);

static inline bool slice_starts_with(struct slice text, struct slice prefix)
{
	return text.len >= prefix.len &&
	       (prefix.len == 0 || memcmp(text.ptr, prefix.ptr, prefix.len) == 0);
}

static inline bool slice_ends_with(struct slice text, struct slice suffix)
{
	return text.len >= suffix.len &&
	       (suffix.len == 0 ||
		memcmp(text.ptr + text.len - suffix.len, suffix.ptr, suffix.len) == 0);
}

/* What is left after the first `count` bytes; empty when there are fewer. */
static inline struct slice slice_skip(struct slice text, size_t count)
{
	return count >= text.len
		       ? (struct slice){ text.ptr ? text.ptr + text.len : NULL, 0 }
		       : (struct slice){ text.ptr + count, text.len - count };
}

/* The first `count` bytes, or all. */
static inline struct slice slice_first(struct slice text, size_t count)
{
	return (struct slice){ text.ptr, count < text.len ? count : text.len };
}

/* Consumes `prefix` at the front of `*text`; false, and nothing consumed, when it is not
 * there. */
bool slice_take_prefix(struct slice *text, struct slice prefix);

/* Consumes `suffix` at the end of `*text`; false, and nothing consumed, when it is not
 * there. */
bool slice_take_suffix(struct slice *text, struct slice suffix);

/* Consumes up to and including the first `separator`, giving what stood before it. False,
 * and nothing consumed, when there is none. */
bool slice_take_until(struct slice *text, char separator, struct slice *ret_before);

/* As slice_take_until() with a separator of several bytes. */
bool slice_take_until_text(struct slice *text, struct slice separator,
			   struct slice *ret_before);

/* Consumes decimal digits, at least one and at most what fits `max`. False, and nothing
 * consumed, when there are none or the number is larger. */
bool slice_take_number(struct slice *text, uint64_t max, uint64_t *ret_number);

/* The whole slice as a decimal number of at most `max`; false when it is anything else.
 */
bool slice_number(struct slice text, uint64_t max, uint64_t *ret_number);

/* Position of the first `needle`, or -1. An empty needle is at 0. */
ptrdiff_t slice_find(struct slice text, struct slice needle);

/* As slice_find(), ignoring the case of ASCII letters. */
ptrdiff_t slice_find_ignoring_case(struct slice text, struct slice needle);

/* Position of the last `byte`, or -1. */
ptrdiff_t slice_find_last(struct slice text, char byte);

/* Without blanks and tabs at both ends. */
struct slice slice_trim(struct slice text);

/* Orders by bytes, shorter first when one is the other's beginning: <0, 0, >0. */
int slice_compare(struct slice a, struct slice b);
