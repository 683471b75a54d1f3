/* SPDX-License-Identifier: Apache-2.0 */
#include "base/trusted_folder.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tests/support/check.h"

#define ANOTHER 12345

/* /tmp/countersign-trusted.X/a/b, and a link to b beside a */
struct tree {
	char root[64], above[80], folder[96], link[80];
};

static void must(bool held)
{
	if (held)
		return;
	perror("t_trusted_folder");
	abort();
}

static void tree_init(struct tree *tree)
{
	snprintf(tree->root, sizeof(tree->root), "/tmp/countersign-trusted.XXXXXX");
	must(mkdtemp(tree->root) != NULL);
	snprintf(tree->above, sizeof(tree->above), "%s/a", tree->root);
	snprintf(tree->folder, sizeof(tree->folder), "%s/b", tree->above);
	snprintf(tree->link, sizeof(tree->link), "%s/link", tree->root);
	must(mkdir(tree->above, 0755) == 0 && mkdir(tree->folder, 0755) == 0 &&
	     symlink("a/b", tree->link) == 0);
}

static void tree_release(struct tree *tree)
{
	unlink(tree->link);
	rmdir(tree->folder);
	rmdir(tree->above);
	rmdir(tree->root);
}

static bool is_trusted(const char *path, bool may_be_shared, struct err *err)
{
	const struct trusted_folder folder = { path, may_be_shared };
	AUTO_CLOSE int fd = -1;

	*err = (struct err){ .text = "" };
	return trusted_folder_open(&folder, &fd, err) == 0 && fd >= 0;
}

static void test_modes(void)
{
	static const struct {
		const char *name;
		mode_t above, folder;
		bool is_trusted, is_trusted_shared;
		bool blames_above;
	} rows[] = {
		{ "own", 0755, 0755, true, true, false },
		{ "closed", 0700, 0500, true, true, false },
		{ "the group writes", 0755, 0775, false, false, false },
		{ "others write", 0755, 0757, false, false, false },
		{ "shared", 0755, 01777, false, true, false },
		{ "the group writes above", 0775, 0755, false, false, true },
		{ "others write above", 0757, 0755, false, false, true },
		{ "shared above", 01777, 0755, true, true, false },
		{ "shared by the group above", 01775, 0700, true, true, false },
		{ "shared above and below", 01777, 01777, false, true, false },
	};
	struct tree tree;

	tree_init(&tree);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const char *ways[] = { tree.folder, tree.link };
		char blamed[128];

		check_row(rows[i].name);
		must(chmod(tree.above, rows[i].above) == 0 &&
		     chmod(tree.folder, rows[i].folder) == 0);
		snprintf(blamed, sizeof(blamed), "'%s'",
			 rows[i].blames_above ? tree.above : tree.folder);
		for (size_t k = 0; k < COUNT_OF(ways); k++) {
			struct err err;

			CHECK_INT(is_trusted(ways[k], true, &err),
				  rows[i].is_trusted_shared);
			CHECK_INT(is_trusted(ways[k], false, &err), rows[i].is_trusted);
			if (!rows[i].is_trusted)
				CHECK(strstr(err.text, blamed) &&
				      strstr(err.text, "may write"));
		}
	}
	tree_release(&tree);
}

/* Only root can make what is another's. */
static void test_owners(void)
{
	struct tree tree;
	struct err err;

	if (geteuid() != 0)
		return;
	tree_init(&tree);
	must(chown(tree.folder, ANOTHER, 0) == 0);
	CHECK(!is_trusted(tree.folder, true, &err));
	CHECK(strstr(err.text, "user 12345") && strstr(err.text, tree.folder));
	must(chown(tree.folder, 0, 0) == 0 && chown(tree.above, ANOTHER, 0) == 0);
	CHECK(!is_trusted(tree.folder, true, &err));
	CHECK(!is_trusted(tree.link, true, &err));
	must(chown(tree.above, 0, 0) == 0 && lchown(tree.link, ANOTHER, 0) == 0);
	CHECK(is_trusted(tree.folder, true, &err));
	CHECK(!is_trusted(tree.link, true, &err));
	CHECK(strstr(err.text, tree.link) != NULL);
	tree_release(&tree);
}

static void test_ways(void)
{
	struct tree tree;
	struct err err;
	char way[256], here[256];

	tree_init(&tree);
	must(getcwd(here, sizeof(here)) != NULL && chdir(tree.above) == 0);
	CHECK(is_trusted("b", false, &err));
	CHECK(is_trusted(".", false, &err));
	CHECK(is_trusted("../link", false, &err));
	CHECK(is_trusted("../a//b/./../b/", false, &err));
	CHECK(is_trusted("/", false, &err));
	CHECK(!is_trusted("none", false, &err));
	CHECK_TEXT(err.text, "");
	CHECK(!is_trusted("/etc/passwd/x", false, &err));
	must(chdir(here) == 0);
	/* an absolute link, and one that never ends */
	unlink(tree.link);
	must(symlink(tree.folder, tree.link) == 0);
	CHECK(is_trusted(tree.link, false, &err));
	unlink(tree.link);
	must(symlink("link", tree.link) == 0);
	CHECK(!is_trusted(tree.link, false, &err));
	CHECK(strstr(err.text, "cannot follow") != NULL);
	snprintf(way, sizeof(way), "%s/../%s", tree.above, "a/b");
	CHECK(is_trusted(way, false, &err));
	tree_release(&tree);
}

static void test_within(void)
{
	AUTO_CLOSE int root = -1, folder = -1, none = 7;
	const struct trusted_folder top = { .path = "/tmp", .may_be_shared = true };
	struct tree tree;
	struct err err;

	tree_init(&tree);
	CHECK_OK(trusted_folder_open(&top, &root, &err), &err);
	CHECK_OK(trusted_folder_open_in(root, strrchr(tree.root, '/') + 1, &folder, &err),
		 &err);
	CHECK(faccessat(folder, "a/b", F_OK, 0) == 0);
	CHECK_OK(trusted_folder_open_in(folder, "none", &none, &err), &err);
	CHECK_INT(none, -1);
	must(chmod(tree.above, 0777) == 0);
	close(folder);
	CHECK_OK(trusted_folder_open(&(struct trusted_folder){ .path = tree.root },
				     &folder, &err),
		 &err);
	none = -1;
	CHECK_INT(trusted_folder_open_in(folder, "a", &none, &err), -1);
	CHECK_INT(trusted_folder_open_in(folder, "link", &none, &err), -1);
	tree_release(&tree);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "modes", test_modes }, { "owners", test_owners },
		{ "ways", test_ways },	 { "within", test_within },
		{ NULL, NULL },
	};

	return check_run("base/trusted_folder", tests);
}
