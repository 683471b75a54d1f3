/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One journal file that is followed: whether it holds more than was read, which its head
 * says without a mapping, and its entries one after the other, through an sd-journal
 * handle of its own. One handle a file, instead of one over all of them: only so is it
 * known whose words an entry is, and a damaged file, which libsystemd drops in silence,
 * costs nothing but itself. Its entries are counted against its head's count, so that
 * nothing is left out unseen.
 *
 *   closed --next--> standing on an entry --pass--> behind it --next--> standing ...
 *      ^                                                |
 *      +---------------- rest, or no more <-------------+
 *
 * A damaged place is jumped over to the next entry that can be read. A file that is
 * truncated is noticed when its head is looked at; between that and the reading
 * libsystemd's mapping leaves a moment in which it kills the process with SIGBUS.
 */
#include <systemd/sd-journal.h>

#include "agent/follow/journal_place.h"
#include "input/journal_head.h"

struct journal_source {
	struct journal_head head;    /* when it was last looked at */
	char *path;		     /* owned; of when it was last found */
	int fd;			     /* owned; -1 = opened when needed */
	struct journal_chain *chain; /* borrowed from the place */
	uint64_t owner;		     /* journal_owner(), of when it was found first */
	bool is_user, is_volatile;
	bool is_set_aside; /* journald does not write to it any more */
	bool is_found;	   /* by the listing under way */
	bool is_gone;	   /* deleted; read from the descriptor */
	bool is_given_up;  /* cannot be read any further */
	uint64_t done;	   /* entries passed or lost; exact when is_done_known */
	bool is_done_known;
	sd_journal *handle; /* owned; NULL = closed */
	bool stands;	    /* on an entry that was not passed yet: */
	us_time next_at;    /* its realtime; US_TIME_NONE = not asked for */
	bool asks_times;    /* next_at is wanted of each entry, to merge files by time */
	uint64_t unsettled; /* entries passed since the chain's seqnum was set */
	unsigned jumps;
	bool is_waiting; /* cannot be opened for now: left alone until asked again */
	us_time damage_since, damage_to; /* around what was jumped over first and last */
};

/* A file whose head was read; takes the descriptor. The caller owns the result. */
struct journal_source *journal_source_new(const char *path, int fd,
					  const struct journal_head *head);
void journal_source_free(struct journal_source *source);

/* Whether there may be entries that were not passed. */
bool journal_source_has_more(const struct journal_source *source);

/* A time that its next entry is not known to be before; cheap. */
us_time journal_source_next_at(const struct journal_source *source);

/* Reads the head again. Fails when the file is no journal any more; it is then closed, so
 * that no mapping of it is touched. */
int journal_source_look(struct journal_source *source, struct err *err)
	__attribute__((warn_unused_result));

/* Whether the file was deleted while we hold it. What it held may be gone with its name:
 * journald gives the blocks of what it deletes back at once, by a hole over all of it or
 * by cutting it to nothing (unlinkat_deallocate() of systemd's fs-util.c). */
bool journal_source_is_deleted(const struct journal_source *source);

/* At a first start: behind the last entry there is. */
int journal_source_skip_all(struct journal_source *source, struct err *err)
	__attribute__((warn_unused_result));

/* Entries that are lost. */
struct journal_loss {
	uint64_t entries;  /* 0 = unknown */
	us_time since, to; /* US_TIME_NONE = unknown */
};

/* Whether there are entries that were not passed, even if they cannot be read for now. */
bool journal_source_is_unread(const struct journal_source *source);

/* The file was read to its end and nothing can follow in it: its chain is told. */
void journal_source_complete(struct journal_source *source);

enum journal_source_next {
	JOURNAL_SOURCE_STANDS,	/* on an entry */
	JOURNAL_SOURCE_END,	/* all that is there was passed */
	JOURNAL_SOURCE_DAMAGED, /* as END, and some could not be read: see `err` */
	JOURNAL_SOURCE_FAILED,	/* for now, see `err` */
};

/* Opens it where that is needed, and moves to the next entry unless it stands on one.
 * `err` is set, and `ret_loss`, where the result says so. */
enum journal_source_next journal_source_next(struct journal_source *source,
					     struct journal_loss *ret_loss,
					     struct err *err);

/* When the entry it stands on was stored: next_at, asked for now if need be. */
us_time journal_source_time(struct journal_source *source);

/* The entry it stands on is behind us. */
void journal_source_pass(struct journal_source *source);

/* As journal_source_pass(), where its cursor is at hand. */
void journal_source_pass_cursor(struct journal_source *source, const char *cursor);

/* An entry passed whose message cannot be read. */
void journal_source_lost_one(struct journal_source *source);

/* Makes the chain say exactly what was passed, and when that was. */
void journal_source_settle(struct journal_source *source);

/* Settles and closes the handle: nothing of the file stays mapped. */
void journal_source_rest(struct journal_source *source);

/* The sequence number that an sd-journal cursor names; 0 when none. */
uint64_t journal_cursor_seqnum(struct slice cursor);
