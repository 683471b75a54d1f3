/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/escape.h"

#define LINE_BYTES 2048

void log_line(enum log_level level, const char *format, ...)
{
	AUTO_BUF struct buf line = BUF_LIMIT((size_t)4 * LINE_BYTES);
	char text[LINE_BYTES];
	va_list arguments;
	ssize_t written;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);

	if (getenv("JOURNAL_STREAM"))
		buf_append_format(&line, "<%d>", (int)level);
	else
		buf_append_text(&line, "countersignd: ");
	escape_append(&line, slice_text(text));
	buf_append_byte(&line, '\n');
	/* There is nobody to tell that nobody can be told. */
	written = write(STDERR_FILENO, line.ptr, line.len);
	(void)written;
}
