/* SPDX-License-Identifier: Apache-2.0 */
/* Startup scripts, OS Config and user data: which call vouches, and what is no news. */
#include "correlator/script_run.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OF_AWS "account=1 region=r"
#define AWS "identity provider=aws instance=i-1 " OF_AWS ";"
#define OF_P "account=p"
#define GOOGLE "identity provider=gcp instance=123 " OF_P ";"
#define GOOGLE_LAUNCHED "identity provider=gcp instance=123 launched=-600 " OF_P ";"
#define GOOGLE_WATCHED "identity provider=gcp instance=123 watched=-100000 " OF_P ";"
#define COVERED "proven@90000 from=-2000000 account=p;proven@90000 from=-2000000 " OF_AWS
#define RUN "startup@0 name=startup-script;"
#define SET "on=123 metadata=2 " OF_P ";"

#define STARTUP "0 root gcp-startup-script "
#define OLDER STARTUP "unverifiable call-may-be-older\n"
#define BY(call) STARTUP "authorized/final weak-match call=" call "\n"

/* What is known besides does not matter where a call vouches. */
static void test_set(void)
{
	static const struct scene_row rows[] = {
		{ "set for this instance", RUN "Metadata@-900 id=c " SET, BY("c"), NULL },
		{ "long ago", RUN "Metadata@-1900000 id=c " SET, BY("c"), NULL },
		{ "for the project",
		  RUN "Common@-900 id=c metadata=2 on=projects/p " OF_P, BY("c"), NULL },
		{ "for another project",
		  RUN "Common@-900 id=c metadata=2 on=projects/q " OF_P, OLDER, NULL },
		{ "of another instance", RUN "Metadata@-900 id=c metadata=2 on=124 " OF_P,
		  OLDER, NULL },
		{ "of another key", RUN "Metadata@-900 id=c metadata=1 on=123 " OF_P,
		  OLDER, NULL },
		{ "the latest",
		  RUN "Metadata@-900 id=c " SET "Metadata@-800 id=d " SET
		      "Metadata@-850 id=e " SET,
		  BY("d"), NULL },
		{ "set after", RUN "Metadata@31 id=c " SET, OLDER, NULL },
		{ "seconds after", RUN "Metadata@30 id=c " SET, BY("c"), NULL },
		{ "refused", RUN "Metadata!@-900 id=c " SET, OLDER, NULL },
		{ "the instance was made with it",
		  RUN "Insert@-900 id=c name=v1.compute.instances.insert on=123 " OF_P,
		  BY("c"), NULL },
		{ "it was started",
		  RUN "Insert@-900 id=c name=v1.compute.instances.start on=123 " OF_P,
		  BY("c"), NULL },
		{ "long before",
		  RUN "Insert@-1832 id=c name=v1.compute.instances.start on=123 " OF_P,
		  OLDER, NULL },
		{ "it was reset", RUN "Reset@-60 id=c on=123 " OF_P, BY("c"), NULL },
		{ "what set it comes first",
		  RUN "Reset@-60 id=c on=123 " OF_P "; Metadata@-900 id=d " SET, BY("d"),
		  NULL },
	};

	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(rows, COUNT_OF(rows), complete, GOOGLE, COVERED);
}

#define AGAIN "0 root gcp-startup-script not-judged pre-existing\n"

static void test_unchanged(void)
{
	static const struct scene_row replay[] = {
		{ "the first one", RUN, OLDER, NULL },
		{ "it has run before", "startup@-500000 name=startup-script;" RUN,
		  "-500000 root gcp-startup-script unverifiable "
		  "call-may-be-older\n" AGAIN,
		  NULL },
		{ "read later", RUN "startup@-500000 name=startup-script",
		  "-500000 root gcp-startup-script unverifiable "
		  "call-may-be-older\n" AGAIN,
		  NULL },
		{ "another script", "startup@-500000 name=startup-script-url;" RUN,
		  "-500000 root gcp-startup-script unverifiable "
		  "call-may-be-older\n" OLDER,
		  NULL },
		{ "set anew between",
		  "startup@-500000 name=startup-script;" RUN "Metadata@-900 id=c " SET,
		  "-500000 root gcp-startup-script unverifiable call-may-be-older\n" BY(
			  "c"),
		  NULL },
		{ "a part of the time between is not covered",
		  "startup@-500000 name=startup-script;" RUN
		  "hole@-300000 from=-300000 until=-300000 account=p",
		  "-500000 root gcp-startup-script unverifiable "
		  "call-may-be-older\n" OLDER,
		  NULL },
	};
	static const struct scene_row watched[] = {
		{ "before watching began", "startup@-100000 name=startup-script",
		  "-100000 root gcp-startup-script not-judged pre-existing\n", NULL },
		{ "nothing was set since", RUN, AGAIN, NULL },
		{ "but that", RUN "Metadata@-900 id=c " SET, BY("c"), NULL },
		{ "the day before is not covered",
		  RUN "hole@-300 from=-300 until=-300 account=p", OLDER, NULL },
		{ "what was watched long ago need not be",
		  RUN "hole@-90000 from=-90000 until=-90000 account=p", AGAIN, NULL },
	};

	scene_check_rows(replay, COUNT_OF(replay), true, GOOGLE, COVERED);
	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(watched, COUNT_OF(watched), complete, GOOGLE_WATCHED,
				 COVERED);
}

/* An instance that is a few minutes old. */
static void test_launched(void)
{
	static const struct scene_row rows[] = {
		{ "nobody has set it, or made the instance", RUN,
		  STARTUP "unauthorized/final no-api-call\n", NULL },
		{ "somebody was refused", RUN "Metadata!@-300 id=c " SET,
		  STARTUP "unauthorized/final api-call-denied\n", NULL },
		{ "somebody made it",
		  RUN "Insert@-630 id=c name=v1.compute.instances.insert on=123 " OF_P,
		  BY("c"), NULL },
		{ "its second boot is no news", RUN "startup@300 name=startup-script",
		  STARTUP "unauthorized/final no-api-call\n"
			  "300 root gcp-startup-script not-judged pre-existing\n",
		  NULL },
		{ "the image's own past", "startup@-9000 name=startup-script;" RUN,
		  "-9000 root gcp-startup-script not-judged "
		  "before-this-instance\n" STARTUP "unauthorized/final no-api-call\n",
		  NULL },
		{ "its launch is not covered",
		  RUN "hole@-630 from=-630 until=-630 account=p", OLDER, NULL },
	};

	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(rows, COUNT_OF(rows), complete, GOOGLE_LAUNCHED,
				 COVERED);
}

#define STEP "osconfig@0 name=ExecStepTask;"
#define POLICY "osconfig@0 name=install-agent;"
#define CONFIGURED(call) \
	"0 root gcp-os-config authorized/final weak-match call=" call "\n"
#define CONFIG_OLDER "0 root gcp-os-config unverifiable call-may-be-older\n"

static void test_os_config(void)
{
	static const struct scene_row rows[] = {
		{ "a job", STEP "Config@-900 id=c on=projects/p " OF_P, CONFIGURED("c"),
		  NULL },
		{ "the day before", STEP "Config@-86431 id=c on=projects/p " OF_P,
		  CONFIGURED("c"), NULL },
		{ "earlier", STEP "Config@-86432 id=c on=projects/p " OF_P, CONFIG_OLDER,
		  NULL },
		{ "of another project", STEP "Config@-900 id=c on=projects/q " OF_P,
		  CONFIG_OLDER, NULL },
		{ "none", STEP, CONFIG_OLDER, NULL },
		{ "a step is news each time", "osconfig@-90000 name=ExecStepTask;" STEP,
		  "-90000 root gcp-os-config unverifiable "
		  "call-may-be-older\n" CONFIG_OLDER,
		  NULL },
		{ "a policy", POLICY, CONFIG_OLDER, NULL },
		{ "runs again and again", "osconfig@-90000 name=install-agent;" POLICY,
		  "-90000 root gcp-os-config unverifiable call-may-be-older\n"
		  "0 root gcp-os-config not-judged pre-existing\n",
		  NULL },
		{ "and was changed",
		  "osconfig@-90000 name=install-agent;" POLICY
		  "Config@-900 id=c on=projects/p " OF_P,
		  "-90000 root gcp-os-config unverifiable call-may-be-older\n" CONFIGURED(
			  "c"),
		  NULL },
	};

	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(rows, COUNT_OF(rows), complete, GOOGLE, COVERED);
}

#define DATA "userdata@0 name=scripts-user;"
#define DATA_BY(call) "0 root aws-user-data authorized/final weak-match call=" call "\n"
#define DATA_OLDER "0 root aws-user-data unverifiable call-may-be-older\n"

static void test_user_data(void)
{
	static const struct scene_row rows[] = {
		{ "the instance was made with it",
		  DATA "Launch@-60 id=c name=RunInstances on=i-1 " OF_AWS, DATA_BY("c"),
		  NULL },
		{ "it was changed", DATA "UserData@-90000 id=c on=i-1 " OF_AWS,
		  DATA_BY("c"), NULL },
		{ "started", DATA "Launch@-60 id=c name=StartInstances on=i-1 " OF_AWS,
		  DATA_BY("c"), NULL },
		{ "long ago", DATA "Launch@-9000 id=c name=StartInstances on=i-1 " OF_AWS,
		  DATA_OLDER, NULL },
		{ "rebooted", DATA "Reboot@-60 id=c on=i-1 " OF_AWS, DATA_BY("c"), NULL },
		{ "another instance",
		  DATA "Launch@-60 id=c name=RunInstances on=i-2 " OF_AWS, DATA_OLDER,
		  NULL },
		{ "refused", DATA "UserData!@-60 id=c on=i-1 " OF_AWS, DATA_OLDER, NULL },
		{ "nothing", DATA, DATA_OLDER, NULL },
	};
	static const struct scene_row launched[] = {
		{ "nobody made the instance", DATA,
		  "0 root aws-user-data unauthorized/final no-api-call\n", NULL },
	};
	static const struct scene_row elsewhere[] = {
		{ "is no door of its own", DATA, "0 root local not-judged\n", NULL },
	};

	for (int complete = 0; complete < 2; complete++) {
		scene_check_rows(rows, COUNT_OF(rows), complete, AWS, COVERED);
		scene_check_rows(launched, COUNT_OF(launched), complete,
				 "identity provider=aws instance=i-1 launched=-60 " OF_AWS
				 ";",
				 COVERED);
		scene_check_rows(elsewhere, COUNT_OF(elsewhere), complete, GOOGLE, "");
		scene_check_rows(elsewhere, COUNT_OF(elsewhere), complete,
				 "identity provider=none;", "");
	}
}

static void test_unknown_instance(void)
{
	static const struct scene_row rows[] = {
		{ "is not known", RUN "Metadata@-900 id=c " SET COVERED,
		  STARTUP "unverifiable no-api-log\n", NULL },
		{ "is learnt", RUN "Metadata@-900 id=c " SET COVERED ";" GOOGLE, BY("c"),
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, "", "");
}

/* Nothing is said before the log is proven, nor forgotten that set it. */
static void test_live(void)
{
	static const struct scene_row rows[] = {
		{ "pending first", GOOGLE_WATCHED RUN "proven@299 from=-200000 account=p",
		  NULL, STARTUP "pending\n" },
		{ "then it is no news",
		  GOOGLE_WATCHED RUN "proven@300 from=-200000 account=p", NULL,
		  STARTUP "pending\n" AGAIN },
	};
	AUTO_SCENE struct scene scene;

	scene_check_rows(rows, COUNT_OF(rows), false, "", "");
	scene_open_live(&scene);
	scene.unchecked = true;
	scene_play(&scene, GOOGLE_WATCHED "Metadata@-900 id=c " SET "Reset@-900 id=d "
					  "on=123 " OF_P);
	for (long day = 1; day < 40; day++)
		scene_advance(&scene, scene.now + US_PER_DAY);
	scene_play(&scene, "startup@3456000 name=startup-script");
	CHECK_TEXT(scene_logins(&scene), "3456000 root gcp-startup-script "
					 "authorized/final weak-match call=c\n");
}

static void test_view(void)
{
	AUTO_SCENE struct scene scene;
	struct id id;

	scene_open_complete(&scene);
	scene_play(&scene, GOOGLE "startup@0 name=startup-script evidence=1;"
				  "startup@0 name=startup-script evidence=2;"
				  "startup@9 name=startup-script-url evidence=3;"
				  "startup@90 ended=yes evidence=4;"
				  "osconfig@95 name=x; shutdown@99 name=shutdown-script");
	CHECK_UINT(correlator_counts(scene.correlator).logins, 4);
	id = scene_verdict(&scene, 0).login->id;
	CHECK_SLICE(scene_verdict(&scene, 0).login->command_id,
		    SLICE("startup/startup-script"));
	CHECK_SLICE(scene_verdict(&scene, 0).login->os_user, SLICE("root"));
	CHECK_INT(scene_verdict(&scene, 0).login->kind, LOGIN_SCRIPT);
	CHECK_INT(scene_verdict(&scene, 0).login->ended_at, AT(90));
	CHECK_UINT(scene_verdict(&scene, 0).login->evidence_count, 3);
	CHECK_INT(scene_verdict(&scene, 1).login->ended_at, AT(90));
	CHECK_INT(scene_verdict(&scene, 2).login->ended_at, US_TIME_NONE);
	CHECK_TEXT(path_word(scene_verdict(&scene, 3).login->path), "gcp-startup-script");
	scene_close(&scene);

	scene_open_live(&scene);
	scene_play(&scene, RUN);
	CHECK(memcmp(scene_verdict(&scene, 0).login->id.bytes, id.bytes, ID_BYTES) == 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "what set it", test_set },
		{ "unchanged", test_unchanged },
		{ "a young instance", test_launched },
		{ "OS Config", test_os_config },
		{ "user data", test_user_data },
		{ "an unknown instance", test_unknown_instance },
		{ "live", test_live },
		{ "what is kept of a run", test_view },
		{ NULL, NULL },
	};

	return check_run("correlator/script", tests);
}
