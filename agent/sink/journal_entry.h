/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Journal entry: the fields of journald that one record becomes, from what its JSON says,
 * native or OCSF. A record that cannot be read becomes an entry all the same: its message
 * is the record.
 *
 *     MESSAGE               one sentence, printable
 *     PRIORITY              of syslog, by severity
 *     MESSAGE_ID            JOURNAL_ENTRY_MESSAGE_ID: all entries of ours
 *     COUNTERSIGN_STREAM    "finding", "login" or "heartbeat"
 *     COUNTERSIGN_UID       the login's or finding's id
 *     COUNTERSIGN_NUMBER    of all records of this host, ascending
 *     COUNTERSIGN_RULE, _VERDICT, _OS_USER, _PATH, _SOURCE_IP
 *     COUNTERSIGN_RECORD    the whole record
 */
#include "agent/sink/sink.h"

#define JOURNAL_ENTRY_MESSAGE_ID "c7e1f7b0473d44acb7669231139ca6d3"
#define JOURNAL_ENTRY_FIELDS_MAX 16

struct journal_entry {
	struct buf text; /* the fields one after the other, "NAME=value" */
	size_t ends[JOURNAL_ENTRY_FIELDS_MAX];
	size_t count;
};

void journal_entry_init(struct journal_entry *entry);
void journal_entry_release(struct journal_entry *entry);

/* Replaces what the entry was. */
void journal_entry_make(struct journal_entry *entry, const struct sink_record *record);

/* "NAME=value"; i is below count. */
struct slice journal_entry_field(const struct journal_entry *entry, size_t i);
