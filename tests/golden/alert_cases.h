/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Records to be written by every format: the life of a login in both streams, other
 * doors, observations, heartbeats, bytes of all kinds, and as little as a record can say.
 */
#include "alert/record.h"

struct alert_case {
	const char *name;
	struct alert_record record;
};

/* Ends with a row without a name. */
extern const struct alert_case alert_cases[];
