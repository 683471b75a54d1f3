/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One file on its way through the tail, plain or gzip: read in order through a window,
 * given out in whole lines, and checked at every reading that what was read before still
 * stands in it. Knows nothing of other files and of names.
 *
 *   window:  | proof of what was given |  a line not yet whole  |  room  |
 *          floor                     begin                     end
 *
 * Files are read, not mapped: a mapped file that somebody truncates kills its reader with
 * SIGBUS.
 */
#include "agent/follow/tail.h"
#include "agent/follow/tail_mark.h"

struct tail_gzip;

struct tail_file {
	int fd;
	char *path; /* owned: the name it was last known by */
	struct tail_identity identity;
	uint64_t size_bytes; /* on disk */
	uint64_t seen_bytes; /* the largest so far; of gzip: what was inflated */
	us_time changed_at;
	uint32_t owner;
	bool is_linked; /* it has a name somewhere */
	bool has_ended; /* its last line without a newline was given: nothing follows */
	bool is_final;	/* a copy or gzip: nobody writes to it any more */
	struct tail_gzip *gzip; /* owned; NULL for a plain file */
	size_t head_len;
	char *window; /* owned; NULL when nothing is kept */
	size_t window_bytes;
	size_t floor, begin, end;
	uint64_t base; /* offset in the (inflated) file of window[0] */
	bool in_long_line;
	uint64_t long_line_from;
	bool in_nuls; /* passing over NULs that a line should stand in place of */
	uint64_t nuls_from;
	uint64_t nuls_at_size; /* the file ended in NULs when it was of this size */
	us_time nuls_changed_at;
	uint64_t nuls_skipped; /* counted for who asks */
	bool mark_is_fresh;
	struct tail_mark mark;
	char head[TAIL_HEAD_BYTES];
};

/* Takes the descriptor. The caller owns the result; NULL, the descriptor closed, when the
 * system does not say what it is. A name that ends in ".gz" over gzip's magic is
 * inflated. Reading begins at the start. */
struct tail_file *tail_file_new(int fd, const char *path, const struct stat *status);
void tail_file_free(struct tail_file *file);

#define AUTO_TAIL_FILE __attribute__((cleanup(tail_file_cleanup)))
void tail_file_cleanup(struct tail_file **file);

/* Notes the name it has now. */
void tail_file_rename(struct tail_file *file, const char *path);

/* Takes over size, time and whether it still has a name. */
void tail_file_note(struct tail_file *file, const struct stat *status);

/* Whether size or time are others than when it was last read. */
bool tail_file_has_changed(const struct tail_file *file);

/* Where its next line begins. */
uint64_t tail_file_offset(const struct tail_file *file);

/* Bytes read behind that: the beginning of a line that is not whole. */
uint64_t tail_file_pending(const struct tail_file *file);

/* Goes to `offset` in a plain file: what is before is not given. */
void tail_file_skip_to(struct tail_file *file, uint64_t offset);

/* The last border of lines in a plain file; its size when there is none in sight. */
uint64_t tail_file_last_border(struct tail_file *file);

enum tail_resume {
	TAIL_RESUMED, /* it is the file of the mark, and will go on behind it */
	TAIL_OTHER,   /* it is not, or no longer: use it no more for this */
	TAIL_SEEKING, /* gzip: not known yet, call again */
};

/* Goes to where the mark says if head and proof of the mark stand in this file. A bounded
 * part of the work at each call. */
enum tail_resume tail_file_resume(struct tail_file *file, const struct tail_mark *mark);

/* Whether the (inflated) file is so long; gzip is spent by the question. */
bool tail_file_ends_at(struct tail_file *file, uint64_t offset);

/* Whether the file begins as the mark's did; false for a mark without a head. */
bool tail_file_has_head(int fd, const char *path, const struct tail_mark *mark);

/* Whether `copy` is a beginning of what was read of `file`: its last bytes stand in the
 * window of `file` at the same place. */
bool tail_file_is_beginning(int copy, uint64_t copy_bytes, const struct tail_file *file);

/* Whether what comes next is the beginning of a line. */
bool tail_file_is_at_line(const struct tail_file *file);

/* Whether `copy`, which begins with all lines read of the file, has the beginning of the
 * next one as well, and the file itself no name any more. */
bool tail_file_is_copied(const struct tail_file *file, const struct tail_file *copy);

enum tail_read {
	TAIL_READ_NOTHING, /* all given, but perhaps the beginning of a line */
	TAIL_READ_LINES,   /* bytes, offset and cut_line_bytes of the step are set */
	TAIL_READ_NULS,	   /* lost_from and lost_until of the step are set */
	TAIL_READ_MORE,	   /* nothing to give, but not all was looked at */
	TAIL_READ_CHANGED, /* what was read no longer stands there; leave the file */
	TAIL_READ_FAILED,  /* *err says why */
};

/* The next lines, at most about 512 KiB of work. */
enum tail_read tail_file_read(struct tail_file *file, struct tail_step *step,
			      struct err *err);

/* Gives what is left without a newline, cut at LIMIT_HOST_LINE_BYTES; false when there is
 * nothing. */
bool tail_file_rest(struct tail_file *file, struct tail_step *step);

/* Where it stands. Borrowed until the file is read on. */
const struct tail_mark *tail_file_mark(struct tail_file *file);

/* Gives memory back that only a busy file needs. */
void tail_file_rest_window(struct tail_file *file);
