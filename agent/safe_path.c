/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: O_PATH is Linux' */
#include "agent/safe_path.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/err.h"
#include "base/trusted_folder.h"

/* As many as the kernel follows. */
#define LINKS_MAX 40
#define WAY_BYTES_MAX ((size_t)2 * PATH_MAX)

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

/* Opens what has the last name of the path, also a link; every folder on the way to it
 * is one in which only we could have put it. -1 = it is not, or nothing is there. */
static int open_last(const struct buf *path)
{
	AUTO_BUF struct buf folder = BUF_LIMIT(WAY_BYTES_MAX);
	ptrdiff_t slash = slice_find_last(buf_slice(path), '/');
	AUTO_CLOSE int fd = -1;
	const char *name;
	struct err err;

	if (slash < 0 ||
	    !buf_append(&folder, slice_first(buf_slice(path), (size_t)slash + 1)) ||
	    trusted_folder_open(
		    &(struct trusted_folder){ buf_text(&folder), .may_be_shared = true },
		    &fd, &err) < 0 ||
	    fd < 0)
		return -1;
	name = buf_text(path) + slash + 1;
	return openat(fd, name[0] ? name : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC);
}

/* Puts what the link says in the place of its path: from the root, or where it lies. */
static bool follow(int link, struct buf *path)
{
	AUTO_BUF struct buf next = BUF_LIMIT(WAY_BYTES_MAX);
	ptrdiff_t slash = slice_find_last(buf_slice(path), '/');
	char target[PATH_MAX];
	ssize_t len = readlinkat(link, "", target, sizeof(target));

	if (len <= 0 || len >= (ssize_t)sizeof(target))
		return false;
	if (target[0] != '/')
		buf_append(&next, slice_first(buf_slice(path), (size_t)slash + 1));
	buf_append(&next, slice_of(target, (size_t)len));
	if (buf_overflowed(&next))
		return false;
	buf_clear(path);
	return buf_append(path, buf_slice(&next));
}

bool path_is_safe(const char *path)
{
	AUTO_BUF struct buf way = BUF_LIMIT(WAY_BYTES_MAX);

	if (path[0] != '/' || !buf_append_text(&way, path))
		return false;
	for (unsigned links = 0; links <= LINKS_MAX; links++) {
		AUTO_CLOSE int fd = open_last(&way);
		struct stat status;

		if (fd < 0 || fstat(fd, &status) < 0 || !is_ours(&status))
			return false;
		if (!S_ISLNK(status.st_mode))
			return is_closed(&status);
		if (!follow(fd, &way))
			return false;
	}
	return false;
}
