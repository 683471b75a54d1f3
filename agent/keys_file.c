/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/keys_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/safe_path.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

#define ANY_NAME "/*/"

/* ---- where they are ------------------------------------------------------------------
 */

static int fail(const char *path, int errno_value, struct err *err)
{
	(void)err_system(err, errno_value, "cannot open '%s'", path);
	if (errno_value == ENOENT || errno_value == ENOTDIR)
		err->code = ERR_MISSING;
	return -1;
}

static void give_one(const char *folder, const char *name, const char *rest,
		     void (*take)(void *ctx, const char *path), void *ctx)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);

	if (name[0] != '.' && buf_append_format(&path, "%s/%s/%s", folder, name, rest))
		take(ctx, buf_text(&path));
}

int keys_file_each(const char *pattern, void (*take)(void *ctx, const char *path),
		   void *ctx, struct err *err)
{
	const char *any = strstr(pattern, ANY_NAME);
	AUTO_FREE char *folder = NULL;
	struct dirent *entry;
	DIR *names;

	if (!any) {
		take(ctx, pattern);
		return 0;
	}
	folder = memory_copy_text(slice_of(pattern, (size_t)(any - pattern)));
	names = opendir(folder[0] ? folder : "/");
	if (!names)
		return errno == ENOENT ? 0 : fail(folder, errno, err);
	for (int count = 0; count < LIMIT_KEYS_NAMES && (entry = readdir(names)); count++)
		give_one(folder, entry->d_name, any + strlen(ANY_NAME), take, ctx);
	closedir(names);
	return 0;
}

/* ---- whether one has changed ---------------------------------------------------------
 */

static struct keys_stamp stamp_of(const struct stat *status)
{
	return (struct keys_stamp){
		.device = (uint64_t)status->st_dev,
		.inode = (uint64_t)status->st_ino,
		.size_bytes = (uint64_t)status->st_size,
		.changed_at = (us_time)status->st_mtim.tv_sec * US_PER_SECOND +
			      status->st_mtim.tv_nsec / 1000,
		.changed_ns = status->st_mtim.tv_nsec,
		.status_s = status->st_ctim.tv_sec,
		.status_ns = status->st_ctim.tv_nsec,
	};
}

int keys_file_stamp(const char *path, struct keys_stamp *ret_stamp, struct err *err)
{
	struct stat status;

	if (stat(path, &status) < 0)
		return fail(path, errno, err);
	*ret_stamp = stamp_of(&status);
	return 0;
}

bool keys_stamp_is(const struct keys_stamp *stamp, const struct keys_stamp *other)
{
	return stamp->device == other->device && stamp->inode == other->inode &&
	       stamp->size_bytes == other->size_bytes &&
	       stamp->changed_at == other->changed_at &&
	       stamp->changed_ns == other->changed_ns &&
	       stamp->status_s == other->status_s && stamp->status_ns == other->status_ns;
}

/* ---- who could have written it -------------------------------------------------------
 */

static bool is_own(const struct stat *status, uid_t owner)
{
	return (status->st_uid == 0 || status->st_uid == owner) &&
	       (status->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Cuts the last part off; false when there is none. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash)
		return false;
	slash[slash == path ? 1 : 0] = '\0';
	return true;
}

/* The file, .ssh and the home are of whose home it is, or root's, as sshd wants them,
 * too; what is above is root's. */
static bool is_safe(const char *path, const struct stat *file)
{
	AUTO_FREE char *part = memory_copy_text(slice_text(path));
	struct stat status, home;

	if (lstat(part, &status) < 0 || !S_ISREG(status.st_mode) ||
	    status.st_ino != file->st_ino || status.st_dev != file->st_dev)
		return false;
	if (!go_up(part) || lstat(part, &status) < 0 || !S_ISDIR(status.st_mode))
		return false;
	if (!go_up(part) || lstat(part, &home) < 0 || !S_ISDIR(home.st_mode))
		return false;
	if (!is_own(file, home.st_uid) || !is_own(&status, home.st_uid) ||
	    !is_own(&home, home.st_uid))
		return false;
	return go_up(part) && path_is_safe(part);
}

/* ---- its text ------------------------------------------------------------------------
 */

/* Opens what is found at the path if it is a file: without opening anything else, which
 * could have an effect. */
static int open_file(const char *path, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int place = open(path, O_PATH | O_CLOEXEC);
	struct stat status;
	char again[64];
	int fd;

	if (place < 0 || fstat(place, &status) < 0)
		return fail(path, errno, err);
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_FORMAT, "'%s' is not a file", path);
	(void)snprintf(again, sizeof(again), "/proc/self/fd/%d", place);
	fd = open(again, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail(path, errno, err);
	*ret_fd = fd;
	return 0;
}

static int read_all(int fd, const char *path, struct buf *bytes, struct err *err)
{
	const size_t piece = 16 * (size_t)1024;

	for (;;) {
		ssize_t got;

		if (!buf_reserve(bytes, piece))
			return err_set(err, ERR_LIMIT, "'%s' is too long to be read",
				       path);
		got = read(fd, bytes->ptr + bytes->len, piece);
		if (got == 0)
			return 0;
		if (got < 0)
			return fail(path, errno, err);
		bytes->len += (size_t)got;
	}
}

int keys_file_read(const char *path, struct keys_text *text, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat before, after;
	struct keys_stamp stamp;

	if (open_file(path, &fd, err) < 0)
		return -1;
	if (fstat(fd, &before) < 0)
		return fail(path, errno, err);
	if (read_all(fd, path, &text->bytes, err) < 0)
		return -1;
	if (fstat(fd, &after) < 0)
		return fail(path, errno, err);
	text->stamp = stamp_of(&before);
	stamp = stamp_of(&after);
	text->is_still = keys_stamp_is(&text->stamp, &stamp);
	text->is_safe = is_safe(path, &after);
	return 0;
}
