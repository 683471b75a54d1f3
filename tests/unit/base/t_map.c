/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "tests/support/check.h"

#define ITEMS 1000

struct item {
	int number;
	uint64_t hash;
	bool present;
};

static bool has_number(const void *entry, const void *key)
{
	return ((const struct item *)entry)->number == *(const int *)key;
}

static const struct item *find(const struct map *map, uint64_t hash, int number)
{
	return map_find(map, hash, has_number, &number);
}

static void test_empty(void)
{
	struct map map;
	struct item item = { 1, 1, false };

	map_init(&map);
	CHECK(find(&map, 1, 1) == NULL);
	CHECK(!map_remove(&map, 1, &item));
	map_release(&map);
	map_release(&map);
}

static void test_same_hash(void)
{
	struct item a = { 1, 9, false }, b = { 2, 9, false }, other = { 1, 25, false };
	struct map map;

	map_init(&map);
	map_add(&map, 9, &a);
	map_add(&map, 9, &b);
	map_add(&map, 25, &other);
	CHECK(find(&map, 9, 1) == &a);
	CHECK(find(&map, 9, 2) == &b);
	CHECK(find(&map, 9, 3) == NULL);
	CHECK(find(&map, 25, 1) == &other);
	CHECK(find(&map, 25, 2) == NULL);
	CHECK(map_remove(&map, 9, &a));
	CHECK(!map_remove(&map, 9, &a));
	CHECK(find(&map, 9, 1) == NULL);
	CHECK(find(&map, 9, 2) == &b);
	CHECK(find(&map, 25, 1) == &other);
	CHECK_UINT(map.count, 2);
	map_release(&map);
}

static unsigned next_random(unsigned *state)
{
	*state = *state * 1103515245U + 12345U;
	return *state >> 8;
}

static bool map_agrees(const struct map *map, const struct item *items, size_t want_count)
{
	if (map->count != want_count || map->used < map->count || map->used >= map->size)
		return false;
	for (size_t i = 0; i < ITEMS; i++) {
		const struct item *found = find(map, items[i].hash, items[i].number);

		if (found != (items[i].present ? &items[i] : NULL))
			return false;
	}
	return true;
}

/* Against the plain array as model, with hashes that collide wholly, nearly, or not. */
static void test_model(void)
{
	static const struct {
		const char *name;
		uint64_t spread;
	} rows[] = {
		{ "few hashes", 7 },
		{ "neighbours", 1500 },
		{ "far apart", UINT64_C(0x9e3779b97f4a7c15) },
	};
	static struct item items[ITEMS];

	for (size_t r = 0; r < COUNT_OF(rows); r++) {
		unsigned state = 1;
		size_t count = 0;
		struct map map;

		check_row(rows[r].name);
		map_init(&map);
		for (int i = 0; i < ITEMS; i++)
			items[i] = (struct item){ i,
						  (uint64_t)i * 0xd6e8feb86659fd93 %
							  rows[r].spread,
						  false };
		for (unsigned step = 0; step < 40000; step++) {
			struct item *item = &items[next_random(&state) % ITEMS];

			if (item->present) {
				CHECK(map_remove(&map, item->hash, item));
				count--;
			} else {
				map_add(&map, item->hash, item);
				count++;
			}
			item->present = !item->present;
			if (step % 1000 == 999 && !CHECK(map_agrees(&map, items, count)))
				break;
		}
		CHECK(map.size <= 2048);
		map_release(&map);
	}
}

static void test_stays_small(void)
{
	struct item item = { 1, 0, true };
	struct map map;

	map_init(&map);
	for (uint64_t hash = 0; hash < 100000; hash++) {
		map_add(&map, hash * 3, &item);
		if (!map_remove(&map, hash * 3, &item))
			break;
	}
	CHECK_UINT(map.count, 0);
	CHECK_UINT(map.size, 16);
	map_release(&map);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "empty", test_empty },
		{ "entries of one hash", test_same_hash },
		{ "against a model", test_model },
		{ "removed entries cost nothing", test_stays_small },
		{ NULL, NULL },
	};

	return check_run("base/map", tests);
}
