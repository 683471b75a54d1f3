/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The journal files there are: finds them anew when the folders change, holds on to those
 * that are not read yet, so that a deleted one still can be, and sees which went or
 * cannot be read. What a file continues, and what its going means for its chain, is for
 * journal_chains.h to say; what to read next, for journal_sources.h.
 */
#include "agent/follow/journal_chains.h"
#include "agent/follow/journal_folders.h"
#include "agent/follow/journal_sources.h"

struct journal_files {
	struct journal_folders folders;
	struct journal_sources sources;
	struct journal_chains chains;
	size_t held;	/* sources with a descriptor */
	bool is_listed; /* nothing more is to be listed, as far as we know */
	bool has_young; /* a file without a head yet: listed again when it grows */
	bool has_system, is_volatile; /* readable journals of the system; in memory */
	bool is_problem; /* and why, in `problem`: something there cannot be read */
	struct err problem;
	us_time damage_at; /* newest change of a broken file in this listing */
};

/* `path` as for journal_folders_init(); `from` is where a first start begins,
 * US_TIME_NONE = at the end. */
void journal_files_init(struct journal_files *files, const char *path, us_time from);
void journal_files_release(struct journal_files *files);

/* Takes note of what changed in the folders; lists them where that is needed. Whether it
 * did anything: sources that were handed out may be gone. */
bool journal_files_refresh(struct journal_files *files);

/* A file was read to its end, or cannot be read further: one that was deleted goes. */
void journal_files_end(struct journal_files *files, const struct journal_source *source);

/* Files that could not be opened are tried once more. */
void journal_files_retry(struct journal_files *files);
