/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Forgetting, a bounded piece at a time. By age: what is older than it is to be kept. By
 * size: the oldest of what nobody waits for. Nothing that the input log may tell again is
 * dropped before the log has forgotten it, or it would be taken for new: logins and
 * findings go by when they last changed on the agent's clock, not by when they happened.
 */
#include "agent/store/private.h"
#include "agent/store/reserve.h"
#include "base/fault.h"

/* Rows of each table in one piece of work. */
#define PIECE_ROWS 256

/* Free pages that are not worth giving back. */
#define FREE_PAGES_KEPT ((int64_t)64)

static const enum sql tidy_by_keep[] = { SQL_TIDY_TEXTS, SQL_TIDY_LOGINS,
					 SQL_TIDY_FINDINGS, SQL_TIDY_DEAD_LETTERS };
static const enum sql old_ones[] = { SQL_OLD_TEXTS, SQL_OLD_LOGINS, SQL_OLD_FINDINGS,
				     SQL_OLD_DEAD_LETTERS };

/* The time `span` ago, before which nothing is kept; INT64_MIN when all is. */
static us_time ago(us_time now, us_span span)
{
	us_time time;

	return span > 0 && !__builtin_sub_overflow(now, span, &time) ? time : INT64_MIN;
}

/* Drops at most PIECE_ROWS; how many. A failure stays in *result. */
static int64_t drop_before(struct store *store, enum sql sql, us_time until, int *result)
{
	struct query query;

	if (*result != SQLITE_OK || until == INT64_MIN)
		return 0;
	query = query_begin(&store->database, sql);
	query_bind_number(&query, "@until", until);
	query_bind_number(&query, "@limit", PIECE_ROWS);
	query_run(&query);
	*result = query_end(&query);
	FAULT_POINT("store-tidy-dropped");
	return *result == SQLITE_OK ? sqlite3_changes(store->database.connection) : 0;
}

/* The time of the PIECE_ROWS-th oldest row that may go, INT64_MAX when there are fewer.
 */
static us_time old_time(struct store *store, enum sql sql, us_time until, int *result)
{
	struct query query = query_begin(&store->database, sql);
	us_time time = INT64_MAX;

	query_bind_number(&query, "@until", until);
	query_bind_number(&query, "@limit", PIECE_ROWS);
	if (query_step(&query))
		time = query_number(&query, 0);
	if (*result == SQLITE_OK)
		*result = query_end(&query);
	else
		(void)query_end(&query);
	return time;
}

/* The oldest of all tables go together, up to the time at which one has given a piece. */
static int64_t drop_oldest(struct store *store, us_time until, int *result)
{
	int64_t dropped = 0;

	for (size_t i = 0; i < sizeof(old_ones) / sizeof(old_ones[0]); i++) {
		us_time time = old_time(store, old_ones[i], until, result);

		if (time < until)
			until = time + 1;
	}
	for (size_t i = 0; i < sizeof(tidy_by_keep) / sizeof(tidy_by_keep[0]); i++)
		dropped += drop_before(store, tidy_by_keep[i], until, result);
	return dropped;
}

struct pages {
	int64_t count, free, size_bytes;
};

static int get_pages(struct store *store, struct pages *pages)
{
	struct query query = query_begin(&store->database, SQL_PAGES);

	*pages = (struct pages){ 0 };
	if (query_step(&query))
		*pages = (struct pages){ query_number(&query, 0), query_number(&query, 1),
					 query_number(&query, 2) };
	return query_end(&query);
}

static bool is_too_large(const struct store *store, const struct pages *pages)
{
	uint64_t used = (uint64_t)((pages->count - pages->free) * pages->size_bytes);

	return store->options.max_bytes > 0 && used > store->options.max_bytes;
}

/* One piece by age; whether there may be more. */
static bool tidy_by_age(struct store *store, us_time now, int *result)
{
	us_time until_events = ago(now, store->options.keep_events);
	us_time until = ago(now, store->options.keep);
	bool has_more;

	has_more =
		drop_before(store, SQL_TIDY_EVENTS, until_events, result) >= PIECE_ROWS;
	if (until > until_events)
		until = until_events;
	for (size_t i = 0; i < sizeof(tidy_by_keep) / sizeof(tidy_by_keep[0]); i++)
		if (drop_before(store, tidy_by_keep[i], until, result) >= PIECE_ROWS)
			has_more = true;
	return has_more;
}

static bool tidy_by_size(struct store *store, us_time now, int *result)
{
	us_time until = ago(now, store->options.keep_events);
	struct pages pages;

	if (*result != SQLITE_OK)
		return false;
	*result = get_pages(store, &pages);
	if (*result != SQLITE_OK || !is_too_large(store, &pages))
		return false;
	return drop_oldest(store, until == INT64_MIN ? now : until, result) > 0;
}

/* Gives free pages back to the file system. */
static bool give_back(struct store *store, int *result)
{
	struct pages pages = { 0 };
	struct query query;

	if (*result == SQLITE_OK)
		*result = get_pages(store, &pages);
	if (*result != SQLITE_OK || pages.free <= FREE_PAGES_KEPT)
		return false;
	query = query_begin(&store->database, SQL_VACUUM);
	query_run(&query);
	*result = query_end(&query);
	return pages.free > 4 * FREE_PAGES_KEPT;
}

static bool tidy_piece(struct store *store, us_time now, int *result)
{
	bool has_more;

	*result = store_begin(store);
	has_more = tidy_by_age(store, now, result);
	if (tidy_by_size(store, now, result))
		has_more = true;
	if (give_back(store, result))
		has_more = true;
	FAULT_POINT("store-tidy-commit");
	if (*result == SQLITE_OK) {
		struct query query = query_begin(&store->database, SQL_COMMIT);

		query_run(&query);
		*result = query_end(&query);
	}
	return has_more;
}

int store_tidy(struct store *store, us_time now, bool *ret_has_more, struct err *err)
{
	bool has_more;
	int result;

	if (store_need_database(store, err) < 0)
		return -1;
	has_more = tidy_piece(store, now, &result);
	if (result != SQLITE_OK) {
		(void)database_fail(&store->database, "tidy", err);
		store_note_failure(store, result);
		database_roll_back(&store->database);
		return -1;
	}
	store->is_marked = true;
	database_checkpoint(&store->database);
	(void)sqlite3_db_release_memory(store->database.connection);
	reserve_keep(store->options.folder);
	*ret_has_more = has_more;
	return 0;
}
