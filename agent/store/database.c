/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/store/database.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "agent/store/schema.h"
#include "base/cleanup.h"
#include "base/fault.h"
#include "base/limits.h"
#include "base/memory.h"

/* Pages in the write-ahead log that are worth a checkpoint, and that force one. */
#define LOG_PAGES_DUE 256
#define LOG_PAGES_MAX 1024

static const char *const sql_texts[SQL_STATEMENTS] = {
#define SQL_TEXT(name, text) [SQL_##name] = (text),
	STORE_SQL(SQL_TEXT)
#undef SQL_TEXT
};

int database_fail(const struct database *database, const char *what, struct err *err)
{
	return err_set(err, ERR_SYSTEM, "cannot %s '%s': %s", what, database->path,
		       sqlite3_errmsg(database->connection));
}

bool database_is_damage(int result)
{
	return (result & 0xff) == SQLITE_CORRUPT || (result & 0xff) == SQLITE_NOTADB;
}

bool database_is_full(const struct database *database, int result)
{
	int errno_value = database->failed_errno;

	if ((result & 0xff) == SQLITE_FULL)
		return true;
	return (result & 0xff) == SQLITE_IOERR &&
	       (errno_value == ENOSPC || errno_value == EDQUOT || errno_value == EFBIG);
}

void database_roll_back(struct database *database)
{
	if (database->connection && !sqlite3_get_autocommit(database->connection))
		(void)sqlite3_exec(database->connection, "ROLLBACK", NULL, NULL, NULL);
}

/* ---- opening ---- */

/* So that it is ours alone from its first moment; SQLite's own files take its mode. */
static int make_file(const char *path, struct err *err)
{
	AUTO_CLOSE int fd =
		open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat status;

	if (fd < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (fstat(fd, &status) < 0)
		return err_system(err, errno, "cannot open '%s'", path);
	if (!S_ISREG(status.st_mode))
		return err_set(err, ERR_SYSTEM, "cannot open '%s': not a file", path);
	if ((status.st_mode & 077) != 0 && fchmod(fd, 0600) < 0)
		return err_system(err, errno, "cannot keep others out of '%s'", path);
	return 0;
}

static int execute(struct database *database, const char *sql)
{
	return sqlite3_exec(database->connection, sql, NULL, NULL, NULL);
}

static int set_limits(struct database *database)
{
	static const struct {
		int option, value;
	} rows[] = {
		{ SQLITE_DBCONFIG_DEFENSIVE, 1 },
		{ SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0 },
		{ SQLITE_DBCONFIG_ENABLE_TRIGGER, 0 },
		{ SQLITE_DBCONFIG_ENABLE_VIEW, 0 },
		{ SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0 },
		{ SQLITE_DBCONFIG_DQS_DML, 0 },
		{ SQLITE_DBCONFIG_DQS_DDL, 0 },
	};
	int result = SQLITE_OK;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]) && result == SQLITE_OK; i++)
		result = sqlite3_db_config(database->connection, rows[i].option,
					   rows[i].value, NULL);
	(void)sqlite3_extended_result_codes(database->connection, 1);
	(void)sqlite3_limit(database->connection, SQLITE_LIMIT_LENGTH,
			    (int)LIMIT_STORED_BYTES + 65536);
	(void)sqlite3_limit(database->connection, SQLITE_LIMIT_ATTACHED, 0);
	return result;
}

void database_checkpoint(struct database *database)
{
	if (!database->connection || database->log_pages < LOG_PAGES_DUE)
		return;
	FAULT_POINT("store-checkpoint");
	/* What fails now fails at a commit, too, and is told there. */
	(void)sqlite3_wal_checkpoint_v2(database->connection, NULL,
					SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	database->log_pages = 0;
}

static int note_log(void *ctx, sqlite3 *connection, const char *name, int pages)
{
	struct database *database = ctx;

	(void)connection;
	(void)name;
	database->log_pages = pages;
	if (pages >= LOG_PAGES_MAX)
		database_checkpoint(database);
	return SQLITE_OK;
}

static int fail_open(struct database *database, int result,
		     enum database_state *ret_state, struct err *err)
{
	if (database_is_damage(result))
		*ret_state = DATABASE_DAMAGED;
	if ((result & 0xff) == SQLITE_BUSY)
		return err_set(err, ERR_SYSTEM,
			       "cannot open '%s': another process has it open",
			       database->path);
	return database_fail(database, "open", err);
}

static int get_pragma(sqlite3 *connection, const char *sql, int64_t *ret_number)
{
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(connection, sql, -1, &statement, NULL);

	if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW)
		*ret_number = sqlite3_column_int64(statement, 0);
	else
		*ret_number = -1;
	return sqlite3_finalize(statement);
}

static int take_step(sqlite3 *connection, const char *step, size_t version,
		     struct err *err)
{
	char numbers[128];
	int result;

	(void)snprintf(numbers, sizeof(numbers),
		       "PRAGMA user_version = %zu; PRAGMA application_id = %d; COMMIT",
		       version, STORE_APPLICATION_ID);
	result = sqlite3_exec(connection, "BEGIN IMMEDIATE", NULL, NULL, NULL);
	if (result == SQLITE_OK)
		result = sqlite3_exec(connection, step, NULL, NULL, NULL);
	FAULT_POINT("store-migrate-step");
	if (result == SQLITE_OK)
		result = sqlite3_exec(connection, numbers, NULL, NULL, NULL);
	if (result == SQLITE_OK)
		return 0;
	(void)err_set(err, ERR_SYSTEM, "cannot make version %zu of it: %s", version,
		      sqlite3_errmsg(connection));
	if (!sqlite3_get_autocommit(connection))
		(void)sqlite3_exec(connection, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

int database_migrate(sqlite3 *connection, const char *const *steps, size_t count,
		     struct err *err)
{
	int64_t version;

	if (get_pragma(connection, "PRAGMA user_version", &version) != SQLITE_OK)
		return err_set(err, ERR_SYSTEM, "cannot read its version: %s",
			       sqlite3_errmsg(connection));
	if (version < 0 || (uint64_t)version > count)
		return err_set(err, ERR_LIMIT,
			       "it is of version %lld, written by a newer countersign; "
			       "this one knows up to version %zu",
			       (long long)version, count);
	for (size_t i = (size_t)version; i < count; i++)
		if (take_step(connection, steps[i], i + 1, err) < 0)
			return -1;
	return 0;
}

/* Ours, or new, and locked by us from here on; a file of somebody else is not touched. */
static int check_owner(struct database *database, bool *ret_is_new,
		       enum database_state *ret_state, struct err *err)
{
	int64_t id, pages;
	int result = execute(database, SQL_LOCK);

	if (result == SQLITE_OK)
		result = get_pragma(database->connection, "PRAGMA application_id", &id);
	if (result == SQLITE_OK)
		result = get_pragma(database->connection, "PRAGMA page_count", &pages);
	if (result != SQLITE_OK)
		return fail_open(database, result, ret_state, err);
	*ret_is_new = pages == 0;
	if (id == STORE_APPLICATION_ID || (id == 0 && pages <= 1))
		return 0;
	*ret_state = DATABASE_DAMAGED;
	return err_set(err, ERR_FORMAT, "'%s' is not a database of countersign",
		       database->path);
}

static int set_up(struct database *database, bool is_new, enum database_state *ret_state,
		  struct err *err)
{
	int result = is_new ? execute(database, SQL_NEW) : SQLITE_OK;

	for (size_t i = 0;
	     i < sizeof(store_pragmas) / sizeof(store_pragmas[0]) && result == SQLITE_OK;
	     i++)
		result = execute(database, store_pragmas[i]);
	return result == SQLITE_OK ? 0 : fail_open(database, result, ret_state, err);
}

/* That this fails tells of a schema that is not what its version says. */
static int prepare_all(struct database *database, enum database_state *ret_state,
		       struct err *err)
{
	for (size_t i = 0; i < SQL_STATEMENTS; i++) {
		int result = sqlite3_prepare_v3(database->connection, sql_texts[i], -1,
						SQLITE_PREPARE_PERSISTENT,
						&database->statements[i], NULL);

		if (result == SQLITE_OK)
			continue;
		if (database_is_damage(result) || result == SQLITE_ERROR)
			*ret_state = DATABASE_DAMAGED;
		return database_fail(database, "use", err);
	}
	return 0;
}

static int open_all(struct database *database, enum database_state *ret_state,
		    struct err *err)
{
	int result = sqlite3_open_v2(database->path, &database->connection,
				     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
	bool is_new = false;

	if (result == SQLITE_OK)
		result = set_limits(database);
	if (result != SQLITE_OK)
		return fail_open(database, result, ret_state, err);
	if (check_owner(database, &is_new, ret_state, err) < 0 ||
	    set_up(database, is_new, ret_state, err) < 0)
		return -1;
	(void)sqlite3_wal_hook(database->connection, note_log, database);
	FAULT_POINT("store-opened");
	if (database_migrate(database->connection, store_schema_steps,
			     STORE_SCHEMA_VERSION, err) < 0) {
		if (database_is_damage(sqlite3_errcode(database->connection)))
			*ret_state = DATABASE_DAMAGED;
		return err_add(err, "cannot use '%s'", database->path);
	}
	return prepare_all(database, ret_state, err);
}

int database_open(struct database *database, const char *path,
		  enum database_state *ret_state, struct err *err)
{
	*database = (struct database){ .path = memory_copy_text(slice_text(path)) };
	*ret_state = DATABASE_GOOD;
	if (make_file(path, err) == 0 && open_all(database, ret_state, err) == 0)
		return 0;
	database_close(database);
	return -1;
}

void database_close(struct database *database)
{
	for (size_t i = 0; i < SQL_STATEMENTS; i++)
		(void)sqlite3_finalize(database->statements[i]);
	(void)sqlite3_close(database->connection);
	free(database->path);
	*database = (struct database){ .path = NULL };
}

/* A page that could not be read says "unable to get the page. error code=10": that is no
 * damage, unless the code is SQLITE_CORRUPT's or SQLITE_NOTADB's. */
static enum err_code complaint_code(struct slice words)
{
	const struct slice mark = SLICE("error code=");
	ptrdiff_t at = slice_find(words, mark);
	uint64_t code;

	if (at < 0)
		return ERR_FORMAT;
	words = slice_skip(words, (size_t)at + mark.len);
	if (!slice_take_number(&words, UINT32_MAX, &code))
		return ERR_FORMAT;
	return database_is_damage((int)code) ? ERR_FORMAT : ERR_SYSTEM;
}

int database_check(struct database *database, bool thorough, struct err *err)
{
	const char *sql =
		thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)";
	sqlite3_stmt *statement = NULL;
	int result = sqlite3_prepare_v2(database->connection, sql, -1, &statement, NULL);
	struct slice words = slice_of("", 0), heading;
	bool is_good = false;

	if (result == SQLITE_OK)
		result = sqlite3_step(statement);
	if (result == SQLITE_ROW) {
		words = slice_of((const char *)sqlite3_column_text(statement, 0),
				 (size_t)sqlite3_column_bytes(statement, 0));
		/* A heading comes before the first complaint. */
		(void)slice_take_until(&words, '\n', &heading);
		is_good = slice_equal(words, SLICE("ok"));
		if (!is_good)
			(void)err_set(err, complaint_code(words), "%.*s",
				      SLICE_ARG(words));
	} else {
		(void)database_fail(database, "check", err);
		err->code = database_is_damage(result) ? ERR_FORMAT : ERR_SYSTEM;
	}
	(void)sqlite3_finalize(statement);
	return is_good ? 0 : -1;
}

/* ---- queries ---- */

struct query query_begin(struct database *database, enum sql sql)
{
	struct query query = { .database = database,
			       .statement = database->statements[sql] };

	if (!query.statement) {
		query.result = SQLITE_MISUSE;
	} else if (sqlite3_stmt_busy(query.statement)) {
		query.is_own = true;
		query.result = sqlite3_prepare_v2(database->connection, sql_texts[sql],
						  -1, &query.statement, NULL);
	}
	return query;
}

static bool is_well(const struct query *query)
{
	return query->result == SQLITE_OK || query->result == SQLITE_ROW ||
	       query->result == SQLITE_DONE;
}

static int index_of(const struct query *query, const char *name)
{
	return sqlite3_bind_parameter_index(query->statement, name);
}

void query_bind(struct query *query, const char *name, struct slice bytes)
{
	if (is_well(query))
		query->result = sqlite3_bind_blob64(
			query->statement, index_of(query, name),
			bytes.len ? bytes.ptr : "", bytes.len, SQLITE_STATIC);
}

void query_bind_null(struct query *query, const char *name)
{
	if (is_well(query))
		query->result =
			sqlite3_bind_null(query->statement, index_of(query, name));
}

void query_bind_text(struct query *query, const char *name, const char *text)
{
	if (is_well(query))
		query->result = sqlite3_bind_text(query->statement, index_of(query, name),
						  text, -1, SQLITE_STATIC);
}

void query_bind_number(struct query *query, const char *name, int64_t number)
{
	if (is_well(query))
		query->result = sqlite3_bind_int64(query->statement,
						   index_of(query, name), number);
}

bool query_step(struct query *query)
{
	if (!is_well(query))
		return false;
	/* SQLite keeps the number in some cases only. */
	errno = 0;
	query->result = sqlite3_step(query->statement);
	if (!is_well(query)) {
		int kept = sqlite3_system_errno(query->database->connection);

		query->database->failed_errno = kept ? kept : errno;
	}
	return query->result == SQLITE_ROW;
}

void query_run(struct query *query)
{
	while (query_step(query))
		;
	if (query->result == SQLITE_DONE)
		query->result = sqlite3_reset(query->statement);
}

struct slice query_bytes(const struct query *query, int column)
{
	const void *bytes = sqlite3_column_blob(query->statement, column);
	int len = sqlite3_column_bytes(query->statement, column);

	return bytes && len > 0 ? slice_of(bytes, (size_t)len) : slice_of("", 0);
}

int64_t query_number(const struct query *query, int column)
{
	return sqlite3_column_int64(query->statement, column);
}

int query_end(struct query *query)
{
	int result = is_well(query) ? SQLITE_OK : query->result;

	if (query->is_own) {
		(void)sqlite3_finalize(query->statement);
	} else if (query->statement) {
		(void)sqlite3_reset(query->statement);
		(void)sqlite3_clear_bindings(query->statement);
	}
	return result;
}
