/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_text.h"

#include <inttypes.h>

#include "base/limits.h"
#include "base/time.h"
#include "cli/status_lists.h"

/* Problems: more than a screen has are counted. */
#define MOST_PROBLEMS 40

static void put_agent(struct status_page *page, const json_t *agent)
{
	status_page_begin_line(page, "AGENT");
	status_page_put_state(page, agent, "state");
	if (status_page_time_at(agent, "started_at") != US_TIME_NONE) {
		status_page_put(page, " since ");
		screen_append_time(page->screen, &page->line,
				   status_page_time_at(agent, "started_at"));
	}
	status_page_put_if(page, ", version ", agent, "version");
	if (status_page_number_at(agent, "pid") > 0)
		buf_append_format(&page->line, ", pid %" PRId64,
				  status_page_number_at(agent, "pid"));
	status_page_put_if(page, ", on ", agent, "host");
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
}

static void put_identity(struct status_page *page, const json_t *identity)
{
	const json_t *addresses = json_at(identity, "private_ips");
	bool is_none = slice_equal(json_text_at(identity, "state"), SLICE("none"));

	status_page_begin_line(page, "IDENTITY");
	if (is_none) {
		status_page_put(
			page,
			"of no cloud: no login through a cloud door is to be expected");
	} else if (slice_equal(json_text_at(identity, "state"), SLICE("known"))) {
		status_page_put_text_at(page, identity, "provider");
		status_page_put_if(page, " ", identity, "instance");
		status_page_put_if(page, ", account ", identity, "account");
		status_page_put_if(page, ", ", identity, "region");
		for (size_t i = 0; i < json_array_size(addresses) && i < 4; i++) {
			status_page_put(page, ", ");
			status_page_put_bytes(page,
					      json_slice(json_array_get(addresses, i)));
		}
		status_page_put_if(page, ", from ", identity, "origin");
	} else {
		status_page_put(page, "not known");
		status_page_put_if(page, " yet, provider ", identity, "provider");
	}
	if (!is_none)
		status_page_put_if(page, ": ", identity, "problem");
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
}

struct count_name {
	const char *key, *word;
	enum verdict_kind like;
};

/* "3 authorized, 1 pending since 2026-03-01 10:00:00" */
static void put_counts(struct status_page *page, const char *name, const json_t *counts,
		       const struct count_name *names)
{
	const char *separator = "";

	status_page_begin_line(page, name);
	for (size_t i = 0; names[i].key; i++) {
		int64_t count = status_page_number_at(counts, names[i].key);

		if (count <= 0)
			continue;
		buf_append_format(&page->line, "%s%s%" PRId64 " %s%s", separator,
				  screen_of_verdict(page->screen, names[i].like), count,
				  names[i].word, screen_plain(page->screen));
		separator = ", ";
	}
	status_page_put(page, *separator ? "" : "none");
	if (status_page_time_at(counts, "since") != US_TIME_NONE) {
		status_page_put(page, " since ");
		screen_append_time(page->screen, &page->line,
				   status_page_time_at(counts, "since"));
	}
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
}

static void put_source(struct status_page *page, const json_t *source)
{
	status_page_put_state(page, source, "state");
	status_page_put_when(page, ", last line ", source, "last_at");
	if (status_page_number_at(source, "lag_bytes") > 0) {
		status_page_put(page, ", ");
		status_page_put_size(page, status_page_number_at(source, "lag_bytes"));
		status_page_put(page, " behind");
	}
	if (status_page_number_at(source, "gaps") > 0)
		buf_append_format(&page->line, ", %" PRId64 " %s",
				  status_page_number_at(source, "gaps"),
				  status_page_number_at(source, "gaps") == 1 ? "gap"
									     : "gaps");
	status_page_put_if(page, ": ", source, "problem");
}

static void put_query(struct status_page *page, const json_t *query)
{
	us_time proven = status_page_time_at(query, "proven_until");

	status_page_put_state(page, query, "sight");
	status_page_put_if(page, ": ", query, "reason");
	if (proven != US_TIME_NONE) {
		status_page_put(page, ", complete until ");
		screen_append_time(page->screen, &page->line, proven);
	}
	status_page_put_when(page, ", asked ", query, "asked_at");
	status_page_put_when(page, ", again ", query, "next_at");
	status_page_put_if(page, ", ", query, "region");
	/* They fail together, and one text for all is enough. */
	if (slice_equal(json_text_at(query, "detail"), page->detail))
		status_page_put(page, page->detail.len ? ": as above" : "");
	else
		status_page_put_if(page, ": ", query, "detail");
	page->detail = json_text_at(query, "detail");
}

static void put_courier(struct status_page *page, const json_t *courier)
{
	status_page_begin_line(page, "COURIER");
	status_page_put_state(page, courier, "state");
	status_page_put_if(page, ": ", courier, "problem");
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
}

static void put_store(struct status_page *page, const json_t *store)
{
	status_page_begin_line(page, "STORE");
	status_page_put_size(page, status_page_number_at(store, "bytes"));
	if (status_page_number_at(store, "max_bytes") > 0) {
		status_page_put(page, " of ");
		status_page_put_size(page, status_page_number_at(store, "max_bytes"));
	}
	buf_append_format(&page->line, ", %" PRId64 " events",
			  status_page_number_at(store, "events"));
	if (status_page_number_at(store, "waiting_bytes") > 0) {
		status_page_put(page, ", ");
		status_page_put_size(page, status_page_number_at(store, "waiting_bytes"));
		status_page_put(page, " not yet written");
	}
	status_page_put_if(page, ": ", store, "problem");
	status_page_end_line(page, STATUS_PAGE_NAME_COLUMNS);
}

static void put_problem(struct status_page *page, const json_t *problem)
{
	buf_append_format(&page->line, "  %s",
			  screen_of_verdict(page->screen, VERDICT_UNVERIFIABLE));
	status_page_put_text_at(page, problem, "what");
	status_page_put(page, screen_plain(page->screen));
	status_page_put_if(page, ": ", problem, "detail");
	status_page_end_line(page, 4);
	if (status_page_put_if(page, "    ", problem, "advice"))
		status_page_end_line(page, 4);
}

static void put_problems(struct status_page *page, const json_t *problems)
{
	size_t count = json_array_size(problems);

	if (count == 0)
		return;
	buf_append_format(&page->line, "\n%sWHAT IS MISSING, AND WHAT TO DO%s",
			  screen_bold(page->screen), screen_plain(page->screen));
	status_page_end_line(page, 0);
	for (size_t i = 0; i < count && i < MOST_PROBLEMS; i++)
		put_problem(page, json_array_get(problems, i));
	if (count > MOST_PROBLEMS) {
		buf_append_format(&page->line, "  and %zu more", count - MOST_PROBLEMS);
		status_page_end_line(page, 4);
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
	struct status_page page = {
		.screen = screen,
		.buf = buf,
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.now = status_page_time_at(status, "agent.now"),
	};

	put_agent(&page, json_at(status, "agent"));
	put_identity(&page, json_at(status, "identity"));
	put_counts(&page, "LOGINS", json_at(status, "logins"), verdicts);
	put_counts(&page, "FINDINGS", json_at(status, "findings"), severities);
	status_page_put_rows(&page, "SOURCES", json_at(status, "sources"), put_source);
	status_page_put_rows(&page, "CLOUD", json_at(status, "control_plane"), put_query);
	put_courier(&page, json_at(status, "courier"));
	put_store(&page, json_at(status, "store"));
	status_lists_put_sinks(&page, json_at(status, "sinks"));
	status_lists_put_suppressions(&page, json_at(status, "suppressed"));
	put_problems(&page, json_at(status, "problems"));
	buf_release(&page.line);
	return !buf_overflowed(buf);
}
