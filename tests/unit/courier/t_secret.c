/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/secret.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "courier/wipe.h"
#include "tests/support/check.h"

struct folder {
	char path[64], file[80];
};

static void folder_init(struct folder *folder)
{
	snprintf(folder->path, sizeof(folder->path), "/tmp/countersign-secret.XXXXXX");
	if (!mkdtemp(folder->path))
		abort();
	snprintf(folder->file, sizeof(folder->file), "%s/secret", folder->path);
}

static void folder_release(struct folder *folder)
{
	unlink(folder->file);
	rmdir(folder->path);
}

static void put(const struct folder *folder, struct slice bytes, mode_t mode)
{
	AUTO_CLOSE int fd = -1;

	unlink(folder->file);
	fd = open(folder->file, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len ||
	    fchmod(fd, mode) < 0)
		abort();
}

static void test_content(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
		mode_t mode;
		const char *want; /* NULL = it is refused */
		const char *as_text;
	} rows[] = {
		{ "plain", { "abc", 3 }, 0600, "abc", "abc" },
		{ "line feed", { "abc\n", 4 }, 0400, "abc", "abc" },
		{ "line break", { "abc\r\n", 5 }, 0600, "abc", "abc" },
		{ "one line break goes", { "abc\n\n", 5 }, 0600, "abc\n", NULL },
		{ "words", { "ApiKey abc", 10 }, 0600, "ApiKey abc", "ApiKey abc" },
		{ "blank in front", { " abc", 4 }, 0600, " abc", NULL },
		{ "control byte", { "a\tb", 3 }, 0600, "a\tb", NULL },
		{ "high byte", { "a\xff", 2 }, 0600, "a\xff", NULL },
		{ "empty", { "", 0 }, 0600, NULL, NULL },
		{ "only a line feed", { "\n", 1 }, 0600, NULL, NULL },
		{ "the group reads", { "abc", 3 }, 0640, NULL, NULL },
		{ "all read", { "abc", 3 }, 0604, NULL, NULL },
		{ "all write", { "abc", 3 }, 0602, NULL, NULL },
	};
	struct folder folder;

	folder_init(&folder);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_WIPED_BUF struct buf bytes = BUF_LIMIT(LIMIT_SECRET_BYTES);
		AUTO_WIPED_BUF struct buf text = BUF_LIMIT(LIMIT_SECRET_BYTES);
		struct err err = { .text = "" };
		bool is_read, is_text;

		check_row(rows[i].name);
		put(&folder, rows[i].bytes, rows[i].mode);
		is_read = secret_read(folder.file, &bytes, &err) == 0;
		CHECK_INT(is_read, rows[i].want != NULL);
		if (is_read)
			CHECK_TEXT(buf_text(&bytes), rows[i].want);
		else
			CHECK(strstr(err.text, folder.file) != NULL);
		is_text = secret_read_text(folder.file, &text, &err) == 0;
		CHECK_INT(is_text, rows[i].as_text != NULL);
		if (is_text)
			CHECK_TEXT(buf_text(&text), rows[i].as_text);
		CHECK(rows[i].bytes.len < 3 || strstr(err.text, "abc") == NULL);
	}
	folder_release(&folder);
}

static void test_length(void)
{
	static char bytes[LIMIT_SECRET_BYTES + 2];
	AUTO_WIPED_BUF struct buf buf = BUF_LIMIT(2 * LIMIT_SECRET_BYTES);
	struct folder folder;
	struct err err;

	memset(bytes, 'x', sizeof(bytes));
	folder_init(&folder);
	put(&folder, slice_of(bytes, LIMIT_SECRET_BYTES), 0600);
	CHECK_OK(secret_read(folder.file, &buf, &err), &err);
	CHECK_UINT(buf.len, LIMIT_SECRET_BYTES);
	put(&folder, slice_of(bytes, LIMIT_SECRET_BYTES + 1), 0600);
	CHECK_INT(secret_read(folder.file, &buf, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	folder_release(&folder);
}

static void test_no_files(void)
{
	AUTO_WIPED_BUF struct buf buf = BUF_LIMIT(100);
	struct folder folder;
	struct err err;

	folder_init(&folder);
	CHECK_INT(secret_check(folder.file, &err), -1); /* not there */
	CHECK_INT(secret_check(folder.path, &err), -1); /* a folder */
	if (mkfifo(folder.file, 0600) < 0)
		abort();
	CHECK_INT(secret_read(folder.file, &buf, &err), -1);
	unlink(folder.file);
	if (symlink("/dev/null", folder.file) < 0)
		abort();
	CHECK_INT(secret_check(folder.file, &err), -1);
	CHECK_INT(secret_check("/dev/null", &err), -1);
	folder_release(&folder);
}

static void test_owner(void)
{
	struct folder folder;
	struct err err;

	if (geteuid() != 0)
		return;
	folder_init(&folder);
	put(&folder, SLICE("abc"), 0600);
	if (chown(folder.file, 12345, 0) < 0)
		abort();
	CHECK_INT(secret_check(folder.file, &err), -1);
	CHECK(strstr(err.text, "12345") != NULL);
	folder_release(&folder);
}

/* Whoever may write a folder on the way may put another file there. */
static void test_folders(void)
{
	static const struct {
		const char *name;
		mode_t above, folder;
		bool is_read;
	} rows[] = {
		{ "own", 0755, 0755, true },
		{ "closed", 0700, 0700, true },
		{ "the group writes", 0755, 0775, false },
		{ "others write", 0755, 0757, false },
		{ "everybody's, with the sticky bit", 0755, 01777, false },
		{ "the group writes above", 0775, 0755, false },
		{ "others write above", 0777, 0755, false },
		{ "everybody's above, with the sticky bit", 01777, 0755, true },
	};
	struct folder folder, below = { .path = "" };

	folder_init(&folder);
	snprintf(below.path, sizeof(below.path), "%.32s/below", folder.path);
	snprintf(below.file, sizeof(below.file), "%s/secret", below.path);
	if (mkdir(below.path, 0700) < 0)
		abort();
	put(&below, SLICE("abc"), 0600);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_WIPED_BUF struct buf bytes = BUF_LIMIT(LIMIT_SECRET_BYTES);
		struct err err = { .text = "" };

		check_row(rows[i].name);
		if (chmod(folder.path, rows[i].above) < 0 ||
		    chmod(below.path, rows[i].folder) < 0)
			abort();
		CHECK_INT(secret_read(below.file, &bytes, &err) == 0, rows[i].is_read);
		CHECK_INT(secret_check(below.file, &err) == 0, rows[i].is_read);
		if (!rows[i].is_read)
			CHECK(strstr(err.text, folder.path) &&
			      strstr(err.text, "may write"));
	}
	folder_release(&below);
	folder_release(&folder);
}

static void test_folder_of_another(void)
{
	struct folder folder;
	struct err err;

	if (geteuid() != 0)
		return;
	folder_init(&folder);
	put(&folder, SLICE("abc"), 0600);
	CHECK_OK(secret_check(folder.file, &err), &err);
	if (chown(folder.path, 12345, 0) < 0)
		abort();
	CHECK_INT(secret_check(folder.file, &err), -1);
	CHECK(strstr(err.text, "12345") && strstr(err.text, folder.path));
	folder_release(&folder);
}

static void test_credentials(void)
{
	AUTO_WIPED_BUF struct buf buf = BUF_LIMIT(100);
	struct folder folder;
	struct err err;

	folder_init(&folder);
	put(&folder, SLICE("abc\n"), 0440); /* as systemd's access list makes it look */
	unsetenv("CREDENTIALS_DIRECTORY");
	CHECK_INT(secret_read("credential:secret", &buf, &err), -1);
	setenv("CREDENTIALS_DIRECTORY", "relative", 1);
	CHECK_INT(secret_read("credential:secret", &buf, &err), -1);
	setenv("CREDENTIALS_DIRECTORY", folder.path, 1);
	CHECK_OK(secret_read("credential:secret", &buf, &err), &err);
	CHECK_TEXT(buf_text(&buf), "abc");
	CHECK_INT(secret_check("credential:../secret", &err), -1);
	CHECK_INT(secret_check("credential:", &err), -1);
	CHECK_INT(secret_check("credential:other", &err), -1);
	put(&folder, SLICE("abc\n"), 0444);
	CHECK_INT(secret_check("credential:secret", &err), -1);
	unsetenv("CREDENTIALS_DIRECTORY");
	folder_release(&folder);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "content", test_content },
		{ "length", test_length },
		{ "no files", test_no_files },
		{ "owner", test_owner },
		{ "folders", test_folders },
		{ "folder of another", test_folder_of_another },
		{ "credentials", test_credentials },
		{ NULL, NULL },
	};

	return check_run("secret", tests);
}
