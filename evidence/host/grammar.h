/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Words that the grammars of several log writers share: names, addresses, fingerprints.
 * Each function consumes from the front of a slice of hostile bytes, or consumes nothing
 * and says so. Nothing is copied, nothing is decoded except by grammar_unvis().
 */
#include "base/slice.h"

/* Kinds of bytes; a set is an or of them. */
enum byte_class {
	BYTE_LETTER = 1,       /* A-Z a-z */
	BYTE_DIGIT = 2,	       /* 0-9 */
	BYTE_TAG_SIGN = 4,     /* _ . / ( ) - */
	BYTE_NAME_SIGN = 8,    /* _ . - */
	BYTE_BASE64_SIGN = 16, /* + / */
	BYTE_COLON = 32,       /* : */
	BYTE_GRAPHIC = 64,     /* '!' to '~' */
	BYTE_TEXT = 128, /* whatever is no ASCII control: blanks and bytes over 127 too */
};

bool byte_is(char byte, unsigned classes);

/* Whether every byte is one of `classes`; true for the empty slice. */
bool grammar_all(struct slice text, unsigned classes);

/* Consumes the longest run of `classes` at the front, at least one byte. False when there
 * is none or the run is longer than `max_bytes`. */
bool grammar_take_run(struct slice *text, unsigned classes, size_t max_bytes,
		      struct slice *ret_run);

/* Consumes a literal IPv4 or IPv6 address that ends at a blank or at the end. A "%scope"
 * is consumed but not given; "::ffff:192.0.2.1" is given as "192.0.2.1". */
bool grammar_take_address(struct slice *text, struct slice *ret_address);

/* Consumes decimal digits of 1 to 65535. */
bool grammar_take_port(struct slice *text, uint16_t *ret_port);

/* Consumes "SHA256:" and the 43 base64 characters of a hash, as ssh-keygen -l writes it.
 */
bool grammar_take_fingerprint(struct slice *text, struct slice *ret_fingerprint);

/* A tty's name without "/dev/": letters, digits and "/._-", at most 64 bytes. */
bool grammar_is_tty(struct slice text, struct slice *ret_name);

/* Whether `text` is `before`, the name of an account or a group, and `after`. The name is
 * letters, digits and "._-", at most 256 bytes, so that nothing of a sentence fits. */
bool grammar_is_name_between(struct slice text, struct slice before, struct slice after,
			     struct slice *ret_name);

/* What sshd's log makes of a name, undone: a backslash is doubled there and bytes over
 * 127 are written in octal (OpenSSH log.c, strnvis VIS_OCTAL). Gives `text` itself when
 * it holds no backslash, or any other escape, or does not fit; otherwise the name in
 * `space`. */
struct slice grammar_unvis(struct slice text, char *space, size_t size_bytes);
