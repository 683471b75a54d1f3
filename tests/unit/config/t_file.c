/* SPDX-License-Identifier: Apache-2.0 */
#include "config/file.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

static void must(bool held)
{
	if (held)
		return;
	perror("t_file");
	abort();
}

static void test_text(void)
{
	static const struct {
		const char *name;
		struct slice text;
		const char *error; /* NULL: sound */
	} rows[] = {
		{ "nothing", { "", 0 }, NULL },
		{ "plain", { "[a]\r\n\tb = \xc3\xa9\n", 13 }, NULL },
		{ "byte order mark", { "\xef\xbb\xbf[a]\n", 7 }, NULL },
		{ "NUL",
		  { "[a]\nb=\0c\n", 9 },
		  "line 2: a character that does not show: U+0000" },
		{ "escape",
		  { "\x1b[31m", 5 },
		  "line 1: a character that does not show: U+001B" },
		{ "lone return",
		  { "a\rb\n", 4 },
		  "line 1: a character that does not show: U+000D" },
		{ "return at the end",
		  { "a\r", 2 },
		  "line 1: a character that does not show: U+000D" },
		{ "right to left",
		  { "\n\n\xe2\x80\xae\n", 6 },
		  "line 3: a character that does not show: U+202E" },
		{ "mark within",
		  { "a\xef\xbb\xbf", 4 },
		  "line 1: a character that does not show: U+FEFF" },
		{ "not UTF-8", { "a\n\xff\n", 4 }, "line 2: not UTF-8" },
		{ "cut sequence", { "\xc3", 1 }, "line 1: not UTF-8" },
		{ "UTF-16", { "\xff\xfe[\0", 4 }, "line 1: not UTF-8" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = { .text = "" };

		check_row(rows[i].name);
		CHECK_INT(config_text_check(rows[i].text, &err), rows[i].error ? -1 : 0);
		CHECK_TEXT(err.text, rows[i].error ? rows[i].error : "");
	}
}

/* Who else might write it decides; the mode is what a test can change as any user. */
static void test_modes(void)
{
	static const struct {
		const char *name;
		mode_t file;
		const char *error; /* NULL: it is read */
	} rows[] = {
		{ "own", 0600, NULL },
		{ "everybody reads", 0644, NULL },
		{ "group writes", 0664,
		  "others than its owner may write it (mode 0664): chmod go-w" },
		{ "others write", 0646,
		  "others than its owner may write it (mode 0646): chmod go-w" },
	};
	AUTO_SCRATCH struct scratch scratch;

	scratch_init(&scratch);
	scratch_write(&scratch, "a.conf", SLICE("[agent]\n"));
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
		AUTO_CLOSE int folder = -1;
		const char *path, *name;
		struct err err = { .text = "" };
		bool found = false;

		check_row(rows[i].name);
		path = scratch_path(&scratch, "a.conf");
		must(chmod(path, rows[i].file) == 0);
		CHECK_OK(config_folder_open(path, &folder, &name, &err), &err);
		CHECK_TEXT(name, "a.conf");
		CHECK_INT(config_file_read(folder, name, &text, &found, &err),
			  rows[i].error ? -1 : 0);
		CHECK_TEXT(err.text, rows[i].error ? rows[i].error : "");
		CHECK_INT(found, !rows[i].error);
	}
}

static void test_folder_modes(void)
{
	static const struct {
		mode_t mode;
		bool is_sound, is_sound_within;
	} rows[] = {
		{ 0700, true, true },	{ 0755, true, true },	{ 0775, false, false },
		{ 0757, false, false }, { 01777, true, false },
	};
	AUTO_SCRATCH struct scratch scratch;

	scratch_init(&scratch);
	must(mkdir(scratch_path(&scratch, "conf.d"), 0700) == 0);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_CLOSE int folder = -1, above = -1, within = -1;
		const char *name;
		struct err err = { .text = "" };

		must(chmod(scratch_path(&scratch, "conf.d"), rows[i].mode) == 0);
		CHECK_INT(config_folder_open(scratch_path(&scratch, "conf.d/x.conf"),
					     &folder, &name, &err),
			  rows[i].is_sound ? 0 : -1);
		if (!rows[i].is_sound)
			CHECK(slice_find(slice_text(err.text), SLICE("is not safe")) > 0);
		CHECK_OK(config_folder_open(scratch_path(&scratch, "x"), &above, &name,
					    &err),
			 &err);
		CHECK_INT(config_folder_open_at(above, "conf.d", &within, &err),
			  rows[i].is_sound_within ? 0 : -1);
	}
}

/* Only root can make a file that is another's. */
static void test_owner(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_CLOSE int folder = -1;
	const char *path, *name;
	struct err err = { .text = "" };
	bool found;

	if (geteuid() != 0)
		return;
	scratch_init(&scratch);
	scratch_write(&scratch, "a.conf", SLICE(""));
	path = scratch_path(&scratch, "a.conf");
	must(chown(path, 4711, 0) == 0);
	CHECK_OK(config_folder_open(path, &folder, &name, &err), &err);
	CHECK_INT(config_file_read(folder, name, &text, &found, &err), -1);
	CHECK_TEXT(err.text, "it belongs to user 4711: allowed are root and user 0");
}

static void test_kinds(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_CONFIG_BYTES);
	AUTO_BUF struct buf big = BUF_LIMIT(2 * LIMIT_CONFIG_BYTES);
	AUTO_CLOSE int folder = -1, none = 7;
	const char *name;
	struct err err = { .text = "" };
	bool found = true;

	scratch_init(&scratch);
	CHECK_OK(config_folder_open(scratch_path(&scratch, "x"), &folder, &name, &err),
		 &err);
	CHECK_OK(config_folder_open(scratch_path(&scratch, "none/x"), &none, &name, &err),
		 &err);
	CHECK_INT(none, -1);

	CHECK_OK(config_file_read(folder, "none", &text, &found, &err), &err);
	CHECK(!found);
	must(mkfifo(scratch_path(&scratch, "pipe"), 0600) == 0);
	CHECK_INT(config_file_read(folder, "pipe", &text, &found, &err), -1);
	CHECK_TEXT(err.text, "it is not a plain file");

	scratch_write(&scratch, "plain", SLICE("a"));
	must(symlink("plain", scratch_path(&scratch, "link")) == 0);
	CHECK_OK(config_file_read(folder, "link", &text, &found, &err), &err);
	CHECK_TEXT(buf_text(&text), "a");

	fill_repeated(&big, SLICE("#\n"), LIMIT_CONFIG_BYTES / 2);
	scratch_write(&scratch, "most", buf_slice(&big));
	buf_clear(&text);
	CHECK_OK(config_file_read(folder, "most", &text, &found, &err), &err);
	CHECK_UINT(text.len, LIMIT_CONFIG_BYTES);
	fill_repeated(&big, SLICE("#"), 1);
	scratch_write(&scratch, "more", buf_slice(&big));
	buf_clear(&text);
	CHECK_INT(config_file_read(folder, "more", &text, &found, &err), -1);
	CHECK_TEXT(err.text, "it is longer than 1048576 bytes");
}

static void test_names(void)
{
	static const char *const made[] = { "b.conf", "a.conf",	 "10-z.conf",
					    "9.conf", ".h.conf", "c.conf~",
					    "d.CONF", "conf",	 ".conf" };
	static const char *const wanted[] = { "10-z.conf", "9.conf", "a.conf", "b.conf" };
	AUTO_SCRATCH struct scratch scratch;
	AUTO_CLOSE int folder = -1;
	struct config_names names = { NULL, 0 };
	const char *name;
	struct err err = { .text = "" };

	scratch_init(&scratch);
	CHECK_OK(config_folder_open(scratch_path(&scratch, "x"), &folder, &name, &err),
		 &err);
	CHECK_OK(config_folder_list(folder, &names, &err), &err);
	CHECK_UINT(names.count, 0);
	config_names_release(&names);

	for (size_t i = 0; i < COUNT_OF(made); i++)
		scratch_write(&scratch, made[i], SLICE(""));
	CHECK_OK(config_folder_list(folder, &names, &err), &err);
	CHECK_UINT(names.count, COUNT_OF(wanted));
	for (size_t i = 0; i < names.count && i < COUNT_OF(wanted); i++)
		CHECK_TEXT(names.names[i], wanted[i]);
	config_names_release(&names);

	for (size_t i = 0; i <= LIMIT_CONFIG_FILES; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "%zu.conf", i);
		scratch_write(&scratch, text, SLICE(""));
	}
	CHECK_INT(config_folder_list(folder, &names, &err), -1);
	CHECK_TEXT(err.text, "more than 256 files in the folder");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "text", test_text },
		{ "modes", test_modes },
		{ "modes of folders", test_folder_modes },
		{ "owner", test_owner },
		{ "kinds of files", test_kinds },
		{ "names", test_names },
		{ NULL, NULL },
	};

	return check_run("config/file", tests);
}
