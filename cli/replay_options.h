/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The command line of `countersign replay`: one table makes the parser and the help.
 */
#include <stdio.h>

#include "alert/record.h"
#include "base/err.h"
#include "base/zone.h"
#include "cli/screen.h"

/* Strings of the command line, in the order given. */
struct path_list {
	const char **paths; /* owned array of borrowed strings */
	size_t count, size;
};

struct replay_options {
	struct path_list host_logs;
	struct path_list api_logs;
	const char *instance; /* all of these borrowed from argv; NULL = not given */
	const char *identity_file;
	const char *policy;
	const char *config;
	const char *host;
	const char *explain;
	const char *now_text;
	const char *covers_text;
	const char *zone_text;
	int year;    /* 0 = not given */
	int verdict; /* an enum verdict_kind to show alone, -1 = all */
	int path;    /* an enum path to show alone, -1 = all */
	bool json;
	const struct alert_format *format; /* --format, NULL = not given */
	unsigned records; /* 1 << enum alert_stream, of --records; 0 = not given */
	bool help;
	enum color_mode color;

	/* made of the texts: */
	struct zone *zone;   /* owned; of log lines, and of times in the options */
	us_time now;	     /* US_TIME_NONE = not given */
	us_time covers_from; /* US_TIME_NONE = not given */
	us_time covers_until;
};

void replay_options_init(struct replay_options *options);
void replay_options_release(struct replay_options *options);

/* Reads the command line; argv[0] is the command. `clock` is the wall clock's time, for
 * relative times. Fails with ERR_USAGE on anything wrong. */
int replay_options_read(struct replay_options *options, int argc, char **argv,
			us_time clock, struct err *err)
	__attribute__((warn_unused_result));

/* Writes the table of options. */
void replay_options_help(FILE *out);
