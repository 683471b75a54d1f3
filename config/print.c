/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"
#include "config/origins.h"
#include "config/value.h"

/* No value is longer than a list may be. */
#define VALUE_LIMIT ((size_t)4 * 1024 * 1024)

struct walk {
	const struct config *config;
	void (*take)(void *ctx, const struct config_shown *shown);
	void *ctx;
	struct buf value;
};

static void show(struct walk *walk, size_t index, size_t sink)
{
	const struct setting *setting = setting_at(index);
	const struct config *config = walk->config;
	const struct origin *origin = origins_at(config->origins, index, sink);
	struct config_shown shown = {
		.section = setting->section,
		.key = setting->key,
		.file = origin->file,
		.line = origin->line,
	};

	buf_clear(&walk->value);
	if (setting->place == PLACE_CONFIG || setting->place == PLACE_SINK)
		value_write(setting, origins_value(config, setting, sink), &walk->value);
	else if (origin->text)
		buf_append_text(&walk->value, origin->text);
	if (setting->place == PLACE_SINK)
		shown.sink = config->sinks[sink].name;
	shown.value = buf_slice(&walk->value);
	walk->take(walk->ctx, &shown);
}

static void show_section(struct walk *walk, const char *section, size_t sink)
{
	for (size_t i = 0; i < setting_count(); i++) {
		if (strcmp(setting_at(i)->section, section) == 0)
			show(walk, i, sink);
	}
}

void config_each(const struct config *config,
		 void (*take)(void *ctx, const struct config_shown *shown), void *ctx)
{
	struct walk walk = { config, take, ctx, BUF_LIMIT(VALUE_LIMIT) };

	for (size_t i = 0; i < setting_section_count(); i++) {
		const char *section = setting_section_at(i)->name;

		if (strcmp(section, "sink") != 0)
			show_section(&walk, section, 0);
		for (size_t k = 0; strcmp(section, "sink") == 0 && k < config->sink_count;
		     k++)
			show_section(&walk, section, k);
	}
	buf_release(&walk.value);
}

struct printed {
	struct buf *buf;
	const char *section, *sink; /* of the last setting */
};

static bool is_new_section(const struct printed *printed,
			   const struct config_shown *shown)
{
	return !printed->section || strcmp(printed->section, shown->section) != 0 ||
	       (shown->sink &&
		(!printed->sink || strcmp(printed->sink, shown->sink) != 0));
}

static void print_setting(void *ctx, const struct config_shown *shown)
{
	struct printed *printed = ctx;

	if (is_new_section(printed, shown))
		buf_append_format(printed->buf, "%s[%s%s%s]\n",
				  printed->section ? "\n" : "", shown->section,
				  shown->sink ? " " : "", shown->sink ? shown->sink : "");
	printed->section = shown->section;
	printed->sink = shown->sink;
	buf_append_text(printed->buf, "# ");
	if (shown->file) {
		escape_append(printed->buf, slice_text(shown->file));
		buf_append_format(printed->buf, ":%u\n", shown->line);
	} else {
		buf_append_text(printed->buf, "default\n");
	}
	buf_append_format(printed->buf, "%s =%s", shown->key,
			  shown->value.len ? " " : "");
	buf_append(printed->buf, shown->value);
	buf_append_byte(printed->buf, '\n');
}

void config_print(const struct config *config, struct buf *buf)
{
	struct printed printed = { .buf = buf };

	config_each(config, print_setting, &printed);
}
