/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/safe_path.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

static bool is_ours(const struct stat *status)
{
	return status->st_uid == 0 || status->st_uid == geteuid();
}

static bool is_closed(const struct stat *status)
{
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) == 0)
		return true;
	return S_ISDIR(status->st_mode) && (status->st_mode & S_ISVTX);
}

bool path_is_safe(const char *path)
{
	AUTO_FREE char *real = realpath(path, NULL);
	struct stat status;

	while (real) {
		char *slash;

		if (lstat(real, &status) < 0 || !is_ours(&status) || !is_closed(&status))
			return false;
		if (strcmp(real, "/") == 0)
			return true;
		slash = strrchr(real, '/');
		slash[slash == real ? 1 : 0] = '\0';
	}
	return false;
}
