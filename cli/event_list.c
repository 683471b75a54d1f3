/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/event_list.h"

#include <stdlib.h>

#include "base/memory.h"
#include "correlator/event_copy.h"

void event_list_init(struct event_list *list, struct arena *arena)
{
	*list = (struct event_list){ .arena = arena };
}

void event_list_release(struct event_list *list)
{
	free(list->events);
	event_list_init(list, list->arena);
}

static struct slice copy_if_any(struct arena *arena, struct slice slice)
{
	return slice.len ? arena_copy(arena, slice) : (struct slice){ NULL, 0 };
}

static struct slice keep_text(void *ctx, struct slice text)
{
	return arena_copy(ctx, text);
}

static const struct slice *keep_list(void *ctx, const struct slice *texts, uint32_t count)
{
	return arena_copy_slices(ctx, texts, count);
}

/* All but the host name, which the list copies once for many events. */
static struct event *copy_but_host(struct arena *arena, const struct event *event)
{
	const struct event_keeper keeper = { keep_text, keep_list, arena };
	struct event *copy = arena_new(arena, sizeof(*copy));

	*copy = *event;
	event_keep(copy, &keeper);
	return copy;
}

struct event *event_copy(struct arena *arena, const struct event *event)
{
	struct event *copy = copy_but_host(arena, event);

	copy->host = copy_if_any(arena, event->host);
	return copy;
}

struct login *login_copy(struct arena *arena, const struct login *login)
{
	struct login *copy = arena_new(arena, sizeof(*copy));
	uint64_t *evidence =
		arena_new(arena, login->evidence_count * sizeof(*login->evidence));

	*copy = *login;
	copy->host = copy_if_any(arena, login->host);
	copy->os_user = copy_if_any(arena, login->os_user);
	copy->source_ip = copy_if_any(arena, login->source_ip);
	copy->tty = copy_if_any(arena, login->tty);
	copy->session_id = copy_if_any(arena, login->session_id);
	copy->command_id = copy_if_any(arena, login->command_id);
	copy->key_fingerprint = copy_if_any(arena, login->key_fingerprint);
	copy->principal_hint = copy_if_any(arena, login->principal_hint);
	copy->hint = login->hint ? arena_copy(arena, slice_text(login->hint)).ptr : NULL;
	if (login->evidence_count)
		memcpy(evidence, login->evidence,
		       login->evidence_count * sizeof(*evidence));
	copy->evidence = evidence;
	return copy;
}

void event_list_add(struct event_list *list, const struct event *event)
{
	struct event *copy = copy_but_host(list->arena, event);

	if (!slice_equal(list->last_host, event->host))
		list->last_host = copy_if_any(list->arena, event->host);
	copy->host = event->host.len ? list->last_host : (struct slice){ NULL, 0 };

	if (list->count == list->size) {
		list->size = list->size ? 2 * list->size : 1024;
		list->events =
			memory_resize(list->events, list->size, sizeof(struct event *));
	}
	list->events[list->count++] = copy;
}

/* What is compared when sorting: no event is touched for it. */
struct place {
	us_time happened_at;
	unsigned rank;
	size_t index;
};

static unsigned rank_of(const struct event *event)
{
	if (event->kind == EVENT_API_CALL)
		return 0;
	return event->source == HOST_SOURCE_JOURNAL ? 1 : 2;
}

static int compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	if (a->happened_at != b->happened_at)
		return a->happened_at < b->happened_at ? -1 : 1;
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return (a->index > b->index) - (a->index < b->index);
}

void event_list_sort(struct event_list *list)
{
	struct place *places;
	struct event **sorted;

	if (list->count == 0)
		return;
	places = memory_new(list->count, sizeof(*places));
	sorted = memory_new(list->count, sizeof(struct event *));
	for (size_t i = 0; i < list->count; i++)
		places[i] = (struct place){ list->events[i]->happened_at,
					    rank_of(list->events[i]), i };
	qsort(places, list->count, sizeof(*places), compare_places);
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = list->events[places[i].index];

	free(places);
	free(list->events);
	list->events = sorted;
	list->size = list->count;
}
