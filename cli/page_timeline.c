/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The drawing of one host: a lane for each door, in it each login as a bar from its begin
 * to its end, the call that vouches as a triangle above it, and what was found without a
 * login as a diamond in a lane of its own.
 *
 *                        ▼ call
 *     aws-ssm-session    ▇▇▇▇▇▇▇▇▇▇      ✕
 *     findings                     ◆
 *                      |10:00    |10:10    |10:20
 *
 * What falls on the same spot with the same verdict is drawn once and says how many it
 * is, so that a drawing stays as small as it is wide.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/memory.h"
#include "cli/html.h"
#include "cli/page.h"

#define WIDTH 1000
#define LEFT 190 /* the lanes' names */
#define RIGHT 20
#define LANE 34
#define TOP 8
#define BAR 10
#define AXIS 26
#define TICKS_MOST 8
#define SPOTS (WIDTH - LEFT - RIGHT + 1)

struct drawing {
	const struct page *page;
	struct slice host;
	struct buf *buf;
	us_time from, until;
	enum path lanes[LIMIT_PAGE_LANES];
	size_t lane_count;
	bool has_findings;
};

/* What was drawn on one spot of a lane. */
struct spot {
	uint32_t by_verdict[VERDICT_COUNT];
};

static bool is_here(const struct drawing *drawing, struct slice host)
{
	return slice_equal(host, drawing->host);
}

static void widen(struct drawing *drawing, us_time time)
{
	if (time == US_TIME_NONE)
		return;
	if (drawing->from == US_TIME_NONE || time < drawing->from)
		drawing->from = time;
	if (drawing->until == US_TIME_NONE || time > drawing->until)
		drawing->until = time;
}

static void add_lane(struct drawing *drawing, enum path path)
{
	for (size_t i = 0; i < drawing->lane_count; i++)
		if (drawing->lanes[i] == path)
			return;
	if (drawing->lane_count < LIMIT_PAGE_LANES)
		drawing->lanes[drawing->lane_count++] = path;
}

/* Calls far before their login (a script set last year) would squeeze all the rest. */
static bool is_near(const struct login_row *row)
{
	const struct event *call = row->verdict.api_call;

	return call && row->login.happened_at - call->happened_at < US_PER_DAY &&
	       call->happened_at - row->login.happened_at < US_PER_DAY;
}

static void look(struct drawing *drawing)
{
	const struct page *page = drawing->page;

	for (size_t i = 0; i < page->login_count; i++) {
		const struct login_row *row = page->logins[i];

		if (!is_here(drawing, row->login.host))
			continue;
		add_lane(drawing, row->login.path);
		widen(drawing, row->login.happened_at);
		widen(drawing, row->login.ended_at);
		if (is_near(row))
			widen(drawing, row->verdict.api_call->happened_at);
	}
	for (size_t i = 0; i < page->finding_count; i++) {
		const struct finding_row *row = page->findings[i];

		if (row->has_login || !is_here(drawing, row->host))
			continue;
		drawing->has_findings = true;
		widen(drawing, row->finding.happened_at);
	}
}

/* ---- where ----------------------------------------------------------------------- */

static int x_of(const struct drawing *drawing, us_time time)
{
	double span = (double)(drawing->until - drawing->from);
	double part = span > 0 ? (double)(time - drawing->from) / span : 0.5;

	if (part < 0)
		part = 0;
	if (part > 1)
		part = 1;
	return LEFT + (int)(part * (WIDTH - LEFT - RIGHT));
}

static int y_of(size_t lane)
{
	return TOP + (int)lane * LANE;
}

static size_t lane_total(const struct drawing *drawing)
{
	return drawing->lane_count + (drawing->has_findings ? 1 : 0);
}

/* ---- the axis -------------------------------------------------------------------- */

static us_span step_of(us_span span)
{
	static const us_span steps[] = {
		US_PER_SECOND,	    5 * US_PER_SECOND, 15 * US_PER_SECOND,
		US_PER_MINUTE,	    5 * US_PER_MINUTE, 10 * US_PER_MINUTE,
		30 * US_PER_MINUTE, US_PER_HOUR,       3 * US_PER_HOUR,
		6 * US_PER_HOUR,    12 * US_PER_HOUR,  US_PER_DAY,
		2 * US_PER_DAY,	    7 * US_PER_DAY,    14 * US_PER_DAY,
		30 * US_PER_DAY,    90 * US_PER_DAY,   365 * US_PER_DAY,
		3650 * US_PER_DAY,
	};
	const size_t count = sizeof(steps) / sizeof(steps[0]);

	for (size_t i = 0; i < count; i++)
		if (span / steps[i] < TICKS_MOST)
			return steps[i];
	return steps[count - 1];
}

static void append_tick(struct drawing *drawing, us_time time, us_span step)
{
	int x = x_of(drawing, time), bottom = y_of(lane_total(drawing));
	AUTO_BUF struct buf text = BUF_LIMIT(64);
	struct slice shown;

	html_append_time(&text, drawing->page->zone, time);
	/* "2026-01-28" of days, "10:59" of minutes, "10:59:55" of seconds */
	shown = buf_slice(&text);
	if (step >= US_PER_DAY)
		shown = slice_first(shown, 10);
	else
		shown = slice_first(slice_skip(shown, 11), step >= US_PER_MINUTE ? 5 : 8);
	buf_append_format(drawing->buf,
			  "<line class=\"tick\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
			  "y2=\"%d\"/><text class=\"tick\" x=\"%d\" y=\"%d\">",
			  x, TOP, x, bottom, x, bottom + 16);
	html_append(drawing->buf, shown);
	buf_append_text(drawing->buf, "</text>\n");
}

static void append_axis(struct drawing *drawing)
{
	us_span step = step_of(drawing->until - drawing->from);
	us_span offset =
		zone_offset_s(drawing->page->zone, drawing->from) * US_PER_SECOND;
	us_time first = (drawing->from + offset + step - 1) / step * step - offset;

	for (us_time at = first; at <= drawing->until && at - first < TICKS_MOST * step;
	     at += step)
		append_tick(drawing, at, step);
	if (first > drawing->until)
		append_tick(drawing, drawing->from, US_PER_SECOND);
}

/* ---- what happened --------------------------------------------------------------- */

static const char *class_of(enum verdict_kind verdict)
{
	static const char *const classes[VERDICT_COUNT] = {
		[VERDICT_PENDING] = "pending",
		[VERDICT_AUTHORIZED] = "authorized",
		[VERDICT_UNAUTHORIZED] = "unauthorized",
		[VERDICT_UNVERIFIABLE] = "unverifiable",
		[VERDICT_NOT_JUDGED] = "not-judged",
	};

	return classes[verdict];
}

static void append_title(struct drawing *drawing, const struct login_row *row)
{
	struct buf *buf = drawing->buf;

	buf_append_text(buf, "<title>");
	html_append_time(buf, drawing->page->zone, row->login.happened_at);
	buf_append_byte(buf, ' ');
	html_append_text(buf, path_word(row->login.path));
	buf_append_byte(buf, ' ');
	html_append(buf, row->login.os_user);
	buf_append_text(buf, ": ");
	html_append_text(buf, verdict_word(row->verdict.verdict));
	if (row->verdict.api_call) {
		buf_append_text(buf, ", ");
		html_append(buf, row->verdict.api_call->api_call.name);
		buf_append_text(buf, " by ");
		html_append(buf, row->verdict.api_call->api_call.principal);
	}
	buf_append_text(buf, "</title>");
}

/* A login that no call vouches for is crossed, so that it is told without colour, too. */
static void append_login(struct drawing *drawing, const struct login_row *row, int top)
{
	int x = x_of(drawing, row->login.happened_at), y = top + LANE - BAR - 6;
	int end = row->login.ended_at == US_TIME_NONE
			  ? x
			  : x_of(drawing, row->login.ended_at);
	int width = end - x > 4 ? end - x : 4;

	buf_append_format(drawing->buf,
			  "<g class=\"%s\"><rect x=\"%d\" y=\"%d\" width=\"%d\" "
			  "height=\"%d\" rx=\"2\">",
			  class_of(row->verdict.verdict), x, y, width, BAR);
	append_title(drawing, row);
	buf_append_text(drawing->buf, "</rect>");
	if (row->verdict.verdict == VERDICT_UNAUTHORIZED)
		buf_append_format(drawing->buf,
				  "<path class=\"cross\" d=\"M%d %dl8 -8m-8 0l8 8\"/>",
				  x - 2, y - 2);
	buf_append_text(drawing->buf, "</g>\n");
	if (is_near(row))
		buf_append_format(
			drawing->buf, "<path class=\"call\" d=\"M%d %dh8l-4 6z\"/>\n",
			x_of(drawing, row->verdict.api_call->happened_at) - 4, top + 4);
}

static void append_lane(struct drawing *drawing, size_t lane, struct spot *spots)
{
	const struct page *page = drawing->page;
	int top = y_of(lane);

	memset(spots, 0, SPOTS * sizeof(*spots));
	buf_append_format(drawing->buf, "<text class=\"lane\" x=\"0\" y=\"%d\">",
			  top + LANE - 8);
	html_append_text(drawing->buf, drawing->lanes[lane] == PATH_NONE
					       ? "no door known"
					       : path_word(drawing->lanes[lane]));
	buf_append_format(drawing->buf,
			  "</text><line class=\"lane\" x1=\"%d\" y1=\"%d\" x2=\"%d\" "
			  "y2=\"%d\"/>\n",
			  LEFT, top + LANE - 4, WIDTH - RIGHT, top + LANE - 4);
	for (size_t i = 0; i < page->login_count; i++) {
		const struct login_row *row = page->logins[i];
		struct spot *spot = &spots[x_of(drawing, row->login.happened_at) - LEFT];

		if (row->login.path == drawing->lanes[lane] &&
		    is_here(drawing, row->login.host) &&
		    spot->by_verdict[row->verdict.verdict]++ == 0)
			append_login(drawing, row, top);
	}
	for (int i = 0; i < SPOTS; i++) {
		uint32_t count = 0;

		for (int k = 0; k < VERDICT_COUNT; k++)
			count += spots[i].by_verdict[k];
		if (count > 1)
			buf_append_format(drawing->buf,
					  "<text class=\"count\" x=\"%d\" y=\"%d\">"
					  "%" PRIu32 "</text>\n",
					  LEFT + i, top + LANE - BAR - 8, count);
	}
}

static void append_findings(struct drawing *drawing)
{
	const struct page *page = drawing->page;
	int top = y_of(drawing->lane_count), last = -1;

	buf_append_format(drawing->buf,
			  "<text class=\"lane\" x=\"0\" y=\"%d\">other findings</text>\n",
			  top + LANE - 8);
	for (size_t i = 0; i < page->finding_count; i++) {
		const struct finding_row *row = page->findings[i];
		int x = x_of(drawing, row->finding.happened_at);

		if (row->has_login || !is_here(drawing, row->host) || x == last)
			continue;
		last = x;
		buf_append_format(
			drawing->buf,
			"<path class=\"%s\" d=\"M%d %dl6 -6l6 6l-6 6z\"><title>",
			severity_word(row->finding.severity), x - 6, top + LANE - 12);
		html_append_time(drawing->buf, page->zone, row->finding.happened_at);
		buf_append_byte(drawing->buf, ' ');
		html_append(drawing->buf, slice_text(row->finding.rule));
		buf_append_text(drawing->buf, "</title></path>\n");
	}
}

void page_append_timeline(const struct page *page, struct slice host, struct buf *buf)
{
	struct drawing drawing = {
		.page = page,
		.host = host,
		.buf = buf,
		.from = US_TIME_NONE,
		.until = US_TIME_NONE,
	};
	struct spot *spots;

	look(&drawing);
	if (drawing.from == US_TIME_NONE)
		return;
	buf_append_format(buf,
			  "<svg role=\"img\" viewBox=\"0 0 %d %d\" "
			  "aria-label=\"logins in time\">\n",
			  WIDTH, y_of(lane_total(&drawing)) + AXIS);
	append_axis(&drawing);
	spots = memory_new(SPOTS, sizeof(*spots));
	for (size_t i = 0; i < drawing.lane_count; i++)
		append_lane(&drawing, i, spots);
	free(spots);
	if (drawing.has_findings)
		append_findings(&drawing);
	buf_append_text(buf, "</svg>\n");
}
