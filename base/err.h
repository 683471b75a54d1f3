/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What went wrong, said once per layer: a code for the program, a text for the reader.
 * Fixed size, no heap. Texts are lower case, subject in single quotes, no full stop:
 *     cannot read '/var/log/auth.log': permission denied
 * Bytes that came from outside must be escaped by whoever prints the text.
 */
enum err_code {
	ERR_NONE,
	ERR_USAGE,   /* the caller's words are wrong: an option, a value */
	ERR_SYSTEM,  /* the system refused: open, read, memory map */
	ERR_FORMAT,  /* the bytes are not what they should be */
	ERR_LIMIT,   /* a ceiling of base/limits.h was hit */
	ERR_MISSING, /* a thing that must be there is not */
};

struct err {
	enum err_code code;
	char text[768]; /* always terminated; cut with "..." when too long */
};

/* Sets code and text. Always -1, so that a caller can `return err_set(...)`. */
int err_set(struct err *err, enum err_code code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set() with ERR_SYSTEM, ": " and the lower-cased words for `errno_value`. Always
 * -1. */
int err_system(struct err *err, int errno_value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Puts a context in front of the text: "context: text". Keeps the code. Always -1. */
int err_add(struct err *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
