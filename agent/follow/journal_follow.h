/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Journal follower: this machine's system journal (or a folder of journals) through
 * sd-journal, entry after entry as records, from a cursor that survives restarts, vacuum
 * and rotation. What journald itself dropped, what was vacuumed unread and what cannot be
 * read is a named gap, told once. MESSAGE is read first and the trusted fields only of
 * the entries that are wanted. Journals are closed after catching up, because their
 * mapping is most of an idle agent's memory. Pulled by its owner, who waits on the
 * descriptor; reads no clock but the journal's own.
 *
 * Each journal file is read through a handle of its own (agent/follow/journal_source.h),
 * and a folder's changes are seen by inotify, so that there is no handle over all of them
 * that could be invalidated, or drop a file in silence. A journal that somebody truncates
 * while it is being read may still kill the process with SIGBUS, by libsystemd's mapping;
 * one truncated at any other time is a gap. Its owner takes such a death as a restart.
 */
#include "base/buf.h"
#include "base/err.h"
#include "evidence/record.h"

struct journal_follow;

struct journal_follow_options {
	const char *path;    /* a folder of journals; NULL = this machine's */
	struct slice cursor; /* of journal_follow_cursor(); empty = a first start */
	us_time from;	     /* a first start begins here; US_TIME_NONE = at the end */
	/* Whether an entry with this MESSAGE is wanted; fast. journald's own messages of
	 * loss are handled inside and need not be wanted. */
	bool (*wanted)(void *ctx, struct slice message);
	void *ctx;
};

enum journal_step_kind {
	JOURNAL_IDLE,	/* all that is there has been given out */
	JOURNAL_ENTRY,	/* a wanted entry: `record`, `cursor` */
	JOURNAL_PASSED, /* a bounded number of entries that were not wanted */
	JOURNAL_GAP,	/* entries are lost for good */
	JOURNAL_ABSENT, /* as IDLE, but no journal of the system can be read, or not all:
			   why is in `problem`; ask again later */
};

struct journal_step {
	enum journal_step_kind kind;
	struct record record; /* JOURNAL_ENTRY; borrowed until the next step */
	const char *cursor; /* sd-journal's, of the entry; borrowed until the next step */
	const char *cause;  /* JOURNAL_GAP, in words: "journald dropped 17 messages" */
	us_time lost_since, lost_to; /* US_TIME_NONE = unknown */
	uint64_t lost_entries;	     /* 0 = unknown */
	bool is_forwarding; /* what is lost is lost to syslog's files: the journal has it
			     */
	struct err problem; /* JOURNAL_ABSENT */
};

/* Copies what it keeps of `options`. Opens nothing yet: never fails. */
struct journal_follow *journal_follow_new(const struct journal_follow_options *options);
void journal_follow_free(struct journal_follow *follow);

/* The next step; bounded work (at most 1024 entries). */
void journal_follow_next(struct journal_follow *follow, struct journal_step *ret_step);

/* Appends where to go on after every step given out so far, on one line of text of some
 * 150 bytes for the system and each user; LIMIT_JOURNAL_CURSOR_BYTES at most, and less
 * where the buffer holds less, so that the last ones are found again by time only. */
void journal_follow_cursor(const struct journal_follow *follow, struct buf *buf);

/* What to wait for once it is idle: a descriptor that becomes readable when there may be
 * more (owned by the follower, stays the same while it lives, even while the journals are
 * closed), or -1. `*ret_every` is a time to ask again by the clock as well: always set
 * with -1 and where something cannot be read now, else 0. */
int journal_follow_fd(struct journal_follow *follow, us_span *ret_every);

/* Closes what is open until the descriptor says that there is more. Called when idle. */
void journal_follow_rest(struct journal_follow *follow);

struct journal_state {
	bool is_open, is_volatile; /* volatile: lost at a reboot (/run/log/journal) */
	uint64_t entries_passed, entries_given, gaps_given;
	us_time last_realtime; /* of the newest entry seen, US_TIME_NONE = none */
};
struct journal_state journal_follow_state(const struct journal_follow *follow);
