/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/problems.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/escape.h"
#include "base/limits.h"
#include "cli/meter.h"

#define TOLD_OF_ONE_SUBJECT 5

static void write_line(struct problems *problems, struct slice text)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	buf_append_text(&line, "countersign: ");
	escape_append(&line, text);
	if (problems->meter)
		meter_hide(problems->meter);
	fprintf(stderr, "%s\n", buf_text(&line));
}

void problems_begin(struct problems *problems)
{
	problems->of_subject = 0;
}

void problems_tell(struct problems *problems, const char *subject, const struct err *why)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	problems->count++;
	if (++problems->of_subject > TOLD_OF_ONE_SUBJECT)
		return;
	/* What input says about a file names it already. */
	if (subject && slice_find(slice_text(why->text), slice_text(subject)) < 0)
		buf_append_format(&text, "'%s': ", subject);
	buf_append_text(&text, why->text);
	write_line(problems, buf_slice(&text));
}

void problems_end(struct problems *problems, const char *subject)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	if (problems->of_subject <= TOLD_OF_ONE_SUBJECT)
		return;
	buf_append_format(&text, "'%s': and %" PRIu64 " more like these", subject,
			  problems->of_subject - TOLD_OF_ONE_SUBJECT);
	write_line(problems, buf_slice(&text));
}

void problems_note(struct problems *problems, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	write_line(problems, slice_text(text));
}
