/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/report_format.h"

#include "base/limits.h"

/* What the two walks share. */
struct output {
	const struct report *report;
	const struct alert_format *format;
	struct buf line;
	uint64_t number;
	uint64_t sequences[ALERT_STREAM_COUNT];
};

static void print(struct output *output, struct alert_record *record)
{
	record->activity = ALERT_CREATE;
	record->number = ++output->number;
	record->sequence = ++output->sequences[record->stream];
	record->context = output->report->context;
	alert_format_append(output->format, &output->line, record);
	if (output->line.len)
		buf_append_byte(&output->line, '\n');
	report_write(output->report, &output->line);
}

static void print_login(void *ctx, const struct verdict *verdict)
{
	static const struct alert_told nothing = { .is_told = false };
	struct output *output = ctx;
	enum alert_activity activity;
	struct alert_record record = {
		.stream = ALERT_LOGINS,
		.told_at = verdict->login->happened_at,
		.verdict = verdict,
	};

	if (report_shows(output->report, verdict) &&
	    alert_activity_of_login(verdict, &nothing, &activity))
		print(output, &record);
}

static void print_finding(void *ctx, const struct finding *finding)
{
	struct output *output = ctx;
	struct alert_record record = {
		.stream = ALERT_FINDINGS,
		.told_at = finding->happened_at,
		.verdict = finding->verdict,
		.observation = finding->observation,
	};

	if (!finding->suppression && report_shows_finding(output->report, finding))
		print(output, &record);
}

void report_print_format(const struct report *report, const struct alert_format *format,
			 unsigned streams)
{
	struct output output = {
		.report = report,
		.format = format,
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};

	if (streams & 1u << ALERT_LOGINS)
		report->source.each_login(report->source.from, print_login, &output);
	if (streams & 1u << ALERT_FINDINGS)
		report->source.each_finding(report->source.from, print_finding, &output);
	buf_release(&output.line);
}
