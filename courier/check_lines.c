/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/check_lines.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

/* A clock that is off by more is told. */
#define SKEW_TOLD (2 * US_PER_SECOND)

static_assert(CHECK_LINES_MAX <= MESSAGE_LIST_MAX, "all of them can be told");

void check_lines_add(struct check_lines *lines, enum message_outcome outcome,
		     const char *what, const char *format, ...)
{
	va_list words;

	assert(lines->count < CHECK_LINES_MAX);
	lines->lines[lines->count].outcome = outcome;
	lines->lines[lines->count].what = what;
	va_start(words, format);
	vsnprintf(lines->lines[lines->count].detail, CHECK_DETAIL_BYTES, format, words);
	va_end(words);
	lines->count++;
}

void check_lines_add_clock(struct check_lines *lines, us_time ours, us_time service)
{
	char span[TIME_TEXT_BYTES];
	us_span off;

	if (lines->has_clock || service == US_TIME_NONE)
		return;
	lines->has_clock = true;
	off = service - ours;
	if (off > -SKEW_TOLD && off < SKEW_TOLD)
		check_lines_add(lines, OUTCOME_OK, "clock", "agrees with the service's");
	else
		check_lines_add(
			lines, OUTCOME_OK, "clock",
			"%s %s the service's: let chrony or systemd-timesyncd set it",
			span_to_text(off < 0 ? -off : off, span),
			off > 0 ? "behind" : "ahead of");
}

void check_lines_tell(const struct check_lines *lines, struct check *ret_check)
{
	*ret_check = (struct check){ .count = lines->count };
	for (size_t i = 0; i < lines->count; i++)
		ret_check->lines[i] = (struct check_line){
			.outcome = lines->lines[i].outcome,
			.what = slice_text(lines->lines[i].what),
			.detail = slice_text(lines->lines[i].detail),
		};
}
