/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values that are one of some words, or a list.
 */
#include <arpa/inet.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "config/config.h"
#include "config/value_type.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

int value_refuse_word(const struct setting *setting, const char *besides, struct err *err)
{
	AUTO_BUF struct buf words = BUF_LIMIT(256);
	struct slice left = slice_text(setting->words), one;

	for (bool first = true; left.len; first = false) {
		one = left;
		if (!slice_take_until(&left, ' ', &one))
			left.len = 0;
		buf_append_text(&words, first		       ? ""
					: left.len || *besides ? ", "
							       : " or ");
		buf_append(&words, one);
	}
	return err_set(err, ERR_FORMAT, "allowed is %s%s", buf_text(&words), besides);
}

/* courier.mode, whose enum is in the order of its words. */
static int read_mode(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	size_t index;

	if (!setting_has_word(setting->words, text, &index))
		return value_refuse_word(setting, "", err);
	*(enum courier_mode *)field = (enum courier_mode)index;
	return 0;
}

static void write_mode(const struct setting *setting, const void *field, struct buf *buf)
{
	unsigned mode = *(const enum courier_mode *)field;
	struct slice left = slice_text(setting->words), one = left;

	for (unsigned i = 0; i <= mode; i++) {
		one = left;
		slice_take_until(&left, ' ', &one);
	}
	buf_append(buf, one);
}

static int read_yes_no(const struct setting *setting, struct slice text, void *field,
		       struct err *err)
{
	size_t index;

	if (!setting_has_word(setting->words, text, &index))
		return value_refuse_word(setting, "", err);
	*(bool *)field = index == 0;
	return 0;
}

static void write_yes_no(const struct setting *setting, const void *field,
			 struct buf *buf)
{
	(void)setting;
	buf_append_text(buf, *(const bool *)field ? "yes" : "no");
}

static const struct {
	enum config_choice choice;
	const char *word;
} choices[] = {
	{ CONFIG_AUTO, "auto" },
	{ CONFIG_YES, "yes" },
	{ CONFIG_NO, "no" },
};

static void release_source(void *field)
{
	struct config_source *source = field;

	free(source->path);
	source->path = NULL;
}

static int read_source(const struct setting *setting, struct slice text, void *field,
		       struct err *err)
{
	struct config_source *source = field;
	size_t index;

	if (text.ptr[0] == '/') {
		if (value_check_path(text, err) < 0)
			return -1;
		release_source(field);
		source->choice = CONFIG_AT_PATH;
		source->path = memory_copy_text(text);
		return 0;
	}
	if (!setting_has_word(setting->words, text, &index))
		return value_refuse_word(setting, " or an absolute path", err);
	release_source(field);
	for (size_t i = 0; i < COUNT_OF(choices); i++) {
		if (slice_equal(text, slice_text(choices[i].word)))
			source->choice = choices[i].choice;
	}
	return 0;
}

static void write_source(const struct setting *setting, const void *field,
			 struct buf *buf)
{
	const struct config_source *source = field;

	(void)setting;
	if (source->choice == CONFIG_AT_PATH)
		buf_append_text(buf, source->path);
	for (size_t i = 0; i < COUNT_OF(choices); i++) {
		if (source->choice == choices[i].choice)
			buf_append_text(buf, choices[i].word);
	}
}

/* ---- lists
 * ------------------------------------------------------------------------------- */

static void release_list(void *field)
{
	struct config_list *list = field;

	for (size_t i = 0; i < list->count; i++)
		free(list->items[i]);
	free(list->items);
	*list = (struct config_list){ NULL, 0 };
}

static bool is_separator(char byte)
{
	return byte == ',' || byte == ' ' || byte == '\t';
}

/* Takes the next item; false at the end. */
static bool take_item(struct slice *text, struct slice *ret_item)
{
	size_t len = 0;

	while (text->len && is_separator(text->ptr[0]))
		*text = slice_skip(*text, 1);
	while (len < text->len && !is_separator(text->ptr[len]))
		len++;
	*ret_item = slice_first(*text, len);
	*text = slice_skip(*text, len);
	return len > 0;
}

typedef int check_item_fn(struct slice item, struct err *err);

static int read_list(struct slice text, check_item_fn *check, void *field,
		     struct err *err)
{
	struct slice left = text, item;
	struct config_list list = { NULL, 0 };
	size_t count = 0;

	while (take_item(&left, &item)) {
		if (++count > LIMIT_CONFIG_LIST)
			return err_set(err, ERR_LIMIT, "more than %d items",
				       LIMIT_CONFIG_LIST);
		if (check(item, err) < 0)
			return err_add(err, "'%.*s'", SLICE_ARG(slice_first(item, 64)));
	}
	if (count == 0)
		return err_set(err, ERR_FORMAT, "a list without an item");
	list.items = memory_new(count, sizeof(*list.items));
	for (left = text; take_item(&left, &item);)
		list.items[list.count++] = memory_copy_text(item);
	release_list(field);
	*(struct config_list *)field = list;
	return 0;
}

static void write_list(const struct setting *setting, const void *field, struct buf *buf)
{
	const struct config_list *list = field;

	(void)setting;
	for (size_t i = 0; i < list->count; i++) {
		buf_append_text(buf, i ? " " : "");
		buf_append_text(buf, list->items[i]);
	}
}

/* Of several words the first is the empty list, another its only item. */
static int read_files(const struct setting *setting, struct slice text, void *field,
		      struct err *err)
{
	size_t index;

	if (!setting_has_word(setting->words, text, &index))
		return read_list(text, value_check_path, field, err);
	release_list(field);
	if (index > 0) {
		struct config_list *list = field;

		list->items = memory_new(1, sizeof(*list->items));
		list->items[list->count++] = memory_copy_text(text);
	}
	return 0;
}

static void write_files(const struct setting *setting, const void *field, struct buf *buf)
{
	struct slice words = slice_text(setting->words), first = words;

	if (((const struct config_list *)field)->count == 0) {
		slice_take_until(&words, ' ', &first);
		buf_append(buf, first);
	}
	write_list(setting, field, buf);
}

static int check_address(struct slice text, struct err *err)
{
	char copy[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[sizeof(struct in6_addr)];

	if (text.len < sizeof(copy))
		memcpy(copy, text.ptr, text.len);
	if (inet_pton(AF_INET, copy, bytes) == 1 || inet_pton(AF_INET6, copy, bytes) == 1)
		return 0;
	return err_set(err, ERR_FORMAT, "not an IP address");
}

static int read_addresses(const struct setting *setting, struct slice text, void *field,
			  struct err *err)
{
	(void)setting;
	return read_list(text, check_address, field, err);
}

/* A tag without a value is "key=". */
static int check_tag(struct slice text, struct err *err)
{
	const char *equals = memchr(text.ptr, '=', text.len);

	if (equals && equals != text.ptr)
		return 0;
	return err_set(err, ERR_FORMAT, "a tag is key=value");
}

static int read_tags(const struct setting *setting, struct slice text, void *field,
		     struct err *err)
{
	(void)setting;
	return read_list(text, check_tag, field, err);
}

const struct value_type value_type_yes_no = {
	.takes = "",
	.read = read_yes_no,
	.write = write_yes_no,
};
const struct value_type value_type_mode = {
	.takes = "",
	.read = read_mode,
	.write = write_mode,
};
const struct value_type value_type_source = {
	.takes = "absolute path",
	.read = read_source,
	.write = write_source,
	.release = release_source,
};
const struct value_type value_type_files = {
	.takes = "absolute paths",
	.read = read_files,
	.write = write_files,
	.release = release_list,
	.unset = release_list,
};
const struct value_type value_type_addresses = {
	.takes = "IP addresses",
	.read = read_addresses,
	.write = write_list,
	.release = release_list,
	.unset = release_list,
};
const struct value_type value_type_tags = {
	.takes = "tags, key=value",
	.read = read_tags,
	.write = write_list,
	.release = release_list,
	.unset = release_list,
};
