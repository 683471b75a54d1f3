/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/access_drop_in.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

#define MARK SLICE("# Written by countersign's choose-access")
#define NEEDED SLICE("# needed: ")
#define RIGHT SLICE("AmbientCapabilities=CAP_DAC_READ_SEARCH")

/* Of a file that has some ten. */
#define LINES_MAX 100

struct needs {
	size_t files; /* that it names */
	size_t there; /* of them */
};

/* "/var/log/secure is not readable for the agent's user and groups" */
static void note_need(struct access_drop_in *drop_in, struct needs *needs,
		      struct slice need)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);
	struct slice word;

	if (drop_in->why.len)
		buf_append_text(&drop_in->why, "; ");
	buf_append(&drop_in->why, need);
	if (!slice_starts_with(need, SLICE("/")) ||
	    !slice_take_until(&need, ' ', &word) || !buf_append(&path, word))
		return;
	needs->files++;
	/* A folder above it may be closed to who asks. */
	if (access(buf_text(&path), F_OK) == 0 || errno != ENOENT)
		needs->there++;
}

static void read_lines(FILE *file, struct access_drop_in *drop_in)
{
	struct needs needs = { 0, 0 };
	bool has_other_need = false;
	char text[4096];

	drop_in->kind = ACCESS_DROP_IN_OVERRIDDEN;
	for (int i = 0; i < LINES_MAX && fgets(text, sizeof(text), file); i++) {
		struct slice line = slice_text(text);

		slice_take_suffix(&line, SLICE("\n"));
		line = slice_trim(line);
		if (i == 0 && slice_starts_with(line, MARK))
			drop_in->kind = ACCESS_DROP_IN_WRITTEN;
		if (slice_equal(line, RIGHT))
			drop_in->has_right = true;
		if (!slice_take_prefix(&line, NEEDED))
			continue;
		has_other_need |= !slice_starts_with(line, SLICE("/"));
		note_need(drop_in, &needs, line);
	}
	drop_in->is_stale = needs.there == 0 && !has_other_need;
}

void access_drop_in_read(const char *path, struct access_drop_in *ret_drop_in)
{
	struct access_drop_in *drop_in = ret_drop_in;
	AUTO_FCLOSE FILE *file = NULL;
	struct stat status;

	*drop_in = (struct access_drop_in){ .why = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES) };
	if (lstat(path, &status) < 0) {
		if (errno == EACCES)
			drop_in->kind = ACCESS_DROP_IN_UNREADABLE;
		return;
	}
	if (!S_ISREG(status.st_mode)) {
		drop_in->kind = ACCESS_DROP_IN_OVERRIDDEN;
		return;
	}
	file = fopen(path, "re");
	if (!file) {
		drop_in->kind = ACCESS_DROP_IN_UNREADABLE;
		return;
	}
	read_lines(file, drop_in);
}

void access_drop_in_release(struct access_drop_in *drop_in)
{
	buf_release(&drop_in->why);
}
