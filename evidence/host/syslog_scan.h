/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The one pass over all bytes of a syslog file: finds the few lines that may be evidence,
 * by where the message begins and what it begins with. Made for speed; what it gives out
 * is parsed strictly afterwards. Also gives out the lines by which the log's time can be
 * followed: the first, the last of each chunk, and of traditional ones those around a
 * change of the day and around a step back of the clock.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/slice.h"

#define SYSLOG_SCAN_PREFIX_BYTES 64

struct syslog_scan {
	/* What every line of this host has in the same place, up to the tag: "+00:00 host
	 * ". */
	char prefix[SYSLOG_SCAN_PREFIX_BYTES];
	size_t prefix_at;
	size_t prefix_len; /* 0 = none known */
	bool is_traditional;
	uint64_t day, clock; /* of the last traditional line, as its text */
	struct slice
		previous; /* last line of known form that was not given out, this chunk */
	bool current_is_due; /* the line before it was given out for its sake */
	uint64_t lines;
};

/* As host_reader_next(). `any_form`: no line of known form was found yet, give out every
 * line. */
bool syslog_scan_next(struct syslog_scan *scan, bool any_form, struct slice *chunk,
		      struct slice *ret_line);

/* Whether a message without its head begins as some log writer's evidence does, sudo's
 * excepted. `message` may reach beyond its line: at most 96 bytes are looked at. */
bool syslog_message_wanted(struct slice message);
