/* SPDX-License-Identifier: Apache-2.0 */
/* When the host started and went down. */
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "correlator/console.h"
#include "correlator/session.h"

size_t boots_from(const struct correlator *correlator, us_time time)
{
	const struct boots *boots = &correlator->boots;
	size_t low = 0, high = boots->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (boots->items[middle].at < time)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool boots_between(const struct correlator *correlator, us_time from, us_time until)
{
	size_t at = boots_from(correlator, from);

	return at < correlator->boots.count && correlator->boots.items[at].at <= until;
}

/* Drops as many from the front. */
static void drop_oldest(struct boots *boots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		boots->waiting -= boots->items[i].waits;
	boots->count -= count;
	if (boots->count)
		memmove(boots->items, boots->items + count,
			boots->count * sizeof(*boots->items));
}

void boots_forget(struct correlator *correlator, us_span keep)
{
	struct boots *boots = &correlator->boots;

	if (boots->count)
		drop_oldest(boots, boots_from(correlator,
					      boots->items[boots->count - 1].at - keep));
}

/* NULL when it is known already, or too old to be kept. */
static struct boot_mark *add_mark(struct correlator *correlator, us_time at)
{
	struct boots *boots = &correlator->boots;
	size_t position = boots_from(correlator, at);

	if (position < boots->count && boots->items[position].at == at)
		return NULL;
	if (boots->count == LIMIT_BOOTS) {
		if (position == 0)
			return NULL;
		drop_oldest(boots, 1);
		position--;
	}
	if (boots->count == boots->size) {
		boots->size = boots->size ? boots->size * 2 : 8;
		boots->items =
			memory_resize(boots->items, boots->size, sizeof(*boots->items));
	}
	memmove(&boots->items[position + 1], &boots->items[position],
		(boots->count++ - position) * sizeof(*boots->items));
	return &boots->items[position];
}

void session_take_boot(struct correlator *correlator, const struct event *event)
{
	struct boot_mark *boot = add_mark(correlator, event->happened_at);

	if (!boot)
		return;
	*boot = (struct boot_mark){ event->happened_at, event->evidence, false };
	if (!correlator->options.logs_are_complete)
		observe_boot(correlator, boot);
}
