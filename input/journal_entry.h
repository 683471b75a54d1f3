/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What is read of one journal entry through sd-journal, the same way for a journal that
 * is replayed and for one that is followed.
 */
#include <systemd/sd-journal.h>

#include "base/err.h"
#include "input/journal_fields.h"

/* Room for a boot id in hexadecimal. */
#define JOURNAL_ID_TEXT_BYTES ((size_t)33)

/* Opens a .journal file whose head has been checked. On success the handle owns and
 * closes the descriptor, which `*fd` then no longer names. `path` is for the error. */
int journal_open(int *fd, const char *path, sd_journal **ret_handle, struct err *err)
	__attribute__((warn_unused_result));

enum journal_message {
	JOURNAL_MESSAGE_READ,
	JOURNAL_MESSAGE_NONE, /* the entry has none */
	JOURNAL_MESSAGE_LOST, /* it must have one that cannot be read */
};

/* MESSAGE of the entry the handle stands on, borrowed until the handle is used again; cut
 * at LIMIT_JOURNAL_FIELD_BYTES. A loss that libsystemd has an error for leaves it, a
 * negative number, in *ret_error, which stays as it is otherwise. */
enum journal_message journal_entry_message(sd_journal *handle, struct slice *ret_message,
					   int *ret_error);

/* Fields of the entry the handle stands on; the times and the boot are the entry's own
 * and not fields, so that no field can speak for them. `boot_text` is what
 * fields.boot_id then points into. */
void journal_entry_collect(sd_journal *handle, struct slice message, us_time realtime,
			   struct journal_collector *collector,
			   char boot_text[JOURNAL_ID_TEXT_BYTES]);
