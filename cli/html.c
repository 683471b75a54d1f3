/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/html.h"

#include "base/escape.h"
#include "base/limits.h"

static const char *entity_of(char byte)
{
	switch (byte) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

static void append_entities(struct buf *buf, struct slice text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *entity = entity_of(text.ptr[i]);

		if (!entity)
			continue;
		buf_append(buf, slice_first(slice_skip(text, from), i - from));
		buf_append_text(buf, entity);
		from = i + 1;
	}
	buf_append(buf, slice_skip(text, from));
}

void html_append(struct buf *buf, struct slice bytes)
{
	AUTO_BUF struct buf escaped = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	escape_append(&escaped, bytes);
	append_entities(buf, buf_slice(&escaped));
}

void html_append_text(struct buf *buf, const char *text)
{
	append_entities(buf, slice_text(text));
}

void html_append_time(struct buf *buf, const struct zone *zone, us_time time)
{
	struct civil civil;

	if (time == US_TIME_NONE) {
		buf_append_text(buf, "\u2013");
		return;
	}
	civil = civil_from_utc(time + zone_offset_s(zone, time) * US_PER_SECOND);
	buf_append_format(buf, "%04d-%02d-%02d %02d:%02d:%02d", civil.year, civil.month,
			  civil.day, civil.hour, civil.minute,
			  civil.second > 59 ? 59 : civil.second);
}
