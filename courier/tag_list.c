/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/tag_list.h"

#include "base/limits.h"

void tag_list_begin(struct tag_list *list)
{
	list->is_said = true;
	list->is_cut = false;
	list->count = 0;
	list->used = 0;
}

static bool is_plain(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.ptr[i] < ' ' || text.ptr[i] == 0x7f)
			return false;
	}
	return true;
}

void tag_list_add(struct tag_list *list, struct slice key, struct slice value)
{
	char *to = list->bytes + list->used;

	if (list->is_cut)
		return;
	if (key.len == 0 || list->count == MESSAGE_LIST_MAX ||
	    key.len > LIMIT_TAG_BYTES || value.len > LIMIT_TAG_BYTES - key.len ||
	    key.len + value.len + 2 > sizeof(list->bytes) - list->used ||
	    !is_plain(key) || !is_plain(value)) {
		list->is_cut = true;
		return;
	}
	list->starts[list->count++] = list->used;
	memcpy(to, key.ptr, key.len);
	to[key.len] = '=';
	if (value.len)
		memcpy(to + key.len + 1, value.ptr, value.len);
	to[key.len + 1 + value.len] = '\0';
	list->used += key.len + value.len + 2;
}

void tag_list_configure(struct tag_list *list, const struct config_list *tags)
{
	if (tags->count)
		tag_list_begin(list);
	for (size_t i = 0; i < tags->count; i++) {
		struct slice value = slice_text(tags->items[i]), key = value;

		slice_take_until(&value, '=', &key);
		tag_list_add(list, key, value);
	}
}

bool tag_list_is_known(const struct tag_list *list)
{
	return list->is_said && !list->is_cut;
}

const char *tag_list_at(const struct tag_list *list, size_t index)
{
	return list->bytes + list->starts[index];
}

void tag_list_tell(const struct tag_list *list, struct identity_answer *answer)
{
	answer->has_tags = tag_list_is_known(list);
	answer->tag_count = 0;
	while (answer->has_tags && answer->tag_count < list->count) {
		answer->tags[answer->tag_count] =
			slice_text(tag_list_at(list, (size_t)answer->tag_count));
		answer->tag_count++;
	}
}
