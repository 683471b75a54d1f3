/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Journals: .journal files and folders of them through sd-journal, and journal export
 * text (systemd.io/JOURNAL_EXPORT_FORMATS), both as records with journald's own fields.
 * MESSAGE is read first, and the other fields only where `wanted` says that the message
 * may be evidence.
 */
#include "base/err.h"
#include "evidence/record.h"

struct journal_visitor {
	/* Whether an entry with this MESSAGE is wanted. Called for each entry; must be
	 * fast. */
	bool (*wanted)(void *ctx, struct slice message);
	/* A wanted entry; `record` and its fields are valid during the call. `cursor` is
	 * sd-journal's own, or "offset=N" in export text. */
	void (*entry)(void *ctx, const struct record *record, const char *cursor);
	/* Something of the journal that cannot be read, or was lost; told once each. */
	void (*damaged)(void *ctx, const struct err *why);
	void *ctx;
};

struct journal_stats {
	uint64_t entries;
	us_time first,
		last; /* earliest and latest realtime of an entry, US_TIME_NONE = none */
	bool has_hostname;
	char hostname[256]; /* of the first entry that has one */
};

/* Whether the bytes at the beginning of a file are a journal file's ("LPKSHHRH"). */
bool journal_is_file(struct slice beginning);

/* Whether they look like journal export text ("__CURSOR=" or another field in front). */
bool journal_is_export(struct slice beginning);

/* Reads one .journal file, or a folder of them merged by time: what it and its subfolders
 * have under names that end in ".journal" or ".journal~". Entries of files named user-*
 * are told as such (is_user_journal). A file that is truncated or no journal, and one
 * that holds more than can be read of it, is told through `damaged`; it fails when that
 * leaves nothing to read. A journal that somebody truncates while it is being read kills
 * the process with SIGBUS, by libsystemd's mapping. Of a field that an entry has twice
 * the first in storage counts, which need not be the first that was sent. */
int journal_read(const char *path, const struct journal_visitor *visitor,
		 struct journal_stats *ret_stats, struct err *err)
	__attribute__((warn_unused_result));

/* Reads journal export text (plain or gzip). A damaged entry is told with its position
 * and passed over; fails on a read error or damaged gzip, after giving out what came
 * before. */
int journal_read_export(const char *path, const struct journal_visitor *visitor,
			struct journal_stats *ret_stats, struct err *err)
	__attribute__((warn_unused_result));
