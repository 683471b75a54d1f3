/* SPDX-License-Identifier: Apache-2.0 */
#include <libsmartcols.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cli/login_cell.h"
#include "cli/report.h"
#include "cli/wrap.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/*
 * Nothing is cut to fit. WHY stands beside the other columns where the terminal leaves it
 * so many of its own; else each login has a second line, and columns for which the first
 * has no room say there what they have to say. Elsewhere than on a terminal there is room
 * for all.
 */
#define FEWEST_WHY_COLUMNS 36

static const char *const titles[COLUMN_COUNT] = {
	[COLUMN_DATE] = "DATE",	      [COLUMN_TIME] = "TIME",
	[COLUMN_ID] = "ID",	      [COLUMN_HOST] = "HOST",
	[COLUMN_VERDICT] = "VERDICT", [COLUMN_PATH] = "PATH",
	[COLUMN_THROUGH] = "THROUGH", [COLUMN_USER] = "USER",
	[COLUMN_FROM] = "FROM",	      [COLUMN_WHO] = "WHO LET IN",
	[COLUMN_WHY] = "WHY",
};

/* Which columns leave the first line, in this order, and how the second line names what
 * they say. */
static const struct {
	enum login_column column;
	const char *name;
} leaving[] = {
	{ COLUMN_WHO, "" },	  { COLUMN_THROUGH, "through " },
	{ COLUMN_FROM, "from " }, { COLUMN_HOST, "on " },
	{ COLUMN_PATH, "" },	  { COLUMN_USER, "user " },
};

/* In the order of the second line; WHO is told after these. */
static const enum login_column places[] = { COLUMN_PATH, COLUMN_THROUGH, COLUMN_FROM,
					    COLUMN_HOST, COLUMN_USER };

struct table {
	const struct report *report;
	struct libscols_table *columns;
	struct libscols_column *by_kind[COLUMN_COUNT];
	bool is_hidden[COLUMN_COUNT];
	bool has_through;
	bool has_several_dates;
	bool has_why_beside;
	size_t head_width; /* of the widest first line, without WHY */
	struct buf date;   /* of the first login */
	struct buf cell;
	struct buf line;
};

/* ---- the cells -------------------------------------------------------------------- */

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
	scols_line_set_userdata(
		line, (void *)screen_of_verdict(table->report->screen, verdict->verdict));
	if (verdict->login->through != PATH_NONE)
		table->has_through = true;
	for (int i = 0; i < COLUMN_COUNT; i++) {
		buf_clear(&table->cell);
		login_cell_append(&table->cell, table->report, (enum login_column)i,
				  verdict);
		if (scols_line_set_column_data(line, table->by_kind[i],
					       buf_text(&table->cell)) < 0)
			abort();
		if (i != COLUMN_DATE)
			continue;
		if (table->date.len == 0)
			buf_append(&table->date, buf_slice(&table->cell));
		else if (!slice_equal(buf_slice(&table->date), buf_slice(&table->cell)))
			table->has_several_dates = true;
	}
}

static struct slice cell_of(const struct table *table, struct libscols_line *line,
			    enum login_column column)
{
	const char *text = scols_cell_get_data(
		scols_line_get_column_cell(line, table->by_kind[column]));

	return slice_text(text ? text : "");
}

static void make_columns(struct table *table)
{
	table->columns = scols_new_table();
	if (!table->columns)
		abort();
	/* What is put into cells has been escaped, once. */
	scols_table_enable_noencoding(table->columns, 1);
	/* Or columns would be cut. */
	scols_table_set_termforce(table->columns, SCOLS_TERMFORCE_NEVER);
	for (int i = 0; i < COLUMN_COUNT; i++) {
		table->by_kind[i] =
			scols_table_new_column(table->columns, titles[i], 0, 0);
		if (!table->by_kind[i])
			abort();
	}
}

/* ---- what has room ---------------------------------------------------------------- */

static void hide(struct table *table, enum login_column column)
{
	table->is_hidden[column] = true;
	scols_column_set_flags(table->by_kind[column], SCOLS_FL_HIDDEN);
}

static struct slice without_padding(struct slice line)
{
	while (line.len && line.ptr[line.len - 1] == ' ')
		line.len--;
	return line;
}

/* The last one has no newline. False when there is none left. */
static bool take_line(struct slice *text, struct slice *ret_line)
{
	if (text->len == 0)
		return false;
	if (!slice_take_until(text, '\n', ret_line)) {
		*ret_line = *text;
		*text = slice_skip(*text, text->len);
	}
	*ret_line = without_padding(*ret_line);
	return true;
}

/* The first lines, the titles' among them, without WHY. The caller frees them. */
static char *draw_heads(struct table *table)
{
	char *text = NULL;
	struct slice rest, line;

	if (scols_print_table_to_string(table->columns, &text) < 0 || !text)
		abort();
	table->head_width = 0;
	rest = slice_text(text);
	while (take_line(&rest, &line)) {
		size_t width = wrap_width(line);

		if (width > table->head_width)
			table->head_width = width;
	}
	return text;
}

/* Columns leave until the first lines fit. */
static char *fit_heads(struct table *table)
{
	size_t columns = table->report->screen->columns;
	char *heads;

	hide(table, COLUMN_WHY);
	if (columns && !table->has_several_dates)
		hide(table, COLUMN_DATE);
	if (!table->report->has_several_hosts)
		hide(table, COLUMN_HOST);
	if (!table->has_through)
		hide(table, COLUMN_THROUGH);
	heads = draw_heads(table);
	table->has_why_beside =
		columns == 0 || table->head_width + 1 + FEWEST_WHY_COLUMNS <= columns;
	for (size_t i = 0; i < COUNT_OF(leaving) && columns; i++) {
		if (table->head_width <= columns)
			break;
		if (table->is_hidden[leaving[i].column])
			continue;
		hide(table, leaving[i].column);
		free(heads);
		heads = draw_heads(table);
	}
	return heads;
}

/* ---- the lines -------------------------------------------------------------------- */

static const char *name_of(enum login_column column)
{
	for (size_t i = 0; i < COUNT_OF(leaving); i++) {
		if (leaving[i].column == column)
			return leaving[i].name;
	}
	return "";
}

static bool has_left(const struct table *table, enum login_column column)
{
	if ((column == COLUMN_HOST && !table->report->has_several_hosts) ||
	    (column == COLUMN_THROUGH && !table->has_through))
		return false;
	return table->is_hidden[column];
}

/* "through aws-ssm-ssh, from 203.0.113.9; Operators/jonas: SendSSHPublicKey 8s before" */
static void put_rest(struct table *table, struct libscols_line *row, struct buf *rest)
{
	struct slice who = cell_of(table, row, COLUMN_WHO);
	const char *separator = "";

	for (size_t i = 0; i < COUNT_OF(places); i++) {
		struct slice text = cell_of(table, row, places[i]);

		if (!has_left(table, places[i]) || slice_equal(text, SLICE("-")))
			continue;
		buf_append_format(rest, "%s%s", separator, name_of(places[i]));
		buf_append(rest, text);
		separator = ", ";
	}
	if (*separator)
		buf_append_text(rest, "; ");
	if (has_left(table, COLUMN_WHO) && !slice_equal(who, SLICE("-"))) {
		buf_append(rest, who);
		buf_append_text(rest, ": ");
	}
	buf_append(rest, cell_of(table, row, COLUMN_WHY));
}

/* Prints a first line, and the rest beside or below. */
static void print_line(struct table *table, struct slice head, const char *color,
		       struct slice rest)
{
	const struct screen *screen = table->report->screen;
	struct wrap wrap = { .width = screen->columns };

	buf_append_text(&table->line, color);
	buf_append(&table->line, head);
	buf_append_text(&table->line, *color ? screen_plain(screen) : "");
	if (table->has_why_beside) {
		wrap.indent = table->head_width + 1;
		wrap_append_blanks(&table->line, wrap.indent - wrap_width(head));
	} else {
		/* Under the second column. */
		wrap.indent =
			strlen(table->has_several_dates ? "2026-01-28 " : "10:59:55 ");
		buf_append_byte(&table->line, '\n');
		wrap_append_blanks(&table->line, wrap.indent);
	}
	wrap.column = wrap.indent;
	wrap_append(&table->line, rest, &wrap);
	buf_append_byte(&table->line, '\n');
	report_write(table->report, &table->line);
}

static void print_titles(struct table *table, struct slice head)
{
	const struct screen *screen = table->report->screen;

	if (table->is_hidden[COLUMN_DATE]) {
		buf_append_format(&table->line, "%s%s%s\n", screen_bold(screen),
				  buf_text(&table->date), screen_plain(screen));
	}
	print_line(table, head, screen_bold(screen),
		   slice_text(has_left(table, COLUMN_WHO) ? "WHO LET IN: WHY" : "WHY"));
}

static void print_table(struct table *table)
{
	char *heads = fit_heads(table);
	struct slice lines = slice_text(heads), head;
	struct libscols_iter *rows = scols_new_iter(SCOLS_ITER_FORWARD);
	struct libscols_line *row;

	if (!rows)
		abort();
	if (take_line(&lines, &head))
		print_titles(table, head);
	while (scols_table_next_line(table->columns, rows, &row) == 0 &&
	       take_line(&lines, &head)) {
		buf_clear(&table->cell);
		put_rest(table, row, &table->cell);
		print_line(table, head, scols_line_get_userdata(row),
			   buf_slice(&table->cell));
	}
	scols_free_iter(rows);
	free(heads);
}

void report_print_logins(const struct report *report)
{
	struct table table = {
		.report = report,
		.date = BUF_LIMIT(64),
		.cell = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};

	make_columns(&table);
	report->source.each_login(report->source.from, add_row, &table);
	if (scols_table_get_nlines(table.columns))
		print_table(&table);
	scols_unref_table(table.columns);
	buf_release(&table.date);
	buf_release(&table.cell);
	buf_release(&table.line);
}
