/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/explain_text.h"

#include "base/limits.h"

static void put_heading(struct explain_text *output, const char *heading)
{
	const struct screen *screen = output->report->screen;

	buf_append_format(&output->text, "\n%s%s%s\n", screen_bold(screen), heading,
			  screen_plain(screen));
}

/* "  session   alice-0a1b2c3d4e5f60718", nothing when there is nothing to say. */
static void put_row(struct explain_text *output, const char *name, struct slice value)
{
	if (value.len == 0)
		return;
	buf_append_format(&output->text, "  %-12s", name);
	screen_append(output->report->screen, &output->text, value);
	buf_append_byte(&output->text, '\n');
}

static void put_time_row(struct explain_text *output, const char *name, us_time time)
{
	char utc[TIME_TEXT_BYTES];

	if (time == US_TIME_NONE)
		return;
	buf_append_format(&output->text, "  %-12s", name);
	screen_append_time(output->report->screen, &output->text, time);
	buf_append_format(&output->text, " (%s)\n", time_to_rfc3339(time, utc));
}

static void put_login(struct explain_text *output, const struct login *login)
{
	char id[ID_TEXT_BYTES], number[32];

	buf_append_format(&output->text, "%sLOGIN %s%s\n",
			  screen_bold(output->report->screen), id_to_text(&login->id, id),
			  screen_plain(output->report->screen));
	put_time_row(output, "time", login->happened_at);
	put_time_row(output, "ended", login->ended_at);
	put_row(output, "host", login->host);
	put_row(output, "instance", output->report->context->instance);
	put_row(output, "path", slice_text(path_word(login->path)));
	put_row(output, "", slice_text(path_text(login->path)));
	put_row(output, "through", slice_text(path_word(login->through)));
	put_row(output, "user", login->os_user);
	put_row(output, "from", login->source_ip);
	snprintf(number, sizeof(number), "%u", (unsigned)login->source_port);
	put_row(output, "port", slice_text(login->source_port ? number : ""));
	put_row(output, "tty", login->tty);
	snprintf(number, sizeof(number), "%u", (unsigned)login->pid);
	put_row(output, "pid", slice_text(login->pid ? number : ""));
	put_row(output, "session", login->session_id);
	put_row(output, "command", login->command_id);
	put_row(output, "key", login->key_fingerprint);
	put_row(output, "caller", login->principal_hint);
	put_row(output, "hint", slice_text(login->hint));
	put_row(output, "trust", slice_text(trust_word(login->trust)));
	put_row(output, "", slice_text(trust_text(login->trust)));
}

static void put_one_line(struct explain_text *output, uint64_t reference)
{
	const struct native_context *context = output->report->context;
	struct evidence_text text;

	if (!context->evidence(context->ctx, reference, &text))
		return;
	buf_append_text(&output->text, "  ");
	screen_append(output->report->screen, &output->text, text.source);
	buf_append_text(&output->text, " ");
	screen_append(output->report->screen, &output->text, text.cursor);
	buf_append_text(&output->text, "\n    ");
	screen_append(output->report->screen, &output->text,
		      text.line.len ? text.line : SLICE("(not shown)"));
	buf_append_byte(&output->text, '\n');
}

static void put_lines(struct explain_text *output, const struct login *login)
{
	put_heading(output, "LINES");
	for (uint32_t i = 0; i < login->evidence_count; i++)
		put_one_line(output, login->evidence[i]);
	if (login->evidence_cut)
		buf_append_text(&output->text, "  and more that were not kept\n");
	report_write(output->report, &output->text);
}

/* "StartSession 6f2c... of 2026-01-28T10:00:07Z by user/alice" */
static void put_call(struct explain_text *output, const struct event *event)
{
	const struct screen *screen = output->report->screen;
	char time[TIME_TEXT_BYTES];

	screen_append(screen, &output->text, event->api_call.name);
	buf_append_byte(&output->text, ' ');
	screen_append(screen, &output->text, event->api_call.id);
	buf_append_format(&output->text, " of %s",
			  time_to_rfc3339(event->happened_at, time));
	if (event->api_call.principal.len) {
		buf_append_text(&output->text, " by ");
		screen_append(screen, &output->text, event->api_call.principal);
	}
	if (event->api_call.source_ip.len) {
		buf_append_text(&output->text, " from ");
		screen_append(screen, &output->text, event->api_call.source_ip);
	}
	if (event->api_call.error_code.len) {
		buf_append_text(&output->text, ", refused: ");
		screen_append(screen, &output->text, event->api_call.error_code);
	}
	buf_append_byte(&output->text, '\n');
}

void explain_text_put_step(struct explain_text *output, const struct reasoning *reasoning)
{
	const struct screen *screen = output->report->screen;

	if (!output->had_step)
		put_heading(output, "RULES");
	output->had_step = true;
	buf_append_format(&output->text, "  %s%-4s%s ",
			  screen_of_verdict(screen, reasoning->held ? VERDICT_AUTHORIZED
								    : VERDICT_NOT_JUDGED),
			  reasoning->held ? "yes" : "no", screen_plain(screen));
	screen_append(screen, &output->text, slice_text(reasoning->rule));
	buf_append_text(&output->text, ": ");
	screen_append(screen, &output->text, slice_text(reasoning->why));
	buf_append_byte(&output->text, '\n');
	if (reasoning->api_call) {
		buf_append_text(&output->text, "       ");
		put_call(output, reasoning->api_call);
	}
	report_write(output->report, &output->text);
}

static void put_matched(struct explain_text *output, uint32_t matched)
{
	const char *separator = "      agrees in ";

	for (unsigned i = 0; i < MATCHED_COUNT; i++) {
		if (!(matched & (UINT32_C(1) << i)))
			continue;
		buf_append_text(&output->text, separator);
		buf_append_text(&output->text, matched_text((enum matched)i));
		separator = ", ";
	}
	if (matched)
		buf_append_byte(&output->text, '\n');
}

static void put_vouching(struct explain_text *output, const char *what,
			 const struct event *call, uint32_t matched)
{
	if (!call)
		return;
	buf_append_format(&output->text, "  %s: ", what);
	put_call(output, call);
	put_matched(output, matched);
}

/* "  suppressed by weekly-patching until 2026-05-01: patches come on Tuesdays" */
static void put_suppression(struct explain_text *output,
			    const struct suppression *suppression)
{
	const struct screen *screen = output->report->screen;

	buf_append_text(&output->text, "  suppressed by ");
	screen_append(screen, &output->text, slice_text(suppression->name));
	if (suppression->until != US_TIME_NONE) {
		buf_append_text(&output->text, " until ");
		screen_append_time(screen, &output->text, suppression->until);
	}
	buf_append_text(&output->text, ": ");
	screen_append(screen, &output->text, slice_text(suppression->reason));
	buf_append_byte(&output->text, '\n');
}

void explain_text_put_finding(struct explain_text *output, const struct finding *finding,
			      const char *what_became)
{
	const struct screen *screen = output->report->screen;
	char id[ID_TEXT_BYTES];

	put_heading(output, "FINDING");
	buf_append_format(&output->text, "  %s, ", severity_word(finding->severity));
	screen_append(screen, &output->text, slice_text(finding->rule));
	buf_append_text(&output->text, ": ");
	screen_append(screen, &output->text, slice_text(finding->title));
	buf_append_format(&output->text, "\n  %s\n", id_to_text(&finding->id, id));
	if (finding->suppression)
		put_suppression(output, finding->suppression);
	else if (what_became[0])
		buf_append_format(&output->text, "  %s\n", what_became);
	output->had_finding = true;
	report_write(output->report, &output->text);
}

void explain_text_put_next(struct explain_text *output, const struct explain_next *next)
{
	const struct screen *screen = output->report->screen;

	put_heading(output, "NEXT");
	buf_append_text(&output->text, "  ");
	screen_append(screen, &output->text, slice_text(next->advice));
	buf_append_byte(&output->text, '\n');
	if (next->command.len) {
		buf_append_text(&output->text, "  To contain it: ");
		screen_append(screen, &output->text, next->command);
		buf_append_byte(&output->text, '\n');
	}
	report_write(output->report, &output->text);
}

void explain_text_put_verdict(struct explain_text *output, const struct verdict *verdict)
{
	const struct screen *screen = output->report->screen;

	put_heading(output, "VERDICT");
	buf_append_format(&output->text, "  %s%s%s%s%s: %s\n",
			  screen_of_verdict(screen, verdict->verdict),
			  verdict_word(verdict->verdict), screen_plain(screen),
			  verdict->stage != STAGE_NONE ? ", " : "",
			  stage_word(verdict->stage), finding_verdict_text(verdict));
	for (uint32_t i = 0; i < verdict->reason_count; i++)
		buf_append_format(&output->text, "  %s: %s\n",
				  reason_word(verdict->reasons[i]),
				  reason_text(verdict->reasons[i]));
	if (verdict->policy_rule && verdict->policy_rule[0]) {
		buf_append_text(&output->text, "  the policy's rule: ");
		screen_append(screen, &output->text, slice_text(verdict->policy_rule));
		buf_append_byte(&output->text, '\n');
	}
	put_vouching(output, "vouched for by", verdict->api_call, verdict->matched);
	put_vouching(output, "its tunnel by", verdict->through_api_call,
		     verdict->through_matched);
	report_write(output->report, &output->text);
}

void explain_text_put_login(struct explain_text *output, const struct login *login)
{
	if (output->had_finding)
		buf_append_byte(&output->text, '\n');
	put_login(output, login);
	put_lines(output, login);
}

void explain_text_put_observation(struct explain_text *output,
				  const struct observation *observation)
{
	put_time_row(output, "time", observation->happened_at);
	put_time_row(output, "from", observation->from);
	put_time_row(output, "until", observation->until);
	put_row(output, "about", observation->detail);
	if (observation->api_call) {
		buf_append_text(&output->text, "  call        ");
		put_call(output, observation->api_call);
	}
	if (observation->evidence) {
		put_heading(output, "LINES");
		put_one_line(output, observation->evidence);
	}
	for (uint32_t i = 0; i < observation->sample_count; i++)
		put_one_line(output, observation->samples[i]);
	report_write(output->report, &output->text);
}

void explain_text_begin(struct explain_text *output, const struct report *report)
{
	*output = (struct explain_text){
		.report = report,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
}

void explain_text_release(struct explain_text *output)
{
	buf_release(&output->text);
}
