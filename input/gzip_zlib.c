/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/gzip.h"

#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "base/memory.h"

/* The largest window and, by 16 more, a gzip head (zlib.h, inflateInit2). */
#define GZIP_WINDOW_BITS (15 + 16)

static void *zlib_create(void)
{
	z_stream *stream = memory_new(1, sizeof(*stream));

	/* Only memory can be missing here, and that aborts as everywhere else. */
	if (inflateInit2(stream, GZIP_WINDOW_BITS) != Z_OK)
		abort();
	return stream;
}

static void zlib_restart(void *state)
{
	(void)inflateReset(state);
}

static uInt clamp(size_t bytes)
{
	return bytes < UINT_MAX ? (uInt)bytes : UINT_MAX;
}

static enum inflate_result zlib_inflate(void *state, struct slice *input, char *out,
					size_t room, size_t *ret_written,
					const char **ret_why)
{
	z_stream *stream = state;
	uInt given = clamp(input->len);
	uInt offered = clamp(room);
	int result;

	stream->next_in = (z_const Bytef *)(uintptr_t)input->ptr;
	stream->avail_in = given;
	stream->next_out = (Bytef *)out;
	stream->avail_out = offered;
	result = inflate(stream, Z_NO_FLUSH);
	*input = slice_skip(*input, given - stream->avail_in);
	*ret_written = offered - stream->avail_out;

	switch (result) {
	case Z_STREAM_END:
		return INFLATE_END;
	case Z_OK:
	case Z_BUF_ERROR: /* no progress: it waits */
		return INFLATE_MORE;
	case Z_MEM_ERROR:
		abort();
	default:
		*ret_why = stream->msg ? stream->msg : "invalid data";
		return INFLATE_BAD;
	}
}

static void zlib_destroy(void *state)
{
	(void)inflateEnd(state);
	free(state);
}

const struct inflate_engine inflate_zlib = {
	.name = "zlib",
	.create = zlib_create,
	.restart = zlib_restart,
	.inflate = zlib_inflate,
	.destroy = zlib_destroy,
};
