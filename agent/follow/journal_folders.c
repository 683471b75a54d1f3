/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_folders.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

/* What tells of new folders and files. IN_MASK_ADD: a folder may be watched twice. */
#define WATCH_ROOT                                                              \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_DELETE_SELF | \
	 IN_MOVE_SELF | IN_ATTRIB | IN_ONLYDIR | IN_MASK_ADD)
#define WATCH_FOLDER (WATCH_ROOT | IN_MODIFY)
#define WATCH_WAITING \
	(IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR | IN_MASK_ADD)

/* Reads of the descriptor at a time: a writer of many files keeps nobody in a loop. */
#define READS_MAX 16

/* Folders between the one that is waited in and a root: "/var", "log", "journal". */
#define WATCH_TURNS 4

struct listing {
	struct journal_folders *folders;
	const struct journal_folders_visitor *visitor;
	bool is_volatile;
	size_t files, subfolders;
	bool is_full; /* and it was told */
};

static struct slice name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slice_text(slash ? slash + 1 : path);
}

bool journal_is_users(const char *path)
{
	return slice_starts_with(name_of(path), SLICE("user-"));
}

/* FNV-1a: short, whatever a name is made of; and who can give journals names can write
 * what is in them. */
uint64_t journal_owner(const char *path)
{
	struct slice name = name_of(path);
	ptrdiff_t at = slice_find_last(name, '@');
	uint64_t owner = UINT64_C(0xcbf29ce484222325);

	if (at >= 0) {
		name = slice_first(name, (size_t)at);
	} else {
		slice_take_suffix(&name, SLICE("~"));
		slice_take_suffix(&name, SLICE(".journal"));
	}
	for (size_t i = 0; i < name.len; i++)
		owner = (owner ^ (unsigned char)name.ptr[i]) * UINT64_C(0x100000001b3);
	return owner ? owner : 1;
}

bool journal_is_set_aside(const char *path)
{
	struct slice name = name_of(path);

	return slice_find_last(name, '@') >= 0 || slice_ends_with(name, SLICE("~"));
}

/* A trailing '~' marks a file that journald found not closed properly and set aside. */
static bool is_journal_name(struct slice name)
{
	slice_take_suffix(&name, SLICE("~"));
	return slice_ends_with(name, SLICE(".journal"));
}

void journal_folders_init(struct journal_folders *folders, const char *path)
{
	sd_id128_t machine;

	*folders = (struct journal_folders){ .waiting_wd = { -1, -1 } };
	if (path) {
		folders->roots[0] = memory_copy_text(slice_text(path));
	} else {
		folders->roots[0] = memory_copy_text(SLICE("/run/log/journal"));
		folders->roots[1] = memory_copy_text(SLICE("/var/log/journal"));
		folders->is_machine = true;
		if (sd_id128_get_machine(&machine) >= 0)
			sd_id128_to_string(machine, folders->machine);
	}
	folders->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	folders->is_blind = folders->fd < 0;
}

void journal_folders_release(struct journal_folders *folders)
{
	for (size_t i = 0; i < JOURNAL_ROOTS; i++)
		free(folders->roots[i]);
	if (folders->fd >= 0)
		close(folders->fd);
	folders->fd = -1;
}

/* Whether an event is of a folder that only waits for a root, and of something else. */
static bool is_stranger(const struct journal_folders *folders,
			const struct inotify_event *event)
{
	if (event->len == 0 || (event->mask & (IN_Q_OVERFLOW | IN_IGNORED)))
		return false;
	for (size_t i = 0; i < JOURNAL_ROOTS; i++)
		if (folders->roots[i] && event->wd == folders->waiting_wd[i])
			return !strstr(folders->roots[i], event->name);
	return false;
}

static void note(const struct journal_folders *folders, struct slice events,
		 struct journal_changes *changes)
{
	while (events.len >= sizeof(struct inotify_event)) {
		const struct inotify_event *event = (const void *)events.ptr;

		if (event->mask & IN_MODIFY)
			changes->grew = true;
		else if (!(event->mask & IN_IGNORED) && !is_stranger(folders, event))
			changes->moved = true;
		events = slice_skip(events, sizeof(*event) + event->len);
	}
}

struct journal_changes journal_folders_changes(struct journal_folders *folders)
{
	struct journal_changes changes = { .grew = folders->is_blind,
					   .moved = folders->is_blind };
	_Alignas(struct inotify_event) char events[4096];

	for (int i = 0; folders->fd >= 0 && i < READS_MAX; i++) {
		ssize_t len = read(folders->fd, events, sizeof(events));

		if (len <= 0)
			break;
		note(folders, slice_of(events, (size_t)len), &changes);
	}
	return changes;
}

/* The watch of a folder that is there, or -1; a watch that should be and cannot be is
 * remembered. */
static int watch(struct journal_folders *folders, const char *path, uint32_t mask)
{
	int wd;

	if (folders->fd < 0)
		return -1;
	wd = inotify_add_watch(folders->fd, path, mask);
	if (wd < 0 && (errno == ENOSPC || errno == ENOMEM))
		folders->is_blind = true;
	return wd;
}

/* Watches the nearest folder above a path that is there. */
static int watch_above(struct journal_folders *folders, const char *root)
{
	AUTO_FREE char *path = memory_copy_text(slice_text(root));
	char *slash;
	int wd = -1;

	while (wd < 0 && (slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		wd = watch(folders, path[0] ? path : "/", WATCH_WAITING);
	}
	return wd;
}

/* Waits for a root that is not there; no more once it is. Twice, for a folder nearer to
 * it that came between looking and watching. */
static void wait_for_root(struct journal_folders *folders, size_t index, bool is_there)
{
	int old = folders->waiting_wd[index];
	int wd = -1;

	if (!is_there) {
		wd = watch_above(folders, folders->roots[index]);
		for (int i = 0, again; i < WATCH_TURNS; i++, wd = again) {
			again = watch_above(folders, folders->roots[index]);
			if (again == wd)
				break;
		}
	}
	if (old >= 0 && old != wd)
		(void)inotify_rm_watch(folders->fd, old);
	folders->waiting_wd[index] = wd;
}

static void fail(const struct listing *listing, const char *path, int errno_value)
{
	struct err why;

	(void)err_system(&why, errno_value, "cannot read folder '%s'", path);
	listing->visitor->failed(listing->visitor->ctx, &why);
}

static void list_file(struct listing *listing, const char *folder, const char *name)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct err why;

	if (listing->files == LIMIT_JOURNAL_FILES) {
		if (!listing->is_full) {
			(void)err_set(&why, ERR_LIMIT, "'%s' holds more than %d journals",
				      folder, LIMIT_JOURNAL_FILES);
			listing->visitor->failed(listing->visitor->ctx, &why);
		}
		listing->is_full = true;
		return;
	}
	if (!buf_append_format(&path, "%s/%s", folder, name))
		return;
	listing->files++;
	listing->visitor->file(listing->visitor->ctx, buf_text(&path),
			       listing->is_volatile);
}

static void list_names(struct listing *listing, const char *folder, DIR *names,
		       bool of_users)
{
	const struct dirent *entry;

	rewinddir(names);
	while ((entry = readdir(names)) != NULL)
		if (is_journal_name(slice_text(entry->d_name)) &&
		    journal_is_users(entry->d_name) == of_users)
			list_file(listing, folder, entry->d_name);
}

/* One of the folders that journal files lie in. */
static void list_folder(struct listing *listing, const char *path)
{
	DIR *names;

	if (listing->subfolders++ == LIMIT_JOURNAL_FOLDERS)
		return;
	(void)watch(listing->folders, path, WATCH_FOLDER);
	names = opendir(path);
	if (!names) {
		if (errno != ENOENT && errno != ENOTDIR)
			fail(listing, path, errno);
		return;
	}
	list_names(listing, path, names, false);
	list_names(listing, path, names, true);
	closedir(names);
}

/* "<machine id>" and "<machine id>.<namespace>"; with a folder of somebody's choice, any
 * but the hidden ones. */
static bool is_folder_name(const struct journal_folders *folders, struct slice name)
{
	if (!folders->is_machine)
		return !slice_starts_with(name, SLICE("."));
	return folders->machine[0] &&
	       slice_take_prefix(&name, slice_text(folders->machine)) &&
	       (name.len == 0 || name.ptr[0] == '.');
}

static DIR *open_root(struct journal_folders *folders, const char *root)
{
	(void)watch(folders, root, WATCH_ROOT);
	return opendir(root);
}

static void list_root(struct listing *listing, size_t index)
{
	struct journal_folders *folders = listing->folders;
	const char *root = folders->roots[index];
	const struct dirent *entry;
	DIR *names;

	names = open_root(folders, root);
	wait_for_root(folders, index, names != NULL);
	if (!names)
		names = open_root(folders, root);
	if (!names) {
		if (errno != ENOENT && errno != ENOTDIR)
			fail(listing, root, errno);
		return;
	}
	listing->is_volatile = strncmp(root, "/run/", strlen("/run/")) == 0;
	if (!folders->is_machine)
		list_folder(listing, root);
	while ((entry = readdir(names)) != NULL) {
		AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
		struct stat status;

		if (is_folder_name(folders, slice_text(entry->d_name)) &&
		    buf_append_format(&path, "%s/%s", root, entry->d_name) &&
		    stat(buf_text(&path), &status) == 0 && S_ISDIR(status.st_mode))
			list_folder(listing, buf_text(&path));
	}
	closedir(names);
}

void journal_folders_list(struct journal_folders *folders,
			  const struct journal_folders_visitor *visitor)
{
	struct listing listing = { .folders = folders, .visitor = visitor };

	folders->is_blind = folders->fd < 0;
	for (size_t i = 0; i < JOURNAL_ROOTS; i++)
		if (folders->roots[i])
			list_root(&listing, i);
}
