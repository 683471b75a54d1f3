/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The command lines of the commands that ask the agent: one table makes parser and help.
 */
#include <stdio.h>

#include "agent/control_request.h"
#include "base/err.h"
#include "base/zone.h"
#include "cli/screen.h"

/* Which command it is, for the table says which takes which option. */
enum ask_command {
	ASK_STATUS = 1 << 0,
	ASK_LOGINS = 1 << 1,
	ASK_ALERTS = 1 << 2,
	ASK_EXPLAIN = 1 << 3,
	ASK_DOCTOR = 1 << 4,
	ASK_POSTURE = 1 << 5,
	ASK_BASELINE = 1 << 7,
	ASK_REPORT = 1 << 8,
	ASK_TEST_ALERT = 1 << 9,
	ASK_EVERY = (1 << 12) - 1,
};

/* What logins can be counted by. */
enum count_key {
	COUNT_PRINCIPAL,
	COUNT_SOURCE_IP,
	COUNT_PATH,
	COUNT_VERDICT,
	COUNT_OS_USER,
	COUNT_KEY_COUNT
};

struct ask_options {
	const char *socket; /* borrowed from argv, all of these */
	bool socket_is_given;
	const char *config_file; /* NULL = the usual one */
	const char *root;	 /* NULL = this system's "/" */
	const char *from; /* a file of rows, "-" = standard input; NULL = the agent */
	const char *since_text, *until_text;
	const char *id;
	const char *kind, *key;		 /* of a baseline; NULL = every, all */
	int path;			 /* an enum path, -1 = any */
	int verdict;			 /* an enum verdict_kind, -1 = any */
	bool reset;			 /* --reset */
	bool undelivered;		 /* --undelivered */
	char sinks[CONTROL_SINKS_BYTES]; /* of test-alert, blanks between them */
	bool all, follow, html, json, help;
	enum color_mode color;
	enum count_key count_by[COUNT_KEY_COUNT]; /* in the order given */
	size_t count_by_count;

	/* made of the texts: */
	struct zone *zone; /* owned: this machine's */
	us_time since, until;
};

void ask_options_init(struct ask_options *options);
void ask_options_release(struct ask_options *options);

struct command_line {
	int argc;
	char **argv;   /* argv[0] is the command */
	us_time clock; /* the wall clock's time */
};

/* Reads the command line. Fails with ERR_USAGE on anything wrong. */
int ask_options_read(struct ask_options *options, enum ask_command command,
		     const struct command_line *line, struct err *err)
	__attribute__((warn_unused_result));

/* Writes the table of the options of a command. */
void ask_options_help(FILE *out, enum ask_command command);

/* "principal", "source_ip" ... */
const char *count_key_word(enum count_key key);
