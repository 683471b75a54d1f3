/* SPDX-License-Identifier: Apache-2.0 */
/* Counting what was committed: all of it, or what a glance needs. */
#include <sys/stat.h>

#include "agent/store/private.h"

static uint64_t file_bytes(const char *path, const char *suffix)
{
	AUTO_BUF struct buf name = BUF_LIMIT(4096);
	struct stat status;

	buf_append_format(&name, "%s%s", path, suffix);
	return stat(buf_text(&name), &status) == 0 ? (uint64_t)status.st_size : 0;
}

static uint64_t database_bytes(const struct store *store)
{
	return file_bytes(store->path, "") + file_bytes(store->path, "-wal");
}

int store_count(struct store *store, struct store_counts *ret_counts, struct err *err)
{
	struct store_counts counts = { 0 };
	uint64_t *const numbers[] = { &counts.events, &counts.texts, &counts.logins,
				      &counts.findings, &counts.deliveries };
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_COUNT);
	if (query_step(&query))
		for (int i = 0; i < 5; i++)
			*numbers[i] = (uint64_t)query_number(&query, i);
	if (store_end_reading(store, &query, err) < 0)
		return -1;
	counts.database_bytes = database_bytes(store);
	*ret_counts = counts;
	return 0;
}

/* The number in the one row and column of an answer. */
static us_time single_number(struct store *store, enum sql sql, int *result)
{
	struct query query = query_begin(&store->database, sql);
	us_time number = US_TIME_NONE;
	int ended;

	if (query_step(&query) && sqlite3_column_type(query.statement, 0) != SQLITE_NULL)
		number = query_number(&query, 0);
	ended = query_end(&query);
	if (*result == SQLITE_OK)
		*result = ended;
	return number;
}

static int count_logins(struct store *store, us_time since, uint64_t *counts)
{
	struct query query = query_begin(&store->database, SQL_COUNT_LOGINS);

	query_bind_number(&query, "@since", since);
	while (query_step(&query)) {
		struct slice word = query_bytes(&query, 0);

		for (int i = 0; i < VERDICT_COUNT; i++) {
			if (slice_equal(word,
					slice_text(verdict_word((enum verdict_kind)i))))
				counts[i] = (uint64_t)query_number(&query, 1);
		}
	}
	return query_end(&query);
}

static int count_findings(struct store *store, us_time since, uint64_t *counts)
{
	struct query query = query_begin(&store->database, SQL_COUNT_FINDINGS);

	query_bind_number(&query, "@since", since);
	while (query_step(&query)) {
		int64_t severity = query_number(&query, 0);

		if (severity >= 0 && severity < STORE_SEVERITIES)
			counts[severity] = (uint64_t)query_number(&query, 1);
	}
	return query_end(&query);
}

int store_summarize(struct store *store, us_time since, struct store_summary *ret_summary,
		    struct err *err)
{
	struct store_summary summary = { .database_bytes = database_bytes(store) };
	int result;

	if (store_need_database(store, err) < 0)
		return -1;
	result = count_logins(store, since, summary.logins);
	if (result == SQLITE_OK)
		result = count_findings(store, since, summary.findings);
	summary.oldest_at = single_number(store, SQL_OLDEST_LOGIN, &result);
	summary.events = (uint64_t)single_number(store, SQL_COUNT_EVENTS, &result);
	if (result != SQLITE_OK) {
		(void)database_fail(&store->database, "read", err);
		store_note_failure(store, result);
		return -1;
	}
	*ret_summary = summary;
	return 0;
}
