/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * One .journal file, read front to back through libsystemd. libsystemd maps the file, and
 * a mapped file shorter than its head says kills the reader with SIGBUS: the head is
 * checked first (systemd.io/JOURNAL_FILE_FORMAT). It also passes over what it cannot read
 * in silence: the entries are counted against the head's own count. A file that somebody
 * truncates while it is being read cannot be guarded against here.
 *
 * One handle a file, instead of one over all of them: only so is it known which file an
 * entry is from, and what of it could not be read; and libsystemd, merging files whose
 * clock was stepped, leaves entries out.
 *
 *   checked --open--> open --advance--> open ... --advance--> done
 */
#include "base/err.h"
#include "base/time.h"
#include "input/journal_entry.h"

struct journal_file {
	char *path;	 /* owned */
	bool is_user;	 /* user-*.journal: entries of people's own processes */
	us_time next_at; /* of the next entry; by the head's word until it is open */
	uint64_t entries_claimed; /* by the head, when it was opened */
	uint64_t entries_seen;	  /* reached so far */
	uint64_t entries_lost;	  /* of them, those whose MESSAGE cannot be read */
	int last_error;		  /* libsystemd's, negative; 0 = none */
	sd_journal *handle;	  /* owned; NULL unless open */
	bool is_done;
};

/* Checks the head of a journal file; nothing stays open. Release what it fills. */
int journal_file_init(struct journal_file *file, const char *path, struct err *err)
	__attribute__((warn_unused_result));
void journal_file_release(struct journal_file *file);

/* Opens it and moves to its first entry. */
int journal_file_open(struct journal_file *file, struct err *err)
	__attribute__((warn_unused_result));

/* Moves to the next entry and sets next_at; is_done, and the handle closed, when there is
 * none or the file cannot be read any further. */
void journal_file_advance(struct journal_file *file);

/* As journal_entry_message(), of the entry it stands on; what is lost is counted. */
enum journal_message journal_file_message(struct journal_file *file,
					  struct slice *ret_message);

/* Once it is done: whether all it claims to hold was read, or else how much was not. */
int journal_file_verdict(const struct journal_file *file, struct err *err)
	__attribute__((warn_unused_result));
