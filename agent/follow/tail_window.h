/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/* The window of a file being tailed, for tail_file.c and tail_read.c alone. */
#include "agent/follow/tail_file.h"

/* What one reading adds, at most. */
#define TAIL_CHUNK_BYTES ((size_t)512 * 1024)

/* Room for `wanted` bytes behind the end; drops what stands before the proof. */
void tail_window_make_room(struct tail_file *file, size_t wanted);

/* Gives back the memory behind the end. */
void tail_window_shrink(struct tail_file *file);

/* Adds to the head what the window has of it, up to the file's offset `until`. */
void tail_window_note_head(struct tail_file *file, uint64_t until);
