/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Commands of `countersign`: one file each, one row each in commands.c.
 */
#include <stdio.h>

/* What a process says with its exit status. */
enum exit_status {
	STATUS_NOTHING_TO_TELL = 0,
	STATUS_FOUND =
		1, /* an unauthorized login, a finding of medium severity or more */
	STATUS_USAGE = 2,
	STATUS_INCOMPLETE = 3, /* it could not be done, or not all of it */
};

struct command {
	const char *name;
	const char *summary; /* one line, without a full stop */
	/* Writes the command's whole help. */
	void (*help)(FILE *out);
	/* Runs; argv[0] is the command's name. Returns an exit_status. */
	int (*run)(int argc, char **argv);
};

extern const struct command command_alerts;
extern const struct command command_baseline;
extern const struct command command_check_config;
extern const struct command command_doctor;
extern const struct command command_explain;
extern const struct command command_logins;
extern const struct command command_posture;
extern const struct command command_replay;
extern const struct command command_report;
extern const struct command command_status;
extern const struct command command_test_alert;

/* All of them, in the order in which they are listed; NULL past the last. */
extern const struct command *const commands[];
