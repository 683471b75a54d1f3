/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Loading host logs: files, journals and folders of them in, what they said in the event
 * list, the lines it was said in as evidence. The kind of a file is recognised from its
 * content. What cannot be read or understood is told; lines that are no evidence are
 * silence.
 */
#include "base/zone.h"
#include "cli/event_list.h"
#include "cli/evidence_store.h"
#include "cli/file_list.h"
#include "cli/meter.h"

/* What one source held, from its first to its last line. */
struct loaded_source {
	enum host_source source;
	us_time from, until;
	struct slice host; /* may be empty */
};

struct host_load {
	struct event_list *events; /* borrowed, all of these */
	struct evidence_store *evidence;
	struct problems *problems;
	struct meter *meter;
	const struct zone *zone; /* of lines that name none */
	int year;	/* of each file's first traditional line, 0 = nearest to: */
	us_time anchor; /* US_TIME_NONE = when the file was last changed */

	uint64_t lines;		       /* lines and journal entries read */
	struct loaded_source *sources; /* owned */
	size_t source_count, source_size;
	const char **folders; /* owned array: folders of journals that were read whole */
	size_t folder_count, folder_size;
};

void host_load_release(struct host_load *load);

/* Reads the files one after the other. */
void host_load_files(struct host_load *load, const struct file_list *files);

/* For load_host.c and load_journal.c: */

/* Notes that a source was read over this time; nothing when `from` is US_TIME_NONE. */
void host_load_add_source(struct host_load *load, enum host_source source, us_time from,
			  us_time until, struct slice host);

/* Reads the journal file, or, when it was found in a folder, that folder's journals
 * together, once. */
void host_load_journal(struct host_load *load, const struct file_item *item);

/* Reads journal export text. */
void host_load_export(struct host_load *load, const struct file_item *item);
