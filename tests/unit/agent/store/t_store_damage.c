/* SPDX-License-Identifier: Apache-2.0 */
/* What the disk does to the database: damage, another version of it, too little room. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/store/aside.h"
#include "agent/store/database.h"
#include "agent/store/schema.h"
#include "base/cleanup.h"
#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

#define LIST_BUF BUF_LIMIT((size_t)1024 * 1024)

/* A database of a few pages, its log written back or, `in_log`, all in the log. */
static void make_database(struct scratch *scratch, bool in_log)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct store_opening opening;
		struct store *store = store_in(scratch->folder, &opening);

		for (int i = 0; i < 200; i++)
			store_put_event(store, at(i),
					SLICE("an event of no great length at all"),
					SLICE(""));
		store_put_value(store, "was", SLICE("there"));
		commit(store);
		if (!in_log)
			store_close(store);
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
}

/* The same as SIGKILL would leave it: opened, written to, not closed. */
static void leave_unclean(struct scratch *scratch)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct store_opening opening;
		struct store *store = store_in(scratch->folder, &opening);

		store_put_value(store, "more", SLICE("1"));
		commit(store);
		_exit(0);
	}
	CHECK_INT(waitpid(child, &status, 0), child);
	CHECK_INT(status, 0);
}

static void overwrite(struct scratch *scratch, const char *name, off_t offset, int byte,
		      size_t count)
{
	AUTO_CLOSE int fd = open(scratch_path(scratch, name), O_WRONLY | O_CLOEXEC);
	char bytes[4096];

	memset(bytes, byte, sizeof(bytes));
	CHECK(fd >= 0 && count <= sizeof(bytes));
	CHECK_INT(pwrite(fd, bytes, count, offset), (ssize_t)count);
}

static void break_header(struct scratch *scratch)
{
	overwrite(scratch, "countersign.db", 0, 'x', 100);
}

static void cut_short(struct scratch *scratch)
{
	CHECK_INT(truncate(scratch_path(scratch, "countersign.db"), 8192), 0);
}

static void cut_in_a_page(struct scratch *scratch)
{
	CHECK_INT(truncate(scratch_path(scratch, "countersign.db"), 5000), 0);
}

static void zero_pages(struct scratch *scratch)
{
	struct stat status;

	CHECK_INT(stat(scratch_path(scratch, "countersign.db"), &status), 0);
	for (off_t page = 2; page < status.st_size / 4096; page++)
		overwrite(scratch, "countersign.db", page * 4096, 0, 4096);
}

static void break_schema(struct scratch *scratch)
{
	sqlite3 *connection;

	CHECK_INT(sqlite3_open(scratch_path(scratch, "countersign.db"), &connection), 0);
	CHECK_INT(sqlite3_exec(connection, "DROP TABLE logins", NULL, NULL, NULL), 0);
	sqlite3_close(connection);
}

static void be_another(struct scratch *scratch)
{
	sqlite3 *connection;

	CHECK_INT(unlink(scratch_path(scratch, "countersign.db")), 0);
	CHECK_INT(sqlite3_open(scratch_path(scratch, "countersign.db"), &connection), 0);
	CHECK_INT(sqlite3_exec(connection, "CREATE TABLE a (b); INSERT INTO a VALUES (1)",
			       NULL, NULL, NULL),
		  0);
	sqlite3_close(connection);
}

static void be_text(struct scratch *scratch)
{
	scratch_write(scratch, "countersign.db", SLICE("this is no database\n"));
}

static void lose_all_but_log(struct scratch *scratch)
{
	CHECK_INT(unlink(scratch_path(scratch, "countersign.db")), 0);
}

/* The file's size and its first bytes are as they were before. */
static bool is_kept(const char *path, const struct buf *before)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	char bytes[4096];
	ssize_t len = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));

	return len >= 0 && slice_equal(slice_of(bytes, (size_t)len), buf_slice(before));
}

static void read_first(const char *path, struct buf *buf)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	buf_clear(buf);
	buf_reserve(buf, 4096);
	len = fd < 0 ? 0 : read(fd, buf->ptr, 4096);
	buf->len = len < 0 ? 0 : (size_t)len;
}

static void read_all(const char *path, struct buf *buf)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	do {
		CHECK(buf_reserve(buf, 4096));
		len = fd < 0 ? -1 : read(fd, buf->ptr + buf->len, 4096);
		buf->len += len > 0 ? (size_t)len : 0;
	} while (len > 0);
	CHECK_INT(len, 0);
}

/* Moved aside with every byte, told, and a new one works; the next start is a clean one.
 */
static void test_damage(void)
{
	static const struct {
		const char *name;
		void (*damage)(struct scratch *scratch);
		const char *words;
		bool in_log, is_clean;
	} rows[] = {
		{ "garbage header", break_header, "not a database", false, true },
		{ "cut short", cut_short, "", false, false },
		{ "cut in a page", cut_in_a_page, "", false, false },
		{ "zeroed pages", zero_pages, "", false, false },
		{ "a table is gone", break_schema, "no such table", false, true },
		{ "somebody else's", be_another, "not a database of countersign", false,
		  true },
		{ "a text", be_text, "not a database", false, true },
		{ "a log alone", lose_all_but_log, "its log is not", true, true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_BUF struct buf list = LIST_BUF;
		AUTO_BUF struct buf before = BUF_LIMIT(8192);
		struct store_opening opening = { .is_new = false };
		struct store *store;
		const char *moved;

		check_row(rows[i].name);
		scratch_init(&scratch);
		make_database(&scratch, rows[i].in_log);
		if (!rows[i].is_clean) {
			sqlite3 *connection;

			CHECK_INT(sqlite3_open(scratch_path(&scratch, "countersign.db"),
					       &connection),
				  0);
			CHECK_INT(sqlite3_exec(connection,
					       "UPDATE meta SET number = 0 WHERE name = "
					       "'clean'",
					       NULL, NULL, NULL),
				  0);
			sqlite3_close(connection);
		}
		rows[i].damage(&scratch);
		moved = rows[i].in_log ? "countersign.db-wal" : "countersign.db";
		read_first(scratch_path(&scratch, moved), &before);

		store = store_in(scratch.folder, &opening);
		if (!store)
			continue;
		CHECK(opening.was_damaged && opening.is_new);
		CHECK(strstr(opening.moved_to, "/countersign.db.damaged-20") != NULL ||
		      strstr(opening.moved_to, "/countersign.db.damaged-19") != NULL);
		CHECK(opening.damage[0] != '\0' &&
		      strstr(opening.damage, rows[i].words) != NULL);
		buf_clear(&list);
		buf_append_format(&list, "%s%s", opening.moved_to,
				  rows[i].in_log ? "-wal" : "");
		CHECK(is_kept(buf_text(&list), &before));
		CHECK_TEXT(list_events(store, &list), "");
		store_put_value(store, "is", SLICE("new"));
		commit(store);
		store_close(store);

		store = store_in(scratch.folder, &opening);
		CHECK(!opening.was_damaged && !opening.is_new);
		CHECK_TEXT(list_values(store, "", &list), "is=new ");
		store_close(store);
	}
}

/* A log that is torn anywhere loses its last batch and nothing else. */
static void test_torn_log(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	AUTO_BUF struct buf database = LIST_BUF;
	AUTO_BUF struct buf log = LIST_BUF;
	struct store_opening opening;

	scratch_init(&scratch);
	make_database(&scratch, false);
	leave_unclean(&scratch);
	read_all(scratch_path(&scratch, "countersign.db"), &database);
	read_all(scratch_path(&scratch, "countersign.db-wal"), &log);
	CHECK(log.len > 8192);
	for (size_t len = 0; len <= log.len; len += len + 333 <= log.len ? 333 : 1) {
		struct store *store;

		scratch_write(&scratch, "countersign.db", buf_slice(&database));
		scratch_write(&scratch, "countersign.db-wal",
			      slice_first(buf_slice(&log), len));
		store = store_in(scratch.folder, &opening);
		CHECK(!opening.was_damaged);
		CHECK_TEXT(list_values(store, "", &list),
			   len == log.len ? "more=1 was=there " : "was=there ");
		store_close(store);
	}
}

/* Whoever dies while a database is moved aside is continued by the next start. */
static void test_half_moved(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store_opening opening;
	struct aside aside;
	struct store *store;
	struct err err;
	bool is_found;

	scratch_init(&scratch);
	make_database(&scratch, true);
	CHECK_OK(
		aside_note(scratch_path(&scratch, "countersign.db"), "it was seen", &err),
		&err);
	store = store_in(scratch.folder, &opening);
	CHECK(opening.was_damaged && opening.is_new);
	CHECK_TEXT(opening.damage, "it was seen");
	CHECK_INT(access(opening.moved_to, F_OK), 0);
	store_close(store);

	/* noted, and the database gone already */
	CHECK_OK(aside_note(scratch_path(&scratch, "countersign.db"), "again", &err),
		 &err);
	CHECK_INT(unlink(scratch_path(&scratch, "countersign.db")), 0);
	CHECK_OK(aside_move(scratch_path(&scratch, "countersign.db"), &aside, &is_found,
			    &err),
		 &err);
	CHECK(is_found);
	CHECK_OK(aside_move(scratch_path(&scratch, "countersign.db"), &aside, &is_found,
			    &err),
		 &err);
	CHECK(!is_found);
}

static void test_what_is_no_file(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store_options options = { .folder = scratch.folder };
	struct store_opening opening;
	struct store *store = NULL;
	struct err err;

	scratch_init(&scratch);
	scratch_write(&scratch, "elsewhere", SLICE(""));
	CHECK_INT(symlink("elsewhere", scratch_path(&scratch, "countersign.db")), 0);
	CHECK_INT(store_open(&options, &store, &opening, &err), -1);
	CHECK(strstr(err.text, "cannot open") != NULL);
	CHECK_INT(unlink(scratch_path(&scratch, "countersign.db")), 0);
	CHECK_INT(mkfifo(scratch_path(&scratch, "countersign.db"), 0600), 0);
	CHECK_INT(store_open(&options, &store, &opening, &err), -1);
	CHECK(strstr(err.text, "not a file") != NULL);
}

static void run_sql(struct scratch *scratch, const char *sql)
{
	sqlite3 *connection;

	CHECK_INT(sqlite3_open(scratch_path(scratch, "countersign.db"), &connection), 0);
	CHECK_INT(sqlite3_exec(connection, sql, NULL, NULL, NULL), 0);
	sqlite3_close(connection);
}

static void test_newer(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	AUTO_BUF struct buf sql = LIST_BUF;
	struct store_options options = { .folder = scratch.folder };
	struct store_opening opening;
	struct store *store = NULL;
	struct err err;

	scratch_init(&scratch);
	make_database(&scratch, false);
	run_sql(&scratch, "PRAGMA user_version = 99");
	CHECK_INT(store_open(&options, &store, &opening, &err), -1);
	CHECK(strstr(err.text, "it is of version 99, written by a newer countersign") !=
	      NULL);
	buf_append_format(&sql, "PRAGMA user_version = %zu", STORE_SCHEMA_VERSION);
	run_sql(&scratch, buf_text(&sql));
	store = store_in(scratch.folder, &opening);
	CHECK(!opening.was_damaged);
	CHECK_TEXT(list_values(store, "", &list), "was=there ");
	store_close(store);
}

/* Steps one after the other from any version; a step that fails leaves no trace. */
static void test_migration(void)
{
	static const char *const steps[] = {
		"CREATE TABLE a (x); INSERT INTO a VALUES (1);",
		"ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;",
		"CREATE TABLE b AS SELECT x + y AS z FROM a;",
	};
	static const char *const broken[] = {
		"CREATE TABLE a (x); INSERT INTO a VALUES (1);",
		"UPDATE a SET x = 7; INSERT INTO nowhere VALUES (1);",
	};
	struct err err;

	for (size_t from = 0; from <= COUNT_OF(steps); from++) {
		sqlite3 *connection;

		CHECK_INT(sqlite3_open(":memory:", &connection), 0);
		CHECK_OK(database_migrate(connection, steps, from, &err), &err);
		CHECK_OK(database_migrate(connection, steps, COUNT_OF(steps), &err),
			 &err);
		CHECK_INT(sqlite3_exec(connection,
				       "SELECT z FROM b; INSERT INTO b SELECT z FROM b "
				       "WHERE z <> 3; CREATE TABLE c (d CHECK (d = 3)); "
				       "INSERT INTO c SELECT z FROM b",
				       NULL, NULL, NULL),
			  0);
		CHECK_INT(database_migrate(connection, steps, COUNT_OF(steps) - 1, &err),
			  -1);
		CHECK(strstr(err.text, "newer countersign") != NULL);
		sqlite3_close(connection);
	}

	sqlite3 *connection;
	CHECK_INT(sqlite3_open(":memory:", &connection), 0);
	CHECK_INT(database_migrate(connection, broken, COUNT_OF(broken), &err), -1);
	CHECK(strstr(err.text, "cannot make version 2 of it: no such table") != NULL);
	CHECK_INT(sqlite3_exec(connection,
			       "CREATE TABLE c (d CHECK (d = 1)); INSERT INTO c SELECT x "
			       "FROM a",
			       NULL, NULL, NULL),
		  0);
	sqlite3_close(connection);
}

/* A database of version 0, as a start that died before its first step leaves it. */
static void test_version_0(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct store *store;

	scratch_init(&scratch);
	run_sql(&scratch, "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL");
	store = store_in(scratch.folder, &opening);
	CHECK(!opening.was_damaged);
	store_put_value(store, "a", SLICE("1"));
	commit(store);
	CHECK_TEXT(list_values(store, "", &list), "a=1 ");
	store_close(store);
}

/* ---- no room ---- */

static void put_much(struct store *store, int round)
{
	for (int i = 0; i < 3000; i++)
		store_put_event(store, at(round),
				SLICE("sixty-four bytes of an event "
				      "that has nothing much to tell "
				      "us..."),
				SLICE(""));
}

static uint64_t count_events(struct store *store)
{
	struct store_counts counts = { 0 };
	struct err err;

	CHECK_OK(store_count(store, &counts, &err), &err);
	return counts.events;
}

/* A ceiling on file sizes stands for a full disk: nothing is lost, nothing is half, and
 * all is written once there is room. */
static void test_ceiling(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct rlimit limit, old;
	bool is_full = false;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_much(store, 1);
	commit(store);
	CHECK_UINT(count_events(store), 3000);

	CHECK_INT(getrlimit(RLIMIT_FSIZE, &old), 0);
	limit = (struct rlimit){ .rlim_cur = 300000, .rlim_max = old.rlim_max };
	(void)signal(SIGXFSZ, SIG_IGN);
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
	put_much(store, 2);
	store_put_event(store, at(3), SLICE("the last"), SLICE("key"));
	for (int i = 0; i < 3; i++) {
		CHECK_INT(store_commit(store, &is_full, &err), -1);
		CHECK(is_full);
		CHECK(strstr(err.text, "cannot write") != NULL);
		CHECK(store_batch_bytes(store) > 3000 * 64);
		CHECK_UINT(count_events(store), 3000);
		CHECK(store_has_key(store, SLICE("key")));
	}
	CHECK_INT(setrlimit(RLIMIT_FSIZE, &old), 0);
	commit(store);
	CHECK_UINT(count_events(store), 6001);
	CHECK_UINT(store_batch_bytes(store), 0);
	put_much(store, 4);
	commit(store);
	CHECK_UINT(count_events(store), 9001);
	(void)list_events(store, &list);
}

/* A file system of its own, where this test may have one. */
static bool mount_small(const char *folder, const char *size)
{
	AUTO_BUF struct buf options = BUF_LIMIT(64);

	buf_append_format(&options, "size=%s", size);
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("tmpfs", folder, "tmpfs", 0, buf_text(&options)) == 0;
}

static void fill_up(const char *path)
{
	AUTO_CLOSE int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char bytes[4096] = { 0 };

	while (write(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* A disk that is full: the reserve lets what is known be recorded, and says so; then it
 * is full indeed, and once there is room all goes on and the reserve is made anew. */
static void test_full_disk(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;
	bool is_full = false, has_more;
	uint64_t put = 0;
	int tries = 0;
	struct err err;

	scratch_init(&scratch);
	if (!mount_small(scratch.folder, "24m")) {
		printf("(no mount of its own: left out) ");
		return;
	}
	store = store_in(scratch.folder, &opening);
	CHECK_INT(access(scratch_path(&scratch, "countersign.reserve"), F_OK), 0);
	fill_up(scratch_path(&scratch, "filler"));

	/* the log has room of its own for a while */
	while (!is_full && tries++ < 100) {
		put_much(store, tries);
		put += 3000;
		CHECK_OK(store_commit(store, &is_full, &err), &err);
	}
	CHECK(is_full);
	CHECK_INT(access(scratch_path(&scratch, "countersign.reserve"), F_OK), -1);
	CHECK_UINT(count_events(store), put);
	fill_up(scratch_path(&scratch, "filler-2"));
	for (tries = 0; tries < 100; tries++) {
		put_much(store, tries);
		put += 3000;
		if (store_commit(store, &is_full, &err) < 0)
			break;
	}
	CHECK(is_full && tries < 100);
	CHECK(count_events(store) < put);
	CHECK_OK(store_tidy(store, at(0), &has_more, &err), &err);

	CHECK_INT(unlink(scratch_path(&scratch, "filler")), 0);
	CHECK_INT(unlink(scratch_path(&scratch, "filler-2")), 0);
	commit(store);
	CHECK_UINT(count_events(store), put);
	CHECK_OK(store_tidy(store, at(0), &has_more, &err), &err);
	CHECK_INT(access(scratch_path(&scratch, "countersign.reserve"), F_OK), 0);
	store_close(TAKE(store));
	CHECK_INT(umount2(scratch.folder, MNT_DETACH), 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "damage", test_damage },
		{ "torn log", test_torn_log },
		{ "half moved", test_half_moved },
		{ "what is no file", test_what_is_no_file },
		{ "newer", test_newer },
		{ "migration", test_migration },
		{ "version 0", test_version_0 },
		{ "ceiling", test_ceiling },
		{ "full disk", test_full_disk },
		{ NULL, NULL },
	};

	return check_run("agent/store damage", tests);
}
