/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Moving a damaged database aside, with its write-ahead log, so that a new one can begin:
 * renamed, never deleted, and finished by the next start if this one dies on the way. A
 * small file beside it, the note, says what is being moved where, and why.
 */
#include <stdbool.h>

#include "base/err.h"

#define ASIDE_TEXT_BYTES 512

struct aside {
	char moved_to[ASIDE_TEXT_BYTES];
	char damage[256];
};

/* Notes durably that `path` is to be moved aside, for `damage` given in words. */
int aside_note(const char *path, const char *damage, struct err *err)
	__attribute__((warn_unused_result));

/* Moves what was noted. *ret_found = false: nothing was. */
int aside_move(const char *path, struct aside *ret_aside, bool *ret_found,
	       struct err *err) __attribute__((warn_unused_result));

/* Makes durable what was made, renamed or removed in the folder that holds `path`. */
int aside_sync_folder(const char *path, struct err *err)
	__attribute__((warn_unused_result));
