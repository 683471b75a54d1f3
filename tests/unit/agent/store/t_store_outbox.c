/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox of the store, what it counts of it, dead letters, baselines; and a database
 * from before there were any. */
#include <sqlite3.h>
#include <stdio.h>

#include "agent/store/database.h"
#include "agent/store/schema.h"
#include "base/digest.h"
#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

#define LIST_BUF BUF_LIMIT((size_t)1024 * 1024)

static struct store_waiting waiting_of(struct store *store, const char *sink)
{
	struct store_waiting waiting = { .records = 99 };
	struct err err;

	CHECK_OK(store_waiting_of(store, sink, &waiting, &err), &err);
	return waiting;
}

static void check_waiting(struct store *store, uint64_t records, uint64_t bytes,
			  us_time oldest_at)
{
	struct store_waiting waiting = waiting_of(store, "a");

	CHECK_UINT(waiting.records, records);
	CHECK_UINT(waiting.bytes, bytes);
	CHECK_INT(waiting.oldest_at, oldest_at);
}

static bool take_whole(void *ctx, const struct store_delivery *delivery)
{
	buf_append_format(ctx, "%llu,%lld,%u,%u,%.*s,%.*s ",
			  (unsigned long long)delivery->number,
			  (long long)((delivery->told_at - at(0)) / US_PER_SECOND),
			  delivery->stream, delivery->severity, SLICE_ARG(delivery->key),
			  SLICE_ARG(delivery->bytes));
	return true;
}

static void test_members(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_delivery(store, "a", 7, "seven");
	put_delivery(store, "a", 6, "six");
	commit(store);
	CHECK_OK(store_each_delivery(store, "a", 0, take_whole, &list, &err), &err);
	CHECK_TEXT(buf_text(&list), "6,6,2,1,a-key,six 7,7,3,2,a-key,seven ");
}

/* Whenever it is asked for first: before, amid and after what is put and dropped. */
static void test_waiting(void)
{
	for (int first_asked = 0; first_asked < 5; first_asked++) {
		AUTO_SCRATCH struct scratch scratch;
		AUTO_STORE struct store *store = NULL;
		struct store_opening opening;

		scratch_init(&scratch);
		store = store_in(scratch.folder, &opening);
		if (first_asked == 0)
			check_waiting(store, 0, 0, US_TIME_NONE);
		put_delivery(store, "a", 1, "one");
		put_delivery(store, "a", 2, "two");
		put_delivery(store, "b", 1, "other");
		if (first_asked <= 1)
			check_waiting(store, 2, 6, at(1));
		commit(store);
		store_drop_delivery(store, "a", 1);
		store_drop_delivery(store, "a", 1);
		store_drop_delivery(store, "a", 77);
		put_delivery(store, "a", 3, "three");
		put_delivery(store, "a", 4, "four");
		store_drop_delivery(store, "a", 3);
		if (first_asked <= 2)
			check_waiting(store, 2, 7, at(2));
		commit(store);
		if (first_asked <= 3)
			check_waiting(store, 2, 7, at(2));
		store_drop_delivery(store, "a", 2);
		check_waiting(store, 1, 4, at(4));
		store_drop_delivery(store, "a", 4);
		check_waiting(store, 0, 0, US_TIME_NONE);
		put_delivery(store, "a", 5, "five");
		check_waiting(store, 1, 4, at(5));
		commit(store);
		check_waiting(store, 1, 4, at(5));
		CHECK_UINT(waiting_of(store, "b").records, 1);
	}
}

static bool take_expendable(void *ctx, uint64_t number, uint64_t bytes)
{
	buf_append_format(ctx, "%llu:%llu ", (unsigned long long)number,
			  (unsigned long long)bytes);
	return true;
}

static bool take_sink(void *ctx, const char *sink)
{
	buf_append_format(ctx, "%s ", sink);
	return true;
}

/* Severity is the number modulo five. */
static void test_expendable(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	for (unsigned number = 1; number <= 11; number++)
		put_delivery(store, "a", number, "record");
	put_delivery(store, "b", 20, "record");
	commit(store);
	store_drop_delivery(store, "a", 6);
	put_delivery(store, "a", 15, "not committed");
	CHECK_OK(store_each_expendable(store, "a", take_expendable, &list, &err), &err);
	CHECK_TEXT(buf_text(&list), "5:6 10:6 1:6 11:6 2:6 7:6 3:6 8:6 4:6 9:6 ");
	buf_clear(&list);
	CHECK_OK(store_each_sink_waiting(store, take_sink, &list, &err), &err);
	CHECK_TEXT(buf_text(&list), "a b ");
}

static bool take_letter(void *ctx, const char *of, const struct store_dead_letter *letter)
{
	buf_append_format(ctx, "%s/%llu:%.*s:%.*s ", of,
			  (unsigned long long)letter->number, SLICE_ARG(letter->why),
			  SLICE_ARG(letter->bytes));
	return true;
}

static void put_letter(struct store *store, const char *sink, uint64_t number)
{
	const struct store_dead_letter letter = {
		.number = number,
		.refused_at = at((int64_t)number),
		.why = SLICE("no"),
		.bytes = SLICE("x"),
	};

	store_put_dead_letter(store, sink, &letter);
}

static const char *list_letters(struct store *store, const char *sink, uint64_t limit,
				struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_dead_letter(store, sink, limit, take_letter, buf, &err),
		 &err);
	return buf_text(buf);
}

static void test_dead_letters(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	uint64_t count = 0;
	bool has_more;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_delivery(store, "a", 1, "x");
	put_delivery(store, "a", 2, "x");
	commit(store);
	put_letter(store, "a", 1);
	CHECK_TEXT(list_deliveries(store, "a", 0, &list), "2:x ");
	commit(store);
	CHECK_TEXT(list_deliveries(store, "a", 0, &list), "2:x ");
	put_letter(store, "b", 2);
	commit(store);
	CHECK_TEXT(list_letters(store, "a", 0, &list), "a/1:no:x ");
	CHECK_TEXT(list_letters(store, NULL, 0, &list), "b/2:no:x a/1:no:x ");
	CHECK_TEXT(list_letters(store, NULL, 1, &list), "b/2:no:x ");

	/* the newest are kept, of each sink */
	for (uint64_t number = 3; number < STORE_DEAD_LETTERS + 30; number++)
		put_letter(store, "a", number);
	commit(store);
	CHECK_OK(store_count_dead_letters(store, "a", &count, &err), &err);
	CHECK_UINT(count, STORE_DEAD_LETTERS);
	CHECK_TEXT(list_letters(store, "a", 1, &list), "a/1029:no:x ");
	CHECK_TEXT(list_letters(store, "b", 0, &list), "b/2:no:x ");

	/* and go with the findings of their time */
	CHECK_OK(store_tidy(store, at(0) + 200 * US_PER_DAY, &has_more, &err), &err);
	while (has_more)
		CHECK_OK(store_tidy(store, at(0) + 200 * US_PER_DAY, &has_more, &err),
			 &err);
	CHECK_TEXT(list_letters(store, NULL, 0, &list), "");
}

/* Each stream counts by itself, without a hole, and goes on after a restart. */
static void test_sequences(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store_opening opening;
	uint64_t want[STORE_STREAMS] = { 1, 1, 1, 1 };

	scratch_init(&scratch);
	for (int life = 0; life < 3; life++) {
		struct store *store = store_in(scratch.folder, &opening);

		for (unsigned stream = 0; stream < STORE_STREAMS; stream++)
			for (unsigned i = 0; i < stream + 1; i++)
				CHECK_UINT(store_next_sequence(store, stream),
					   want[stream]++);
		store_put_value(store, "x", SLICE("y"));
		commit(store);
		/* what is not committed was never given out */
		(void)store_next_sequence(store, 0);
		store_close(store);
	}
}

static bool take_baseline(void *ctx, const struct store_baseline *row)
{
	buf_append_format(ctx, "%.*s/%.*s:%llu ", SLICE_ARG(row->kind),
			  SLICE_ARG(row->key), (unsigned long long)row->count);
	return true;
}

static const char *list_baselines(struct store *store, struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	commit(store);
	CHECK_OK(store_each_baseline(store, take_baseline, buf, &err), &err);
	return buf_text(buf);
}

static void put_baseline(struct store *store, const char *kind, const char *key,
			 uint64_t count)
{
	const struct store_baseline row = { slice_text(kind), slice_text(key), at(1),
					    at(2), count };

	store_put_baseline(store, &row);
}

static void test_baselines(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_baseline(store, "principal", "b", 1);
	put_baseline(store, "principal", "a", 1);
	put_baseline(store, "path", "a", 1);
	put_baseline(store, "principal", "b", 2);
	CHECK_TEXT(list_baselines(store, &list), "path/a:1 principal/a:1 principal/b:2 ");
	store_drop_baseline(store, SLICE("principal"), SLICE("a"));
	CHECK_TEXT(list_baselines(store, &list), "path/a:1 principal/b:2 ");
	/* in the order it is said, also within one batch */
	put_baseline(store, "principal", "c", 1);
	store_drop_baseline(store, SLICE("principal"), SLICE(""));
	put_baseline(store, "principal", "d", 1);
	CHECK_TEXT(list_baselines(store, &list), "path/a:1 principal/d:1 ");
	store_drop_baseline(store, SLICE(""), SLICE(""));
	CHECK_TEXT(list_baselines(store, &list), "");
}

static void test_has_finding(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;
	struct id known, unknown = id_of(9);

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	known = id_of(8);
	put_finding(store, 8, 0, 1, "f");
	for (int round = 0; round < 2; round++) {
		CHECK(store_has_finding(store, &known));
		CHECK(!store_has_finding(store, &unknown));
		commit(store);
	}
}

/* ---- a database from before ----------------------------------------------------------
 */

static void run_sql(sqlite3 *connection, const char *sql)
{
	char *message = NULL;

	CHECK_INT(sqlite3_exec(connection, sql, NULL, NULL, &message), SQLITE_OK);
	if (message)
		fprintf(stderr, "%s\n", message);
	sqlite3_free(message);
}

/* As version 1 left it, by the very text that made it. */
static void make_version_1(struct scratch *scratch)
{
	sqlite3 *connection;
	struct err err;

	CHECK_INT(sqlite3_open(scratch_path(scratch, "countersign.db"), &connection),
		  SQLITE_OK);
	run_sql(connection, "PRAGMA auto_vacuum = INCREMENTAL");
	CHECK_OK(database_migrate(connection, store_schema_steps, 1, &err), &err);
	run_sql(connection,
		"INSERT INTO meta VALUES ('number', 12), ('reference', 5);"
		"INSERT INTO logins (id, happened_at, changed_at, path, verdict, stage,"
		" is_door, told, json) VALUES"
		" (x'00010000000000000000000000000000', 1, 1, 'aws-ssm-session',"
		"  'unauthorized', 'final', 1, 2, CAST('bad' AS BLOB)),"
		" (x'00020000000000000000000000000000', 2, 2, 'aws-ssm-session',"
		"  'authorized', 'final', 1, 3, CAST('mended' AS BLOB)),"
		" (x'00030000000000000000000000000000', 3, 3, 'aws-ssm-session',"
		"  'authorized', 'final', 1, 1, CAST('good' AS BLOB));"
		"INSERT INTO findings (id, login_id, happened_at, changed_at, severity,"
		" is_open, rule, json) VALUES"
		" (x'aa', x'00010000000000000000000000000000', 1, 1, 2, 1, x'', x''),"
		" (x'ab', x'00020000000000000000000000000000', 2, 2, 2, 0, x'', x'');"
		"INSERT INTO deliveries (sink, number, bytes) VALUES"
		" ('a', 10, CAST('ten' AS BLOB)), ('a', 9, CAST('nine' AS BLOB)),"
		" ('b', 10, CAST('ten' AS BLOB));");
	sqlite3_close(connection);
}

static bool take_found(void *ctx, const struct store_login *login)
{
	buf_append_format(ctx, "%.*s:%d%d%d,%llu ", SLICE_ARG(login->json),
			  login->was_found, login->is_found, login->is_learned,
			  (unsigned long long)login->told);
	return true;
}

struct keys {
	unsigned count;
	char last[64];
};

static bool take_key(void *ctx, const struct store_delivery *delivery)
{
	struct keys *keys = ctx;

	CHECK_UINT(delivery->key.len, 32);
	CHECK(strncmp(keys->last, delivery->key.ptr, 32) != 0);
	CHECK(delivery->told_at > at(0));
	CHECK_UINT(delivery->severity, 3);
	snprintf(keys->last, sizeof(keys->last), "%.*s", SLICE_ARG(delivery->key));
	keys->count++;
	return true;
}

static void test_version_1(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct keys keys = { 0 };
	struct err err;

	scratch_init(&scratch);
	make_version_1(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK(!opening.is_new && !opening.was_damaged);
	CHECK_OK(store_each_login(store, &any, take_found, &list, &err), &err);
	CHECK_TEXT(buf_text(&list), "bad:110,2 mended:100,3 good:000,1 ");
	CHECK_TEXT(list_deliveries(store, "a", 0, &list), "9:nine 10:ten ");
	CHECK_TEXT(list_deliveries(store, "b", 0, &list), "10:ten ");
	CHECK_OK(store_each_delivery(store, "a", 0, take_key, &keys, &err), &err);
	CHECK_UINT(keys.count, 2);
	CHECK_UINT(store_next_number(store), 12);
	CHECK_UINT(store_next_sequence(store, 0), 1);
	CHECK_TEXT(list_baselines(store, &list), "");
	CHECK_TEXT(list_letters(store, NULL, 0, &list), "");
	put_delivery(store, "a", 12, "twelve");
	commit(store);
	CHECK_TEXT(list_deliveries(store, "a", 0, &list), "9:nine 10:ten 12:twelve ");
}

/* What is released is never changed. */
static void test_released_step(void)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	char text[2 * SHA256_BYTES + 1];

	sha256_init(&sha256);
	sha256_add(&sha256, slice_text(store_schema_steps[0]));
	sha256_finish(&sha256, digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	CHECK_TEXT(text,
		   "14c5ce45355d61bac111aa7c70b6ce416b87c43f47ffa1da9fc59e4188bf8fab");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "members", test_members },
		{ "waiting", test_waiting },
		{ "expendable", test_expendable },
		{ "dead letters", test_dead_letters },
		{ "sequences", test_sequences },
		{ "baselines", test_baselines },
		{ "has finding", test_has_finding },
		{ "version 1", test_version_1 },
		{ "released step", test_released_step },
		{ NULL, NULL },
	};

	return check_run("agent/store outbox", tests);
}
