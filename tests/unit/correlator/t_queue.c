/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/queue.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/event_stream.h"

#define ITEMS 5000

static int items[ITEMS];

static void test_empty(void)
{
	struct queue queue = { 0 };

	queue_release(&queue);
	queue_add(&queue, &items[1]);
	CHECK(queue_take(&queue) == &items[1]);
	CHECK_UINT(queue.count, 0);
	queue_release(&queue);
	CHECK(queue.items == NULL);
}

/* Adds and takes in bursts: first in, first out, and room is used again. */
static void test_order(void)
{
	struct queue queue = { 0 };
	uint64_t state = 3;
	size_t added = 0, taken = 0, most = 0;

	while (taken < ITEMS) {
		size_t burst = random_next(&state) % 40;

		for (size_t i = 0; i < burst && added < ITEMS; i++)
			queue_add(&queue, &items[added++]);
		most = queue.count > most ? queue.count : most;
		for (size_t i = 0; i < queue.count; i += 7)
			CHECK(queue_at(&queue, i) == &items[taken + i]);
		burst = random_next(&state) % 42;
		for (size_t i = 0; i < burst && queue.count; i++)
			CHECK(queue_take(&queue) == &items[taken++]);
		CHECK_UINT(queue.count, added - taken);
	}
	CHECK(queue.size <= 4 * most + 16);
	queue_release(&queue);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "empty", test_empty },
		{ "first in, first out", test_order },
		{ NULL, NULL },
	};

	return check_run("correlator/queue", tests);
}
