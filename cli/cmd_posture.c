/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign posture: which of the clouds' doors stand open on this host, or in an
 * image, whether somebody came through them lately, and how to close those that nobody
 * uses.
 */
#include <inttypes.h>

#include "base/limits.h"
#include "cli/asking.h"
#include "cli/posture.h"
#include "cli/posture_use.h"
#include "cli/wrap.h"

/* How far back "lately" goes without --since. */
#define LATELY (30 * US_PER_DAY)

#define STATE_COLUMNS 9 /* "unknown" and what is between */

struct visit {
	struct asking *asking;
	struct posture_use use;
	struct posture_options options;
	size_t states[POSTURE_OPEN + 1]; /* rows of each */
	size_t unused;			 /* open ones that nobody came through */
	struct buf text;
};

/* ---- use -------------------------------------------------------------------------- */

/* Of all doors of a row; false when it is not known. */
static bool use_of(const struct visit *visit, const struct posture_row *row,
		   uint64_t *ret_logins, us_time *ret_last_at)
{
	*ret_logins = 0;
	*ret_last_at = US_TIME_NONE;
	if (!visit->use.is_known || row->doors[0] == PATH_NONE)
		return false;
	for (size_t i = 0; i < POSTURE_DOORS && row->doors[i] != PATH_NONE; i++) {
		us_time last_at = visit->use.doors[row->doors[i]].last_at;

		*ret_logins += visit->use.doors[row->doors[i]].logins;
		if (last_at != US_TIME_NONE &&
		    (*ret_last_at == US_TIME_NONE || *ret_last_at < last_at))
			*ret_last_at = last_at;
	}
	return true;
}

/* ---- JSON ------------------------------------------------------------------------- */

static void put_evidence(struct json_writer *writer, const struct posture_row *row)
{
	json_open_array(writer, "evidence");
	for (size_t i = 0; i < row->evidence_count; i++) {
		json_open_object(writer, NULL);
		json_put_text(writer, "file", row->evidence[i].file);
		json_put_text(writer, "says", row->evidence[i].says);
		json_put_bool(writer, "problem", row->evidence[i].is_problem);
		json_close_object(writer);
	}
	json_close_array(writer);
}

static void put_use(struct json_writer *writer, const struct visit *visit,
		    const struct posture_row *row)
{
	uint64_t logins;
	us_time last_at;

	if (use_of(visit, row, &logins, &last_at)) {
		json_put_bool(writer, "used", logins > 0);
		json_put_number(writer, "logins", (int64_t)logins);
	} else {
		json_put_null(writer, "used");
		json_put_null(writer, "logins");
	}
	json_put_time(writer, "last_used", last_at);
	json_put_time(writer, "since", visit->use.since);
}

static void print_json(struct visit *visit, const struct posture_row *row)
{
	struct json_writer writer;

	json_begin(&writer, &visit->text);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("door"));
	json_put_text(&writer, "name", slice_text(row->name));
	json_put_text(&writer, "what", slice_text(row->what));
	json_open_array(&writer, "doors");
	for (size_t i = 0; i < POSTURE_DOORS && row->doors[i] != PATH_NONE; i++)
		json_put_text(&writer, NULL, slice_text(path_word(row->doors[i])));
	json_close_array(&writer);
	json_put_text(&writer, "state", slice_text(posture_state_word(row->state)));
	json_put_text_or_null(&writer, "note", slice_text(row->note));
	put_evidence(&writer, row);
	put_use(&writer, visit, row);
	json_open_array(&writer, "close");
	for (size_t i = 0; i < row->command_count; i++)
		json_put_text(&writer, NULL, row->commands[i]);
	json_close_array(&writer);
	json_put_text(&writer, "mitigation", slice_text(row->mitigation));
	json_close_object(&writer);
	buf_append_byte(&visit->text, '\n');
	asking_write(visit->asking, &visit->text);
}

/* ---- for people ------------------------------------------------------------------- */

static void print_line(struct visit *visit, struct buf *line)
{
	const struct wrap wrap = { .indent = STATE_COLUMNS,
				   .width = visit->asking->screen.columns };

	wrap_append(&visit->text, buf_slice(line), &wrap);
	buf_append_byte(&visit->text, '\n');
	asking_write(visit->asking, &visit->text);
	buf_clear(line);
}

static void print_head(struct visit *visit, const struct posture_row *row)
{
	static const enum verdict_kind colors[] = {
		[POSTURE_CLOSED] = VERDICT_AUTHORIZED,
		[POSTURE_UNKNOWN] = VERDICT_UNVERIFIABLE,
		[POSTURE_OPEN] = VERDICT_UNAUTHORIZED,
	};
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	const char *word = posture_state_word(row->state);

	buf_append_text(&line, screen_of_verdict(screen, colors[row->state]));
	buf_append_text(&line, word);
	buf_append_text(&line, screen_plain(screen));
	wrap_append_blanks(&line, STATE_COLUMNS - strlen(word));
	buf_append_text(&line, row->what);
	for (size_t i = 0; i < POSTURE_DOORS && row->doors[i] != PATH_NONE; i++)
		buf_append_format(&line, "%s%s", i ? ", " : ": ",
				  path_word(row->doors[i]));
	print_line(visit, &line);
}

static void print_note(struct visit *visit, const struct posture_row *row)
{
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	if (!*row->note)
		return;
	wrap_append_blanks(&line, STATE_COLUMNS);
	screen_append(screen, &line, slice_text(row->note));
	print_line(visit, &line);
}

static void print_evidence(struct visit *visit, const struct posture_row *row)
{
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	for (size_t i = 0; i < row->evidence_count; i++) {
		wrap_append_blanks(&line, STATE_COLUMNS);
		screen_append(screen, &line, row->evidence[i].file);
		buf_append_text(&line, ": ");
		screen_append(screen, &line, row->evidence[i].says);
		print_line(visit, &line);
	}
}

static void print_use(struct visit *visit, const struct posture_row *row)
{
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	uint64_t logins;
	us_time last_at;

	if (row->doors[0] == PATH_NONE)
		return;
	wrap_append_blanks(&line, STATE_COLUMNS);
	if (!use_of(visit, row, &logins, &last_at)) {
		buf_append_text(&line, "whether it was used is not known");
	} else {
		if (logins)
			buf_append_format(&line, "%" PRIu64 " login%s since ", logins,
					  logins == 1 ? "" : "s");
		else
			buf_append_text(&line, "not used since ");
		screen_append_time(screen, &line, visit->use.since);
		if (last_at != US_TIME_NONE) {
			buf_append_text(&line, ", last ");
			screen_append_time(screen, &line, last_at);
		}
	}
	print_line(visit, &line);
}

static void print_commands(struct visit *visit, const struct posture_row *row)
{
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	for (size_t i = 0; i < row->command_count; i++) {
		wrap_append_blanks(&line, STATE_COLUMNS);
		buf_append_format(&line, "close (%s): ", row->mitigation);
		screen_append(screen, &line, row->commands[i]);
		print_line(visit, &line);
	}
}

/* Of what is closed the evidence is shown in JSON alone. */
static void print_text(struct visit *visit, const struct posture_row *row)
{
	print_head(visit, row);
	print_note(visit, row);
	if (row->state == POSTURE_CLOSED)
		return;
	print_evidence(visit, row);
	print_use(visit, row);
	print_commands(visit, row);
}

static void print_counts(struct visit *visit)
{
	struct buf *text = &visit->text;

	fputc('\n', stdout);
	buf_append_format(text, "%zu open, %zu closed", visit->states[POSTURE_OPEN],
			  visit->states[POSTURE_CLOSED]);
	if (visit->states[POSTURE_UNKNOWN])
		buf_append_format(text, ", %zu not known",
				  visit->states[POSTURE_UNKNOWN]);
	if (visit->use.is_known)
		buf_append_format(text, "; %zu open and not used", visit->unused);
	buf_append_byte(text, '.');
	asking_print_wrapped(visit->asking, text);
}

/* ---- all of it -------------------------------------------------------------------- */

/* What could not be read is evidence of the row, and makes the exit status 3. */
static void tell_problems(struct visit *visit, const struct posture_row *row)
{
	for (size_t i = 0; i < row->evidence_count; i++) {
		const struct posture_evidence *evidence = &row->evidence[i];
		struct err err;

		if (!evidence->is_problem)
			continue;
		err_set(&err, ERR_SYSTEM, "%s: '%.*s': %.*s", row->name,
			SLICE_ARG(evidence->file), SLICE_ARG(evidence->says));
		asking_fail(visit->asking, &err);
	}
}

static void take_row(void *ctx, const struct posture_row *row)
{
	struct visit *visit = ctx;
	uint64_t logins;
	us_time last_at;

	visit->states[row->state]++;
	if (row->state == POSTURE_OPEN && use_of(visit, row, &logins, &last_at) &&
	    logins == 0)
		visit->unused++;
	if (visit->asking->options.json)
		print_json(visit, row);
	else
		print_text(visit, row);
	fflush(stdout);
	tell_problems(visit, row);
}

static void ask_use(struct visit *visit)
{
	const char *socket = visit->asking->options.socket;
	struct err err;

	if (posture_use_ask(socket, visit->use.since, &visit->use, &err) < 0)
		problems_note(&visit->asking->problems,
			      "which doors were used is not known: %s", err.text);
}

/* The agent of this host knows nothing of an image, unless it is asked for by name. */
static bool is_of_agent(const struct ask_options *options)
{
	return !options->root || options->socket_is_given;
}

static void ask_agent_of_host(struct visit *visit)
{
	const struct ask_options *options = &visit->asking->options;

	visit->use.since = options->since == US_TIME_NONE ? visit->asking->clock - LATELY
							  : options->since;
	if (!is_of_agent(options))
		return;
	ask_use(visit);
	posture_options_ask(options->socket, &visit->asking->arena, &visit->options);
}

static void run_posture(struct asking *asking)
{
	const char *root = asking->options.root ? asking->options.root : "/";
	AUTO_POSTURE_TREE struct posture_tree tree = { .fd = -1 };
	struct visit visit = {
		.asking = asking,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	const struct posture posture = { &tree, &visit.options, take_row, &visit };
	struct err err;

	if (posture_tree_open(root, &tree, &err) < 0) {
		asking_fail(asking, &err);
		return;
	}
	ask_agent_of_host(&visit);
	posture_look(&posture);
	if (!asking->options.json)
		print_counts(&visit);
	buf_release(&visit.text);
}

static void help(FILE *out)
{
	fputs("Usage: countersign posture [OPTION]...\n"
	      "\n"
	      "Shows which of the clouds' doors stand open on this host, by its files "
	      "and its\n"
	      "metadata, whether somebody came through them lately, and what closes "
	      "each.\n"
	      "Changes nothing.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_POSTURE);
	fputs("\n"
	      "Exit status: 0 all was looked at; 2 wrong usage; 3 something could not be "
	      "read:\n"
	      "ask as root.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_posture, ASK_POSTURE,
						       run_posture };

	return asking_run(&command, argc, argv);
}

const struct command command_posture = {
	.name = "posture",
	.summary = "show which of the clouds' doors stand open, and what closes them",
	.help = help,
	.run = run,
};
