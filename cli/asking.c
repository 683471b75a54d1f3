/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/asking.h"

#include <time.h>

#include "base/limits.h"
#include "cli/wrap.h"

static us_time wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

void asking_fail(struct asking *asking, const struct err *why)
{
	problems_tell(&asking->problems, NULL, why);
}

struct ask *asking_send(struct asking *asking, const struct control_request *request)
{
	struct ask *ask;
	struct err err;

	if (ask_new(asking->options.socket, request, &ask, &err) == 0)
		return ask;
	asking_fail(asking, &err);
	return NULL;
}

const struct ask_row *asking_next(struct asking *asking, struct ask *ask)
{
	const struct ask_row *row;
	struct err err;

	if (ask_next(ask, &row, &err) == 0)
		return row;
	asking_fail(asking, &err);
	return NULL;
}

void asking_write(struct asking *asking, struct buf *buf)
{
	struct err err;

	if (buf_overflowed(buf)) {
		err_set(&err, ERR_LIMIT, "a line of output is longer than %zu bytes",
			buf->limit_bytes);
		asking_fail(asking, &err);
	} else if (buf->len) {
		fwrite(buf->ptr, 1, buf->len, stdout);
	}
	buf_clear(buf);
}

void asking_print_wrapped(struct asking *asking, struct buf *text)
{
	AUTO_BUF struct buf wrapped = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	const struct wrap wrap = { .width = asking->screen.columns };

	wrap_append(&wrapped, buf_slice(text), &wrap);
	buf_append_byte(&wrapped, '\n');
	asking_write(asking, &wrapped);
	buf_clear(text);
}

void asking_print_row(struct asking *asking, const struct ask_row *row)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	ask_append_line(&line, row->line);
	buf_append_byte(&line, '\n');
	asking_write(asking, &line);
}

static enum exit_status finish(struct asking *asking)
{
	struct err err;

	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set(&err, ERR_SYSTEM, "cannot write the output");
		asking_fail(asking, &err);
	}
	if (asking->problems.count)
		return STATUS_INCOMPLETE;
	return asking->has_found ? STATUS_FOUND : STATUS_NOTHING_TO_TELL;
}

int asking_run(const struct asking_command *command, int argc, char **argv)
{
	struct asking asking = { .clock = wall_clock() };
	const struct command_line line = { argc, argv, asking.clock };
	enum exit_status status;
	struct err err;

	ask_options_init(&asking.options);
	arena_init(&asking.arena);
	if (ask_options_read(&asking.options, command->kind, &line, &err) < 0) {
		asking_fail(&asking, &err);
		problems_note(&asking.problems, "'countersign %s --help' tells more",
			      command->command->name);
		status = err.code == ERR_USAGE ? STATUS_USAGE : STATUS_INCOMPLETE;
	} else if (asking.options.help) {
		command->command->help(stdout);
		status = STATUS_NOTHING_TO_TELL;
	} else {
		asking.screen =
			screen_of_stdout(asking.options.color, asking.options.zone);
		command->run(&asking);
		status = finish(&asking);
	}
	arena_release(&asking.arena);
	ask_options_release(&asking.options);
	return (int)status;
}
