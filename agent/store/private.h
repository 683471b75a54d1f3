/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * What the store's own files share: store.c opens, closes and puts, commit.c writes,
 * read.c reads, outgoing.c keeps the outbox, count.c counts, tidy.c forgets.
 */
#include "agent/store/batch.h"
#include "agent/store/database.h"
#include "agent/store/store.h"

/* Numbers of the table meta. */
#define META_CLEAN "clean"	   /* 1: closed in good order and unchanged since */
#define META_BATCH "batch"	   /* of the last batch that was committed */
#define META_REFERENCE "reference" /* the next one to give out */
#define META_NUMBER "number"
extern const char *const store_sequence_names[STORE_STREAMS];

/* What waits for a sink, counted once from the database and from then on as it comes and
 * goes. */
struct waiting {
	struct waiting *next;
	char *sink; /* owned */
	uint64_t records, bytes;
};

struct store {
	struct store_options options; /* folder is owned */
	char *path;		      /* of the database */
	struct database database;
	struct batch batch;
	int64_t batch_number; /* of the batch being collected */
	uint64_t next_reference, next_number;
	uint64_t saved_reference, saved_number;
	uint64_t next_sequence[STORE_STREAMS], saved_sequence[STORE_STREAMS];
	struct waiting *waiting; /* owned; of the sinks that were asked for */
	bool is_marked;		 /* the database says that it is in use */
	bool must_reopen;	 /* a failure left the connection in doubt */
	bool may_be_damaged;	 /* and the file, too */
	struct buf found;	 /* of store_find_text() */
};

/* Forgets what was counted of what waits. */
void store_forget_waiting(struct store *store);

/* Sees to a connection that can be trusted: after a failure of the disk what the kernel
 * has in memory may be no more than that. */
int store_need_database(struct store *store, struct err *err)
	__attribute__((warn_unused_result));

/* Notes what a failure calls for before the next use. */
void store_note_failure(struct store *store, int result);

/* Ends a reading; fails when it was not read to its end for a failure. */
int store_end_reading(struct store *store, struct query *query, struct err *err)
	__attribute__((warn_unused_result));

/* Begins a transaction, in which the database is marked as in use. */
int store_begin(struct store *store);

int store_put_meta(struct store *store, const char *name, int64_t number);
/* `absent` when there is none. */
int64_t store_get_meta(struct store *store, const char *name, int64_t absent);
