/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"

/* RFC 3629 section 4: what the second byte may be depends on the first, which rules out
 * overlong forms, surrogates and what lies past U+10FFFF; all later ones are 80 to BF. */
static size_t sequence_length(uint8_t first, uint8_t *ret_low, uint8_t *ret_high)
{
	*ret_low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	*ret_high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
	if (first < 0x80)
		return 1;
	if (first < 0xc2)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf5 ? 4 : 0;
}

size_t utf8_take(struct slice bytes, uint32_t *ret_code_point)
{
	const uint8_t *ptr = (const uint8_t *)bytes.ptr;
	uint32_t code_point;
	uint8_t low, high;
	size_t len;

	if (bytes.len == 0)
		return 0;
	len = sequence_length(ptr[0], &low, &high);
	if (len == 0 || len > bytes.len)
		return 0;

	code_point = len == 1 ? ptr[0] : ptr[0] & (0x7fU >> len);
	for (size_t i = 1; i < len; i++) {
		if (ptr[i] < low || ptr[i] > high)
			return 0;
		code_point = code_point << 6 | (ptr[i] & 0x3f);
		low = 0x80;
		high = 0xbf;
	}
	*ret_code_point = code_point;
	return len;
}

bool escape_needed(uint32_t code_point)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f }, /* C0 */
		{ 0x007f, 0x009f }, /* DEL, C1 */
		{ 0x00ad, 0x00ad }, /* soft hyphen */
		{ 0x061c, 0x061c }, /* Arabic letter mark */
		{ 0x180e, 0x180e }, /* Mongolian vowel separator */
		{ 0x200b, 0x200f }, /* zero-width characters, directional marks */
		{ 0x2028,
		  0x202e }, /* line and paragraph separator, embeddings, overrides */
		{ 0x2060, 0x206f },   /* word joiner, invisible operators, isolates */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xfff9, 0xfffb },   /* interlinear annotations */
		{ 0xe0000, 0xe007f }, /* tags */
	};

	/* Most text is ASCII. */
	if (code_point >= 0x20 && code_point < 0x7f)
		return false;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (code_point <= hidden[i].last)
			return code_point >= hidden[i].first;
	}
	return false;
}

static bool append_escape(struct buf *buf, struct slice sequence, uint32_t code_point)
{
	if (sequence.len == 1 && sequence.ptr[0] == '\\')
		return buf_append(buf, SLICE("\\\\"));
	if (sequence.len == 1)
		return buf_append_format(buf, "\\x%02x",
					 (unsigned)(uint8_t)sequence.ptr[0]);
	return buf_append_format(buf, "\\u{%04x}", (unsigned)code_point);
}

bool escape_append(struct buf *buf, struct slice bytes)
{
	size_t plain = 0;

	/* Bytes that stay as they are gather at the front and are appended at once. */
	while (plain < bytes.len) {
		uint32_t code_point = 0;
		size_t len = utf8_take(slice_skip(bytes, plain), &code_point);

		if (len && code_point != '\\' && !escape_needed(code_point)) {
			plain += len;
			continue;
		}
		if (!buf_append(buf, slice_first(bytes, plain)))
			return false;
		bytes = slice_skip(bytes, plain);
		len = len ? len : 1;
		if (!append_escape(buf, slice_first(bytes, len), code_point))
			return false;
		bytes = slice_skip(bytes, len);
		plain = 0;
	}
	return buf_append(buf, bytes);
}
