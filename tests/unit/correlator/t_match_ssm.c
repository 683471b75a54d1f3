/* SPDX-License-Identifier: Apache-2.0 */
/* Which calls vouch for sessions, commands and associations. All logs are complete. */
#include "correlator/match.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define COVERED "proven@9000 " OURS
#define ALICE "by=arn:aws:iam::111122223333:user/alice " OURS
#define BOB "by=arn:aws:sts::111122223333:assumed-role/ops/bob " OURS

#define SESSION "session@0 id=alice-1 stage=started on=i-1;"

static void test_session(void)
{
	static const struct scene_row rows[] = {
		{ "StartSession", SESSION "Start@-1 id=s session=alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "whenever it was",
		  SESSION "Start@-5000 id=s session=alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "without a target", SESSION "Start@-1 id=s session=alice-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "session ids have a case",
		  SESSION "Start@-1 id=s session=Alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "for another instance",
		  SESSION "Start@-1 id=s session=alice-1 on=i-2 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final wrong-instance\n",
		  NULL },
		{ "for a container of this host",
		  SESSION "Start@-1 id=s session=alice-1 on=ecs:c_t_1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "ECS Exec",
		  "session@0 id=ecs-execute-command-1 stage=started;"
		  "Execute@-1 id=s session=ecs-execute-command-1 on=ecs:c_t_1 " ALICE,
		  "0 - aws-ssm-session authorized/final call=s\n", NULL },
		{ "none", SESSION,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "refused on this instance",
		  SESSION "Start!@-1 id=s refused-on=i-1 " BOB,
		  "0 ssm-user aws-ssm-session unauthorized/final api-call-denied\n",
		  NULL },
		{ "refused on another", SESSION "Start!@-1 id=s refused-on=i-2 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "refused nowhere, to the session's owner",
		  SESSION "Start!@-1 id=s " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final api-call-denied\n",
		  NULL },
		{ "refused nowhere, to another", SESSION "Start!@-1 id=s " BOB,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "refused too early", SESSION "Start!@-332 id=s refused-on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "refused, then allowed",
		  SESSION "Start!@-9 id=r refused-on=i-1 " ALICE
			  "; Start@-1 id=s session=alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "wrong instance comes before refused",
		  SESSION "Start!@-1 id=r refused-on=i-1 " ALICE
			  "; Start@-1 id=s session=alice-1 on=i-2 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final wrong-instance\n",
		  NULL },
		{ "TerminateSession's and SendCommand's ids do not vouch",
		  SESSION "Send@-1 id=s session=alice-1 command=alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

/* StartSession whose answer was not logged: by caller, instance and time. */
static void test_id_prefix(void)
{
	static const struct scene_row rows[] = {
		{ "weakly", SESSION "Start@-1 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "an assumed role's name",
		  "session@0 id=bob-1 stage=started; Start@-1 id=s on=i-1 " BOB,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "a dash in the name",
		  "session@0 id=jo-ann-1 stage=started; Start@-1 id=s on=i-1 "
		  "by=arn:aws:iam::111122223333:user/jo-ann " OURS,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "root",
		  "session@0 id=root-1 stage=started; Start@-1 id=s on=i-1 "
		  "by=arn:aws:iam::111122223333:root " OURS,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "another caller", SESSION "Start@-1 id=s on=i-1 " BOB,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "another instance", SESSION "Start@-1 id=s on=i-2 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "no instance named", SESSION "Start@-1 id=s " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "as early as can be", SESSION "Start@-91 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "too early", SESSION "Start@-92 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "a minute late", SESSION "Start@60 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "later", SESSION "Start@61 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "one session a call",
		  SESSION
		  "session@9 id=alice-2 stage=started; Start@-1 id=s on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n"
		  "9 ssm-user aws-ssm-session unauthorized/final api-call-reused\n",
		  NULL },
		{ "the earlier has it, whoever came first",
		  "session@9 id=alice-2 stage=started; Start@-1 id=s on=i-1 " ALICE
		  ";" SESSION,
		  "0 ssm-user aws-ssm-session authorized/final weak-match call=s\n"
		  "9 ssm-user aws-ssm-session unauthorized/final api-call-reused\n",
		  NULL },
		{ "an exact call frees it",
		  SESSION
		  "session@9 id=alice-2 stage=started; Start@-1 id=s on=i-1 " ALICE
		  "; Start@-2 id=x session=alice-1 on=i-1 " ALICE,
		  "0 ssm-user aws-ssm-session authorized/final call=x\n"
		  "9 ssm-user aws-ssm-session authorized/final weak-match call=s\n",
		  NULL },
		{ "a session known to be earlier takes it over",
		  SESSION
		  "session@9 id=alice-2 stage=started; Start@-1 id=s on=i-1 " ALICE
		  "; session@-4 id=alice-2 stage=connected",
		  "-4 ssm-user aws-ssm-session authorized/final weak-match call=s\n"
		  "0 ssm-user aws-ssm-session unauthorized/final api-call-reused\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

static void test_resume(void)
{
	static const struct scene_row rows[] = {
		{ "alone, and StartSession's time is covered",
		  SESSION "Resume@50 id=r session=alice-1 " ALICE "; " COVERED,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
		{ "alone, and it is not",
		  SESSION "Resume@50 id=r session=alice-1 " ALICE
			  "; proven@9000 from=-300 " OURS,
		  "0 ssm-user aws-ssm-session authorized/final start-call-not-seen "
		  "call=r\n",
		  NULL },
		{ "refused",
		  SESSION "Resume!@50 id=r session=alice-1 " ALICE
			  "; proven@9000 from=-300 " OURS,
		  "0 ssm-user aws-ssm-session unverifiable no-api-log\n", NULL },
		{ "beside StartSession",
		  SESSION "Resume@50 id=r session=alice-1 " ALICE
			  "; Start@-1 id=s session=alice-1 on=i-1 " ALICE "; " COVERED,
		  "0 ssm-user aws-ssm-session authorized/final call=s\n", NULL },
		{ "and then the time is covered after all",
		  SESSION "Resume@50 id=r session=alice-1 " ALICE
			  "; proven@9000 from=-300 " OURS "; " COVERED,
		  "0 ssm-user aws-ssm-session unauthorized/final no-api-call\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

#define COMMAND "command@0 id=cmd-1 stage=started on=i-1;"

static void test_command(void)
{
	static const struct scene_row rows[] = {
		{ "SendCommand",
		  COMMAND "Send@-1 id=s command=cmd-1 on=i-1,i-2 " ALICE "; " COVERED,
		  "0 root aws-ssm-command authorized/final call=s\n", NULL },
		{ "delayed by hours",
		  COMMAND "Send@-80000 id=s command=cmd-1 on=i-1 " ALICE ";" COVERED,
		  "0 root aws-ssm-command authorized/final call=s\n", NULL },
		{ "by tag",
		  COMMAND "Send@-1 id=s command=cmd-1 tag=yes " ALICE "; " COVERED,
		  "0 root aws-ssm-command authorized/final call=s\n", NULL },
		{ "by tag, beside other instances",
		  COMMAND "Send@-1 id=s command=cmd-1 tag=yes on=i-2 " ALICE "; " COVERED,
		  "0 root aws-ssm-command authorized/final call=s\n", NULL },
		{ "to other instances",
		  COMMAND "Send@-1 id=s command=cmd-1 on=i-2,i-3 " ALICE ";" COVERED,
		  "0 root aws-ssm-command unauthorized/final wrong-instance\n", NULL },
		{ "none in a day", COMMAND COVERED,
		  "0 root aws-ssm-command unauthorized/final no-api-call\n", NULL },
		{ "the day is covered in part", COMMAND "proven@9000 from=-3600 " OURS,
		  "0 root aws-ssm-command unverifiable call-may-be-older\n", NULL },
		{ "not even its own time is", COMMAND "proven@9000 from=10 " OURS,
		  "0 root aws-ssm-command unverifiable no-api-log\n", NULL },
		{ "a hole in the day",
		  COMMAND "hole from=-3600 until=-3500 " OURS "; " COVERED,
		  "0 root aws-ssm-command unverifiable call-may-be-older\n", NULL },
		{ "refused", COMMAND "Send!@-1 id=s refused-on=i-1 " ALICE "; " COVERED,
		  "0 root aws-ssm-command unauthorized/final api-call-denied\n", NULL },
		{ "did not happen",
		  COMMAND "Send?@-1 id=s command=cmd-1 on=i-1 " ALICE "; " COVERED,
		  "0 root aws-ssm-command unauthorized/final no-api-call\n", NULL },
		{ "the same id again is the same login",
		  COMMAND "command@5 id=cmd-1 stage=started; Send@-1 id=s command=cmd-1 "
			  "on=i-1 " ALICE "; " COVERED,
		  "0 root aws-ssm-command authorized/final call=s\n", NULL },
		{ "another class of the log does not matter",
		  COMMAND "proven@9000 class=ssm " OURS,
		  "0 root aws-ssm-command unauthorized/final no-api-call\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

#define RUN "association@0 id=a-1 stage=started content=5;"

static void test_association(void)
{
	static const struct scene_row replay[] = {
		{ "a call with its id",
		  RUN "Associate@-9 id=c association=a-0,a-1 " ALICE,
		  "0 root aws-ssm-association authorized/final call=c\n", NULL },
		{ "none", RUN, "0 root aws-ssm-association not-judged pre-existing\n",
		  NULL },
		{ "made after it ran", RUN "Associate@90 id=c association=a-1 " ALICE,
		  "0 root aws-ssm-association not-judged pre-existing\n", NULL },
		{ "the latest that came before",
		  RUN "Associate@-90 id=c association=a-1 " ALICE
		      "; Associate@-9 id=d association=a-1 " ALICE,
		  "0 root aws-ssm-association authorized/final call=d\n", NULL },
	};
	static const struct scene_row watched[] = {
		{ "new, with a call", RUN "Associate@-9 id=c association=a-1 " ALICE,
		  "0 root aws-ssm-association authorized/final call=c\n", NULL },
		{ "new, without one", RUN,
		  "0 root aws-ssm-association unauthorized/final no-api-call\n", NULL },
		{ "changed, without a call of its own",
		  RUN "Associate@-90 id=c association=a-1 " ALICE
		      "; association@500 id=a-1 stage=started content=6",
		  "0 root aws-ssm-association authorized/final call=c\n"
		  "500 root aws-ssm-association unauthorized/final no-api-call\n",
		  NULL },
		{ "a call before its latest run with the old content",
		  RUN "Associate@-90 id=c association=a-1 " ALICE
		      "; Associate@100 id=d association=a-1 " ALICE
		      "; association@400 id=a-1 stage=started content=5;"
		      "association@500 id=a-1 stage=started content=6",
		  "0 root aws-ssm-association authorized/final call=c\n"
		  "500 root aws-ssm-association unauthorized/final no-api-call\n",
		  NULL },
		{ "changed, with one",
		  RUN "Associate@-9 id=c association=a-1 " ALICE
		      "; association@500 id=a-1 stage=started content=6;"
		      "Associate@490 id=d association=a-1 " ALICE,
		  "0 root aws-ssm-association authorized/final call=c\n"
		  "500 root aws-ssm-association authorized/final call=d\n",
		  NULL },
	};

	scene_check_rows(replay, COUNT_OF(replay), true, WE, COVERED);
	scene_check_rows(watched, COUNT_OF(watched), true,
			 "identity instance=i-1 watched=-5000 " OURS ";", COVERED);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "sessions", test_session },
		{ "StartSession without an answer", test_id_prefix },
		{ "ResumeSession", test_resume },
		{ "commands", test_command },
		{ "associations", test_association },
		{ NULL, NULL },
	};

	return check_run("correlator/match_ssm", tests);
}
