/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

#define FIRST_SIZE_BYTES ((size_t)64)

void buf_release(struct buf *buf)
{
	free(buf->ptr);
	*buf = (struct buf)BUF_LIMIT(buf->limit_bytes);
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->overflowed = false;
	if (buf->ptr)
		buf->ptr[0] = '\0';
}

/* Makes room for `needed` bytes, which are within the limit, and the terminator. */
static void grow(struct buf *buf, size_t needed)
{
	size_t size = buf->size_bytes ? buf->size_bytes : FIRST_SIZE_BYTES;

	assert(needed < SIZE_MAX);
	while (size <= needed)
		size = size > SIZE_MAX / 2 ? SIZE_MAX : size * 2;
	/* The limit is about content: one byte past it is the terminator's. */
	if (size - 1 > buf->limit_bytes)
		size = buf->limit_bytes + 1;

	buf->ptr = memory_resize(buf->ptr, size, 1);
	buf->size_bytes = size;
}

bool buf_reserve(struct buf *buf, size_t count)
{
	if (buf->overflowed || count > buf->limit_bytes - buf->len) {
		buf->overflowed = true;
		return false;
	}
	if (!buf->ptr || buf->len + count >= buf->size_bytes)
		grow(buf, buf->len + count);
	buf->ptr[buf->len] = '\0';
	return true;
}

bool buf_append(struct buf *buf, struct slice bytes)
{
	if (!buf_reserve(buf, bytes.len))
		return false;
	if (bytes.len)
		memcpy(buf->ptr + buf->len, bytes.ptr, bytes.len);
	buf->len += bytes.len;
	buf->ptr[buf->len] = '\0';
	return true;
}

bool buf_append_text(struct buf *buf, const char *text)
{
	return buf_append(buf, slice_text(text));
}

bool buf_append_byte(struct buf *buf, char byte)
{
	if (!buf_reserve(buf, 1))
		return false;
	buf->ptr[buf->len++] = byte;
	buf->ptr[buf->len] = '\0';
	return true;
}

bool buf_append_format(struct buf *buf, const char *format, ...)
{
	size_t room;
	va_list args;
	int len;

	if (!buf_reserve(buf, 0))
		return false;

	room = buf->size_bytes - buf->len;
	va_start(args, format);
	len = vsnprintf(buf->ptr + buf->len, room, format, args);
	va_end(args);

	if (len >= 0 && (size_t)len >= room) {
		buf->ptr[buf->len] = '\0';
		if (!buf_reserve(buf, (size_t)len))
			return false;
		va_start(args, format);
		len = vsnprintf(buf->ptr + buf->len, (size_t)len + 1, format, args);
		va_end(args);
	}
	if (len < 0) {
		buf->ptr[buf->len] = '\0';
		buf->overflowed = true;
		return false;
	}
	buf->len += (size_t)len;
	return true;
}

void buf_consume(struct buf *buf, size_t count)
{
	assert(count <= buf->len);
	if (count == 0)
		return;
	buf->len -= count;
	memmove(buf->ptr, buf->ptr + count, buf->len);
	buf->ptr[buf->len] = '\0';
}

const char *buf_text(const struct buf *buf)
{
	if (!buf->ptr)
		return "";
	/* Whoever wrote behind buf_reserve() has moved the end past the terminator. */
	buf->ptr[buf->len] = '\0';
	return buf->ptr;
}
