/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Posture use: which doors somebody came through lately, as the running agent has it.
 */
#include "base/time.h"
#include "cli/ask.h"
#include "correlator/words.h"

struct posture_use {
	bool is_known; /* the agent has answered */
	us_time since;
	struct {
		uint64_t logins;
		us_time last_at; /* US_TIME_NONE = none */
	} doors[PATH_COUNT];
};

/* Asks the agent at this socket for its logins since then. When it cannot be asked, or
 * may not say, the use is not known, and the error says why. */
int posture_use_ask(const char *socket, us_time since, struct posture_use *ret_use,
		    struct err *err) __attribute__((warn_unused_result));
