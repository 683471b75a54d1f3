/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: what was committed, as it was put. */
#include "agent/store/private.h"
#include "base/digest.h"

int store_end_reading(struct store *store, struct query *query, struct err *err)
{
	int result = query_end(query);

	if (result == SQLITE_OK)
		return 0;
	(void)database_fail(&store->database, "read", err);
	store_note_failure(store, result);
	return -1;
}

bool store_has_key(struct store *store, struct slice key)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;
	struct query query;
	struct err err;
	bool is_there;

	if (key.len == 0)
		return false;
	if (batch_has_key(&store->batch, key))
		return true;
	if (store_need_database(store, &err) < 0)
		return false;
	sha256_init(&sha256);
	sha256_add(&sha256, key);
	sha256_finish(&sha256, digest);
	query = query_begin(&store->database, SQL_HAS_KEY);
	query_bind(&query, "@key", slice_of((const char *)digest, ID_BYTES));
	is_there = query_step(&query);
	return store_end_reading(store, &query, &err) == 0 && is_there;
}

int store_each_event(struct store *store,
		     bool (*take)(void *ctx, us_time fed_at, struct slice code),
		     void *ctx, struct err *err)
{
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_EVENT);
	while (query_step(&query) &&
	       take(ctx, query_number(&query, 0), query_bytes(&query, 1)))
		;
	return store_end_reading(store, &query, err);
}

/* ---- values ---- */

bool store_get_value(struct store *store, const char *name, struct buf *buf)
{
	struct query query;
	struct err err;
	bool is_there;

	buf_clear(buf);
	if (store_need_database(store, &err) < 0)
		return false;
	query = query_begin(&store->database, SQL_GET_VALUE);
	query_bind_text(&query, "@name", name);
	is_there = query_step(&query) && buf_append(buf, query_bytes(&query, 0));
	return store_end_reading(store, &query, &err) == 0 && is_there;
}

int store_each_value(struct store *store, const char *prefix,
		     bool (*take)(void *ctx, const char *name, struct slice value),
		     void *ctx, struct err *err)
{
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_VALUE);
	query_bind_text(&query, "@prefix", prefix);
	while (query_step(&query)) {
		const char *name = (const char *)sqlite3_column_text(query.statement, 0);

		if (!take(ctx, name ? name : "", query_bytes(&query, 1)))
			break;
	}
	return store_end_reading(store, &query, err);
}

/* ---- logins and findings ---- */

static void get_id(const struct query *query, int column, struct id *id)
{
	struct slice bytes = query_bytes(query, column);

	*id = (struct id){ .bytes = { 0 } };
	if (bytes.len == ID_BYTES)
		memcpy(id->bytes, bytes.ptr, ID_BYTES);
}

/* The number of the constant whose word it is; 0 for none, as in a newer one's data. */
static int word_number(struct slice text, int count, const char *(*word)(int number))
{
	for (int i = 0; i < count; i++)
		if (slice_equal(text, slice_text(word(i))))
			return i;
	return 0;
}

static const char *path_at(int number)
{
	return path_word((enum path)number);
}

static const char *verdict_at(int number)
{
	return verdict_word((enum verdict_kind)number);
}

static const char *stage_at(int number)
{
	return stage_word((enum stage)number);
}

static void get_login(const struct query *query, struct store_login *login)
{
	get_id(query, 0, &login->id);
	login->happened_at = query_number(query, 1);
	login->changed_at = query_number(query, 2);
	login->path = (enum path)word_number(query_bytes(query, 3), PATH_COUNT, path_at);
	login->verdict = (enum verdict_kind)word_number(query_bytes(query, 4),
							VERDICT_COUNT, verdict_at);
	login->stage =
		(enum stage)word_number(query_bytes(query, 5), STAGE_COUNT, stage_at);
	login->is_door = query_number(query, 6) != 0;
	login->json = query_bytes(query, 7);
	login->told = (uint64_t)query_number(query, 8);
	login->was_found = query_number(query, 9) != 0;
	login->is_found = query_number(query, 10) != 0;
	login->is_learned = query_number(query, 11) != 0;
}

static void get_finding(const struct query *query, struct store_finding *finding)
{
	get_id(query, 0, &finding->id);
	get_id(query, 1, &finding->login_id);
	finding->happened_at = query_number(query, 2);
	finding->changed_at = query_number(query, 3);
	finding->severity = (uint8_t)query_number(query, 4);
	finding->is_open = query_number(query, 5) != 0;
	finding->rule = query_bytes(query, 6);
	finding->json = query_bytes(query, 7);
}

static void bind_filter(struct query *query, const struct store_filter *filter)
{
	bool has_verdict = filter->verdict >= 0 && filter->verdict < VERDICT_COUNT;

	query_bind_number(query, "@since",
			  filter->since == US_TIME_NONE ? INT64_MIN : filter->since);
	query_bind_number(query, "@until",
			  filter->until == US_TIME_NONE ? INT64_MAX : filter->until);
	query_bind_text(query, "@path", path_word(filter->path));
	query_bind_text(query, "@verdict",
			has_verdict ? verdict_at(filter->verdict) : "");
	query_bind_number(query, "@doors_only", filter->doors_only);
}

/* Where the newest filter->limit begin: all of them, if there are fewer. */
struct border {
	us_time at;
	struct id id;
};

static int find_border(struct store *store, enum sql sql,
		       const struct store_filter *filter, struct border *ret_border,
		       struct err *err)
{
	struct border border = { .at = INT64_MIN };
	struct query query;

	if (filter->limit > 0) {
		query = query_begin(&store->database, sql);
		bind_filter(&query, filter);
		query_bind_number(&query, "@limit",
				  filter->limit > INT64_MAX ? INT64_MAX
							    : (int64_t)filter->limit);
		if (query_step(&query)) {
			border.at = query_number(&query, 0);
			get_id(&query, 1, &border.id);
		}
		if (store_end_reading(store, &query, err) < 0)
			return -1;
	}
	*ret_border = border;
	return 0;
}

/* The query over what the filter lets through. The border must outlive it. */
static struct query begin_filtered(struct store *store, enum sql sql,
				   const struct store_filter *filter,
				   const struct border *border)
{
	struct query query = query_begin(&store->database, sql);

	bind_filter(&query, filter);
	query_bind_number(&query, "@from_at", border->at);
	query_bind(&query, "@from_id",
		   slice_of((const char *)border->id.bytes, ID_BYTES));
	return query;
}

int store_each_login(struct store *store, const struct store_filter *filter,
		     bool (*take)(void *ctx, const struct store_login *login), void *ctx,
		     struct err *err)
{
	struct store_login login;
	struct border border;
	struct query query;

	if (store_need_database(store, err) < 0 ||
	    find_border(store, SQL_FIRST_LOGIN, filter, &border, err) < 0)
		return -1;
	query = begin_filtered(store, SQL_EACH_LOGIN, filter, &border);
	while (query_step(&query)) {
		get_login(&query, &login);
		if (!take(ctx, &login))
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_each_finding(struct store *store, const struct store_filter *filter,
		       bool (*take)(void *ctx, const struct store_finding *finding),
		       void *ctx, struct err *err)
{
	struct store_finding finding;
	struct border border;
	struct query query;

	if (store_need_database(store, err) < 0 ||
	    find_border(store, SQL_FIRST_FINDING, filter, &border, err) < 0)
		return -1;
	query = begin_filtered(store, SQL_EACH_FINDING, filter, &border);
	while (query_step(&query)) {
		get_finding(&query, &finding);
		if (!take(ctx, &finding))
			break;
	}
	return store_end_reading(store, &query, err);
}

static int digit_of(char character)
{
	if (character >= '0' && character <= '9')
		return character - '0';
	if (character >= 'a' && character <= 'f')
		return character - 'a' + 10;
	if (character >= 'A' && character <= 'F')
		return character - 'A' + 10;
	return -1;
}

/* The first and the last id that begin with the digits; false when none can. */
static bool id_range(struct slice prefix, struct id *first, struct id *last)
{
	if (prefix.len == 0 || prefix.len > (size_t)2 * ID_BYTES)
		return false;
	memset(first->bytes, 0, ID_BYTES);
	memset(last->bytes, 0xff, ID_BYTES);
	for (size_t i = 0; i < prefix.len; i++) {
		int digit = digit_of(prefix.ptr[i]);
		unsigned shift = i % 2 ? 0 : 4;

		if (digit < 0)
			return false;
		first->bytes[i / 2] = (uint8_t)(first->bytes[i / 2] | digit << shift);
		last->bytes[i / 2] =
			(uint8_t)(last->bytes[i / 2] & ~((15 - digit) << shift));
	}
	return true;
}

static struct query begin_range(struct store *store, enum sql sql, const struct id *first,
				const struct id *last)
{
	struct query query = query_begin(&store->database, sql);

	query_bind(&query, "@first", slice_of((const char *)first->bytes, ID_BYTES));
	query_bind(&query, "@last", slice_of((const char *)last->bytes, ID_BYTES));
	return query;
}

int store_find_login(struct store *store, struct slice prefix,
		     bool (*take)(void *ctx, const struct store_login *login), void *ctx,
		     struct err *err)
{
	struct store_login login;
	struct id first, last;
	struct query query;

	if (!id_range(prefix, &first, &last))
		return 0;
	if (store_need_database(store, err) < 0)
		return -1;
	query = begin_range(store, SQL_FIND_LOGIN, &first, &last);
	while (query_step(&query)) {
		get_login(&query, &login);
		if (!take(ctx, &login))
			break;
	}
	return store_end_reading(store, &query, err);
}

int store_find_finding(struct store *store, struct slice prefix,
		       bool (*take)(void *ctx, const struct store_finding *finding),
		       void *ctx, struct err *err)
{
	struct store_finding finding;
	struct id first, last;
	struct query query;

	if (!id_range(prefix, &first, &last))
		return 0;
	if (store_need_database(store, err) < 0)
		return -1;
	query = begin_range(store, SQL_FIND_FINDING, &first, &last);
	while (query_step(&query)) {
		get_finding(&query, &finding);
		if (!take(ctx, &finding))
			break;
	}
	return store_end_reading(store, &query, err);
}

bool store_has_finding(struct store *store, const struct id *id)
{
	struct query query;
	struct err err;
	bool is_there;

	if (batch_has_finding(&store->batch, id))
		return true;
	if (store_need_database(store, &err) < 0)
		return false;
	query = begin_range(store, SQL_FIND_FINDING, id, id);
	is_there = query_step(&query);
	return store_end_reading(store, &query, &err) == 0 && is_there;
}

int store_findings_of(struct store *store, const struct id *login_id,
		      bool (*take)(void *ctx, const struct store_finding *finding),
		      void *ctx, struct err *err)
{
	struct store_finding finding;
	struct query query;

	for (const struct batch_item *item = batch_findings_of(&store->batch, login_id);
	     item; item = item->finding.older)
		if (!take(ctx, &item->finding.row))
			return 0;
	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_FINDINGS_OF);
	query_bind(&query, "@login_id",
		   slice_of((const char *)login_id->bytes, ID_BYTES));
	while (query_step(&query)) {
		get_finding(&query, &finding);
		if (!batch_has_finding(&store->batch, &finding.id) &&
		    !take(ctx, &finding))
			break;
	}
	return store_end_reading(store, &query, err);
}

/* ---- texts ---- */

static void keep_found(struct store *store, const struct query *query,
		       struct store_text *text)
{
	struct slice *const parts[] = { &text->source, &text->cursor, &text->line };
	size_t starts[3];

	buf_clear(&store->found);
	for (int i = 0; i < 3; i++) {
		starts[i] = store->found.len;
		*parts[i] = query_bytes(query, i + 1);
		buf_append(&store->found, *parts[i]);
	}
	for (int i = 0; i < 3; i++)
		parts[i]->ptr = buf_text(&store->found) + starts[i];
}

bool store_find_text(struct store *store, uint64_t reference, struct store_text *ret_text)
{
	const struct store_text *text = batch_find_text(&store->batch, reference);
	struct query query;
	struct err err;
	bool is_there;

	if (text) {
		*ret_text = *text;
		return true;
	}
	if (store_need_database(store, &err) < 0)
		return false;
	query = query_begin(&store->database, SQL_FIND_TEXT);
	query_bind_number(&query, "@reference", (int64_t)reference);
	is_there = query_step(&query);
	if (is_there) {
		ret_text->reference = reference;
		ret_text->at = query_number(&query, 0);
		keep_found(store, &query, ret_text);
	}
	return store_end_reading(store, &query, &err) == 0 && is_there;
}

/* ---- what was learned ---- */

int store_each_baseline(struct store *store,
			bool (*take)(void *ctx, const struct store_baseline *row),
			void *ctx, struct err *err)
{
	struct query query;

	if (store_need_database(store, err) < 0)
		return -1;
	query = query_begin(&store->database, SQL_EACH_BASELINE);
	while (query_step(&query)) {
		const struct store_baseline row = {
			.kind = query_bytes(&query, 0),
			.key = query_bytes(&query, 1),
			.first_at = query_number(&query, 2),
			.last_at = query_number(&query, 3),
			.count = (uint64_t)query_number(&query, 4),
		};

		if (!take(ctx, &row))
			break;
	}
	return store_end_reading(store, &query, err);
}
