/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Control times: how long a peer of the control socket may take. Tests set shorter ones.
 */
#include <stdint.h>

struct control;

struct control_times {
	uint64_t request_us; /* to say what it wants: 10 s */
	uint64_t stall_us;   /* to read a byte of what waits for it: 2 min */
};

/* For peers that connect from now on. */
void control_set_times(struct control *control, const struct control_times *times);
