/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_lists.h"

#include <inttypes.h>

#include "base/cleanup.h"
#include "base/limits.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* So many sinks have a line each; of more only so many of those that are in trouble. */
#define MOST_SINKS 6
#define MOST_SICK_SINKS 3
#define MOST_SUPPRESSIONS 5

static void put_count(struct status_page *page, const json_t *json, const char *key,
		      const char *word)
{
	if (status_page_number_at(json, key) > 0)
		buf_append_format(&page->line, ", %" PRId64 " %s",
				  status_page_number_at(json, key), word);
}

/* " (9.1 KiB, the oldest 2min ago)" */
static void put_backlog(struct status_page *page, const json_t *sink)
{
	if (status_page_number_at(sink, "waiting_bytes") <= 0)
		return;
	status_page_put(page, " (");
	status_page_put_size(page, status_page_number_at(sink, "waiting_bytes"));
	status_page_put_when(page, ", the oldest ", sink, "oldest_at");
	status_page_put(page, ")");
}

/* "good, splunk in ocsf, 812 delivered, 0 waiting" */
static void put_sink(struct status_page *page, const json_t *sink)
{
	status_page_put_state(page, sink, "state");
	status_page_put(page, json_text_at(sink, "state").len ? ", " : "");
	status_page_put_text_at(page, sink, "type");
	status_page_put_if(page, " in ", sink, "format");
	put_count(page, sink, "delivered", "delivered");
	buf_append_format(&page->line, ", %" PRId64 " waiting",
			  status_page_number_at(sink, "waiting"));
	put_backlog(page, sink);
	put_count(page, sink, "dropped", "dropped");
	put_count(page, sink, "refused", "refused");
	status_page_put_when(page, ", again ", sink, "next_try_at");
	status_page_put_if(page, ": ", sink, "last_error");
}

static void put_suppression(struct status_page *page, const json_t *row)
{
	buf_append_format(
		&page->line, "%" PRId64 " %s", status_page_number_at(row, "count"),
		status_page_number_at(row, "count") == 1 ? "finding" : "findings");
	status_page_put_when(page, ", the last ", row, "last_at");
	status_page_put(page, json_is_true(json_at(row, "expired")) ? ", expired" : "");
	status_page_put_if(page, ": ", row, "reason");
}

static bool is_sick(const json_t *sink)
{
	struct slice state = json_text_at(sink, "state");

	return !slice_equal(state, SLICE("good")) &&
	       !slice_equal(state, SLICE("waiting"));
}

/* "10 good, 0 waiting: archive, siem, soc": the sinks of this state that have no line of
 * their own. False when there is none. */
static bool put_sinks_of(struct status_page *page, const char *section,
			 const json_t *sinks, const char *state)
{
	AUTO_BUF struct buf names = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	size_t sick = 0, count = 0;
	int64_t waiting = 0;

	for (size_t i = 0; i < json_array_size(sinks); i++) {
		const json_t *sink = json_array_get(sinks, i);

		if ((is_sick(sink) && sick++ < MOST_SICK_SINKS) ||
		    !slice_equal(json_text_at(sink, "state"), slice_text(state)))
			continue;
		buf_append_text(&names, count++ ? ", " : ": ");
		screen_append(page->screen, &names, json_text_at(sink, "name"));
		waiting += status_page_number_at(sink, "waiting");
	}
	if (count == 0)
		return false;
	status_page_begin_line(page, section);
	buf_append_format(&page->line, "%zu %s%s%s, %" PRId64 " waiting", count,
			  status_page_color(page->screen, slice_text(state)), state,
			  screen_plain(page->screen), waiting);
	buf_append(&page->line, buf_slice(&names));
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS + 2);
	return true;
}

/* The first ones in trouble have a line each, the others one for each state. */
static void put_many_sinks(struct status_page *page, const json_t *sinks)
{
	static const char *const states[] = { "open", "failing", "waiting", "good" };
	const char *section = "SINKS";
	size_t sick = 0;

	for (size_t i = 0; i < json_array_size(sinks) && sick < MOST_SICK_SINKS; i++) {
		const json_t *sink = json_array_get(sinks, i);

		if (!is_sick(sink))
			continue;
		status_page_put_row(page, sick++ ? "" : section, sink, put_sink);
	}
	section = sick ? "" : section;
	for (size_t i = 0; i < COUNT_OF(states); i++)
		if (put_sinks_of(page, section, sinks, states[i]))
			section = "";
}

void status_lists_put_sinks(struct status_page *page, const json_t *sinks)
{
	if (json_array_size(sinks) > MOST_SINKS)
		put_many_sinks(page, sinks);
	else
		status_page_put_rows(page, "SINKS", sinks, put_sink);
}

/* Those that hold for something, or have expired: there may be many, and most are quiet.
 */
void status_lists_put_suppressions(struct status_page *page, const json_t *rows)
{
	const char *section = "NO NEWS";
	size_t shown = 0;

	for (size_t i = 0; i < json_array_size(rows); i++) {
		const json_t *row = json_array_get(rows, i);

		if ((status_page_number_at(row, "count") <= 0 &&
		     !json_is_true(json_at(row, "expired"))) ||
		    shown == MOST_SUPPRESSIONS)
			continue;
		status_page_put_row(page, shown++ ? "" : section, row, put_suppression);
	}
	if (json_array_size(rows) > shown) {
		status_page_begin_line(page, shown ? "" : section);
		buf_append_format(&page->line,
				  shown ? "and %zu more" : "none of %zu has held yet",
				  json_array_size(rows) - shown);
		status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS + 2);
	}
}
