/* SPDX-License-Identifier: Apache-2.0 */
#include "config/ini.h"

#define BYTE_ORDER_MARK SLICE("\xef\xbb\xbf")

void ini_begin(struct ini *ini, struct slice text)
{
	slice_take_prefix(&text, BYTE_ORDER_MARK);
	*ini = (struct ini){ .left = text };
}

static void read_section(struct slice text, struct ini_line *line)
{
	line->kind = INI_BAD;
	if (!slice_take_suffix(&text, SLICE("]"))) {
		line->why = "a section without its ']'";
		return;
	}
	text = slice_trim(slice_skip(text, 1));
	if (text.len == 0) {
		line->why = "a section without a name";
		return;
	}
	line->kind = INI_SECTION;
	line->section = text;
}

static void read_pair(struct slice text, struct ini_line *line)
{
	line->kind = INI_BAD;
	if (!slice_take_until(&text, '=', &line->key)) {
		line->why = "neither '[section]' nor 'key = value'";
		return;
	}
	line->key = slice_trim(line->key);
	line->value = slice_trim(text);
	if (line->key.len == 0) {
		line->why = "a value without its key";
		return;
	}
	line->kind = INI_PAIR;
}

bool ini_next(struct ini *ini, struct ini_line *ret_line)
{
	struct ini_line line = { .kind = INI_BAD };

	while (ini->left.len) {
		struct slice text = ini->left;

		if (!slice_take_until(&ini->left, '\n', &text))
			ini->left.len = 0;
		line.number = ++ini->number;
		slice_take_suffix(&text, SLICE("\r"));
		text = slice_trim(text);
		if (text.len == 0 || text.ptr[0] == '#' || text.ptr[0] == ';')
			continue;
		if (text.ptr[0] == '[')
			read_section(text, &line);
		else
			read_pair(text, &line);
		*ret_line = line;
		return true;
	}
	return false;
}
