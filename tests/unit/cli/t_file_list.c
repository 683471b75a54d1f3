/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/file_list.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "tests/support/check.h"

static void make_file(const char *path, const char *content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CHECK(fd >= 0);
	CHECK(write(fd, content, strlen(content)) == (ssize_t)strlen(content));
	close(fd);
}

/* "path" or "(path)" when it was found in a folder, with blanks between. */
static void check_list(const char *const *paths, const char *want, uint64_t want_bytes)
{
	struct problems problems = { .count = 0 };
	struct file_list list = { .items = NULL };
	struct buf buf = BUF_LIMIT(65536);

	for (; *paths; paths++)
		file_list_add(&list, *paths, &problems);
	file_list_finish(&list);
	for (size_t i = 0; i < list.count; i++)
		buf_append_format(&buf, list.items[i].folder ? "(%s) " : "%s ",
				  list.items[i].path);
	CHECK_TEXT(buf_text(&buf), want);
	CHECK_UINT(file_list_bytes(&list), want_bytes);
	CHECK_UINT(problems.count, 0);
	file_list_release(&list);
	buf_release(&buf);
}

static void test_lists(void)
{
	static const struct {
		const char *name;
		const char *paths[4];
		const char *want;
		uint64_t bytes;
	} rows[] = {
		{ "none", { NULL }, "", 0 },
		{ "in order", { "b", "a", NULL }, "a b ", 3 },
		{ "twice", { "a", "./a", "a", NULL }, "./a ", 1 },
		{ "through a link", { "link", "a", NULL }, "a ", 1 },
		{ "a folder", { "d", NULL }, "(d/a) (d/c) ", 7 },
		{ "named and in a folder", { "d", "d/c", NULL }, "(d/a) d/c ", 7 },
		{ "missing ones stay", { "y", "x", "y", NULL }, "x y ", 0 },
	};
	char folder[] = "/tmp/t_file_list.XXXXXX";

	CHECK(mkdtemp(folder) != NULL);
	CHECK(chdir(folder) == 0);
	CHECK(mkdir("d", 0700) == 0);
	make_file("a", "1");
	make_file("b", "22");
	make_file("d/a", "333");
	make_file("d/c", "4444");
	CHECK(symlink("a", "link") == 0);

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		check_list(rows[i].paths, rows[i].want, rows[i].bytes);
	}

	CHECK(unlink("a") == 0 && unlink("b") == 0 && unlink("link") == 0);
	CHECK(unlink("d/a") == 0 && unlink("d/c") == 0 && rmdir("d") == 0);
	CHECK(chdir("/") == 0 && rmdir(folder) == 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lists", test_lists },
		{ NULL, NULL },
	};

	return check_run("cli/file_list", tests);
}
