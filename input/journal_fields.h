/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Collects the fields of one journal entry that evidence/record.h has a place for, by
 * name, whole or in parts, and forgets all others. Values are copied, because
 * libsystemd's own are gone with the next call and export text comes in pieces. Of a name
 * that comes twice, which is legal, the first value counts.
 */
#include "evidence/record.h"

struct journal_collector {
	struct journal_fields fields; /* slices into the arena */
	struct slice message;
	bool has_message;
	uint32_t seen; /* one bit per kept name */
	int row;       /* of the value being put together, -1 = none */
	char *value;   /* its beginning in the arena */
	char *arena;   /* owned */
	size_t used;
};

void journal_collector_init(struct journal_collector *collector);
void journal_collector_release(struct journal_collector *collector);

/* Ready for the next entry: no field is there. */
void journal_collector_clear(struct journal_collector *collector);

/* Begins a value. False when the field is not kept or was there before: then neither
 * journal_collector_append() nor journal_collector_end() is to follow. */
bool journal_collector_begin(struct journal_collector *collector, struct slice name);

/* MESSAGE is kept up to LIMIT_JOURNAL_FIELD_BYTES, any other text up to
 * LIMIT_FIELD_BYTES. A number that is none, or out of its range, is as if it were not
 * there. */
void journal_collector_append(struct journal_collector *collector, struct slice part);
void journal_collector_end(struct journal_collector *collector);

/* A whole value at once. */
void journal_collector_add(struct journal_collector *collector, struct slice name,
			   struct slice value);
