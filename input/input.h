/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Bytes from outside, opened safely: regular files only, never through a FIFO or a
 * device, inflated when they are gzip, in chunks; folders walked in a stable order. Used
 * by agent, command line and fleet alike. What the bytes mean is not known here.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct input_file;

/* Opens a regular file (a symbolic link to one is followed; a folder, FIFO, socket or
 * device is refused by name, without blocking on it). gzip is recognised by its magic and
 * inflated, members one after the other, up to LIMIT_INFLATED_BYTES. What is appended to
 * the file after this is not read, so that no writer keeps a reader at work for ever. The
 * caller owns the result. */
int input_open(const char *path, struct input_file **ret_file, struct err *err)
	__attribute__((warn_unused_result));
void input_close(struct input_file *file);

#define AUTO_INPUT __attribute__((cleanup(input_cleanup)))
void input_cleanup(struct input_file **file);

/* When the file was last changed. */
us_time input_changed_at(const struct input_file *file);

/* Size on disk in bytes, and bytes of it consumed so far: for a progress bar. */
uint64_t input_size(const struct input_file *file);
uint64_t input_consumed(const struct input_file *file);

/* The next bytes, borrowed until the next call; empty at the end. Fails on a read error
 * or damaged gzip (what came before has been given out), and again at every later call.
 */
int input_read(struct input_file *file, struct slice *ret_bytes, struct err *err)
	__attribute__((warn_unused_result));

/* Appends the whole file, opened as input_open() does; one that does not fit the buf's
 * limit is refused. */
int input_read_whole(const char *path, struct buf *buf, struct err *err)
	__attribute__((warn_unused_result));

/* The next bytes, up to 64 KiB, without consuming them: called first, the file's
 * beginning. Fails only when damage comes before any byte. */
int input_peek(struct input_file *file, struct slice *ret_bytes, struct err *err)
	__attribute__((warn_unused_result));

/* Whole lines in large chunks: every chunk ends after a newline, but the last of the file
 * may not. A line longer than `limit_bytes` is given out cut, alone, with cut_line_bytes
 * saying how long it was; 0 otherwise. Offset is of the chunk's first byte in the
 * (inflated) file. Chunks are borrowed until the next call; at the end one is empty.
 * Fails as input_read(), and does not give out the line that the damage cuts in two: it
 * could be believed. */
struct input_chunk {
	struct slice bytes;
	uint64_t offset;
	uint64_t cut_line_bytes;
};
int input_read_lines(struct input_file *file, size_t limit_bytes,
		     struct input_chunk *ret_chunk, struct err *err)
	__attribute__((warn_unused_result));

/* Visits every regular file below a folder, or the one file, in byte order of paths.
 * Hidden names are visited; symbolic links to folders are not followed. What cannot be
 * read is given to `failed`; a visit that returns negative stops the walk. */
struct input_visitor {
	int (*visit)(void *ctx, const char *path, struct err *err);
	void (*failed)(void *ctx, const char *path, const struct err *why);
	void *ctx;
};
int input_walk(const char *path, const struct input_visitor *visitor, struct err *err)
	__attribute__((warn_unused_result));
