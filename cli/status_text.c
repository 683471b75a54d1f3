/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_text.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/wrap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* What the sections' names take. */
#define NAME_COLUMNS 10

/* Rows of one section: more than a screen has are counted. */
#define MOST_ROWS 40

struct page {
	const struct screen *screen;
	struct buf *buf;
	struct buf line; /* the one being made */
	us_time now;	 /* the agent's */
};

/* ---- lines ------------------------------------------------------------------------ */

static void put(struct page *page, const char *text)
{
	buf_append_text(&page->line, text);
}

static void put_bytes(struct page *page, struct slice text)
{
	screen_append(page->screen, &page->line, text);
}

static void put_text_at(struct page *page, const json_t *json, const char *key)
{
	put_bytes(page, json_text_at(json, key));
}

/* Further lines stand under what the first one says. */
static void end_line(struct page *page, size_t indent)
{
	const struct wrap wrap = { .indent = indent, .width = page->screen->columns };

	wrap_append(page->buf, buf_slice(&page->line), &wrap);
	buf_append_byte(page->buf, '\n');
	buf_clear(&page->line);
}

static void begin_line(struct page *page, const char *name)
{
	buf_append_format(&page->line, "%s%-*s%s", screen_bold(page->screen),
			  NAME_COLUMNS, name, screen_plain(page->screen));
}

/* Whether anything is there to be told under this key; notes it with `before`. */
static bool put_if(struct page *page, const char *before, const json_t *json,
		   const char *key)
{
	struct slice text = json_text_at(json, key);

	if (text.len == 0)
		return false;
	put(page, before);
	put_bytes(page, text);
	return true;
}

static int64_t number_at(const json_t *json, const char *key)
{
	return (int64_t)json_integer_value(json_at(json, key));
}

static us_time time_at(const json_t *json, const char *key)
{
	us_time time;

	return time_from_rfc3339(json_text_at(json, key), &time) ? time : US_TIME_NONE;
}

/* "2min ago", "in 3min", "now" */
static void put_distance(struct page *page, us_time time)
{
	us_span span = (page->now - time) / US_PER_SECOND * US_PER_SECOND;
	char text[TIME_TEXT_BYTES];

	if (span == 0)
		put(page, "now");
	else if (span > 0)
		buf_append_format(&page->line, "%s ago", span_to_text(span, text));
	else
		buf_append_format(&page->line, "in %s", span_to_text(-span, text));
}

/* ", last line 2min ago"; nothing where it is not known. */
static void put_when(struct page *page, const char *before, const json_t *json,
		     const char *key)
{
	us_time time = time_at(json, key);

	if (time == US_TIME_NONE || page->now == US_TIME_NONE)
		return;
	put(page, before);
	put_distance(page, time);
}

static void put_size(struct page *page, int64_t bytes)
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
static const char *color_of_state(const struct screen *screen, struct slice state)
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

static void put_state(struct page *page, const json_t *json, const char *key)
{
	struct slice state = json_text_at(json, key);
	const char *color = color_of_state(page->screen, state);

	put(page, color);
	put_bytes(page, state);
	put(page, *color ? screen_plain(page->screen) : "");
}

/* ---- the sections ----------------------------------------------------------------- */

static void put_agent(struct page *page, const json_t *agent)
{
	begin_line(page, "AGENT");
	put_state(page, agent, "state");
	if (time_at(agent, "started_at") != US_TIME_NONE) {
		put(page, " since ");
		screen_append_time(page->screen, &page->line,
				   time_at(agent, "started_at"));
	}
	put_if(page, ", version ", agent, "version");
	if (number_at(agent, "pid") > 0)
		buf_append_format(&page->line, ", pid %" PRId64, number_at(agent, "pid"));
	put_if(page, ", on ", agent, "host");
	end_line(page, NAME_COLUMNS);
}

static void put_identity(struct page *page, const json_t *identity)
{
	const json_t *addresses = json_at(identity, "private_ips");

	begin_line(page, "IDENTITY");
	if (slice_equal(json_text_at(identity, "state"), SLICE("none"))) {
		put(page, "of no cloud: no login through a cloud door is to be expected");
	} else if (slice_equal(json_text_at(identity, "state"), SLICE("known"))) {
		put_text_at(page, identity, "provider");
		put_if(page, " ", identity, "instance");
		put_if(page, ", account ", identity, "account");
		put_if(page, ", ", identity, "region");
		for (size_t i = 0; i < json_array_size(addresses) && i < 4; i++) {
			put(page, ", ");
			put_bytes(page, json_slice(json_array_get(addresses, i)));
		}
		put_if(page, ", from ", identity, "origin");
	} else {
		put(page, "not known");
		put_if(page, " yet, provider ", identity, "provider");
	}
	put_if(page, ": ", identity, "problem");
	end_line(page, NAME_COLUMNS);
}

struct count_name {
	const char *key, *word;
	enum verdict_kind like;
};

/* "3 authorized, 1 pending since 2026-03-01 10:00:00" */
static void put_counts(struct page *page, const char *name, const json_t *counts,
		       const struct count_name *names)
{
	const char *separator = "";

	begin_line(page, name);
	for (size_t i = 0; names[i].key; i++) {
		int64_t count = number_at(counts, names[i].key);

		if (count <= 0)
			continue;
		buf_append_format(&page->line, "%s%s%" PRId64 " %s%s", separator,
				  screen_of_verdict(page->screen, names[i].like), count,
				  names[i].word, screen_plain(page->screen));
		separator = ", ";
	}
	put(page, *separator ? "" : "none");
	if (time_at(counts, "since") != US_TIME_NONE) {
		put(page, " since ");
		screen_append_time(page->screen, &page->line, time_at(counts, "since"));
	}
	end_line(page, NAME_COLUMNS);
}

static void put_source(struct page *page, const json_t *source)
{
	put_state(page, source, "state");
	put_when(page, ", last line ", source, "last_at");
	if (number_at(source, "lag_bytes") > 0) {
		put(page, ", ");
		put_size(page, number_at(source, "lag_bytes"));
		put(page, " behind");
	}
	if (number_at(source, "gaps") > 0)
		buf_append_format(&page->line, ", %" PRId64 " %s",
				  number_at(source, "gaps"),
				  number_at(source, "gaps") == 1 ? "gap" : "gaps");
	put_if(page, ": ", source, "problem");
}

static void put_query(struct page *page, const json_t *query)
{
	us_time proven = time_at(query, "proven_until");

	put_state(page, query, "sight");
	put_if(page, ": ", query, "reason");
	if (proven != US_TIME_NONE) {
		put(page, ", complete until ");
		screen_append_time(page->screen, &page->line, proven);
	}
	put_when(page, ", asked ", query, "asked_at");
	put_when(page, ", again ", query, "next_at");
	put_if(page, ", ", query, "region");
	put_if(page, ": ", query, "detail");
}

static void put_count(struct page *page, const json_t *json, const char *key,
		      const char *word)
{
	if (number_at(json, key) > 0)
		buf_append_format(&page->line, ", %" PRId64 " %s", number_at(json, key),
				  word);
}

/* " (9.1 KiB, the oldest 2min ago)" */
static void put_backlog(struct page *page, const json_t *sink)
{
	if (number_at(sink, "waiting_bytes") <= 0)
		return;
	put(page, " (");
	put_size(page, number_at(sink, "waiting_bytes"));
	put_when(page, ", the oldest ", sink, "oldest_at");
	put(page, ")");
}

/* "good, splunk in ocsf, 812 delivered, 0 waiting" */
static void put_sink(struct page *page, const json_t *sink)
{
	put_state(page, sink, "state");
	put(page, json_text_at(sink, "state").len ? ", " : "");
	put_text_at(page, sink, "type");
	put_if(page, " in ", sink, "format");
	put_count(page, sink, "delivered", "delivered");
	buf_append_format(&page->line, ", %" PRId64 " waiting",
			  number_at(sink, "waiting"));
	put_backlog(page, sink);
	put_count(page, sink, "dropped", "dropped");
	put_count(page, sink, "refused", "refused");
	put_when(page, ", again ", sink, "next_try_at");
	put_if(page, ": ", sink, "last_error");
}

static void put_suppression(struct page *page, const json_t *row)
{
	buf_append_format(&page->line, "%" PRId64 " findings", number_at(row, "count"));
	put_when(page, ", the last ", row, "last_at");
	put(page, json_is_true(json_at(row, "expired")) ? ", expired" : "");
	put_if(page, ": ", row, "reason");
}

/* "SOURCES   journal: following, last line 2s ago": the name of the section once. */
static void put_rows(struct page *page, const char *section, const json_t *rows,
		     void (*put_row)(struct page *page, const json_t *row))
{
	size_t count = json_array_size(rows);

	for (size_t i = 0; i < count && i < MOST_ROWS; i++) {
		const json_t *row = json_array_get(rows, i);

		begin_line(page, i == 0 ? section : "");
		if (!put_if(page, "", row, "name"))
			put_text_at(page, row, "query");
		put(page, "  ");
		put_row(page, row);
		end_line(page, NAME_COLUMNS + 2);
	}
	if (count > MOST_ROWS) {
		begin_line(page, "");
		buf_append_format(&page->line, "and %zu more", count - MOST_ROWS);
		end_line(page, NAME_COLUMNS);
	}
	if (count == 0) {
		begin_line(page, section);
		put(page, "none");
		end_line(page, NAME_COLUMNS);
	}
}

static void put_courier(struct page *page, const json_t *courier)
{
	begin_line(page, "COURIER");
	put_state(page, courier, "state");
	put_if(page, ": ", courier, "problem");
	end_line(page, NAME_COLUMNS);
}

static void put_store(struct page *page, const json_t *store)
{
	begin_line(page, "STORE");
	put_size(page, number_at(store, "bytes"));
	if (number_at(store, "max_bytes") > 0) {
		put(page, " of ");
		put_size(page, number_at(store, "max_bytes"));
	}
	buf_append_format(&page->line, ", %" PRId64 " events",
			  number_at(store, "events"));
	if (number_at(store, "waiting_bytes") > 0) {
		put(page, ", ");
		put_size(page, number_at(store, "waiting_bytes"));
		put(page, " not yet written");
	}
	put_if(page, ": ", store, "problem");
	end_line(page, NAME_COLUMNS);
}

static void put_problem(struct page *page, const json_t *problem)
{
	buf_append_format(&page->line, "  %s",
			  screen_of_verdict(page->screen, VERDICT_UNVERIFIABLE));
	put_text_at(page, problem, "what");
	put(page, screen_plain(page->screen));
	put_if(page, ": ", problem, "detail");
	end_line(page, 4);
	if (put_if(page, "    ", problem, "advice"))
		end_line(page, 4);
}

static void put_problems(struct page *page, const json_t *problems)
{
	size_t count = json_array_size(problems);

	if (count == 0)
		return;
	buf_append_format(&page->line, "\n%sWHAT IS MISSING, AND WHAT TO DO%s",
			  screen_bold(page->screen), screen_plain(page->screen));
	end_line(page, 0);
	for (size_t i = 0; i < count && i < MOST_ROWS; i++)
		put_problem(page, json_array_get(problems, i));
	if (count > MOST_ROWS) {
		buf_append_format(&page->line, "  and %zu more", count - MOST_ROWS);
		end_line(page, 4);
	}
}

bool status_text_append(struct buf *buf, const struct screen *screen,
			const json_t *status)
{
	static const struct count_name verdicts[] = {
		{ "unauthorized", "unauthorized", VERDICT_UNAUTHORIZED },
		{ "unverifiable", "unverifiable", VERDICT_UNVERIFIABLE },
		{ "pending", "pending", VERDICT_PENDING },
		{ "authorized", "authorized", VERDICT_AUTHORIZED },
		{ "not_judged", "not judged", VERDICT_NOT_JUDGED },
		{ NULL, NULL, VERDICT_PENDING },
	};
	static const struct count_name severities[] = {
		{ "critical", "critical", VERDICT_UNAUTHORIZED },
		{ "high", "high", VERDICT_UNAUTHORIZED },
		{ "medium", "medium", VERDICT_UNVERIFIABLE },
		{ "low", "low", VERDICT_PENDING },
		{ NULL, NULL, VERDICT_PENDING },
	};
	struct page page = {
		.screen = screen,
		.buf = buf,
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.now = time_at(status, "agent.now"),
	};

	put_agent(&page, json_at(status, "agent"));
	put_identity(&page, json_at(status, "identity"));
	put_counts(&page, "LOGINS", json_at(status, "logins"), verdicts);
	put_counts(&page, "FINDINGS", json_at(status, "findings"), severities);
	put_rows(&page, "SOURCES", json_at(status, "sources"), put_source);
	put_rows(&page, "CLOUD", json_at(status, "control_plane"), put_query);
	put_courier(&page, json_at(status, "courier"));
	put_store(&page, json_at(status, "store"));
	put_rows(&page, "SINKS", json_at(status, "sinks"), put_sink);
	if (json_array_size(json_at(status, "suppressed")))
		put_rows(&page, "NO NEWS", json_at(status, "suppressed"),
			 put_suppression);
	put_problems(&page, json_at(status, "problems"));
	buf_release(&page.line);
	return !buf_overflowed(buf);
}
