/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the courier says of the options of metadata, and the texts that it makes that of:
 * what is taken is printable and bounded, and what the courier writes is always taken.
 */
#include "agent/metadata_options.h"

#include "courier/option_list.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] < ' ' || text.ptr[i] > '~')
			__builtin_trap();
	}
	if (text.len > LIMIT_METADATA_OPTION_BYTES)
		__builtin_trap();
}

static bool is_taken(struct slice text)
{
	AUTO_METADATA_OPTIONS struct metadata_options options = { .root = NULL };
	struct err err;

	if (metadata_options_read(text, &options, &err) < 0)
		return false;
	check(options.cloud);
	if (options.count > LIMIT_METADATA_OPTIONS)
		__builtin_trap();
	for (size_t i = 0; i < options.count; i++) {
		check(options.options[i].name);
		check(options.options[i].value);
	}
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct slice text = slice_of((const char *)data, size);
	AUTO_BUF struct buf body = BUF_LIMIT((size_t)16 * 1024);
	struct option_list list = { .count = 0 };

	(void)is_taken(text);
	for (size_t i = 0; i < OPTION_LIST_MAX; i++)
		option_list_add_value(&list, "name", slice_skip(text, i));
	option_list_write(&list, "aws", &body);
	if (!is_taken(buf_slice(&body)))
		__builtin_trap();
	return 0;
}
