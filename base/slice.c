/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: memmem() and memrchr() are GNU's */
#include "base/slice.h"

static inline unsigned char lower(char byte)
{
	unsigned char c = (unsigned char)byte;

	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

static bool bytes_equal_ignoring_case(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (lower(a[i]) != lower(b[i]))
			return false;
	}
	return true;
}

bool slice_equal_ignoring_case(struct slice a, struct slice b)
{
	return a.len == b.len && bytes_equal_ignoring_case(a.ptr, b.ptr, a.len);
}

bool slice_take_prefix(struct slice *text, struct slice prefix)
{
	if (!slice_starts_with(*text, prefix))
		return false;
	*text = slice_skip(*text, prefix.len);
	return true;
}

bool slice_take_suffix(struct slice *text, struct slice suffix)
{
	if (!slice_ends_with(*text, suffix))
		return false;
	text->len -= suffix.len;
	return true;
}

bool slice_take_until(struct slice *text, char separator, struct slice *ret_before)
{
	const char *found = text->len ? memchr(text->ptr, separator, text->len) : NULL;
	size_t before;

	if (!found)
		return false;
	before = (size_t)(found - text->ptr);
	*ret_before = slice_first(*text, before);
	*text = slice_skip(*text, before + 1);
	return true;
}

bool slice_take_until_text(struct slice *text, struct slice separator,
			   struct slice *ret_before)
{
	ptrdiff_t before = slice_find(*text, separator);

	if (before < 0)
		return false;
	*ret_before = slice_first(*text, (size_t)before);
	*text = slice_skip(*text, (size_t)before + separator.len);
	return true;
}

bool slice_take_number(struct slice *text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i = 0;

	for (; i < text->len; i++) {
		unsigned digit = (unsigned)(unsigned char)text->ptr[i] - '0';

		if (digit > 9)
			break;
		if (digit > max || number > (max - digit) / 10)
			return false;
		number = number * 10 + digit;
	}
	if (i == 0)
		return false;

	*text = slice_skip(*text, i);
	*ret_number = number;
	return true;
}

bool slice_number(struct slice text, uint64_t max, uint64_t *ret_number)
{
	uint64_t number;

	if (!slice_take_number(&text, max, &number) || text.len)
		return false;
	*ret_number = number;
	return true;
}

ptrdiff_t slice_find(struct slice text, struct slice needle)
{
	const char *found;

	if (needle.len == 0)
		return 0;
	if (needle.len > text.len)
		return -1;
	found = memmem(text.ptr, text.len, needle.ptr, needle.len);
	return found ? found - text.ptr : -1;
}

ptrdiff_t slice_find_ignoring_case(struct slice text, struct slice needle)
{
	unsigned char first;

	if (needle.len == 0)
		return 0;
	if (needle.len > text.len)
		return -1;

	first = lower(needle.ptr[0]);
	for (size_t i = 0; i <= text.len - needle.len; i++) {
		if (lower(text.ptr[i]) == first &&
		    bytes_equal_ignoring_case(text.ptr + i, needle.ptr, needle.len))
			return (ptrdiff_t)i;
	}
	return -1;
}

ptrdiff_t slice_find_last(struct slice text, char byte)
{
	const char *found = text.len ? memrchr(text.ptr, byte, text.len) : NULL;

	return found ? found - text.ptr : -1;
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t';
}

struct slice slice_trim(struct slice text)
{
	while (text.len && is_blank(text.ptr[text.len - 1]))
		text.len--;
	while (text.len && is_blank(text.ptr[0]))
		text = slice_skip(text, 1);
	return text;
}

int slice_compare(struct slice a, struct slice b)
{
	size_t shorter = a.len < b.len ? a.len : b.len;
	int order = shorter ? memcmp(a.ptr, b.ptr, shorter) : 0;

	return order ? order : (a.len > b.len) - (a.len < b.len);
}
