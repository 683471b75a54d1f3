/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The head of a .journal file (systemd.io/JOURNAL_FILE_FORMAT, "Header"), read by plain
 * read(2): what file it is under whatever name, and how much it claims to hold, for a few
 * hundred bytes and no mapping. Checked against the file's size, because libsystemd maps
 * the file, and a mapped file shorter than its head says kills the reader with SIGBUS.
 */
#include <sys/types.h>
#include <systemd/sd-id128.h>

#include "base/err.h"
#include "base/slice.h"
#include "base/time.h"

/* The bytes of it that are read; a file's own head may be longer. */
#define JOURNAL_HEAD_BYTES ((size_t)208)

struct journal_head {
	sd_id128_t file_id;    /* of the file, whatever it is renamed to */
	sd_id128_t machine_id; /* of the machine that wrote it */
	sd_id128_t seqnum_id;  /* what its sequence numbers belong to: files that follow
				  one  another share it */
	bool is_archived;      /* nothing will be added to it any more */
	uint64_t entries;
	uint64_t first_seqnum, last_seqnum; /* 0 = none; the last may be of an entry that
					       is being added */
	us_time first_at, last_at;	    /* US_TIME_MAX where it is out of range */
	uint64_t claimed_bytes;		    /* what its size must be at least */
};

/* Takes a head apart. `size_bytes` is of the whole file; `path` is for the error. */
int journal_head_parse(struct slice bytes, uint64_t size_bytes, const char *path,
		       struct journal_head *ret_head, struct err *err)
	__attribute__((warn_unused_result));

/* Reads the head of an open file; leaves the file's offset alone. */
int journal_head_read(int fd, const char *path, struct journal_head *ret_head,
		      struct err *err) __attribute__((warn_unused_result));

/* Opens a file without blocking on what is none, and reads its head. The caller owns the
 * descriptor. */
int journal_head_open(const char *path, int *ret_fd, struct journal_head *ret_head,
		      struct err *err) __attribute__((warn_unused_result));
