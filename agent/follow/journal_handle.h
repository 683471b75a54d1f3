/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * The sd-journal handle of one journal file: opens it behind what was passed of the
 * file's chain, moves it from entry to entry, and keeps what was passed, in the chain.
 * Where it cannot go on it says so, and judges nothing: whether that is the end, or
 * something is lost, journal_source.c does. For that file only; what of this is for
 * others, journal_source.h declares.
 */
#include "agent/follow/journal_source.h"

/* Opens a handle, standing nowhere yet, after it looked at the file's head; the one there
 * was is closed. */
int journal_handle_open(struct journal_source *source, struct err *err)
	__attribute__((warn_unused_result));

/* Opens a handle behind what was passed of the chain. */
int journal_handle_open_at_place(struct journal_source *source, struct err *err)
	__attribute__((warn_unused_result));

/* To before the first entry with at least this sequence number. */
int journal_handle_seek(struct journal_source *source, uint64_t seqnum, struct err *err)
	__attribute__((warn_unused_result));

/* To the next entry; false at the end and where libsystemd cannot go on. */
bool journal_handle_step(struct journal_source *source);

/* Closes it and settles nothing, unlike journal_source_rest(). */
void journal_handle_close(struct journal_source *source);
