/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_head.h"

#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "input/file.h"

/* All numbers are little-endian. */
#define SIGNATURE SLICE("LPKSHHRH")
#define STATE_AT 16
#define FILE_ID_AT 24
#define MACHINE_ID_AT 40
#define SEQNUM_ID_AT 72
#define SIZE_AT 88
#define ARENA_SIZE_AT 96
#define ENTRIES_AT 152
#define LAST_SEQNUM_AT 160
#define FIRST_SEQNUM_AT 168
#define FIRST_REALTIME_AT 184
#define LAST_REALTIME_AT 192

#define STATE_ARCHIVED 2

/* The least an entry object takes: its head, sequence number, times, boot id and hash. */
#define ENTRY_MIN_BYTES 64

static uint64_t number_at(struct slice bytes, size_t at)
{
	uint64_t number;

	memcpy(&number, bytes.ptr + at, sizeof(number));
	return le64toh(number);
}

static us_time time_at(struct slice bytes, size_t at)
{
	uint64_t number = number_at(bytes, at);

	return number <= (uint64_t)US_TIME_MAX ? (us_time)number : US_TIME_MAX;
}

static sd_id128_t id_at(struct slice bytes, size_t at)
{
	sd_id128_t id = SD_ID128_NULL;

	memcpy(id.bytes, bytes.ptr + at, sizeof(id.bytes));
	return id;
}

static int check_sizes(const struct journal_head *head, uint64_t size_bytes,
		       const char *path, struct err *err)
{
	if (head->claimed_bytes > size_bytes)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is truncated: it has %" PRIu64
			       " of the %" PRIu64 " bytes its head speaks of",
			       path, size_bytes, head->claimed_bytes);
	if (head->entries > size_bytes / ENTRY_MIN_BYTES)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is damaged: it claims more entries than it "
			       "can hold",
			       path);
	return 0;
}

int journal_head_parse(struct slice bytes, uint64_t size_bytes, const char *path,
		       struct journal_head *ret_head, struct err *err)
{
	struct journal_head head;

	if (bytes.len < JOURNAL_HEAD_BYTES)
		return err_set(err, ERR_FORMAT,
			       "journal '%s' is truncated inside its head", path);
	if (!slice_starts_with(bytes, SIGNATURE))
		return err_set(err, ERR_FORMAT, "'%s' is not a journal", path);
	if (number_at(bytes, SIZE_AT) < JOURNAL_HEAD_BYTES ||
	    __builtin_add_overflow(number_at(bytes, SIZE_AT),
				   number_at(bytes, ARENA_SIZE_AT), &head.claimed_bytes))
		return err_set(err, ERR_FORMAT, "the head of journal '%s' is damaged",
			       path);

	head.file_id = id_at(bytes, FILE_ID_AT);
	head.machine_id = id_at(bytes, MACHINE_ID_AT);
	head.seqnum_id = id_at(bytes, SEQNUM_ID_AT);
	head.is_archived = bytes.ptr[STATE_AT] == STATE_ARCHIVED;
	head.entries = number_at(bytes, ENTRIES_AT);
	head.first_seqnum = number_at(bytes, FIRST_SEQNUM_AT);
	head.last_seqnum = number_at(bytes, LAST_SEQNUM_AT);
	head.first_at = time_at(bytes, FIRST_REALTIME_AT);
	head.last_at = time_at(bytes, LAST_REALTIME_AT);
	if (check_sizes(&head, size_bytes, path, err) < 0)
		return -1;
	*ret_head = head;
	return 0;
}

static int read_once(int fd, const char *path, struct journal_head *ret_head,
		     struct err *err)
{
	char bytes[JOURNAL_HEAD_BYTES];
	struct stat status;
	ssize_t len;

	do {
		len = pread(fd, bytes, sizeof(bytes), 0);
	} while (len < 0 && errno == EINTR);
	/* The size after the head: a file that grows meanwhile is not called truncated.
	 */
	if (len < 0 || fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot read '%s'", path);
	return journal_head_parse(slice_of(bytes, (size_t)len), (uint64_t)status.st_size,
				  path, ret_head, err);
}

/* A second time, because journald shortens a file when it archives it, the head first. */
int journal_head_read(int fd, const char *path, struct journal_head *ret_head,
		      struct err *err)
{
	if (read_once(fd, path, ret_head, err) == 0)
		return 0;
	return read_once(fd, path, ret_head, err);
}

int journal_head_open(const char *path, int *ret_fd, struct journal_head *ret_head,
		      struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (input_open_regular(path, &fd, &status, err) < 0 ||
	    journal_head_read(fd, path, ret_head, err) < 0)
		return -1;
	*ret_fd = take_fd(&fd);
	return 0;
}
