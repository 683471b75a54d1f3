/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_fields.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

/* Longer than any 64-bit number in decimal. */
#define NUMBER_BYTES ((size_t)24)

enum kind {
	KIND_MESSAGE,
	KIND_TEXT,
	KIND_TIME,
	KIND_UID,
	KIND_UINT32,
	KIND_UINT64,
};

/* systemd.journal-fields(7). */
#define ROW(name, kind, member)                                 \
	{                                                       \
		(name), sizeof(name) - 1, (kind),               \
			offsetof(struct journal_fields, member) \
	}

static const struct {
	const char *name;
	size_t len;
	enum kind kind;
	size_t offset; /* in struct journal_fields */
} rows[] = {
	{ "MESSAGE", sizeof("MESSAGE") - 1, KIND_MESSAGE, 0 },
	ROW("__REALTIME_TIMESTAMP", KIND_TIME, realtime),
	ROW("_SOURCE_REALTIME_TIMESTAMP", KIND_TIME, source_realtime),
	ROW("__MONOTONIC_TIMESTAMP", KIND_UINT64, monotonic_us),
	ROW("_BOOT_ID", KIND_TEXT, boot_id),
	ROW("_MACHINE_ID", KIND_TEXT, machine_id),
	ROW("_HOSTNAME", KIND_TEXT, hostname),
	ROW("_TRANSPORT", KIND_TEXT, transport),
	ROW("_COMM", KIND_TEXT, comm),
	ROW("_EXE", KIND_TEXT, exe),
	ROW("_SYSTEMD_UNIT", KIND_TEXT, unit),
	ROW("_UID", KIND_UID, uid),
	ROW("_PID", KIND_UINT32, pid),
	ROW("SYSLOG_IDENTIFIER", KIND_TEXT, ident),
	ROW("SYSLOG_PID", KIND_UINT32, syslog_pid),
	ROW("MESSAGE_ID", KIND_TEXT, message_id),
	ROW("SESSION_ID", KIND_TEXT, logind_session),
	ROW("USER_ID", KIND_TEXT, logind_user),
	ROW("LEADER", KIND_UINT32, logind_leader),
	ROW("N_DROPPED", KIND_UINT64, dropped),
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))
_Static_assert(ROW_COUNT <= 32, "one bit each in journal_collector.seen");

#define ARENA_BYTES (LIMIT_JOURNAL_FIELD_BYTES + ROW_COUNT * LIMIT_FIELD_BYTES)

static size_t room_of(enum kind kind)
{
	switch (kind) {
	case KIND_MESSAGE:
		return LIMIT_JOURNAL_FIELD_BYTES;
	case KIND_TEXT:
		return LIMIT_FIELD_BYTES;
	default:
		return NUMBER_BYTES;
	}
}

void journal_collector_init(struct journal_collector *collector)
{
	collector->arena = memory_resize(NULL, ARENA_BYTES, 1);
	journal_collector_clear(collector);
}

void journal_collector_release(struct journal_collector *collector)
{
	free(collector->arena);
	collector->arena = NULL;
}

void journal_collector_clear(struct journal_collector *collector)
{
	collector->fields = (struct journal_fields){
		.realtime = US_TIME_NONE,
		.source_realtime = US_TIME_NONE,
		.uid = -1,
	};
	collector->message = slice_of(NULL, 0);
	collector->has_message = false;
	collector->seen = 0;
	collector->row = -1;
	collector->used = 0;
}

static int find_row(struct slice name)
{
	for (size_t i = 0; i < ROW_COUNT; i++)
		if (slice_equal(name, slice_of(rows[i].name, rows[i].len)))
			return (int)i;
	return -1;
}

bool journal_collector_begin(struct journal_collector *collector, struct slice name)
{
	int row = find_row(name);

	if (row < 0 || (collector->seen & UINT32_C(1) << row))
		return false;
	collector->seen |= UINT32_C(1) << row;
	collector->row = row;
	collector->value = collector->arena + collector->used;
	return true;
}

void journal_collector_append(struct journal_collector *collector, struct slice part)
{
	size_t have = (size_t)(collector->arena + collector->used - collector->value);

	part = slice_first(part, room_of(rows[collector->row].kind) - have);
	if (part.len > 0)
		memcpy(collector->value + have, part.ptr, part.len);
	collector->used += part.len;
}

void journal_collector_end(struct journal_collector *collector)
{
	struct slice value =
		slice_of(collector->value,
			 (size_t)(collector->arena + collector->used - collector->value));
	char *member = (char *)&collector->fields + rows[collector->row].offset;
	uint64_t number;

	switch (rows[collector->row].kind) {
	case KIND_MESSAGE:
		collector->message = value;
		collector->has_message = true;
		collector->fields.is_cut = value.len == LIMIT_JOURNAL_FIELD_BYTES;
		break;
	case KIND_TEXT:
		*(struct slice *)(void *)member = value;
		break;
	case KIND_TIME:
		if (slice_number(value, (uint64_t)US_TIME_MAX, &number))
			*(us_time *)(void *)member = (us_time)number;
		break;
	case KIND_UID:
		if (slice_number(value, UINT32_MAX, &number))
			*(int64_t *)(void *)member = (int64_t)number;
		break;
	case KIND_UINT32:
		if (slice_number(value, UINT32_MAX, &number))
			*(uint32_t *)(void *)member = (uint32_t)number;
		break;
	case KIND_UINT64:
		if (slice_number(value, UINT64_MAX, &number))
			*(uint64_t *)(void *)member = number;
		break;
	}
	collector->row = -1;
}

void journal_collector_add(struct journal_collector *collector, struct slice name,
			   struct slice value)
{
	if (!journal_collector_begin(collector, name))
		return;
	journal_collector_append(collector, value);
	journal_collector_end(collector);
}
