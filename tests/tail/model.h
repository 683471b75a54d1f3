/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The tail's model: a folder with a log, a writer, rotation and vandals on one side, a
 * tail that is killed and started again on the other, and between them the truth about
 * every line: in which life of which file it was written, whether it is still anywhere,
 * and how often it was given out as far as cursors were stored.
 *
 *   life     the contents of a file from its creation or truncation to its end
 *   object   a file on disk: an inode, of one life or a copy of a part of one
 */
#include <stdint.h>
#include <sys/types.h>

#include "agent/follow/tail.h"
#include "base/buf.h"
#include "tests/world/random.h"

#define MODEL_KEEP 6 /* rotated files that are kept */
#define MODEL_LINES 4096
#define MODEL_LIVES 512
#define MODEL_GAPS 256

struct model_line {
	unsigned life;
	uint64_t offset;
	uint32_t len;	   /* as far as written, newline included when whole */
	uint32_t full_len; /* when whole */
	bool is_gone;	   /* no file on disk has it any more */
	bool is_pinned;	   /* gone, but the tail has the file open */
	bool is_in_window; /* between logrotate's copy and its truncation */
	bool is_late;	   /* written to a file that had been replaced */
	bool is_skipped;   /* there before a first start from the end */
	unsigned given;	   /* as far as cursors were stored, and since */
};

struct model_life {
	uint64_t born_at;   /* in operations */
	uint64_t copied_at; /* when another inode took its place */
	uint64_t end;	    /* offset behind its last byte */
	bool is_ended;	    /* some of it is on no disk any more */
	bool has_banner;
	bool is_truncated;
	bool may_repeat;   /* read beyond a copy of it, which a tail started later cannot
			      know */
	bool is_disguised; /* compressed or replaced by a copy: not known again if
			      nothing was read of it */
	bool is_unseen;	   /* came and went while the tail could not know */
	bool may_be_unseen;
};

struct model_object {
	unsigned life;
	uint64_t bytes; /* of the life that are in it */
	bool is_gzip;
	char name[64]; /* "" = deleted */
};

struct model_gap {
	uint64_t lost_from, lost_until;
};

struct model_options {
	bool is_dated; /* auth.log-20260101 instead of auth.log.1 */
	bool is_link;  /* the path is a symbolic link */
	bool is_crlf;
	bool has_banner; /* all files begin with the same 1.2 KiB */
	bool is_sparse;	 /* the writer does not append: truncation leaves holes */
	bool is_lagging; /* the writer goes on with a renamed file for a while */
	bool from_start;
};

struct model {
	struct random random;
	struct model_options options;
	const char *folder; /* borrowed */
	bool is_verbose;
	uint64_t now;	/* operations so far */
	unsigned dates; /* given out to rotated files */

	struct model_line *lines; /* owned */
	unsigned line_count;
	struct model_life *lives; /* owned */
	unsigned life_count;
	struct model_object live; /* "" when there is none at the path */
	struct model_object rotated[MODEL_KEEP + 2]; /* newest first */
	unsigned rotated_count;
	unsigned targets; /* of the symbolic link so far */

	int writer_fd;		     /* -1: reopens at the next line */
	struct model_object *writer; /* what it writes to: live or a rotated one */
	int half_line;		     /* its line without a newline; -1 none */
	uint64_t writer_offset;

	struct tail *tail; /* owned; NULL while it is down */
	bool was_ever_up;
	struct buf cursor;     /* stored */
	unsigned *uncommitted; /* owned: lines given since */
	unsigned uncommitted_count;
	struct model_gap gaps[MODEL_GAPS];
	unsigned gap_count, gaps_committed;
	uint64_t known_at; /* when it last knew of all there was */
	uint64_t known_at_committed;
	bool is_locked; /* chmod 000 */

	char failure[1024]; /* "" = none */
	struct buf text;
};

struct model_counts {
	uint64_t sequences, operations, lines, given, skipped, lost_in_gaps,
		lost_in_window, lost_unseen, repeated, gaps, gaps_of_nothing, kills,
		steps, fragments;
};

/* Prints of what is done, with --verbose. */
void model_say(struct model *model, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void model_fail(struct model *model, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The whole path of a name; borrowed until the next call. */
const char *model_path(struct model *model, const char *name);

/* model_files.c: the folder. Each aborts when the system refuses. */
void model_write_lines(struct model *model, unsigned count);
void model_write_half(struct model *model);
void model_finish_half(struct model *model);
void model_reopen(struct model *model);
void model_rotate(struct model *model, bool creates);
void model_copy_truncate(struct model *model);
void model_truncate(struct model *model);
void model_recreate(struct model *model);
void model_restore_copy(struct model *model);
void model_compress(struct model *model);
void model_swap_link(struct model *model);
void model_lock(struct model *model, bool is_locked);
void model_create_first(struct model *model);
void model_files_release(struct model *model);

/* Text of a line's number, regenerated to compare. */
void model_line_text(const struct model *model, unsigned line, struct buf *buf);

/* model_tail.c: the tail and the truth. */
void model_start(struct model *model);
void model_kill(struct model *model);
void model_step(struct model *model, unsigned count);
void model_drain(struct model *model);
void model_commit(struct model *model);
/* Whether the tail has the inode open. */
bool model_tail_holds(const struct model *model, ino_t inode);
/* At the end: every line once, or in a gap that is there for it. */
void model_judge(struct model *model, struct model_counts *counts);
