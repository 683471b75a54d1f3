/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: the batch becomes durable in one transaction or not at all. */
#include "agent/store/aside.h"
#include "agent/store/private.h"
#include "agent/store/reserve.h"
#include "base/digest.h"
#include "base/fault.h"

/* ---- the connection ---- */

void store_note_failure(struct store *store, int result)
{
	if (database_is_damage(result))
		store->may_be_damaged = store->must_reopen = true;
	if ((result & 0xff) == SQLITE_IOERR)
		store->must_reopen = true;
}

/* So that the next start moves the database aside. Always -1. */
static int tell_damage(struct store *store, struct err *err)
{
	struct err note_err;

	if (aside_note(store->path, err->text, &note_err) < 0)
		return err_add(err, "'%s' is damaged and cannot be moved aside (%s)",
			       store->path, note_err.text);
	return err_add(err, "'%s' is damaged, the next start begins a new one",
		       store->path);
}

int store_need_database(struct store *store, struct err *err)
{
	enum database_state state;

	if (!store->must_reopen)
		return 0;
	database_close(&store->database);
	FAULT_POINT("store-reopen");
	if (database_open(&store->database, store->path, &state, err) < 0)
		return state == DATABASE_DAMAGED ? tell_damage(store, err) : -1;
	if (store->may_be_damaged && database_check(&store->database, true, err) < 0)
		return err->code == ERR_FORMAT ? tell_damage(store, err) : -1;
	store->may_be_damaged = false;
	store->is_marked = false;
	store->must_reopen = false;
	return 0;
}

/* ---- transactions ---- */

static int run(struct store *store, enum sql sql)
{
	struct query query = query_begin(&store->database, sql);

	query_run(&query);
	return query_end(&query);
}

int store_put_meta(struct store *store, const char *name, int64_t number)
{
	struct query query = query_begin(&store->database, SQL_PUT_META);

	query_bind_text(&query, "@name", name);
	query_bind_number(&query, "@number", number);
	query_run(&query);
	return query_end(&query);
}

int store_begin(struct store *store)
{
	int result = run(store, SQL_BEGIN);

	if (result == SQLITE_OK && !store->is_marked)
		result = store_put_meta(store, META_CLEAN, 0);
	return result;
}

/* ---- what was put ---- */

static int put_event(struct database *database, const struct batch_item *item,
		     us_time put_at)
{
	struct query query = query_begin(database, SQL_PUT_EVENT);
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	(void)put_at;
	query_bind_number(&query, "@fed_at", item->event.fed_at);
	query_bind(&query, "@code", item->event.code);
	if (item->event.key.len) {
		sha256_init(&sha256);
		sha256_add(&sha256, item->event.key);
		sha256_finish(&sha256, digest);
		query_bind(&query, "@key", slice_of((const char *)digest, ID_BYTES));
	} else {
		query_bind_null(&query, "@key");
	}
	query_run(&query);
	return query_end(&query);
}

static int put_text(struct database *database, const struct batch_item *item,
		    us_time put_at)
{
	struct query query = query_begin(database, SQL_PUT_TEXT);

	query_bind_number(&query, "@reference", (int64_t)item->text.reference);
	query_bind_number(&query, "@put_at",
			  put_at == US_TIME_NONE ? item->text.at : put_at);
	query_bind_number(&query, "@at", item->text.at);
	query_bind(&query, "@source", item->text.source);
	query_bind(&query, "@cursor", item->text.cursor);
	query_bind(&query, "@line", item->text.line);
	query_run(&query);
	return query_end(&query);
}

static int put_value(struct database *database, const struct batch_item *item,
		     us_time put_at)
{
	bool is_removed = item->value.value.len == 0;
	struct query query =
		query_begin(database, is_removed ? SQL_DROP_VALUE : SQL_PUT_VALUE);

	(void)put_at;
	query_bind_text(&query, "@name", item->value.name);
	if (!is_removed)
		query_bind(&query, "@value", item->value.value);
	query_run(&query);
	return query_end(&query);
}

static struct slice id_slice(const struct id *id)
{
	return slice_of((const char *)id->bytes, ID_BYTES);
}

static int put_login(struct database *database, const struct batch_item *item,
		     us_time put_at)
{
	const struct store_login *login = &item->login;
	struct query query = query_begin(database, SQL_PUT_LOGIN);

	(void)put_at;
	query_bind(&query, "@id", id_slice(&login->id));
	query_bind_number(&query, "@happened_at", login->happened_at);
	query_bind_number(&query, "@changed_at", login->changed_at);
	query_bind_text(&query, "@path", path_word(login->path));
	query_bind_text(&query, "@verdict", verdict_word(login->verdict));
	query_bind_text(&query, "@stage", stage_word(login->stage));
	query_bind_number(&query, "@is_door", login->is_door);
	query_bind(&query, "@json", login->json);
	query_bind_number(&query, "@told", (int64_t)login->told);
	query_bind_number(&query, "@was_found", login->was_found);
	query_bind_number(&query, "@is_found", login->is_found);
	query_bind_number(&query, "@is_learned", login->is_learned);
	query_run(&query);
	return query_end(&query);
}

static int put_finding(struct database *database, const struct batch_item *item,
		       us_time put_at)
{
	static const struct id no_login;
	const struct store_finding *finding = &item->finding.row;
	struct query query = query_begin(database, SQL_PUT_FINDING);

	(void)put_at;
	query_bind(&query, "@id", id_slice(&finding->id));
	if (memcmp(&finding->login_id, &no_login, sizeof(no_login)) == 0)
		query_bind_null(&query, "@login_id");
	else
		query_bind(&query, "@login_id", id_slice(&finding->login_id));
	query_bind_number(&query, "@happened_at", finding->happened_at);
	query_bind_number(&query, "@changed_at", finding->changed_at);
	query_bind_number(&query, "@severity", finding->severity);
	query_bind_number(&query, "@is_open", finding->is_open);
	query_bind(&query, "@rule", finding->rule);
	query_bind(&query, "@json", finding->json);
	query_run(&query);
	return query_end(&query);
}

static int put_delivery(struct database *database, const struct batch_item *item,
			us_time put_at)
{
	const struct store_delivery *row = &item->delivery.row;
	struct query query = query_begin(database, SQL_PUT_DELIVERY);

	(void)put_at;
	query_bind_text(&query, "@sink", item->delivery.sink);
	query_bind_number(&query, "@number", (int64_t)row->number);
	query_bind_number(&query, "@told_at", row->told_at);
	query_bind_number(&query, "@stream", row->stream);
	query_bind_number(&query, "@severity", row->severity);
	query_bind(&query, "@key", row->key);
	query_bind(&query, "@bytes", row->bytes);
	query_run(&query);
	return query_end(&query);
}

static int drop_delivery(struct database *database, const struct batch_item *item,
			 us_time put_at)
{
	struct query query = query_begin(database, SQL_DROP_DELIVERY);

	(void)put_at;
	query_bind_text(&query, "@sink", item->delivery.sink);
	query_bind_number(&query, "@number", (int64_t)item->delivery.row.number);
	query_run(&query);
	return query_end(&query);
}

/* Past so many, the oldest of the sink are forgotten. */
static int cut_dead_letters(struct database *database, const char *sink)
{
	struct query query = query_begin(database, SQL_CUT_DEAD_LETTERS);

	query_bind_text(&query, "@sink", sink);
	query_bind_number(&query, "@limit", STORE_DEAD_LETTERS);
	query_run(&query);
	return query_end(&query);
}

static int put_dead_letter(struct database *database, const struct batch_item *item,
			   us_time put_at)
{
	struct query query = query_begin(database, SQL_PUT_DEAD_LETTER);
	int result;

	(void)put_at;
	query_bind_text(&query, "@sink", item->letter.sink);
	query_bind_number(&query, "@number", (int64_t)item->letter.row.number);
	query_bind_number(&query, "@refused_at", item->letter.row.refused_at);
	query_bind(&query, "@why", item->letter.row.why);
	query_bind(&query, "@bytes", item->letter.row.bytes);
	query_run(&query);
	result = query_end(&query);
	return result == SQLITE_OK ? cut_dead_letters(database, item->letter.sink)
				   : result;
}

static int put_baseline(struct database *database, const struct batch_item *item,
			us_time put_at)
{
	struct query query = query_begin(database, SQL_PUT_BASELINE);

	(void)put_at;
	query_bind(&query, "@kind", item->baseline.kind);
	query_bind(&query, "@key", item->baseline.key);
	query_bind_number(&query, "@first_at", item->baseline.first_at);
	query_bind_number(&query, "@last_at", item->baseline.last_at);
	query_bind_number(&query, "@count", (int64_t)item->baseline.count);
	query_run(&query);
	return query_end(&query);
}

static int drop_baseline(struct database *database, const struct batch_item *item,
			 us_time put_at)
{
	struct slice kind = item->baseline.kind, key = item->baseline.key;
	struct query query = query_begin(database, key.len    ? SQL_DROP_BASELINE
						   : kind.len ? SQL_DROP_BASELINES
							      : SQL_DROP_ALL_BASELINES);

	(void)put_at;
	if (kind.len || key.len)
		query_bind(&query, "@kind", kind);
	if (key.len)
		query_bind(&query, "@key", key);
	query_run(&query);
	return query_end(&query);
}

static int (*const put_item[])(struct database *database, const struct batch_item *item,
			       us_time put_at) = {
	[BATCH_EVENT] = put_event,	 [BATCH_TEXT] = put_text,
	[BATCH_VALUE] = put_value,	 [BATCH_LOGIN] = put_login,
	[BATCH_FINDING] = put_finding,	 [BATCH_DELIVERY] = put_delivery,
	[BATCH_DROP] = drop_delivery,	 [BATCH_DEAD_LETTER] = put_dead_letter,
	[BATCH_BASELINE] = put_baseline, [BATCH_FORGET] = drop_baseline,
};

static int put_items(struct store *store)
{
	int result = SQLITE_OK;

	for (const struct batch_item *item = store->batch.first;
	     item && result == SQLITE_OK; item = item->next) {
		FAULT_POINT("store-commit-item");
		result =
			put_item[item->kind](&store->database, item, store->batch.put_at);
	}
	return result;
}

static int put_numbers(struct store *store)
{
	int result = store_put_meta(store, META_BATCH, store->batch_number);

	if (result == SQLITE_OK && store->next_reference != store->saved_reference)
		result = store_put_meta(store, META_REFERENCE,
					(int64_t)store->next_reference);
	if (result == SQLITE_OK && store->next_number != store->saved_number)
		result = store_put_meta(store, META_NUMBER, (int64_t)store->next_number);
	for (unsigned i = 0; i < STORE_STREAMS && result == SQLITE_OK; i++) {
		if (store->next_sequence[i] != store->saved_sequence[i])
			result = store_put_meta(store, store_sequence_names[i],
						(int64_t)store->next_sequence[i]);
	}
	return result;
}

static int write_batch(struct store *store, bool *ret_is_full, struct err *err)
{
	int result;

	FAULT_POINT("store-commit-begin");
	result = store_begin(store);
	if (result == SQLITE_OK)
		result = put_items(store);
	if (result == SQLITE_OK)
		result = put_numbers(store);
	FAULT_POINT("store-commit-before");
	if (result == SQLITE_OK)
		result = run(store, SQL_COMMIT);
	FAULT_POINT("store-commit-after");
	if (result == SQLITE_OK)
		return result;
	*ret_is_full = database_is_full(&store->database, result);
	(void)database_fail(&store->database, "write", err);
	store_note_failure(store, result);
	database_roll_back(&store->database);
	return result;
}

static void finish_batch(struct store *store)
{
	store->batch_number++;
	store->saved_reference = store->next_reference;
	store->saved_number = store->next_number;
	memcpy(store->saved_sequence, store->next_sequence,
	       sizeof(store->saved_sequence));
	store->is_marked = true;
	batch_clear(&store->batch);
}

/* A commit that failed may have reached the disk all the same, its last bytes by no more
 * than the kernel's memory: then everything is written once more, to the database proper.
 */
static int is_written(struct store *store, bool *ret_is_written, struct err *err)
{
	*ret_is_written = store_get_meta(store, META_BATCH, 0) == store->batch_number;
	if (!*ret_is_written)
		return 0;
	if (sqlite3_wal_checkpoint_v2(store->database.connection, NULL,
				      SQLITE_CHECKPOINT_TRUNCATE, NULL,
				      NULL) == SQLITE_OK)
		return 0;
	store->must_reopen = true;
	return database_fail(&store->database, "write", err);
}

int store_commit(struct store *store, bool *ret_is_full, struct err *err)
{
	bool is_reopened = store->must_reopen;
	bool is_done = false;
	int result;

	*ret_is_full = false;
	if (batch_is_empty(&store->batch))
		return 0;
	if (store_need_database(store, err) < 0)
		return -1;
	if (is_reopened && is_written(store, &is_done, err) < 0)
		return -1;
	result = is_done ? SQLITE_OK : write_batch(store, ret_is_full, err);
	if (*ret_is_full && reserve_release(store->options.folder) &&
	    !store->must_reopen) {
		bool is_still_full;

		result = write_batch(store, &is_still_full, err);
	}
	if (result != SQLITE_OK)
		return -1;
	finish_batch(store);
	return 0;
}
