/* SPDX-License-Identifier: Apache-2.0 */
#include "config/value.h"

#include "config/config.h"
#include "config/value_type.h"

static const struct value_type *const types[SETTING_TYPE_COUNT] = {
	[TYPE_TEXT] = &value_type_text,
	[TYPE_NAME] = &value_type_name,
	[TYPE_ID] = &value_type_id,
	[TYPE_PATH] = &value_type_path,
	[TYPE_URL] = &value_type_url,
	[TYPE_PROXY] = &value_type_proxy,
	[TYPE_SINK_URL] = &value_type_sink_url,
	[TYPE_SECRET] = &value_type_secret,
	[TYPE_SPAN] = &value_type_span,
	[TYPE_SPAN_OR_NO] = &value_type_span_or_no,
	[TYPE_BYTES] = &value_type_bytes,
	[TYPE_COUNT] = &value_type_count,
	[TYPE_YES_NO] = &value_type_yes_no,
	[TYPE_WORD] = &value_type_word,
	[TYPE_MODE] = &value_type_mode,
	[TYPE_SOURCE] = &value_type_source,
	[TYPE_FILES] = &value_type_files,
	[TYPE_ADDRESSES] = &value_type_addresses,
	[TYPE_TAGS] = &value_type_tags,
	[TYPE_TIME] = &value_type_time,
};

const char *value_takes(enum setting_type type)
{
	return types[type]->takes;
}

bool value_may_be_empty(const struct setting *setting)
{
	return setting->fallback[0] == '\0' && types[setting->type]->unset;
}

int value_read(const struct setting *setting, struct slice text, void *field,
	       struct err *err)
{
	if (text.len)
		return types[setting->type]->read(setting, text, field, err);
	if (!value_may_be_empty(setting))
		return err_set(err, ERR_FORMAT, "it needs a value");
	types[setting->type]->unset(field);
	return 0;
}

/* Room for the field of any type. */
union any_field {
	char *text;
	us_span span;
	uint64_t bytes;
	bool yes;
	enum courier_mode mode;
	struct config_source source;
	struct config_list list;
};

int value_check(const struct setting *setting, struct slice text, struct err *err)
{
	union any_field field;
	int result;

	memset(&field, 0, sizeof(field));
	result = value_read(setting, text, &field, err);
	value_release(setting, &field);
	return result;
}

void value_write(const struct setting *setting, const void *field, struct buf *buf)
{
	types[setting->type]->write(setting, field, buf);
}

void value_release(const struct setting *setting, void *field)
{
	if (types[setting->type]->release)
		types[setting->type]->release(field);
}
