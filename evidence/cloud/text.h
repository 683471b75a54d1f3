/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Text: reading texts of API records, for the rows of kind.h. What a record merely may
 * say is read leniently: a value of another type is as none, and a longer one is cut.
 */
#include "base/err.h"
#include "base/json.h"
#include "base/time.h"

/* A record's time as its cloud writes it (RFC 3339), or as some pipelines rewrite it, UTC
 * without a zone ("2026-01-13 19:58:59.000000000", with " UTC" behind it or not). */
bool record_time(struct slice text, us_time *ret_time);

/* The string at `path`; empty when missing or null. Fails when it is no string, or longer
 * than LIMIT_FIELD_BYTES. */
int text_need(const json_t *record, const char *path, struct slice *ret_text,
	      struct err *err) __attribute__((warn_unused_result));

/* The string at `path`, at most LIMIT_FIELD_BYTES of it; empty when it is none. */
struct slice text_at(const json_t *record, const char *path);

/* The same of one member, whose name may have dots in it. */
struct slice text_member(const json_t *object, const char *name);

/* The first of two that says something. */
struct slice text_either(struct slice text, struct slice other);

/* At most LIMIT_FIELD_BYTES, cut where a character begins. */
struct slice text_cut(struct slice text);

/* The address alone of "203.0.113.7:50123" and "[2001:db8::7]:50123"; anything else as it
 * is. */
struct slice text_without_port(struct slice address);

/* A copy in lower case (ASCII) in `room`; empty when it is longer than that. */
struct slice text_lower(struct slice text, char *room, size_t size);

/* A copy in `room`, "" when it is longer. */
struct slice text_copy(struct slice text, char *room, size_t size);

/* 32 hexadecimal digits of a digest of the texts, terminated: the same for the same
 * texts. */
struct slice text_digest(const struct slice *texts, size_t count, char room[33]);

/* A value that is an object, or text that holds one; the caller drops it. NULL when it is
 * neither. */
json_t *text_object(const json_t *value);
