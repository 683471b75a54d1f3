/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Database: one connection to one SQLite file, how it is set up, and its statements. What
 * the statements mean is the store's. Errors are sticky within a query: keep binding and
 * stepping, ask once at its end.
 */
#include <sqlite3.h>

#include "agent/store/sql.h"
#include "base/err.h"
#include "base/slice.h"

enum sql {
#define SQL_NAME(name, text) SQL_##name,
	STORE_SQL(SQL_NAME)
#undef SQL_NAME
	SQL_STATEMENTS
};

struct database {
	char *path; /* owned */
	sqlite3 *connection;
	sqlite3_stmt *statements[SQL_STATEMENTS];
	int failed_errno; /* of the system call behind the last failure of a query */
	int log_pages;	  /* in the write-ahead log, when last written to */
};

enum database_state {
	DATABASE_GOOD,
	DATABASE_DAMAGED, /* what is there is no database of ours, or a broken one */
};

/* Opens or makes the file (0600, never through a symbolic link), sets the connection up,
 * brings the schema up to date and prepares the statements. -1 with *ret_state =
 * DATABASE_DAMAGED says that another file would open. */
int database_open(struct database *database, const char *path,
		  enum database_state *ret_state, struct err *err)
	__attribute__((warn_unused_result));
void database_close(struct database *database);

/* Reads all of it. -1 when it is damaged (ERR_FORMAT), with what is wrong, or cannot be
 * read now (ERR_SYSTEM). `thorough` compares indexes
 * with their tables, too. */
int database_check(struct database *database, bool thorough, struct err *err)
	__attribute__((warn_unused_result));

/* Takes those of `count` steps that the database has not had, each in a transaction.
 * Refuses a database of more steps. */
int database_migrate(sqlite3 *connection, const char *const *steps, size_t count,
		     struct err *err) __attribute__((warn_unused_result));

/* Sets `err` to `what`, the path, and SQLite's words for its last failure. Always -1. */
int database_fail(const struct database *database, const char *what, struct err *err);

bool database_is_damage(int result); /* the file's fault */
bool database_is_full(const struct database *database, int result);

/* Moves what the write-ahead log holds into the database proper, where that is worth its
 * while. A commit does so itself only when the log has grown very large: it takes several
 * syncs, and whoever commits is waited for. */
void database_checkpoint(struct database *database);

/* Ends a transaction that a failure may have ended already. */
void database_roll_back(struct database *database);

/* One use of a statement. */
struct query {
	struct database *database;
	sqlite3_stmt *statement;
	int result;  /* SQLITE_OK, SQLITE_ROW or SQLITE_DONE as long as all went well */
	bool is_own; /* the prepared one was in use */
};

struct query query_begin(struct database *database, enum sql sql);
/* A blob; `name` is "@name". What is bound is borrowed until query_end(). */
void query_bind(struct query *query, const char *name, struct slice bytes);
void query_bind_null(struct query *query, const char *name);
void query_bind_text(struct query *query, const char *name, const char *text);
void query_bind_number(struct query *query, const char *name, int64_t number);
/* Whether there is another row. */
bool query_step(struct query *query);
/* Steps to the end and begins anew, with new values to be bound. */
void query_run(struct query *query);
/* A column of the row, borrowed until the next step. */
struct slice query_bytes(const struct query *query, int column);
int64_t query_number(const struct query *query, int column);
/* Gives the statement back. SQLITE_OK or the first failure's code. */
int query_end(struct query *query);
