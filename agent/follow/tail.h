/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Tail: follows one text log by its path, through everything that rotation and vandals do
 * to it: rename, copy and truncate, truncate and grow past, delete and create anew with
 * the same inode, replacement while nobody watched, compression of what was rotated away,
 * a swapped symbolic link, permissions that go and come. Gives whole lines, each once;
 * what cannot be had any more is a named gap with its exact range. Pulled by its owner;
 * knows no event loop and no clock. What to wake up for is its owner's, by watching the
 * folder of the path: waking too often is harmless.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct tail;

enum tail_from {
	TAIL_FROM_END,	 /* a first start: what is there already is not read */
	TAIL_FROM_START, /* everything, with the rotated files beside it (backfill) */
};

enum tail_step_kind {
	TAIL_IDLE,   /* nothing now; all that is there has been given out */
	TAIL_LINES,  /* `bytes` are whole lines, each with its newline; none when work was
			done that gave nothing yet: ask again */
	TAIL_GAP,    /* lines are lost for good */
	TAIL_ABSENT, /* the path cannot be read: why is in `problem`; ask again later */
};

struct tail_step {
	enum tail_step_kind kind;
	const char *path;	 /* the file the bytes are of: the path or what it became;
				    borrowed until the next step */
	struct slice bytes;	 /* TAIL_LINES; borrowed until the next step */
	uint64_t offset;	 /* of bytes[0], or where the gap begins, in that file */
	uint64_t cut_line_bytes; /* > 0: `bytes` is one line cut at
				    LIMIT_HOST_LINE_BYTES, that was so long; no newline */
	bool is_partial;    /* the last line of a file that nobody will finish: no newline
			     */
	bool is_new_file;   /* the first step of another file than before */
	us_time changed_at; /* the file's mtime */
	/* TAIL_GAP */
	uint64_t lost_from, lost_until; /* offsets; until 0 = unknown how much */
	const char *cause;		/* in words; borrowed until the next step */
	us_time lost_since, lost_to;	/* mtimes the gap lies between; US_TIME_NONE */
	/* TAIL_ABSENT */
	struct err problem;
};

/* Follows `path`. `cursor` is what tail_cursor() wrote before, or empty at a first start,
 * which then begins as `from` says; a cursor that cannot be understood is told as a gap
 * and the file read from its start. Nothing is opened yet: never fails. The caller owns
 * the result. */
struct tail *tail_new(const char *path, struct slice cursor, enum tail_from from);
void tail_free(struct tail *tail);

/* The next step; bounded work (at most about 512 KiB). Only a broken promise of our own
 * is fatal: all that the world does is a step. */
void tail_next(struct tail *tail, struct tail_step *ret_step);

/* Appends, on one line of text, where to go on after every step given out so far: what is
 * to be stored in the same transaction as what those steps said. */
void tail_cursor(const struct tail *tail, struct buf *buf);

struct tail_state {
	bool is_open;
	uint64_t offset, size_bytes; /* of the live file; lag = size - offset */
	us_time changed_at;
	uint64_t lines_given, gaps_given, bytes_skipped; /* skipped: before a first
							    start's beginning */
};
struct tail_state tail_state(const struct tail *tail);
