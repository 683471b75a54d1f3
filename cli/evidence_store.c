/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/evidence_store.h"

#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"

void evidence_store_init(struct evidence_store *store, struct arena *arena)
{
	*store = (struct evidence_store){ .arena = arena };
}

void evidence_store_release(struct evidence_store *store)
{
	free(store->texts);
	evidence_store_init(store, store->arena);
}

uint64_t evidence_store_next(const struct evidence_store *store)
{
	return store->count + 1;
}

static struct slice copy_line(struct evidence_store *store, struct slice line)
{
	if (line.len == 0)
		return (struct slice){ NULL, 0 };
	return arena_copy(store->arena, slice_first(line, LIMIT_SYSLOG_LINE_BYTES));
}

void evidence_store_keep(struct evidence_store *store, struct slice source,
			 struct slice cursor, struct slice line)
{
	if (store->count == store->size) {
		store->size = store->size ? 2 * store->size : 1024;
		store->texts =
			memory_resize(store->texts, store->size, sizeof(*store->texts));
	}
	store->texts[store->count++] = (struct evidence_text){
		.source = source,
		.cursor = arena_copy(store->arena, cursor),
		.line = copy_line(store, line),
	};
}

void evidence_store_set_line(struct evidence_store *store, uint64_t reference,
			     struct slice line)
{
	if (reference && reference <= store->count)
		store->texts[reference - 1].line = copy_line(store, line);
}

bool evidence_store_find(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	const struct evidence_store *store = ctx;

	if (reference == 0 || reference > store->count)
		return false;
	*ret_text = store->texts[reference - 1];
	return true;
}
