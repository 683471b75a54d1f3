/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign logins: the logins the agent has seen, with the API call that vouches for
 * each, as a table, as JSON, counted, or one by one as they happen.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "cli/asking.h"
#include "cli/head_line.h"
#include "cli/login_cell.h"
#include "cli/login_count.h"
#include "cli/login_row.h"
#include "cli/report.h"
#include "cli/wrap.h"

#define ID_DIGITS 8

/* Logins as they come in; kept for the table, else gone after their turn. */
struct logins {
	struct asking *asking;
	struct report report;
	struct arena row_arena;	 /* of what is not kept */
	struct login_row **rows; /* owned array; in the asking's arena */
	size_t count, size;
	struct login_count counts;
	struct head_line line;
	struct buf text;
};

/* ---- one by one ------------------------------------------------------------------- */

/* The columns in their order, and how wide each is at least. */
static const struct {
	enum login_column column;
	const char *title;
	size_t columns;
} followed[] = {
	{ COLUMN_ID, "ID", ID_DIGITS }, { COLUMN_VERDICT, "VERDICT", 12 },
	{ COLUMN_PATH, "PATH", 24 },	{ COLUMN_USER, "USER", 8 },
	{ COLUMN_FROM, "FROM", 15 },
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))
#define TIME_COLUMNS 19 /* "2026-01-28 10:59:55" */

static void print_titles(struct logins *logins)
{
	const struct screen *screen = &logins->asking->screen;

	head_line_add(&logins->line, SLICE("TIME"), TIME_COLUMNS);
	for (size_t i = 0; i < COUNT_OF(followed); i++)
		head_line_add(&logins->line, slice_text(followed[i].title),
			      followed[i].columns);
	buf_append_text(&logins->line.rest, "WHO LET IN: WHY");
	logins->line.color = screen_bold(screen);
	head_line_append(&logins->line, screen, &logins->text);
	asking_write(logins->asking, &logins->text);
	fflush(stdout);
}

static void put_rest(struct logins *logins, const struct verdict *verdict)
{
	AUTO_BUF struct buf who = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	struct buf *rest = &logins->line.rest;

	if (verdict->login->through != PATH_NONE)
		buf_append_format(rest, "through %s; ",
				  path_word(verdict->login->through));
	login_cell_append(&who, &logins->report, COLUMN_WHO, verdict);
	if (!slice_equal(buf_slice(&who), SLICE("-"))) {
		buf_append(rest, buf_slice(&who));
		buf_append_text(rest, ": ");
	}
	login_cell_append(rest, &logins->report, COLUMN_WHY, verdict);
}

static void print_one(struct logins *logins, const struct verdict *verdict)
{
	const struct screen *screen = &logins->asking->screen;
	AUTO_BUF struct buf cell = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	screen_append_time(screen, &cell, verdict->login->happened_at);
	head_line_add(&logins->line, buf_slice(&cell), TIME_COLUMNS);
	for (size_t i = 0; i < COUNT_OF(followed); i++) {
		buf_clear(&cell);
		login_cell_append(&cell, &logins->report, followed[i].column, verdict);
		head_line_add(&logins->line, buf_slice(&cell), followed[i].columns);
	}
	put_rest(logins, verdict);
	logins->line.color = screen_of_verdict(screen, verdict->verdict);
	head_line_append(&logins->line, screen, &logins->text);
	asking_write(logins->asking, &logins->text);
	fflush(stdout);
}

/* ---- all together ----------------------------------------------------------------- */

static void each_login(const void *from, report_login_fn *take, void *ctx)
{
	const struct logins *logins = from;

	for (size_t i = 0; i < logins->count; i++)
		take(ctx, &logins->rows[i]->verdict);
}

static void each_finding(const void *from, report_finding_fn *take, void *ctx)
{
	(void)from;
	(void)take;
	(void)ctx;
}

static void keep(struct logins *logins, struct login_row *row)
{
	if (logins->count == logins->size) {
		logins->size = logins->size ? 2 * logins->size : 256;
		logins->rows = memory_resize(logins->rows, logins->size,
					     sizeof(struct login_row *));
	}
	logins->rows[logins->count++] = row;
}

static void print_table(struct logins *logins)
{
	const struct ask_options *options = &logins->asking->options;

	report_count(&logins->report);
	report_print_logins(&logins->report);
	if (logins->count)
		putchar('\n');
	report_append_counts(&logins->report, &logins->text);
	buf_append_byte(&logins->text, '.');
	report_print_wrapped(&logins->report, &logins->text, 0);
	if (report_leaves_out(&logins->report)) {
		buf_append_text(&logins->text, "Those not judged are left out: "
					       "--verdict=not-judged shows them.");
		report_print_wrapped(&logins->report, &logins->text, 0);
	}
	if (logins->count == 0 && !options->all) {
		buf_append_text(&logins->text,
				"Logins through no cloud door are shown with --all.");
		report_print_wrapped(&logins->report, &logins->text, 0);
	}
}

/* ---- counted ---------------------------------------------------------------------- */

#define COUNT_COLUMNS 8

static void print_group(struct logins *logins, const struct login_group *group,
			const size_t *widths)
{
	const struct login_count *counts = &logins->counts;
	AUTO_BUF struct buf cell = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	buf_append_format(&logins->text, "%*" PRIu64, COUNT_COLUMNS, group->count);
	for (size_t i = 0; i < counts->options->count_by_count; i++) {
		size_t width;

		buf_clear(&cell);
		screen_append(&logins->asking->screen, &cell,
			      group->values[i].len ? group->values[i] : SLICE("-"));
		width = wrap_width(buf_slice(&cell));
		buf_append_text(&logins->text, "  ");
		buf_append(&logins->text, buf_slice(&cell));
		if (i + 1 < counts->options->count_by_count && width < widths[i])
			wrap_append_blanks(&logins->text, widths[i] - width);
	}
	report_print_wrapped(&logins->report, &logins->text, COUNT_COLUMNS + 2);
}

static void widen(struct logins *logins, const struct login_group *group, size_t *widths)
{
	AUTO_BUF struct buf cell = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	for (size_t i = 0; i < logins->counts.options->count_by_count; i++) {
		size_t width;

		buf_clear(&cell);
		screen_append(&logins->asking->screen, &cell, group->values[i]);
		width = wrap_width(buf_slice(&cell));
		if (width > widths[i])
			widths[i] = width;
	}
}

static void print_counts(struct logins *logins)
{
	const struct screen *screen = &logins->asking->screen;
	struct login_count *counts = &logins->counts;
	size_t widths[COUNT_KEY_COUNT] = { 0 };

	login_count_sort(counts);
	for (size_t i = 0; i < counts->options->count_by_count; i++)
		widths[i] = strlen(count_key_word(counts->options->count_by[i]));
	for (size_t i = 0; i < counts->count; i++)
		widen(logins, counts->groups[i], widths);
	buf_append_format(&logins->text, "%s%*s", screen_bold(screen), COUNT_COLUMNS,
			  "COUNT");
	for (size_t i = 0; i < counts->options->count_by_count; i++)
		buf_append_format(&logins->text, "  %-*s",
				  i + 1 < counts->options->count_by_count ? (int)widths[i]
									  : 0,
				  count_key_word(counts->options->count_by[i]));
	buf_append_text(&logins->text, screen_plain(screen));
	report_print_wrapped(&logins->report, &logins->text, COUNT_COLUMNS + 2);
	for (size_t i = 0; i < counts->count; i++)
		print_group(logins, counts->groups[i], widths);
}

static void print_counts_json(struct logins *logins)
{
	login_count_sort(&logins->counts);
	for (size_t i = 0; i < logins->counts.count; i++) {
		login_count_append_json(&logins->counts, logins->counts.groups[i],
					&logins->text);
		buf_append_byte(&logins->text, '\n');
		asking_write(logins->asking, &logins->text);
	}
}

/* ---- rows ------------------------------------------------------------------------- */

static void take_login(struct logins *logins, const struct ask_row *answer)
{
	const struct ask_options *options = &logins->asking->options;
	bool is_kept = !options->json && !options->follow && !options->count_by_count;
	struct arena *arena = is_kept ? &logins->asking->arena : &logins->row_arena;
	struct login_row *row = arena_new(arena, sizeof(*row));
	struct err err;

	if (login_row_read(answer->json, arena, row, &err) < 0) {
		asking_fail(logins->asking, &err);
		return;
	}
	/* What the agent was asked to leave out, and where it knows less than is asked:
	 * a door may be the tunnel. */
	if (!report_shows(&logins->report, &row->verdict))
		return;
	if (row->verdict.verdict == VERDICT_UNAUTHORIZED)
		logins->asking->has_found = true;
	if (options->count_by_count) {
		login_count_add(&logins->counts, &row->verdict);
	} else if (options->json) {
		asking_print_row(logins->asking, answer);
		if (options->follow)
			fflush(stdout);
	} else if (options->follow) {
		print_one(logins, &row->verdict);
	} else {
		keep(logins, row);
	}
}

static struct control_request request_of(const struct ask_options *options)
{
	struct control_request request;

	control_request_init(&request, CONTROL_LOGINS);
	request.since = options->since;
	request.until = options->until;
	request.follow = options->follow;
	request.verdict = options->verdict;
	request.all = options->all || options->verdict == VERDICT_NOT_JUDGED ||
		      options->path == PATH_DIRECT_SSH || options->path == PATH_LOCAL;
	/* A tunnel's own are found here: the agent looks at the door alone. */
	if (options->path >= 0 && options->path != PATH_AWS_SSM_SSH &&
	    options->path != PATH_AWS_EICE_TUNNEL)
		request.path = (enum path)options->path;
	return request;
}

static void take_rows(struct logins *logins, struct ask *ask)
{
	const struct ask_row *row;

	while ((row = asking_next(logins->asking, ask)) != NULL && !ferror(stdout)) {
		if (slice_equal(row->type, SLICE("login")))
			take_login(logins, row);
		arena_release(&logins->row_arena);
		arena_init(&logins->row_arena);
	}
}

static void print_all(struct logins *logins)
{
	const struct ask_options *options = &logins->asking->options;

	if (options->follow)
		return;
	if (options->count_by_count && options->json)
		print_counts_json(logins);
	else if (options->count_by_count)
		print_counts(logins);
	else if (!options->json)
		print_table(logins);
}

static void run_logins(struct asking *asking)
{
	const struct control_request request = request_of(&asking->options);
	const struct native_context context = { .evidence = NULL };
	struct logins logins = {
		.asking = asking,
		.report = {
			.source = { each_login, each_finding, &logins },
			.filter = { asking->options.verdict, asking->options.path,
				    asking->options.all },
			.context = &context,
			.screen = &asking->screen,
			.problems = &asking->problems,
			.id_digits = ID_DIGITS,
		},
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	struct ask *ask = asking_send(asking, &request);

	if (!ask)
		return;
	arena_init(&logins.row_arena);
	head_line_init(&logins.line);
	login_count_init(&logins.counts, &asking->options, &asking->arena);
	if (asking->options.follow && !asking->options.json)
		print_titles(&logins);
	take_rows(&logins, ask);
	print_all(&logins);
	login_count_release(&logins.counts);
	head_line_release(&logins.line);
	arena_release(&logins.row_arena);
	buf_release(&logins.text);
	free(logins.rows);
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign logins [OPTION]...\n"
	      "\n"
	      "Shows the logins through cloud doors that the agent on this host has "
	      "seen,\n"
	      "and which API call vouches for each. For root and members of the group\n"
	      "'countersign'.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_LOGINS);
	fputs("\n"
	      "T is a time as journalctl takes it: '2026-01-28 10:00:00', 'yesterday', "
	      "'-1h'.\n"
	      "--follow without --since begins a day back; a login comes again when "
	      "what\n"
	      "is known of it has changed.\n"
	      "\n"
	      "Exit status: 0 nothing to tell; 1 an unauthorized login among those "
	      "shown;\n"
	      "2 wrong usage; 3 the agent could not be asked, or not all could be "
	      "shown.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_logins, ASK_LOGINS,
						       run_logins };

	return asking_run(&command, argc, argv);
}

const struct command command_logins = {
	.name = "logins",
	.summary = "show the logins on this host and who let them in",
	.help = help,
	.run = run,
};
