/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * A folder of its own for a test, gone with its end, and files made in it. What cannot be
 * made aborts the test program: nothing could be tested then.
 */
#include "base/buf.h"

struct scratch {
	char folder[64];
	struct buf text; /* of the last path or text given out */
};

void scratch_init(struct scratch *scratch);
void scratch_release(struct scratch *scratch);

#define AUTO_SCRATCH __attribute__((cleanup(scratch_release)))

/* The path of a name in the folder; borrowed until the next call. */
const char *scratch_path(struct scratch *scratch, const char *name);

/* `text` with every path of the folder shortened to "@/..."; borrowed until the next
 * call. */
const char *scratch_plain(struct scratch *scratch, const char *text);

void scratch_write(struct scratch *scratch, const char *name, struct slice bytes);

/* Appends the bytes as one gzip member. */
void gzip_append(struct buf *buf, struct slice bytes);

/* A buffer with `count` times `bytes` in it. */
void fill_repeated(struct buf *buf, struct slice bytes, size_t count);
