/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/metrics_text.h"

#include <assert.h>
#include <inttypes.h>

#include "base/escape.h"

void metrics_begin(struct metrics_text *text, struct buf *buf)
{
	*text = (struct metrics_text){ .buf = buf };
}

void metrics_gauge(struct metrics_text *text, const char *name, const char *help)
{
	text->name = name;
	buf_append_format(text->buf, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
}

void metrics_total(struct metrics_text *text, const char *name, const char *help)
{
	text->name = name;
	buf_append_format(text->buf, "# HELP %s %s\n", name, help);
}

void metrics_label(struct metrics_text *text, const char *name, struct slice value)
{
	assert(text->label_count < METRIC_LABELS_MAX);
	text->labels[text->label_count++] = (struct metric_label){ name, value };
}

static void append_value(struct buf *buf, struct slice value)
{
	while (value.len) {
		uint32_t code_point = 0;
		size_t len = utf8_take(value, &code_point);

		if (len == 0 || escape_needed(code_point)) {
			buf_append_text(buf, "\uFFFD");
		} else {
			if (code_point == '"' || code_point == '\\')
				buf_append_byte(buf, '\\');
			buf_append(buf, slice_first(value, len));
		}
		value = slice_skip(value, len ? len : 1);
	}
}

static void begin_sample(struct metrics_text *text)
{
	buf_append_text(text->buf, text->name);
	for (unsigned i = 0; i < text->label_count; i++) {
		buf_append_format(text->buf, "%s%s=\"", i ? "," : "{",
				  text->labels[i].name);
		append_value(text->buf, text->labels[i].value);
		buf_append_byte(text->buf, '"');
	}
	buf_append_text(text->buf, text->label_count ? "} " : " ");
	text->label_count = 0;
}

void metrics_number(struct metrics_text *text, int64_t number)
{
	begin_sample(text);
	buf_append_format(text->buf, "%" PRId64 "\n", number);
}

void metrics_time(struct metrics_text *text, us_time time)
{
	if (time == US_TIME_NONE) {
		text->label_count = 0;
		return;
	}
	begin_sample(text);
	buf_append_format(text->buf, "%" PRId64 ".%06" PRId64 "\n", time / US_PER_SECOND,
			  time % US_PER_SECOND);
}

void metrics_end(struct metrics_text *text)
{
	buf_append_text(text->buf, "# EOF\n");
}
