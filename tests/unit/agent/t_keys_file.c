/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/keys_file.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

#define FILE_NAME "home/amy/.ssh/authorized_keys"

static void make_home(struct scratch *scratch)
{
	static const char *const folders[] = { "home", "home/amy", "home/amy/.ssh" };

	scratch_init(scratch);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		CHECK_INT(mkdir(scratch_path(scratch, folders[i]), 0755), 0);
	scratch_write(scratch, FILE_NAME, SLICE("a key\n"));
	CHECK_INT(chmod(scratch_path(scratch, FILE_NAME), 0600), 0);
}

static void list(void *ctx, const char *path)
{
	buf_append_format(ctx, "%s ", path);
}

static void test_patterns(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf pattern = BUF_LIMIT(4096), got = BUF_LIMIT(4096);
	struct err err;

	make_home(&scratch);
	CHECK_INT(mkdir(scratch_path(&scratch, "home/.hidden"), 0755), 0);
	buf_append_text(&pattern, scratch_path(&scratch, "home/*/.ssh/authorized_keys"));
	CHECK_OK(keys_file_each(buf_text(&pattern), list, &got, &err), &err);
	CHECK_TEXT(scratch_plain(&scratch, buf_text(&got)), "@/" FILE_NAME " ");
	buf_clear(&got);
	CHECK_OK(keys_file_each("/of/one/path", list, &got, &err), &err);
	CHECK_TEXT(buf_text(&got), "/of/one/path ");
	buf_clear(&got);
	CHECK_OK(keys_file_each("/is/not/there/*/keys", list, &got, &err), &err);
	CHECK_TEXT(buf_text(&got), "");
}

/* Who else could have written it, by the modes on the way. */
static void test_safety(void)
{
	static const struct {
		const char *name, *path;
		mode_t mode;
		bool is_safe;
	} rows[] = {
		{ "as it should be", FILE_NAME, 0600, true },
		{ "readable", FILE_NAME, 0644, true },
		{ "the group's file", FILE_NAME, 0660, false },
		{ "anybody's file", FILE_NAME, 0602, false },
		{ "the group's folder", "home/amy/.ssh", 0770, false },
		{ "the group's home", "home/amy", 0775, false },
		{ "anybody's homes", "home", 0777, false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		AUTO_SCRATCH struct scratch scratch;
		struct keys_text text = { .bytes = BUF_LIMIT(32768) };
		struct err err = { .text = "" };

		make_home(&scratch);
		check_row(rows[i].name);
		CHECK_INT(chmod(scratch_path(&scratch, rows[i].path), rows[i].mode), 0);
		if (CHECK_OK(keys_file_read(scratch_path(&scratch, FILE_NAME), &text,
					    &err),
			     &err))
			CHECK_INT(text.is_safe, rows[i].is_safe);
		CHECK_TEXT(buf_text(&text.bytes), "a key\n");
		CHECK(text.is_still);
		buf_release(&text.bytes);
	}
}

static void expect_refused(struct scratch *scratch, const char *why)
{
	struct keys_text text = { .bytes = BUF_LIMIT(32768) };
	struct err err = { .text = "" };

	CHECK_INT(keys_file_read(scratch_path(scratch, FILE_NAME), &text, &err), -1);
	CHECK(strstr(err.text, why) != NULL);
	buf_release(&text.bytes);
}

/* A user may put anything there. */
static void test_no_files(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf large = BUF_LIMIT(65536);

	make_home(&scratch);
	fill_repeated(&large, SLICE("x"), 40000);
	scratch_write(&scratch, FILE_NAME, buf_slice(&large));
	expect_refused(&scratch, "too long");
	CHECK_INT(unlink(scratch_path(&scratch, FILE_NAME)), 0);
	expect_refused(&scratch, "no such file");
	CHECK_INT(mkfifo(scratch_path(&scratch, FILE_NAME), 0600), 0);
	expect_refused(&scratch, "is not a file");
	CHECK_INT(unlink(scratch_path(&scratch, FILE_NAME)), 0);
	CHECK_INT(symlink("/dev/zero", scratch_path(&scratch, FILE_NAME)), 0);
	expect_refused(&scratch, "is not a file");
}

/* A link to a file is read, and is anybody's word. */
static void test_link(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct keys_text text = { .bytes = BUF_LIMIT(32768) };
	struct err err = { .text = "" };

	make_home(&scratch);
	CHECK_INT(unlink(scratch_path(&scratch, FILE_NAME)), 0);
	scratch_write(&scratch, "home/amy/.ssh/keys", SLICE("other\n"));
	CHECK_INT(symlink("keys", scratch_path(&scratch, FILE_NAME)), 0);
	CHECK_OK(keys_file_read(scratch_path(&scratch, FILE_NAME), &text, &err), &err);
	CHECK_TEXT(buf_text(&text.bytes), "other\n");
	CHECK(!text.is_safe);
	buf_release(&text.bytes);
}

static void test_stamps(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct keys_stamp before, same, after;
	struct err err = { .text = "" };

	make_home(&scratch);
	CHECK_OK(keys_file_stamp(scratch_path(&scratch, FILE_NAME), &before, &err), &err);
	CHECK_OK(keys_file_stamp(scratch_path(&scratch, FILE_NAME), &same, &err), &err);
	CHECK(keys_stamp_is(&before, &same));
	scratch_write(&scratch, FILE_NAME, SLICE("another\n"));
	CHECK_OK(keys_file_stamp(scratch_path(&scratch, FILE_NAME), &after, &err), &err);
	CHECK(!keys_stamp_is(&before, &after));
	CHECK_INT(unlink(scratch_path(&scratch, FILE_NAME)), 0);
	CHECK_INT(keys_file_stamp(scratch_path(&scratch, FILE_NAME), &after, &err), -1);
	CHECK_INT(err.code, ERR_MISSING);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "patterns", test_patterns }, { "safety", test_safety },
		{ "no files", test_no_files }, { "a link", test_link },
		{ "stamps", test_stamps },     { NULL, NULL },
	};

	return check_run("keys_file", tests);
}
