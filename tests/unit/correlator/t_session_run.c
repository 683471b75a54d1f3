/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, commands and associations of the SSM agent: how their lines are joined. */
#include "correlator/session.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define SESSION "aws-ssm-session unverifiable no-api-log\n"
#define COMMAND "aws-ssm-command unverifiable no-api-log\n"

static void test_begin(void)
{
	static const struct scene_row rows[] = {
		{ "started", "session@1 id=a-1 stage=started", "1 ssm-user " SESSION,
		  NULL },
		{ "connected", "session@1 id=a-1 stage=connected plugin=Standard_Stream",
		  "1 ssm-user " SESSION, NULL },
		{ "described makes none", "session@1 id=a-1 stage=described document=x",
		  "", NULL },
		{ "ended makes none", "session@1 id=a-1 stage=ended", "", NULL },
		{ "without an id there is none", "session@1 stage=started", "", NULL },
		{ "all its lines are one",
		  "session@1 id=a-1 stage=started; session@2 id=a-1 stage=described;"
		  "session@3 id=a-1 stage=connected; session@9 id=a-1 stage=ended",
		  "1 ssm-user " SESSION, NULL },
		{ "the earliest line is its time",
		  "session@3 id=a-1 stage=connected; session@1 id=a-1 stage=started;"
		  "session@2 id=a-1 stage=started",
		  "1 ssm-user " SESSION, NULL },
		{ "ids have a case",
		  "session@1 id=a-1 stage=started; session@2 id=A-1 stage=started",
		  "1 ssm-user " SESSION "2 ssm-user " SESSION, NULL },
		{ "a command with a session's id is another",
		  "session@1 id=x stage=started; command@2 id=x stage=started",
		  "1 ssm-user " SESSION "2 root " COMMAND, NULL },
		{ "the same command again after a reboot",
		  "command@1 id=x stage=started; command@9 id=x stage=ended;"
		  "command@500 id=x stage=started; command@501 id=x stage=ended",
		  "1 root " COMMAND, NULL },
		{ "lists stay sorted when a time gets earlier",
		  "session@5 id=a-1 stage=started; session@6 id=a-2 stage=started;"
		  "session@4 id=a-2 stage=started",
		  "4 ssm-user " SESSION "5 ssm-user " SESSION, NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

static void test_os_user(void)
{
	static const struct scene_row rows[] = {
		{ "ssm-user", "session@1 id=a-1 stage=started", "1 ssm-user " SESSION,
		  NULL },
		{ "RunAs",
		  "session@1 id=a-1 stage=started; session@2 id=a-1 stage=described "
		  "user=deploy",
		  "1 deploy " SESSION, NULL },
		{ "described before it begins",
		  "session@0 id=a-1 stage=described user=deploy; session@1 id=a-1 "
		  "stage=started",
		  "1 deploy " SESSION, NULL },
		{ "nobody through a port", "session@1 id=a-1 stage=connected plugin=Port",
		  "1 - " SESSION, NULL },
		{ "a port by its document",
		  "session@1 id=a-1 stage=started "
		  "document=AWS-StartPortForwardingSession",
		  "1 - " SESSION, NULL },
		{ "nobody in a container", "session@1 id=a-1 stage=started on=ecs:c_t_1",
		  "1 - " SESSION, NULL },
		{ "nobody in ECS Exec",
		  "session@1 id=ecs-execute-command-1 stage=started", "1 - " SESSION,
		  NULL },
		{ "root for commands, whatever they say",
		  "command@1 id=x stage=started user=deploy", "1 root " COMMAND, NULL },
		{ "a command is no port",
		  "command@1 id=x stage=connected plugin=Port "
		  "document=AWS-StartSSHSession;"
		  "accept@2 user=a from=127.0.0.1",
		  "1 root " COMMAND "2 a direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

static void test_view(void)
{
	AUTO_SCENE struct scene scene;
	const struct login *login;

	scene_open_complete(&scene);
	scene_play(
		&scene, WE
		"session@1 id=alice-0a1 stage=described evidence=9 "
		"owner=arn:aws:iam::111122223333:user/alice;"
		"session@2 id=alice-0a1 stage=started evidence=1;"
		"session@3 id=alice-0a1 stage=described document=Acme-Shell evidence=2;"
		"session@4 id=alice-0a1 stage=ended evidence=3;"
		"account@2 user=ssm-user evidence=4");
	login = scene_verdict(&scene, 0).login;
	CHECK_INT(login->kind, LOGIN_SESSION);
	CHECK_SLICE(login->session_id, SLICE("alice-0a1"));
	CHECK_SLICE(login->command_id, SLICE(""));
	CHECK_SLICE(login->principal_hint, SLICE("arn:aws:iam::111122223333:user/alice"));
	CHECK_INT(login->happened_at, AT(2));
	CHECK_INT(login->ended_at, AT(4));
	CHECK_UINT(login->evidence_count, 4);
}

static void test_end(void)
{
	static const struct {
		const char *name, *script;
		us_time want;
	} rows[] = {
		{ "open", "session@1 id=a-1 stage=started", US_TIME_NONE },
		{ "ended", "session@1 id=a-1 stage=started; session@9 id=a-1 stage=ended",
		  AT(9) },
		{ "the latest end",
		  "session@1 id=a-1 stage=started; session@9 id=a-1 stage=ended;"
		  "session@8 id=a-1 stage=ended",
		  AT(9) },
		{ "begun again",
		  "session@1 id=a-1 stage=started; session@9 id=a-1 stage=ended;"
		  "session@20 id=a-1 stage=started",
		  US_TIME_NONE },
		{ "an end before the beginning",
		  "session@9 id=a-1 stage=started; session@1 id=a-1 stage=ended",
		  US_TIME_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, rows[i].script);
		CHECK_INT(scene_verdict(&scene, 0).login->ended_at, rows[i].want);
	}
}

/* Associations run again and again; other content makes another login. */
static void test_associations(void)
{
	static const struct scene_row rows[] = {
		{ "one, however often it runs",
		  "association@1 id=x stage=started; association@1800 id=x stage=started;"
		  "association@3600 id=x stage=started",
		  "1 root aws-ssm-association not-judged pre-existing\n", NULL },
		{ "with the same content",
		  "association@1 id=x stage=started content=5; association@9 id=x "
		  "stage=started "
		  "content=5",
		  "1 root aws-ssm-association not-judged pre-existing\n", NULL },
		{ "its content is learnt",
		  "association@1 id=x stage=started; association@2 id=x stage=described "
		  "content=5",
		  "1 root aws-ssm-association not-judged pre-existing\n", NULL },
		{ "its content changes",
		  "association@1 id=x stage=started content=5; association@200 id=x "
		  "stage=started "
		  "content=6",
		  "1 root aws-ssm-association not-judged pre-existing\n"
		  "200 root aws-ssm-association unverifiable no-api-log\n",
		  NULL },
		{ "and changes back",
		  "association@1 id=x stage=started content=5; association@200 id=x "
		  "stage=started "
		  "content=6; association@300 id=x stage=started content=5",
		  "1 root aws-ssm-association not-judged pre-existing\n"
		  "200 root aws-ssm-association unverifiable no-api-log\n"
		  "300 root aws-ssm-association unverifiable no-api-log\n",
		  NULL },
		{ "known before watching began, and so is what it does then",
		  "association@1 id=x stage=started content=5; association@9 id=x "
		  "stage=started "
		  "content=6",
		  "1 root aws-ssm-association not-judged pre-existing\n"
		  "9 root aws-ssm-association not-judged pre-existing\n",
		  NULL },
		{ "new since", "association@101 id=x stage=started content=5",
		  "101 root aws-ssm-association unverifiable no-api-log\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true,
			 "identity instance=i-1 watched=100 " OURS ";", "");
}

/* What is said of the content before the run begins must not be lost: the next run's
 * other content would pass for the first. */
static void test_content_before(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_complete(&scene);
	scene_play(&scene, "identity instance=i-1 watched=-100 " OURS
			   "; association@0 id=x stage=described content=5;"
			   "association@1 id=x stage=started;"
			   "association@200 id=x stage=started;"
			   "association@201 id=x stage=described content=6");
	CHECK_UINT(correlator_counts(scene.correlator).logins, 2);
}

/* Whose agent ran it. */
static void test_whose(void)
{
	static const struct scene_row rows[] = {
		{ "ours",
		  "identity instance=i-1 " OURS "; session@1 id=a-1 stage=started on=i-1",
		  "1 ssm-user " SESSION, NULL },
		{ "ours in another case",
		  "identity instance=i-1 " OURS "; session@1 id=a-1 stage=started on=I-1",
		  "1 ssm-user " SESSION, NULL },
		{ "another instance, launch unknown",
		  "identity instance=i-1 " OURS "; session@1 id=a-1 stage=started on=i-2",
		  "1 ssm-user aws-ssm-session not-judged before-this-instance\n",
		  "1 ssm-user aws-ssm-session not-judged before-this-instance\n" },
		{ "another instance, before the launch",
		  "identity instance=i-1 launched=0 " OURS
		  "; session@-60 id=a-1 stage=started on=i-2",
		  "-60 ssm-user aws-ssm-session not-judged before-this-instance\n",
		  "-60 ssm-user aws-ssm-session not-judged before-this-instance\n" },
		{ "another instance, after the launch",
		  "identity instance=i-1 launched=0 " OURS
		  "; session@1 id=a-1 stage=started on=i-2",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n"
		  "! agent-registered-elsewhere i-2\n" },
		{ "another account, after the launch",
		  "identity instance=i-1 launched=0 " OURS
		  "; session@1 id=a-1 stage=started "
		  "owner=arn:aws:iam::444455556666:user/a",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n"
		  "! agent-registered-elsewhere arn:aws:iam::444455556666:user/a\n" },
		{ "our instance under another account, launch unknown",
		  "identity instance=i-1 " OURS "; session@1 id=a-1 stage=started on=i-1 "
		  "owner=arn:aws:iam::444455556666:user/a",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n", NULL },
		{ "a container's session names the container",
		  "identity instance=i-1 launched=0 " OURS
		  "; session@1 id=a-1 stage=started on=ecs:c_t_1",
		  "1 - aws-ssm-session unverifiable no-api-log\n",
		  "1 - aws-ssm-session unverifiable no-api-log\n" },
		{ "everything of an earlier life",
		  "identity instance=i-1 launched=0 " OURS
		  "; accept@-31 user=a; accept@-30 user=a; command@-40 id=x "
		  "stage=started;"
		  "console@-50 user=b tty=ttyS0",
		  "-50 b aws-serial-console not-judged before-this-instance\n"
		  "-40 root aws-ssm-command not-judged before-this-instance\n"
		  "-31 a direct-ssh not-judged before-this-instance\n"
		  "-30 a direct-ssh not-judged\n",
		  NULL },
		{ "identity comes later",
		  "session@1 id=a-1 stage=started on=i-2; identity instance=i-1 "
		  "launched=0 " OURS,
		  "1 ssm-user aws-ssm-session unverifiable other-account\n",
		  "1 ssm-user aws-ssm-session unverifiable other-account\n"
		  "! agent-registered-elsewhere i-2\n" },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, "", "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "beginning", test_begin },
		{ "OS users", test_os_user },
		{ "what is kept of a session", test_view },
		{ "ends", test_end },
		{ "associations", test_associations },
		{ "content said before the run", test_content_before },
		{ "whose agent ran it", test_whose },
		{ NULL, NULL },
	};

	return check_run("correlator/session_run", tests);
}
