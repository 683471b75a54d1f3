/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/input.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "input/file.h"
#include "input/gzip.h"

/* ID1 and ID2, RFC 1952 section 2.3.1. */
#define GZIP_MAGIC SLICE("\x1f\x8b")

#define PEEK_BYTES ((size_t)64 * 1024)

int input_refuse_kind(const char *path, mode_t mode, struct err *err)
{
	static const struct {
		mode_t type;
		const char *words;
	} rows[] = {
		{ S_IFDIR, "a directory" },
		{ S_IFIFO, "a FIFO, not a file" },
		{ S_IFSOCK, "a socket, not a file" },
		{ S_IFCHR, "a character device, not a file" },
		{ S_IFBLK, "a block device, not a file" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].type == (mode & S_IFMT))
			return err_set(err, ERR_FORMAT, "'%s' is %s", path,
				       rows[i].words);
	return err_set(err, ERR_FORMAT, "'%s' is not a file", path);
}

int input_open_regular(const char *path, int *ret_fd, struct stat *ret_status,
		       struct err *err)
{
	AUTO_CLOSE int fd = -1;
	struct stat status;

	if (stat(path, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return input_refuse_kind(path, status.st_mode, err);

	/* O_NONBLOCK: it may have become a FIFO since. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return input_refuse_kind(path, status.st_mode, err);

	*ret_status = status;
	*ret_fd = take_fd(&fd);
	return 0;
}

static us_time time_of(struct timespec stamp)
{
	us_time time;

	if (__builtin_mul_overflow((us_time)stamp.tv_sec, US_PER_SECOND, &time) ||
	    time < US_TIME_MIN || time > US_TIME_MAX - US_PER_SECOND)
		return US_TIME_NONE;
	return time + stamp.tv_nsec / 1000;
}

static size_t smaller(uint64_t a, size_t b)
{
	return a < b ? (size_t)a : b;
}

/* The next bytes of the file on disk; none at its end. */
static int fetch(struct input_file *file, char *to, size_t room, size_t *ret_len,
		 struct err *err)
{
	size_t wanted = smaller(file->size_bytes - file->fetched_bytes, room);
	ssize_t len;

	if (wanted == 0) {
		*ret_len = 0;
		return 0;
	}
	do {
		len = read(file->fd, to, wanted);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return err_system(err, errno, "cannot read '%s'", file->path);
	if (len == 0)
		return err_set(err, ERR_FORMAT,
			       "'%s' became shorter while it was read: it ends at byte "
			       "%" PRIu64,
			       file->path, file->fetched_bytes);
	file->fetched_bytes += (uint64_t)len;
	*ret_len = (size_t)len;
	return 0;
}

static int fetch_raw(struct input_file *file, bool *ret_ends, struct err *err)
{
	size_t len = 0;

	*ret_ends = false;
	if (file->raw_left.len > 0)
		return 0;
	if (fetch(file, file->raw, INPUT_RAW_BYTES, &len, err) < 0)
		return -1;
	file->raw_left = slice_of(file->raw, len);
	*ret_ends = len == 0;
	return 0;
}

/* Inflates until at least half of the room is used or the file ends: one small stored
 * block must not make a chunk of its own. A failure behind bytes waits for the next call.
 */
static int inflate_some(struct input_file *file, char *to, size_t room, size_t *ret_len,
			struct err *err)
{
	size_t len = 0;

	while (len < room / 2 + 1) {
		struct gunzip_step step = { .out = to + len, .room_bytes = room - len };

		if (fetch_raw(file, &step.input_ends, err) < 0) {
			if (len == 0)
				return -1;
			break;
		}
		step.input = file->raw_left;
		if (gunzip_run(file->gunzip, &step, err) < 0) {
			if (len == 0)
				return err_add(err, "cannot read '%s'", file->path);
			break;
		}
		file->raw_left = step.input;
		len += step.written;
		if (step.ended)
			break;
	}
	*ret_len = len;
	return 0;
}

/* Room for half of `wanted` at least, with the buffered bytes moved down to the floor. */
static void make_room(struct input_file *file, size_t wanted)
{
	size_t kept = file->end - file->begin;

	if (file->begin > file->floor) {
		memmove(file->window + file->floor, file->window + file->begin, kept);
		file->begin = file->floor;
		file->end = file->floor + kept;
	}
	if (file->window_bytes - file->end < (wanted + 1) / 2) {
		file->window_bytes = file->end + wanted;
		file->window = memory_resize(file->window, file->window_bytes, 1);
	}
}

int input_fill(struct input_file *file, struct err *err)
{
	uint64_t unread = file->size_bytes - file->fetched_bytes;
	size_t wanted =
		file->gunzip ? INPUT_CHUNK_BYTES : smaller(unread, INPUT_CHUNK_BYTES);
	size_t len = 0;
	size_t room;
	int rc;

	if (file->has_failed) {
		*err = file->failure;
		return -1;
	}
	if (wanted == 0)
		file->at_end = true;
	if (file->at_end)
		return 0;

	make_room(file, wanted);
	room = smaller(file->window_bytes - file->end, INPUT_CHUNK_BYTES);
	if (file->gunzip)
		rc = inflate_some(file, file->window + file->end, room, &len,
				  &file->failure);
	else
		rc = fetch(file, file->window + file->end, room, &len, &file->failure);
	if (rc < 0) {
		file->has_failed = true;
		*err = file->failure;
		return -1;
	}
	file->end += len;
	file->at_end = len == 0;
	return 0;
}

/* The kernel's own files (/proc, /sys) have no size; what they say would be missed. */
static int check_size(const struct input_file *file, struct err *err)
{
	struct stat status;

	if (file->size_bytes > 0 || fstat(file->fd, &status) < 0 || status.st_size > 0)
		return 0; /* or it has just been begun */
	return err_set(err, ERR_FORMAT, "'%s' has bytes, but no size: copy it first",
		       file->path);
}

/* The first two bytes decide whether the file is inflated. */
static int recognise(struct input_file *file, struct err *err)
{
	char magic[2];
	ssize_t len;

	do {
		len = pread(file->fd, magic, sizeof(magic), 0);
	} while (len < 0 && errno == EINTR);
	if (len < 0)
		return err_system(err, errno, "cannot read '%s'", file->path);
	if (len > 0 && check_size(file, err) < 0)
		return -1;
	if (slice_equal(slice_of(magic, (size_t)len), GZIP_MAGIC)) {
		file->raw = memory_resize(NULL, INPUT_RAW_BYTES, 1);
		file->gunzip = gunzip_new(inflate_best(), LIMIT_INFLATED_BYTES);
	}
	return 0;
}

int input_open(const char *path, struct input_file **ret_file, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct stat status;
	int fd;

	if (input_open_regular(path, &fd, &status, err) < 0)
		return -1;
	/* Only advice: what it answers changes nothing. */
	(void)posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);

	file = memory_new(1, sizeof(*file));
	file->fd = fd;
	file->path = memory_copy_text(slice_text(path));
	file->window = memory_new(1, 1); /* grows with the first filling */
	file->changed_at = time_of(status.st_mtim);
	file->size_bytes = status.st_size > 0 ? (uint64_t)status.st_size : 0;
	if (recognise(file, err) < 0)
		return -1;

	*ret_file = TAKE(file);
	return 0;
}

void input_close(struct input_file *file)
{
	if (!file)
		return;
	gunzip_free(file->gunzip);
	free(file->raw);
	free(file->window);
	free(file->path);
	close(file->fd);
	free(file);
}

void input_cleanup(struct input_file **file)
{
	input_close(*file);
}

us_time input_changed_at(const struct input_file *file)
{
	return file->changed_at;
}

uint64_t input_size(const struct input_file *file)
{
	return file->size_bytes;
}

uint64_t input_consumed(const struct input_file *file)
{
	size_t waiting = file->gunzip ? file->raw_left.len : file->end - file->begin;

	return file->fetched_bytes - waiting;
}

int input_read(struct input_file *file, struct slice *ret_bytes, struct err *err)
{
	struct slice bytes;

	file->floor = 0;
	if (file->begin == file->end && input_fill(file, err) < 0)
		return -1;
	bytes = input_buffered(file);
	input_consume(file, bytes.len);
	*ret_bytes = bytes;
	return 0;
}

int input_read_whole(const char *path, struct buf *buf, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct slice bytes;

	if (input_open(path, &file, err) < 0)
		return -1;
	do {
		if (input_read(file, &bytes, err) < 0)
			return -1;
		if (!buf_append(buf, bytes))
			return err_set(err, ERR_LIMIT, "'%s': longer than %zu bytes",
				       path, buf->limit_bytes);
	} while (bytes.len);
	return 0;
}

int input_peek(struct input_file *file, struct slice *ret_bytes, struct err *err)
{
	file->floor = 0;
	while (!file->at_end && file->end - file->begin < PEEK_BYTES) {
		if (input_fill(file, err) == 0)
			continue;
		if (file->begin == file->end)
			return -1;
		break;
	}
	*ret_bytes = slice_first(input_buffered(file), PEEK_BYTES);
	return 0;
}
