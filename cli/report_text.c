/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "cli/report.h"
#include "cli/wrap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

void report_print_wrapped(const struct report *report, struct buf *text, size_t indent)
{
	AUTO_BUF struct buf wrapped = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	const struct wrap wrap = { .indent = indent, .width = report->screen->columns };

	if (buf_overflowed(text)) {
		report_write(report, text);
		return;
	}
	wrap_append(&wrapped, buf_slice(text), &wrap);
	buf_append_byte(&wrapped, '\n');
	report_write(report, &wrapped);
	buf_clear(text);
}

/* ---- findings --------------------------------------------------------------------- */

struct finding_list {
	const struct report *report;
	struct buf line;
	uint64_t printed;
	struct id first;
};

static const char *color_of(const struct screen *screen, enum severity severity)
{
	return screen_of_verdict(screen, severity >= SEVERITY_HIGH ? VERDICT_UNAUTHORIZED
					 : severity == SEVERITY_MEDIUM
						 ? VERDICT_UNVERIFIABLE
						 : VERDICT_PENDING);
}

/* Who and from where, as far as it is known: "ubuntu from 203.0.113.9". */
static void put_subject(struct finding_list *list, const struct finding *finding)
{
	const struct login *login = finding->login;
	const struct screen *screen = list->report->screen;

	if (login && login->os_user.len) {
		buf_append_text(&list->line, ", user ");
		screen_append(screen, &list->line, login->os_user);
	}
	if (login && login->source_ip.len) {
		buf_append_text(&list->line, " from ");
		screen_append(screen, &list->line, login->source_ip);
	}
	if (finding->observation && finding->observation->detail.len) {
		buf_append_text(&list->line, ": ");
		screen_append(screen, &list->line, finding->observation->detail);
	}
}

static void print_finding(void *ctx, const struct finding *finding)
{
	struct finding_list *list = ctx;
	const struct screen *screen = list->report->screen;
	char id[ID_TEXT_BYTES];

	if (!report_shows_finding(list->report, finding) || finding->suppression)
		return;
	if (list->printed++ == 0) {
		list->first = finding->id;
		buf_append_format(&list->line, "\n%sFINDINGS%s\n", screen_bold(screen),
				  screen_plain(screen));
		report_write(list->report, &list->line);
	}
	buf_append_format(&list->line, "%s%-8s%s %.*s ",
			  color_of(screen, finding->severity),
			  severity_word(finding->severity), screen_plain(screen),
			  (int)list->report->id_digits, id_to_text(&finding->id, id));
	screen_append_time(screen, &list->line, finding->happened_at);
	buf_append_format(&list->line, " %s: %s", finding->rule, finding->title);
	put_subject(list, finding);
	/* Under the id. */
	report_print_wrapped(list->report, &list->line, strlen("critical "));
}

static void print_findings(const struct report *report)
{
	struct finding_list list = {
		.report = report,
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};

	report->source.each_finding(report->source.from, print_finding, &list);
	if (list.printed) {
		char id[ID_TEXT_BYTES];

		buf_append_format(&list.line,
				  "Every line, call and rule behind one: --explain %.*s",
				  (int)report->id_digits, id_to_text(&list.first, id));
		report_print_wrapped(report, &list.line, 0);
	}
	buf_release(&list.line);
}

/* ---- summary ---------------------------------------------------------------------- */

static void append_count(struct buf *buf, uint64_t count, const char *one,
			 const char *many)
{
	buf_append_format(buf, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

/* In the order of what matters most. */
static void append_verdicts(const struct report *report, struct buf *buf)
{
	static const enum verdict_kind order[] = {
		VERDICT_UNAUTHORIZED, VERDICT_UNVERIFIABLE, VERDICT_PENDING,
		VERDICT_AUTHORIZED,   VERDICT_NOT_JUDGED,
	};
	const char *separator = ": ";

	for (size_t i = 0; i < COUNT_OF(order); i++) {
		uint64_t count = report->summary.by_verdict[order[i]];

		if (count == 0)
			continue;
		buf_append_format(buf, "%s%s%" PRIu64 " %s%s", separator,
				  screen_of_verdict(report->screen, order[i]), count,
				  verdict_word(order[i]), screen_plain(report->screen));
		separator = ", ";
	}
}

void report_append_counts(const struct report *report, struct buf *buf)
{
	append_count(buf, report->summary.logins, "login", "logins");
	append_verdicts(report, buf);
}

/* Names of suppressions, each once; of more than these it is said that there are others.
 */
#define NAMES_MAX 16

struct name_list {
	const char *names[NAMES_MAX];
	size_t count;
	bool is_cut;
};

static void add_name(void *ctx, const struct finding *finding)
{
	struct name_list *list = ctx;

	if (!finding->suppression)
		return;
	for (size_t i = 0; i < list->count; i++)
		if (list->names[i] == finding->suppression->name)
			return;
	if (list->count == NAMES_MAX)
		list->is_cut = true;
	else
		list->names[list->count++] = finding->suppression->name;
}

/* ", 2 suppressed: weekly-patching" */
static void append_suppressed(const struct report *report, struct buf *buf)
{
	struct name_list list = { .count = 0 };

	if (!report->summary.suppressed)
		return;
	report->source.each_finding(report->source.from, add_name, &list);
	buf_append_format(buf, ", %" PRIu64 " suppressed: ", report->summary.suppressed);
	for (size_t i = 0; i < list.count; i++) {
		buf_append_text(buf, i ? ", " : "");
		screen_append(report->screen, buf, slice_text(list.names[i]));
	}
	buf_append_text(buf, list.is_cut ? " and others" : "");
}

static void print_sentence(const struct report *report, const char *text)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	buf_append_text(&line, text);
	report_print_wrapped(report, &line, 0);
}

static void print_summary(const struct report *report)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	if (report->summary.logins || report->summary.findings)
		putchar('\n');
	report_append_counts(report, &line);
	buf_append_text(&line, ". ");
	append_count(&line, report->summary.findings, "finding", "findings");
	append_suppressed(report, &line);
	buf_append_text(&line, ". Read ");
	append_count(&line, report->summary.lines, "host line", "host lines");
	buf_append_text(&line, " and ");
	append_count(&line, report->summary.api_calls, "API call", "API calls");
	buf_append_byte(&line, '.');
	report_print_wrapped(report, &line, 0);
	if (report_leaves_out(report))
		print_sentence(report, "Those not judged are left out: "
				       "--verdict=not-judged shows them.");
	if (!report->has_api_logs)
		print_sentence(report, "No API log was given (--api-log): no login "
				       "through a cloud door can be judged.");
	if (report->problems->count)
		print_sentence(report, "Not everything could be read: see the messages.");
}

void report_print_text(const struct report *report)
{
	report_print_logins(report);
	fflush(stdout);
	print_findings(report);
	print_summary(report);
}
