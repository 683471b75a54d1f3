/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/wipe.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"

void *wipe_malloc(size_t size_bytes)
{
	return malloc(size_bytes);
}

void *wipe_calloc(size_t count, size_t size_bytes)
{
	return calloc(count, size_bytes);
}

char *wipe_strdup(const char *text)
{
	return strdup(text);
}

void wipe_free(void *pointer)
{
	if (!pointer)
		return;
	explicit_bzero(pointer, malloc_usable_size(pointer));
	free(pointer);
}

void *wipe_realloc(void *pointer, size_t size_bytes)
{
	size_t old_bytes = pointer ? malloc_usable_size(pointer) : 0;
	void *moved;

	if (pointer && size_bytes <= old_bytes && size_bytes > 0)
		return pointer;
	moved = malloc(size_bytes);
	if (moved && pointer) {
		memcpy(moved, pointer, old_bytes < size_bytes ? old_bytes : size_bytes);
		wipe_free(pointer);
	}
	return moved;
}

void wipe_json(void)
{
	json_set_alloc_funcs(wipe_malloc, wipe_free);
}

bool wipe_buf_append(struct buf *buf, struct slice bytes)
{
	struct buf bigger = BUF_LIMIT(buf->limit_bytes);
	size_t room = buf->limit_bytes - buf->len;
	size_t more = bytes.len > buf->len ? bytes.len : buf->len;

	if (buf->overflowed || bytes.len > room) {
		buf->overflowed = true;
		return false;
	}
	if (buf->ptr && buf->len + bytes.len < buf->size_bytes)
		return buf_append(buf, bytes);

	/* buf_append() would let realloc() leave the old content where it was. */
	if (!buf_reserve(&bigger, buf->len + (more < room ? more : room)))
		return false;
	buf_append(&bigger, buf_slice(buf));
	buf_append(&bigger, bytes);
	wipe_buf_release(buf);
	*buf = bigger;
	return true;
}

void wipe_buf_release(struct buf *buf)
{
	if (buf->ptr)
		explicit_bzero(buf->ptr, buf->size_bytes);
	buf_release(buf);
}
