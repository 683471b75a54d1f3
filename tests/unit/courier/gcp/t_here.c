/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/here.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "tests/support/check.h"

#define DMI "/sys/class/dmi/id/"

static const char *const folders[] = {
	"/sys",
	"/sys/class",
	"/sys/class/dmi",
	"/sys/class/dmi/id",
};

static const char *const files[] = {
	DMI "product_name",
	DMI "bios_vendor",
	DMI "sys_vendor",
};

static void make_folders(const char *root)
{
	char path[256];

	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		CHECK_INT(mkdir(path, 0700), 0);
	}
}

static void write_file(const char *root, const char *name, const char *text)
{
	AUTO_FCLOSE FILE *file = NULL;
	char path[256];

	snprintf(path, sizeof(path), "%s%s", root, name);
	file = fopen(path, "we");
	CHECK(file && fputs(text, file) >= 0);
}

static void remove_all(const char *root, bool with_folders)
{
	char path[256];

	for (size_t i = 0; i < COUNT_OF(files); i++) {
		snprintf(path, sizeof(path), "%s%s", root, files[i]);
		unlink(path);
	}
	for (size_t i = COUNT_OF(folders); with_folders && i > 0; i--) {
		snprintf(path, sizeof(path), "%s%s", root, folders[i - 1]);
		rmdir(path);
	}
	if (with_folders)
		rmdir(root);
}

static void test_signs(void)
{
	static const struct {
		const char *name, *file, *text;
		bool here;
	} rows[] = {
		{ "nothing", NULL, NULL, false },
		{ "product", DMI "product_name", "Google Compute Engine\n", true },
		{ "firmware", DMI "bios_vendor", "Google\n", true },
		{ "the maker alone", DMI "sys_vendor", "Google\n", false },
		{ "another product", DMI "product_name", "Standard PC (Q35)\n", false },
		{ "another firmware", DMI "bios_vendor", "coreboot\n", false },
		{ "an empty file", DMI "product_name", "", false },
		{ "a shorter one", DMI "product_name", "Google\n", false },
	};
	char root[] = "t_here-XXXXXX";

	if (!CHECK(mkdtemp(root) != NULL))
		return;
	make_folders(root);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		if (rows[i].file)
			write_file(root, rows[i].file, rows[i].text);
		CHECK_INT(gcp_is_here(root), rows[i].here);
		remove_all(root, false);
	}
	remove_all(root, true);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "signs", test_signs },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/here", tests);
}
