/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Wrap: text for people broken into lines that fit a terminal, at blanks where there are
 * any. The text is escaped already (base/escape.h) and may hold colours; nothing of it is
 * left out.
 */
#include "base/buf.h"

/* Columns count from 0. */
struct wrap {
	size_t column; /* where the text begins */
	size_t indent; /* where its further lines begin */
	size_t width;  /* columns of a line; 0 = any number, nothing is broken */
};

/* How many columns the text takes: letters of East Asia take two, colours none. */
size_t wrap_width(struct slice text);

/* Appends the text, broken where needed; no newline at its end. False past buf's limit.
 */
bool wrap_append(struct buf *buf, struct slice text, const struct wrap *wrap);

/* Appends so many blanks. False past buf's limit. */
bool wrap_append_blanks(struct buf *buf, size_t count);
