/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What posture reads of a host's files. Words, lines and names come from the text, and
 * none of them holds what ends it; a name that is plain cannot end a command.
 */
#include "cli/posture_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct slice text, struct slice part)
{
	if (part.len &&
	    (part.ptr < text.ptr || part.ptr + part.len > text.ptr + text.len))
		__builtin_trap();
}

static void check_line(struct slice line)
{
	struct slice rest = line, found;
	enum posture_password password;

	if (line.len && memchr(line.ptr, '\n', line.len))
		__builtin_trap();
	if (posture_text_user(line, &found, &password)) {
		check_inside(line, found);
		if (posture_text_is_plain(found) && slice_find(found, SLICE(";")) >= 0)
			__builtin_trap();
	}
	if (posture_text_handler(line, &found))
		check_inside(line, found);
	while (posture_text_argument(&rest, &found))
		check_inside(line, found);
	rest = line;
	while (posture_text_console(&rest, &found)) {
		check_inside(line, found);
		if (!posture_text_is_serial(found))
			__builtin_trap();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = slice_of((const char *)data, size);
	const struct posture_key key = { SLICE("S"), SLICE("K") };
	struct slice rest = text, line, value = { NULL, 0 };

	while (posture_text_line(&rest, &line)) {
		check_inside(text, line);
		check_line(line);
	}
	if (posture_text_setting(text, &key, &value))
		check_inside(text, value);
	if (posture_text_is_no(value) && posture_text_is_yes(value))
		__builtin_trap();
	(void)posture_text_has(text, SLICE("K"), SLICE("x"));
	return 0;
}
