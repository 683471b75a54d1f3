/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/fingerprints.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"

static int compare(const void *left, const void *right)
{
	return memcmp(left, right, sizeof(struct fingerprint));
}

bool fingerprints_add(struct fingerprints *set, struct slice text)
{
	struct fingerprint *one;

	if (set->count == LIMIT_KEYS_OF_FILE || text.len >= FINGERPRINT_TEXT_BYTES)
		return false;
	if (set->count == set->room) {
		set->room = set->room ? 2 * set->room : 8;
		set->items = memory_resize(set->items, set->room, sizeof(*set->items));
	}
	one = &set->items[set->count++];
	memset(one, 0, sizeof(*one));
	memcpy(one->text, text.ptr, text.len);
	return true;
}

void fingerprints_sort(struct fingerprints *set)
{
	size_t kept = 0;

	if (set->count == 0)
		return;
	qsort(set->items, set->count, sizeof(*set->items), compare);
	for (size_t i = 0; i < set->count; i++)
		if (kept == 0 || compare(&set->items[i], &set->items[kept - 1]) != 0)
			set->items[kept++] = set->items[i];
	set->count = kept;
}

bool fingerprints_has(const struct fingerprints *set, const struct fingerprint *one)
{
	return set->count &&
	       bsearch(one, set->items, set->count, sizeof(*one), compare) != NULL;
}

void fingerprints_release(struct fingerprints *set)
{
	free(set->items);
	*set = (struct fingerprints){ NULL, 0, 0 };
}
