/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "cli/report.h"

/* What the two walks share. */
struct output {
	const struct report *report;
	struct buf line;
};

static void write_line(struct output *output)
{
	buf_append_byte(&output->line, '\n');
	report_write(output->report, &output->line);
}

static void print_login(void *ctx, const struct verdict *verdict)
{
	struct output *output = ctx;

	if (!report_shows(output->report, verdict))
		return;
	native_append_login(&output->line, verdict, output->report->context);
	write_line(output);
}

static void print_finding(void *ctx, const struct finding *finding)
{
	struct output *output = ctx;

	if (!report_shows_finding(output->report, finding))
		return;
	native_append_finding(&output->line, finding, output->report->context);
	write_line(output);
}

void report_print_json(const struct report *report)
{
	struct output output = {
		.report = report,
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};

	report->source.each_login(report->source.from, print_login, &output);
	report->source.each_finding(report->source.from, print_finding, &output);
	native_append_summary(&output.line, &report->summary);
	write_line(&output);
	buf_release(&output.line);
}
