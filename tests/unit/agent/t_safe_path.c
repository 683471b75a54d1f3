/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/safe_path.h"

#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/check.h"
#include "tests/unit/input/scratch.h"

/* own/log, open/sub (anybody may write open), and links */
static void make_tree(struct scratch *scratch)
{
	static const char *const folders[] = { "own", "open", "open/sub" };
	static const struct {
		const char *target, *path;
	} links[] = {
		{ "own", "link" },
		{ "log", "own/latest" },
		{ "../open/sub/../../own/log", "own/around" },
		{ "loop", "own/loop" },
		{ "nowhere", "own/dangling" },
		{ "../own/log", "open/link" },
	};

	scratch_init(scratch);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		CHECK_INT(mkdir(scratch_path(scratch, folders[i]), 0755), 0);
	scratch_write(scratch, "own/log", SLICE("a line\n"));
	CHECK_INT(chmod(scratch_path(scratch, "own/log"), 0640), 0);
	scratch_write(scratch, "open/log", SLICE("a line\n"));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		CHECK_INT(symlink(links[i].target, scratch_path(scratch, links[i].path)),
			  0);
	CHECK_INT(chmod(scratch_path(scratch, "open"), 0777), 0);
}

static void test_ways(void)
{
	static const struct {
		const char *path;
		bool is_safe;
	} rows[] = {
		{ "own", true },
		{ "own/", true },
		{ "own/log", true },
		{ "own/../own/./log", true },
		{ "link/log", true },
		{ "link/", true },
		{ "own/latest", true },
		{ "link/latest", true },
		{ "own/loop", false },
		{ "own/dangling", false },
		{ "own/missing", false },
		{ "own/log/below", false },
		{ "open", false },
		{ "open/log", false },
		{ "open/link", false },
		/* sub may become a link while nobody looks */
		{ "open/sub/../../own/log", false },
		{ "own/around", false },
	};
	AUTO_SCRATCH struct scratch scratch;

	make_tree(&scratch);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		check_row(rows[i].path);
		CHECK_INT(path_is_safe(scratch_path(&scratch, rows[i].path)),
			  rows[i].is_safe);
	}
	CHECK(path_is_safe("/"));
	CHECK(path_is_safe("/tmp"));
	CHECK(!path_is_safe("own/log"));
	CHECK(!path_is_safe(""));
}

static void test_modes(void)
{
	static const struct {
		mode_t folder, file;
		bool is_safe;
	} rows[] = {
		{ 0755, 0644, true },  { 01777, 0644, true }, { 0777, 0644, false },
		{ 0775, 0644, false }, { 0755, 0660, false }, { 0755, 01602, false },
	};
	AUTO_SCRATCH struct scratch scratch;

	make_tree(&scratch);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		CHECK_INT(chmod(scratch_path(&scratch, "own"), rows[i].folder), 0);
		CHECK_INT(chmod(scratch_path(&scratch, "own/log"), rows[i].file), 0);
		CHECK_INT(path_is_safe(scratch_path(&scratch, "link/log")),
			  rows[i].is_safe);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ways", test_ways },
		{ "modes", test_modes },
		{ NULL, NULL },
	};

	return check_run("safe_path", tests);
}
