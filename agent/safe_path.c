/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/safe_path.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"

/* As many as the kernel follows. */
#define LINKS_MAX 40

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

/* The folder or file itself and every folder above it. */
static bool is_safe_upwards(const char *path)
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

/* Cuts the last name off; false when there is none. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || strcmp(path, "/") == 0)
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/* Where the link at `path` leads; owned by the caller, NULL when it cannot be told. */
static char *target_of(const char *path)
{
	char target[PATH_MAX], joined[2 * PATH_MAX];
	ssize_t len = readlink(path, target, sizeof(target) - 1);
	AUTO_FREE char *folder = memory_copy_text(slice_text(path));

	if (len <= 0)
		return NULL;
	target[len] = '\0';
	if (target[0] == '/')
		return memory_copy_text(slice_text(target));
	if (!go_up(folder) || snprintf(joined, sizeof(joined), "%s/%s", folder, target) >=
				      (int)sizeof(joined))
		return NULL;
	return memory_copy_text(slice_text(joined));
}

/* Whoever may put another link in the place of one on the way chooses what is found at
 * its end: each must lie where only we could have put it. */
static bool are_links_safe(const char *path, unsigned *links_left)
{
	AUTO_FREE char *part = memory_copy_text(slice_text(path));
	struct stat status;

	do {
		AUTO_FREE char *target = NULL, *folder = NULL;

		if (lstat(part, &status) < 0)
			return false;
		if (!S_ISLNK(status.st_mode))
			continue;
		folder = memory_copy_text(slice_text(part));
		target = target_of(part);
		if ((*links_left)-- == 0 || !is_ours(&status) || !target ||
		    !go_up(folder) || !is_safe_upwards(folder) ||
		    !are_links_safe(target, links_left))
			return false;
	} while (go_up(part));
	return true;
}

bool path_is_safe(const char *path)
{
	unsigned links = LINKS_MAX;

	return path[0] == '/' && is_safe_upwards(path) && are_links_safe(path, &links);
}
