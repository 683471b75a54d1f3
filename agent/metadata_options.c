/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/metadata_options.h"

#include "base/cleanup.h"

static bool is_printable(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			return false;
	}
	return text.len <= LIMIT_METADATA_OPTION_BYTES;
}

static bool read_option(const json_t *item, struct metadata_options *options)
{
	const json_t *value = json_at(item, "value");
	struct slice name = json_text_at(item, "name");

	if (options->count == LIMIT_METADATA_OPTIONS || name.len == 0 ||
	    !is_printable(name) || (value && !json_is_string(value)) ||
	    !is_printable(json_slice(value)))
		return false;
	options->options[options->count].name = name;
	options->options[options->count].value =
		value ? json_slice(value) : (struct slice){ NULL, 0 };
	options->count++;
	return true;
}

int metadata_options_read(struct slice text, struct metadata_options *ret_options,
			  struct err *err)
{
	struct metadata_options options = { .count = 0 };
	AUTO_JSON json_t *root = NULL;
	const json_t *list;

	if (json_read(text, &root, err) < 0)
		return err_add(err, "the options of metadata");
	options.cloud = json_text_at(root, "cloud");
	list = json_at(root, "options");
	if (options.cloud.len == 0 || !is_printable(options.cloud) ||
	    !json_is_array(list))
		return err_set(err, ERR_FORMAT, "the options of metadata are none");
	for (size_t i = 0; i < json_array_size(list); i++) {
		if (!read_option(json_array_get(list, i), &options))
			return err_set(err, ERR_FORMAT,
				       "option %zu of metadata cannot be one", i);
	}
	options.root = TAKE(root);
	*ret_options = options;
	return 0;
}

void metadata_options_release(struct metadata_options *options)
{
	json_decref(options->root);
	options->root = NULL;
}
