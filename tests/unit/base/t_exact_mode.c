/* SPDX-License-Identifier: Apache-2.0 */
#include "base/exact_mode.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/support/check.h"

static mode_t mode_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? status.st_mode & 07777 : 0;
}

static void test_modes(void)
{
	static const mode_t umasks[] = { 0, 0022, 0077, 0777 };
	char folder[] = "/tmp/countersign-mode.XXXXXX", file[64], within[64];

	if (!mkdtemp(folder))
		abort();
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(within, sizeof(within), "%s/folder", folder);
	for (size_t i = 0; i < COUNT_OF(umasks); i++) {
		AUTO_CLOSE int fd = -1;
		mode_t before = umask(umasks[i]);

		fd = open_exact(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
		CHECK(fd >= 0);
		CHECK_INT(mkdir_exact(within, 0755), 0);
		CHECK_UINT(mode_of(file), 0640);
		CHECK_UINT(mode_of(within), 0755);
		CHECK_UINT(umask(before), umasks[i]);
		unlink(file);
		rmdir(within);
	}
	rmdir(folder);
}

static void test_what_is_there(void)
{
	char folder[] = "/tmp/countersign-mode.XXXXXX", file[64];
	AUTO_CLOSE int fd = -1, again = -1;

	if (!mkdtemp(folder))
		abort();
	snprintf(file, sizeof(file), "%s/file", folder);
	fd = open_exact(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	again = open_exact(file, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	CHECK(fd >= 0 && again >= 0);
	CHECK_UINT(mode_of(file), 0600);
	errno = 0;
	CHECK_INT(mkdir_exact(folder, 0755), -1);
	CHECK_INT(errno, EEXIST);
	CHECK_INT(open_exact("/nowhere/at/all", O_WRONLY | O_CREAT | O_CLOEXEC, 0644),
		  -1);
	CHECK_INT(errno, ENOENT);
	unlink(file);
	rmdir(folder);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "modes", test_modes },
		{ "what is there", test_what_is_there },
		{ NULL, NULL },
	};

	return check_run("base/exact_mode", tests);
}
