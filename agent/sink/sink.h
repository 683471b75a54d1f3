/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Sink: takes finished bytes to where the security team reads them. Sinks on this host
 * (a file, the journal) are written by the daemon itself; others go through the courier.
 * A sink knows no format and no finding; it keeps no queue: the store's outbox is the
 * queue, and a record leaves it only when the sink has said that it is safe.
 */
#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct sink;

struct sink_record {
	uint64_t number;    /* ascending for the host, never twice */
	struct slice bytes; /* of the format; no newline at the end */
};

/* One kind of sink. */
struct sink_ops {
	const char *type; /* "file", "journal" */
	/* Writes what it can of the records, in order, and makes it durable. *ret_done is
	 * how many are safe, set on failure, too. Called again with the rest; after a
	 * crash with records that may be out already, which must not be doubled where the
	 * medium can tell. */
	int (*write)(struct sink *sink, const struct sink_record *records, size_t count,
		     size_t *ret_done, struct err *err);
	/* Appends what to remember across restarts, stored together with the removal from
	 * the outbox. May be NULL. */
	void (*state)(const struct sink *sink, struct buf *buf);
	/* The file was rotated, SIGHUP came: open anew. May be NULL. */
	void (*reopen)(struct sink *sink);
	void (*close)(struct sink *sink);
};

struct sink {
	const struct sink_ops *ops;
	char *name; /* owned; of the configuration */
};

/* A file of lines, "alerts.jsonl": each record once, also across crashes. Follows its own
 * rotation (the path leads elsewhere: the rest goes to a new file, 0640). `state` is what
 * ops->state() wrote, or empty. Opens at the first write: never fails. */
struct sink *sink_file_new(const char *name, const char *path, struct slice state);

/* The journal, by sd_journal_sendv(3), with the fields it finds in the native JSON of the
 * record (COUNTERSIGN_...; agent/sink/journal_entry.h), MESSAGE and PRIORITY. At least
 * once. Where no journald listens every write fails. */
struct sink *sink_journal_new(const char *name);

static inline void sink_free(struct sink *sink)
{
	if (sink)
		sink->ops->close(sink);
}
