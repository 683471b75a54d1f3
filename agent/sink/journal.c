/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#define SD_JOURNAL_SUPPRESS_LOCATION
#include <errno.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include "agent/sink/journal_entry.h"
#include "agent/sink/sink.h"
#include "base/fault.h"
#include "base/memory.h"

/* Where journald listens. libsystemd says that all is well when nobody does. */
#define JOURNAL_SOCKET "/run/systemd/journal/socket"

struct journal_sink {
	struct sink sink; /* first: the one is the other */
	struct journal_entry entry;
};

static int send_entry(const struct journal_entry *entry)
{
	struct iovec fields[JOURNAL_ENTRY_FIELDS_MAX];

	for (size_t i = 0; i < entry->count; i++) {
		struct slice field = journal_entry_field(entry, i);

		fields[i] = (struct iovec){ (void *)(uintptr_t)field.ptr, field.len };
	}
	return sd_journal_sendv(fields, (int)entry->count);
}

static int journal_write(struct sink *sink, const struct sink_record *records,
			 size_t count, size_t *ret_done, struct err *err)
{
	struct journal_sink *journal = (struct journal_sink *)(void *)sink;

	*ret_done = 0;
	if (access(JOURNAL_SOCKET, F_OK) < 0)
		return err_system(err, errno, "cannot reach the journal at '%s'",
				  JOURNAL_SOCKET);
	for (size_t i = 0; i < count; i++) {
		int result;

		journal_entry_make(&journal->entry, &records[i]);
		FAULT_POINT("sink-journal-send");
		result = send_entry(&journal->entry);
		if (result < 0)
			return err_system(err, -result, "cannot write to the journal");
		FAULT_POINT("sink-journal-sent");
		*ret_done = i + 1;
	}
	return 0;
}

static void journal_close(struct sink *sink)
{
	struct journal_sink *journal = (struct journal_sink *)(void *)sink;

	journal_entry_release(&journal->entry);
	free(journal->sink.name);
	free(journal);
}

static const struct sink_ops journal_ops = {
	.type = "journal",
	.write = journal_write,
	.close = journal_close,
};

struct sink *sink_journal_new(const char *name)
{
	struct journal_sink *journal = memory_new(1, sizeof(*journal));

	journal->sink.ops = &journal_ops;
	journal->sink.name = memory_copy_text(slice_text(name));
	journal_entry_init(&journal->entry);
	return &journal->sink;
}
