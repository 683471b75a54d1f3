/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Folders in which only root and this user can have put a file under a name: each folder
 * on the way there is one of theirs, and no other may write it. In one that has the
 * sticky bit others may make names, but neither remove nor rename what is not theirs, so
 * it may be on the way to a folder that is not theirs. Links are followed where root or
 * this user made them.
 */
#include <stdbool.h>

#include "base/err.h"

struct trusted_folder {
	const char *path;   /* may be relative */
	bool may_be_shared; /* the last one may have the sticky bit, too: who opens a file
			       in it looks whose that is */
};

/* Opens it (O_PATH), for openat() of what is in it; -1 = it is missing, or a folder on
 * the way is. The caller closes it. Fails, naming the folder, where one is another's. */
int trusted_folder_open(const struct trusted_folder *folder, int *ret_fd, struct err *err)
	__attribute__((warn_unused_result));

/* As trusted_folder_open(), of `name` in a folder that it opened before; not a shared
 * one. */
int trusted_folder_open_in(int folder, const char *name, int *ret_fd, struct err *err)
	__attribute__((warn_unused_result));
