/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "cli/command.h"
#include "tests/golden/manual_parts.h"

/* "  -S, --since=T       show what ..." becomes an .Op; what is no option nothing. */
static void append_option(struct slice line, struct buf *buf)
{
	struct slice name, value = SLICE("");
	char letter = 0;

	line = slice_trim(line);
	if (line.len > 4 && line.ptr[0] == '-' && line.ptr[2] == ',') {
		letter = line.ptr[1];
		line = slice_skip(line, 4);
	}
	if (!slice_take_prefix(&line, SLICE("--")))
		return;
	if (slice_take_until(&line, ' ', &name))
		line = name;
	if (slice_take_until(&line, '=', &name))
		value = line;
	else
		name = line;
	buf_append_text(buf, ".Op ");
	if (letter)
		buf_append_format(buf, "Fl %c | ", letter);
	buf_append_format(buf, "Fl Fl %.*s", SLICE_ARG(name));
	if (value.len)
		buf_append_format(buf, " Ns = Ns Ar %.*s", SLICE_ARG(value));
	buf_append_byte(buf, '\n');
}

/* The help is made of the table that the parser goes by. */
static void append_command(const struct command *command, struct buf *buf)
{
	AUTO_FREE char *help = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&help, &len);
	struct slice rest, line;

	assert(out);
	command->help(out);
	fclose(out);
	buf_append_format(buf, ".It Cm %s\n", command->name);
	rest = (struct slice){ help, len };
	while (slice_take_until(&rest, '\n', &line)) {
		if (slice_starts_with(line, SLICE("  ")))
			append_option(line, buf);
	}
}

void manual_append_options(struct buf *buf)
{
	buf_append_text(buf, ".Bl -tag -width check-config\n");
	for (size_t i = 0; commands[i]; i++)
		append_command(commands[i], buf);
	buf_append_text(buf, ".El\n");
}
