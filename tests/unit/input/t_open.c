/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "input/file.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define WHOLE_LIMIT_BYTES ((size_t)256 * 1024 * 1024)

/* The whole file through input_read(). */
static int read_whole(const char *path, struct buf *whole, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct slice bytes;

	buf_clear(whole);
	if (input_open(path, &file, err) < 0)
		return -1;
	for (;;) {
		if (input_read(file, &bytes, err) < 0)
			return -1;
		if (bytes.len == 0)
			break;
		buf_append(whole, bytes);
	}
	CHECK_UINT(input_consumed(file), input_size(file));
	return 0;
}

static void test_contents(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
	} rows[] = {
		{ "empty", { "", 0 } },
		{ "one byte", { "x", 1 } },
		{ "no newline", { "one\ntwo", 7 } },
		{ "NULs", { "a\0b\0\0\n", 6 } },
		{ "CRLF", { "a\r\nb\r\n", 6 } },
		{ "half of gzip's magic", { "\x1f", 1 } },
		{ "half of gzip's magic and more", { "\x1fz\n", 3 } },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf whole = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	struct err err;

	scratch_init(&scratch);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		scratch_write(&scratch, "file", rows[i].bytes);
		CHECK_OK(read_whole(scratch_path(&scratch, "file"), &whole, &err), &err);
		CHECK_SLICE(buf_slice(&whole), rows[i].bytes);
	}
}

static void test_large(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_BUF struct buf gzip = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_BUF struct buf whole = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	struct err err;

	scratch_init(&scratch);
	for (int i = 0; i < 200000; i++)
		buf_append_format(&text, "line %d of many\n", i);
	gzip_append(&gzip, buf_slice(&text));

	scratch_write(&scratch, "file", buf_slice(&text));
	CHECK_OK(read_whole(scratch_path(&scratch, "file"), &whole, &err), &err);
	CHECK(slice_equal(buf_slice(&whole), buf_slice(&text)));

	scratch_write(&scratch, "file.gz", buf_slice(&gzip));
	CHECK_OK(read_whole(scratch_path(&scratch, "file.gz"), &whole, &err), &err);
	CHECK(slice_equal(buf_slice(&whole), buf_slice(&text)));
}

/* Ends the test program when opening a FIFO blocks. */
static void test_what_is_no_file(void)
{
	static const struct {
		const char *name, *want;
	} rows[] = {
		{ "folder", "'@/folder' is a directory" },
		{ "fifo", "'@/fifo' is a FIFO, not a file" },
		{ "socket", "'@/socket' is a socket, not a file" },
		{ "to-fifo", "'@/to-fifo' is a FIFO, not a file" },
		{ "to-null", "'@/to-null' is a character device, not a file" },
		{ "dangling", "cannot open '@/dangling': no such file or directory" },
		{ "loop", "cannot open '@/loop': too many levels of symbolic links" },
		{ "missing", "cannot open '@/missing': no such file or directory" },
		{ "file/below", "cannot open '@/file/below': not a directory" },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_CLOSE int socket_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "file", SLICE("x"));
	CHECK_INT(mkdir(scratch_path(&scratch, "folder"), 0755), 0);
	CHECK_INT(mkfifo(scratch_path(&scratch, "fifo"), 0644), 0);
	memcpy(address.sun_path, scratch_path(&scratch, "socket"),
	       strlen(scratch_path(&scratch, "socket")));
	CHECK_INT(bind(socket_fd, (struct sockaddr *)&address, sizeof(address)), 0);
	CHECK_INT(symlink("fifo", scratch_path(&scratch, "to-fifo")), 0);
	CHECK_INT(symlink("/dev/null", scratch_path(&scratch, "to-null")), 0);
	CHECK_INT(symlink("nowhere", scratch_path(&scratch, "dangling")), 0);
	CHECK_INT(symlink("loop", scratch_path(&scratch, "loop")), 0);

	alarm(60);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct input_file *file = NULL;

		check_row(rows[i].name);
		CHECK_INT(input_open(scratch_path(&scratch, rows[i].name), &file, &err),
			  -1);
		CHECK(file == NULL);
		CHECK_TEXT(scratch_plain(&scratch, err.text), rows[i].want);
	}
	alarm(0);
}

static void test_unreadable(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct input_file *file = NULL;
	uid_t uid = geteuid();
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "secret", SLICE("x"));
	CHECK_INT(chmod(scratch.folder, 0755), 0);
	CHECK_INT(chmod(scratch_path(&scratch, "secret"), 0), 0);

	/* root reads everything, so be nobody for a moment. */
	if (uid == 0)
		CHECK_INT(seteuid(65534), 0);
	CHECK_INT(input_open(scratch_path(&scratch, "secret"), &file, &err), -1);
	if (uid == 0)
		CHECK_INT(seteuid(0), 0);
	CHECK_TEXT(scratch_plain(&scratch, err.text),
		   "cannot open '@/secret': permission denied");
}

static void test_link_to_file(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf whole = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "file", SLICE("behind a link\n"));
	CHECK_INT(symlink("file", scratch_path(&scratch, "link")), 0);
	CHECK_OK(read_whole(scratch_path(&scratch, "link"), &whole, &err), &err);
	CHECK_SLICE(buf_slice(&whole), SLICE("behind a link\n"));
}

static void test_facts(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_INPUT struct input_file *file = NULL;
	struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 123456789 } };
	struct slice bytes;
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "file", SLICE("12345"));
	CHECK_INT(utimensat(AT_FDCWD, scratch_path(&scratch, "file"), times, 0), 0);
	CHECK_OK(input_open(scratch_path(&scratch, "file"), &file, &err), &err);
	CHECK_INT(input_changed_at(file), 1000000000123456);
	CHECK_UINT(input_size(file), 5);
	CHECK_UINT(input_consumed(file), 0);
	CHECK_OK(input_read(file, &bytes, &err), &err);
	CHECK_UINT(input_consumed(file), 5);
}

static void test_peek(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_BUF struct buf gzip = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	static const char *const names[] = { "plain", "gzip" };
	struct err err;

	scratch_init(&scratch);
	fill_repeated(&text, SLICE("0123456789abcde\n"), 100000);
	gzip_append(&gzip, buf_slice(&text));
	scratch_write(&scratch, "plain", buf_slice(&text));
	scratch_write(&scratch, "gzip", buf_slice(&gzip));
	for (size_t i = 0; i < COUNT_OF(names); i++) {
		AUTO_INPUT struct input_file *file = NULL;
		struct slice bytes;
		size_t total = 0;

		check_row(names[i]);
		CHECK_OK(input_open(scratch_path(&scratch, names[i]), &file, &err), &err);
		CHECK_OK(input_peek(file, &bytes, &err), &err);
		CHECK_UINT(bytes.len, 65536);
		CHECK(slice_starts_with(buf_slice(&text), bytes));
		CHECK_OK(input_peek(file, &bytes, &err), &err);
		CHECK_UINT(bytes.len, 65536);
		do {
			CHECK_OK(input_read(file, &bytes, &err), &err);
			total += bytes.len;
		} while (bytes.len > 0);
		CHECK_UINT(total, text.len);
		CHECK_OK(input_peek(file, &bytes, &err), &err);
		CHECK_UINT(bytes.len, 0);
	}
}

/* What comes before the damage is given out, the damage is told after it, and again. */
static void test_damaged_gzip(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf gzip = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_INPUT struct input_file *file = NULL;
	struct slice bytes;
	struct err err;

	scratch_init(&scratch);
	gzip_append(&gzip, SLICE("before the damage\n"));
	scratch_write(&scratch, "file.gz", buf_slice(&gzip));
	buf_append_text(&gzip, "not gzip any more");
	scratch_write(&scratch, "file.gz", buf_slice(&gzip));
	CHECK_OK(input_open(scratch_path(&scratch, "file.gz"), &file, &err), &err);
	CHECK_OK(input_peek(file, &bytes, &err), &err);
	CHECK_SLICE(bytes, SLICE("before the damage\n"));
	CHECK_OK(input_read(file, &bytes, &err), &err);
	CHECK_SLICE(bytes, SLICE("before the damage\n"));
	for (int i = 0; i < 3; i++) {
		CHECK_INT(input_read(file, &bytes, &err), -1);
		CHECK(slice_find(
			      slice_text(scratch_plain(&scratch, err.text)),
			      SLICE("cannot read '@/file.gz': garbage follows the gzip "
				    "member that ends at byte ")) == 0);
	}
	CHECK_INT(input_peek(file, &bytes, &err), -1);
}

/* What is appended after opening is left to the next reading, so that no writer,
 * ourselves among them, can keep a reader at work for ever. A file that shrinks
 * is told: bytes of it were missed. */
static void test_growing_and_shrinking(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_INPUT struct input_file *growing = NULL;
	AUTO_INPUT struct input_file *shrinking = NULL;
	struct slice bytes;
	struct err err;
	size_t total = 0;

	scratch_init(&scratch);
	fill_repeated(&text, SLICE("sixteen letters\n"), 200000);
	scratch_write(&scratch, "file", buf_slice(&text));
	CHECK_OK(input_open(scratch_path(&scratch, "file"), &growing, &err), &err);
	CHECK_OK(input_open(scratch_path(&scratch, "file"), &shrinking, &err), &err);
	CHECK_INT(truncate(scratch_path(&scratch, "file"), 10000000), 0);
	do {
		CHECK_OK(input_read(growing, &bytes, &err), &err);
		total += bytes.len;
	} while (bytes.len > 0);
	CHECK_UINT(total, text.len);

	CHECK_OK(input_read(shrinking, &bytes, &err), &err);
	CHECK(bytes.len > 0);
	CHECK_INT(truncate(scratch_path(&scratch, "file"), 10), 0);
	CHECK_INT(input_read(shrinking, &bytes, &err), -1);
	CHECK(strstr(err.text, "became shorter while it was read") != NULL);
}

/* A file without a size that has bytes all the same. */
static void test_kernel_file(void)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct err err;

	if (access("/proc/self/status", R_OK) < 0)
		return;
	CHECK_INT(input_open("/proc/self/status", &file, &err), -1);
	CHECK(strstr(err.text, "has bytes, but no size") != NULL);
}

/* A gzip's chunks are large also where its members are small. */
static void test_chunks_of_small_members(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf gzip = BUF_LIMIT(WHOLE_LIMIT_BYTES);
	AUTO_INPUT struct input_file *file = NULL;
	struct slice bytes;
	struct err err;
	const size_t members = 40000;
	size_t total = 0, chunks = 0;

	scratch_init(&scratch);
	for (size_t i = 0; i < members; i++)
		gzip_append(&gzip, SLICE("a member of thirty-three bytes.."));
	scratch_write(&scratch, "file.gz", buf_slice(&gzip));
	CHECK_OK(input_open(scratch_path(&scratch, "file.gz"), &file, &err), &err);
	do {
		CHECK_OK(input_read(file, &bytes, &err), &err);
		total += bytes.len;
		chunks++;
	} while (bytes.len > 0);
	CHECK_UINT(total, members * 32);
	CHECK(chunks <= members * 32 / (INPUT_CHUNK_BYTES / 2) + 2);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "contents", test_contents },
		{ "large", test_large },
		{ "what is no file", test_what_is_no_file },
		{ "unreadable", test_unreadable },
		{ "link to a file", test_link_to_file },
		{ "facts", test_facts },
		{ "peek", test_peek },
		{ "damaged gzip", test_damaged_gzip },
		{ "growing and shrinking", test_growing_and_shrinking },
		{ "kernel file", test_kernel_file },
		{ "chunks of small members", test_chunks_of_small_members },
		{ NULL, NULL },
	};

	return check_run("input/open", tests);
}
