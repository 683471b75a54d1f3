/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Growing bytes with a ceiling. A buffer never grows past the limit it was made with:
 * what would go past it is refused and remembered, so that a writer of many steps may
 * keep going and ask once at the end (buf_overflowed).
 */
#include "base/slice.h"

struct buf {
	char *ptr;	   /* owned; terminated with NUL whenever not NULL */
	size_t len;	   /* bytes in use */
	size_t size_bytes; /* bytes allocated */
	size_t limit_bytes;
	bool overflowed;
};

/* An empty buffer that may grow to `limit` bytes. */
#define BUF_LIMIT(limit)                                                        \
	{                                                                       \
		.ptr = NULL, .len = 0, .size_bytes = 0, .limit_bytes = (limit), \
		.overflowed = false                                             \
	}

/* Frees; the buffer is empty and usable again with its old limit. */
void buf_release(struct buf *buf);

#define AUTO_BUF __attribute__((cleanup(buf_release)))

/* Empties, keeps the memory, forgets an overflow. */
void buf_clear(struct buf *buf);

/* Appends all or, past the limit, nothing. False when refused now or before. */
bool buf_append(struct buf *buf, struct slice bytes);
bool buf_append_text(struct buf *buf, const char *text);
bool buf_append_byte(struct buf *buf, char byte);
bool buf_append_format(struct buf *buf, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Makes room for `count` more bytes to be written at ptr + len by the caller, who then
 * adds to len what was written. False past the limit. */
bool buf_reserve(struct buf *buf, size_t count);

/* Removes the first `count` bytes. */
void buf_consume(struct buf *buf, size_t count);

/* The content as a terminated string; "" when empty. Borrowed until the next change. */
const char *buf_text(const struct buf *buf);

static inline struct slice buf_slice(const struct buf *buf)
{
	return (struct slice){ buf->ptr, buf->len };
}

static inline bool buf_overflowed(const struct buf *buf)
{
	return buf->overflowed;
}
