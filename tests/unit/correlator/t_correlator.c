/* SPDX-License-Identifier: Apache-2.0 */
/* The public interface: what is told, counted, listed and explained. */
#include "correlator/correlator.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 ip=10.0.0.5 endpoint=10.0.0.9 " OURS ";"
#define IC "aws-ec2-instance-connect"

/* ---- what is told ---- */

static void test_told_once(void)
{
	static const struct scene_row rows[] = {
		{ "a line more is no news",
		  "accept@0 user=a pid=7; opened@0 service=sshd user=a pid=7; accept@0 "
		  "user=a pid=7",
		  NULL, "0 a direct-ssh not-judged\n" },
		{ "another door is",
		  "accept@0 user=a pid=7 key=K; Push@-1 id=c key=K user=a on=i-1 " OURS,
		  NULL,
		  "0 a direct-ssh not-judged\n0 a " IC " authorized/final call=c\n" },
		{ "a better call is",
		  "offer@-1 key=K request=r; accept@0 user=a key=K;"
		  "Push@-9 id=c key=K user=a on=i-1 " OURS
		  "; Push@-5 id=d key=K user=a on=i-1 " OURS,
		  NULL,
		  "0 a " IC " pending\n0 a " IC " authorized/final call=c\n"
		  "0 a " IC " authorized/final call=d\n" },
		{ "the same call again is not",
		  "offer@-1 key=K; accept@0 user=a key=K; Push@-9 id=c key=K user=a "
		  "on=i-1 " OURS "; Push@-9 id=c key=K user=a on=i-1 " OURS,
		  NULL, "0 a " IC " pending\n0 a " IC " authorized/final call=c\n" },
		{ "who told of an expired key is vouched for: another tells",
		  "proven@9000 " OURS "; Push@-9000 id=o key=K user=a on=i-1 " OURS
		  "; accept@0 user=a key=K pid=1; accept@500 user=a key=K pid=2;"
		  "Push@-5 id=n key=K user=a on=i-1 " OURS,
		  NULL,
		  "0 a " IC " unauthorized/final api-call-expired\n"
		  "500 a " IC " unauthorized/final api-call-expired repeats\n"
		  "0 a " IC " authorized/final call=n\n"
		  "500 a " IC " unauthorized/final api-call-expired\n" },
		{ "calls of no interest are not",
		  "Resume@0 id=x; Execute@0 id=y; Associate@0 id=z", NULL, "" },
	};

	scene_check_rows(rows, COUNT_OF(rows), false, WE, "");
}

/* Without a sink nothing is told, and all is known. */
static void test_no_sink(void)
{
	const struct correlator_options options = correlator_options_default();
	const struct correlator_sink sink = { NULL, NULL, NULL };
	struct correlator *correlator = correlator_new(&options, &sink);
	struct script script;
	struct event event;

	script_start(&script, WE
		     "accept@0 user=a; gap@0 cause=x; lost reason=no-credentials " OURS);
	while (script_next(&script, &event) == SCRIPT_EVENT)
		correlator_feed(correlator, &event, 0);
	CHECK_UINT(correlator_counts(correlator).by_verdict[VERDICT_NOT_JUDGED], 1);
	correlator_free(correlator);
	correlator_free(NULL);
}

/* Times that nothing has. */
static void test_times(void)
{
	static const struct scene_row rows[] = {
		{ "before all time",
		  "accept@none user=a; accept@least user=b; session@least id=x", "",
		  NULL },
		{ "after all time", "accept@most user=a; command@most id=x stage=started",
		  "", NULL },
		{ "the first instant", "accept@min user=a",
		  "-1717243200 a direct-ssh not-judged\n", NULL },
		{ "calls of no time",
		  "offer@-1 key=K; accept@0 user=a key=K;"
		  "Push@most id=c key=K user=a on=i-1 " OURS,
		  "0 a " IC " unverifiable no-api-log\n", NULL },
		{ "proven to the end of time",
		  "offer@-1 key=K; accept@0 user=a key=K;"
		  "proven from=min until=max " OURS,
		  "0 a " IC " unauthorized/final no-api-call\n", NULL },
		{ "proven past the end of time",
		  "offer@-1 key=K; accept@0 user=a key=K;"
		  "proven from=least until=most " OURS,
		  "0 a " IC " unverifiable no-api-log\n", NULL },
		{ "proven backwards",
		  "offer@-1 key=K; accept@0 user=a key=K;"
		  "proven from=900 until=-900 " OURS,
		  "0 a " IC " unverifiable no-api-log\n", NULL },
		{ "launched at the end of time",
		  "identity instance=i-1 launched=most " OURS "; accept@0 user=a",
		  "0 a direct-ssh not-judged before-this-instance\n", NULL },
		{ "launched before all time",
		  "identity instance=i-1 launched=least " OURS "; accept@0 user=a",
		  "0 a direct-ssh not-judged\n", NULL },
		{ "a hole in all time",
		  "offer@-1 key=K; accept@0 user=a key=K; proven@9000 " OURS
		  "; hole from=min until=max",
		  "0 a " IC " unverifiable no-api-log\n", NULL },
		{ "a gap until the first instant",
		  "gap@0 source=journal until=least cause=x; accept@0 user=a",
		  "0 a direct-ssh not-judged\n", NULL },
		{ "gaps and coverage of all time",
		  "read source=journal host=h from=least until=most; gap@0 "
		  "source=journal "
		  "from=least until=most cause=x; accept@0 host=h source=syslog twin=yes "
		  "text=t user=a; now@99",
		  "0 a direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

/* ---- explanations ---- */

struct explained {
	struct buf text;
	unsigned verdicts;
};

static void take_step(void *ctx, const struct reasoning *reasoning)
{
	struct explained *explained = ctx;

	buf_append_format(&explained->text, "%c %s", reasoning->held ? '+' : '-',
			  reasoning->rule);
	if (reasoning->api_call)
		buf_append_format(&explained->text, " %.*s",
				  SLICE_ARG(reasoning->api_call->api_call.id));
	buf_append_byte(&explained->text, '\n');
	CHECK(reasoning->why && *reasoning->why);
}

static void take_verdict(void *ctx, const struct verdict *verdict)
{
	struct explained *explained = ctx;

	explained->verdicts++;
	buf_append_format(&explained->text, "= %s\n", verdict_word(verdict->verdict));
}

static const struct {
	const char *name, *script, *want; /* of the latest login */
} explain_rows[] = {
	{ "direct", "accept@0 user=a", "+ path\n= not-judged\n" },
	{ "older than the launch",
	  "identity instance=i-1 launched=500 " OURS "; accept@0 user=a",
	  "+ launch\n= not-judged\n" },
	{ "another's agent",
	  "identity instance=i-1 launched=-500 " OURS
	  "; session@0 id=a-1 stage=started on=i-2",
	  "+ registration\n= unverifiable\n" },
	{ "another instance's agent, before", "session@0 id=a-1 stage=started on=i-2",
	  "+ registration\n= not-judged\n" },
	{ "by request id",
	  "offer@-1 key=K request=r; accept@0 user=a key=K;"
	  "Push@-1 id=c request=r key=K user=a on=i-1 " OURS,
	  "+ request-id c\n= authorized\n" },
	{ "by fingerprint, past worse ones",
	  "offer@-1 key=K request=r; accept@0 user=a key=K; Push@-3 id=c key=K user=a "
	  "on=i-1 " OURS "; Push@-2 id=d key=K user=b on=i-1 " OURS
	  "; Push@-1 id=e key=K user=a on=i-2 " OURS,
	  "- request-id\n- fingerprint e\n- fingerprint d\n+ fingerprint c\n= "
	  "authorized\n" },
	{ "no push", "offer@-1 key=K; accept@0 user=a key=K; proven@9000 " OURS,
	  "- request-id\n+ absence\n+ coverage\n= unauthorized\n" },
	{ "no push, and no log", "offer@-1 key=K; accept@0 user=a key=K",
	  "- request-id\n+ absence\n- coverage\n= unverifiable\n" },
	{ "a refused push",
	  "offer@-1 key=K; accept@0 user=a key=K; Push!@-1 id=c refused-on=i-1 " OURS
	  "; proven@9000 " OURS,
	  "- request-id\n+ denied c\n+ coverage\n= unauthorized\n" },
	{ "an old push",
	  "accept@0 user=a key=K; Push@-900 id=c key=K user=a on=i-1 " OURS
	  "; proven@9000 " OURS,
	  "- request-id\n+ expired c\n+ coverage\n= unauthorized\n" },
	{ "a session",
	  "session@0 id=a-1 stage=started; Start@0 id=c session=a-1 on=i-1 " OURS,
	  "+ session-id c\n= authorized\n" },
	{ "a session, resumed only",
	  "session@0 id=a-1 stage=started; Resume@9 id=c session=a-1 " OURS,
	  "- session-id c\n+ absence\n+ coverage c\n= authorized\n" },
	{ "a session, weakly",
	  "session@0 id=a-1 stage=started; Start@0 id=c on=i-1 "
	  "by=arn:aws:iam::111122223333:user/a " OURS,
	  "- session-id\n+ id-prefix c\n= authorized\n" },
	{ "a command", "command@0 id=x stage=started; Send@0 id=c command=x on=i-1 " OURS,
	  "+ command-id c\n= authorized\n" },
	{ "a command elsewhere",
	  "command@0 id=x stage=started; Send@0 id=c command=x on=i-2 " OURS,
	  "- command-id c\n= unauthorized\n" },
	{ "a command, too little covered",
	  "command@0 id=x stage=started; proven@9000 from=-60 " OURS,
	  "- command-id\n+ absence\n- coverage\n= unverifiable\n" },
	{ "an association", "association@0 id=x stage=started",
	  "+ pre-existing\n= not-judged\n" },
	{ "a console", "console@0 user=a tty=ttyS0; Serial@-9 id=c on=i-1 serial=0 " OURS,
	  "+ serial-console c\n= authorized\n" },
	{ "a tunnel", "accept@0 user=a from=10.0.0.9; Tunnel@-1 id=c ip=10.0.0.5 " OURS,
	  "+ tunnel c\n= authorized\n" },
	{ "a tunnel that is taken",
	  "accept@-1 user=a from=10.0.0.9; accept@0 user=b from=10.0.0.9;"
	  "Tunnel@-1 id=c ip=10.0.0.5 " OURS "; proven@9000 " OURS,
	  NULL },
	{ "a port session",
	  "session@0 id=a-1 stage=connected plugin=Port; Start@0 id=c session=a-1 "
	  "on=i-1 " OURS "; accept@1 user=a from=127.0.0.1",
	  "+ port-session c\n= authorized\n" },
	{ "both doors",
	  "session@0 id=a-1 stage=connected plugin=Port; Start@0 id=c session=a-1 "
	  "on=i-1 " OURS
	  "; offer@1 key=K request=r; accept@1 user=a from=127.0.0.1 key=K;"
	  "Push@0 id=d request=r key=K user=a on=i-1 " OURS,
	  "+ request-id d\n+ port-session c\n= authorized\n" },
};

static void take_last_id(void *ctx, const struct verdict *verdict)
{
	*(struct id *)ctx = verdict->login->id;
}

static void test_explain(void)
{
	for (size_t i = 0; i < COUNT_OF(explain_rows); i++) {
		AUTO_SCENE struct scene scene;
		AUTO_BUF struct buf text = BUF_LIMIT(4096);
		struct explained explained = { .text = text };
		struct id id;

		check_row(explain_rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, WE);
		scene_play(&scene, explain_rows[i].script);
		correlator_each_login(scene.correlator, take_last_id, &id);
		scene_told(&scene);
		CHECK(correlator_explain(scene.correlator, &id, take_step, take_verdict,
					 &explained));
		CHECK_UINT(explained.verdicts, 1);
		if (explain_rows[i].want)
			CHECK_TEXT(buf_text(&explained.text), explain_rows[i].want);
		/* explaining changes nothing and tells nothing */
		CHECK_TEXT(scene_told(&scene), "");
		buf_release(&explained.text);
	}
}

static void test_explain_nobody(void)
{
	AUTO_SCENE struct scene scene;
	struct explained explained = { .text = BUF_LIMIT(4096) };
	struct id id = { { 1 } };

	scene_open_complete(&scene);
	CHECK(!correlator_explain(scene.correlator, &id, take_step, take_verdict,
				  &explained));
	CHECK_UINT(explained.verdicts, 0);
	scene_play(&scene, "accept@0 user=a");
	id = scene_verdict(&scene, 0).login->id;
	CHECK(correlator_explain(scene.correlator, &id, NULL, NULL, NULL));
	buf_release(&explained.text);
}

/* ---- lists and counts ---- */

static void test_counts(void)
{
	AUTO_SCENE struct scene scene;
	struct correlator_counts counts;

	scene_open_live(&scene);
	scene_play(&scene,
		   WE "accept@0 user=a; session@0 id=a-1 stage=started;"
		      "command@0 id=x stage=started; Send@0 id=c command=x on=i-1 " OURS
		      "; Send@0 id=c command=x on=i-1 " OURS
		      "; command@0 id=y stage=started; Send@0 id=d command=y on=i-2 " OURS
		      "; lost class=ssm reason=no-credentials " OURS);
	counts = correlator_counts(scene.correlator);
	CHECK_UINT(counts.logins, 4);
	CHECK_UINT(counts.calls, 2);
	CHECK_UINT(counts.by_verdict[VERDICT_NOT_JUDGED], 1);
	CHECK_UINT(counts.by_verdict[VERDICT_AUTHORIZED], 1);
	CHECK_UINT(counts.by_verdict[VERDICT_UNAUTHORIZED], 1);
	CHECK_UINT(counts.by_verdict[VERDICT_UNVERIFIABLE], 1);
	CHECK_UINT(counts.by_verdict[VERDICT_PENDING], 0);
}

/* Of all kinds together, by time and then id. */
static void test_each_login(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_complete(&scene);
	scene_play(&scene,
		   WE "console@4 user=c tty=tty1; accept@9 user=a; accept@1 user=b;"
		      "session@5 id=s-1 stage=started; command@3 id=x stage=started;"
		      "association@2 id=y stage=started; accept@4 user=d;"
		      "accept@4 user=e");
	scene_logins(&scene);
	CHECK_TEXT(settled_wrong(&scene.settled, scene.correlator), NULL);
	CHECK_UINT(correlator_counts(scene.correlator).logins, 8);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "told once", test_told_once },
		{ "no sink", test_no_sink },
		{ "times", test_times },
		{ "explanations", test_explain },
		{ "explaining nobody", test_explain_nobody },
		{ "counts", test_counts },
		{ "each login", test_each_login },
		{ NULL, NULL },
	};

	return check_run("correlator", tests);
}
