/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "input/file.h"
#include "input/input.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define TEXT_LIMIT_BYTES ((size_t)64 * 1024 * 1024)

/* One line per line read: "offset:bytes", "offset:bytes(cut of N)" for a cut one, and "~"
 * after one that has no newline. Chunks are taken apart, so that their borders do not
 * show. */
static int trace_lines(const char *path, size_t limit, struct buf *trace, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct input_chunk chunk;

	buf_clear(trace);
	if (input_open(path, &file, err) < 0)
		return -1;
	for (;;) {
		struct slice line;

		if (input_read_lines(file, limit, &chunk, err) < 0)
			return -1;
		if (chunk.bytes.len == 0)
			return 0;
		while (slice_take_until(&chunk.bytes, '\n', &line)) {
			buf_append_format(trace, "%" PRIu64 ":%.*s\n", chunk.offset,
					  SLICE_ARG(line));
			chunk.offset += line.len + 1;
		}
		if (chunk.cut_line_bytes > 0)
			buf_append_format(trace, "%" PRIu64 ":%.*s(cut of %" PRIu64 ")\n",
					  chunk.offset, SLICE_ARG(chunk.bytes),
					  chunk.cut_line_bytes);
		else if (chunk.bytes.len > 0)
			buf_append_format(trace, "%" PRIu64 ":%.*s~\n", chunk.offset,
					  SLICE_ARG(chunk.bytes));
	}
}

static void test_rows(void)
{
	static const struct {
		const char *name, *in;
		size_t limit;
		const char *want;
	} rows[] = {
		{ "empty", "", 5, "" },
		{ "newline", "\n", 5, "0:\n" },
		{ "lines", "ab\ncd\n", 5, "0:ab\n3:cd\n" },
		{ "no newline at the end", "ab\ncd", 5, "0:ab\n3:cd~\n" },
		{ "only half a line", "ab", 5, "0:ab~\n" },
		{ "CRLF stays", "ab\r\ncd\r\n", 5, "0:ab\r\n4:cd\r\n" },
		{ "blank lines", "\n\n\nx\n\n", 5, "0:\n1:\n2:\n3:x\n5:\n" },
		{ "as long as allowed", "12345\n12345\n", 5, "0:12345\n6:12345\n" },
		{ "as long as allowed, no newline", "12345", 5, "0:12345~\n" },
		{ "one too long", "123456\n", 5, "0:12345(cut of 6)\n" },
		{ "one too long, no newline", "123456", 5, "0:12345(cut of 6)\n" },
		{ "too long between others", "a\n123456789\nb\n", 5,
		  "0:a\n2:12345(cut of 9)\n12:b\n" },
		{ "too long twice", "1234567\n12345678\n", 5,
		  "0:12345(cut of 7)\n8:12345(cut of 8)\n" },
		{ "too long at the end", "a\n1234567", 5, "0:a\n2:12345(cut of 7)\n" },
		{ "limit of one", "a\nbc\n\nd", 1, "0:a\n2:b(cut of 2)\n5:\n6:d~\n" },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf trace = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct err err;

	scratch_init(&scratch);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf gzip = BUF_LIMIT(1000);

		check_row(rows[i].name);
		scratch_write(&scratch, "log", slice_text(rows[i].in));
		CHECK_OK(trace_lines(scratch_path(&scratch, "log"), rows[i].limit, &trace,
				     &err),
			 &err);
		CHECK_TEXT(buf_text(&trace), rows[i].want);

		gzip_append(&gzip, slice_text(rows[i].in));
		scratch_write(&scratch, "log", buf_slice(&gzip));
		CHECK_OK(trace_lines(scratch_path(&scratch, "log"), rows[i].limit, &trace,
				     &err),
			 &err);
		CHECK_TEXT(buf_text(&trace), rows[i].want);
	}
}

static void test_nul(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_INPUT struct input_file *file = NULL;
	struct input_chunk chunk;
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "log", SLICE("a\0b\n\0\0\n"));
	CHECK_OK(input_open(scratch_path(&scratch, "log"), &file, &err), &err);
	CHECK_OK(input_read_lines(file, 100, &chunk, &err), &err);
	CHECK_SLICE(chunk.bytes, SLICE("a\0b\n\0\0\n"));
}

/* Lines of all lengths over many chunks: every one whole, in order, at its offset. */
static void test_chunk_borders(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_INPUT struct input_file *file = NULL;
	AUTO_BUF struct buf text = BUF_LIMIT(TEXT_LIMIT_BYTES);
	struct input_chunk chunk;
	struct err err;
	uint64_t offset = 0;

	scratch_init(&scratch);
	for (int i = 0; i < 30000; i++)
		buf_append_format(&text, "%0*d\n", i % 997 + 1, i);
	scratch_write(&scratch, "log", buf_slice(&text));
	CHECK_OK(input_open(scratch_path(&scratch, "log"), &file, &err), &err);
	for (;;) {
		CHECK_OK(input_read_lines(file, 4096, &chunk, &err), &err);
		if (chunk.bytes.len == 0)
			break;
		CHECK_UINT(chunk.offset, offset);
		CHECK(chunk.bytes.len <= text.len - offset &&
		      memcmp(buf_text(&text) + offset, chunk.bytes.ptr,
			     chunk.bytes.len) == 0);
		CHECK(slice_ends_with(chunk.bytes, SLICE("\n")));
		offset += chunk.bytes.len;
		CHECK(offset == text.len || chunk.bytes.len >= INPUT_CHUNK_BYTES / 2);
	}
	CHECK_UINT(offset, text.len);
}

/* A line of 100 MB takes no memory to speak of, plain or gzip, and hides nothing after
 * it. */
static void test_huge_line(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_INPUT struct input_file *file = NULL;
	AUTO_CLOSE int fd = -1;
	const off_t huge = 100000000;
	struct input_chunk chunk;
	struct err err;

	scratch_init(&scratch);
	fd = open(scratch_path(&scratch, "log"), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CHECK_INT(pwrite(fd, "before\nx", 8, 0), 8);
	CHECK_INT(pwrite(fd, "\nafter\n", 7, 7 + huge), 7);
	CHECK_OK(input_open(scratch_path(&scratch, "log"), &file, &err), &err);

	CHECK_OK(input_read_lines(file, 1 << 20, &chunk, &err), &err);
	CHECK_SLICE(chunk.bytes, SLICE("before\n"));
	CHECK_OK(input_read_lines(file, 1 << 20, &chunk, &err), &err);
	CHECK_UINT(chunk.bytes.len, 1 << 20);
	CHECK_UINT(chunk.offset, 7);
	CHECK_UINT(chunk.cut_line_bytes, (uint64_t)huge);
	CHECK_INT(chunk.bytes.ptr[0], 'x');
	CHECK(file->window_bytes < 4 * INPUT_CHUNK_BYTES + (1 << 20));
	CHECK_OK(input_read_lines(file, 1 << 20, &chunk, &err), &err);
	CHECK_SLICE(chunk.bytes, SLICE("after\n"));
	CHECK_UINT(chunk.offset, 7 + (uint64_t)huge + 1);
	CHECK_OK(input_read_lines(file, 1 << 20, &chunk, &err), &err);
	CHECK_UINT(chunk.bytes.len, 0);
}

/* The half line before the damage is not given out: it could be believed. */
static void test_truncated_gzip(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf gzip = BUF_LIMIT(1000);
	AUTO_BUF struct buf trace = BUF_LIMIT(1000);
	struct err err;

	scratch_init(&scratch);
	gzip_append(&gzip, SLICE("whole\nhalf"));
	buf_append(&gzip, slice_first(buf_slice(&gzip), 12));
	scratch_write(&scratch, "log", buf_slice(&gzip));
	CHECK_INT(trace_lines(scratch_path(&scratch, "log"), 100, &trace, &err), -1);
	CHECK_TEXT(buf_text(&trace), "0:whole\n");

	scratch_write(&scratch, "log", slice_first(buf_slice(&gzip), 24));
	CHECK_INT(trace_lines(scratch_path(&scratch, "log"), 100, &trace, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text),
		   "cannot read '@/log': the gzip is truncated: it ends at byte 24, "
		   "inside a member");
}

/* Peeking, reading and lines share one window. */
static void test_mixed(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_INPUT struct input_file *file = NULL;
	struct input_chunk chunk;
	struct slice bytes;
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "log", SLICE("1234567\nab\ncd\n"));
	CHECK_OK(input_open(scratch_path(&scratch, "log"), &file, &err), &err);
	CHECK_OK(input_peek(file, &bytes, &err), &err);
	CHECK_UINT(bytes.len, 14);
	CHECK_OK(input_read_lines(file, 3, &chunk, &err), &err);
	CHECK_SLICE(chunk.bytes, SLICE("123"));
	CHECK_UINT(chunk.cut_line_bytes, 7);
	CHECK_OK(input_peek(file, &bytes, &err), &err);
	CHECK_SLICE(bytes, SLICE("ab\ncd\n"));
	CHECK_OK(input_read(file, &bytes, &err), &err);
	CHECK_SLICE(bytes, SLICE("ab\ncd\n"));
	CHECK_OK(input_read_lines(file, 3, &chunk, &err), &err);
	CHECK_UINT(chunk.bytes.len, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "NUL", test_nul },
		{ "chunk borders", test_chunk_borders },
		{ "huge line", test_huge_line },
		{ "truncated gzip", test_truncated_gzip },
		{ "mixed", test_mixed },
		{ NULL, NULL },
	};

	return check_run("input/lines", tests);
}
