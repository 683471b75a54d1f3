/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Place: how far a file was written, by the file's own identity, so that it is known
 * again after a crash, under another name, or after somebody cut it.
 */
#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

struct file_place {
	bool is_set; /* false: nothing is known */
	uint64_t device, inode;
	uint64_t offset; /* everything before is durable and accounted for */
	uint64_t check; /* digest of the bytes before it, so that another file of the same
			   inode, or one cut and grown anew, is not taken for it */
};

/* One line of text without a newline, and back; false for anything else. */
void file_place_append(const struct file_place *place, struct buf *buf);
bool file_place_parse(struct slice text, struct file_place *ret_place);

/* The place `offset` in the open file. */
int file_place_take(int fd, uint64_t offset, struct file_place *ret_place,
		    struct err *err) __attribute__((warn_unused_result));

/* Whether the open file is that of the place and was not cut since. */
bool file_place_holds(const struct file_place *place, int fd);

/* From where on the open file may hold what is not accounted for: the place, if it is its
 * file (*ret_is_it) or a copy of it, as rotation by copying and truncating leaves; else
 * the start. */
uint64_t file_place_in(const struct file_place *place, int fd, bool *ret_is_it);

/* Opens, read and write, each other file of the folder whose name begins with that of
 * `path`: what was rotated away. Ends with the first result that is not 0, and gives it.
 */
int file_place_each_other(const char *path, int (*take)(void *ctx, int fd), void *ctx)
	__attribute__((warn_unused_result));
