/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: O_PATH and openat2(2) are Linux's */
#include "cli/posture_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

int posture_tree_open(const char *path, struct posture_tree *ret_tree, struct err *err)
{
	AUTO_CLOSE int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct stat status, whole;

	if (fd < 0 || fstat(fd, &status) < 0 || stat("/", &whole) < 0)
		return err_system(err, errno, "cannot open the folder '%.512s'", path);
	ret_tree->is_whole =
		status.st_dev == whole.st_dev && status.st_ino == whole.st_ino;
	ret_tree->fd = take_fd(&fd);
	return 0;
}

void posture_tree_close(struct posture_tree *tree)
{
	if (tree->fd >= 0)
		close(tree->fd);
	tree->fd = -1;
}

/* Kernels before 5.6, and sandboxes that know no openat2(2), cannot keep links inside of
 * a tree: there only the system's own can be looked at. */
static int open_inside(const struct posture_tree *tree, const char *path, int flags)
{
	struct open_how how = {
		.flags = (unsigned)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, tree->fd, path, &how, sizeof(how));

	if (fd < 0 && (errno == ENOSYS || errno == EPERM) && tree->is_whole)
		return open(path, flags | O_CLOEXEC);
	return (int)fd;
}

static bool is_missing(int errno_value)
{
	return errno_value == ENOENT || errno_value == ENOTDIR;
}

/* Opens what is at the path itself, to look at it only; -1 in `*ret_fd` for nothing. */
static int open_to_look(const struct posture_tree *tree, const char *path, int flags,
			int *ret_fd, struct err *err)
{
	int fd = open_inside(tree, path, O_PATH | flags);

	if (fd < 0 && !is_missing(errno))
		return err_system(err, errno, "cannot look at it");
	*ret_fd = fd;
	return 0;
}

int posture_tree_has(const struct posture_tree *tree, const char *path, bool *ret_found,
		     struct err *err)
{
	AUTO_CLOSE int fd = -1;

	if (open_to_look(tree, path, O_NOFOLLOW, &fd, err) < 0)
		return -1;
	*ret_found = fd >= 0;
	return 0;
}

int posture_tree_link(const struct posture_tree *tree, const char *path, struct buf *buf,
		      bool *ret_found, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	char target[PATH_MAX];
	struct stat status;
	ssize_t len;

	*ret_found = false;
	if (open_to_look(tree, path, O_NOFOLLOW, &fd, err) < 0)
		return -1;
	if (fd < 0)
		return 0;
	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot look at it");
	if (!S_ISLNK(status.st_mode))
		return 0;
	len = readlinkat(fd, "", target, sizeof(target));
	if (len < 0)
		return err_system(err, errno, "cannot read the link");
	buf_append(buf, slice_of(target, (size_t)len));
	*ret_found = true;
	return 0;
}

static int read_all(int fd, struct buf *buf, struct err *err)
{
	char piece[16384];
	ssize_t len;

	while ((len = read(fd, piece, sizeof(piece))) != 0) {
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return err_system(err, errno, "cannot read it");
		if (!buf_append(buf, slice_of(piece, (size_t)len)))
			return err_set(err, ERR_LIMIT, "it is longer than %zu bytes",
				       buf->limit_bytes);
	}
	return 0;
}

/* A link to it is the way to have nothing in a file's place. */
static bool is_null(const struct stat *status)
{
	return S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3);
}

/* Opening a FIFO or a device may have an effect already: it is looked at first, and once
 * more in case it has become one since. */
int posture_tree_read(const struct posture_tree *tree, const char *path, struct buf *buf,
		      bool *ret_found, struct err *err)
{
	AUTO_CLOSE int looked = -1;
	AUTO_CLOSE int fd = -1;
	struct stat status;

	*ret_found = false;
	if (open_to_look(tree, path, 0, &looked, err) < 0)
		return -1;
	if (looked < 0)
		return 0;
	if (fstat(looked, &status) < 0)
		return err_system(err, errno, "cannot look at it");
	if (is_null(&status))
		return 0;
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_FORMAT, "it is not a plain file");
	fd = open_inside(tree, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open it");
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_FORMAT, "it is not a plain file");
	if (read_all(fd, buf, err) < 0)
		return -1;
	*ret_found = true;
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return slice_compare(*(const struct slice *)a, *(const struct slice *)b);
}

static void close_directory(DIR **directory)
{
	if (*directory)
		closedir(*directory);
}

static int read_names(DIR *directory, struct arena *arena, struct posture_names *names,
		      struct err *err)
{
	const struct dirent *entry;

	while (errno = 0, (entry = readdir(directory))) {
		struct slice name = slice_text(entry->d_name);

		if (slice_equal(name, SLICE(".")) || slice_equal(name, SLICE("..")))
			continue;
		if (names->count == LIMIT_POSTURE_NAMES)
			return err_set(err, ERR_LIMIT, "more than %zu names in it",
				       LIMIT_POSTURE_NAMES);
		names->names[names->count++] = arena_copy(arena, name);
	}
	if (errno)
		return err_system(err, errno, "cannot list it");
	return 0;
}

int posture_tree_list(const struct posture_tree *tree, const char *path,
		      struct arena *arena, struct posture_names *ret_names,
		      struct err *err)
{
	AUTO_CLOSE int fd = open_inside(tree, path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
	__attribute__((cleanup(close_directory))) DIR *directory = NULL;
	AUTO_FREE struct slice *found = NULL;
	struct posture_names names = { .count = 0 };

	*ret_names = names;
	if (fd < 0 && is_missing(errno))
		return 0;
	directory = fd < 0 ? NULL : fdopendir(fd);
	if (!directory)
		return err_system(err, errno, "cannot list it");
	(void)take_fd(&fd);
	names.names = found = memory_new(LIMIT_POSTURE_NAMES, sizeof(*found));
	if (read_names(directory, arena, &names, err) < 0)
		return -1;
	qsort(found, names.count, sizeof(*found), compare_names);
	names.names = arena_new(arena, names.count * sizeof(*found));
	if (names.count)
		memcpy(names.names, found, names.count * sizeof(*found));
	*ret_names = names;
	return 0;
}
