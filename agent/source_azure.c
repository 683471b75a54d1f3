/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The logs of Azure's extensions as one source: /var/log/azure has a folder for each
 * handler, which comes with the handler. Each log in them is a text log of its own, which
 * wakes this source; a folder that comes is looked into at once, and all of them now and
 * then.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/stat.h>

#include "agent/source.h"
#include "agent/taker.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"

/* What the cursor says: a first look is over, so that what comes is new. */
#define BEGUN SLICE("azure1")

#define FOLDER_EVENTS (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)

static const struct {
	const char *name;
	enum host_log_kind kind;
} log_names[] = {
	{ "handler.log", HOST_LOG_AZURE_HANDLER },
	{ "extension.log", HOST_LOG_AZURE_EXTENSION },
	{ "ImmediateRunCommandService.log", HOST_LOG_AZURE_HANDLER },
};

struct folder {
	char *name; /* owned; "." = the one that has them all */
	ino_t inode;
	sd_event_source *events; /* owned; NULL = it cannot be watched */
};

struct azure_source {
	struct source source;
	struct source_world world; /* of the logs: they wake this source */
	bool is_optional;
	bool is_begun;
	bool is_due; /* the folders are to be looked at */
	struct watch *watch;
	struct folder folders[LIMIT_AZURE_FOLDERS];
	size_t folder_count;
	struct source *logs[LIMIT_AZURE_LOGS]; /* owned */
	size_t log_count;
	struct covered covered;
	enum source_condition condition;
	char problem[256];
};

static int on_folder(sd_event_source *events, const struct inotify_event *change,
		     void *ctx)
{
	struct azure_source *azure = ctx;

	(void)events;
	(void)change;
	azure->is_due = true;
	source_wake(&azure->source);
	return 0;
}

static void wake_log(void *ctx, struct source *log)
{
	struct azure_source *azure = ctx;

	log->is_ready = true;
	source_wake(&azure->source);
}

/* ---- what is there ------------------------------------------------------------------
 */

/* As handlers are called; anything else was put there by somebody else. */
static bool is_handler_name(const char *name)
{
	size_t len = strlen(name);

	if (name[0] == '.' || len > LIMIT_HANDLER_BYTES)
		return false;
	return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			    "0123456789._-") == len;
}

static void watch_folder(struct azure_source *azure, const char *name, ino_t inode,
			 const char *path)
{
	struct folder *folder;

	for (size_t i = 0; i < azure->folder_count; i++)
		if (strcmp(azure->folders[i].name, name) == 0)
			return;
	if (azure->folder_count == LIMIT_AZURE_FOLDERS)
		return;
	folder = &azure->folders[azure->folder_count++];
	*folder = (struct folder){ memory_copy_text(slice_text(name)), inode, NULL };
	if (sd_event_add_inotify(azure->world.event, &folder->events, path, FOLDER_EVENTS,
				 on_folder, azure) < 0)
		folder->events = NULL;
}

static void forget_folder(struct azure_source *azure, size_t index)
{
	free(azure->folders[index].name);
	sd_event_source_disable_unref(azure->folders[index].events);
	azure->folders[index] = azure->folders[--azure->folder_count];
}

/* A folder that was deleted takes its watch along: when it comes again it is another. */
static void forget_gone_folders(struct azure_source *azure, int parent)
{
	struct stat status;

	for (size_t i = azure->folder_count; i-- > 0;)
		if (fstatat(parent, azure->folders[i].name, &status,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    status.st_ino != azure->folders[i].inode)
			forget_folder(azure, i);
}

static bool is_followed(const struct azure_source *azure, const char *path)
{
	for (size_t i = 0; i < azure->log_count; i++)
		if (strcmp(azure->logs[i]->name, path) == 0)
			return true;
	return false;
}

/* A log of which nothing more is to be had; when it comes again it is another. */
static void drop_gone_logs(struct azure_source *azure)
{
	for (size_t i = azure->log_count; i-- > 0;) {
		struct source *log = azure->logs[i];

		if (!source_file_is_gone(log))
			continue;
		source_forget(log);
		log->ops->free(log);
		azure->logs[i] = azure->logs[--azure->log_count];
	}
}

static void follow_log(struct azure_source *azure, const char *path,
		       enum host_log_kind kind)
{
	const struct source_file_options options = {
		.path = path,
		.kind = kind,
		.is_part = true,
		.is_new = azure->is_begun,
	};

	if (is_followed(azure, path))
		return;
	if (azure->log_count < LIMIT_AZURE_LOGS)
		azure->logs[azure->log_count++] =
			source_file_new(&azure->world, &options);
	else
		snprintf(azure->problem, sizeof(azure->problem),
			 "more than %d logs: '%.160s' is not followed", LIMIT_AZURE_LOGS,
			 path);
}

static void note_failure(struct azure_source *azure, const char *path, int errno_value)
{
	struct err err;

	(void)err_system(&err, errno_value, "cannot open '%.160s'", path);
	snprintf(azure->problem, sizeof(azure->problem), "%.255s", err.text);
	azure->condition = errno_value == ENOENT ? SOURCE_ABSENT : SOURCE_DENIED;
}

static void look_into(struct azure_source *azure, int parent, const char *name)
{
	AUTO_BUF struct buf path = BUF_LIMIT(LIMIT_TAIL_PATH_BYTES);
	struct stat status;

	if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISDIR(status.st_mode))
		return;
	if (!buf_append_format(&path, "%s/%s", azure->source.name, name))
		return;
	watch_folder(azure, name, status.st_ino, buf_text(&path));
	for (size_t i = 0; i < sizeof(log_names) / sizeof(log_names[0]); i++) {
		buf_clear(&path);
		if (!buf_append_format(&path, "%s/%s/%s", azure->source.name, name,
				       log_names[i].name))
			return;
		if (lstat(buf_text(&path), &status) == 0)
			follow_log(azure, buf_text(&path), log_names[i].kind);
		else if (errno != ENOENT)
			note_failure(azure, buf_text(&path), errno);
	}
}

static void look(struct azure_source *azure)
{
	DIR *folder = opendir(azure->source.name);
	int error = errno, names = 0;
	struct dirent *entry;
	struct stat status;

	azure->is_due = false;
	azure->problem[0] = '\0';
	drop_gone_logs(azure);
	if (!folder) {
		note_failure(azure, azure->source.name, error);
		while (azure->folder_count)
			forget_folder(azure, azure->folder_count - 1);
		return;
	}
	azure->condition = SOURCE_FOLLOWING;
	forget_gone_folders(azure, dirfd(folder));
	if (fstat(dirfd(folder), &status) == 0)
		watch_folder(azure, ".", status.st_ino, azure->source.name);
	while (names < LIMIT_AZURE_NAMES && (entry = readdir(folder)) != NULL) {
		names++;
		if (is_handler_name(entry->d_name))
			look_into(azure, dirfd(folder), entry->d_name);
	}
	closedir(folder);
}

/* A log that was followed before a restart and is not there now was taken away. */
static bool remember_log(void *ctx, const char *name, struct slice value)
{
	struct azure_source *azure = ctx;
	const char *path = strchr(name, ':') + 1;
	const char *last = strrchr(path, '/') + 1;

	(void)value;
	for (size_t i = 0; i < sizeof(log_names) / sizeof(log_names[0]); i++)
		if (strcmp(last, log_names[i].name) == 0)
			follow_log(azure, path, log_names[i].kind);
	return true;
}

static void remember_logs(struct azure_source *azure)
{
	AUTO_BUF struct buf prefix = BUF_LIMIT(LIMIT_FIELD_BYTES);
	struct err ignored;

	if (buf_append_format(&prefix, "cursor:%s/", azure->source.name))
		(void)!store_each_value(azure->world.store, buf_text(&prefix),
					remember_log, azure, &ignored);
}

/* ---- as a source --------------------------------------------------------------------
 */

static bool pump_logs(struct azure_source *azure)
{
	bool more = false;

	for (size_t i = 0; i < azure->log_count; i++) {
		struct source *log = azure->logs[i];

		if (log->is_ready)
			log->is_ready = log->ops->pump(log);
		more |= log->is_ready;
	}
	return more;
}

static bool is_any_ready(const struct azure_source *azure)
{
	for (size_t i = 0; i < azure->log_count; i++)
		if (azure->logs[i]->is_ready)
			return true;
	return false;
}

/* Woken for nothing in particular: time has passed, or a folder has come. */
static void look_at_all(struct azure_source *azure)
{
	look(azure);
	for (size_t i = 0; i < azure->log_count; i++)
		azure->logs[i]->is_ready = true;
}

/* Only once each log's own cursor is put: what was there at the first look is not new. */
static void begin(struct azure_source *azure)
{
	azure->is_begun = true;
	cursor_put(&azure->source, BEGUN);
	covered_begin(&azure->covered, &azure->source, clock_real());
}

static bool pump(struct source *source)
{
	struct azure_source *azure = (struct azure_source *)source;

	if (azure->is_due || !is_any_ready(azure))
		look_at_all(azure);
	if (pump_logs(azure))
		return true;
	if (!azure->is_begun && azure->condition != SOURCE_DENIED)
		begin(azure);
	return false;
}

/* Whether all that is there is read to its end; what is lost of one is told as a gap. */
static bool is_covered(const struct azure_source *azure)
{
	if (azure->condition != SOURCE_FOLLOWING || azure->covered.from == US_TIME_NONE)
		return false;
	for (size_t i = 0; i < azure->log_count; i++)
		if (source_file_covered_from(azure->logs[i]) == US_TIME_NONE)
			return false;
	return true;
}

static void cover(struct source *source)
{
	struct azure_source *azure = (struct azure_source *)source;
	struct taker taker = { .pipeline = azure->world.pipeline,
			       .source = source->name,
			       .kind = HOST_SOURCE_AZURE_HANDLER };

	for (size_t i = 0; i < azure->log_count; i++)
		if (!azure->logs[i]->is_ready)
			azure->logs[i]->ops->cover(azure->logs[i]);
	if (is_covered(azure))
		taker_cover(&taker, azure->covered.from, clock_real(), "");
}

static void refresh(struct source *source)
{
	struct azure_source *azure = (struct azure_source *)source;

	watch_refresh(azure->watch);
	for (size_t i = 0; i < azure->log_count; i++)
		azure->logs[i]->ops->watch(azure->logs[i]);
	azure->is_due = true;
}

/* The worst of them, and the sum of what is behind. */
static void state(const struct source *source, struct source_state *ret_state)
{
	const struct azure_source *azure = (const struct azure_source *)source;

	*ret_state = (struct source_state){
		.kind = "azure-handlers",
		.condition = azure->condition,
		.last_at = US_TIME_NONE,
		.problem = azure->problem,
		.is_quiet = azure->is_optional && azure->condition == SOURCE_ABSENT &&
			    azure->log_count == 0,
	};
	for (size_t i = 0; i < azure->log_count; i++) {
		struct source_state log;

		azure->logs[i]->ops->state(azure->logs[i], &log);
		ret_state->lag_bytes += log.lag_bytes;
		ret_state->events += log.events;
		ret_state->gaps += log.gaps;
		if (log.last_at > ret_state->last_at)
			ret_state->last_at = log.last_at;
		if (log.condition > ret_state->condition)
			ret_state->condition = log.condition;
		if (log.problem[0] && !ret_state->problem[0])
			ret_state->problem = log.problem;
	}
}

static void azure_free(struct source *source)
{
	struct azure_source *azure = (struct azure_source *)source;

	while (azure->log_count) {
		struct source *log = azure->logs[--azure->log_count];

		log->ops->free(log);
	}
	while (azure->folder_count)
		forget_folder(azure, 0);
	watch_free(azure->watch);
	free(source->name);
	free(azure);
}

static const struct source_ops azure_ops = {
	.pump = pump,
	.cover = cover,
	.watch = refresh,
	.state = state,
	.free = azure_free,
};

struct source *source_azure_new(const struct source_world *world, const char *path,
				bool is_optional)
{
	struct azure_source *azure = memory_new(1, sizeof(*azure));
	AUTO_BUF struct buf cursor = BUF_LIMIT(LIMIT_FIELD_BYTES);

	azure->source = (struct source){ &azure_ops, world,
					 memory_copy_text(slice_text(path)), true };
	azure->world = *world;
	azure->world.wake = wake_log;
	azure->world.ctx = azure;
	azure->is_optional = is_optional;
	azure->condition = SOURCE_ABSENT;
	azure->is_due = true;
	cursor_load(&azure->source, &cursor);
	azure->is_begun = slice_equal(buf_slice(&cursor), BEGUN);
	covered_load(&azure->covered, &azure->source);
	remember_logs(azure);
	azure->watch = watch_new(&azure->source, path);
	return &azure->source;
}
