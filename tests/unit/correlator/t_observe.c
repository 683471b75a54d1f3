/* SPDX-License-Identifier: Apache-2.0 */
/* What is told beside verdicts, each once. */
#include "correlator/observe.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 launched=-90000 " OURS ";"
#define ALICE "by=arn:aws:iam::111122223333:user/alice " OURS
#define BOB "by=arn:aws:iam::111122223333:user/bob " OURS

/* Only the observations of what was told, one a line. */
static const char *observations(struct scene *scene)
{
	static char text[4096];
	const char *told = scene_told(scene);
	size_t len = 0;

	while (*told) {
		size_t line = strcspn(told, "\n") + 1;

		if (*told == '!' && len + line < sizeof(text)) {
			memcpy(text + len, told, line);
			len += line;
		}
		told += line;
	}
	text[len] = '\0';
	return text;
}

static void check_rows(const struct scene_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_live(&scene);
		scene_play(&scene, WE);
		scene_play(&scene, rows[i].script);
		CHECK_TEXT(observations(&scene), rows[i].told);
	}
}

static void test_taken_over(void)
{
#define SESSION "session@0 id=alice-1 stage=started on=i-1;"
#define START "Start@-1 id=s session=alice-1 on=i-1 " ALICE ";"
#define TOLD "! session-taken-over arn:aws:iam::111122223333:user/bob call=r\n"
	static const struct scene_row rows[] = {
		{ "resumed by another",
		  SESSION START "Resume@50 id=r session=alice-1 " BOB, NULL, TOLD },
		{ "the resume comes first",
		  SESSION "Resume@50 id=r session=alice-1 " BOB ";" START, NULL, TOLD },
		{ "the session comes last",
		  START "Resume@50 id=r session=alice-1 " BOB ";" SESSION, NULL, TOLD },
		{ "a session of ours that never showed",
		  START "Resume@50 id=r session=alice-1 " BOB, NULL, TOLD },
		{ "a session of another instance",
		  "Start@-1 id=s session=alice-1 on=i-2 " ALICE
		  "; Resume@50 id=r session=alice-1 " BOB,
		  NULL, "" },
		{ "resumed by the same",
		  SESSION START "Resume@50 id=r session=alice-1 " ALICE, NULL, "" },
		{ "by whom is not known",
		  SESSION START "Resume@50 id=r session=alice-1 " OURS, NULL, "" },
		{ "refused", SESSION START "Resume!@50 id=r session=alice-1 " BOB, NULL,
		  "" },
		{ "twice by others: two",
		  SESSION START "Resume@50 id=r session=alice-1 " BOB
				"; Resume@90 id=q session=alice-1 " BOB,
		  NULL,
		  TOLD
		  "! session-taken-over arn:aws:iam::111122223333:user/bob call=q\n" },
		{ "delivered twice: one",
		  SESSION START "Resume@50 id=r session=alice-1 " BOB
				"; Resume@50 id=r session=alice-1 " BOB ";" START SESSION,
		  NULL, TOLD },
	};

	check_rows(rows, COUNT_OF(rows));
}

static void test_console_taken_over(void)
{
#define CONSOLE "console@0 user=root pid=5 tty=ttyS0;"
#define FIRST "Serial@-20 id=a on=i-1 serial=0 " ALICE ";"
	static const struct scene_row rows[] = {
		{ "another's push while it is open",
		  CONSOLE FIRST "Serial@50 id=r on=i-1 serial=0 " BOB, NULL, TOLD },
		{ "in any order", "Serial@50 id=r on=i-1 serial=0 " BOB ";" CONSOLE FIRST,
		  NULL, TOLD },
		{ "the same principal's",
		  CONSOLE FIRST "Serial@50 id=r on=i-1 serial=0 " ALICE, NULL, "" },
		{ "after it was closed",
		  CONSOLE FIRST
		  "closed@40 service=login pid=5; Serial@50 id=r on=i-1 serial=0 " BOB,
		  NULL, "" },
		{ "to another port", CONSOLE FIRST "Serial@50 id=r on=i-1 serial=1 " BOB,
		  NULL, "" },
		{ "to another instance",
		  CONSOLE FIRST "Serial@50 id=r on=i-2 serial=0 " BOB, NULL, "" },
		{ "before it", CONSOLE "Serial@-9000 id=r on=i-1 serial=0 " BOB ";" FIRST,
		  NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows));
}

static void test_without_login(void)
{
#define READ "read@90000 source=ssm from=-90000;"
#define TOLD_START "! api-call-without-login StartSession call=s\n"
#define TOLD_SEND "! api-call-without-login SendCommand call=s\n"
	static const struct scene_row rows[] = {
		{ "StartSession and nobody came",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; read@300 source=ssm from=-10",
		  NULL, TOLD_START },
		{ "not read far enough",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; read@299 source=ssm from=-10",
		  NULL, "" },
		{ "read in pieces",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; read@100 source=ssm from=-10; read@300 source=ssm from=100",
		  NULL, TOLD_START },
		{ "not read at its time",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; read@300 source=ssm from=10",
		  NULL, "" },
		{ "lines were lost",
		  "gap@50 source=ssm from=40 until=60 cause=x; Start@0 id=s session=a-1 "
		  "on=i-1 " ALICE "; read@300 source=ssm from=-10",
		  NULL, "! evidence-gap x\n" },
		{ "the session came",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; session@2 id=a-1 stage=started; read@300 source=ssm from=-10",
		  NULL, "" },
		{ "only its end was seen",
		  "Start@0 id=s session=a-1 on=i-1 " ALICE
		  "; session@2 id=a-1 stage=ended; read@300 source=ssm from=-10",
		  NULL, "" },
		{ "the call comes after the coverage",
		  READ "Start@0 id=s session=a-1 on=i-1 " ALICE "; now@1", NULL,
		  TOLD_START },
		{ "told once",
		  READ "Start@0 id=s session=a-1 on=i-1 " ALICE
		       "; now@1; Start@0 id=s session=a-1 on=i-1 " ALICE "; now@2",
		  NULL, TOLD_START },
		{ "without an answer, and nobody fits",
		  READ "Start@0 id=s on=i-1 " ALICE "; now@1", NULL, TOLD_START },
		{ "without an answer, and somebody does",
		  "session@2 id=alice-1 stage=started;" READ "Start@0 id=s on=i-1 " ALICE
		  "; now@1",
		  NULL, "" },
		{ "another instance",
		  READ "Start@0 id=s session=a-1 on=i-2 " ALICE "; now@1", NULL, "" },
		{ "refused", READ "Start!@0 id=s session=a-1 on=i-1 " ALICE "; now@1",
		  NULL, "" },
		{ "SendCommand within a day",
		  "Send@0 id=s command=c-1 on=i-1 " ALICE
		  "; read@86399 source=ssm from=-10",
		  NULL, "" },
		{ "SendCommand after a day",
		  "Send@0 id=s command=c-1 on=i-1 " ALICE
		  "; read@86400 source=ssm from=-10",
		  NULL, TOLD_SEND },
		{ "SendCommand by tag",
		  "Send@0 id=s command=c-1 tag=yes on=i-1 " ALICE
		  "; read@90000 source=ssm from=-10",
		  NULL, "" },
		{ "many, in the order of their time",
		  "Send@0 id=c command=c-1 on=i-1 " ALICE
		  "; Start@9 id=b session=b-1 on=i-1 " ALICE
		  "; Start@5 id=a session=a-1 on=i-1 " ALICE
		  "; read@90000 source=ssm from=-10",
		  NULL,
		  "! api-call-without-login StartSession call=a\n"
		  "! api-call-without-login StartSession call=b\n"
		  "! api-call-without-login SendCommand call=c\n" },
	};

	check_rows(rows, COUNT_OF(rows));
}

static void test_without_login_off(void)
{
	struct correlator_options options = correlator_options_default();
	AUTO_SCENE struct scene scene;

	options.tell_calls_without_login = false;
	scene_open(&scene, &options);
	scene_play(&scene, WE READ "Start@0 id=s session=a-1 on=i-1 " ALICE "; now@1");
	CHECK_TEXT(observations(&scene), "");
}

static void test_others(void)
{
	static const struct scene_row rows[] = {
		{ "a gap", "gap@0 source=syslog path=/var/log/auth.log cause=x", NULL,
		  "! evidence-gap x\n" },
		{ "a gap told twice",
		  "gap@0 source=syslog path=a cause=x; gap@0 source=syslog path=a "
		  "cause=x",
		  NULL, "! evidence-gap x\n" },
		{ "two gaps",
		  "gap@0 source=syslog path=a cause=x; gap@0 source=syslog path=b "
		  "cause=x",
		  NULL, "! evidence-gap x\n! evidence-gap x\n" },
		{ "a forged line told twice",
		  "accept@0 trust=contradicted user=a; accept@0 trust=contradicted "
		  "user=a",
		  NULL, "! forged-log-line login-accepted\n" },
		{ "registered elsewhere, once for a login",
		  "session@0 id=a-1 stage=started on=i-2; session@1 id=a-1 "
		  "stage=connected on=i-2;"
		  "session@2 id=a-1 stage=ended on=i-2; proven@9000 " OURS,
		  NULL, "! agent-registered-elsewhere i-2\n" },
		{ "registered elsewhere, for each login",
		  "session@0 id=a-1 stage=started on=i-2; command@1 id=c-1 stage=started "
		  "on=i-2",
		  NULL,
		  "! agent-registered-elsewhere i-2\n! agent-registered-elsewhere "
		  "i-2\n" },
		{ "sight lost, back and lost again",
		  "lost class=ssm reason=api-denied " OURS "; back class=ssm " OURS
		  "; now@5; lost class=ssm reason=api-denied " OURS,
		  NULL,
		  "! control-plane-blind api-denied ssm.amazonaws.com\n"
		  "! control-plane-blind over api-denied ssm.amazonaws.com\n"
		  "! control-plane-blind api-denied ssm.amazonaws.com\n" },
	};

	check_rows(rows, COUNT_OF(rows));
}

/* The same input gives the same ids. */
struct ids {
	struct id id[32];
	size_t count;
};

static void take_id(void *ctx, const struct observation *observation)
{
	struct ids *ids = ctx;

	if (ids->count < COUNT_OF(ids->id))
		ids->id[ids->count++] = observation->id;
}

static void take_ids(struct ids *ids, uint64_t hash_key)
{
	const struct correlator_sink sink = { NULL, take_id, ids };
	struct correlator_options options = correlator_options_default();
	struct correlator *correlator;
	struct script script;
	struct event event;

	options.hash_key.word[0] = hash_key;
	correlator = correlator_new(&options, &sink);
	script_start(&script,
		     WE READ "Start@0 id=s session=a-1 on=i-1 " ALICE
			     "; Resume@0 id=r session=a-1 " BOB
			     "; gap@0 source=syslog path=a cause=x;"
			     "accept@0 trust=contradicted user=a;"
			     "session@0 id=a-9 stage=started on=i-2;"
			     "lost class=ssm reason=api-denied " OURS
			     "; back class=ssm " OURS "; read@9000 source=ssm from=0");
	while (script_next(&script, &event) == SCRIPT_EVENT)
		correlator_feed(correlator, &event, SCENE_EPOCH);
	correlator_free(correlator);
}

static void test_ids(void)
{
	struct ids one = { .count = 0 }, other = { .count = 0 };

	take_ids(&one, 1);
	take_ids(&other, 2);
	CHECK_UINT(one.count, 7);
	CHECK_UINT(other.count, one.count);
	CHECK(memcmp(one.id, other.id, one.count * sizeof(one.id[0])) == 0);
	for (size_t i = 0; i < one.count; i++)
		for (size_t j = 0; j < i; j++)
			CHECK(memcmp(&one.id[i], &one.id[j], sizeof(one.id[0])) != 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "sessions taken over", test_taken_over },
		{ "consoles taken over", test_console_taken_over },
		{ "calls without a login", test_without_login },
		{ "calls without a login, off", test_without_login_off },
		{ "others", test_others },
		{ "ids", test_ids },
		{ NULL, NULL },
	};

	return check_run("correlator/observe", tests);
}
