/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * An authorized_keys file: where they are, whether one has changed, its text, and who
 * else could have written it. What is in one belongs to a user of the host, who may put
 * anything at its path: what is no file is never opened.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

/* Gives each path that the pattern stands for, of which one part may be "*": any name
 * but a hidden one. A path need not be there. Fails where the folder cannot be listed;
 * one that is not there has no names. */
int keys_file_each(const char *pattern, void (*take)(void *ctx, const char *path),
		   void *ctx, struct err *err) __attribute__((warn_unused_result));

/* What changes with each writing to a file, or its replacement. */
struct keys_stamp {
	uint64_t device, inode, size_bytes;
	us_time changed_at; /* mtime */
	int64_t changed_ns, status_s, status_ns;
};

/* ERR_MISSING where it is not there. */
int keys_file_stamp(const char *path, struct keys_stamp *ret_stamp, struct err *err)
	__attribute__((warn_unused_result));
bool keys_stamp_is(const struct keys_stamp *stamp, const struct keys_stamp *other);

struct keys_text {
	struct buf bytes; /* owned, made with a ceiling by the caller */
	struct keys_stamp stamp;
	bool is_still; /* nobody wrote to it meanwhile */
	bool is_safe;  /* nobody but root and whose home it lies in could have written it
			*/
};

/* Reads the whole file. Fails where it is none, may not be read, or is longer than the
 * ceiling. */
int keys_file_read(const char *path, struct keys_text *text, struct err *err)
	__attribute__((warn_unused_result));
