/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Reading JSON over jansson with ceilings, and with errors that name the path of what is
 * wrong ("userIdentity.sessionContext: not an object"). Writing JSON into a struct buf:
 * keys in the order written, every byte that is not printable escaped, invalid UTF-8
 * replaced by U+FFFD, so that no raw control byte ever reaches a terminal.
 */
#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"

/* Parses one whole JSON value. Half a surrogate pair, which RFC 8259 permits and jansson
 * does not, is read as U+FFFD. Refuses what is nested deeper than LIMIT_JSON_DEPTH before
 * jansson sees it, duplicate keys, and bytes after the value. The caller owns the result
 * and drops it with json_decref(). The error names the position ("at byte 17: ..."). */
int json_read(struct slice text, json_t **ret_value, struct err *err)
	__attribute__((warn_unused_result));

#define AUTO_JSON __attribute__((cleanup(json_cleanup)))
void json_cleanup(json_t **value);

/* Walks "a.b.c" from an object. NULL when anything on the way is missing or null;
 * borrowed. */
const json_t *json_at(const json_t *object, const char *path);

/* The string at `path`, borrowed; empty when missing, null or no string. */
struct slice json_text_at(const json_t *object, const char *path);

/* As json_text_at(), but a value that is there and is no string is an error naming the
 * path. */
int json_need_text(const json_t *object, const char *path, struct slice *ret_text,
		   struct err *err) __attribute__((warn_unused_result));

/* A string as slice; empty when `value` is NULL or no string. May hold NULs: one call
 * with a NUL in a word of the caller's own must not make its record unreadable. */
struct slice json_slice(const json_t *value);

/* Writer. Comma handling is the writer's; nesting up to LIMIT_JSON_DEPTH. Sticky: ask
 * buf_overflowed() of the buf once at the end. Keys are literals of ours and not escaped.
 */
struct json_writer {
	struct buf *buf;      /* borrowed */
	uint64_t has_members; /* one bit per open level */
	unsigned depth;
};

void json_begin(struct json_writer *writer, struct buf *buf);
void json_open_object(struct json_writer *writer,
		      const char *key); /* key NULL inside arrays */
void json_close_object(struct json_writer *writer);
void json_open_array(struct json_writer *writer, const char *key);
void json_close_array(struct json_writer *writer);
void json_put_text(struct json_writer *writer, const char *key, struct slice text);
/* null when the slice is empty */
void json_put_text_or_null(struct json_writer *writer, const char *key,
			   struct slice text);
void json_put_number(struct json_writer *writer, const char *key, int64_t number);
void json_put_bool(struct json_writer *writer, const char *key, bool value);
void json_put_null(struct json_writer *writer, const char *key);
/* RFC 3339; null for US_TIME_NONE */
void json_put_time(struct json_writer *writer, const char *key, int64_t time_us);
