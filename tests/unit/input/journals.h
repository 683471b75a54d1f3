/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * For tests of journals: a visitor that writes down what it is given, and real journal
 * files, made of export text by systemd-journal-remote(8).
 */
#include "input/journal.h"
#include "tests/unit/input/scratch.h"

struct seen {
	const char *word;   /* what a wanted MESSAGE contains */
	struct buf entries; /* "time message host=... ident=... uid=... pid=...
			       cursor=..." each */
	struct buf damages; /* one a line */
	struct buf users;   /* "u" for an entry of a user journal, "s" for another */
	size_t asked;	    /* messages that were asked about */
	bool is_cut;	    /* of the last entry */
	bool hides_cursor;  /* for cursors that no test can know */
	struct journal_stats stats;
	struct journal_visitor visitor;
};

bool seen_wanted(void *ctx, struct slice message);
void seen_entry(void *ctx, const struct record *record, const char *cursor);
void seen_damaged(void *ctx, const struct err *why);

/* For the definition of `struct seen seen`. */
#define SEEN(text)                                                              \
	{                                                                       \
		.word = (text), .entries = BUF_LIMIT((size_t)16 * 1024 * 1024), \
		.damages = BUF_LIMIT((size_t)16 * 1024 * 1024),                 \
		.users = BUF_LIMIT((size_t)1024 * 1024),                        \
		.visitor = { seen_wanted, seen_entry, seen_damaged, &seen },    \
	}

void seen_clear(struct seen *seen);
void seen_release(struct seen *seen);

/* Whether systemd-journal-remote is installed. */
bool journals_can_be_made(void);

/* Makes a journal of export text, whose name must end in ".journal". */
void journal_make(struct scratch *scratch, const char *name, struct slice text);

/* Appends one entry as export text: syslog's, from sshd, at a second after 2026-11-22. */
void journal_append_entry(struct buf *text, unsigned second, const char *message);
