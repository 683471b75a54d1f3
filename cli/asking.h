/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Asking: what the commands that ask the agent have in common, from the command line to
 * the exit status.
 */
#include "base/arena.h"
#include "cli/ask.h"
#include "cli/ask_options.h"
#include "cli/command.h"
#include "cli/problems.h"
#include "cli/screen.h"

struct asking {
	struct ask_options options;
	struct problems problems;
	struct screen screen;
	struct arena arena; /* for what is kept to the end */
	us_time clock;	    /* the wall clock's time */
	bool has_found;	    /* what makes the exit status 1 */
};

struct asking_command {
	const struct command *command;
	enum ask_command kind;
	void (*run)(struct asking *asking);
};

/* Runs the command; returns an exit_status. */
int asking_run(const struct asking_command *command, int argc, char **argv);

/* Sends the request. NULL, and told, when the agent cannot be asked. */
struct ask *asking_send(struct asking *asking, const struct control_request *request);

/* The next row, NULL at the end or after a failure, which is told. */
const struct ask_row *asking_next(struct asking *asking, struct ask *ask);

/* Tells what could not be done: the exit status will be 3. */
void asking_fail(struct asking *asking, const struct err *why);

/* Prints a row of the agent's as it came. */
void asking_print_row(struct asking *asking, const struct ask_row *row);

/* Prints a text that is escaped already, wrapped, and empties the buffer. */
void asking_print_wrapped(struct asking *asking, struct buf *text);

/* Writes a buffer to standard output and empties it. */
void asking_write(struct asking *asking, struct buf *buf);
