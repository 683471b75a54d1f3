/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The file that the path of a tail leads to now, opened; and whether it and the files
 * beside it stay what they are for as long as one looks. */
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

/* Whether the path leads to the file of `live` (NULL: it was not asked) and `siblings`
 * are beside it as when they were listed, with `inode`. Between a listing and the opening
 * of what it names a rotation renames, compresses and deletes: only what stood still
 * tells that something is not there. After many looks without rest it is true all the
 * same. */
bool tail_is_still(struct tail *tail, const struct stat *live,
		   const struct tail_siblings *siblings, uint64_t inode);

#define AUTO_TAIL_LIVE __attribute__((cleanup(tail_live_release)))
