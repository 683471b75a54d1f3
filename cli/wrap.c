/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE 1 /* NOLINT: wcwidth() is X/Open's */
#include "cli/wrap.h"

#include <wchar.h>

#include "base/escape.h"

struct glyph {
	struct slice bytes;
	size_t width;
};

/* "\033[31m": the only sequences there are, for bytes from outside have been escaped. */
static size_t color_length(struct slice text)
{
	if (!slice_starts_with(text, SLICE("\033[")))
		return 0;
	for (size_t i = 2; i < text.len; i++) {
		if (text.ptr[i] == 'm')
			return i + 1;
		if (text.ptr[i] != ';' && (text.ptr[i] < '0' || text.ptr[i] > '9'))
			break;
	}
	return 0;
}

/* The text is not empty. */
static struct glyph take_glyph(struct slice *text)
{
	struct glyph glyph = { .width = 1 };
	uint32_t code_point;
	size_t len = 1;

	if ((unsigned char)text->ptr[0] >= 0x80) {
		int width = 1;

		len = utf8_take(*text, &code_point);
		if (len)
			width = wcwidth((wchar_t)code_point);
		else
			len = 1;
		glyph.width = width < 0 ? 1 : (size_t)width;
	} else if (color_length(*text)) {
		len = color_length(*text);
		glyph.width = 0;
	}
	glyph.bytes = slice_first(*text, len);
	*text = slice_skip(*text, len);
	return glyph;
}

size_t wrap_width(struct slice text)
{
	size_t width = 0;

	while (text.len)
		width += take_glyph(&text).width;
	return width;
}

bool wrap_append_blanks(struct buf *buf, size_t count)
{
	bool fits = true;

	for (size_t i = 0; i < count && fits; i++)
		fits = buf_append_byte(buf, ' ');
	return fits;
}

struct line {
	struct buf *buf;
	const struct wrap *wrap;
	size_t column;
	bool is_fresh; /* breaking it would gain nothing */
};

static bool append_break(struct line *line)
{
	line->column = line->wrap->indent;
	line->is_fresh = true;
	return buf_append_byte(line->buf, '\n') &&
	       wrap_append_blanks(line->buf, line->wrap->indent);
}

/* A word that no line holds is broken where the line ends. */
static bool append_word(struct line *line, struct slice word)
{
	while (word.len) {
		struct glyph glyph = take_glyph(&word);

		if (!line->is_fresh && line->column + glyph.width > line->wrap->width &&
		    !append_break(line))
			return false;
		if (!buf_append(line->buf, glyph.bytes))
			return false;
		line->column += glyph.width;
		line->is_fresh = false;
	}
	return true;
}

static struct slice take_blanks(struct slice *text)
{
	size_t count = 0;
	struct slice blanks;

	while (count < text->len && text->ptr[count] == ' ')
		count++;
	blanks = slice_first(*text, count);
	*text = slice_skip(*text, count);
	return blanks;
}

static struct slice take_word(struct slice *text)
{
	size_t len = 0;
	struct slice word;

	while (len < text->len && text->ptr[len] != ' ')
		len++;
	word = slice_first(*text, len);
	*text = slice_skip(*text, len);
	return word;
}

bool wrap_append(struct buf *buf, struct slice text, const struct wrap *wrap)
{
	struct line line = {
		.buf = buf,
		.wrap = wrap,
		.column = wrap->column,
		.is_fresh = wrap->column <= wrap->indent,
	};

	if (wrap->width == 0)
		return buf_append(buf, text);
	while (text.len) {
		struct slice blanks = take_blanks(&text);
		struct slice word = take_word(&text);

		if (line.column + blanks.len + wrap_width(word) <= wrap->width) {
			if (!buf_append(buf, blanks))
				return false;
			line.column += blanks.len;
		} else if (!line.is_fresh && !append_break(&line)) {
			return false;
		}
		if (!append_word(&line, word))
			return false;
	}
	return true;
}
