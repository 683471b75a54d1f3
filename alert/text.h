/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Text: what came from outside, made fit for a medium that people read or that has marks
 * of its own: printable, on one line, with a ceiling, and with the medium's marks
 * escaped.
 */
#include "base/json.h"
#include "base/time.h"

/* What a text that was cut ends with. */
#define TEXT_CUT " [cut]"

/* How a medium writes a byte of ASCII that means something to it; NULL = as it is. */
typedef const char *text_map_fn(char byte);

/* Appends `text`, where control bytes, invalid UTF-8 and marks that hide or reorder text
 * become "\xNN" or "\u{NNNN}". At most `limit` bytes: what would be longer is cut between
 * two characters and ends with TEXT_CUT. `map` may be NULL. */
void text_append(struct buf *buf, struct slice text, size_t limit, text_map_fn *map);

/* Puts it as a member, so written; nothing when it is empty. */
void text_put(struct json_writer *writer, const char *key, struct slice text,
	      size_t limit);

/* Each puts a member as it is, and nothing where there is nothing to say: "", NULL,
 * US_TIME_NONE. */
void text_put_known(struct json_writer *writer, const char *key, struct slice text);
void text_put_word(struct json_writer *writer, const char *key, const char *word);
void text_put_time(struct json_writer *writer, const char *key, us_time time);

enum text_address {
	TEXT_NO_ADDRESS,
	TEXT_IPV4,
	TEXT_IPV6,
};

/* Whether the whole text is a literal address. Receivers refuse a record that has
 * anything else where an address belongs, and an API call's source may be a service's
 * name. */
enum text_address text_address(struct slice text);
