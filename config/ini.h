/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * INI: text into sections and pairs, a line at a time, each with its number. Knows no
 * names and keeps nothing; what it gives borrows from the text. A line is blank, a
 * comment ('#' or ';' in front), "[section]" or "key = value". No line goes on in the
 * next, no value is quoted, cut or unescaped, and a comment needs a line of its own.
 */
#include "base/slice.h"

enum ini_kind {
	INI_SECTION,
	INI_PAIR,
	INI_BAD, /* neither: `why` says so */
};

struct ini_line {
	enum ini_kind kind;
	unsigned number;      /* from 1 */
	struct slice section; /* without brackets and the blanks around it */
	struct slice key, value;
	const char *why;
};

struct ini {
	struct slice left;
	unsigned number; /* of the last line */
};

/* A byte order mark in front is passed over. */
void ini_begin(struct ini *ini, struct slice text);

/* The next line that says something; false at the end. */
bool ini_next(struct ini *ini, struct ini_line *ret_line);
