/* SPDX-License-Identifier: Apache-2.0 */
/*
 * countersign explain: one login or finding with every line and call used, every rule
 * tried and why it held or did not, and what to do next.
 */
#include "base/limits.h"
#include "cli/asking.h"
#include "cli/explain_text.h"
#include "cli/login_row.h"

/* What the agent has nothing to say about, for it raises no finding. */
static const char *const advice_by_verdict[VERDICT_COUNT] = {
	[VERDICT_PENDING] =
		"Wait: the control plane has not had its time yet. 'countersign status' "
		"says when it is asked next.",
	[VERDICT_AUTHORIZED] =
		"Nothing, if this principal was meant to be on this host at this time.",
	[VERDICT_UNAUTHORIZED] =
		"Treat it as an intrusion until somebody explains it: contain it, keep "
		"the host's logs and disk, and look at what ran after this time.",
	[VERDICT_UNVERIFIABLE] =
		"See with 'countersign status' and 'countersign doctor' what is missing "
		"to tell; replay the time with an API log that covers it.",
	[VERDICT_NOT_JUDGED] =
		"Nothing here: a cloud's API log says nothing about this door.",
};

struct explanation {
	struct asking *asking;
	struct login_row *login; /* NULL = there was none */
	struct native_context context;
	struct report report;
	struct explain_text text;
	bool has_verdict; /* printed */
	bool has_finding;
	uint64_t rows;
};

static struct explain_next next_of(const struct finding_row *row)
{
	return (struct explain_next){ row->next, row->contain };
}

/* The rules come between what is known of a login and what it comes to. */
static void put_verdict(struct explanation *explanation)
{
	if (!explanation->login || explanation->has_verdict)
		return;
	explanation->has_verdict = true;
	explain_text_put_verdict(&explanation->text, &explanation->login->verdict);
}

static void take_login(struct explanation *explanation, const struct ask_row *answer)
{
	struct arena *arena = &explanation->asking->arena;
	struct login_row *row = arena_new(arena, sizeof(*row));
	struct err err;

	if (login_row_read(answer->json, arena, row, &err) < 0) {
		asking_fail(explanation->asking, &err);
		return;
	}
	if (row->verdict.verdict == VERDICT_UNAUTHORIZED)
		explanation->asking->has_found = true;
	explanation->login = row;
	explanation->context.instance = row->instance;
	explanation->context.ctx = row;
	if (!explanation->asking->options.json)
		explain_text_put_login(&explanation->text, &row->login);
}

static void take_step(struct explanation *explanation, const struct ask_row *answer)
{
	struct arena *arena = &explanation->asking->arena;
	struct event call;
	uint32_t matched;
	struct reasoning reasoning = {
		.rule = arena_copy(arena, json_text_at(answer->json, "rule")).ptr,
		.why = arena_copy(arena, json_text_at(answer->json, "why")).ptr,
		.held = json_is_true(json_at(answer->json, "held")),
	};

	if (explanation->asking->options.json)
		return;
	if (call_row_read(json_at(answer->json, "api_call"), arena, &call, &matched))
		reasoning.api_call = &call;
	explain_text_put_step(&explanation->text, &reasoning);
}

static void put_finding(struct explanation *explanation, struct finding_row *row)
{
	const struct explain_next next = next_of(row);

	put_verdict(explanation);
	explain_text_put_finding(
		&explanation->text, &row->finding,
		row->is_withdrawn ? "withdrawn: its login is judged otherwise by now"
		: row->is_over	  ? "it is over"
				  : "");
	if (!explanation->login) {
		explanation->context.instance = row->login.instance;
		explanation->context.ctx = &row->login;
		explain_text_put_observation(&explanation->text, &row->observation);
		if (row->has_login)
			explain_text_put_login(&explanation->text, &row->login.login);
	}
	explain_text_put_next(&explanation->text, &next);
}

static void take_finding(struct explanation *explanation, const struct ask_row *answer)
{
	struct arena *arena = &explanation->asking->arena;
	struct finding_row *row = arena_new(arena, sizeof(*row));
	struct err err;

	if (finding_row_read(answer->json, arena, row, &err) < 0) {
		asking_fail(explanation->asking, &err);
		return;
	}
	if (row->finding.severity >= SEVERITY_MEDIUM && finding_row_is_news(row))
		explanation->asking->has_found = true;
	explanation->has_finding = true;
	if (!explanation->asking->options.json)
		put_finding(explanation, row);
}

/* "  0ce04f6c...  login    2026-01-28 10:59:55  aws-ssm-session ubuntu" */
static void take_match(struct explanation *explanation, const struct ask_row *answer)
{
	const struct screen *screen = &explanation->asking->screen;
	struct buf *text = &explanation->text.text;
	struct slice time = json_text_at(answer->json, "time");
	us_time happened_at;

	if (explanation->asking->options.json)
		return;
	if (!time_from_rfc3339(time, &happened_at))
		happened_at = US_TIME_NONE;
	screen_append(screen, text, json_text_at(answer->json, "id"));
	buf_append_text(text, "  ");
	screen_append_time(screen, text, happened_at);
	buf_append_text(text, "  ");
	screen_append(screen, text, json_text_at(answer->json, "what"));
	buf_append_text(text, "  ");
	screen_append(screen, text, json_text_at(answer->json, "title"));
	buf_append_byte(text, '\n');
	asking_write(explanation->asking, text);
}

static const struct {
	const char *type;
	void (*take)(struct explanation *explanation, const struct ask_row *answer);
} takers[] = {
	{ "login", take_login },
	{ "step", take_step },
	{ "finding", take_finding },
	{ "match", take_match },
};

static void take_rows(struct explanation *explanation, struct ask *ask)
{
	const struct ask_row *row;

	while ((row = asking_next(explanation->asking, ask)) != NULL) {
		explanation->rows++;
		if (explanation->asking->options.json)
			asking_print_row(explanation->asking, row);
		for (size_t i = 0; i < sizeof(takers) / sizeof(takers[0]); i++) {
			if (slice_equal(row->type, slice_text(takers[i].type)))
				takers[i].take(explanation, row);
		}
	}
}

static void put_end(struct explanation *explanation)
{
	struct explain_next next = { .advice = "" };
	struct err err;

	if (explanation->rows == 0 && explanation->asking->problems.count == 0) {
		err_set(&err, ERR_MISSING, "no login or finding has the id '%.32s'",
			explanation->asking->options.id);
		asking_fail(explanation->asking, &err);
	}
	if (!explanation->login || explanation->asking->options.json)
		return;
	put_verdict(explanation);
	if (explanation->has_finding)
		return;
	next.advice = advice_by_verdict[explanation->login->verdict.verdict];
	explain_text_put_next(&explanation->text, &next);
}

static void run_explain(struct asking *asking)
{
	struct control_request request;
	struct explanation explanation = {
		.asking = asking,
		.context = { .evidence = login_row_evidence },
		.report = {
			.filter = { -1, -1, false },
			.context = &explanation.context,
			.screen = &asking->screen,
			.problems = &asking->problems,
		},
	};
	struct ask *ask;

	control_request_init(&request, CONTROL_EXPLAIN);
	control_request_set_id(&request, slice_text(asking->options.id));
	ask = asking_send(asking, &request);
	if (!ask)
		return;
	explain_text_begin(&explanation.text, &explanation.report);
	take_rows(&explanation, ask);
	put_end(&explanation);
	explain_text_release(&explanation.text);
	ask_free(ask);
}

static void help(FILE *out)
{
	fputs("Usage: countersign explain ID [OPTION]...\n"
	      "\n"
	      "Shows all that is known of one login or finding: its lines, every rule "
	      "that\n"
	      "was tried and every call that was looked at, the verdict, and what to do\n"
	      "next. The beginning of an id is enough. For root and members of the "
	      "group\n"
	      "'countersign'.\n"
	      "\n",
	      out);
	ask_options_help(out, ASK_EXPLAIN);
	fputs("\n"
	      "Exit status: 0 nothing to tell; 1 it is unauthorized, or a finding of "
	      "medium\n"
	      "severity or more; 2 wrong usage; 3 there is none, there are several, or "
	      "the\n"
	      "agent could not be asked.\n",
	      out);
}

static int run(int argc, char **argv)
{
	static const struct asking_command command = { &command_explain, ASK_EXPLAIN,
						       run_explain };

	return asking_run(&command, argc, argv);
}

const struct command command_explain = {
	.name = "explain",
	.summary = "show all that is known of one login or finding",
	.help = help,
	.run = run,
};
