/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign doctor: whether the agent can read, reach and sign all it needs, and what
 * to grant where it cannot: first what can be seen without it, then what it says.
 */
#include "base/limits.h"
#include "cli/access_drop_in.h"
#include "cli/asking.h"
#include "cli/doctor.h"
#include "cli/wrap.h"

struct visit {
	struct asking *asking;
	bool is_missing; /* anything at all */
	bool has_more;	 /* of the agent's rows */
	struct buf text;
};

static bool is_missing(struct slice outcome)
{
	return !slice_equal(outcome, SLICE("ok")) &&
	       !slice_equal(outcome, SLICE("optional"));
}

static const char *color_of(const struct screen *screen, struct slice outcome)
{
	if (slice_equal(outcome, SLICE("ok")))
		return screen_of_verdict(screen, VERDICT_AUTHORIZED);
	return screen_of_verdict(screen, is_missing(outcome) ? VERDICT_UNAUTHORIZED
							     : VERDICT_UNVERIFIABLE);
}

/* What one row says; both kinds come through here. */
struct row {
	struct slice what, outcome, detail, advice;
};

#define OUTCOME_COLUMNS 9

static void print_wrapped(struct visit *visit, struct buf *line)
{
	const struct wrap wrap = { .indent = OUTCOME_COLUMNS,
				   .width = visit->asking->screen.columns };

	wrap_append(&visit->text, buf_slice(line), &wrap);
	buf_append_byte(&visit->text, '\n');
	asking_write(visit->asking, &visit->text);
	buf_clear(line);
}

/* "missing  CloudTrail: AccessDenied", and the advice below. */
static void print_row(struct visit *visit, const struct row *row)
{
	const struct screen *screen = &visit->asking->screen;
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	size_t width;

	screen_append(screen, &visit->text, row->outcome);
	width = wrap_width(buf_slice(&visit->text));
	buf_append_text(&line, color_of(screen, row->outcome));
	buf_append(&line, buf_slice(&visit->text));
	buf_append_text(&line, screen_plain(screen));
	buf_clear(&visit->text);
	wrap_append_blanks(&line, width < OUTCOME_COLUMNS ? OUTCOME_COLUMNS - width : 1);
	screen_append(screen, &line, row->what);
	if (row->detail.len) {
		buf_append_text(&line, ": ");
		screen_append(screen, &line, row->detail);
	}
	print_wrapped(visit, &line);
	if (row->advice.len == 0 || slice_equal(row->outcome, SLICE("ok")))
		return;
	wrap_append_blanks(&line, OUTCOME_COLUMNS);
	screen_append(screen, &line, row->advice);
	print_wrapped(visit, &line);
}

static void take_check(void *ctx, const struct check *check)
{
	struct visit *visit = ctx;
	const struct row row = {
		slice_text(check->what),
		slice_text(check_outcome_word(check->outcome)),
		slice_text(check->detail),
		slice_text(check->advice),
	};
	struct json_writer writer;

	if (check->outcome == CHECK_OUTCOME_MISSING)
		visit->is_missing = true;
	if (!visit->asking->options.json) {
		print_row(visit, &row);
		return;
	}
	json_begin(&writer, &visit->text);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "type", SLICE("check"));
	json_put_text(&writer, "what", row.what);
	json_put_text(&writer, "outcome", row.outcome);
	json_put_text_or_null(&writer, "detail", row.detail);
	json_put_text_or_null(&writer, "advice", row.advice);
	json_close_object(&writer);
	buf_append_byte(&visit->text, '\n');
	asking_write(visit->asking, &visit->text);
}

static void take_row(struct visit *visit, const struct ask_row *answer)
{
	const struct row row = {
		json_text_at(answer->json, "what"),
		json_text_at(answer->json, "outcome"),
		json_text_at(answer->json, "detail"),
		json_text_at(answer->json, "advice"),
	};

	if (!slice_equal(answer->type, SLICE("check")))
		return;
	if (is_missing(row.outcome))
		visit->is_missing = true;
	if (visit->asking->options.json)
		asking_print_row(visit->asking, answer);
	else
		print_row(visit, &row);
}

/* The agent not running is something that is missing, not a failure to look. */
static struct ask *reach(struct visit *visit, struct ask_agent *ret_agent)
{
	struct control_request request;
	struct check check = { "agent", CHECK_OUTCOME_OK, visit->asking->options.socket,
			       "" };
	struct ask *ask = NULL;
	struct err err;

	control_request_init(&request, CONTROL_DOCTOR);
	if (ask_new(visit->asking->options.socket, &request, &ask, &err) < 0) {
		check.outcome = CHECK_OUTCOME_MISSING;
		check.detail = err.text;
		check.advice = "systemctl start countersignd";
	} else if (ask_agent(ask, ret_agent, &err) < 0) {
		*ret_agent = (struct ask_agent){ .pid = 0 };
	}
	take_check(visit, &check);
	return ask;
}

/* The agent's first row says with which configuration it runs: an older one's is a check
 * already, and is told. */
static void take_first_row(struct visit *visit, struct ask *ask, struct doctor *doctor)
{
	struct asking *asking = visit->asking;
	const struct ask_row *row = ask ? asking_next(asking, ask) : NULL;
	bool is_agent = row && slice_equal(row->type, SLICE("agent"));
	struct slice config;

	visit->has_more = row != NULL;
	doctor->knows_config = is_agent || !asking->options.socket_is_given;
	if (is_agent) {
		config = json_text_at(row->json, "config");
		if (config.len)
			doctor->config_file = arena_copy(&asking->arena, config).ptr;
	} else if (row) {
		take_row(visit, row);
	}
	/* who names one means that */
	if (asking->options.config_file) {
		doctor->config_file = asking->options.config_file;
		doctor->knows_config = true;
	}
}

static void run_doctor(struct asking *asking)
{
	struct visit visit = {
		.asking = asking,
		.text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
	struct ask_agent agent;
	struct ask *ask = reach(&visit, &agent);
	struct doctor doctor = {
		.drop_in = ACCESS_DROP_IN,
		.choose_access = CHOOSE_ACCESS,
		.agent = ask ? &agent : NULL,
		.take = take_check,
		.ctx = &visit,
	};
	const struct ask_row *row;
	struct err err;

	take_first_row(&visit, ask, &doctor);
	doctor_check(&doctor);
	fflush(stdout);
	while (visit.has_more && (row = asking_next(asking, ask)) != NULL)
		take_row(&visit, row);
	fflush(stdout);
	if (visit.is_missing) {
		err_set(&err, ERR_MISSING, "something is missing");
		asking_fail(asking, &err);
	}
	ask_free(ask);
	buf_release(&visit.text);
}

static void help(FILE *out)
{
	fputs("Usage: countersign doctor [OPTION]...\n"
	      "\n"
	      "Checks whether the agent on this host can read, reach and sign all that "
	      "it\n"
	      "needs, and says what to grant where it cannot.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_DOCTOR);
	fputs("\n"
	      "Exit status: 0 nothing that is needed is missing; 2 wrong usage; "
	      "3 something is.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_doctor, ASK_DOCTOR,
						       run_doctor };

	return asking_run(&command, argc, argv);
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "check what the agent can read, reach and sign",
	.help = help,
	.run = run,
};
