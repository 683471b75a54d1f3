/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page itself: what it is about, the findings and what to do, each host in time, and
 * every login with the call that vouches for it and the lines it was made of.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/html.h"
#include "cli/page.h"

/* Hosts that are drawn; the table has them all. */
#define HOSTS_MOST 50

static const char head[] =
	"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
	"style-src 'unsafe-inline'\">\n"
	"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	"<meta name=\"referrer\" content=\"no-referrer\">\n"
	"<title>countersign report</title>\n<style>\n"
	":root{--ink:#1c2330;--soft:#5b6575;--line:#d8dde6;--paper:#fff;--tint:#f5f7fa;"
	"--authorized:#2e7d4f;--unauthorized:#b3261e;--unverifiable:#b26a00;"
	"--pending:#3d6bb3;--not-judged:#8a93a3}\n"
	"*{box-sizing:border-box}\n"
	"body{font:14px/1.45 "
	"system-ui,sans-serif;color:var(--ink);background:var(--paper);"
	"max-width:1120px;margin:0 auto;padding:24px}\n"
	"h1{font-size:22px;margin:0}h2{font-size:17px;margin:32px 0 8px;"
	"border-bottom:2px solid var(--ink);padding-bottom:4px}h3{font-size:14px;"
	"margin:16px 0 4px}p{margin:4px 0}.soft{color:var(--soft)}\n"
	".tiles{display:flex;flex-wrap:wrap;gap:8px;margin:16px 0}"
	".tile{border:1px solid var(--line);border-radius:6px;padding:6px 14px;"
	"background:var(--tint)}.tile b{display:block;font-size:20px}\n"
	"table{border-collapse:collapse;width:100%}th,td{text-align:left;"
	"vertical-align:top;padding:4px 8px 4px 0;border-top:1px solid var(--line);"
	"overflow-wrap:anywhere}th{color:var(--soft);font-weight:600}"
	"th.t,td.t{white-space:nowrap}\n"
	"code,.lines{font:12px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}"
	".lines{background:var(--tint);color:var(--soft);margin:2px 0 6px;padding:4px "
	"8px;"
	"border-left:3px solid var(--line)}\n"
	".v{font-weight:600}.v.authorized{color:var(--authorized)}"
	".v.unauthorized{color:var(--unauthorized)}"
	".v.unverifiable{color:var(--unverifiable)}.v.pending{color:var(--pending)}"
	".v.not-judged{color:var(--not-judged)}\n"
	".finding{border:1px solid var(--line);border-left:5px solid var(--not-judged);"
	"border-radius:4px;padding:8px 12px;margin:8px 0;break-inside:avoid}"
	".finding.critical,.finding.high{border-left-color:var(--unauthorized)}"
	".finding.medium{border-left-color:var(--unverifiable)}"
	".finding h3{margin:0 0 4px}\n"
	"svg{width:100%;height:auto;display:block;font:11px system-ui,sans-serif;"
	"break-inside:avoid}svg text{fill:var(--ink)}svg text.tick{text-anchor:middle;"
	"fill:var(--soft)}svg line.tick,svg line.lane{stroke:var(--line)}"
	"svg text.count{fill:var(--soft);font-size:9px}svg path.call{fill:var(--ink)}"
	"svg path.cross{stroke:var(--unauthorized);stroke-width:2;fill:none}"
	"svg rect{fill-opacity:.8}g.authorized "
	"rect{fill:var(--authorized)}g.unauthorized rect{"
	"fill:var(--unauthorized)}g.unverifiable rect{fill:var(--unverifiable)}"
	"g.pending rect{fill:var(--pending)}g.not-judged rect{fill:var(--not-judged)}"
	"path.critical,path.high{fill:var(--unauthorized)}path.medium{"
	"fill:var(--unverifiable)}path.low{fill:var(--not-judged)}\n"
	"@media print{body{padding:0;max-width:none;font-size:11px}"
	"*{print-color-adjust:exact;-webkit-print-color-adjust:exact}tr{break-inside:"
	"avoid}"
	"thead{display:table-header-group}}\n"
	"</style>\n</head>\n<body>\n";

struct writing {
	const struct page *page;
	struct buf *buf;
};

/* "<code>text</code>", or a dash where there is none. */
static void append_code(struct buf *buf, struct slice text)
{
	if (text.len == 0) {
		buf_append_text(buf, "\u2013");
		return;
	}
	buf_append_text(buf, "<code>");
	html_append(buf, text);
	buf_append_text(buf, "</code>");
}

static void append_part(struct buf *buf, const char *before, struct slice text)
{
	if (text.len == 0)
		return;
	buf_append_text(buf, before);
	append_code(buf, text);
}

static void append_id(struct buf *buf, const struct id *id)
{
	char text[ID_TEXT_BYTES];

	buf_append_format(buf, "<code>%.8s</code>", id_to_text(id, text));
}

/* ---- what it is about ------------------------------------------------------------ */

static void append_tile(struct buf *buf, uint64_t count, const char *one,
			const char *many)
{
	if (count)
		buf_append_format(buf, "<div class=\"tile\"><b>%" PRIu64 "</b>%s</div>\n",
				  count, count == 1 ? one : many);
}

static void append_tiles(struct writing *writing)
{
	const struct page *page = writing->page;
	uint64_t by_verdict[VERDICT_COUNT] = { 0 }, by_severity[SEVERITY_COUNT] = { 0 };
	struct buf *buf = writing->buf;

	for (size_t i = 0; i < page->login_count; i++)
		by_verdict[page->logins[i]->verdict.verdict]++;
	for (size_t i = 0; i < page->finding_count; i++)
		if (finding_row_is_news(page->findings[i]))
			by_severity[page->findings[i]->finding.severity]++;
	buf_append_text(buf, "<div class=\"tiles\">\n");
	append_tile(buf, page->login_count, "login", "logins");
	for (int i = 0; i < VERDICT_COUNT; i++)
		append_tile(buf, by_verdict[i], verdict_word((enum verdict_kind)i),
			    verdict_word((enum verdict_kind)i));
	for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
		AUTO_BUF struct buf one = BUF_LIMIT(64);

		buf_append_format(&one, "%s finding%s", severity_word((enum severity)i),
				  by_severity[i] == 1 ? "" : "s");
		append_tile(buf, by_severity[i], buf_text(&one), buf_text(&one));
	}
	buf_append_text(buf, "</div>\n");
}

/* "UTC", "UTC+01:00": of when the page was made. */
static void append_offset(struct buf *buf, const struct page *page)
{
	int32_t offset = zone_offset_s(page->zone, page->made_at);
	int32_t minutes = (offset < 0 ? -offset : offset) / 60;

	buf_append_text(buf, "UTC");
	if (offset)
		buf_append_format(buf, "%c%02d:%02d", offset < 0 ? '-' : '+',
				  (int)minutes / 60, (int)minutes % 60);
}

static void append_period(struct writing *writing)
{
	const struct page *page = writing->page;
	struct buf *buf = writing->buf;

	buf_append_text(buf,
			"<h1>Who came in through the cloud\u2019s own doors, and who "
			"allowed it</h1>\n<p class=\"soft\">");
	if (page->since != US_TIME_NONE) {
		buf_append_text(buf, "From ");
		html_append_time(buf, page->zone, page->since);
		buf_append_text(buf, ". ");
	}
	if (page->until != US_TIME_NONE) {
		buf_append_text(buf, "Until ");
		html_append_time(buf, page->zone, page->until);
		buf_append_text(buf, ". ");
	}
	buf_append_text(buf, "Times are ");
	append_offset(buf, page);
	buf_append_text(buf, "; made at ");
	html_append_time(buf, page->zone, page->made_at);
	buf_append_text(buf, " by countersign.</p>\n");
	if (page->left_out)
		buf_append_format(buf,
				  "<p class=\"v unverifiable\">%" PRIu64
				  " more rows are not on this page: ask for a shorter "
				  "time.</p>\n",
				  page->left_out);
}

/* ---- findings -------------------------------------------------------------------- */

static void append_call(struct writing *writing, const struct event *call)
{
	struct buf *buf = writing->buf;

	if (!call) {
		buf_append_text(buf, "none");
		return;
	}
	append_code(buf, call->api_call.name);
	append_part(buf, " by ", call->api_call.principal);
	append_part(buf, " from ", call->api_call.source_ip);
	buf_append_text(buf, " at ");
	html_append_time(buf, writing->page->zone, call->happened_at);
	if (call->api_call.mfa == TRISTATE_TRUE)
		buf_append_text(buf, ", with a second factor");
	append_part(buf, ", key ", call->api_call.access_key_id);
	append_part(buf, ", request ", call->api_call.request_id);
	append_part(buf, ", error ", call->api_call.error_code);
}

static void append_lines(struct writing *writing, const struct login_row *row)
{
	struct buf *buf = writing->buf;

	for (uint32_t i = 0; i < row->login.evidence_count; i++) {
		const struct evidence_text *text = &row->texts[i];

		buf_append_text(buf, "<div class=\"lines\">");
		html_append(buf, text->source);
		if (text->line.len) {
			buf_append_text(buf, ": ");
			html_append(buf, text->line);
		}
		buf_append_text(buf, "</div>\n");
	}
}

/* The login that the finding is about, where the page has it. */
static const struct login_row *login_of(const struct page *page,
					const struct finding_row *finding)
{
	for (size_t i = 0; finding->has_login && i < page->login_count; i++)
		if (memcmp(page->logins[i]->login.id.bytes, finding->login_id.bytes,
			   ID_BYTES) == 0)
			return page->logins[i];
	return NULL;
}

static void append_reasons(struct buf *buf, const struct verdict *verdict)
{
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		buf_append_text(buf, i ? "; " : "");
		html_append_text(buf, reason_text(verdict->reasons[i]));
	}
}

static void append_who(struct writing *writing, const struct finding_row *row)
{
	const struct login *login = &row->login.login;
	struct buf *buf = writing->buf;

	buf_append_text(buf, "<p>");
	html_append_time(buf, writing->page->zone, row->finding.happened_at);
	append_part(buf, " on ", row->host);
	append_part(buf, ", instance ", row->login.instance);
	if (login->path != PATH_NONE) {
		buf_append_text(buf, ", through ");
		html_append_text(buf, path_text(login->path));
	}
	append_part(buf, ", as ", login->os_user);
	append_part(buf, ", from ", login->source_ip);
	append_part(buf, ", session ", login->session_id);
	append_part(buf, ", command ", login->command_id);
	append_part(buf, ": ", row->observation.detail);
	buf_append_text(buf, "</p>\n");
}

/* Why nobody has to look at it. */
static void append_no_news(struct writing *writing, const struct finding_row *row)
{
	const struct suppression *suppression = row->finding.suppression;
	struct buf *buf = writing->buf;

	if (suppression) {
		append_part(buf, "<p>Suppressed by ", slice_text(suppression->name));
		if (suppression->until != US_TIME_NONE) {
			buf_append_text(buf, " until ");
			html_append_time(buf, writing->page->zone, suppression->until);
		}
		buf_append_text(buf, ": ");
		html_append(buf, slice_text(suppression->reason));
		buf_append_text(buf, "</p>\n");
	} else if (row->is_withdrawn) {
		buf_append_text(buf, "<p>Withdrawn: its login is judged otherwise by "
				     "now.</p>\n");
	}
}

static void append_finding(struct writing *writing, const struct finding_row *row)
{
	const struct login_row *login = login_of(writing->page, row);
	struct buf *buf = writing->buf;

	buf_append_format(buf, "<div class=\"finding %s\"><h3>",
			  severity_word(row->finding.severity));
	buf_append_format(buf, "%s \u00b7 ", severity_word(row->finding.severity));
	html_append(buf, slice_text(row->finding.rule));
	buf_append_text(buf, ": ");
	html_append(buf, slice_text(row->finding.title));
	buf_append_text(buf, "</h3>\n");
	append_who(writing, row);
	append_no_news(writing, row);
	if (login && login->verdict.reason_count) {
		buf_append_text(buf, "<p>Why: ");
		append_reasons(buf, &login->verdict);
		append_part(buf, ", by rule ", slice_text(login->verdict.policy_rule));
		buf_append_text(buf, ".</p>\n");
	}
	if (row->finding.api_call) {
		buf_append_text(buf, "<p>Call: ");
		append_call(writing, row->finding.api_call);
		buf_append_text(buf, "</p>\n");
	}
	if (row->next[0]) {
		buf_append_text(buf, "<p>Next: ");
		html_append(buf, slice_text(row->next));
		buf_append_text(buf, "</p>\n");
	}
	append_part(buf, "<p>To contain it: ", row->contain);
	if (row->contain.len)
		buf_append_text(buf, "</p>\n");
	if (!row->has_login || !login)
		append_lines(writing, &row->login);
	buf_append_text(buf, "<p class=\"soft\">Finding ");
	append_id(buf, &row->finding.id);
	if (row->has_login) {
		buf_append_text(buf, ", login ");
		append_id(buf, &row->login_id);
	}
	buf_append_text(buf, "</p></div>\n");
}

/* The worst first. Returns how many there were. */
static size_t append_findings_of(struct writing *writing, bool is_news)
{
	const struct page *page = writing->page;
	size_t count = 0;

	for (int severity = SEVERITY_COUNT - 1; severity >= 0; severity--) {
		for (size_t i = 0; i < page->finding_count; i++) {
			const struct finding_row *row = page->findings[i];

			if ((int)row->finding.severity != severity ||
			    finding_row_is_news(row) != is_news)
				continue;
			if (count++ == 0 && !is_news)
				buf_append_text(writing->buf, "<h2>Findings withdrawn or "
							      "suppressed</h2>\n");
			append_finding(writing, row);
		}
	}
	return count;
}

static void append_findings(struct writing *writing)
{
	buf_append_text(writing->buf, "<h2>Findings</h2>\n");
	if (append_findings_of(writing, true) == 0)
		buf_append_text(writing->buf, "<p>None.</p>\n");
	append_findings_of(writing, false);
}

/* ---- in time --------------------------------------------------------------------- */

struct hosts {
	struct slice names[HOSTS_MOST];
	size_t count;
	bool has_more;
};

static void note_host(struct hosts *hosts, struct slice host)
{
	for (size_t i = 0; i < hosts->count; i++)
		if (slice_equal(hosts->names[i], host))
			return;
	if (hosts->count == HOSTS_MOST)
		hosts->has_more = true;
	else
		hosts->names[hosts->count++] = host;
}

static void append_timelines(struct writing *writing)
{
	const struct page *page = writing->page;
	struct hosts hosts = { .count = 0 };

	for (size_t i = 0; i < page->login_count; i++)
		note_host(&hosts, page->logins[i]->login.host);
	for (size_t i = 0; i < page->finding_count; i++)
		note_host(&hosts, page->findings[i]->host);
	buf_append_text(
		writing->buf,
		"<h2>In time</h2>\n<p class=\"soft\">Each bar is a login from its "
		"begin to its end, crossed where no call vouches; a triangle is "
		"the call that vouches for one below it.</p>\n");
	for (size_t i = 0; i < hosts.count; i++) {
		buf_append_text(writing->buf, "<h3>");
		append_code(writing->buf, hosts.names[i]);
		buf_append_text(writing->buf, "</h3>\n");
		page_append_timeline(page, hosts.names[i], writing->buf);
	}
	if (hosts.has_more)
		buf_append_text(writing->buf,
				"<p>More hosts are in the table below.</p>\n");
}

/* ---- logins ---------------------------------------------------------------------- */

static void append_verdict(struct buf *buf, const struct verdict *verdict)
{
	buf_append_format(buf, "<span class=\"v %s\">%s</span>",
			  verdict_word(verdict->verdict), verdict_word(verdict->verdict));
	if (verdict->stage == STAGE_PROVISIONAL)
		buf_append_text(buf, " (provisional)");
	if (verdict->reason_count) {
		buf_append_text(buf, "<br><span class=\"soft\">");
		append_reasons(buf, verdict);
		buf_append_text(buf, "</span>");
	}
}

static void append_from(struct buf *buf, const struct login *login)
{
	append_code(buf, login->os_user);
	append_part(buf, " from ", login->source_ip);
	append_part(buf, " on ", login->tty);
	append_part(buf, "<br>session ", login->session_id);
	append_part(buf, "<br>command ", login->command_id);
}

static void append_login(struct writing *writing, const struct login_row *row)
{
	const struct login *login = &row->login;
	struct buf *buf = writing->buf;

	buf_append_text(buf, "<tr><td class=\"t\">");
	html_append_time(buf, writing->page->zone, login->happened_at);
	buf_append_text(buf, "<br><span class=\"soft\">until ");
	html_append_time(buf, writing->page->zone, login->ended_at);
	buf_append_text(buf, "<br>");
	append_id(buf, &login->id);
	buf_append_text(buf, "</span></td><td>");
	append_code(buf, login->host);
	buf_append_text(buf, "</td><td>");
	html_append_text(buf, path_word(login->path));
	if (login->through != PATH_NONE) {
		buf_append_text(buf, "<br>through ");
		html_append_text(buf, path_word(login->through));
	}
	buf_append_text(buf, "</td><td>");
	append_from(buf, login);
	buf_append_text(buf, "</td><td>");
	append_verdict(buf, &row->verdict);
	buf_append_text(buf, "</td><td>");
	append_call(writing, row->verdict.api_call);
	if (row->verdict.through_api_call) {
		buf_append_text(buf, "<br>");
		append_call(writing, row->verdict.through_api_call);
	}
	buf_append_text(buf, "</td></tr>\n<tr><td></td><td colspan=\"5\">");
	append_lines(writing, row);
	buf_append_text(buf, "</td></tr>\n");
}

static void append_logins(struct writing *writing)
{
	const struct page *page = writing->page;

	buf_append_text(writing->buf, "<h2>Logins</h2>\n");
	if (page->login_count == 0) {
		buf_append_text(writing->buf, "<p>None.</p>\n");
		return;
	}
	buf_append_text(writing->buf,
			"<table><thead><tr><th class=\"t\">Time</th><th>Host</th>"
			"<th>Door</th><th>User</th><th>Verdict</th><th>API call</th></tr>"
			"</thead><tbody>\n");
	for (size_t i = 0; i < page->login_count; i++)
		append_login(writing, page->logins[i]);
	buf_append_text(writing->buf, "</tbody></table>\n");
}

void page_append(const struct page *page, struct buf *buf)
{
	struct writing writing = { page, buf };

	buf_append_text(buf, head);
	append_period(&writing);
	append_tiles(&writing);
	append_timelines(&writing);
	append_findings(&writing);
	append_logins(&writing);
	buf_append_text(buf, "</body>\n</html>\n");
}
