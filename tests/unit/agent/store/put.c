/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/agent/store/put.h"

#include "tests/support/check.h"

const struct store_filter any = { .since = US_TIME_NONE,
				  .until = US_TIME_NONE,
				  .verdict = -1 };

void store_end(struct store **store)
{
	store_close(*store);
}

us_time at(int64_t seconds)
{
	return INT64_C(1717243200000000) + seconds * US_PER_SECOND;
}

struct store *store_in(const char *folder, struct store_opening *ret_opening)
{
	const struct store_options options = { .folder = folder,
					       .max_bytes = UINT64_C(64) * 1024 * 1024,
					       .keep = 90 * US_PER_DAY,
					       .keep_events = 7 * US_PER_DAY };
	struct store *store = NULL;
	struct err err;

	CHECK_OK(store_open(&options, &store, ret_opening, &err), &err);
	return store;
}

void commit(struct store *store)
{
	struct err err;
	bool is_full = true;

	CHECK_OK(store_commit(store, &is_full, &err), &err);
	CHECK(!is_full);
	CHECK_UINT(store_batch_bytes(store), 0);
}

struct id id_of(unsigned number)
{
	struct id id = { .bytes = { (uint8_t)(number >> 8), (uint8_t)number } };

	return id;
}

void put_login(struct store *store, unsigned number, int64_t seconds, enum path path,
	       enum verdict_kind verdict, const char *json)
{
	const struct store_login login = {
		.id = id_of(number),
		.happened_at = at(seconds),
		.changed_at = at(seconds + 5),
		.path = path,
		.verdict = verdict,
		.stage = STAGE_PROVISIONAL,
		.is_door = path != PATH_DIRECT_SSH && path != PATH_LOCAL,
		.json = slice_text(json),
		.told = number,
		.was_found = number % 2,
		.is_found = number % 3 == 1,
		.is_learned = number % 5 == 2,
	};

	store_put_login(store, &login);
}

void put_finding(struct store *store, unsigned number, unsigned login, int64_t seconds,
		 const char *json)
{
	const struct store_finding finding = {
		.id = id_of(number),
		.login_id = login ? id_of(login) : (struct id){ .bytes = { 0 } },
		.happened_at = at(seconds),
		.changed_at = at(seconds + 5),
		.severity = 2,
		.is_open = true,
		.rule = SLICE("login-without-api-call"),
		.json = slice_text(json),
	};

	store_put_finding(store, &finding);
}

void put_delivery(struct store *store, const char *sink, uint64_t number,
		  const char *bytes)
{
	const struct store_delivery delivery = {
		.number = number,
		.told_at = at((int64_t)number),
		.stream = (uint8_t)(number % STORE_STREAMS),
		.severity = (uint8_t)(number % 5),
		.key = SLICE("a-key"),
		.bytes = slice_text(bytes),
	};

	store_put_delivery(store, sink, &delivery);
}

static bool take_event(void *ctx, us_time fed_at, struct slice code)
{
	buf_append_format(ctx, "%lld:%.*s ",
			  (long long)((fed_at - at(0)) / US_PER_SECOND), SLICE_ARG(code));
	return true;
}

const char *list_events(struct store *store, struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_event(store, take_event, buf, &err), &err);
	return buf_text(buf);
}

bool take_login(void *ctx, const struct store_login *login)
{
	buf_append_format(ctx, "%.*s ", SLICE_ARG(login->json));
	return true;
}

bool take_finding(void *ctx, const struct store_finding *finding)
{
	buf_append_format(ctx, "%.*s ", SLICE_ARG(finding->json));
	return true;
}

const char *list_logins(struct store *store, const struct store_filter *filter,
			struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_login(store, filter, take_login, buf, &err), &err);
	return buf_text(buf);
}

const char *list_findings(struct store *store, const struct store_filter *filter,
			  struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_finding(store, filter, take_finding, buf, &err), &err);
	return buf_text(buf);
}

static bool take_delivery(void *ctx, const struct store_delivery *delivery)
{
	buf_append_format(ctx, "%llu:%.*s ", (unsigned long long)delivery->number,
			  SLICE_ARG(delivery->bytes));
	return true;
}

const char *list_deliveries(struct store *store, const char *sink, uint64_t limit,
			    struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_delivery(store, sink, limit, take_delivery, buf, &err), &err);
	return buf_text(buf);
}

static bool take_value(void *ctx, const char *name, struct slice value)
{
	buf_append_format(ctx, "%s=%.*s ", name, SLICE_ARG(value));
	return true;
}

const char *list_values(struct store *store, const char *prefix, struct buf *buf)
{
	struct err err;

	buf_clear(buf);
	CHECK_OK(store_each_value(store, prefix, take_value, buf, &err), &err);
	return buf_text(buf);
}
