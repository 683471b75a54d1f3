/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/plane/sight.h"

#include "tests/support/check.h"
#include "tests/unit/agent/store/put.h"

static struct plane_sight nothing(void)
{
	return (struct plane_sight){ .from = US_TIME_NONE, .until = US_TIME_NONE };
}

static void test_extending(void)
{
	static const struct {
		const char *name;
		us_time had_from, had_until, from, until, want_from, want_until;
	} rows[] = {
		{ "the first", US_TIME_NONE, US_TIME_NONE, 10, 20, 10, 20 },
		{ "nothing new", 10, 20, 15, 12, 10, 20 },
		{ "overlapping", 10, 20, 15, 30, 10, 30 },
		{ "touching", 10, 20, 20, 30, 10, 30 },
		{ "inside", 10, 20, 12, 15, 10, 20 },
		{ "with a gap", 10, 20, 25, 30, 25, 30 },
		{ "from before", 10, 20, 5, 30, 5, 30 },
		{ "over its beginning", 10, 20, 5, 15, 5, 20 },
		{ "all before", 10, 20, 2, 5, 10, 20 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct plane_sight sight = { .from = rows[i].had_from,
					     .until = rows[i].had_until };

		check_row(rows[i].name);
		plane_sight_extend(&sight, rows[i].from, rows[i].until);
		CHECK_INT(sight.from, rows[i].want_from);
		CHECK_INT(sight.until, rows[i].want_until);
	}
}

static void test_storing(void)
{
	AUTO_SCRATCH struct scratch scratch;
	AUTO_STORE struct store *store = NULL;
	const struct plane_query query = { .attribute = "EventName",
					   .value = "StartSession",
					   .classes = 1 };
	const struct plane_query other = { .attribute = "Username" };
	struct plane_sight sight = nothing();
	struct store_opening opening;

	scratch_init(&scratch);
	store = store_in(scratch.folder, &opening);
	plane_sight_save(&sight, store, "111122223333/eu-west-1", &query);
	plane_sight_extend(&sight, at(10), at(20));
	plane_sight_save(&sight, store, "111122223333/eu-west-1", &query);
	store_put_value(store, "poll:111122223333/eu-west-1:Username=", SLICE("1 two"));
	commit(store);
	sight = nothing();
	plane_sight_load(&sight, store, "111122223333/eu-west-1", &query);
	CHECK_INT(sight.from, at(10));
	CHECK_INT(sight.until, at(20));
	CHECK_INT(sight.asked_at, US_TIME_NONE);
	plane_sight_load(&sight, store, "111122223333/eu-west-2", &query);
	CHECK_INT(sight.until, US_TIME_NONE);
	plane_sight_load(&sight, store, "111122223333/eu-west-1", &other);
	CHECK_INT(sight.until, US_TIME_NONE);
}

/* A class is proven as far as the least of its queries; a canary proves none. */
static void test_classes(void)
{
	const struct plane_kind *kind = plane_kind_find(SLICE("aws"));
	struct plane_sight sights[PLANE_QUERIES_MAX];
	uint32_t classes = plane_kind_classes(kind);
	us_time from, until;

	for (size_t i = 0; i < kind->query_count; i++) {
		sights[i] = nothing();
		if (kind->queries[i].classes)
			plane_sight_extend(&sights[i], (us_time)i, 100 - (us_time)i);
	}
	CHECK(classes & LOG_CLASS_BIT(LOG_CLASS_SSM));
	CHECK(plane_class_proven(kind, sights, LOG_CLASS_INSTANCE_CONNECT, &from,
				 &until));
	CHECK_INT(from, 1);
	CHECK_INT(until, 99);
	CHECK(plane_class_proven(kind, sights, LOG_CLASS_SSM, &from, &until));
	CHECK(from > 2 && until < 98);
	sights[3] = nothing();
	CHECK(!plane_class_proven(kind, sights, LOG_CLASS_SSM, &from, &until));
	CHECK(!plane_class_proven(kind, sights, LOG_CLASS_COUNT, &from, &until));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "extending", test_extending },
		{ "storing", test_storing },
		{ "classes", test_classes },
		{ NULL, NULL },
	};

	return check_run("agent/plane/sight", tests);
}
