/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Mark: where reading stands in one file, and how that file will be known again when its
 * name, its inode or its contents have changed meanwhile. Three things together, because
 * each alone can be fooled: who the inode is (numbers are given out again), what the file
 * begins with (heads repeat), and what stands right before the place read up to. And the
 * position: the mark of the file being read with those of the files before it, as one
 * line of text.
 */
#include <sys/stat.h>

#include "base/buf.h"
#include "base/time.h"

/* What is hashed of a file's beginning, at most: it grows with what was read. */
#define TAIL_HEAD_BYTES ((size_t)1024)

/* What is hashed right before the place read up to, at most. */
#define TAIL_PROOF_BYTES ((size_t)4096)

/* Of a SHA-256. */
#define TAIL_HASH_BYTES 16

/* Files kept in mind besides the one being read: those that were replaced, whose writer
 * may not know it yet. */
#define TAIL_HELD_FILES 4

/* Which inode a file is. Numbers are used again: ext4 gives a freed one to the next file.
 */
struct tail_identity {
	uint64_t device, inode;
	uint64_t born_ns;    /* statx(2) btime since 1970; 0 = unknown */
	uint32_t generation; /* FS_IOC_GETVERSION; 0 = unknown */
};

struct tail_mark {
	struct tail_identity identity;
	uint64_t offset;     /* read up to here: a line's end; in inflated bytes */
	uint64_t seen_bytes; /* the largest size it was seen with */
	us_time changed_at;  /* its mtime when last looked at */
	bool is_finished;    /* nothing more is asked of it: it only tells order */
	bool is_lost;	     /* finished, because it was not found again */
	size_t head_len;     /* 0 to TAIL_HEAD_BYTES; may go beyond offset */
	uint8_t head[TAIL_HASH_BYTES];
	size_t proof_len; /* 0 to TAIL_PROOF_BYTES, and never above offset */
	uint8_t proof[TAIL_HASH_BYTES];
};

struct tail_position {
	bool is_start; /* nothing was there yet: what comes is read from its start */
	struct tail_mark current; /* unless is_start; if finished, what comes after it
				     is next */
	size_t before_count;
	struct tail_mark before[TAIL_HELD_FILES]; /* oldest first */
};

/* Who the open file is. Fails only when the system does not say: -1 with errno. */
int tail_identify(int fd, const struct stat *status, struct tail_identity *ret_identity);

/* Whether both are one inode in one life. A device number alone may differ: it does after
 * a reboot. */
bool tail_identity_same(const struct tail_identity *a, const struct tail_identity *b);

void tail_hash(struct slice bytes, uint8_t ret_hash[TAIL_HASH_BYTES]);

/* The time of a file's stamp; US_TIME_NONE out of range. */
us_time tail_time(struct timespec stamp);

/* Appends the position as text without a newline. */
void tail_position_append(const struct tail_position *position, struct buf *buf);

/* The whole slice as a position, exactly as tail_position_append() writes it; false for
 * anything else. */
bool tail_position_parse(struct slice text, struct tail_position *ret_position);
