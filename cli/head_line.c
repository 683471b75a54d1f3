/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/head_line.h"

#include "base/limits.h"
#include "cli/wrap.h"

/* What is left to say stands beside the columns where it has so many of its own. */
#define FEWEST_BESIDE 36

/* Under the time, behind the date. */
#define INDENT 11

void head_line_init(struct head_line *line)
{
	*line = (struct head_line){
		.head = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.rest = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.indent = INDENT,
		.color = "",
	};
}

void head_line_release(struct head_line *line)
{
	buf_release(&line->head);
	buf_release(&line->rest);
}

void head_line_add(struct head_line *line, struct slice text, size_t columns)
{
	size_t width = wrap_width(text);

	buf_append(&line->head, text);
	if (width < columns)
		wrap_append_blanks(&line->head, columns - width);
	buf_append_byte(&line->head, ' ');
	line->width += columns + 1;
}

void head_line_append(struct head_line *line, const struct screen *screen,
		      struct buf *buf)
{
	struct slice head = slice_trim(buf_slice(&line->head));
	struct wrap wrap = { .width = screen->columns };
	size_t width = wrap_width(head);

	buf_append_text(buf, line->color);
	/* Columns alone may be more than a narrow terminal has. */
	wrap.indent = line->indent;
	wrap_append(buf, head, &wrap);
	buf_append_text(buf, *line->color ? screen_plain(screen) : "");
	if (screen->columns == 0 ||
	    (line->width + FEWEST_BESIDE <= screen->columns && width < line->width)) {
		wrap.indent = line->width;
		if (width < line->width)
			wrap_append_blanks(buf, line->width - width);
		else
			buf_append_byte(buf, ' ');
	} else {
		buf_append_byte(buf, '\n');
		wrap_append_blanks(buf, line->indent);
	}
	wrap.column = wrap.indent;
	wrap_append(buf, buf_slice(&line->rest), &wrap);
	buf_append_byte(buf, '\n');
	buf_clear(&line->head);
	buf_clear(&line->rest);
	line->width = 0;
}
