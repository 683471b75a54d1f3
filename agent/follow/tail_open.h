/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Opening a log for following: regular files only, without an effect on anything else
 * that may lie there, and through a symbolic link only where nobody but root or this
 * process's own user could have put it.
 */
#include <sys/stat.h>

#include "base/err.h"

/* Opens for reading and never blocks. Fails for what is no regular file, for what cannot
 * be opened, and for a link that others may have made. *ret_errno says why in the
 * system's word: ENOENT when there is nothing at all, ELOOP for a link refused, 0 for the
 * wrong kind. The caller owns the descriptor. */
int tail_open(const char *path, int *ret_fd, struct stat *ret_status, int *ret_errno,
	      struct err *err) __attribute__((warn_unused_result));

/* As tail_open(), never through a link: for rotated files. */
int tail_open_beside(const char *path, int *ret_fd, struct stat *ret_status)
	__attribute__((warn_unused_result));

/* The file at the end of the links at `path`, or `path` itself; the text is at least
 * LIMIT_TAIL_PATH_BYTES. Fails as tail_open(). */
int tail_resolve_links(const char *path, char *ret_path, int *ret_errno, struct err *err)
	__attribute__((warn_unused_result));
