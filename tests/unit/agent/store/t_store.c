/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/store/store.h"

#include <sys/stat.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

#define LIST_BUF BUF_LIMIT((size_t)1024 * 1024)

static void test_opening(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store_opening opening;
	struct stat status;
	struct store *store;

	scratch_init(&scratch);
	CHECK_INT(chmod(scratch.folder, 0755), 0);
	store = store_in(scratch.folder, &opening);
	CHECK(opening.is_new && !opening.was_damaged);
	CHECK_TEXT(opening.moved_to, "");
	store_put_value(store, "a", SLICE("1"));
	commit(store);
	CHECK_INT(stat(scratch.folder, &status), 0);
	CHECK_INT(status.st_mode & 0777, 0700);
	CHECK_INT(stat(scratch_path(&scratch, "countersign.db"), &status), 0);
	CHECK_INT(status.st_mode & 0777, 0600);
	CHECK_INT(stat(scratch_path(&scratch, "countersign.db-wal"), &status), 0);
	CHECK_INT(status.st_mode & 0777, 0600);
	CHECK_INT(stat(scratch_path(&scratch, "countersign.db-shm"), &status), -1);
	store_close(store);
	CHECK_INT(stat(scratch_path(&scratch, "countersign.db-wal"), &status), -1);

	store = store_in(scratch.folder, &opening);
	CHECK(!opening.is_new && !opening.was_damaged);
	store_close(store);
	store_close(NULL);
}

static void test_one_at_a_time(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;
	struct store *second = NULL;
	struct store_options options = { .folder = scratch.folder };
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_INT(store_open(&options, &second, &opening, &err), -1);
	CHECK(strstr(err.text, "another process has it open") != NULL);
	CHECK(second == NULL);
	options.folder = scratch_path(&scratch, "missing");
	CHECK_INT(store_open(&options, &second, &opening, &err), -1);
	CHECK(strstr(err.text, "no such file or directory") != NULL);
}

/* What was put is there after the commit, and not before; what was dropped never is. */
static void test_events(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct store *store;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	store_put_event(store, at(2), SLICE("b"), SLICE("key-b"));
	store_put_event(store, at(1), SLICE("a"), SLICE(""));
	store_put_event(store, at(1), SLICE("a"), SLICE(""));
	CHECK_TEXT(list_events(store, &list), "");
	CHECK(store_has_key(store, SLICE("key-b")));
	CHECK(!store_has_key(store, SLICE("key-a")));
	CHECK(!store_has_key(store, SLICE("")));
	CHECK(store_batch_bytes(store) > 0);
	commit(store);
	CHECK_TEXT(list_events(store, &list), "2:b 1:a 1:a ");
	CHECK(store_has_key(store, SLICE("key-b")));

	/* again, within a batch and over two */
	store_put_event(store, at(3), SLICE("c"), SLICE("key-b"));
	store_put_event(store, at(4), SLICE("d"), SLICE("key-d"));
	store_put_event(store, at(5), SLICE("e"), SLICE("key-d"));
	commit(store);
	CHECK_TEXT(list_events(store, &list), "2:b 1:a 1:a 4:d ");
	store_put_event(store, at(6), SLICE("never committed"), SLICE("key-e"));
	store_close(store);

	store = store_in(scratch.folder, &opening);
	CHECK_TEXT(list_events(store, &list), "2:b 1:a 1:a 4:d ");
	CHECK(store_has_key(store, SLICE("key-d")));
	CHECK(!store_has_key(store, SLICE("key-e")));
	store_close(store);
}

static void test_texts(void)
{
	static const char bytes[] = "a\0b\xff\n";
	AUTO_SCRATCH struct scratch scratch;
	struct store_opening opening;
	struct store *store;
	struct store_text text = { .at = at(1),
				   .source = SLICE("/var/log/auth.log"),
				   .cursor = SLICE("offset=512"),
				   .line = slice_of(bytes, sizeof(bytes) - 1) };
	struct store_text got;
	uint64_t reference;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	reference = store_next_reference(store);
	CHECK(reference > 0);
	text.reference = reference;
	CHECK(!store_find_text(store, reference, &got));
	store_put_text(store, &text);
	for (int round = 0; round < 3; round++) {
		CHECK(store_find_text(store, reference, &got));
		CHECK_UINT(got.reference, reference);
		CHECK_INT(got.at, text.at);
		CHECK_SLICE(got.source, text.source);
		CHECK_SLICE(got.cursor, text.cursor);
		CHECK_SLICE(got.line, text.line);
		commit(store);
		if (round != 1)
			continue;
		store_close(store);
		store = store_in(scratch.folder, &opening);
	}
	text.line = SLICE("said anew");
	store_put_text(store, &text);
	commit(store);
	CHECK(store_find_text(store, reference, &got));
	CHECK_SLICE(got.line, SLICE("said anew"));
	CHECK(!store_find_text(store, 0, &got));
	CHECK(store_next_reference(store) > reference);
	store_close(store);
}

static void test_values(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	store_put_value(store, "cursor:b", SLICE("1"));
	store_put_value(store, "cursor:b", SLICE("2"));
	store_put_value(store, "cursor:a", SLICE("x"));
	store_put_value(store, "cursor;", SLICE("other"));
	store_put_value(store, "gone", SLICE("y"));
	store_put_value(store, "gone", SLICE(""));
	store_put_value(store, "back", SLICE(""));
	store_put_value(store, "back", SLICE("z"));
	commit(store);
	CHECK(store_get_value(store, "cursor:b", &list));
	CHECK_TEXT(buf_text(&list), "2");
	CHECK(!store_get_value(store, "gone", &list));
	CHECK_TEXT(list_values(store, "cursor:", &list), "cursor:a=x cursor:b=2 ");
	CHECK_TEXT(list_values(store, "", &list),
		   "back=z cursor:a=x cursor:b=2 cursor;=other ");
	store_put_value(store, "cursor:a", SLICE(""));
	commit(store);
	CHECK_TEXT(list_values(store, "cursor:", &list), "cursor:b=2 ");
	store_put_value(store, "cursor:b", slice_of("\0\xff", 2));
	commit(store);
	CHECK(store_get_value(store, "cursor:b", &list));
	CHECK_SLICE(buf_slice(&list), slice_of("\0\xff", 2));
}

static void fill_logins(struct store *store)
{
	put_login(store, 0xab01, 30, PATH_AWS_SSM_SESSION, VERDICT_PENDING, "ssm");
	put_login(store, 0xab02, 20, PATH_DIRECT_SSH, VERDICT_NOT_JUDGED, "direct");
	put_login(store, 0xac03, 10, PATH_AWS_EC2_INSTANCE_CONNECT, VERDICT_UNAUTHORIZED,
		  "connect");
	put_login(store, 0xad04, 10, PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED, "ssm-2");
	put_finding(store, 0x1f01, 0xac03, 10, "f-connect");
	put_finding(store, 0x1f02, 0, 25, "f-none");
	put_finding(store, 0x1f03, 0xab02, 20, "f-direct");
	commit(store);
}

static void test_filters(void)
{
	static const struct {
		const char *name;
		struct store_filter filter;
		const char *logins, *findings;
	} rows[] = {
		{ "any",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, false, 0 },
		  "connect ssm-2 direct ssm ",
		  "f-connect f-direct f-none " },
		{ "since and until, included",
		  { INT64_C(1717243220000000), INT64_C(1717243230000000), PATH_NONE, -1,
		    false, 0 },
		  "direct ssm ",
		  "f-direct f-none " },
		{ "path",
		  { US_TIME_NONE, US_TIME_NONE, PATH_AWS_SSM_SESSION, -1, false, 0 },
		  "ssm-2 ssm ",
		  "" },
		{ "verdict",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, VERDICT_UNAUTHORIZED, false,
		    0 },
		  "connect ",
		  "f-connect " },
		{ "doors only",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, true, 0 },
		  "connect ssm-2 ssm ",
		  "f-connect f-none " },
		{ "the newest one",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, false, 1 },
		  "ssm ",
		  "f-none " },
		{ "the newest three",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, false, 3 },
		  "ssm-2 direct ssm ",
		  "f-connect f-direct f-none " },
		{ "the newest two doors",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, true, 2 },
		  "ssm-2 ssm ",
		  "f-connect f-none " },
		{ "more than there are",
		  { US_TIME_NONE, US_TIME_NONE, PATH_NONE, -1, false, UINT64_MAX },
		  "connect ssm-2 direct ssm ",
		  "f-connect f-direct f-none " },
		{ "none",
		  { INT64_C(1717243300000000), US_TIME_NONE, PATH_NONE, -1, false, 5 },
		  "",
		  "" },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	fill_logins(store);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_TEXT(list_logins(store, &rows[i].filter, &list), rows[i].logins);
		CHECK_TEXT(list_findings(store, &rows[i].filter, &list),
			   rows[i].findings);
	}
}

static void test_prefixes(void)
{
	static const struct {
		const char *prefix, *logins;
	} rows[] = {
		{ "a", "ssm direct connect ssm-2 " },
		{ "ab", "ssm direct " },
		{ "AB0", "ssm direct " },
		{ "ab02", "direct " },
		{ "ab020000000000000000000000000000", "direct " },
		{ "ab0200000000000000000000000000000", "" },
		{ "ab03", "" },
		{ "", "" },
		{ "xyz", "" },
		{ "ab0\n", "" },
	};
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	fill_logins(store);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf list = LIST_BUF;

		check_row(rows[i].prefix);
		CHECK_OK(store_find_login(store, slice_text(rows[i].prefix), take_login,
					  &list, &err),
			 &err);
		CHECK_TEXT(buf_text(&list), rows[i].logins);
	}
	AUTO_BUF struct buf list = LIST_BUF;
	CHECK_OK(store_find_finding(store, SLICE("1f02"), take_finding, &list, &err),
		 &err);
	CHECK_TEXT(buf_text(&list), "f-none ");
}

static bool keep_login(void *ctx, const struct store_login *login)
{
	struct store_login *kept = ctx;

	*kept = *login;
	kept->json.len = 0;
	return false;
}

static bool keep_finding(void *ctx, const struct store_finding *finding)
{
	struct store_finding *kept = ctx;

	*kept = *finding;
	kept->json.len = kept->rule.len = 0;
	return false;
}

/* Every member comes back as it was put; the last of a batch and over batches wins. */
static void test_members(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct store_login login;
	struct store_finding finding;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_login(store, 7, 1, PATH_LOCAL, VERDICT_PENDING, "early");
	put_login(store, 7, 2, PATH_AWS_SERIAL_CONSOLE, VERDICT_UNVERIFIABLE, "late");
	put_finding(store, 8, 7, 1, "early");
	put_finding(store, 8, 7, 2, "late");
	commit(store);
	CHECK_OK(store_each_login(store, &any, keep_login, &login, &err), &err);
	CHECK(memcmp(&login.id, &(struct id){ .bytes = { 0, 7 } }, sizeof(login.id)) ==
	      0);
	CHECK_INT(login.happened_at, at(2));
	CHECK_INT(login.changed_at, at(7));
	CHECK_INT(login.path, PATH_AWS_SERIAL_CONSOLE);
	CHECK_INT(login.verdict, VERDICT_UNVERIFIABLE);
	CHECK_INT(login.stage, STAGE_PROVISIONAL);
	CHECK(login.is_door);
	CHECK_UINT(login.told, 7);
	CHECK(login.was_found && login.is_found && login.is_learned);
	CHECK_OK(store_each_finding(store, &any, keep_finding, &finding, &err), &err);
	CHECK(memcmp(&finding.login_id, &login.id, sizeof(login.id)) == 0);
	CHECK_INT(finding.happened_at, at(2));
	CHECK_INT(finding.changed_at, at(7));
	CHECK_UINT(finding.severity, 2);
	CHECK(finding.is_open);
	CHECK_TEXT(list_logins(store, &any, &list), "late ");
	CHECK_TEXT(list_findings(store, &any, &list), "late ");

	for (int path = 0; path < PATH_COUNT; path++) {
		put_login(store, 7, path, (enum path)path,
			  (enum verdict_kind)(path % VERDICT_COUNT), "again");
		commit(store);
		CHECK_OK(store_each_login(store, &any, keep_login, &login, &err), &err);
		CHECK_INT(login.path, path);
		CHECK_INT(login.verdict, path % VERDICT_COUNT);
	}
}

static void test_findings_of(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct id login = id_of(7);
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	put_finding(store, 1, 7, 1, "one");
	put_finding(store, 2, 7, 1, "two");
	put_finding(store, 3, 9, 1, "other");
	put_finding(store, 4, 0, 1, "none");
	commit(store);
	put_finding(store, 2, 7, 1, "two-new");
	put_finding(store, 5, 7, 1, "five");
	put_finding(store, 2, 7, 1, "two-newer");
	put_finding(store, 6, 9, 1, "other");
	CHECK_OK(store_findings_of(store, &login, take_finding, &list, &err), &err);
	CHECK_TEXT(buf_text(&list), "five two-newer one ");
}

static void test_outbox(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_UINT(store_next_number(store), 1);
	put_delivery(store, "file", 3, "c");
	put_delivery(store, "file", 1, "a");
	put_delivery(store, "file", 2, "b");
	put_delivery(store, "journal", 1, "j");
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "");
	commit(store);
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "1:a 2:b 3:c ");
	CHECK_TEXT(list_deliveries(store, "file", 2, &list), "1:a 2:b ");

	/* what is out is not handed out again, also before the commit */
	store_drop_delivery(store, "file", 1);
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "2:b 3:c ");
	CHECK_TEXT(list_deliveries(store, "file", 1, &list), "2:b ");
	CHECK_TEXT(list_deliveries(store, "journal", 0, &list), "1:j ");
	commit(store);
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "2:b 3:c ");
	put_delivery(store, "file", 4, "d");
	store_drop_delivery(store, "file", 4);
	commit(store);
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "2:b 3:c ");
}

/* Numbers that were committed are never given out again. */
static void test_numbers(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store_opening opening;
	uint64_t reference = 0, number = 0;

	scratch_init(&scratch);
	for (int i = 0; i < 5; i++) {
		struct store *store = store_in(scratch.folder, &opening);
		uint64_t next = store_next_reference(store);

		CHECK(next > reference);
		reference = next;
		next = store_next_number(store);
		CHECK(next > number);
		number = next;
		store_put_value(store, "x", SLICE("y"));
		commit(store);
		store_close(store);
	}
}

static void test_counts(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_opening opening;
	struct store_counts counts;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_OK(store_count(store, &counts, &err), &err);
	CHECK_UINT(counts.events + counts.texts + counts.logins + counts.findings +
			   counts.deliveries,
		   0);
	fill_logins(store);
	store_put_event(store, at(1), SLICE("e"), SLICE(""));
	store_put_text(store, &(struct store_text){ .reference = 5 });
	put_delivery(store, "file", 1, "d");
	commit(store);
	CHECK_OK(store_count(store, &counts, &err), &err);
	CHECK_UINT(counts.events, 1);
	CHECK_UINT(counts.texts, 1);
	CHECK_UINT(counts.logins, 4);
	CHECK_UINT(counts.findings, 3);
	CHECK_UINT(counts.deliveries, 1);
	CHECK(counts.database_bytes > 4096);
}

/* What status shows: since a time, of findings the open ones. */
static void test_summary(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	struct store_finding closed = { .id = id_of(0x1f04),
					.happened_at = at(25),
					.severity = 3,
					.json = SLICE("f-closed") };
	struct store_opening opening;
	struct store_summary summary;
	struct err err;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	CHECK_OK(store_summarize(store, at(0), &summary, &err), &err);
	CHECK_INT(summary.oldest_at, US_TIME_NONE);
	CHECK_UINT(summary.events, 0);
	fill_logins(store);
	store_put_finding(store, &closed);
	for (int i = 0; i < 3; i++)
		store_put_event(store, at(i), SLICE("e"), SLICE(""));
	commit(store);
	CHECK_OK(store_summarize(store, at(20), &summary, &err), &err);
	CHECK_INT(summary.oldest_at, at(10));
	CHECK_UINT(summary.events, 3);
	CHECK_UINT(summary.logins[VERDICT_PENDING], 1);
	CHECK_UINT(summary.logins[VERDICT_NOT_JUDGED], 1);
	CHECK_UINT(summary.logins[VERDICT_UNAUTHORIZED], 0);
	CHECK_UINT(summary.findings[2], 2);
	CHECK_UINT(summary.findings[3], 0);
	CHECK(summary.database_bytes > 4096);
	CHECK_OK(store_summarize(store, at(0), &summary, &err), &err);
	CHECK_UINT(summary.logins[VERDICT_UNAUTHORIZED], 1);
	CHECK_UINT(summary.logins[VERDICT_AUTHORIZED], 1);
	CHECK_UINT(summary.findings[2], 3);
}

struct nested {
	struct store *store;
	struct buf *list;
};

static bool look_again(void *ctx, const struct store_login *login)
{
	struct nested *nested = ctx;
	struct err err;

	buf_append_format(nested->list, "[%.*s] ", SLICE_ARG(login->json));
	CHECK_OK(store_each_login(nested->store, &any, take_login, nested->list, &err),
		 &err);
	return true;
}

/* A reading within a reading of the same kind. */
static void test_nested(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store_opening opening;
	struct nested nested = { .list = &list };
	struct err err;

	scratch_init(&scratch);
	nested.store = store = store_in(scratch.folder, &opening);
	put_login(store, 1, 1, PATH_LOCAL, VERDICT_PENDING, "a");
	put_login(store, 2, 2, PATH_LOCAL, VERDICT_PENDING, "b");
	commit(store);
	CHECK_OK(store_each_login(store, &any, look_again, &nested, &err), &err);
	CHECK_TEXT(buf_text(&list), "[a] a b [b] a b ");
}

static void test_large(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	AUTO_BUF struct buf big = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	fill_repeated(&big, SLICE("0123456789abcdef"), LIMIT_OUTPUT_LINE_BYTES / 16);
	store_put_value(store, "big", buf_slice(&big));
	for (int i = 0; i < 20000; i++)
		store_put_event(store, at(i), SLICE("an event of thirty-two bytes...."),
				SLICE(""));
	commit(store);
	CHECK(store_get_value(store, "big", &got));
	CHECK(slice_equal(buf_slice(&big), buf_slice(&got)));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "opening", test_opening },
		{ "one at a time", test_one_at_a_time },
		{ "events", test_events },
		{ "texts", test_texts },
		{ "values", test_values },
		{ "filters", test_filters },
		{ "prefixes", test_prefixes },
		{ "members", test_members },
		{ "findings of a login", test_findings_of },
		{ "outbox", test_outbox },
		{ "numbers", test_numbers },
		{ "counts", test_counts },
		{ "summary", test_summary },
		{ "nested", test_nested },
		{ "large", test_large },
		{ NULL, NULL },
	};

	return check_run("agent/store", tests);
}
