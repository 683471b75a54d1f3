/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the logs of the Azure agent and of its extensions have in common: the pass over
 * their lines, times that are followed, what is known of the whole log. For their files
 * only.
 */
#include "evidence/evidence.h"
#include "evidence/host/azure_line.h"

struct azure_log {
	const struct zone *zone; /* borrowed */
	us_time previous;	 /* of the last line in local time; US_TIME_NONE = none */
	bool has_begun;		 /* a line was given out */
	struct host_reader_stats stats;
};

void azure_log_init(struct azure_log *log, const struct host_reader_options *options);

/* Looks at one line; whether it may be evidence. Sees every line, once, in order. */
typedef bool azure_look_fn(void *ctx, struct slice line);

/* As host_reader_next(): lines that `look` wants, the first and the last of each chunk.
 */
bool azure_log_next(struct azure_log *log, struct slice *chunk, azure_look_fn *look,
		    void *ctx, struct slice *ret_line);

/* The instant of a line: its own, or its local time's, following the lines before it.
 * `*ret_uncertainty` is the length of the hour that happens twice where the line may
 * belong to its second pass. Asked twice about one line it gives the same. */
us_time azure_log_time(struct azure_log *log, const struct azure_line *line,
		       us_span *ret_uncertainty);

/* Takes note of a line of known form. */
void azure_log_note(struct azure_log *log, us_time time);
