/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/text.h"

#include <arpa/inet.h>
#include <assert.h>

#include "base/escape.h"

/* The longest way to write one character: "\u{10ffff}", each byte of it escaped. */
#define PIECE_BYTES 128

static void append_byte(struct buf *piece, char byte, text_map_fn *map)
{
	const char *instead = map ? map(byte) : NULL;

	if (instead)
		buf_append_text(piece, instead);
	else
		buf_append_byte(piece, byte);
}

static void append_visible(struct buf *piece, struct slice bytes, text_map_fn *map)
{
	for (size_t i = 0; i < bytes.len; i++)
		append_byte(piece, bytes.ptr[i], map);
}

/* Takes one character off the front of the text. */
static void take_character(struct slice *text, struct buf *piece, text_map_fn *map)
{
	uint32_t code_point = 0;
	size_t len = utf8_take(*text, &code_point);
	char escape[16];

	if (len && !escape_needed(code_point)) {
		append_visible(piece, slice_first(*text, len), map);
	} else {
		snprintf(escape, sizeof(escape), len > 1 ? "\\u{%04x}" : "\\x%02x",
			 len > 1 ? (unsigned)code_point
				 : (unsigned)(uint8_t)text->ptr[0]);
		append_visible(piece, slice_text(escape), map);
	}
	*text = slice_skip(*text, len ? len : 1);
}

static void cut(struct buf *buf, size_t len)
{
	buf->len = len;
	if (buf->ptr)
		buf->ptr[len] = '\0';
	buf_append_text(buf, TEXT_CUT);
}

void text_append(struct buf *buf, struct slice text, size_t limit, text_map_fn *map)
{
	size_t start = buf->len, room_for_cut = limit - strlen(TEXT_CUT);
	size_t last = start; /* as much as may stay before TEXT_CUT */
	AUTO_BUF struct buf piece = BUF_LIMIT(PIECE_BYTES);

	assert(limit >= strlen(TEXT_CUT));
	while (text.len && !buf_overflowed(buf)) {
		buf_clear(&piece);
		take_character(&text, &piece, map);
		if (buf->len - start + piece.len > limit) {
			cut(buf, last);
			return;
		}
		buf_append(buf, buf_slice(&piece));
		if (buf->len - start <= room_for_cut)
			last = buf->len;
	}
}

void text_put(struct json_writer *writer, const char *key, struct slice text,
	      size_t limit)
{
	AUTO_BUF struct buf clean = BUF_LIMIT(limit);

	text_append(&clean, text, limit, NULL);
	if (clean.len)
		json_put_text(writer, key, buf_slice(&clean));
}

void text_put_known(struct json_writer *writer, const char *key, struct slice text)
{
	if (text.len)
		json_put_text(writer, key, text);
}

void text_put_word(struct json_writer *writer, const char *key, const char *word)
{
	text_put_known(writer, key, slice_text(word));
}

void text_put_time(struct json_writer *writer, const char *key, us_time time)
{
	if (time != US_TIME_NONE)
		json_put_time(writer, key, time);
}

enum text_address text_address(struct slice text)
{
	char terminated[INET6_ADDRSTRLEN];
	struct in6_addr address;

	if (text.len == 0 || text.len >= sizeof(terminated) ||
	    memchr(text.ptr, '\0', text.len))
		return TEXT_NO_ADDRESS;
	memcpy(terminated, text.ptr, text.len);
	terminated[text.len] = '\0';
	if (inet_pton(AF_INET, terminated, &address) == 1)
		return TEXT_IPV4;
	return inet_pton(AF_INET6, terminated, &address) == 1 ? TEXT_IPV6
							      : TEXT_NO_ADDRESS;
}
