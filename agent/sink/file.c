/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
/*
 * A file of lines. A record is told to be safe when its line is whole in the file and
 * synced; the end of what is safe is then stored in the transaction that takes the record
 * out of the outbox. So after a crash every line past the stored end, and no other, may
 * be of a record that will be handed over once more.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/sink/file_place.h"
#include "agent/sink/seen.h"
#include "agent/sink/sink.h"
#include "base/cleanup.h"
#include "base/exact_mode.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"

/* Of a new one: the group's shippers read it. */
#define FILE_MODE 0640

/* Written at once; one record may be larger. */
#define RUN_BYTES ((size_t)256 * 1024)

struct file_sink {
	struct sink sink; /* first: the one is the other */
	char *path;
	int fd;			 /* -1 = closed */
	struct file_place place; /* the end of what is safe */
	bool is_recovered;	 /* what a crash left was looked at */
	bool is_torn;		 /* there are bytes past the safe end that must go */
	bool lacks_newline;	 /* somebody's last line is not finished */
	uint64_t last_number;	 /* of the last record that is safe in this life */
	struct seen seen;
	struct buf tail; /* a line's beginning that may be of a record of ours */
	struct buf run;
};

static struct file_sink *file_of(struct sink *sink)
{
	return (struct file_sink *)(void *)sink;
}

/* ---- opening ---- */

static int sync_folder(const char *path, struct err *err)
{
	AUTO_FREE char *copy = memory_copy_text(slice_text(path));
	const char *folder = dirname(copy);
	AUTO_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	/* EINVAL: a file system that has no such thing. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		return err_system(err, errno, "cannot make '%s' durable", folder);
	return 0;
}

/* Read and write, so that a FIFO opens at once and is refused by its kind. */
static int open_path(const char *path, int *ret_fd, struct err *err)
{
	AUTO_CLOSE int fd = open_exact(path,
				       O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW |
					       O_NONBLOCK | O_NOCTTY | O_CLOEXEC,
				       FILE_MODE);
	struct stat status;

	if (fd < 0 && errno == ELOOP)
		return err_set(err, ERR_SYSTEM, "cannot open '%s': it is a symbolic link",
			       path);
	if (fd < 0 || fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_SYSTEM, "cannot open '%s': not a file", path);
	FAULT_POINT("sink-file-opened");
	if (status.st_size == 0 && sync_folder(path, err) < 0)
		return -1;
	*ret_fd = take_fd(&fd);
	return 0;
}

static uint64_t size_of(int fd)
{
	struct stat status;

	return fstat(fd, &status) == 0 ? (uint64_t)status.st_size : 0;
}

static int cut(int fd, uint64_t size, struct err *err)
{
	FAULT_POINT("sink-file-cut");
	if (ftruncate(fd, (off_t)size) < 0)
		return err_system(err, errno, "cannot take back half a line");
	return 0;
}

/* Removes what a failed write left. */
static int take_back(struct file_sink *file, struct err *err)
{
	if (file->is_torn && file_place_holds(&file->place, file->fd) &&
	    cut(file->fd, file->place.offset, err) < 0)
		return -1;
	file->is_torn = false;
	return 0;
}

/* Whatever half a line there is goes with it, if it can. */
static void close_file(struct file_sink *file)
{
	struct err ignored;

	if (file->fd < 0)
		return;
	if (take_back(file, &ignored) == 0)
		file->is_torn = false;
	close(file->fd);
	file->fd = -1;
}

/* Keeps the unfinished last line, from `end` on: it may be of a record to come. */
static void keep_tail(struct file_sink *file, int fd, uint64_t end)
{
	uint64_t size = size_of(fd);
	size_t len = size > end ? (size_t)(size - end) : 0;
	ssize_t got;

	file->lacks_newline = len > 0;
	buf_clear(&file->tail);
	if (len == 0 || len > LIMIT_OUTPUT_LINE_BYTES || !buf_reserve(&file->tail, len))
		return;
	got = pread(fd, file->tail.ptr, len, (off_t)end);
	if (got == (ssize_t)len)
		file->tail.len = len;
}

/* What is to be written now. */
struct batch {
	const struct sink_record *records;
	size_t count;
};

/* Whether the bytes are the beginning of one of the records: then a crash left them. */
static bool has_beginning(const struct batch *batch, struct slice bytes)
{
	for (size_t i = 0; bytes.len > 0 && i < batch->count; i++) {
		if (slice_starts_with(batch->records[i].bytes, bytes))
			return true;
	}
	return false;
}

struct recovery {
	struct file_sink *file;
	const struct batch *batch;
	struct err *err;
};

/* The lines of one file, the live one or one that was rotated away, that may not be
 * accounted for. Half a line of ours goes. */
static int recover_from(struct file_sink *file, int fd, uint64_t *ret_end,
			struct err *err)
{
	bool is_it;
	uint64_t from = file_place_in(&file->place, fd, &is_it);

	if (seen_read(&file->seen, fd, from, ret_end, err) < 0)
		return -1;
	if (is_it && from > 0 && *ret_end < size_of(fd) && cut(fd, *ret_end, err) < 0)
		return -1;
	if (fdatasync(fd) < 0)
		return err_system(err, errno, "cannot write");
	return 0;
}

/* Nobody writes to that file any more: half a record goes from it now. */
static int recover_other(void *ctx, int fd)
{
	const struct recovery *recovery = ctx;
	struct file_sink *file = recovery->file;
	uint64_t end;

	if (recover_from(file, fd, &end, recovery->err) < 0)
		return -1;
	keep_tail(file, fd, end);
	if (!has_beginning(recovery->batch, buf_slice(&file->tail)))
		return 0;
	return cut(fd, end, recovery->err);
}

/* Looks at what a crash may have left. Where the place is not in the live file, it may be
 * in any: several rotations may have come since. */
static int recover(struct file_sink *file, const struct batch *batch, struct err *err)
{
	struct recovery recovery = { file, batch, err };
	uint64_t end;

	seen_release(&file->seen);
	seen_init(&file->seen);
	if (!file_place_holds(&file->place, file->fd) &&
	    file_place_each_other(file->path, recover_other, &recovery) < 0)
		return -1;
	if (recover_from(file, file->fd, &end, err) < 0)
		return -1;
	keep_tail(file, file->fd, end);
	/* What is found is accounted for without a write: there is a place all the same.
	 */
	if (!file->place.is_set && file_place_take(file->fd, 0, &file->place, err) < 0)
		return -1;
	FAULT_POINT("sink-file-recovered");
	file->is_recovered = true;
	return 0;
}

/* A file that others made or filled: ours begins at its end. */
static void meet(struct file_sink *file)
{
	uint64_t size = size_of(file->fd);
	char last = '\n';

	buf_clear(&file->tail);
	file->lacks_newline = size > 0 &&
			      pread(file->fd, &last, 1, (off_t)size - 1) == 1 &&
			      last != '\n';
}

static bool leads_elsewhere(const struct file_sink *file)
{
	struct stat here, there;

	return fstat(file->fd, &here) < 0 || lstat(file->path, &there) < 0 ||
	       here.st_dev != there.st_dev || here.st_ino != there.st_ino;
}

static int open_file(struct file_sink *file, const struct batch *batch, struct err *err)
{
	if (open_path(file->path, &file->fd, err) < 0)
		return -1;
	if (!file->is_recovered)
		return recover(file, batch, err);
	if (!file_place_holds(&file->place, file->fd)) {
		meet(file);
		file->is_torn = false;
	}
	return 0;
}

static int cut_tail(struct file_sink *file, struct err *err)
{
	uint64_t size = size_of(file->fd);

	if (size >= file->tail.len && cut(file->fd, size - file->tail.len, err) < 0)
		return -1;
	buf_release(&file->tail);
	file->lacks_newline = false;
	return 0;
}

static int need_file(struct file_sink *file, const struct batch *batch, struct err *err)
{
	if (file->fd >= 0 && leads_elsewhere(file)) {
		FAULT_POINT("sink-file-rotated");
		if (has_beginning(batch, buf_slice(&file->tail)) &&
		    cut_tail(file, err) < 0)
			return -1;
		close_file(file);
	}
	if (file->fd < 0 && open_file(file, batch, err) < 0) {
		close_file(file);
		return -1;
	}
	if (file->is_torn)
		return take_back(file, err);
	return 0;
}

/* ---- writing ---- */

static int write_all(int fd, struct slice bytes, struct err *err)
{
	while (bytes.len > 0) {
		ssize_t len = write(fd, bytes.ptr, bytes.len);

		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return err_system(err, errno, "cannot write");
		bytes = slice_skip(bytes, (size_t)len);
		FAULT_POINT("sink-file-some-written");
	}
	return 0;
}

/* In two pieces, so that a test can die between them. */
static int write_run(struct file_sink *file, struct err *err)
{
	struct slice run = buf_slice(&file->run);
	size_t half = run.len / 2;

	if (write_all(file->fd, slice_first(run, half), err) < 0 ||
	    write_all(file->fd, slice_skip(run, half), err) < 0)
		return -1;
	FAULT_POINT("sink-file-written");
	if (fdatasync(file->fd) < 0)
		return err_system(err, errno, "cannot write");
	FAULT_POINT("sink-file-synced");
	return 0;
}

/* Ends a line that is not ours, takes back one that is. */
static int settle_tail(struct file_sink *file, struct slice next, struct err *err)
{
	struct slice tail = buf_slice(&file->tail);

	if (!file->lacks_newline)
		return 0;
	if (tail.len > 0 && slice_starts_with(next, tail))
		return cut_tail(file, err);
	if (write_all(file->fd, SLICE("\n"), err) < 0)
		return -1;
	buf_release(&file->tail);
	file->lacks_newline = false;
	return 0;
}

/* Gathers records up to the next that is in the file already; how many. */
static size_t gather(struct file_sink *file, const struct sink_record *records,
		     size_t count)
{
	size_t i;

	buf_clear(&file->run);
	for (i = 0; i < count; i++) {
		if (i > 0 && file->run.len + records[i].bytes.len > RUN_BYTES)
			break;
		if (seen_has(&file->seen, records[i].bytes))
			break;
		buf_append(&file->run, records[i].bytes);
		buf_append_byte(&file->run, '\n');
	}
	return i;
}

/* The place stays before the run until all of it is safe. What is before the run is
 * accounted for: records come in order, so one that is in no line has none behind it that
 * is. */
static int write_gathered(struct file_sink *file, struct slice first, struct err *err)
{
	uint64_t start;

	if (settle_tail(file, first, err) < 0)
		return -1;
	start = size_of(file->fd);
	if (file_place_take(file->fd, start, &file->place, err) < 0)
		return -1;
	file->is_torn = true;
	if (write_run(file, err) < 0)
		return -1;
	file->is_torn = false;
	return file_place_take(file->fd, start + file->run.len, &file->place, err);
}

static bool is_safe(struct file_sink *file, const struct sink_record *record)
{
	if (record->number > file->last_number) {
		if (!seen_has(&file->seen, record->bytes))
			return false;
		seen_take(&file->seen, record->bytes);
		file->last_number = record->number;
	}
	return true;
}

static int write_records(struct file_sink *file, const struct sink_record *records,
			 size_t count, size_t *ret_done, struct err *err)
{
	size_t done = 0;

	while (done < count) {
		size_t gathered;

		if (is_safe(file, &records[done])) {
			*ret_done = ++done;
			continue;
		}
		gathered = gather(file, records + done, count - done);
		if (write_gathered(file, records[done].bytes, err) < 0)
			return -1;
		done += gathered;
		file->last_number = records[done - 1].number;
		*ret_done = done;
	}
	return 0;
}

static int file_write(struct sink *sink, const struct sink_record *records, size_t count,
		      size_t *ret_done, struct err *err)
{
	struct file_sink *file = file_of(sink);
	const struct batch batch = { records, count };

	*ret_done = 0;
	if (need_file(file, &batch, err) < 0 ||
	    write_records(file, records, count, ret_done, err) < 0) {
		/* Nothing may be left of what is not told to be safe. */
		struct err ignored;

		if (file->fd >= 0 && take_back(file, &ignored) < 0)
			file->is_torn = true;
		return err_add(err, "'%s'", file->path);
	}
	return 0;
}

/* ---- the sink ---- */

static void file_state(const struct sink *sink, struct buf *buf)
{
	file_place_append(&((const struct file_sink *)(const void *)sink)->place, buf);
}

static void file_reopen(struct sink *sink)
{
	close_file(file_of(sink));
}

static void file_close(struct sink *sink)
{
	struct file_sink *file = file_of(sink);

	close_file(file);
	seen_release(&file->seen);
	buf_release(&file->tail);
	buf_release(&file->run);
	free(file->path);
	free(file->sink.name);
	free(file);
}

static const struct sink_ops file_ops = {
	.type = "file",
	.write = file_write,
	.state = file_state,
	.reopen = file_reopen,
	.close = file_close,
};

struct sink *sink_file_new(const char *name, const char *path, struct slice state)
{
	struct file_sink *file = memory_new(1, sizeof(*file));

	file->sink.ops = &file_ops;
	file->sink.name = memory_copy_text(slice_text(name));
	file->path = memory_copy_text(slice_text(path));
	file->fd = -1;
	file->tail = (struct buf)BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	file->run = (struct buf)BUF_LIMIT(RUN_BYTES + LIMIT_STORED_BYTES);
	seen_init(&file->seen);
	if (!file_place_parse(state, &file->place))
		file->place = (struct file_place){ .is_set = false };
	return &file->sink;
}
