/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Script: a scenario file as lines of words. A line is a time (when the correlator gets
 * to see it, since the scenario's start), who speaks, and what is said as key=value
 * words:
 *
 *     540s  cloud   SendCommand  call=c1 at=-2s by=alice command=cmd-1
 *
 * '#' begins a comment, blank lines are skipped. Copies nothing: words point into the
 * line.
 */
#include "base/err.h"
#include "base/time.h"

#define SCRIPT_WORDS_MAX 32

struct script_line {
	unsigned number;		      /* in its file, from 1 */
	us_span at;			      /* since the scenario's start */
	struct slice words[SCRIPT_WORDS_MAX]; /* after the time */
	uint32_t word_count;
};

/* Reads one line. `*ret_is_empty` for comments and blank lines. */
int script_read(struct slice text, unsigned number, struct script_line *ret_line,
		bool *ret_is_empty, struct err *err) __attribute__((warn_unused_result));

/* The word at `index`; empty when there are fewer. */
struct slice script_word(const struct script_line *line, uint32_t index);

/* The value of key=value; `absent` when the line has no such key. */
struct slice script_value(const struct script_line *line, const char *key,
			  struct slice absent);
bool script_has(const struct script_line *line, const char *key);

/* That all key=value words from `index` on have keys of this NULL-terminated list. */
int script_allow(const struct script_line *line, uint32_t index, const char *const *keys,
		 struct err *err) __attribute__((warn_unused_result));

/* A duration with an optional '-' in front: "-2s", "1h5min", "0s". */
bool script_span(struct slice text, us_span *ret_span);

/* The values of a list "a,b,c" one after the other; false at its end. "-" is the empty
 * list. */
bool script_next_in_list(struct slice *list, struct slice *ret_item);
