/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The journal files there are, each with its place: finds them anew when the folders
 * change, begins a first start, and sees what is lost for good: files deleted unread, a
 * chain cut off behind its place, files that cannot be read. Each is put into a queue,
 * once; while the queue is not empty, the place of before is what is to be stored, so
 * that a kill loses no gap.
 */
#include "agent/follow/journal_folders.h"
#include "agent/follow/journal_place.h"
#include "agent/follow/journal_source.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/limits.h"

struct journal_gap {
	char cause[sizeof(((struct err *)NULL)->text)];
	us_time since, to; /* US_TIME_NONE = unknown */
	uint64_t entries;  /* 0 = unknown */
	bool is_forwarding;
};

struct journal_files {
	struct journal_folders folders;
	struct journal_place place;
	us_time from;			 /* of a first start */
	struct journal_source **sources; /* owned, each too */
	size_t count;
	size_t held;	 /* sources with a descriptor */
	bool is_listed;	 /* nothing more is to be listed, as far as we know */
	bool was_listed; /* at least once */
	bool has_young;	 /* a file without a head yet: listed again when it grows */
	bool has_system, is_volatile; /* readable journals of the system; in memory */
	bool is_problem; /* and why, in `problem`: something there cannot be read */
	struct err problem;
	struct journal_gap gaps[LIMIT_JOURNAL_GAPS]; /* to be told, oldest first */
	size_t gap_count;
	struct buf before; /* the place as text, of before the gaps in the queue */
	us_time damage_at; /* newest change of a broken file in this listing */
};

void journal_files_init(struct journal_files *files, const char *path, us_time from);
void journal_files_release(struct journal_files *files);

/* Takes note of what changed in the folders; lists them where that is needed. Whether it
 * did anything: sources that were handed out may be gone. */
bool journal_files_refresh(struct journal_files *files);

/* The file to read next: with the earliest entry, and within a chain the oldest. NULL
 * when all was read. `*ret_until` is a time that no other file's next entry is before. */
struct journal_source *journal_files_next(const struct journal_files *files,
					  us_time *ret_until);

/* A file was read to its end, or cannot be read further: one that was deleted goes. */
void journal_files_end(struct journal_files *files, const struct journal_source *source);

/* Files that could not be opened are tried once more. */
void journal_files_retry(struct journal_files *files);

/* Queues a gap where the chain of a file that is about to be read was cut off. */
void journal_files_check_chain(struct journal_files *files,
			       const struct journal_source *source);

/* Puts a gap into the queue. */
void journal_files_lose(struct journal_files *files, const struct journal_loss *loss,
			const char *cause);

/* Removes the oldest gap of the queue; false when there is none. */
bool journal_files_take_gap(struct journal_files *files, struct journal_gap *ret_gap);

/* Appends the place to be stored. */
void journal_files_write_place(const struct journal_files *files, struct buf *buf);
