/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_page.h"

#include <inttypes.h>

#include "cli/wrap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Rows of one section: more than a screen has are counted. */
#define MOST_ROWS 40

void status_page_put(struct status_page *page, const char *text)
{
	buf_append_text(&page->line, text);
}

void status_page_put_bytes(struct status_page *page, struct slice text)
{
	screen_append(page->screen, &page->line, text);
}

void status_page_put_text_at(struct status_page *page, const json_t *json,
			     const char *key)
{
	status_page_put_bytes(page, json_text_at(json, key));
}

/* Further lines stand under what the first one says. */
void status_page_end_line(struct status_page *page, size_t indent)
{
	const struct wrap wrap = { .indent = indent, .width = page->screen->columns };

	wrap_append(page->buf, buf_slice(&page->line), &wrap);
	buf_append_byte(page->buf, '\n');
	buf_clear(&page->line);
}

void status_page_begin_line(struct status_page *page, const char *name)
{
	buf_append_format(&page->line, "%s%-*s%s", screen_bold(page->screen),
			  STATUS_PAGE_NAME_COLUMNS, name, screen_plain(page->screen));
}

bool status_page_put_if(struct status_page *page, const char *before, const json_t *json,
			const char *key)
{
	struct slice text = json_text_at(json, key);

	if (text.len == 0)
		return false;
	status_page_put(page, before);
	status_page_put_bytes(page, text);
	return true;
}

int64_t status_page_number_at(const json_t *json, const char *key)
{
	return (int64_t)json_integer_value(json_at(json, key));
}

us_time status_page_time_at(const json_t *json, const char *key)
{
	us_time time;

	return time_from_rfc3339(json_text_at(json, key), &time) ? time : US_TIME_NONE;
}

/* "2min ago", "in 3min", "now" */
static void put_distance(struct status_page *page, us_time time)
{
	us_span span = (page->now - time) / US_PER_SECOND * US_PER_SECOND;
	char text[TIME_TEXT_BYTES];

	if (span == 0)
		status_page_put(page, "now");
	else if (span > 0)
		buf_append_format(&page->line, "%s ago", span_to_text(span, text));
	else
		buf_append_format(&page->line, "in %s", span_to_text(-span, text));
}

void status_page_put_when(struct status_page *page, const char *before,
			  const json_t *json, const char *key)
{
	us_time time = status_page_time_at(json, key);

	if (time == US_TIME_NONE || page->now == US_TIME_NONE)
		return;
	status_page_put(page, before);
	put_distance(page, time);
}

void status_page_put_size(struct status_page *page, int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	int64_t whole = bytes < 0 ? 0 : bytes, tenths = 0;
	size_t unit = 0;

	while (whole >= 1024 && unit + 1 < COUNT_OF(units)) {
		tenths = whole % 1024 * 10 / 1024;
		whole /= 1024;
		unit++;
	}
	if (unit && whole < 100)
		buf_append_format(&page->line, "%" PRId64 ".%" PRId64 " %s", whole,
				  tenths, units[unit]);
	else
		buf_append_format(&page->line, "%" PRId64 " %s", whole, units[unit]);
}

/* The states of the agent and its parts, and how they are coloured. */
const char *status_page_color(const struct screen *screen, struct slice state)
{
	static const struct {
		const char *word;
		enum verdict_kind like;
	} states[] = {
		{ "watching", VERDICT_AUTHORIZED },  { "following", VERDICT_AUTHORIZED },
		{ "seeing", VERDICT_AUTHORIZED },    { "starting", VERDICT_PENDING },
		{ "stopping", VERDICT_PENDING },     { "never", VERDICT_PENDING },
		{ "silent", VERDICT_UNVERIFIABLE },  { "impaired", VERDICT_UNAUTHORIZED },
		{ "denied", VERDICT_UNAUTHORIZED },  { "blind", VERDICT_UNAUTHORIZED },
		{ "failed", VERDICT_UNAUTHORIZED },  { "ok", VERDICT_AUTHORIZED },
		{ "missing", VERDICT_UNAUTHORIZED }, { "optional", VERDICT_UNVERIFIABLE },
		{ "good", VERDICT_AUTHORIZED },	     { "waiting", VERDICT_PENDING },
		{ "failing", VERDICT_UNVERIFIABLE }, { "open", VERDICT_UNAUTHORIZED },
	};

	for (size_t i = 0; i < COUNT_OF(states); i++) {
		if (slice_equal(state, slice_text(states[i].word)))
			return screen_of_verdict(screen, states[i].like);
	}
	return "";
}

void status_page_put_state(struct status_page *page, const json_t *json, const char *key)
{
	struct slice state = json_text_at(json, key);
	const char *color = status_page_color(page->screen, state);

	status_page_put(page, color);
	status_page_put_bytes(page, state);
	status_page_put(page, *color ? screen_plain(page->screen) : "");
}

void status_page_put_row(struct status_page *page, const char *section, const json_t *row,
			 void (*put_row)(struct status_page *page, const json_t *row))
{
	status_page_begin_line(page, section);
	if (!status_page_put_if(page, "", row, "name"))
		status_page_put_text_at(page, row, "query");
	status_page_put(page, "  ");
	put_row(page, row);
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS + 2);
}

void status_page_put_rows(struct status_page *page, const char *section,
			  const json_t *rows,
			  void (*put_row)(struct status_page *page, const json_t *row))
{
	size_t count = json_array_size(rows);

	for (size_t i = 0; i < count && i < MOST_ROWS; i++)
		status_page_put_row(page, i == 0 ? section : "", json_array_get(rows, i),
				    put_row);
	if (count > MOST_ROWS) {
		status_page_begin_line(page, "");
		buf_append_format(&page->line, "and %zu more", count - MOST_ROWS);
		status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
	}
	if (count == 0) {
		status_page_begin_line(page, section);
		status_page_put(page, "none");
		status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
	}
}
