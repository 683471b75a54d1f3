/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden/golden_file.h"

#include <stdio.h>

#include "base/cleanup.h"

bool golden_read(const char *path, struct buf *content)
{
	AUTO_FCLOSE FILE *file = fopen(path, "rbe");
	char piece[4096];
	size_t got;

	if (!file)
		return false;
	while ((got = fread(piece, 1, sizeof(piece), file)) > 0) {
		if (!buf_append(content, slice_of(piece, got)))
			return false;
	}
	return !ferror(file);
}

bool golden_write(const char *path, struct slice content)
{
	AUTO_FCLOSE FILE *file = fopen(path, "wbe");

	return file && fwrite(content.ptr, 1, content.len, file) == content.len &&
	       fflush(file) == 0;
}
