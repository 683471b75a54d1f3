/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/memory.h"
#include "input/journal_head.h"

/* Opens, and takes from the head what is needed of it. */
static int open_checked(struct journal_file *file, int *ret_fd, struct err *err)
{
	struct journal_head head;

	if (journal_head_open(file->path, ret_fd, &head, err) < 0)
		return -1;
	file->entries_claimed = head.entries;
	file->next_at = head.first_at;
	return 0;
}

static bool is_user_journal(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slice_starts_with(slice_text(slash ? slash + 1 : path), SLICE("user-"));
}

int journal_file_init(struct journal_file *file, const char *path, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	*file = (struct journal_file){
		.path = memory_copy_text(slice_text(path)),
		.is_user = is_user_journal(path),
	};
	return open_checked(file, &fd, err);
}

static void close_handle(struct journal_file *file)
{
	sd_journal_close(file->handle);
	file->handle = NULL;
}

void journal_file_release(struct journal_file *file)
{
	close_handle(file);
	free(file->path);
	file->path = NULL;
}

int journal_file_open(struct journal_file *file, struct err *err)
{
	AUTO_CLOSE int fd = -1;

	file->is_done = true;
	if (open_checked(file, &fd, err) < 0 ||
	    journal_open(&fd, file->path, &file->handle, err) < 0)
		return -1;
	file->is_done = false;
	journal_file_advance(file);
	return 0;
}

/* Entries that come while it is being read are left to the next reading. */
void journal_file_advance(struct journal_file *file)
{
	uint64_t realtime;
	int result = 0;

	if (file->entries_seen < file->entries_claimed)
		result = sd_journal_next(file->handle);
	if (result > 0)
		result = sd_journal_get_realtime_usec(file->handle, &realtime) < 0
				 ? -EBADMSG
				 : 1;
	if (result > 0 && realtime <= (uint64_t)US_TIME_MAX) {
		file->entries_seen++;
		file->next_at = (us_time)realtime;
		return;
	}
	if (result < 0)
		file->last_error = result;
	file->is_done = true;
	close_handle(file);
}

enum journal_message journal_file_message(struct journal_file *file,
					  struct slice *ret_message)
{
	enum journal_message read =
		journal_entry_message(file->handle, ret_message, &file->last_error);

	file->entries_lost += read == JOURNAL_MESSAGE_LOST;
	return read;
}

int journal_file_verdict(const struct journal_file *file, struct err *err)
{
	uint64_t missing = file->entries_lost;

	if (file->entries_claimed > file->entries_seen)
		missing += file->entries_claimed - file->entries_seen;
	if (missing == 0)
		return 0;
	return err_set(err, ERR_FORMAT,
		       "journal '%s' is damaged: %" PRIu64 " of its %" PRIu64
		       " entries cannot be read",
		       file->path, missing, file->entries_claimed);
}
