/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign test-alert: one marked finding through every sink at once, and what each
 * answered.
 */
#include "base/limits.h"
#include "cli/asking.h"
#include "cli/head_line.h"

#define SINK_COLUMNS 12
#define OUTCOME_COLUMNS 9

struct test {
	struct asking *asking;
	struct head_line line;
	struct buf text;
	bool has_failed;
};

static bool is_delivered(struct slice outcome)
{
	return slice_equal(outcome, SLICE("delivered"));
}

/* "splunk      delivered 200 OK" */
static void print_row(struct test *test, const struct ask_row *row)
{
	const struct screen *screen = &test->asking->screen;
	struct slice outcome = json_text_at(row->json, "outcome");

	head_line_add(&test->line, json_text_at(row->json, "sink"), SINK_COLUMNS);
	head_line_add(&test->line, outcome, OUTCOME_COLUMNS);
	screen_append(screen, &test->line.rest, json_text_at(row->json, "detail"));
	test->line.color =
		screen_of_verdict(screen, is_delivered(outcome) ? VERDICT_AUTHORIZED
								: VERDICT_UNAUTHORIZED);
	head_line_append(&test->line, screen, &test->text);
	asking_write(test->asking, &test->text);
}

static void take_row(struct test *test, const struct ask_row *row)
{
	if (!slice_equal(row->type, SLICE("test-alert")))
		return;
	if (!is_delivered(json_text_at(row->json, "outcome")))
		test->has_failed = true;
	if (test->asking->options.json)
		asking_print_row(test->asking, row);
	else
		print_row(test, row);
	fflush(stdout);
}

static void run_test_alert(struct asking *asking)
{
	struct test test = { .asking = asking,
			     .text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES) };
	struct control_request request;
	const struct ask_row *row;
	struct ask *ask;
	struct err err;

	control_request_init(&request, CONTROL_TEST_ALERT);
	(void)snprintf(request.sinks, sizeof(request.sinks), "%s", asking->options.sinks);
	ask = asking_send(asking, &request);
	if (!ask)
		return;
	head_line_init(&test.line);
	while ((row = asking_next(asking, ask)) != NULL)
		take_row(&test, row);
	if (test.has_failed) {
		err_set(&err, ERR_MISSING, "not every sink took it");
		asking_fail(asking, &err);
	}
	head_line_release(&test.line);
	buf_release(&test.text);
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign test-alert [OPTION]... [SINK]...\n"
	      "\n"
	      "Sends one finding, marked as a test, through every sink of the agent on "
	      "this\n"
	      "host, or through those named, and shows what each answered. It goes "
	      "beside "
	      "what\n"
	      "waits there, and is kept nowhere. For root and the agent's own user.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_TEST_ALERT);
	fputs("\n"
	      "Exit status: 0 all took it; 2 wrong usage; 3 one did not, or the agent "
	      "could\n"
	      "not be asked.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_test_alert,
						       ASK_TEST_ALERT, run_test_alert };

	return asking_run(&command, argc, argv);
}

const struct command command_test_alert = {
	.name = "test-alert",
	.summary = "send a marked finding through every sink",
	.help = help,
	.run = run,
};
