/* SPDX-License-Identifier: Apache-2.0 */
#include <libsmartcols.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cli/report.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

#define NARROW_COLUMNS 100
#define LONGEST_USER_BYTES 16
#define LONGEST_FROM_BYTES 24

enum column {
	COLUMN_TIME,
	COLUMN_ID,
	COLUMN_HOST,
	COLUMN_VERDICT,
	COLUMN_PATH,
	COLUMN_USER,
	COLUMN_FROM,
	COLUMN_WHO,
	COLUMN_WHY,
	COLUMN_COUNT
};

struct table {
	const struct report *report;
	struct libscols_table *columns;
	struct libscols_column *by_kind[COLUMN_COUNT]; /* NULL: not shown */
	struct buf cell;
};

/* Flags count on a terminal alone: elsewhere nothing is cut. */
static const struct {
	const char *title;
	double width_hint;
	int flags;
} titles[COLUMN_COUNT] = {
	[COLUMN_TIME] = { "TIME", 19, 0 },
	[COLUMN_ID] = { "ID", 8, 0 },
	[COLUMN_HOST] = { "HOST", 8, SCOLS_FL_TRUNC },
	[COLUMN_VERDICT] = { "VERDICT", 12, 0 },
	[COLUMN_PATH] = { "PATH", 0.25, SCOLS_FL_TRUNC },
	[COLUMN_USER] = { "USER", 6, 0 },
	[COLUMN_FROM] = { "FROM", 10, 0 },
	[COLUMN_WHO] = { "WHO LET IN", 0.1, SCOLS_FL_TRUNC },
	[COLUMN_WHY] = { "WHY", 0.25, SCOLS_FL_TRUNC },
};

static void put_id(struct table *table, const struct id *id)
{
	char text[ID_TEXT_BYTES];

	buf_append(&table->cell, slice_first(slice_text(id_to_text(id, text)),
					     table->report->id_digits));
}

static void put_text(struct table *table, struct slice text)
{
	if (text.len)
		screen_append(table->report->screen, &table->cell, text);
	else
		buf_append_text(&table->cell, "-");
}

/* Who and from where is what is read first: on a terminal other columns give way to it,
 * as long as it is no longer than honest ones are. */
static void put_short(struct table *table, struct slice text, size_t longest)
{
	if (!table->report->screen->is_terminal || text.len <= longest) {
		put_text(table, text);
		return;
	}
	put_text(table, slice_first(text, longest - 2));
	buf_append_text(&table->cell, "..");
}

static void put_verdict(struct table *table, const struct verdict *verdict)
{
	buf_append_text(&table->cell, verdict_word(verdict->verdict));
	if (verdict->stage == STAGE_PROVISIONAL)
		buf_append_text(&table->cell, " (provisional)");
}

static void put_path(struct table *table, const struct login *login)
{
	put_text(table, slice_text(path_word(login->path)));
	if (login->through != PATH_NONE)
		buf_append_format(&table->cell, " through %s", path_word(login->through));
}

static void put_caller(struct table *table, const struct event *api_call)
{
	if (api_call->api_call.principal.len)
		screen_append_principal(table->report->screen, &table->cell,
					api_call->api_call.principal);
	else
		buf_append_text(&table->cell, "-");
}

/* The principal of the call that vouches; with a '?' the one that the host's own line
 * names. */
static void put_who(struct table *table, const struct verdict *verdict)
{
	const struct event *through = verdict->through_api_call;

	if (verdict->api_call) {
		put_caller(table, verdict->api_call);
	} else if (verdict->login->principal_hint.len) {
		screen_append_principal(table->report->screen, &table->cell,
					verdict->login->principal_hint);
		buf_append_text(&table->cell, "?");
	} else {
		buf_append_text(&table->cell, "-");
	}
	if (through) {
		buf_append_text(&table->cell, ", tunnel ");
		put_caller(table, through);
	}
}

/* "SendSSHPublicKey 8s before" */
static void put_call(struct table *table, const struct verdict *verdict)
{
	us_span before = verdict->login->happened_at - verdict->api_call->happened_at;
	char span[TIME_TEXT_BYTES];

	/* Calls are stamped with whole seconds, and may be stamped after their login. */
	screen_append(table->report->screen, &table->cell,
		      verdict->api_call->api_call.name);
	span_to_text((before < 0 ? -before : before) / US_PER_SECOND * US_PER_SECOND,
		     span);
	buf_append_format(&table->cell, " %s %s", span, before < 0 ? "after" : "before");
}

static void put_why(struct table *table, const struct verdict *verdict)
{
	if (verdict->api_call)
		put_call(table, verdict);
	else if (verdict->reason_count == 0)
		buf_append_text(&table->cell, verdict->verdict == VERDICT_NOT_JUDGED
						      ? path_text(verdict->login->path)
						      : verdict_text(verdict->verdict));
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		buf_append_text(&table->cell, i || verdict->api_call ? "; " : "");
		buf_append_text(&table->cell, reason_text(verdict->reasons[i]));
	}
}

/* What says best where it came from: an address, a console, or the cloud's own id. */
static struct slice from_of(const struct login *login)
{
	const struct slice places[] = { login->source_ip, login->tty, login->session_id,
					login->command_id };

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		if (places[i].len)
			return places[i];
	}
	return (struct slice){ NULL, 0 };
}

static void put_cell(struct table *table, enum column column,
		     const struct verdict *verdict)
{
	const struct login *login = verdict->login;

	switch (column) {
	case COLUMN_TIME:
		screen_append_time(table->report->screen, &table->cell,
				   login->happened_at);
		break;
	case COLUMN_ID:
		put_id(table, &login->id);
		break;
	case COLUMN_HOST:
		put_text(table, login->host);
		break;
	case COLUMN_VERDICT:
		put_verdict(table, verdict);
		break;
	case COLUMN_PATH:
		put_path(table, login);
		break;
	case COLUMN_USER:
		put_short(table, login->os_user, LONGEST_USER_BYTES);
		break;
	case COLUMN_FROM:
		put_short(table, from_of(login), LONGEST_FROM_BYTES);
		break;
	case COLUMN_WHO:
		put_who(table, verdict);
		break;
	case COLUMN_WHY:
		put_why(table, verdict);
		break;
	case COLUMN_COUNT:
		break;
	}
}

static void add_row(void *ctx, const struct verdict *verdict)
{
	struct table *table = ctx;
	struct libscols_line *line;

	if (!report_shows(table->report, verdict) ||
	    (verdict->verdict == VERDICT_NOT_JUDGED && report_leaves_out(table->report)))
		return;
	line = scols_table_new_line(table->columns, NULL);
	if (!line)
		abort();
	if (table->report->screen->has_color)
		scols_line_set_color(
			line, screen_of_verdict(table->report->screen, verdict->verdict));
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if (!table->by_kind[i])
			continue;
		buf_clear(&table->cell);
		put_cell(table, (enum column)i, verdict);
		if (scols_line_set_column_data(line, table->by_kind[i],
					       buf_text(&table->cell)) < 0)
			abort();
	}
}

/* On a narrow terminal ids give way: findings show theirs, and --json shows all. */
static bool is_narrow(const struct table *table)
{
	return table->report->screen->is_terminal &&
	       scols_table_get_termwidth(table->columns) < NARROW_COLUMNS;
}

static void make_columns(struct table *table)
{
	table->columns = scols_new_table();
	if (!table->columns)
		abort();
	/* What is put into cells has been escaped, once. */
	scols_table_enable_noencoding(table->columns, 1);
	scols_table_enable_colors(table->columns, table->report->screen->has_color);
	for (int i = 0; i < COLUMN_COUNT; i++) {
		if ((i == COLUMN_HOST && !table->report->has_several_hosts) ||
		    (i == COLUMN_ID && is_narrow(table)))
			continue;
		table->by_kind[i] =
			scols_table_new_column(table->columns, titles[i].title,
					       titles[i].width_hint, titles[i].flags);
		if (!table->by_kind[i])
			abort();
	}
}

void report_print_logins(const struct report *report)
{
	struct table table = {
		.report = report,
		.cell = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};

	make_columns(&table);
	judge_each_login(report->judge, add_row, &table);
	if (scols_table_get_nlines(table.columns))
		scols_print_table(table.columns);
	scols_unref_table(table.columns);
	buf_release(&table.cell);
}
