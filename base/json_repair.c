/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_repair.h"

#define ESCAPE_BYTES 6 /* \u and four hexadecimal digits */

static bool take_digit(char byte, unsigned *value)
{
	unsigned digit;

	if (byte >= '0' && byte <= '9')
		digit = (unsigned)(byte - '0');
	else if (byte >= 'a' && byte <= 'f')
		digit = (unsigned)(byte - 'a') + 10;
	else if (byte >= 'A' && byte <= 'F')
		digit = (unsigned)(byte - 'A') + 10;
	else
		return false;
	*value = *value * 16 + digit;
	return true;
}

/* The code unit that the escape at `at` stands for. False when there is no such escape.
 */
static bool unit_at(struct slice text, size_t at, unsigned *ret_unit)
{
	*ret_unit = 0;
	if (at > text.len || text.len - at < ESCAPE_BYTES || text.ptr[at] != '\\' ||
	    text.ptr[at + 1] != 'u')
		return false;
	for (size_t i = at + 2; i < at + ESCAPE_BYTES; i++)
		if (!take_digit(text.ptr[i], ret_unit))
			return false;
	return true;
}

static bool is_high(unsigned unit)
{
	return unit >= 0xd800 && unit <= 0xdbff;
}

static bool is_low(unsigned unit)
{
	return unit >= 0xdc00 && unit <= 0xdfff;
}

/* The length of the escape at `at`, a pair counting as one; whether it is to be replaced.
 */
static size_t escape_length(struct slice text, size_t at, bool *ret_is_bad)
{
	unsigned unit, next;

	*ret_is_bad = false;
	if (!unit_at(text, at, &unit))
		return 2;
	if (is_high(unit) && unit_at(text, at + ESCAPE_BYTES, &next) && is_low(next))
		return (size_t)2 * ESCAPE_BYTES;
	*ret_is_bad = unit == 0 || is_high(unit) || is_low(unit);
	return ESCAPE_BYTES;
}

bool json_repair(struct slice text, struct buf *buf)
{
	size_t copied = 0, at = 0;
	bool is_bad;

	while (at < text.len) {
		const char *escape = memchr(text.ptr + at, '\\', text.len - at);
		size_t len;

		if (!escape)
			break;
		at = (size_t)(escape - text.ptr);
		len = escape_length(text, at, &is_bad);
		if (is_bad) {
			buf_append(buf, slice_of(text.ptr + copied, at - copied));
			buf_append_text(buf, "\\ufffd");
			copied = at + ESCAPE_BYTES;
		}
		at += len;
	}
	if (copied)
		buf_append(buf, slice_skip(text, copied));
	return copied > 0;
}
