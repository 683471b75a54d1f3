/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>

#include "agent/source.h"
#include "base/memory.h"

/* Writing to the file wakes by the file's own watch: a folder of many busy logs does not.
 */
#define FOLDER_EVENTS (IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)
#define FILE_EVENTS \
	(IN_MODIFY | IN_CLOSE_WRITE | IN_ATTRIB | IN_MOVE_SELF | IN_CREATE | IN_MOVED_TO)

struct watch {
	struct source *source; /* borrowed */
	char *path, *folder;   /* owned */
	const char *name;      /* the path's last part */
	sd_event_source *folder_events, *file_events;
};

static int on_change(sd_event_source *events, const struct inotify_event *change,
		     void *ctx)
{
	struct watch *watch = ctx;

	/* The folder's other files are nobody's business here. */
	if (events == watch->folder_events && change->len &&
	    strncmp(change->name, watch->name, strlen(watch->name)) != 0)
		return 0;
	if (change->mask & (FOLDER_EVENTS | IN_Q_OVERFLOW | IN_MOVE_SELF))
		watch_refresh(watch);
	source_wake(watch->source);
	return 0;
}

struct watch *watch_new(struct source *source, const char *path)
{
	struct watch *watch = memory_new(1, sizeof(*watch));
	char *slash;

	watch->source = source;
	watch->path = memory_copy_text(slice_text(path));
	watch->folder = memory_copy_text(slice_text(path));
	slash = strrchr(watch->path, '/');
	watch->name = slash ? slash + 1 : watch->path;
	slash = strrchr(watch->folder, '/');
	if (slash)
		slash[slash == watch->folder ? 1 : 0] = '\0';
	watch_refresh(watch);
	return watch;
}

void watch_free(struct watch *watch)
{
	if (!watch)
		return;
	sd_event_source_disable_unref(watch->folder_events);
	sd_event_source_disable_unref(watch->file_events);
	free(watch->path);
	free(watch->folder);
	free(watch);
}

static void watch_one(struct watch *watch, sd_event_source **events, const char *path,
		      uint32_t mask)
{
	sd_event_source *fresh = NULL;

	/* What is not there, or may not be looked at, is looked at again now and then. */
	if (sd_event_add_inotify(watch->source->world->event, &fresh, path, mask,
				 on_change, watch) < 0)
		return;
	sd_event_source_disable_unref(*events);
	*events = fresh;
}

void watch_refresh(struct watch *watch)
{
	watch_one(watch, &watch->folder_events, watch->folder, FOLDER_EVENTS);
	watch_one(watch, &watch->file_events, watch->path, FILE_EVENTS);
}
