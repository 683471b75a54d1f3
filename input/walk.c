/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "input/file.h"

/* More than the kernel's PATH_MAX: what it refuses is told, not cut. */
#define PATH_LIMIT_BYTES ((size_t)64 * 1024)

struct walk {
	const struct input_visitor *visitor;
	struct buf path; /* of what is being looked at */
	size_t files;	 /* names seen so far, in all folders */
	unsigned depth;
};

/* A folder's names. A subfolder's ends with '/', which puts its files where the byte
 * order of whole paths has them: "a.log" before "a/b". */
struct names {
	char **items; /* owned, each too */
	size_t count;
	size_t room;
};

static void names_release(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

#define AUTO_NAMES __attribute__((cleanup(names_release)))

static void names_add(struct names *names, const char *name, bool is_folder)
{
	size_t len = strlen(name);
	char *item = memory_new(len + 2, 1);

	memcpy(item, name, len + 1);
	if (is_folder)
		item[len] = '/';
	if (names->count == names->room) {
		names->room = names->room ? 2 * names->room : 64;
		names->items =
			memory_resize(names->items, names->room, sizeof(*names->items));
	}
	names->items[names->count++] = item;
}

static int compare_names(const void *a, const void *b)
{
	/* strcmp() compares as unsigned bytes, whatever the locale. */
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void tell(const struct walk *walk, const struct err *why)
{
	if (walk->visitor->failed)
		walk->visitor->failed(walk->visitor->ctx, buf_text(&walk->path), why);
}

static bool is_folder(int folder, const struct dirent *item)
{
	struct stat status;

	if (item->d_type != DT_UNKNOWN)
		return item->d_type == DT_DIR;
	return fstatat(folder, item->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISDIR(status.st_mode);
}

static bool is_self_or_parent(const char *name)
{
	return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

/* Every name of the folder, in no order. Fails past the ceiling; a folder that cannot be
 * read (to its end) is told. */
static int list(struct walk *walk, int fd, struct names *names, struct err *err)
{
	DIR *folder = fdopendir(fd);
	struct dirent *item;
	struct err why;
	int rc = 0;

	if (!folder) {
		err_system(&why, errno, "cannot read '%s'", buf_text(&walk->path));
		close(fd);
		tell(walk, &why);
		return 0;
	}
	/* readdir() is safe here: no other thread has this stream. */
	for (errno = 0; (item = readdir(folder)); errno = 0) {
		if (is_self_or_parent(item->d_name))
			continue;
		if (++walk->files > LIMIT_WALK_FILES) {
			rc = err_set(err, ERR_LIMIT, "'%s' holds more than %d files",
				     buf_text(&walk->path), LIMIT_WALK_FILES);
			break;
		}
		names_add(names, item->d_name, is_folder(dirfd(folder), item));
	}
	if (!item && errno != 0) {
		err_system(&why, errno, "cannot read '%s'", buf_text(&walk->path));
		tell(walk, &why);
	}
	closedir(folder);
	return rc;
}

static int walk_folder(struct walk *walk, int flags, struct err *err);

/* What is no subfolder: a file, or a link, or nothing that can be read. */
static int walk_file(struct walk *walk, struct err *err)
{
	const char *path = buf_text(&walk->path);
	struct stat status;
	struct err why;

	if (stat(path, &status) < 0) {
		err_system(&why, errno, "cannot open '%s'", path);
	} else if (S_ISREG(status.st_mode)) {
		return walk->visitor->visit(walk->visitor->ctx, path, err) < 0 ? -1 : 0;
	} else if (S_ISDIR(status.st_mode)) {
		return 0; /* a link to a folder: not followed */
	} else {
		input_refuse_kind(path, status.st_mode, &why);
	}
	tell(walk, &why);
	return 0;
}

static int walk_name(struct walk *walk, struct slice name, struct err *err)
{
	size_t before = walk->path.len;
	bool is_subfolder = slice_take_suffix(&name, SLICE("/"));
	struct err why;
	int rc = 0;

	if (before > 0 && walk->path.ptr[before - 1] != '/')
		buf_append_byte(&walk->path, '/');
	buf_append(&walk->path, name);
	if (buf_overflowed(&walk->path)) {
		err_set(&why, ERR_LIMIT, "a path below it is longer than %zu bytes",
			PATH_LIMIT_BYTES);
		tell(walk, &why);
		walk->path.overflowed = false;
	} else if (is_subfolder) {
		rc = walk_folder(walk, O_NOFOLLOW, err);
	} else {
		rc = walk_file(walk, err);
	}
	walk->path.len = before;
	walk->path.ptr[before] = '\0';
	return rc;
}

/* Recursion is bounded by LIMIT_WALK_DEPTH; the folder is closed before its names are
 * walked, so that no depth uses up descriptors. */
static int walk_folder(struct walk *walk, int flags, struct err *err)
{
	AUTO_NAMES struct names names = { NULL, 0, 0 };
	struct err why;
	int fd = -1;

	if (walk->depth >= LIMIT_WALK_DEPTH)
		err_set(&why, ERR_LIMIT, "'%s' is nested deeper than %d folders",
			buf_text(&walk->path), LIMIT_WALK_DEPTH);
	else if ((fd = open(buf_text(&walk->path),
			    O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)) < 0)
		err_system(&why, errno, "cannot open '%s'", buf_text(&walk->path));
	if (fd < 0) {
		tell(walk, &why);
		return 0;
	}
	if (list(walk, fd, &names, err) < 0)
		return -1;

	if (names.count > 0)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	walk->depth++;
	for (size_t i = 0; i < names.count; i++)
		if (walk_name(walk, slice_text(names.items[i]), err) < 0)
			return -1;
	walk->depth--;
	return 0;
}

int input_walk(const char *path, const struct input_visitor *visitor, struct err *err)
{
	struct walk walk = { .visitor = visitor, .path = BUF_LIMIT(PATH_LIMIT_BYTES) };
	struct stat status;
	int rc;

	if (stat(path, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (S_ISREG(status.st_mode))
		return visitor->visit(visitor->ctx, path, err) < 0 ? -1 : 0;
	if (!S_ISDIR(status.st_mode))
		return input_refuse_kind(path, status.st_mode, err);

	buf_append_text(&walk.path, path);
	rc = walk_folder(&walk, 0, err);
	buf_release(&walk.path);
	return rc;
}
