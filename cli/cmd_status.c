/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign status: how the agent on this host is, on one screen: what it follows, how
 * far it sees the control plane, what is missing and what to do about it.
 */
#include "base/limits.h"
#include "cli/asking.h"
#include "cli/status_text.h"

static bool counts_any(const json_t *status, const char *const *paths)
{
	for (size_t i = 0; paths[i]; i++) {
		if (json_integer_value(json_at(status, paths[i])) > 0)
			return true;
	}
	return false;
}

/* docs/status.md: 3 when it cannot do its work, 1 when there is something to look at. */
static void judge(struct asking *asking, const json_t *status)
{
	static const char *const found[] = {
		"logins.unauthorized",
		"findings.medium",
		"findings.high",
		"findings.critical",
		NULL,
	};
	struct err err;

	if (slice_equal(json_text_at(status, "agent.state"), SLICE("impaired"))) {
		err_set(&err, ERR_MISSING, "the agent cannot do all of its work");
		asking_fail(asking, &err);
	}
	asking->has_found = counts_any(status, found);
}

static void show(struct asking *asking, const struct ask_row *row)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);

	if (asking->options.json) {
		asking_print_row(asking, row);
		return;
	}
	status_text_append(&text, &asking->screen, row->json);
	asking_write(asking, &text);
	if (json_is_true(json_at(row->json, "privileged")))
		return;
	putchar('\n');
	buf_append_text(&text,
			"More is shown to root and to members of the agent's group.");
	asking_print_wrapped(asking, &text);
}

static void run_status(struct asking *asking)
{
	struct control_request request;
	const struct ask_row *row;
	bool is_told = false;
	struct ask *ask;
	struct err err;

	control_request_init(&request, CONTROL_STATUS);
	ask = asking_send(asking, &request);
	if (!ask)
		return;
	while ((row = asking_next(asking, ask)) != NULL) {
		if (!slice_equal(row->type, SLICE("status")))
			continue;
		is_told = true;
		show(asking, row);
		fflush(stdout);
		judge(asking, row->json);
	}
	if (!is_told && asking->problems.count == 0) {
		err_set(&err, ERR_FORMAT, "the agent does not say how it is");
		asking_fail(asking, &err);
	}
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign status [OPTION]...\n"
	      "\n"
	      "Shows how the agent on this host is: what it follows, how far it sees "
	      "the\n"
	      "control plane, what it has found, what is missing and what to do about "
	      "it.\n"
	      "Counts are of the last day.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_STATUS);
	fputs("\n"
	      "Exit status: 0 healthy; 1 an unauthorized login, or a finding of medium\n"
	      "severity or more; 2 wrong usage; 3 the agent cannot be asked, or cannot "
	      "do "
	      "all\n"
	      "of its work.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_status, ASK_STATUS,
						       run_status };

	return asking_run(&command, argc, argv);
}

const struct command command_status = {
	.name = "status",
	.summary = "show how the agent on this host is",
	.help = help,
	.run = run,
};
