/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Where the journals lie: the folders of this machine's (with its namespaces), in memory
 * and on disk, or one folder of somebody's choice and the folders in it. Lists the
 * journal files and watches for changes through one inotify descriptor of its own, which
 * outlives every sd-journal handle. journald writes through a mapping, which inotify does
 * not see; it truncates the file to the size it has so that it does (post_change() of
 * systemd's journal-file.c), at most four times a second.
 */
#include <stdint.h>

#include "base/err.h"
#include "base/time.h"

#define JOURNAL_ROOTS 2

struct journal_folders {
	char *roots[JOURNAL_ROOTS]; /* owned, NULL = none */
	bool is_machine;	    /* only the folders of `machine` in them */
	char machine[33];
	int fd;			       /* inotify; -1 = there is none */
	bool is_blind;		       /* something cannot be watched: ask by the clock */
	int waiting_wd[JOURNAL_ROOTS]; /* of the folder a root is to appear in, or -1 */
};

/* `path` NULL: this machine's. Opens nothing but inotify; never fails. */
void journal_folders_init(struct journal_folders *folders, const char *path);
void journal_folders_release(struct journal_folders *folders);

struct journal_changes {
	bool grew;  /* something was written */
	bool moved; /* files came, went or were renamed, or we cannot know */
};

/* What happened since the last call; does not block. */
struct journal_changes journal_folders_changes(struct journal_folders *folders);

struct journal_folders_visitor {
	/* A file with a journal's name; those of the system before those of users. */
	void (*file)(void *ctx, const char *path, bool is_volatile);
	/* A folder that is there and cannot be read, or holds too much. */
	void (*failed)(void *ctx, const struct err *why);
	void *ctx;
};

/* Watches first, then lists: a file that comes meanwhile is listed, or told of by
 * journal_folders_changes(). */
void journal_folders_list(struct journal_folders *folders,
			  const struct journal_folders_visitor *visitor);

/* "user-1000.journal": what the processes of people wrote. */
bool journal_is_users(const char *path);

/* Whose journal a file is by its name, the same for all of its archived ones: a number
 * made of "system", "user-1000" ..., never 0. */
uint64_t journal_owner(const char *path);

/* By its name a file that journald does not write to any more. */
bool journal_is_set_aside(const char *path);
