/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "tests/unit/input/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/cleanup.h"

static void must(bool held, const char *what)
{
	if (held)
		return;
	perror(what);
	abort();
}

void scratch_init(struct scratch *scratch)
{
	*scratch = (struct scratch){ .text = BUF_LIMIT((size_t)1024 * 1024) };
	(void)snprintf(scratch->folder, sizeof(scratch->folder),
		       "/tmp/countersign-test.XXXXXX");
	must(mkdtemp(scratch->folder) != NULL, "mkdtemp");
}

static int remove_one(const char *path, const struct stat *status, int type,
		      struct FTW *place)
{
	(void)status;
	(void)type;
	(void)place;
	return remove(path);
}

void scratch_release(struct scratch *scratch)
{
	(void)nftw(scratch->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	buf_release(&scratch->text);
}

const char *scratch_path(struct scratch *scratch, const char *name)
{
	buf_clear(&scratch->text);
	buf_append_format(&scratch->text, "%s/%s", scratch->folder, name);
	return buf_text(&scratch->text);
}

const char *scratch_plain(struct scratch *scratch, const char *text)
{
	struct slice folder = slice_text(scratch->folder);
	struct slice rest = slice_text(text);
	struct slice before;

	buf_clear(&scratch->text);
	while (slice_take_until_text(&rest, folder, &before)) {
		buf_append(&scratch->text, before);
		buf_append_byte(&scratch->text, '@');
	}
	buf_append(&scratch->text, rest);
	return buf_text(&scratch->text);
}

void scratch_write(struct scratch *scratch, const char *name, struct slice bytes)
{
	AUTO_CLOSE int fd = open(scratch_path(scratch, name),
				 O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	must(fd >= 0, name);
	while (bytes.len > 0) {
		ssize_t len = write(fd, bytes.ptr, bytes.len);

		must(len > 0, name);
		bytes = slice_skip(bytes, (size_t)len);
	}
}

void gzip_append(struct buf *buf, struct slice bytes)
{
	z_stream stream = { .next_in = (z_const Bytef *)(uintptr_t)bytes.ptr,
			    .avail_in = (uInt)bytes.len };

	must(deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8,
			  Z_DEFAULT_STRATEGY) == Z_OK,
	     "deflateInit2");
	must(buf_reserve(buf, deflateBound(&stream, bytes.len)), "gzip_append");
	stream.next_out = (Bytef *)buf->ptr + buf->len;
	stream.avail_out = (uInt)(buf->size_bytes - buf->len);
	must(deflate(&stream, Z_FINISH) == Z_STREAM_END, "deflate");
	buf->len += stream.total_out;
	(void)deflateEnd(&stream);
}

void fill_repeated(struct buf *buf, struct slice bytes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		must(buf_append(buf, bytes), "fill_repeated");
}
