/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

#define LIST_BUF BUF_LIMIT((size_t)1024 * 1024)
#define DAY (INT64_C(24) * 60 * 60)
#define PIECES_MAX 10000

static struct store *open_with(const char *folder, uint64_t max_bytes, us_span keep,
			       us_span keep_events)
{
	const struct store_options options = { folder, max_bytes, keep, keep_events };
	struct store_opening opening;
	struct store *store = NULL;
	struct err err;

	CHECK_OK(store_open(&options, &store, &opening, &err), &err);
	return store;
}

/* To the end; how many pieces it took. */
static int tidy(struct store *store, us_time now)
{
	bool has_more = true;
	int pieces = 0;
	struct err err;

	while (has_more && pieces < PIECES_MAX) {
		if (!CHECK_OK(store_tidy(store, now, &has_more, &err), &err))
			break;
		pieces++;
	}
	CHECK(pieces < PIECES_MAX);
	return pieces;
}

static void put_text_line(struct store *store)
{
	const struct store_text text = { .reference = store_next_reference(store),
					 .at = at(-1000 * DAY),
					 .line = SLICE("a line") };

	store_put_text(store, &text);
}

/* One of each, `days` old. Backfilled: what it tells is far older. */
static void put_day(struct store *store, int days, unsigned number)
{
	char name[16];

	(void)snprintf(name, sizeof(name), "%d", days);
	store_put_event(store, at(-days * DAY), slice_text(name), SLICE(""));
	put_login(store, number, -days * DAY, PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  name);
	put_finding(store, number, number, -days * DAY, name);
	put_text_line(store);
	commit(store);
}

static struct store_counts counts_of(struct store *store)
{
	struct store_counts counts = { 0 };
	struct err err;

	CHECK_OK(store_count(store, &counts, &err), &err);
	return counts;
}

static void test_age(void)
{
	static const int days[] = { 100, 91, 89, 30, 8, 6, 0 };
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store *store;

	scratch_init(&scratch);
	store = open_with(scratch.folder, 0, 90 * US_PER_DAY, 7 * US_PER_DAY);
	for (unsigned i = 0; i < COUNT_OF(days); i++)
		put_day(store, days[i], i + 1);
	store_put_value(store, "kept", SLICE("yes"));
	put_delivery(store, "file", 1, "old and undelivered");
	put_login(store, 99, -500 * DAY, PATH_AWS_SSM_SESSION, VERDICT_PENDING,
		  "pending");
	commit(store);
	tidy(store, at(0));
	CHECK_TEXT(list_events(store, &list), "-518400:6 0:0 ");
	CHECK_TEXT(list_logins(store, &any, &list), "pending 89 30 8 6 0 ");
	CHECK_TEXT(list_findings(store, &any, &list), "89 30 8 6 0 ");
	CHECK_UINT(counts_of(store).texts, 5);
	CHECK_TEXT(list_values(store, "", &list), "kept=yes ");
	CHECK_TEXT(list_deliveries(store, "file", 0, &list), "1:old and undelivered ");

	/* a clock that was reset has no old things */
	tidy(store, at(-1000 * DAY));
	tidy(store, INT64_MIN);
	CHECK_TEXT(list_logins(store, &any, &list), "pending 89 30 8 6 0 ");
	store_close(store);
}

/* What the log may tell again is kept as long as the log, however short `keep` is. */
static void test_log_longer(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf list = LIST_BUF;
	struct store *store;

	scratch_init(&scratch);
	store = open_with(scratch.folder, 0, US_PER_DAY, 7 * US_PER_DAY);
	put_day(store, 8, 1);
	put_day(store, 6, 2);
	put_day(store, 0, 3);
	tidy(store, at(0));
	CHECK_TEXT(list_events(store, &list), "-518400:6 0:0 ");
	CHECK_TEXT(list_logins(store, &any, &list), "6 0 ");
	CHECK_TEXT(list_findings(store, &any, &list), "6 0 ");
	CHECK_UINT(counts_of(store).texts, 2);
	store_close(store);
}

/* Over its size the oldest go first, until it fits; the file becomes smaller. */
static void test_size(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_BUF struct buf big = LIST_BUF;
	AUTO_BUF struct buf list = BUF_LIMIT((size_t)16 * 1024 * 1024);
	struct store_counts before, after;
	struct store *store;

	scratch_init(&scratch);
	fill_repeated(&big, SLICE("x"), 1500);
	store = open_with(scratch.folder, UINT64_C(2) * 1024 * 1024, 0, 7 * US_PER_DAY);
	for (unsigned i = 0; i < 4000; i++) {
		put_login(store, i + 1, (int64_t)i - 30 * DAY, PATH_AWS_SSM_SESSION,
			  i % 100 ? VERDICT_AUTHORIZED : VERDICT_PENDING, buf_text(&big));
		put_text_line(store);
		if (i % 50 == 0)
			commit(store);
	}
	put_login(store, 5001, -DAY, PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED, "newest");
	put_login(store, 5002, -8 * DAY, PATH_AWS_SSM_SESSION, VERDICT_AUTHORIZED,
		  "newer");
	commit(store);
	before = counts_of(store);
	CHECK(tidy(store, at(0)) > 5);
	after = counts_of(store);
	CHECK(before.database_bytes > UINT64_C(6) * 1024 * 1024);
	CHECK(after.logins < before.logins / 2 && after.logins > 500);
	CHECK(after.texts < before.texts);
	CHECK(slice_ends_with(slice_text(list_logins(store, &any, &list)),
			      SLICE(" newer newest ")));

	const struct store_filter pending = { US_TIME_NONE,    US_TIME_NONE, PATH_NONE,
					      VERDICT_PENDING, false,	     0 };
	CHECK_UINT(strlen(list_logins(store, &pending, &list)), 40 * 1501);
	store_close(store);

	/* what is free was given back */
	store = open_with(scratch.folder, 0, 0, 0);
	CHECK(counts_of(store).database_bytes < UINT64_C(5) * 512 * 1024);
	tidy(store, at(0));
	CHECK_UINT(counts_of(store).logins, after.logins);
	store_close(store);
}

/* What must be kept is kept, be it too large: and tidying ends. */
static void test_too_large(void)
{
	AUTO_SCRATCH struct scratch scratch;
	struct store *store;

	scratch_init(&scratch);
	store = open_with(scratch.folder, 4096, 90 * US_PER_DAY, 7 * US_PER_DAY);
	for (unsigned i = 0; i < 1000; i++)
		put_login(store, i + 1, -DAY, PATH_LOCAL, VERDICT_AUTHORIZED, "recent");
	commit(store);
	CHECK(tidy(store, at(0)) < 5);
	CHECK_UINT(counts_of(store).logins, 1000);
	store_close(store);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "age", test_age },   { "log longer", test_log_longer },
		{ "size", test_size }, { "too large", test_too_large },
		{ NULL, NULL },
	};

	return check_run("agent/store tidy", tests);
}
