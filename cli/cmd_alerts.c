/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign alerts: the findings of the agent, the security team's list, as lines or as
 * JSON, and one by one as they come.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "cli/asking.h"
#include "cli/head_line.h"
#include "cli/login_row.h"

#define ID_DIGITS 8
#define TIME_COLUMNS 19 /* "2026-01-28 10:59:55" */
#define SEVERITY_COLUMNS 8
#define SINK_COLUMNS 12

struct alerts {
	struct asking *asking;
	struct arena arena; /* of one row */
	struct head_line line;
	struct buf text;
	uint64_t count;			      /* all rows */
	uint64_t by_severity[SEVERITY_COUNT]; /* of those that are news */
	uint64_t withdrawn, suppressed;
};

static const char *color_of(const struct screen *screen, enum severity severity)
{
	return screen_of_verdict(screen, severity >= SEVERITY_HIGH ? VERDICT_UNAUTHORIZED
					 : severity == SEVERITY_MEDIUM
						 ? VERDICT_UNVERIFIABLE
						 : VERDICT_PENDING);
}

static void print_line(struct alerts *alerts)
{
	head_line_append(&alerts->line, &alerts->asking->screen, &alerts->text);
	asking_write(alerts->asking, &alerts->text);
	if (alerts->asking->options.follow)
		fflush(stdout);
}

static void print_titles(struct alerts *alerts)
{
	head_line_add(&alerts->line, SLICE("TIME"), TIME_COLUMNS);
	head_line_add(&alerts->line, SLICE("SEVERITY"), SEVERITY_COLUMNS);
	head_line_add(&alerts->line, SLICE("ID"), ID_DIGITS);
	head_line_add(&alerts->line, SLICE("LOGIN"), ID_DIGITS);
	buf_append_text(&alerts->line.rest, "RULE: WHAT HAPPENED");
	alerts->line.color = screen_bold(&alerts->asking->screen);
	print_line(alerts);
}

static void put_id(struct alerts *alerts, const struct id *id)
{
	char text[ID_TEXT_BYTES];

	head_line_add(&alerts->line,
		      slice_first(slice_text(id_to_text(id, text)), ID_DIGITS),
		      ID_DIGITS);
}

static void put_part(struct alerts *alerts, const char *before, struct slice text)
{
	if (text.len == 0)
		return;
	buf_append_text(&alerts->line.rest, before);
	screen_append(&alerts->asking->screen, &alerts->line.rest, text);
}

/* "login-without-api-call: a login through ..., user ubuntu from 203.0.113.9 on till-3"
 */
static void put_rest(struct alerts *alerts, const struct finding_row *row)
{
	put_part(alerts, "", slice_text(row->finding.rule));
	put_part(alerts, ": ", slice_text(row->finding.title));
	put_part(alerts, ", user ", row->login.login.os_user);
	put_part(alerts, " from ", row->login.login.source_ip);
	put_part(alerts, " on ", row->host);
	put_part(alerts, ": ", row->observation.detail);
	put_part(alerts, ", by rule ", slice_text(row->login.verdict.policy_rule));
	if (row->finding.suppression)
		put_part(alerts, ", suppressed by ",
			 slice_text(row->finding.suppression->name));
	else
		buf_append_text(&alerts->line.rest, row->is_withdrawn ? ", withdrawn"
						    : row->is_over    ? ", over"
								      : "");
}

static void print_one(struct alerts *alerts, const struct finding_row *row)
{
	const struct screen *screen = &alerts->asking->screen;
	AUTO_BUF struct buf time = BUF_LIMIT(64);

	screen_append_time(screen, &time, row->finding.happened_at);
	head_line_add(&alerts->line, buf_slice(&time), TIME_COLUMNS);
	head_line_add(&alerts->line, slice_text(severity_word(row->finding.severity)),
		      SEVERITY_COLUMNS);
	put_id(alerts, &row->finding.id);
	if (row->has_login)
		put_id(alerts, &row->login_id);
	else
		head_line_add(&alerts->line, SLICE("-"), ID_DIGITS);
	put_rest(alerts, row);
	alerts->line.color = color_of(screen, row->finding.severity);
	print_line(alerts);
}

/* What is withdrawn or suppressed is listed, and nothing to look at. */
static void note(struct alerts *alerts, const struct finding_row *row)
{
	if (row->finding.suppression) {
		alerts->suppressed++;
	} else if (row->is_withdrawn) {
		alerts->withdrawn++;
	} else {
		alerts->by_severity[row->finding.severity]++;
		if (row->finding.severity >= SEVERITY_MEDIUM)
			alerts->asking->has_found = true;
	}
}

static void take_finding(struct alerts *alerts, const struct ask_row *answer)
{
	struct finding_row row = { .next = "" };
	struct err err;

	if (finding_row_read(answer->json, &alerts->arena, &row, &err) < 0) {
		asking_fail(alerts->asking, &err);
		return;
	}
	note(alerts, &row);
	if (alerts->asking->options.json) {
		asking_print_row(alerts->asking, answer);
		if (alerts->asking->options.follow)
			fflush(stdout);
		return;
	}
	if (alerts->count++ == 0 && !alerts->asking->options.follow)
		print_titles(alerts);
	print_one(alerts, &row);
}

/* "2026-01-28 10:59:55 splunk       record 17: no such index" */
static void take_letter(struct alerts *alerts, const struct ask_row *answer)
{
	const struct screen *screen = &alerts->asking->screen;
	AUTO_BUF struct buf time = BUF_LIMIT(64);
	us_time refused_at;

	if (alerts->asking->options.json) {
		asking_print_row(alerts->asking, answer);
		return;
	}
	alerts->count++;
	if (!time_from_rfc3339(json_text_at(answer->json, "refused_at"), &refused_at))
		refused_at = US_TIME_NONE;
	screen_append_time(screen, &time, refused_at);
	head_line_add(&alerts->line, buf_slice(&time), TIME_COLUMNS);
	head_line_add(&alerts->line, json_text_at(answer->json, "sink"), SINK_COLUMNS);
	buf_append_format(&alerts->line.rest, "record %" PRId64,
			  (int64_t)json_integer_value(json_at(answer->json, "number")));
	put_part(alerts, ": ", json_text_at(answer->json, "why"));
	alerts->line.color = screen_of_verdict(screen, VERDICT_UNVERIFIABLE);
	print_line(alerts);
}

static void print_letters_summary(struct alerts *alerts)
{
	if (alerts->count == 0) {
		buf_append_text(&alerts->text, "No sink has refused a record.");
	} else {
		putchar('\n');
		buf_append_format(&alerts->text,
				  "%" PRIu64 " %s not taken by %s sink and not sent "
				  "again. In full: --json.",
				  alerts->count,
				  alerts->count == 1 ? "record" : "records",
				  alerts->count == 1 ? "its" : "their");
	}
	asking_print_wrapped(alerts->asking, &alerts->text);
}

static void put_count(struct alerts *alerts, const char **separator, uint64_t count,
		      const char *word)
{
	if (count == 0)
		return;
	buf_append_format(&alerts->text, "%s%" PRIu64 " %s", *separator, count, word);
	*separator = ", ";
}

static void print_summary(struct alerts *alerts)
{
	const struct screen *screen = &alerts->asking->screen;
	const char *separator = ": ";

	if (alerts->count)
		putchar('\n');
	buf_append_format(&alerts->text, "%" PRIu64 " %s", alerts->count,
			  alerts->count == 1 ? "finding" : "findings");
	for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
		if (alerts->by_severity[i] == 0)
			continue;
		buf_append_format(&alerts->text, "%s%s%" PRIu64 " %s%s", separator,
				  color_of(screen, (enum severity)i),
				  alerts->by_severity[i], severity_word((enum severity)i),
				  screen_plain(screen));
		separator = ", ";
	}
	put_count(alerts, &separator, alerts->withdrawn, "withdrawn");
	put_count(alerts, &separator, alerts->suppressed, "suppressed");
	buf_append_byte(&alerts->text, '.');
	asking_print_wrapped(alerts->asking, &alerts->text);
	if (alerts->count == 0)
		return;
	buf_append_text(&alerts->text, "What is behind one: countersign explain ID");
	asking_print_wrapped(alerts->asking, &alerts->text);
}

static void run_alerts(struct asking *asking)
{
	struct control_request request;
	struct alerts alerts = {
		.asking = asking,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	const struct ask_row *row;
	struct ask *ask;

	control_request_init(&request, CONTROL_ALERTS);
	request.since = asking->options.since;
	request.until = asking->options.until;
	request.follow = asking->options.follow;
	request.undelivered = asking->options.undelivered;
	ask = asking_send(asking, &request);
	if (!ask)
		return;
	arena_init(&alerts.arena);
	head_line_init(&alerts.line);
	if (asking->options.follow && !asking->options.json)
		print_titles(&alerts);
	while ((row = asking_next(asking, ask)) != NULL && !ferror(stdout)) {
		if (slice_equal(row->type, SLICE("finding")))
			take_finding(&alerts, row);
		else if (slice_equal(row->type, SLICE("dead-letter")))
			take_letter(&alerts, row);
		arena_release(&alerts.arena);
		arena_init(&alerts.arena);
	}
	if (asking->options.undelivered && !asking->options.json)
		print_letters_summary(&alerts);
	else if (!asking->options.follow && !asking->options.json)
		print_summary(&alerts);
	head_line_release(&alerts.line);
	arena_release(&alerts.arena);
	buf_release(&alerts.text);
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign alerts [OPTION]...\n"
	      "\n"
	      "Shows the findings of the agent on this host; with --undelivered the "
	      "records\n"
	      "that a sink will never take. For root and members of the group "
	      "'countersign'.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_ALERTS);
	fputs("\n"
	      "T is a time as journalctl takes it: '2026-01-28 10:00:00', 'yesterday', "
	      "'-1h'.\n"
	      "--follow without --since begins a day back.\n"
	      "\n"
	      "Exit status: 0 nothing to tell; 1 a finding of medium severity or more "
	      "that is\n"
	      "neither withdrawn nor suppressed; 2 wrong usage; 3 the agent could not "
	      "be\n"
	      "asked, or not all could be shown.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_alerts, ASK_ALERTS,
						       run_alerts };

	return asking_run(&command, argc, argv);
}

const struct command command_alerts = {
	.name = "alerts",
	.summary = "show the findings of the agent on this host",
	.help = help,
	.run = run,
};
