/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/store/aside.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/fault.h"
#include "base/memory.h"
#include "base/time.h"

#define NAMES_MAX 1000

/* What SQLite keeps beside a database. They go first: a database that is still there is
 * moved by the next start, a log that was left alone would be taken for the new one's. */
static const char *const companions[] = { "-wal", "-journal", "" };

int aside_sync_folder(const char *path, struct err *err)
{
	AUTO_FREE char *copy = memory_copy_text(slice_text(path));
	const char *folder = dirname(copy);
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		return err_system(err, errno, "cannot make '%s' durable", folder);
	return 0;
}

static void append_note_name(struct buf *buf, const char *path, const char *suffix)
{
	buf_append_format(buf, "%s.aside%s", path, suffix);
}

/* "20260102T030405Z", of the database's last change: no clock is needed. */
static void append_change(struct buf *buf, const char *path)
{
	struct stat status;
	struct civil civil = civil_from_utc(0);

	if (stat(path, &status) == 0 && status.st_mtim.tv_sec > 0 &&
	    status.st_mtim.tv_sec < US_TIME_MAX / US_PER_SECOND)
		civil = civil_from_utc(status.st_mtim.tv_sec * US_PER_SECOND);
	buf_append_format(buf, "%04d%02d%02dT%02d%02d%02dZ", civil.year, civil.month,
			  civil.day, civil.hour, civil.minute, civil.second);
}

static bool exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* A name that nothing has yet. */
static int choose_name(const char *path, struct buf *name, struct err *err)
{
	for (int i = 1; i < NAMES_MAX; i++) {
		buf_clear(name);
		buf_append_format(name, "%s.damaged-", path);
		append_change(name, path);
		if (i > 1)
			buf_append_format(name, "-%d", i);
		if (!exists(buf_text(name)))
			return 0;
	}
	return err_set(err, ERR_LIMIT, "there are too many damaged databases beside '%s'",
		       path);
}

static int write_file(const char *path, struct slice bytes, struct err *err)
{
	AUTO_CLOSE int fd =
		open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, bytes.ptr, bytes.len) != (ssize_t)bytes.len ||
	    fsync(fd) < 0)
		return err_system(err, errno, "cannot write '%s'", path);
	return 0;
}

int aside_note(const char *path, const char *damage, struct err *err)
{
	AUTO_BUF struct buf unfinished = BUF_LIMIT(PATH_MAX);
	AUTO_BUF struct buf note = BUF_LIMIT(PATH_MAX);
	AUTO_BUF struct buf text = BUF_LIMIT((size_t)2 * PATH_MAX);
	AUTO_BUF struct buf name = BUF_LIMIT(PATH_MAX);

	append_note_name(&unfinished, path, ".new");
	append_note_name(&note, path, "");
	if (choose_name(path, &name, err) < 0)
		return -1;
	buf_append_format(&text, "%s\n%s\n", buf_text(&name), damage);
	if (write_file(buf_text(&unfinished), buf_slice(&text), err) < 0)
		return -1;
	FAULT_POINT("store-aside-written");
	if (rename(buf_text(&unfinished), buf_text(&note)) < 0)
		return err_system(err, errno, "cannot rename '%s'",
				  buf_text(&unfinished));
	FAULT_POINT("store-aside-noted");
	return aside_sync_folder(path, err);
}

static void copy_cut(char *to, size_t size, struct slice text)
{
	text = slice_first(text, size - 1);
	if (text.len)
		memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
}

/* Reads the note; false when there is none that was finished. */
static bool read_note(const char *note, struct aside *aside)
{
	AUTO_CLOSE int fd = open(note, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char bytes[2 * PATH_MAX];
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	struct slice rest = slice_of(bytes, len < 0 ? 0 : (size_t)len);
	struct slice name, damage;

	if (!slice_take_until(&rest, '\n', &name) || name.len == 0 ||
	    name.len >= sizeof(aside->moved_to))
		return false;
	if (!slice_take_until(&rest, '\n', &damage))
		damage = rest;
	copy_cut(aside->moved_to, sizeof(aside->moved_to), name);
	copy_cut(aside->damage, sizeof(aside->damage), damage);
	return true;
}

static int move_one(const char *from, const char *to, const char *suffix, struct err *err)
{
	AUTO_BUF struct buf old_name = BUF_LIMIT(PATH_MAX);
	AUTO_BUF struct buf new_name = BUF_LIMIT(PATH_MAX);

	buf_append_format(&old_name, "%s%s", from, suffix);
	buf_append_format(&new_name, "%s%s", to, suffix);
	if (rename(buf_text(&old_name), buf_text(&new_name)) < 0 && errno != ENOENT)
		return err_system(err, errno, "cannot move '%s' aside",
				  buf_text(&old_name));
	FAULT_POINT("store-aside-moved");
	return 0;
}

int aside_move(const char *path, struct aside *ret_aside, bool *ret_found,
	       struct err *err)
{
	AUTO_BUF struct buf note = BUF_LIMIT(PATH_MAX);
	struct aside aside = { .moved_to = "" };

	append_note_name(&note, path, "");
	if (!read_note(buf_text(&note), &aside)) {
		*ret_found = false;
		return 0;
	}
	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++)
		if (move_one(path, aside.moved_to, companions[i], err) < 0)
			return -1;
	if (aside_sync_folder(path, err) < 0)
		return -1;
	FAULT_POINT("store-aside-synced");
	if (unlink(buf_text(&note)) < 0)
		return err_system(err, errno, "cannot remove '%s'", buf_text(&note));
	FAULT_POINT("store-aside-done");
	*ret_aside = aside;
	*ret_found = true;
	return 0;
}
