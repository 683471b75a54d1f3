/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/login_count.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/memory.h"

void login_count_init(struct login_count *counts, const struct ask_options *options,
		      struct arena *arena)
{
	*counts = (struct login_count){
		.options = options,
		.arena = arena,
		.hash_key = hash_key_random(),
	};
	map_init(&counts->by_values);
}

void login_count_release(struct login_count *counts)
{
	map_release(&counts->by_values);
	free(counts->groups);
}

/* Who let it in: the principal of the call that vouches, else nobody. */
static struct slice principal_of(const struct verdict *verdict)
{
	return verdict->api_call ? verdict->api_call->api_call.principal
				 : (struct slice){ NULL, 0 };
}

static struct slice value_of(const struct verdict *verdict, enum count_key key)
{
	switch (key) {
	case COUNT_PRINCIPAL:
		return principal_of(verdict);
	case COUNT_SOURCE_IP:
		return verdict->login->source_ip;
	case COUNT_PATH:
		return slice_text(path_word(verdict->login->path));
	case COUNT_VERDICT:
		return slice_text(verdict_word(verdict->verdict));
	case COUNT_OS_USER:
		return verdict->login->os_user;
	case COUNT_KEY_COUNT:
		break;
	}
	return (struct slice){ NULL, 0 };
}

static bool has_values(const void *entry, const void *key)
{
	const struct login_group *group = entry, *wanted = key;

	for (size_t i = 0; i < COUNT_KEY_COUNT; i++) {
		if (!slice_equal(group->values[i], wanted->values[i]))
			return false;
	}
	return true;
}

static struct login_group *add_group(struct login_count *counts,
				     const struct login_group *like)
{
	struct login_group *group = arena_new(counts->arena, sizeof(*group));

	for (size_t i = 0; i < COUNT_KEY_COUNT; i++)
		group->values[i] = arena_copy(counts->arena, like->values[i]);
	if (counts->count == counts->size) {
		counts->size = counts->size ? 2 * counts->size : 64;
		counts->groups = memory_resize(counts->groups, counts->size,
					       sizeof(struct login_group *));
	}
	counts->groups[counts->count++] = group;
	return group;
}

void login_count_add(struct login_count *counts, const struct verdict *verdict)
{
	struct login_group wanted = { .count = 0 };
	struct login_group *group;
	uint64_t hash = 0;

	for (size_t i = 0; i < counts->options->count_by_count; i++) {
		wanted.values[i] = value_of(verdict, counts->options->count_by[i]);
		hash = hash_mix(hash, hash_bytes(&counts->hash_key, wanted.values[i]));
	}
	group = map_find(&counts->by_values, hash, has_values, &wanted);
	if (!group) {
		group = add_group(counts, &wanted);
		map_add(&counts->by_values, hash, group);
	}
	group->count++;
}

static int compare(const void *left, const void *right)
{
	const struct login_group *a = *(struct login_group *const *)left;
	const struct login_group *b = *(struct login_group *const *)right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	for (size_t i = 0; i < COUNT_KEY_COUNT; i++) {
		int order = slice_compare(a->values[i], b->values[i]);

		if (order)
			return order;
	}
	return 0;
}

void login_count_sort(struct login_count *counts)
{
	if (counts->count)
		qsort(counts->groups, counts->count, sizeof(struct login_group *),
		      compare);
}

void login_count_append_json(const struct login_count *counts,
			     const struct login_group *group, struct buf *buf)
{
	struct json_writer writer;

	json_begin(&writer, buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("count"));
	json_put_number(&writer, "count", (int64_t)group->count);
	for (size_t i = 0; i < counts->options->count_by_count; i++)
		json_put_text_or_null(&writer,
				      count_key_word(counts->options->count_by[i]),
				      group->values[i]);
	json_close_object(&writer);
}
