/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign baseline: what the agent has learned to be usual for this host, as lines or
 * as JSON; with --reset it is forgotten.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "cli/asking.h"
#include "cli/head_line.h"

#define KIND_COLUMNS 14
#define COUNT_COLUMNS 6
#define TIME_COLUMNS 19 /* "2026-01-28 10:59:55" */

struct table {
	struct asking *asking;
	struct head_line line;
	struct buf text;
	struct buf notes; /* what stands below the table */
	uint64_t count;
};

static us_time time_at(const json_t *json, const char *key)
{
	us_time time;

	return time_from_rfc3339(json_text_at(json, key), &time) ? time : US_TIME_NONE;
}

static uint64_t number_at(const json_t *json, const char *key)
{
	json_int_t number = json_integer_value(json_at(json, key));

	return number > 0 ? (uint64_t)number : 0;
}

/* ---- the table -------------------------------------------------------------------- */

static void table_init(struct table *table, struct asking *asking)
{
	*table = (struct table){
		.asking = asking,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.notes = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	head_line_init(&table->line);
}

static void table_release(struct table *table)
{
	head_line_release(&table->line);
	buf_release(&table->text);
	buf_release(&table->notes);
}

static void print_line(struct table *table)
{
	head_line_append(&table->line, &table->asking->screen, &table->text);
	asking_write(table->asking, &table->text);
}

static void print_titles(struct table *table)
{
	head_line_add(&table->line, SLICE("KIND"), KIND_COLUMNS);
	head_line_add(&table->line, SLICE("LOGINS"), COUNT_COLUMNS);
	head_line_add(&table->line, SLICE("FIRST"), TIME_COLUMNS);
	head_line_add(&table->line, SLICE("LAST"), TIME_COLUMNS);
	buf_append_text(&table->line.rest, "NAME");
	table->line.color = screen_bold(&table->asking->screen);
	print_line(table);
}

static void put_time(struct table *table, us_time time)
{
	screen_append_time(&table->asking->screen, &table->text, time);
	head_line_add(&table->line, buf_slice(&table->text), TIME_COLUMNS);
	buf_clear(&table->text);
}

static void add_seen(struct table *table, const json_t *json)
{
	const struct screen *screen = &table->asking->screen;

	if (table->count++ == 0)
		print_titles(table);
	screen_append(screen, &table->text, json_text_at(json, "kind"));
	head_line_add(&table->line, buf_slice(&table->text), KIND_COLUMNS);
	buf_clear(&table->text);
	buf_append_format(&table->text, "%" PRIu64, number_at(json, "count"));
	head_line_add(&table->line, buf_slice(&table->text), COUNT_COLUMNS);
	buf_clear(&table->text);
	put_time(table, time_at(json, "first"));
	put_time(table, time_at(json, "last"));
	screen_append(screen, &table->line.rest, json_text_at(json, "key"));
	table->line.color = screen_plain(screen);
	print_line(table);
}

/* ---- what stands below it --------------------------------------------------------- */

/* "principal: learned until 2026-03-16 10:00:00; from then on a new one is told" */
static void add_learning(struct table *table, const json_t *json)
{
	const struct screen *screen = &table->asking->screen;
	us_time until = time_at(json, "until");

	screen_append(screen, &table->notes, json_text_at(json, "kind"));
	if (until == US_TIME_NONE) {
		buf_append_text(&table->notes, ": nothing was learned yet");
	} else {
		buf_append_text(&table->notes, until > table->asking->clock
						       ? ": learning until "
						       : ": learned by ");
		screen_append_time(screen, &table->notes, until);
	}
	buf_append_text(&table->notes, json_is_true(json_at(json, "told"))
					       ? "; what is new then is a finding\n"
					       : "; what is new is not told\n");
}

/* "logins of a principal: at most 20 in 1h" */
static void add_rate(struct table *table, const json_t *json)
{
	uint64_t most = number_at(json, "most");
	uint64_t seconds = number_at(json, "window_s");
	char window[TIME_TEXT_BYTES];

	buf_append_text(&table->notes, "logins of one ");
	screen_append(&table->asking->screen, &table->notes, json_text_at(json, "per"));
	if (most == 0) {
		buf_append_text(&table->notes, ": not counted\n");
		return;
	}
	if (seconds > (uint64_t)(US_TIME_MAX / US_PER_SECOND))
		seconds = (uint64_t)(US_TIME_MAX / US_PER_SECOND);
	buf_append_format(&table->notes, ": at most %" PRIu64 " in %s\n", most,
			  span_to_text((us_span)seconds * US_PER_SECOND, window));
}

static const struct {
	const char *type;
	void (*add)(struct table *table, const json_t *json);
} row_types[] = {
	{ "seen", add_seen },
	{ "learning", add_learning },
	{ "rate", add_rate },
};

static void take_row(struct table *table, const struct ask_row *row)
{
	if (table->asking->options.json) {
		asking_print_row(table->asking, row);
		return;
	}
	for (size_t i = 0; i < sizeof(row_types) / sizeof(row_types[0]); i++) {
		if (slice_equal(row->type, slice_text(row_types[i].type)))
			row_types[i].add(table, row->json);
	}
}

static void print_notes(struct table *table)
{
	struct slice rest = buf_slice(&table->notes), note;

	if (table->count)
		putchar('\n');
	while (slice_take_until(&rest, '\n', &note)) {
		buf_append(&table->text, note);
		asking_print_wrapped(table->asking, &table->text);
	}
}

static void run_baseline(struct asking *asking)
{
	const struct ask_options *options = &asking->options;
	struct control_request request;
	const struct ask_row *row;
	struct table table;
	struct ask *ask;

	control_request_init(&request, CONTROL_BASELINE);
	request.reset = options->reset;
	snprintf(request.kind, sizeof(request.kind), "%s",
		 options->kind ? options->kind : "");
	snprintf(request.key, sizeof(request.key), "%s",
		 options->key ? options->key : "");
	ask = asking_send(asking, &request);
	if (!ask)
		return;
	table_init(&table, asking);
	while ((row = asking_next(asking, ask)) != NULL && !ferror(stdout))
		take_row(&table, row);
	if (!options->json && !options->reset && asking->problems.count == 0)
		print_notes(&table);
	table_release(&table);
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign baseline [OPTION]... [KIND]\n"
	      "  or:  countersign baseline --reset [OPTION]... [KIND [NAME]]\n"
	      "\n"
	      "Shows what the agent has learned to be usual for this host, until when "
	      "it\n"
	      "learns, and how many logins are usual. KIND is one of\n"
	      "  principal       who made the calls that vouched for logins\n"
	      "  source-network  where these calls came from\n"
	      "  path            the doors\n"
	      "  hour            users of this host, and the hours of the day they came\n"
	      "  recent          single logins of a principal, source or user that "
	      "count\n"
	      "For root and members of the group 'countersign'; --reset for root and "
	      "the\n"
	      "agent's own user.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_BASELINE);
	fputs("\n"
	      "A NAME that was forgotten is told as new when it comes again. A KIND "
	      "that\n"
	      "was forgotten, or everything without one, is learned anew from the next\n"
	      "login on.\n"
	      "\n"
	      "Exit status: 0 done; 2 wrong usage; 3 the agent could not be asked, or\n"
	      "refused.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_baseline, ASK_BASELINE,
						       run_baseline };

	return asking_run(&command, argc, argv);
}

const struct command command_baseline = {
	.name = "baseline",
	.summary = "show what is usual for this host, or forget it",
	.help = help,
	.run = run,
};
