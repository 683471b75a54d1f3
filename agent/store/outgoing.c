/* SPDX-License-Identifier: Apache-2.0 */
/* The outbox: records that wait for their sinks, how much that is, and dead letters. */
#include <stdlib.h>

#include "agent/store/private.h"
#include "base/memory.h"

/* ---- how much waits ---- */

void store_forget_waiting(struct store *store)
{
	while (store->waiting) {
		struct waiting *waiting = store->waiting;

		store->waiting = waiting->next;
		free(waiting->sink);
		free(waiting);
	}
}

static struct waiting *find_waiting(const struct store *store, const char *sink)
{
	struct waiting *waiting = store->waiting;

	while (waiting && strcmp(waiting->sink, sink) != 0)
		waiting = waiting->next;
	return waiting;
}

/* The length of a record that was committed; false when there is none. A failure lets
 * what was counted be counted anew. */
static bool find_committed(struct store *store, const char *sink, uint64_t number,
			   uint64_t *ret_bytes)
{
	struct query query;
	struct err err;
	bool is_there;

	if (store_need_database(store, &err) < 0) {
		store_forget_waiting(store);
		return false;
	}
	query = query_begin(&store->database, SQL_SIZE_OF_DELIVERY);
	query_bind_text(&query, "@sink", sink);
	query_bind_number(&query, "@number", (int64_t)number);
	is_there = query_step(&query);
	if (is_there)
		*ret_bytes = (uint64_t)query_number(&query, 0);
	if (store_end_reading(store, &query, &err) < 0) {
		store_forget_waiting(store);
		return false;
	}
	return is_there;
}

/* To the database's count comes what the batch will make of it. */
static void count_batch(struct store *store, struct waiting *waiting)
{
	for (const struct batch_item *item = store->batch.first; item;
	     item = item->next) {
		const struct store_delivery *row = &item->delivery.row;
		uint64_t bytes;

		if ((item->kind != BATCH_DELIVERY && item->kind != BATCH_DROP) ||
		    strcmp(item->delivery.sink, waiting->sink) != 0)
			continue;
		if (item->kind == BATCH_DELIVERY) {
			if (batch_has_drop(&store->batch, waiting->sink, row->number))
				continue;
			waiting->records++;
			waiting->bytes += row->bytes.len;
		} else if (find_committed(store, waiting->sink, row->number, &bytes)) {
			waiting->records--;
			waiting->bytes -= bytes;
		}
	}
}

static int count_waiting(struct store *store, const char *sink,
			 struct waiting **ret_waiting, struct err *err)
{
	struct waiting counted = { .sink = NULL };
	struct waiting *waiting = find_waiting(store, sink);
	struct query query;

	if (waiting) {
		*ret_waiting = waiting;
		return 0;
	}
	query = query_begin(&store->database, SQL_WAITING);
	query_bind_text(&query, "@sink", sink);
	if (query_step(&query)) {
		counted.records = (uint64_t)query_number(&query, 0);
		counted.bytes = (uint64_t)query_number(&query, 1);
	}
	if (store_end_reading(store, &query, err) < 0)
		return -1;
	waiting = memory_new(1, sizeof(*waiting));
	*waiting = counted;
	waiting->sink = memory_copy_text(slice_text(sink));
	count_batch(store, waiting);
	waiting->next = store->waiting;
	store->waiting = waiting;
	*ret_waiting = waiting;
	return 0;
}

/* When the first of those that wait was told. */
static int find_oldest(struct store *store, const char *sink, us_time *ret_at,
		       struct err *err)
{
	const struct store_delivery *first = batch_first_delivery(&store->batch, sink);
	us_time at = first ? first->told_at : US_TIME_NONE;
	struct query query = query_begin(&store->database, SQL_TIMES_OF_WAITING);

	query_bind_text(&query, "@sink", sink);
	while (query_step(&query)) {
		if (batch_has_drop(&store->batch, sink,
				   (uint64_t)query_number(&query, 0)))
			continue;
		at = query_number(&query, 1);
		break;
	}
	if (store_end_reading(store, &query, err) < 0)
		return -1;
	*ret_at = at;
	return 0;
}

int store_waiting_of(struct store *store, const char *sink,
		     struct store_waiting *ret_waiting, struct err *err)
{
	us_time oldest_at = US_TIME_NONE;
	struct waiting *waiting;

	if (store_need_database(store, err) < 0 ||
	    count_waiting(store, sink, &waiting, err) < 0)
		return -1;
	if (waiting->records && find_oldest(store, sink, &oldest_at, err) < 0)
		return -1;
	*ret_waiting =
		(struct store_waiting){ waiting->records, waiting->bytes, oldest_at };
	return 0;
}

/* ---- putting ---- */

void store_put_delivery(struct store *store, const char *sink,
			const struct store_delivery *delivery)
{
	struct waiting *waiting = find_waiting(store, sink);

	if (waiting) {
		waiting->records++;
		waiting->bytes += delivery->bytes.len;
	}
	batch_put_delivery(&store->batch, sink, delivery);
}

void store_drop_delivery(struct store *store, const char *sink, uint64_t number)
{
	const struct store_delivery *put;
	struct waiting *waiting;
	uint64_t bytes = 0;
	bool is_there;

	if (batch_has_drop(&store->batch, sink, number))
		return;
	put = batch_find_delivery(&store->batch, sink, number);
	if (put)
		bytes = put->bytes.len;
	is_there = put || (find_waiting(store, sink) &&
			   find_committed(store, sink, number, &bytes));
	waiting = find_waiting(store, sink);
	if (waiting && is_there) {
		waiting->records--;
		waiting->bytes -= bytes;
	}
	batch_drop_delivery(&store->batch, sink, number);
}

void store_put_dead_letter(struct store *store, const char *sink,
			   const struct store_dead_letter *letter)
{
	batch_put_dead_letter(&store->batch, sink, letter);
	store_drop_delivery(store, sink, letter->number);
}

/* ---- reading ---- */

int store_each_delivery(struct store *store, const char *sink, uint64_t limit,
			bool (*take)(void *ctx, const struct store_delivery *delivery),
			void *ctx, struct err *err)
{
	struct query query;
	uint64_t count = 0;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_DELIVERY);
	query_bind_text(&query, "@sink", sink);
	while (query_step(&query)) {
		const struct store_delivery delivery = {
			.number = (uint64_t)query_number(&query, 0),
			.told_at = query_number(&query, 1),
			.stream = (uint8_t)query_number(&query, 2),
			.severity = (uint8_t)query_number(&query, 3),
			.key = query_bytes(&query, 4),
			.bytes = query_bytes(&query, 5),
		};

		if (batch_has_drop(&store->batch, sink, delivery.number))
			continue;
		if (!take(ctx, &delivery) || ++count == limit)
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_each_expendable(struct store *store, const char *sink,
			  bool (*take)(void *ctx, uint64_t number, uint64_t bytes),
			  void *ctx, struct err *err)
{
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_EXPENDABLE);
	query_bind_text(&query, "@sink", sink);
	while (query_step(&query)) {
		uint64_t number = (uint64_t)query_number(&query, 0);

		if (!batch_has_drop(&store->batch, sink, number) &&
		    !take(ctx, number, (uint64_t)query_number(&query, 1)))
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_each_sink_waiting(struct store *store,
			    bool (*take)(void *ctx, const char *sink), void *ctx,
			    struct err *err)
{
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_SINKS_WAITING);
	while (query_step(&query)) {
		const char *sink = (const char *)sqlite3_column_text(query.statement, 0);

		if (!take(ctx, sink ? sink : ""))
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_each_dead_letter(struct store *store, const char *sink, uint64_t limit,
			   bool (*take)(void *ctx, const char *of,
					const struct store_dead_letter *letter),
			   void *ctx, struct err *err)
{
	struct query query;
	uint64_t count = 0;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_DEAD_LETTER);
	query_bind_text(&query, "@sink", sink ? sink : "");
	while (query_step(&query)) {
		const char *of = (const char *)sqlite3_column_text(query.statement, 0);
		const struct store_dead_letter letter = {
			.number = (uint64_t)query_number(&query, 1),
			.refused_at = query_number(&query, 2),
			.why = query_bytes(&query, 3),
			.bytes = query_bytes(&query, 4),
		};

		if (!take(ctx, of ? of : "", &letter) || ++count == limit)
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_count_dead_letters(struct store *store, const char *sink, uint64_t *ret_count,
			     struct err *err)
{
	struct query query;
	uint64_t count = 0;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_COUNT_DEAD_LETTERS);
	query_bind_text(&query, "@sink", sink);
	if (query_step(&query))
		count = (uint64_t)query_number(&query, 0);
	if (store_end_reading(store, &query, err) < 0)
		return -1;
	*ret_count = count;
	return 0;
}
