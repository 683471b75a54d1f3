/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Journal export text (systemd.io/JOURNAL_EXPORT_FORMATS) from memory, fed in pieces of
 * any size: whole entries come out, and every damaged one is named by its position and
 * passed over up to the next blank line. Holds one entry's kept fields and nothing else,
 * however long a field is. Reads no file.
 *
 *     MESSAGE=text without a newline\n
 *     MESSAGE\n<length, 64 bits, little-endian><bytes>\n
 *
 *   LINE --name--> NAME --'='--> TEXT --newline--> LINE --blank line--> entry
 *                    \--newline--> SIZE --> BINARY --> BINARY_END --newline--> LINE
 *   anything else --> SKIP_LINE --newline--> SKIP_NEXT --blank line--> LINE
 *                        ^------- other line -------/
 */
#include "input/journal_fields.h"

/* journald takes no longer names (journal_field_valid() of systemd). */
#define EXPORT_NAME_BYTES 64

struct export_ops {
	/* A whole entry; its fields are the collector's and valid during the call.
	 * `offset` is of its first byte. */
	void (*entry)(void *ctx, struct journal_collector *collector, uint64_t offset);
	/* An entry that begins at `offset` and cannot be read, with the byte where that
	 * shows. */
	void (*damaged)(void *ctx, uint64_t offset, uint64_t at, const char *why);
	void *ctx;
};

enum export_state {
	EXPORT_LINE,
	EXPORT_NAME,
	EXPORT_TEXT,
	EXPORT_SIZE,
	EXPORT_BINARY,
	EXPORT_BINARY_END,
	EXPORT_SKIP_LINE,
	EXPORT_SKIP_NEXT,
	EXPORT_STATES
};

struct export_parser {
	const struct export_ops *ops; /* borrowed */
	struct journal_collector collector;
	enum export_state state;
	uint64_t offset; /* of the next byte fed */
	uint64_t entry_offset;
	bool in_entry;
	unsigned fields; /* of this entry */
	bool is_kept;	 /* the value being read goes to the collector */
	char name[EXPORT_NAME_BYTES];
	size_t name_len;
	unsigned size_len;   /* bytes of the length read so far */
	uint64_t value_left; /* the length, then what is left of the value */
};

void export_parser_init(struct export_parser *parser, const struct export_ops *ops);
void export_parser_release(struct export_parser *parser);

void export_parser_feed(struct export_parser *parser, struct slice bytes);

/* The end of the text: an entry that lacks only its blank line is whole, any other is
 * not. */
void export_parser_finish(struct export_parser *parser);
