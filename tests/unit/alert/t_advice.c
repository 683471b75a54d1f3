/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/advice.h"

#include "tests/support/check.h"

static void test_contain(void)
{
	static const struct event call = {
		.kind = EVENT_API_CALL,
		.api_call.region = { "eu-west-1", 9 },
	};
	static const struct event odd_call = {
		.kind = EVENT_API_CALL,
		.api_call.region = { "eu;reboot", 9 },
	};
	static const struct {
		const char *name;
		enum login_kind kind;
		const char *id;
		uint32_t pid;
		enum trust trust;
		us_time ended_at;
		const struct event *call;
		const char *want; /* NULL: none */
	} rows[] = {
		{ "session", LOGIN_SESSION, "alice-0a1b", 0, TRUST_ROOT_FILE,
		  US_TIME_NONE, NULL,
		  "aws ssm terminate-session --session-id alice-0a1b" },
		{ "with the call's region", LOGIN_SESSION, "a@b.example-0a1b", 0,
		  TRUST_ROOT_FILE, US_TIME_NONE, &call,
		  "aws ssm terminate-session --session-id a@b.example-0a1b --region "
		  "eu-west-1" },
		{ "odd region", LOGIN_SESSION, "alice-0a1b", 0, TRUST_ROOT_FILE,
		  US_TIME_NONE, &odd_call,
		  "aws ssm terminate-session --session-id alice-0a1b" },
		{ "command", LOGIN_COMMAND, "0b7e-11", 0, TRUST_ROOT_FILE, US_TIME_NONE,
		  NULL, "aws ssm cancel-command --command-id 0b7e-11" },
		{ "association", LOGIN_ASSOCIATION, "0b7e-12", 0, TRUST_ROOT_FILE, 5,
		  NULL, "aws ssm delete-association --association-id 0b7e-12" },
		{ "ended session", LOGIN_SESSION, "alice-0a1b", 0, TRUST_ROOT_FILE, 5,
		  NULL, NULL },
		{ "no id", LOGIN_SESSION, "", 0, TRUST_ROOT_FILE, US_TIME_NONE, NULL,
		  NULL },
		{ "shell in the id", LOGIN_SESSION, "a$(reboot)", 0, TRUST_ROOT_FILE,
		  US_TIME_NONE, NULL, NULL },
		{ "blank in the id", LOGIN_SESSION, "a b", 0, TRUST_ROOT_FILE,
		  US_TIME_NONE, NULL, NULL },
		{ "option as the id", LOGIN_SESSION, "--profile", 0, TRUST_ROOT_FILE,
		  US_TIME_NONE, NULL, NULL },
		{ "process", LOGIN_SSH, "", 881, TRUST_ATTESTED, US_TIME_NONE, NULL,
		  "kill -HUP 881" },
		{ "console", LOGIN_CONSOLE, "", 882, TRUST_CORROBORATED, US_TIME_NONE,
		  NULL, "kill -HUP 882" },
		{ "a pid that anybody may have written", LOGIN_SSH, "", 881,
		  TRUST_UNVERIFIED, US_TIME_NONE, NULL, NULL },
		{ "init", LOGIN_SSH, "", 1, TRUST_ATTESTED, US_TIME_NONE, NULL, NULL },
		{ "no pid", LOGIN_SSH, "", 0, TRUST_ATTESTED, US_TIME_NONE, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf = BUF_LIMIT(512);
		struct login login = {
			.kind = rows[i].kind,
			.session_id = slice_text(rows[i].id),
			.command_id = slice_text(rows[i].id),
			.pid = rows[i].pid,
			.trust = rows[i].trust,
			.ended_at = rows[i].ended_at,
		};

		check_row(rows[i].name);
		CHECK_INT(advice_contain(&login, rows[i].call, &buf),
			  rows[i].want != NULL);
		CHECK_TEXT(buf_text(&buf), rows[i].want ? rows[i].want : "");
		buf_release(&buf);
	}
	check_row("no login");
	CHECK(!advice_contain(NULL, NULL, NULL));
}

static void test_texts(void)
{
	for (int i = 0; i < VERDICT_COUNT; i++) {
		for (int k = 0; k < REASON_COUNT; k++) {
			struct verdict verdict = {
				.verdict = (enum verdict_kind)i,
				.reasons = { (enum reason)k },
				.reason_count = 1,
			};

			check_row(reason_word((enum reason)k));
			CHECK(strlen(advice_for_verdict(&verdict)) > 20);
			verdict.reason_count = 0;
			CHECK(strlen(advice_for_verdict(&verdict)) > 20);
		}
	}
	for (int i = 0; i < OBSERVATION_COUNT; i++) {
		struct observation observation = { .kind = (enum observation_kind)i };

		check_row(observation_word((enum observation_kind)i));
		CHECK(strlen(advice_for_observation(&observation)) > 20);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "contain", test_contain },
		{ "texts", test_texts },
		{ NULL, NULL },
	};

	return check_run("alert/advice", tests);
}
