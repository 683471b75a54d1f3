/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign report: one page about an incident or for an audit: the findings, the
 * logins with the calls that vouch for them, and both in time. Of the agent's own rows,
 * or of those that a replay printed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/limits.h"
#include "cli/asking.h"
#include "cli/page.h"

struct report_making {
	struct asking *asking;
	struct page page;
};

static bool is_in_time(const struct asking *asking, us_time time)
{
	return (asking->options.since == US_TIME_NONE || time >= asking->options.since) &&
	       (asking->options.until == US_TIME_NONE || time <= asking->options.until);
}

static bool take_login(struct report_making *making, const json_t *json)
{
	struct arena *arena = &making->asking->arena;
	struct login_row *row = arena_new(arena, sizeof(*row));
	struct err err;

	*row = (struct login_row){ .texts = NULL };
	if (login_row_read(json, arena, row, &err) < 0) {
		asking_fail(making->asking, &err);
		return false;
	}
	if (!is_in_time(making->asking, row->login.happened_at))
		return false;
	if (row->verdict.verdict == VERDICT_UNAUTHORIZED)
		making->asking->has_found = true;
	page_add_login(&making->page, row);
	return true;
}

static bool take_finding(struct report_making *making, const json_t *json)
{
	struct arena *arena = &making->asking->arena;
	struct finding_row *row = arena_new(arena, sizeof(*row));
	struct err err;

	*row = (struct finding_row){ .next = "" };
	if (finding_row_read(json, arena, row, &err) < 0) {
		asking_fail(making->asking, &err);
		return false;
	}
	if (!is_in_time(making->asking, row->finding.happened_at))
		return false;
	if (row->finding.severity >= SEVERITY_MEDIUM && finding_row_is_news(row))
		making->asking->has_found = true;
	page_add_finding(&making->page, row);
	return true;
}

/* A login or finding of the time that is asked about; other rows are passed over. */
static bool take_row(struct report_making *making, struct slice type, const json_t *json)
{
	if (slice_equal(type, SLICE("login")))
		return take_login(making, json);
	return slice_equal(type, SLICE("finding")) && take_finding(making, json);
}

/* ---- of the agent ---------------------------------------------------------------- */

static void ask_for(struct report_making *making, enum control_command command)
{
	struct control_request request;
	const struct ask_row *row;
	struct ask *ask;

	control_request_init(&request, command);
	request.since = making->asking->options.since;
	request.until = making->asking->options.until;
	ask = asking_send(making->asking, &request);
	if (!ask)
		return;
	while ((row = asking_next(making->asking, ask)) != NULL) {
		if (take_row(making, row->type, row->json) &&
		    making->asking->options.json)
			asking_print_row(making->asking, row);
	}
	ask_free(ask);
}

/* ---- of a file ------------------------------------------------------------------- */

static int take_line(struct report_making *making, struct slice line, struct err *err)
{
	AUTO_JSON json_t *json = NULL;
	struct ask_row row;

	if (line.len > LIMIT_OUTPUT_LINE_BYTES)
		return err_set(err, ERR_LIMIT, "a line of more than %zu bytes",
			       LIMIT_OUTPUT_LINE_BYTES);
	if (json_read(line, &json, err) < 0)
		return -1;
	row.type = json_text_at(json, "type");
	row.line = line;
	row.json = json;
	if (take_row(making, row.type, json) && making->asking->options.json)
		asking_print_row(making->asking, &row);
	return 0;
}

/* The rest of the file is of no use where a line of it is none of ours. */
static void take_lines(struct report_making *making, FILE *file)
{
	unsigned number = 0;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	struct err err;

	while ((len = getline(&line, &size, file)) > 0) {
		struct slice text = slice_of(line, (size_t)len);

		number++;
		if (text.ptr[text.len - 1] == '\n')
			text.len--;
		if (text.len && take_line(making, text, &err) < 0) {
			(void)!err_add(&err, "'%s' line %u", making->asking->options.from,
				       number);
			asking_fail(making->asking, &err);
			break;
		}
	}
	free(line);
}

static void read_rows(struct report_making *making)
{
	const char *from = making->asking->options.from;
	bool is_stdin = strcmp(from, "-") == 0;
	FILE *file = is_stdin ? stdin : fopen(from, "re");
	struct err err;

	if (!file) {
		err_system(&err, errno, "cannot open '%s'", from);
		asking_fail(making->asking, &err);
		return;
	}
	take_lines(making, file);
	if (!is_stdin)
		fclose(file);
}

/* ---- the page -------------------------------------------------------------------- */

static void write_page(struct report_making *making)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_PAGE_BYTES);

	making->page.since = making->asking->options.since;
	making->page.until = making->asking->options.until;
	making->page.made_at = making->asking->clock;
	making->page.zone = making->asking->options.zone;
	page_sort(&making->page);
	page_append(&making->page, &text);
	asking_write(making->asking, &text);
}

static void run_report(struct asking *asking)
{
	struct report_making making = { .asking = asking };

	page_init(&making.page);
	if (asking->options.from) {
		read_rows(&making);
	} else {
		ask_for(&making, CONTROL_LOGINS);
		ask_for(&making, CONTROL_ALERTS);
	}
	if (asking->options.html)
		write_page(&making);
	page_release(&making.page);
}

static void help(FILE *out)
{
	fputs("Usage: countersign report --html [OPTION]... > FILE\n"
	      "\n"
	      "Makes one page about an incident or for an audit: findings, logins, the\n"
	      "calls that vouch for them, and all in time. It needs no network and no\n"
	      "script. For root and members of the group 'countersign'.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_REPORT);
	fputs("\n"
	      "T is a time as journalctl takes it: '2026-01-28 10:00:00', 'yesterday', "
	      "'-1h'.\n"
	      "Of recorded logs:\n"
	      "  countersign replay --json ... | countersign report --html --from -\n"
	      "\n"
	      "Exit status: 0 nothing to tell; 1 an unauthorized login, or a finding of\n"
	      "medium severity or more that is neither withdrawn nor suppressed; 2 "
	      "wrong\n"
	      "usage; 3 not all could be read.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_report, ASK_REPORT,
						       run_report };

	return asking_run(&command, argc, argv);
}

const struct command command_report = {
	.name = "report",
	.summary = "make one HTML page of an incident",
	.help = help,
	.run = run,
};
