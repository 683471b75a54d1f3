/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/input.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

struct walked {
	struct buf trace;
	unsigned visits_left; /* then the visitor refuses */
};

static int visit(void *ctx, const char *path, struct err *err)
{
	struct walked *walked = ctx;

	if (walked->visits_left-- == 0)
		return err_set(err, ERR_USAGE, "enough");
	buf_append_format(&walked->trace, "%s\n", path);
	return 0;
}

static void failed(void *ctx, const char *path, const struct err *why)
{
	struct walked *walked = ctx;

	buf_append_format(&walked->trace, "%s! %s\n", path, why->text);
}

static int walk(const char *path, struct walked *walked, struct err *err)
{
	struct input_visitor visitor = { visit, failed, walked };

	buf_clear(&walked->trace);
	return input_walk(path, &visitor, err);
}

static void make_folder(struct scratch *scratch, const char *name)
{
	CHECK_INT(mkdir(scratch_path(scratch, name), 0755), 0);
}

static void test_order(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct walked walked = { BUF_LIMIT(1 << 20), 1000 };
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "a");
	make_folder(&scratch, "a/b");
	make_folder(&scratch, "empty");
	scratch_write(&scratch, "a/b/deep", SLICE(""));
	scratch_write(&scratch, "a/z", SLICE(""));
	scratch_write(&scratch, "a.log", SLICE(""));
	scratch_write(&scratch, "a0", SLICE(""));
	scratch_write(&scratch, ".hidden", SLICE(""));
	scratch_write(&scratch, "Z", SLICE(""));
	scratch_write(&scratch, "\xc3\xa4", SLICE(""));
	scratch_write(&scratch, "new\nline", SLICE(""));
	CHECK_OK(walk(scratch.folder, &walked, &err), &err);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)),
		   "@/.hidden\n@/Z\n@/a.log\n@/a/b/deep\n@/a/z\n@/a0\n@/new\nline\n@/"
		   "\xc3\xa4\n");

	CHECK_OK(walk(scratch_path(&scratch, "a/"), &walked, &err), &err);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)),
		   "@/a/b/deep\n@/a/z\n");
	buf_release(&walked.trace);
}

static void test_links_and_others(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct walked walked = { BUF_LIMIT(1 << 20), 1000 };
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "folder");
	scratch_write(&scratch, "folder/file", SLICE(""));
	CHECK_INT(symlink(".", scratch_path(&scratch, "folder/up")), 0);
	CHECK_INT(symlink("folder", scratch_path(&scratch, "to-folder")), 0);
	CHECK_INT(symlink("folder/file", scratch_path(&scratch, "to-file")), 0);
	CHECK_INT(symlink("nowhere", scratch_path(&scratch, "to-nowhere")), 0);
	CHECK_INT(mkfifo(scratch_path(&scratch, "fifo"), 0644), 0);
	alarm(60);
	CHECK_OK(walk(scratch.folder, &walked, &err), &err);
	CHECK_TEXT(
		scratch_plain(&scratch, buf_text(&walked.trace)),
		"@/fifo! '@/fifo' is a FIFO, not a file\n"
		"@/folder/file\n"
		"@/to-file\n"
		"@/to-nowhere! cannot open '@/to-nowhere': no such file or directory\n");

	/* What the caller names is followed, link or not. */
	CHECK_OK(walk(scratch_path(&scratch, "to-folder"), &walked, &err), &err);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)),
		   "@/to-folder/file\n");
	CHECK_INT(walk(scratch_path(&scratch, "fifo"), &walked, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text), "'@/fifo' is a FIFO, not a file");
	CHECK_INT(walk(scratch_path(&scratch, "nowhere"), &walked, &err), -1);
	CHECK_TEXT(scratch_plain(&scratch, err.text),
		   "cannot open '@/nowhere': no such file or directory");
	alarm(0);
	buf_release(&walked.trace);
}

static void test_one_file(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct walked walked = { BUF_LIMIT(1 << 20), 1 };
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "file", SLICE(""));
	CHECK_OK(walk(scratch_path(&scratch, "file"), &walked, &err), &err);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)), "@/file\n");
	CHECK_INT(walk(scratch_path(&scratch, "file"), &walked, &err), -1);
	CHECK_TEXT(err.text, "enough");
	buf_release(&walked.trace);
}

static void test_visitor_stops(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct walked walked = { BUF_LIMIT(1 << 20), 2 };
	struct err err;

	scratch_init(&scratch);
	make_folder(&scratch, "b");
	scratch_write(&scratch, "a", SLICE(""));
	scratch_write(&scratch, "b/1", SLICE(""));
	scratch_write(&scratch, "b/2", SLICE(""));
	scratch_write(&scratch, "c", SLICE(""));
	CHECK_INT(walk(scratch.folder, &walked, &err), -1);
	CHECK_TEXT(err.text, "enough");
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)), "@/a\n@/b/1\n");
	buf_release(&walked.trace);
}

static void test_unreadable_folder(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct walked walked = { BUF_LIMIT(1 << 20), 1000 };
	uid_t uid = geteuid();
	struct err err;

	scratch_init(&scratch);
	CHECK_INT(chmod(scratch.folder, 0755), 0);
	make_folder(&scratch, "closed");
	scratch_write(&scratch, "file", SLICE(""));
	CHECK_INT(chmod(scratch_path(&scratch, "closed"), 0), 0);

	/* root reads everything, so be nobody for a moment. */
	if (uid == 0)
		CHECK_INT(seteuid(65534), 0);
	CHECK_OK(walk(scratch.folder, &walked, &err), &err);
	if (uid == 0)
		CHECK_INT(seteuid(0), 0);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&walked.trace)),
		   "@/closed! cannot open '@/closed': permission denied\n@/file\n");
	CHECK_INT(chmod(scratch_path(&scratch, "closed"), 0755), 0);
	buf_release(&walked.trace);
}

/* Nested past the ceiling: told, and the files above it visited. */
static void test_deep(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf path = BUF_LIMIT(4096);
	struct walked walked = { BUF_LIMIT(1 << 20), 1000 };
	struct slice trace;
	struct err err;
	size_t visited = 0;

	scratch_init(&scratch);
	for (int i = 0; i < LIMIT_WALK_DEPTH + 5; i++) {
		buf_append_text(&path, i ? "/d" : "d");
		make_folder(&scratch, buf_text(&path));
		buf_append_text(&path, "/f");
		scratch_write(&scratch, buf_text(&path), SLICE(""));
		path.len -= 2;
		path.ptr[path.len] = '\0';
	}
	CHECK_OK(walk(scratch.folder, &walked, &err), &err);
	trace = buf_slice(&walked.trace);
	for (struct slice line; slice_take_until(&trace, '\n', &line);)
		visited += slice_ends_with(line, SLICE("/f"));
	CHECK_UINT(visited, LIMIT_WALK_DEPTH - 1);
	CHECK(slice_find(buf_slice(&walked.trace),
			 SLICE("nested deeper than 32 folders")) > 0);
	buf_release(&walked.trace);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "order", test_order },
		{ "links and others", test_links_and_others },
		{ "one file", test_one_file },
		{ "visitor stops", test_visitor_stops },
		{ "unreadable folder", test_unreadable_folder },
		{ "deep", test_deep },
		{ NULL, NULL },
	};

	return check_run("input/walk", tests);
}
