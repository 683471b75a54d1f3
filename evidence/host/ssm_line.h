/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The outer form of a line of the SSM agent's log: time, level, bracketed contexts, text.
 * Says nothing about what the text means. All slices point into the line.
 */
#include "base/slice.h"

/* The deepest seen is 8: a worker, its id, and plugins that run plugins. */
#define SSM_CONTEXTS_MAX 16

/* A context is a word, an id or key=value; the longest is a message id of about 60 bytes.
 */
#define SSM_CONTEXT_BYTES_MAX 256

/* "2024-11-05 10:11:12" */
#define SSM_TIME_BYTES 19

/* With a fraction of up to 9 digits: agents from 3.3.808 write four
 * (agent/log/ssmlog/loggers_config.go, "15:04:05.0000"). */
#define SSM_TIME_BYTES_MAX 29

struct ssm_line {
	struct slice time;  /* local time as written, with its fraction */
	struct slice level; /* "INFO", "ERROR" ... */
	struct slice contexts[SSM_CONTEXTS_MAX]; /* without their brackets */
	unsigned context_count;
	struct slice text; /* all that follows; may be empty */
};

/* Takes a line apart; false when it does not begin as the agent's lines do, as the second
 * and further lines of a record do not. Digits are looked at, the time's ranges are not.
 */
bool ssm_line_split(struct slice bytes, struct ssm_line *ret_line);

/* The value of the first context "<key>...", where `key` ends in '='; empty when there is
 * none. */
struct slice ssm_line_value(const struct ssm_line *line, struct slice key);

/* Position of the first context that is no source position: errors.log begins its
 * contexts with "[execute @ shell.go.266]". */
unsigned ssm_line_first(const struct ssm_line *line);

/* Whether the last context is this one. */
bool ssm_line_is_last(const struct ssm_line *line, struct slice context);
