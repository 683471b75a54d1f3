/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/ssm_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "evidence/host/ssm_id.h"

#define WATCH                                                                      \
	(IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE_SELF | IN_MOVE_SELF | \
	 IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW)
#define WATCH_ABOVE (IN_CREATE | IN_MOVED_TO | IN_DELETE_SELF | IN_ONLYDIR)

#define READS_MAX 16

_Static_assert(SSM_SESSION_ID_BYTES_MAX < SSM_NAME_BYTES, "a session id fits");

/* What the instance's folder holds. */
static const struct part {
	const char *name;
	enum ssm_folder_kind kind;
} parts[] = {
	{ "session", SSM_FOLDER_SESSION },
	{ "document", SSM_FOLDER_COMMAND },
};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

/* What is known on the way down. */
struct walk {
	struct ssm_tree *tree;
	ssm_run_fn *visit;
	void *ctx;
	const char *instance;
	bool is_trusted;
	size_t names; /* looked at */
};

void ssm_tree_init(struct ssm_tree *tree, const char *data_dir)
{
	*tree = (struct ssm_tree){
		.data_dir = memory_copy_text(slice_text(data_dir)),
		.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC),
	};
	tree->is_blind = tree->fd < 0;
}

static void forget_watches(struct ssm_tree *tree)
{
	for (size_t i = 0; i < tree->watch_count; i++)
		free(tree->watches[i].path);
	tree->watch_count = 0;
	tree->has_runs = false;
}

void ssm_tree_release(struct ssm_tree *tree)
{
	forget_watches(tree);
	free(tree->data_dir);
	if (tree->fd >= 0)
		close(tree->fd);
	tree->fd = -1;
}

/* ---- watching */

/* NULL when the folder is not there or cannot be watched, which is remembered. */
static struct ssm_watch *watch(struct ssm_tree *tree, const char *path, uint32_t mask)
{
	struct ssm_watch *added = &tree->watches[tree->watch_count];
	int wd;

	if (tree->fd < 0)
		return NULL;
	if (tree->watch_count == LIMIT_SSM_WATCHES) {
		tree->passed_over++;
		return NULL;
	}
	wd = inotify_add_watch(tree->fd, path, mask);
	if (wd < 0) {
		tree->is_blind |= errno == ENOSPC || errno == ENOMEM;
		return NULL;
	}
	*added = (struct ssm_watch){ .wd = wd,
				     .path = memory_copy_text(slice_text(path)) };
	tree->watch_count++;
	return added;
}

/* The nearest folder above the data dir that is there. */
static bool watch_above(struct ssm_tree *tree)
{
	AUTO_FREE char *path = memory_copy_text(slice_text(tree->data_dir));
	char *slash;

	while ((slash = strrchr(path, '/')) != NULL) {
		*slash = '\0';
		if (watch(tree, path[0] ? path : "/", WATCH_ABOVE))
			return true;
	}
	return false;
}

static const struct ssm_watch *find_watch(const struct ssm_tree *tree, int wd)
{
	for (size_t i = 0; i < tree->watch_count; i++)
		if (tree->watches[i].wd == wd)
			return &tree->watches[i];
	return NULL;
}

/* Watches of before that are none of now: of folders that were moved away. */
static void remove_stale(const struct ssm_tree *tree, const int *old, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!find_watch(tree, old[i]))
			(void)inotify_rm_watch(tree->fd, old[i]);
}

/* ---- going down */

static bool is_safe(const struct statx *status)
{
	return status->stx_uid == 0 && (status->stx_mode & (S_IWGRP | S_IWOTH)) == 0;
}

static us_time time_of(const struct statx *status)
{
	const struct statx_timestamp *stamp = (status->stx_mask & STATX_BTIME)
						      ? &status->stx_btime
						      : &status->stx_ctime;

	if (stamp->tv_sec < 0 || stamp->tv_sec > US_TIME_MAX / US_PER_SECOND - 1)
		return 0;
	return (us_time)stamp->tv_sec * US_PER_SECOND + (us_time)stamp->tv_nsec / 1000;
}

/* What a name in a folder is, if it is a folder. */
static bool look_at(int folder, const char *name, struct statx *ret_status)
{
	return statx(folder, name, AT_SYMLINK_NOFOLLOW,
		     STATX_TYPE | STATX_MODE | STATX_UID | STATX_CTIME | STATX_BTIME,
		     ret_status) == 0 &&
	       S_ISDIR(ret_status->stx_mode);
}

static void copy_name(char into[SSM_NAME_BYTES], struct slice name)
{
	name = slice_first(name, SSM_NAME_BYTES - 1);
	memcpy(into, name.ptr, name.len);
	into[name.len] = '\0';
}

static bool is_id(enum ssm_folder_kind kind, struct slice name)
{
	return kind == SSM_FOLDER_SESSION ? ssm_is_session_id(name) : ssm_is_uuid(name);
}

/* One folder that should be a session's or a command's. */
static void visit_run(struct walk *walk, int folder, enum ssm_folder_kind kind,
		      const char *name)
{
	struct ssm_run run = { .kind = kind };
	struct statx status;

	if (!look_at(folder, name, &status))
		return;
	if (!is_id(kind, slice_text(name))) {
		walk->tree->refused++;
		return;
	}
	copy_name(run.instance, slice_text(walk->instance));
	copy_name(run.id, slice_text(name));
	run.appeared_at = time_of(&status);
	run.is_trusted = walk->is_trusted && is_safe(&status);
	walk->visit(walk->ctx, &run);
}

/* Calls for every name in a folder, but not for "." and ".."; takes the descriptor. */
static void for_names(struct walk *walk, int fd, const void *what,
		      void (*call)(struct walk *walk, int folder, const char *name,
				   const void *what))
{
	const struct dirent *entry;
	DIR *names = fdopendir(fd);

	if (!names) {
		close(fd);
		return;
	}
	while ((entry = readdir(names)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (walk->names++ >= LIMIT_SSM_NAMES) {
			walk->tree->passed_over++;
			break;
		}
		call(walk, dirfd(names), entry->d_name, what);
	}
	closedir(names);
}

static void list_run(struct walk *walk, int folder, const char *name, const void *what)
{
	const struct part *part = what;

	visit_run(walk, folder, part->kind, name);
}

/* Opens a folder in a folder, and says whether it may be trusted; -1 when it is none, or
 * may not be read, which is remembered. */
static int open_folder(struct ssm_tree *tree, int folder, const char *name,
		       bool *is_trusted)
{
	struct statx status;
	int fd = openat(folder, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0) {
		tree->is_denied |= errno == EACCES;
		return -1;
	}
	if (statx(fd, "", AT_EMPTY_PATH, STATX_MODE | STATX_UID, &status) < 0) {
		close(fd);
		return -1;
	}
	*is_trusted = *is_trusted && is_safe(&status);
	return fd;
}

/* <instance>/session and <instance>/document, with what they hold. Watched from above
 * downwards, so that nothing comes unseen between. */
static void list_part(struct walk *walk, int folder, const struct part *part)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
	bool is_trusted = walk->is_trusted;
	struct walk below = *walk;
	struct ssm_watch *runs;
	int part_fd, fd;

	if (!buf_append_format(&path, "%s/%s/%s", walk->tree->data_dir, walk->instance,
			       part->name))
		return;
	(void)watch(walk->tree, buf_text(&path), WATCH);
	part_fd = open_folder(walk->tree, folder, part->name, &is_trusted);
	if (part_fd < 0)
		return;
	buf_append_text(&path, "/orchestration");
	runs = watch(walk->tree, buf_text(&path), WATCH);
	fd = open_folder(walk->tree, part_fd, "orchestration", &is_trusted);
	close(part_fd);
	if (fd < 0)
		return;
	walk->tree->has_runs = true;
	if (runs) {
		runs->of_runs = true;
		runs->kind = part->kind;
		copy_name(runs->instance, slice_text(walk->instance));
	}
	below.is_trusted = is_trusted;
	for_names(&below, fd, part, list_run);
	walk->names = below.names;
}

static void list_instance(struct walk *walk, int folder, const char *name,
			  const void *what)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct walk below = *walk;
	int fd;

	(void)what;
	if (!ssm_is_instance(slice_text(name)) || strchr(name, ':') ||
	    !buf_append_format(&path, "%s/%s", walk->tree->data_dir, name))
		return;
	(void)watch(walk->tree, buf_text(&path), WATCH);
	fd = open_folder(walk->tree, folder, name, &below.is_trusted);
	if (fd < 0)
		return;
	below.instance = name;
	for (size_t i = 0; i < PART_COUNT; i++)
		list_part(&below, fd, &parts[i]);
	walk->names = below.names;
	close(fd);
}

void ssm_tree_list(struct ssm_tree *tree, ssm_run_fn *visit, void *ctx)
{
	struct walk walk = {
		.tree = tree, .visit = visit, .ctx = ctx, .is_trusted = true
	};
	int old[LIMIT_SSM_WATCHES];
	size_t count = tree->watch_count;
	int fd;

	for (size_t i = 0; i < count; i++)
		old[i] = tree->watches[i].wd;
	forget_watches(tree);
	tree->is_blind = tree->fd < 0;
	tree->is_denied = false;

	if (!watch(tree, tree->data_dir, WATCH)) {
		(void)watch_above(tree);
		/* It may have come meanwhile. */
		(void)watch(tree, tree->data_dir, WATCH);
	}
	fd = open_folder(tree, AT_FDCWD, tree->data_dir, &walk.is_trusted);
	tree->is_absent = fd < 0 && !tree->is_denied;
	tree->was_there |= fd >= 0;
	if (fd >= 0)
		for_names(&walk, fd, NULL, list_instance);
	remove_stale(tree, old, count);
}

/* ---- changes */

/* A run that came in a folder that is watched. The folders above are looked at again:
 * they may be others now. */
static bool visit_event(struct ssm_tree *tree, const struct inotify_event *event,
			ssm_run_fn *visit, void *ctx)
{
	const struct ssm_watch *of = find_watch(tree, event->wd);
	struct walk walk = {
		.tree = tree, .visit = visit, .ctx = ctx, .is_trusted = true
	};
	AUTO_CLOSE int data = -1, instance = -1, part = -1, fd = -1;

	if (!of)
		return (event->mask & (IN_IGNORED | IN_Q_OVERFLOW)) == IN_IGNORED;
	if (!of->of_runs || event->len == 0 || !(event->mask & (IN_CREATE | IN_MOVED_TO)))
		return of->of_runs && event->len > 0;
	walk.instance = of->instance;
	if ((data = open_folder(tree, AT_FDCWD, tree->data_dir, &walk.is_trusted)) < 0 ||
	    (instance = open_folder(tree, data, of->instance, &walk.is_trusted)) < 0 ||
	    (part = open_folder(tree, instance, parts[of->kind].name, &walk.is_trusted)) <
		    0 ||
	    (fd = open_folder(tree, part, "orchestration", &walk.is_trusted)) < 0)
		return false;
	visit_run(&walk, fd, of->kind, event->name);
	return true;
}

bool ssm_tree_changes(struct ssm_tree *tree, ssm_run_fn *visit, void *ctx)
{
	_Alignas(struct inotify_event) char bytes[4096];
	bool is_known = !tree->is_blind;

	for (int i = 0; tree->fd >= 0 && i < READS_MAX; i++) {
		ssize_t len = read(tree->fd, bytes, sizeof(bytes));
		struct slice events = slice_of(bytes, len > 0 ? (size_t)len : 0);

		if (len <= 0)
			break;
		while (events.len >= sizeof(struct inotify_event)) {
			const struct inotify_event *event = (const void *)events.ptr;

			if (!visit_event(tree, event, visit, ctx))
				is_known = false;
			events = slice_skip(events, sizeof(*event) + event->len);
		}
	}
	return is_known;
}
