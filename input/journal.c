/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "base/memory.h"
#include "input/input.h"
#include "input/journal_entry.h"
#include "input/journal_file.h"
#include "input/journal_stats.h"

struct reading {
	const char *path; /* as the caller named it */
	const struct journal_visitor *visitor;
	struct journal_stats stats;
	struct journal_collector collector;
	struct journal_file *files; /* owned, each too */
	size_t count;
	size_t room;
};

bool journal_is_file(struct slice beginning)
{
	return slice_starts_with(beginning, SLICE("LPKSHHRH"));
}

static void tell(const struct reading *reading, const struct err *why)
{
	if (reading->visitor->damaged)
		reading->visitor->damaged(reading->visitor->ctx, why);
}

static int add_file(struct reading *reading, const char *path, struct err *err)
{
	struct journal_file file;

	if (journal_file_init(&file, path, err) < 0) {
		journal_file_release(&file);
		return -1;
	}
	if (reading->count == reading->room) {
		reading->room = reading->room ? 2 * reading->room : 16;
		reading->files = memory_resize(reading->files, reading->room,
					       sizeof(*reading->files));
	}
	reading->files[reading->count++] = file;
	return 0;
}

/* A trailing '~' marks a file that journald found not closed properly and set aside. */
static bool is_journal_name(struct slice path)
{
	slice_take_suffix(&path, SLICE("~"));
	return slice_ends_with(path, SLICE(".journal"));
}

static int visit_name(void *ctx, const char *path, struct err *err)
{
	struct reading *reading = ctx;
	struct err why;

	if (strcmp(path, reading->path) == 0)
		return add_file(reading, path, err);
	if (!is_journal_name(slice_text(path)))
		return 0;
	if (reading->count == LIMIT_JOURNAL_FILES)
		return err_set(err, ERR_LIMIT, "'%s' holds more than %d journals",
			       reading->path, LIMIT_JOURNAL_FILES);
	if (add_file(reading, path, &why) < 0)
		tell(reading, &why);
	return 0;
}

static void tell_failed(void *ctx, const char *path, const struct err *why)
{
	(void)path;
	tell(ctx, why);
}

/* The file with the earliest next entry, in *ret_until the time of the earliest of the
 * others. NULL when all are done. */
static struct journal_file *earliest(const struct reading *reading, us_time *ret_until)
{
	struct journal_file *found = NULL;

	*ret_until = US_TIME_MAX;
	for (size_t i = 0; i < reading->count; i++) {
		struct journal_file *file = &reading->files[i];

		if (file->is_done)
			continue;
		if (!found || file->next_at < found->next_at) {
			if (found)
				*ret_until = found->next_at;
			found = file;
		} else if (file->next_at < *ret_until) {
			*ret_until = file->next_at;
		}
	}
	return found;
}

static void give_entry(struct reading *reading, struct journal_file *file,
		       struct slice message)
{
	struct journal_collector *collector = &reading->collector;
	char boot_text[JOURNAL_ID_TEXT_BYTES];
	struct record record;
	char *cursor = NULL;

	journal_entry_collect(file->handle, message, file->next_at, collector, boot_text);
	collector->fields.is_user_journal = file->is_user;
	if (sd_journal_get_cursor(file->handle, &cursor) < 0)
		cursor = NULL;
	record = (struct record){
		.bytes = collector->message,
		.journal = &collector->fields,
		.is_cut = collector->fields.is_cut,
	};
	reading->visitor->entry(reading->visitor->ctx, &record, cursor ? cursor : "");
	free(cursor);
}

static void note_hostname(struct reading *reading, struct journal_file *file)
{
	const void *data;
	size_t len;

	if (sd_journal_get_data(file->handle, "_HOSTNAME", &data, &len) >= 0)
		journal_stats_set_hostname(
			&reading->stats,
			slice_skip(slice_of(data, len), strlen("_HOSTNAME=")));
}

/* Gives out the file's entries up to an instant, its end at the latest. */
static void read_until(struct reading *reading, struct journal_file *file, us_time until)
{
	const struct journal_visitor *visitor = reading->visitor;

	while (!file->is_done && file->next_at <= until) {
		struct slice message;

		journal_stats_add(&reading->stats, file->next_at);
		if (!reading->stats.has_hostname)
			note_hostname(reading, file);
		if (journal_file_message(file, &message) == JOURNAL_MESSAGE_READ &&
		    visitor->wanted(visitor->ctx, message))
			give_entry(reading, file, message);
		journal_file_advance(file);
	}
}

/* A file opened just now has told its true first time, which may not be the earliest. */
static void read_some(struct reading *reading, struct journal_file *file, us_time until)
{
	struct err why;

	if (file->handle) {
		read_until(reading, file, until);
	} else if (journal_file_open(file, &why) < 0) {
		tell(reading, &why);
		return;
	}
	if (file->is_done && journal_file_verdict(file, &why) < 0)
		tell(reading, &why);
}

static int read_journals(struct reading *reading, struct err *err)
{
	struct input_visitor names = {
		.visit = visit_name,
		.failed = tell_failed,
		.ctx = reading,
	};

	struct journal_file *file;
	us_time until;

	if (input_walk(reading->path, &names, err) < 0)
		return -1;
	if (reading->count == 0)
		return err_set(err, ERR_MISSING, "no journal in '%s' can be read",
			       reading->path);
	while ((file = earliest(reading, &until)))
		read_some(reading, file, until);
	return 0;
}

int journal_read(const char *path, const struct journal_visitor *visitor,
		 struct journal_stats *ret_stats, struct err *err)
{
	struct reading reading = { .path = path, .visitor = visitor };
	int rc;

	journal_stats_init(&reading.stats);
	journal_collector_init(&reading.collector);
	rc = read_journals(&reading, err);
	if (rc == 0)
		*ret_stats = reading.stats;

	for (size_t i = 0; i < reading.count; i++)
		journal_file_release(&reading.files[i]);
	free(reading.files);
	journal_collector_release(&reading.collector);
	return rc;
}
