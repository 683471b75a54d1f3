/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* What `countersign doctor` is told of a cloud, line by line. */
#include "courier/message.h"

#define CHECK_LINES_MAX 12
#define CHECK_DETAIL_BYTES 1600

struct check_lines {
	struct {
		uint64_t outcome;
		const char *what; /* static */
		char detail[CHECK_DETAIL_BYTES];
	} lines[CHECK_LINES_MAX];
	size_t count;
	bool has_clock; /* its line is there */
};

/* Adds a line; the detail is cut where it is too long. `what` is borrowed. */
void check_lines_add(struct check_lines *lines, enum message_outcome outcome,
		     const char *what, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Adds, once, how this machine's clock stands against a service's; nothing when that is
 * US_TIME_NONE. */
void check_lines_add_clock(struct check_lines *lines, us_time ours, us_time service);

/* The lines as an answer; it borrows from them. */
void check_lines_tell(const struct check_lines *lines, struct check *ret_check);
