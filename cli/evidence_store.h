/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Evidence store: the lines and records that became events, by the reference the events
 * carry, so that they can be shown with what was concluded from them.
 */
#include "alert/native.h"
#include "base/arena.h"

struct evidence_store {
	struct arena *arena;	     /* borrowed: holds the texts */
	struct evidence_text *texts; /* owned array; reference N is at N - 1 */
	size_t count, size;
};

void evidence_store_init(struct evidence_store *store, struct arena *arena);
void evidence_store_release(struct evidence_store *store);

/* The reference the next evidence_store_keep() will be known by; never 0. */
uint64_t evidence_store_next(const struct evidence_store *store);

/* Keeps a text. `source` must live as long as the store; cursor and line are copied, and
 * a line is cut at LIMIT_SYSLOG_LINE_BYTES. */
void evidence_store_keep(struct evidence_store *store, struct slice source,
			 struct slice cursor, struct slice line);

/* The kept line of this reference, to be set once it is known. */
void evidence_store_set_line(struct evidence_store *store, uint64_t reference,
			     struct slice line);

/* As in struct native_context; `ctx` is the store. */
bool evidence_store_find(void *ctx, uint64_t reference, struct evidence_text *ret_text);
