/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/option_texts.h"

#include <assert.h>
#include <string.h>

#include "base/slice.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define OF_INSTANCE "instance/attributes/"
#define OF_PROJECT "project/attributes/"

static const char *const folders[GCP_OPTION_FOLDERS] = { OF_INSTANCE, OF_PROJECT };

/* Those whose values are told are a word. */
static const struct {
	const char *name;
	bool is_told;
} rows[] = {
	{ OF_INSTANCE "serial-port-enable", true },
	{ OF_INSTANCE "enable-oslogin", true },
	{ OF_INSTANCE "block-project-ssh-keys", true },
	{ OF_INSTANCE "ssh-keys", false },
	{ OF_INSTANCE "sshKeys", false },
	{ OF_INSTANCE "startup-script", false },
	{ OF_INSTANCE "startup-script-url", false },
	{ OF_INSTANCE "shutdown-script", false },
	{ OF_INSTANCE "shutdown-script-url", false },
	{ OF_INSTANCE "user-data", false },
	{ OF_PROJECT "serial-port-enable", true },
	{ OF_PROJECT "enable-oslogin", true },
	{ OF_PROJECT "ssh-keys", false },
	{ OF_PROJECT "sshKeys", false },
	{ OF_PROJECT "startup-script", false },
	{ OF_PROJECT "startup-script-url", false },
	{ OF_PROJECT "shutdown-script", false },
	{ OF_PROJECT "shutdown-script-url", false },
};
static_assert(COUNT_OF(rows) <= OPTION_LIST_MAX, "all of them can be told");

const char *gcp_option_folder(size_t index)
{
	assert(index < GCP_OPTION_FOLDERS);
	return folders[index];
}

static bool has_line(struct slice lines, struct slice wanted)
{
	struct slice line;

	while (lines.len) {
		if (!slice_take_until(&lines, '\n', &line)) {
			line = lines;
			lines = slice_skip(lines, lines.len);
		}
		slice_take_suffix(&line, SLICE("\r"));
		if (slice_equal(line, wanted))
			return true;
	}
	return false;
}

void gcp_option_texts_read(size_t folder, struct slice names, struct option_list *options)
{
	assert(folder < GCP_OPTION_FOLDERS);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice name = slice_text(rows[i].name);

		if (slice_take_prefix(&name, slice_text(folders[folder])) &&
		    has_line(names, name))
			option_list_add(options, rows[i].name);
	}
}

bool gcp_option_is_told(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		if (strcmp(rows[i].name, name) == 0)
			return rows[i].is_told;
	}
	return false;
}
