/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/logfmt.h"

#include "evidence/host/grammar.h"

#define KEY_BYTES 64

/* The value in quotes, up to the first quote that is not escaped. */
static bool take_quoted(struct slice *text, struct slice *ret_value)
{
	size_t len = 0;

	while (len < text->len && text->ptr[len] != '"')
		len += text->ptr[len] == '\\' ? 2 : 1;
	if (len >= text->len)
		return false;
	*ret_value = slice_first(*text, len);
	*text = slice_skip(*text, len + 1);
	return true;
}

static void take_bare(struct slice *text, struct slice *ret_value)
{
	size_t len = 0;

	while (len < text->len && byte_is(text->ptr[len], BYTE_TEXT) &&
	       text->ptr[len] != ' ' && text->ptr[len] != '"' && text->ptr[len] != '=')
		len++;
	*ret_value = slice_first(*text, len);
	*text = slice_skip(*text, len);
}

bool logfmt_take(struct slice *text, struct logfmt_field *ret_field)
{
	struct logfmt_field field = { .is_quoted = false };
	struct slice rest = *text;

	if (!grammar_take_run(&rest, BYTE_LETTER | BYTE_DIGIT | BYTE_NAME_SIGN, KEY_BYTES,
			      &field.key) ||
	    !slice_take_prefix(&rest, SLICE("=")))
		return false;
	field.is_quoted = slice_take_prefix(&rest, SLICE("\""));
	if (field.is_quoted) {
		if (!take_quoted(&rest, &field.value))
			return false;
	} else {
		take_bare(&rest, &field.value);
	}
	if (rest.len > 0 && !slice_take_prefix(&rest, SLICE(" ")))
		return false;
	*text = rest;
	*ret_field = field;
	return true;
}
