/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/here.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "tests/support/check.h"

#define DMI "/sys/class/dmi/id"

static const char *const folders[] = { "/sys", "/sys/class", "/sys/class/dmi", DMI };

static void path_of(const char *root, const char *name, char path[256])
{
	snprintf(path, 256, "%s%s", root, name);
}

static void write_file(const char *root, const char *name, const char *text)
{
	AUTO_FCLOSE FILE *file = NULL;
	char path[256];

	path_of(root, name, path);
	file = fopen(path, "we");
	CHECK(file && fputs(text, file) >= 0);
}

static void test_signs(void)
{
	static const struct {
		const char *name, *file, *text;
		bool here;
	} rows[] = {
		{ "Azure", DMI "/chassis_asset_tag", "7783-7084-3265-9085-8269-3286-77\n",
		  true },
		{ "Hyper-V", DMI "/sys_vendor", "Microsoft Corporation\n", false },
		{ "another tag", DMI "/chassis_asset_tag",
		  "7783-7084-3265-9085-8269-3286-7\n", false },
		{ "an empty tag", DMI "/chassis_asset_tag", "", false },
	};
	char root[] = "t_here-XXXXXX", path[256];

	if (!CHECK(mkdtemp(root) != NULL))
		return;
	CHECK(!azure_is_here(root));
	for (size_t i = 0; i < COUNT_OF(folders); i++) {
		path_of(root, folders[i], path);
		CHECK_INT(mkdir(path, 0700), 0);
	}
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		write_file(root, rows[i].file, rows[i].text);
		CHECK_INT(azure_is_here(root), rows[i].here);
		path_of(root, rows[i].file, path);
		unlink(path);
	}
	for (size_t i = COUNT_OF(folders); i > 0; i--) {
		path_of(root, folders[i - 1], path);
		rmdir(path);
	}
	rmdir(root);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "signs", test_signs },
		{ NULL, NULL },
	};

	return check_run("courier/azure/here", tests);
}
