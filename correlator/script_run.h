/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the cloud has the host run: Google's startup and shutdown scripts and OS Config,
 * cloud-init's user data.
 *
 *   session_script.c   lines into runs, each a login of root
 *   classify_script.c  by whose word it ran
 *   calls_script.c     calls that set what is run, and those that start the host
 *   match_script.c     which of them vouches; what is no news
 *
 * For the correlator's own files only.
 */
#include "correlator/state.h"

/* The run of the same script before this one; NULL = none. */
const struct tracked_login *script_run_before(const struct correlator *correlator,
					      const struct tracked_login *login);

/* What a call is to scripts. */
enum script_use {
	SCRIPT_USE_NONE,
	SCRIPT_USE_SET,	   /* it set what is run, or made the host with it */
	SCRIPT_USE_START,  /* it starts or stops the host, which then runs it */
	SCRIPT_USE_CONFIG, /* OS Config: a patch job, a policy */
	SCRIPT_USE_COUNT
};

/* The calls of a cloud with this use that were made for this host, admitted or refused;
 * NULL = none. */
const struct key_node *script_calls(const struct correlator *correlator, enum cloud cloud,
				    enum script_use use, bool is_refused);
