/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The agent's own messages: one escaped line each to standard error, with the priority in
 * front where journald reads it (sd-daemon(3)). Called by agent/main.c, agent/agent.c and
 * the files beside them that run the loop, and by nobody below.
 */
#include "base/err.h"

enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
};

void log_line(enum log_level level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
