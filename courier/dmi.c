/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/dmi.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>

#include "base/cleanup.h"

bool dmi_begins(const char *root, const char *path, struct slice text)
{
	AUTO_CLOSE int fd = -1;
	char whole[PATH_MAX], bytes[64];
	ssize_t len;
	int written = snprintf(whole, sizeof(whole), "%s%s", root, path);

	if (written < 0 || (size_t)written >= sizeof(whole))
		return false;
	fd = open(whole, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return false;
	len = read(fd, bytes, sizeof(bytes));
	return len > 0 && slice_starts_with(slice_of(bytes, (size_t)len), text);
}
