/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Head line: one thing told as it comes, before it is known what follows: columns of
 * fixed widths, and beside them where the terminal leaves room, else below, what is left
 * to say. Nothing is cut.
 */
#include "cli/screen.h"

struct head_line {
	struct buf head;   /* escaped, the columns */
	struct buf rest;   /* escaped */
	size_t width;	   /* columns the head takes at least */
	size_t indent;	   /* of what goes below */
	const char *color; /* of the head, "" = none */
};

void head_line_init(struct head_line *line);
void head_line_release(struct head_line *line);

/* Adds a cell to the head, `text` escaped already, and blanks up to so many columns. */
void head_line_add(struct head_line *line, struct slice text, size_t columns);

/* Appends the whole with a newline to `buf`, and empties the line. */
void head_line_append(struct head_line *line, const struct screen *screen,
		      struct buf *buf);
