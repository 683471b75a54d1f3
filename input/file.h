/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The inside of an input file, for the files of input/ alone: a window of bytes over a
 * descriptor, filled by reading or by inflating and given out from its front. Files are
 * read, not mapped: a mapped file that somebody truncates kills its reader with SIGBUS.
 *
 *   window:  | held by the caller |  consumed  |   buffered   |  room  |
 *            0                  floor        begin           end   window_bytes
 */
#include <sys/stat.h>

#include "input/input.h"

struct gunzip;

/* What one filling adds where the file has it: at least half of this, at most all. */
#define INPUT_CHUNK_BYTES ((size_t)512 * 1024)

/* Compressed bytes read at a time. */
#define INPUT_RAW_BYTES ((size_t)64 * 1024)

struct input_file {
	int fd;
	char *path; /* owned */
	us_time changed_at;
	uint64_t size_bytes; /* when it was opened; what is appended later is not read */
	uint64_t fetched_bytes; /* of them read from fd so far */
	struct gunzip *gunzip;	/* owned; NULL for a plain file */
	char *raw;		/* owned; the compressed bytes, INPUT_RAW_BYTES at most */
	struct slice raw_left;	/* of them not inflated yet */
	char *window;		/* owned, never NULL */
	size_t window_bytes;
	size_t floor;	   /* bytes at the front that filling must not touch */
	size_t begin, end; /* the buffered bytes */
	uint64_t offset;   /* of window[begin] in the (inflated) file */
	bool at_end;	   /* nothing will be added any more */
	bool has_failed;   /* nothing will be added either, and failure says why */
	struct err failure;
};

/* Opens a regular file, or says what else it is. Never blocks; does not even open what
 * stat(2) calls something else, because opening a FIFO or a device may already have an
 * effect. The caller owns the descriptor. */
int input_open_regular(const char *path, int *ret_fd, struct stat *ret_status,
		       struct err *err) __attribute__((warn_unused_result));

/* ERR_FORMAT with "'path' is a FIFO, not a file" and the like, for a mode that is no
 * regular file's. Always -1. */
int input_refuse_kind(const char *path, mode_t mode, struct err *err);

/* What is in the window and not consumed; borrowed until the next filling. */
static inline struct slice input_buffered(const struct input_file *file)
{
	return slice_of(file->window + file->begin, file->end - file->begin);
}

static inline void input_consume(struct input_file *file, size_t count)
{
	file->begin += count;
	file->offset += count;
}

/* Adds the next bytes behind the buffered ones, moving these within the window, or sets
 * at_end. The caller bounds what stays buffered. A failure is repeated by every later
 * call. */
int input_fill(struct input_file *file, struct err *err)
	__attribute__((warn_unused_result));
