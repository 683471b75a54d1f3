/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/unescape.h"

static int hex_digit(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* Consumes four hexadecimal digits. */
static bool take_hex(struct slice *raw, uint32_t *ret_unit)
{
	uint32_t unit = 0;

	if (raw->len < 4)
		return false;
	for (unsigned i = 0; i < 4; i++) {
		int digit = hex_digit(raw->ptr[i]);

		if (digit < 0)
			return false;
		unit = unit << 4 | (uint32_t)digit;
	}
	*raw = slice_skip(*raw, 4);
	*ret_unit = unit;
	return true;
}

static bool append_code_point(struct buf *buf, uint32_t code)
{
	char bytes[4];
	size_t len = 0;

	if (code < 0x80) {
		bytes[len++] = (char)code;
	} else if (code < 0x800) {
		bytes[len++] = (char)(0xc0 | code >> 6);
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	} else if (code < 0x10000) {
		bytes[len++] = (char)(0xe0 | code >> 12);
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	} else {
		bytes[len++] = (char)(0xf0 | code >> 18);
		bytes[len++] = (char)(0x80 | (code >> 12 & 0x3f));
		bytes[len++] = (char)(0x80 | (code >> 6 & 0x3f));
		bytes[len++] = (char)(0x80 | (code & 0x3f));
	}
	return buf_append(buf, slice_of(bytes, len));
}

/* What follows "\u". */
static bool decode_unicode(struct slice *raw, struct buf *buf)
{
	uint32_t code, low;

	if (!take_hex(raw, &code))
		return false;
	if (code >= 0xd800 && code <= 0xdfff) {
		if (code > 0xdbff || !slice_take_prefix(raw, SLICE("\\u")) ||
		    !take_hex(raw, &low) || low < 0xdc00 || low > 0xdfff)
			return false;
		code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
	}
	return append_code_point(buf, code);
}

bool unescape(struct slice raw, struct buf *buf)
{
	static const char escapes[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	struct slice plain;

	while (slice_take_until(&raw, '\\', &plain)) {
		const char *escape;

		if (!raw.len || !buf_append(buf, plain))
			return false;
		if (slice_take_prefix(&raw, SLICE("u"))) {
			if (!decode_unicode(&raw, buf))
				return false;
			continue;
		}
		escape = memchr(escapes, raw.ptr[0], sizeof(escapes) - 1);
		if (!escape || !buf_append_byte(buf, meanings[escape - escapes]))
			return false;
		raw = slice_skip(raw, 1);
	}
	return buf_append(buf, raw);
}
