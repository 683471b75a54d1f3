/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/option_list.h"

#include <assert.h>

#include "base/json.h"

void option_list_add(struct option_list *list, const char *name)
{
	assert(list->count < OPTION_LIST_MAX);
	list->items[list->count].name = name;
	list->items[list->count].has_value = false;
	list->count++;
}

void option_list_set(struct option_list *list, size_t index, struct slice value)
{
	assert(index < list->count);
	slice_take_suffix(&value, SLICE("\n"));
	value = slice_trim(value);
	if (value.len >= OPTION_VALUE_BYTES)
		return;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < ' ' || value.ptr[i] > '~')
			return;
	}
	if (value.len)
		memcpy(list->items[index].value, value.ptr, value.len);
	list->items[index].value[value.len] = '\0';
	list->items[index].has_value = true;
}

void option_list_add_value(struct option_list *list, const char *name, struct slice value)
{
	option_list_add(list, name);
	option_list_set(list, list->count - 1, value);
}

void option_list_write(const struct option_list *list, const char *cloud,
		       struct buf *body)
{
	struct json_writer writer;

	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "cloud", slice_text(cloud));
	json_open_array(&writer, "options");
	for (size_t i = 0; i < list->count; i++) {
		json_open_object(&writer, NULL);
		json_put_text(&writer, "name", slice_text(list->items[i].name));
		if (list->items[i].has_value)
			json_put_text(&writer, "value", slice_text(list->items[i].value));
		else
			json_put_null(&writer, "value");
		json_close_object(&writer);
	}
	json_close_array(&writer);
	json_close_object(&writer);
}
