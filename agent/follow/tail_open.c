/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/tail_open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"

/* The folder that `path` lies in, as text. */
static void folder_of(const char *path, char folder[LIMIT_TAIL_PATH_BYTES])
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) : 0;

	if (!slash)
		(void)snprintf(folder, LIMIT_TAIL_PATH_BYTES, ".");
	else
		(void)snprintf(folder, LIMIT_TAIL_PATH_BYTES, "%.*s", len ? (int)len : 1,
			       path);
}

static int fail(int errno_value, const char *path, int *ret_errno, struct err *err)
{
	*ret_errno = errno_value;
	err_system(err, errno_value, "cannot open '%s'", path);
	if (errno_value == ENOENT)
		err->code = ERR_MISSING;
	return -1;
}

static int refuse_kind(const char *path, mode_t mode, int *ret_errno, struct err *err)
{
	static const struct {
		mode_t type;
		const char *words;
	} rows[] = {
		{ S_IFDIR, "a directory" },    { S_IFIFO, "a FIFO" },
		{ S_IFSOCK, "a socket" },      { S_IFCHR, "a character device" },
		{ S_IFBLK, "a block device" },
	};

	*ret_errno = 0;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == (mode & S_IFMT))
			return err_set(err, ERR_FORMAT, "'%s' is %s, not a file", path,
				       rows[i].words);
	return err_set(err, ERR_FORMAT, "'%s' is not a file", path);
}

/* Whether a link may be followed: it is root's or ours, and in a folder where nobody else
 * could have put it. */
static int check_link(const char *path, const struct stat *link, int *ret_errno,
		      struct err *err)
{
	char folder[LIMIT_TAIL_PATH_BYTES];
	struct stat status;

	if (link->st_uid != 0 && link->st_uid != geteuid()) {
		*ret_errno = ELOOP;
		return err_set(err, ERR_SYSTEM,
			       "'%s' is a symbolic link that belongs to user %u, who may "
			       "point it elsewhere",
			       path, link->st_uid);
	}
	folder_of(path, folder);
	if (stat(folder, &status) < 0)
		return fail(errno, path, ret_errno, err);
	if ((status.st_mode & S_IWOTH) ||
	    (status.st_uid != 0 && status.st_uid != geteuid())) {
		*ret_errno = ELOOP;
		return err_set(err, ERR_SYSTEM,
			       "'%s' is a symbolic link in a folder that other users may "
			       "change",
			       path);
	}
	return 0;
}

/* Where the link leads: an absolute target, or one beside the link. */
static int follow_link(char *path, int *ret_errno, struct err *err)
{
	char target[LIMIT_TAIL_PATH_BYTES];
	char folder[LIMIT_TAIL_PATH_BYTES];
	char joined[2 * LIMIT_TAIL_PATH_BYTES + 2];
	ssize_t len = readlink(path, target, sizeof(target) - 1);

	if (len < 0)
		return fail(errno, path, ret_errno, err);
	target[len] = '\0';
	folder_of(path, folder);
	if (target[0] == '/')
		(void)snprintf(joined, sizeof(joined), "%s", target);
	else
		(void)snprintf(joined, sizeof(joined), "%s/%s", folder, target);
	if (strlen(joined) >= LIMIT_TAIL_PATH_BYTES)
		return fail(ENAMETOOLONG, path, ret_errno, err);
	memcpy(path, joined, strlen(joined) + 1);
	return 0;
}

int tail_resolve_links(const char *path, char *ret_path, int *ret_errno, struct err *err)
{
	char resolved[LIMIT_TAIL_PATH_BYTES];
	struct stat status;

	if (strlen(path) >= sizeof(resolved))
		return fail(ENAMETOOLONG, path, ret_errno, err);
	memcpy(resolved, path, strlen(path) + 1);
	for (int links = 0; links <= LIMIT_TAIL_LINKS; links++) {
		if (lstat(resolved, &status) < 0)
			return fail(errno, resolved, ret_errno, err);
		if (!S_ISLNK(status.st_mode)) {
			memcpy(ret_path, resolved, strlen(resolved) + 1);
			return 0;
		}
		if (check_link(resolved, &status, ret_errno, err) < 0 ||
		    follow_link(resolved, ret_errno, err) < 0)
			return -1;
	}
	return fail(ELOOP, path, ret_errno, err);
}

/* The kind is asked for first: opening a FIFO or a device may already have an effect. */
static int open_plain(const char *path, int *ret_fd, struct stat *ret_status,
		      int *ret_errno, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (lstat(path, &status) < 0)
		return fail(errno, path, ret_errno, err);
	if (!S_ISREG(status.st_mode))
		return refuse_kind(path, status.st_mode, ret_errno, err);
	fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0)
		return fail(errno, path, ret_errno, err);
	if (!S_ISREG(status.st_mode))
		return refuse_kind(path, status.st_mode, ret_errno, err);
	*ret_status = status;
	*ret_fd = take_fd(&fd);
	return 0;
}

int tail_open(const char *path, int *ret_fd, struct stat *ret_status, int *ret_errno,
	      struct err *err)
{
	char resolved[LIMIT_TAIL_PATH_BYTES];

	*ret_errno = 0;
	if (tail_resolve_links(path, resolved, ret_errno, err) < 0)
		return -1;
	return open_plain(resolved, ret_fd, ret_status, ret_errno, err);
}

int tail_open_beside(const char *path, int *ret_fd, struct stat *ret_status)
{
	struct err ignored;
	int ignored_errno;

	return open_plain(path, ret_fd, ret_status, &ignored_errno, &ignored);
}
