/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_file.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "input/file.h"

/* systemd.io/JOURNAL_FILE_FORMAT, "Header": 208 bytes at least, all little-endian. */
#define HEAD_BYTES 208
#define HEAD_SIGNATURE SLICE("LPKSHHRH")
#define HEAD_SIZE_AT 88
#define HEAD_ARENA_SIZE_AT 96
#define HEAD_ENTRIES_AT 152
#define HEAD_FIRST_REALTIME_AT 184

/* The least an entry object takes: its head, sequence number, times, boot id and hash. */
#define ENTRY_MIN_BYTES 64

#define MESSAGE_PREFIX SLICE("MESSAGE=")

static uint64_t number_at(const char *head, size_t at)
{
	uint64_t number;

	memcpy(&number, head + at, sizeof(number));
	return le64toh(number);
}

static int check_sizes(const struct journal_file *file, const char *head,
		       uint64_t size_bytes, struct err *err)
{
	uint64_t head_bytes = number_at(head, HEAD_SIZE_AT);
	uint64_t claimed_bytes;

	if (head_bytes < HEAD_BYTES ||
	    __builtin_add_overflow(head_bytes, number_at(head, HEAD_ARENA_SIZE_AT),
				   &claimed_bytes))
		return err_set(err, ERR_FORMAT, "the head of journal '%s' is damaged",
			       file->path);
	if (claimed_bytes > size_bytes)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is truncated: it has %" PRIu64
			       " of the %" PRIu64 " bytes its head speaks of",
			       file->path, size_bytes, claimed_bytes);
	if (number_at(head, HEAD_ENTRIES_AT) > size_bytes / ENTRY_MIN_BYTES)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is damaged: it claims more entries than it "
			       "can hold",
			       file->path);
	return 0;
}

/* Opens, and takes from the head what is needed of it. */
static int open_checked(struct journal_file *file, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;
	char head[HEAD_BYTES];
	ssize_t len;
	uint64_t first_realtime;

	if (input_open_regular(file->path, &fd, &status, err) < 0)
		return -1;
	do {
		len = pread(fd, head, sizeof(head), 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return err_system(err, errno, "cannot read '%s'", file->path);
	if (len < HEAD_BYTES)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is truncated inside its head", file->path);
	if (!slice_starts_with(slice_of(head, sizeof(head)), HEAD_SIGNATURE))
		return err_set(err, ERR_FORMAT, "'%s' is not a journal", file->path);
	if (check_sizes(file, head, (uint64_t)status.st_size, err) < 0)
		return -1;

	file->entries_claimed = number_at(head, HEAD_ENTRIES_AT);
	first_realtime = number_at(head, HEAD_FIRST_REALTIME_AT);
	file->next_at = first_realtime <= (uint64_t)US_TIME_MAX ? (us_time)first_realtime
								: US_TIME_MAX;
	*ret_fd = take_fd(&fd);
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

/* What libsystemd means by its errors when it opens a file (journal-file.c). */
static int refuse(const struct journal_file *file, int error, struct err *err)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{ -EBADMSG, "is damaged" },
		{ -ENODATA, "is truncated" },
		{ -EPROTONOSUPPORT,
		  "was written by a newer journald than this libsystemd reads" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].error == error)
			return err_set(err, ERR_FORMAT, "journal '%s' %s", file->path,
				       rows[i].words);
	return err_system(err, -error, "cannot read journal '%s'", file->path);
}

int journal_file_open(struct journal_file *file, struct err *err)
{
	AUTO_CLOSE int fd = -1;
	int result;

	file->is_done = true;
	if (open_checked(file, &fd, err) < 0)
		return -1;
	result = sd_journal_open_files_fd(&file->handle, &fd, 1, 0);
	if (result < 0) {
		file->handle = NULL;
		return refuse(file, result, err);
	}
	/* The handle has it now, and closes it. */
	(void)take_fd(&fd);

	sd_journal_set_data_threshold(file->handle,
				      MESSAGE_PREFIX.len + LIMIT_JOURNAL_FIELD_BYTES);
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

/* syslog, stdout and the kernel give journald nothing but messages: an entry of theirs
 * without one has lost it. Others may have none. */
static bool must_have_message(sd_journal *handle)
{
	static const char *const transports[] = {
		"_TRANSPORT=syslog",
		"_TRANSPORT=stdout",
		"_TRANSPORT=kernel",
	};
	const void *data;
	size_t len;

	if (sd_journal_get_data(handle, "_TRANSPORT", &data, &len) < 0)
		return false;
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (slice_equal(slice_of(data, len), slice_text(transports[i])))
			return true;
	return false;
}

enum journal_message journal_file_message(struct journal_file *file,
					  struct slice *ret_message)
{
	const void *data;
	size_t len;
	int result = sd_journal_get_data(file->handle, "MESSAGE", &data, &len);

	if (result >= 0) {
		*ret_message =
			slice_first(slice_skip(slice_of(data, len), MESSAGE_PREFIX.len),
				    LIMIT_JOURNAL_FIELD_BYTES);
		return JOURNAL_MESSAGE_READ;
	}
	if (result != -ENOENT) {
		file->last_error = result;
		file->entries_lost++;
	} else if (must_have_message(file->handle)) {
		file->entries_lost++;
	}
	return JOURNAL_MESSAGE_NONE;
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
