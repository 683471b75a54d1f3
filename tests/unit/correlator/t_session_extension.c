/* SPDX-License-Identifier: Apache-2.0 */
/* Which lines of Azure's agent and of its handlers are executions. There is no API log:
 * what is judged is unverifiable. */
#include "correlator/handler_table.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define WE "identity provider=azure instance=/s/rg/virtualMachines/vm account=s;"
#define CSE "handler=Microsoft.Azure.Extensions.CustomScript"
#define RUN "handler=Microsoft.CPlat.Core.RunCommandLinux"
#define MANAGED "handler=Microsoft.CPlat.Core.RunCommandHandlerLinux"
#define PATCHES "handler=Microsoft.CPlat.Core.LinuxPatchExtension"
#define JUDGED "root azure-vm-extension unverifiable no-api-log\n"
#define LISTED "root azure-vm-extension not-judged pre-existing\n"
#define ENABLED(time) "state@" time " " CSE " enabled=yes;"
#define SETTINGS(time, number) "settings@" time " " CSE " seq=" number ";"
#define EXECUTED(time, number) "executed@" time " " CSE " seq=" number ";"
#define REMOVED(time) "removed@" time " " CSE ";"

static void test_new_numbers(void)
{
	static const struct scene_row rows[] = {
		{ "the handler says so", EXECUTED("5", "0"), "5 " JUDGED, NULL },
		{ "the handler says so, of a number that was there",
		  ENABLED("1") SETTINGS("1", "3") EXECUTED("5", "3"), "5 " JUDGED, NULL },
		{ "settings of a handler that was not there", SETTINGS("1", "0"),
		  "1 " JUDGED, NULL },
		{ "settings first sighted while it was enabled",
		  ENABLED("1") SETTINGS("1", "7"), "1 " LISTED, NULL },
		{ "enabled again and again",
		  ENABLED("1") SETTINGS("1", "7") ENABLED("99") SETTINGS("99", "7")
			  ENABLED("999") SETTINGS("999", "7"),
		  "1 " LISTED, NULL },
		{ "a greater number, enabled as it was",
		  ENABLED("1") SETTINGS("1", "7") ENABLED("99") SETTINGS("99", "8"),
		  "1 " LISTED "99 " JUDGED, NULL },
		{ "a number less than one before",
		  ENABLED("1") SETTINGS("1", "7") SETTINGS("99", "5")
			  SETTINGS("199", "6"),
		  "1 " LISTED "99 " LISTED "199 " LISTED, NULL },
		{ "the same, and the handler says it ran",
		  ENABLED("1") SETTINGS("1", "7") EXECUTED("99", "5"),
		  "1 " LISTED "99 " JUDGED, NULL },
		{ "an older number comes later",
		  ENABLED("50") SETTINGS("50", "7") SETTINGS("1", "6"),
		  "1 " JUDGED "50 " JUDGED, NULL },
		{ "a greater one was sighted before",
		  SETTINGS("50", "7") SETTINGS("1", "9"), "1 " JUDGED "50 " LISTED,
		  NULL },
		{ "numbers begin anew once it is removed",
		  SETTINGS("1", "7") REMOVED("50") SETTINGS("99", "0"),
		  "1 " JUDGED "99 " JUDGED, NULL },
		{ "the same number once it is removed is another",
		  EXECUTED("1", "0") REMOVED("50") EXECUTED("99", "0"),
		  "1 " JUDGED "99 " JUDGED, NULL },
		{ "agent and handler both say that it is removed",
		  EXECUTED("1", "0") REMOVED("50") REMOVED("53") EXECUTED("99", "0"),
		  "1 " JUDGED "99 " JUDGED, NULL },
		{ "they say so one later than the other",
		  EXECUTED("1", "0") REMOVED("50") EXECUTED("99", "0") REMOVED("48")
			  SETTINGS("199", "0"),
		  "1 " JUDGED "99 " JUDGED, NULL },
		{ "known from before",
		  "known@-9999 " CSE " seq=7; " ENABLED("1") SETTINGS("1", "7")
			  SETTINGS("9", "8"),
		  "9 " JUDGED, NULL },
		{ "known from before it was removed",
		  "known@-9999 " CSE " seq=7; " REMOVED("-99") SETTINGS("1", "0"),
		  "1 " JUDGED, NULL },
		{ "a line that anybody could have written is better than none",
		  "settings@1 " CSE " seq=7 trust=unverified", "1 " JUDGED, NULL },
		{ "and gives way to one that not anybody could have",
		  "settings@1 " CSE " seq=7 trust=unverified; " SETTINGS("9", "7"),
		  "9 " JUDGED, NULL },
		{ "what a script's output may be is no execution of what was there",
		  ENABLED("1") SETTINGS("1", "3") "executed@5 " CSE
						  " seq=3 trust=unverified",
		  "1 " LISTED, NULL },
		{ "and makes no number known",
		  ENABLED("1") SETTINGS("1", "3") "executed@5 " CSE
						  " seq=9 trust=unverified;" SETTINGS(
							  "9", "4"),
		  "1 " LISTED "5 " JUDGED "9 " JUDGED, NULL },
		{ "without a number there is nothing to tell",
		  "executed@1 handler=; removed@2 handler=; state@3 handler=", "", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
	scene_check_rows(rows, COUNT_OF(rows), true, "", "");
}

/* An upgrade runs again what it does not know to have run. */
static void test_run_again(void)
{
#define OLD(time, number) "settings@" time " " CSE " seq=" number " version=2.1.6;"
#define NEW(time, number) "settings@" time " " CSE " seq=" number " version=2.1.10;"
#define AGAIN "root azure-vm-extension unverifiable call-may-be-older\n"
#define ABSENT "root azure-vm-extension unauthorized/final no-api-call\n"
	static const struct scene_row rows[] = {
		{ "by a new version",
		  ENABLED("1") OLD("1", "3") NEW("99", "3") EXECUTED("101", "3"),
		  "1 " AGAIN, NULL },
		{ "by the same version",
		  ENABLED("1") OLD("1", "3") OLD("99", "3") EXECUTED("101", "3"),
		  "101 " ABSENT, NULL },
		{ "a new number of a new version",
		  ENABLED("1") OLD("1", "3") NEW("99", "4") EXECUTED("101", "4"),
		  "1 " LISTED "101 " ABSENT, NULL },
		{ "it had run before the new version came",
		  ENABLED("1") OLD("1", "3") EXECUTED("50", "3") NEW("99", "3")
			  EXECUTED("101", "3"),
		  "50 " ABSENT, NULL },
		{ "it was new when the old version named it",
		  OLD("1", "3") NEW("99", "3") EXECUTED("101", "3"), "1 " ABSENT, NULL },
		{ "the new version came later",
		  ENABLED("1") OLD("1", "3") EXECUTED("101", "3") NEW("102", "3"),
		  "101 " ABSENT, NULL },
		{ "what anybody could have written names no version",
		  ENABLED("1")
			  OLD("1", "3") "settings@99 " CSE
					" seq=3 version=9 trust=unverified;" EXECUTED(
						"101", "3"),
		  "101 " ABSENT, NULL },
		{ "a call of its goal state",
		  ENABLED("1") "goal@1 correlation=c1 created=1;" OLD("1", "3") NEW(
			  "99", "3") EXECUTED("101", "3") "Extend@0 id=a correlation=c1 "
							  "resource=x account=s "
							  "on=/s/rg/virtualMachines/vm",
		  "1 root azure-vm-extension authorized/final call=a\n", NULL },
		{ "known from before",
		  "known@-99999 " CSE " seq=3 version=2.1.6;" ENABLED("99") NEW("99", "3")
			  EXECUTED("101", "3"),
		  "101 " AGAIN, NULL },
		{ "known from before, by the same version",
		  "known@-99999 " CSE " seq=3 version=2.1.10;" ENABLED("99")
			  NEW("99", "3") EXECUTED("101", "3"),
		  "101 " ABSENT, NULL },
		{ "once it is removed its numbers are others",
		  ENABLED("1") OLD("1", "3") REMOVED("50") NEW("99", "3")
			  EXECUTED("101", "3"),
		  "1 " LISTED "101 " ABSENT, NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE,
			 "; proven@90000 account=s from=-90000 class=activity");
	scene_check_rows(
		rows, COUNT_OF(rows), false, WE,
		"; proven@90000 account=s from=-90000 class=activity; now@90000");
}

static void test_series(void)
{
	static const struct scene_row rows[] = {
		{ "each name has its own numbers",
		  "executed@1 " MANAGED " name=a seq=5; executed@2 " MANAGED
		  " name=b seq=0",
		  "1 root azure-run-command unverifiable no-api-log\n"
		  "2 root azure-run-command unverifiable no-api-log\n",
		  NULL },
		{ "names and handlers in any case",
		  "executed@1 " MANAGED " name=a seq=5;"
		  "executed@2 handler=MICROSOFT.CPLAT.CORE.RUNCOMMANDHANDLERLINUX name=A "
		  "seq=5",
		  "1 root azure-run-command unverifiable no-api-log\n", NULL },
		{ "the handler's state is that of its names",
		  "state@1 " MANAGED " enabled=yes; settings@1 " MANAGED " name=a seq=5",
		  "1 root azure-run-command not-judged pre-existing\n", NULL },
		{ "removed, with all its names",
		  "executed@1 " MANAGED " name=a seq=0; removed@90 " MANAGED
		  "; executed@99 " MANAGED " name=a seq=0",
		  "1 root azure-run-command unverifiable no-api-log\n"
		  "99 root azure-run-command unverifiable no-api-log\n",
		  NULL },
		{ "what the platform drives", "executed@1 " PATCHES " seq=0",
		  "1 root azure-vm-extension not-judged platform-driven\n", NULL },
		{ "a handler in no list", "executed@1 handler=Contoso.Tools.Thing seq=0",
		  "1 " JUDGED, NULL },
		{ "as another user",
		  "executed@1 " RUN " seq=1; executed@1 " RUN " seq=1 user=amy",
		  "1 amy azure-run-command unverifiable no-api-log\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

static void test_view(void)
{
	AUTO_SCENE struct scene scene;
	struct verdict verdict;
	struct id id;

	scene_open_complete(&scene);
	scene_play(&scene, WE SETTINGS("1", "4") EXECUTED("3", "4")
				   EXECUTED("2", "4") "ran@9 " CSE " seq=4; ran@8 " CSE
						      " seq=4; ran@1 " CSE " seq=5");
	verdict = scene_verdict(&scene, 0);
	id = verdict.login->id;
	CHECK_UINT(correlator_counts(scene.correlator).logins, 1);
	CHECK_INT(verdict.login->kind, LOGIN_EXTENSION);
	CHECK_INT(verdict.login->happened_at, AT(2));
	CHECK_INT(verdict.login->ended_at, AT(9));
	CHECK_INT(verdict.login->trust, TRUST_ROOT_FILE);
	CHECK_SLICE(verdict.login->command_id,
		    SLICE("Microsoft.Azure.Extensions.CustomScript/4"));
	CHECK_SLICE(verdict.login->os_user, SLICE("root"));
	CHECK_UINT(verdict.login->evidence_count, 5);
	scene_play(&scene, "executed@20 " MANAGED " name=web seq=2");
	verdict = scene_verdict(&scene, 1);
	CHECK(memcmp(&id, &verdict.login->id, sizeof(id)) != 0);
	CHECK_SLICE(verdict.login->command_id,
		    SLICE("Microsoft.CPlat.Core.RunCommandHandlerLinux.web/2"));
}

/* What was forgotten is no news when it is named again, and the next number is. */
static void test_forgotten(void)
{
	AUTO_SCENE struct scene scene;
	struct correlator_options options = correlator_options_default();

	options.keep_us = US_PER_HOUR;
	scene_open(&scene, &options);
	scene_play(&scene, WE "lost reason=no-credentials;" EXECUTED("1", "4"));
	scene_play(&scene, "now@4000; now@9000; now@13000; now@17000");
	CHECK_UINT(correlator_counts(scene.correlator).logins, 0);
	scene_play(&scene, ENABLED("17001") SETTINGS("17001", "4"));
	CHECK_UINT(correlator_counts(scene.correlator).logins, 0);
	scene_play(&scene, ENABLED("17002") SETTINGS("17002", "5"));
	CHECK_TEXT(scene_logins(&scene),
		   "17002 root azure-vm-extension unverifiable no-credentials\n");
	scene_play(&scene, REMOVED("18000") SETTINGS("18001", "4"));
	CHECK_UINT(correlator_counts(scene.correlator).logins, 2);
}

/* A call that vouched for what was forgotten vouches for no other. */
static void test_forgotten_call(void)
{
	AUTO_SCENE struct scene scene;
	struct correlator_options options = correlator_options_default();

	options.keep_us = US_PER_HOUR;
	scene_open(&scene, &options);
	scene_play(&scene, WE "proven@9000 account=s from=-9000 class=activity;"
			      "executed@1 " RUN " seq=1; now@3000;"
			      "Run@-5 id=a account=s on=/s/rg/virtualMachines/vm");
	CHECK_TEXT(scene_logins(&scene),
		   "1 root azure-run-command authorized/final weak-match call=a\n");
	scene_play(&scene, "now@3700; now@4600; now@5500");
	CHECK_UINT(correlator_counts(scene.correlator).logins, 0);
	CHECK_UINT(correlator_counts(scene.correlator).calls, 1);
	scene_play(&scene, "executed@2 " RUN " seq=2");
	CHECK_TEXT(scene_logins(&scene),
		   "2 root azure-run-command unauthorized/final api-call-reused\n");
}

static void test_handlers(void)
{
	static const struct {
		const char *handler, *resource;
		bool is_same;
	} rows[] = {
		{ "Microsoft.Azure.Extensions.CustomScript", "customscript", true },
		{ "Microsoft.OSTCExtensions.CustomScriptForLinux", "CustomScript", true },
		{ "microsoft.azure.extensions.customscript", "CustomScriptForLinux",
		  true },
		{ "Microsoft.OSTCExtensions.VMAccessForLinux", "enableVMAccess", true },
		{ "Microsoft.Azure.AzureDefenderForServers.MDE.Linux", "MDE.Linux",
		  true },
		{ "Microsoft.Azure.Extensions.CustomScript", "VMAccessForLinux", false },
		{ "Microsoft.Azure.AzureDefenderForServers.MDE.Linux", "Linux", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].resource);
		CHECK(handler_family(slice_text(rows[i].handler)) != HANDLER_UNLISTED);
		CHECK((handler_family(slice_text(rows[i].handler)) ==
		       handler_family_named(slice_text(rows[i].resource))) ==
		      rows[i].is_same);
	}
	CHECK_INT(handler_family(SLICE("Contoso.Thing")), HANDLER_UNLISTED);
	CHECK_INT(handler_family_named(SLICE("install-nginx")), HANDLER_UNLISTED);
	CHECK_INT(handler_family_named(SLICE("")), HANDLER_UNLISTED);
	CHECK_INT(handler_class(HANDLER_UNLISTED), HANDLER_CODE);
	CHECK_INT(handler_class(handler_family(SLICE("managedruncommand.service"))),
		  HANDLER_MANAGED_RUN_COMMAND);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "new numbers", test_new_numbers },
		{ "run again", test_run_again },
		{ "series", test_series },
		{ "what is kept of an execution", test_view },
		{ "forgotten", test_forgotten },
		{ "a forgotten call", test_forgotten_call },
		{ "handlers", test_handlers },
		{ NULL, NULL },
	};

	return check_run("correlator/session_extension", tests);
}
