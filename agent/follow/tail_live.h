/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The file that the path of a tail leads to now, opened. */
#include <sys/stat.h>

#include "agent/follow/tail_state.h"

struct tail_live {
	struct tail_file *file; /* owned; NULL when it cannot be read */
	struct stat status;	/* when there is a file */
	int errno_value; /* ENOENT: there is nothing; 0: what is there is no file */
};

/* When it cannot be opened, why is in step->problem. */
struct tail_live tail_live_open(struct tail *tail, struct tail_step *step);
void tail_live_release(struct tail_live *live);

#define AUTO_TAIL_LIVE __attribute__((cleanup(tail_live_release)))
