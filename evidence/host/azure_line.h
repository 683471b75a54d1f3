/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The outer form of the lines that the Azure agent (waagent) and the extensions written
 * in Python log: time, level, thread, whose line it is, text. Says nothing about what the
 * text means. All slices point into the line.
 *
 *   2024-09-30T06:39:21.059705Z INFO ExtHandler [Publisher.Type-1.4.3] text since 2.2.53
 *   2020-03-30T19:35:35.971742Z INFO ExtHandler text                          2.2.46
 *   2021/03/30 19:35:35.971742 INFO Daemon text                local time, before it
 *   2021/03/30 19:45:31 [Publisher.Type-1.7.0] text            local time, an extension
 *
 * WALinuxAgent azurelinuxagent/common/logger.py, tests_e2e/tests/lib/agent_log.py;
 * azure-linux-extensions Utils/logger.py.
 */
#include "base/slice.h"
#include "base/time.h"

struct azure_line {
	struct slice time_text;
	us_time time;	    /* US_TIME_NONE: local time, see civil */
	struct civil civil; /* when time is US_TIME_NONE */
	bool has_fraction;
	struct slice level; /* "INFO", "ERROR" ...; may be empty */
	bool is_agent;	    /* a thread or a part of the agent is named */
	/* Of "[Publisher.Type-1.2.3]" or "[Publisher.Type.name-1.2.3]", empty without. */
	struct slice handler;
	struct slice name; /* of one of a handler's several instances */
	struct slice version;
	struct slice text; /* all that follows */
};

/* Takes a line apart; false when it does not begin with a time in one of these forms, as
 * the second and further lines of a record do not. */
bool azure_line_split(struct slice bytes, struct azure_line *ret_line);

/* Takes "Publisher.Type-1.2.3" apart; false when it is not a handler's name with its
 * version. */
bool azure_handler_split(struct slice text, struct slice *ret_handler,
			 struct slice *ret_name, struct slice *ret_version);

/* Whether the text may be the name of an extension or of a run command: what Azure's
 * resource names may hold, at most 128 bytes. */
bool azure_is_name(struct slice text);

/* Whether the text may be an account's name as useradd takes it, or as Entra ID has it.
 */
bool azure_is_user(struct slice text);

#define AZURE_ID_BYTES 36 /* "62d15107-52a7-40a4-949e-62496ef41ca7" */

/* The id in lower case in `space`; empty for the id of zeros, which means none, and for
 * anything that is no id. */
struct slice azure_id(struct slice text, char space[AZURE_ID_BYTES]);
