/* SPDX-License-Identifier: Apache-2.0 */
/* Calls that open a door to this instance: told once each, and many of them as one. */
#include "correlator/door.h"

#include <stdio.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

static struct correlator_options watching(void)
{
	struct correlator_options options = correlator_options_default();

	options.tell_opened_doors = true;
	return options;
}

static void check_rows(const struct scene_row *rows, size_t count, const char *before)
{
	const struct correlator_options options = watching();

	for (size_t i = 0; i < count; i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open(&scene, &options);
		scene_play(&scene, before);
		scene_told(&scene);
		scene_play(&scene, rows[i].script);
		CHECK_TEXT(scene_told(&scene), rows[i].told);
	}
}

#define OURS " account=111122223333 region=eu-west-1"
#define WE "identity provider=aws instance=i-1 launched=-1000 watched=-5000" OURS ";"
#define NAMED(name) " id=c name=" name OURS

static void test_aws(void)
{
#define ENABLED                                                                      \
	"! serial-console-enabled Enable (for every instance of the account in its " \
	"region) call=c\n"
	static const struct scene_row rows[] = {
		{ "serial console", "Enable@0" NAMED("Enable"), NULL, ENABLED },
		{ "twice the same record",
		  "Enable@0" NAMED("Enable") "; Enable@0" NAMED("Enable"), NULL,
		  ENABLED },
		{ "refused", "Enable!@0" NAMED("Enable"), NULL, "" },
		{ "failed", "Enable?@0" NAMED("Enable"), NULL, "" },
		{ "in another region",
		  "Enable@0 id=c account=111122223333 region=us-east-1", NULL, "" },
		{ "in another account",
		  "Enable@0 id=c account=444455556666 region=eu-west-1", NULL, "" },
		{ "before the launch", "Enable@-2000" NAMED("Enable"), NULL, "" },
		{ "clocks differ", "Enable@-1020" NAMED("Enable"), NULL, ENABLED },
		{ "endpoint", "Endpoint@0 resource=vpc-1" NAMED("Create"), NULL,
		  "! endpoint-created Create (whether this instance is in that network "
		  "is not known): vpc-1 call=c\n" },
		{ "user data", "UserData@0 on=i-1" NAMED("Modify"), NULL,
		  "! startup-script-changed Modify (user data) call=c\n" },
		{ "user data of a stopped instance",
		  "UserData@-2000 on=i-1" NAMED("Modify"), NULL,
		  "! startup-script-changed Modify (user data) call=c\n" },
		{ "as the watching began", "UserData@-5020 on=i-1" NAMED("Modify"), NULL,
		  "! startup-script-changed Modify (user data) call=c\n" },
		{ "before anybody watched", "UserData@-6000 on=i-1" NAMED("Modify"), NULL,
		  "" },
		{ "another's user data", "UserData@0 on=i-2" NAMED("Modify"), NULL, "" },
		{ "user data of nobody", "UserData@0" NAMED("Modify"), NULL, "" },
		{ "trail", "StopTrail@0 resource=main" NAMED("StopLogging"), NULL,
		  "! trail-stopped StopLogging: main call=c\n" },
		{ "trail, from its home region",
		  "StopTrail@0 id=c name=StopLogging account=111122223333 "
		  "region=us-east-1",
		  NULL, "! trail-stopped StopLogging call=c\n" },
		{ "another account's trail",
		  "StopTrail@0 id=c name=StopLogging account=444455556666 "
		  "region=eu-west-1",
		  NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows), WE);
}

#define GROUP "/subscriptions/s/resourceGroups/g"
#define MACHINES GROUP "/providers/Microsoft.Compute/virtualMachines"
#define AZURE_WE \
	"identity provider=azure instance=" MACHINES "/web launched=-1000 account=s;"
#define ON "on=" MACHINES "/web account=s correlation=k "

static void test_azure(void)
{
#define WRITTEN(rest) "! extension-written w" rest " call=a\n"
#define RESET \
	"! credential-reset w: Microsoft.OSTCExtensions.VMAccessForLinux as x call=a\n"
#define ACCESS "handler=Microsoft.OSTCExtensions.VMAccessForLinux "
	static const struct scene_row rows[] = {
		{ "an extension by its type",
		  "Extend@0 id=a name=w resource=x handler=Contoso.Agent " ON, NULL,
		  WRITTEN(": Contoso.Agent as x") },
		{ "its further records",
		  "Extend@0 id=a name=w resource=x handler=Contoso.Agent " ON
		  "; Extend@1 id=b name=w resource=x " ON
		  "; Extend@2 id=d name=w resource=x handler=Contoso.Agent " ON
		  "; now@90",
		  NULL, WRITTEN(": Contoso.Agent as x") },
		{ "by its name", "Extend@0 id=a name=w resource=CustomScript " ON, NULL,
		  WRITTEN(": CustomScript") },
		{ "of no known type",
		  "Extend@0 id=a name=w resource=x " ON
		  "; Extend@1 id=b name=w resource=x " ON "; now@30",
		  NULL, "" },
		{ "of no known type, a minute later",
		  "Extend@0 id=a name=w resource=x " ON
		  "; Extend@1 id=b name=w resource=x " ON "; now@90",
		  NULL, WRITTEN(" (of a type that is not said): x") },
		{ "named by a later record",
		  "Extend@0 id=b name=w resource=x " ON
		  "; Extend@1 id=a name=w resource=x " ACCESS ON "; now@90",
		  NULL, RESET },
		{ "not named by a later record",
		  "Extend@1 id=a name=w resource=x " ACCESS ON
		  "; Extend@0 id=b name=w resource=x " ON "; now@90",
		  NULL, RESET },
		{ "driven by the platform",
		  "Extend@0 id=a name=w resource=x "
		  "handler=Microsoft.Azure.Monitor.AzureMonitorLinuxAgent " ON
		  "; Extend@1 id=b name=w resource=x " ON "; now@90",
		  NULL, "" },
		{ "named by the platform's after it waited",
		  "Extend@1 id=b name=w resource=x " ON
		  "; Extend@0 id=a name=w resource=x "
		  "handler=Microsoft.Azure.Monitor.AzureMonitorLinuxAgent " ON "; now@90",
		  NULL, "" },
		{ "refused", "Extend!@0 id=a name=w resource=CustomScript " ON, NULL,
		  "" },
		{ "another machine's",
		  "Extend@0 id=a resource=CustomScript account=s on=" MACHINES "/db",
		  NULL, "" },
		{ "before this machine",
		  "Extend@-2000 id=a name=w resource=CustomScript " ON, NULL, "" },
		{ "serial console of the subscription",
		  "EnableConsole@0 id=a name=e on=/subscriptions/S account=s", NULL,
		  "! serial-console-enabled e call=a\n" },
		{ "of another", "EnableConsole@0 id=a on=/subscriptions/t account=t",
		  NULL, "" },
		{ "Bastion",
		  "NewBastion@0 id=a name=b resource=hub on=/subscriptions/s account=s",
		  NULL,
		  "! endpoint-created b (whether this machine is in reach of its network "
		  "is not known): hub call=a\n" },
		{ "user data", "Machine@0 id=a name=m metadata=2 " ON, NULL,
		  "! startup-script-changed m (user data) call=a\n" },
		{ "a size", "Machine@0 id=a name=m " ON, NULL, "" },
		{ "settings",
		  "StopLog@0 id=a name=d resource=export on=/subscriptions/s account=s",
		  NULL, "! trail-stopped d: export call=a\n" },
		{ "another machine's settings",
		  "StopLog@0 id=a on=" MACHINES "/db account=s", NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows), AZURE_WE);
}

#define GOOGLE_WE "identity provider=gcp instance=42 launched=-1000 account=p;"

static void test_google(void)
{
	static const struct scene_row rows[] = {
		{ "keys of the instance",
		  "Metadata@0 id=a name=setMetadata on=42 account=p metadata=1", NULL,
		  "! key-planted setMetadata (ssh-keys of the instance) call=a\n" },
		{ "two entries of one change",
		  "Metadata@0 id=a name=set on=42 account=p metadata=1 operation=o; "
		  "Metadata@1 id=b name=set on=42 account=p metadata=1 operation=o",
		  NULL, "! key-planted set (ssh-keys of the instance) call=a\n" },
		{ "several keys in one call",
		  "Metadata@0 id=a name=set on=42 account=p metadata=7 operation=o", NULL,
		  "! key-planted set (ssh-keys of the instance) call=a\n"
		  "! serial-console-enabled set (serial-port-enable of the instance) "
		  "call=a\n"
		  "! startup-script-changed set (startup-script of the instance) "
		  "call=a\n" },
		{ "other keys", "Metadata@0 id=a on=42 account=p metadata=24", NULL, "" },
		{ "another instance's", "Metadata@0 id=a on=43 account=p metadata=1",
		  NULL, "" },
		{ "refused", "Metadata!@0 id=a on=42 account=p metadata=1", NULL, "" },
		{ "keys of the project",
		  "Common@0 id=a name=c on=projects/p account=p metadata=1", NULL,
		  "! key-planted c (ssh-keys of the project) call=a\n" },
		{ "keys of another project",
		  "Common@0 id=a on=projects/q account=q metadata=1", NULL, "" },
		{ "keys of the project before this instance",
		  "Common@-2000 id=a on=projects/p account=p metadata=1", NULL, "" },
		{ "a person's key",
		  "Import@0 id=a name=v1.Import resource=users/u account=p", NULL,
		  "! key-planted v1.Import: users/u call=a\n" },
		{ "a login's own key", "Import@0 id=a name=v1.SignSshPublicKey account=p",
		  NULL, "" },
		{ "a person's key in another project", "Import@0 id=a account=q", NULL,
		  "" },
		{ "sink",
		  "DropSink@0 id=a name=DeleteSink resource=s on=projects/p account=p",
		  NULL, "! trail-stopped DeleteSink: s call=a\n" },
		{ "another project's sink",
		  "DropSink@0 id=a name=DeleteSink on=projects/q account=q", NULL, "" },
	};

	check_rows(rows, COUNT_OF(rows), GOOGLE_WE);
}

/* Who this host is is learnt later; of a host that says nothing of itself the calls that
 * name it tell where it is. */
static void test_learnt_later(void)
{
	static const struct scene_row rows[] = {
		{ "identity after the call", "Enable@0" NAMED("Enable") ";" WE, NULL,
		  ENABLED },
		{ "and once more", "Enable@0" NAMED("Enable") ";" WE WE, NULL, ENABLED },
		{ "nothing is known", "Enable@0" NAMED("Enable"), NULL, "" },
	};
	static const char place[] = "identity instance=i-1; Enable@0" NAMED(
		"Enable") ";"
			  "Start@1 id=s session=a-1 on=i-1" OURS;
	struct correlator_options options = watching();
	AUTO_SCENE struct scene scene;

	check_rows(rows, COUNT_OF(rows), "");
	options.logs_are_complete = true;
	options.tell_calls_without_login = false;
	scene_open(&scene, &options);
	scene_play(&scene, place);
	CHECK_TEXT(scene_told(&scene), ENABLED);
}

static void test_off(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_live(&scene);
	scene_play(&scene, WE "Enable@0" NAMED("Enable"));
	CHECK_TEXT(scene_told(&scene), "");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
}

/* ---- many ---- */

/* `count` calls of the n-th principal each, a millisecond apart. */
static void feed_many(struct scene *scene, uint32_t count, double at, unsigned principals)
{
	for (uint32_t n = 0; n < count; n++) {
		char id[32], principal[32];
		struct event event = { .kind = EVENT_API_CALL,
				       .happened_at = AT(at) + n * 1000,
				       .evidence = n + 1,
				       .trust = TRUST_ATTESTED };

		snprintf(id, sizeof(id), "%g-%u", at, n);
		snprintf(principal, sizeof(principal), "role-%u", n % principals);
		event.api_call = (struct api_call){ .id = slice_text(id),
						    .action = API_STOP_TRAIL,
						    .name = SLICE("StopLogging"),
						    .principal = slice_text(principal),
						    .account = SLICE("111122223333"),
						    .region = SLICE("eu-west-1"),
						    .serial_port = -1 };
		scene_feed(scene, &event);
	}
}

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text; text++)
		lines += *text == '\n';
	return lines;
}

static void test_many(void)
{
	const struct correlator_options options = watching();
	AUTO_SCENE struct scene scene;

	scene_open(&scene, &options);
	scene.unchecked = true;
	scene_play(&scene, WE "now@1");
	feed_many(&scene, 10000, 0, 1);
	CHECK_UINT(lines_of(scene_told(&scene)), LIMIT_DOORS_TOLD);
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(61));
	scene_advance(&scene, AT(61));
	CHECK_TEXT(scene_told(&scene), "! trail-stopped 9995 more calls in this minute, "
				       "the first StopLogging call=0-5\n");
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
	/* the same again tells nothing, and what comes late is told with the rest */
	feed_many(&scene, 10000, 0, 1);
	feed_many(&scene, 3, 20, 1);
	CHECK_TEXT(scene_told(&scene), "");
	scene_advance(&scene, AT(121));
	CHECK_TEXT(scene_told(&scene), "! trail-stopped 9998 more calls in this minute, "
				       "the first StopLogging call=0-5\n");
	/* the next minute begins anew */
	feed_many(&scene, 1, 60, 1);
	CHECK_TEXT(scene_told(&scene), "! trail-stopped StopLogging call=60-0\n");
}

/* A principal may call itself what it likes: there are so many places, and one for all
 * others. */
static void test_many_principals(void)
{
	const struct correlator_options options = watching();
	AUTO_SCENE struct scene scene;
	size_t told;

	scene_open(&scene, &options);
	scene.unchecked = true;
	scene_play(&scene, WE "now@1");
	feed_many(&scene, 10000, 0, 10000);
	told = lines_of(scene_told(&scene));
	CHECK_UINT(told, LIMIT_DOOR_CROWDS + LIMIT_DOORS_TOLD);
	scene_advance(&scene, AT(61));
	CHECK_TEXT(scene_told(&scene),
		   "! trail-stopped 9931 more calls in this minute by many principals, "
		   "the first StopLogging call=0-69\n");
	/* long after, each has a place again */
	scene_advance(&scene, AT(7200));
	feed_many(&scene, 70, 7200, 70);
	CHECK_UINT(lines_of(scene_told(&scene)), LIMIT_DOOR_CROWDS + LIMIT_DOORS_TOLD);
}

/* The logs are all there is: what was counted is told at their end. */
static void test_complete(void)
{
	struct correlator_options options = watching();
	AUTO_SCENE struct scene scene;

	options.logs_are_complete = true;
	scene_open(&scene, &options);
	scene.unchecked = true;
	scene_play(&scene, WE);
	scene_told(&scene);
	feed_many(&scene, 100, 0, 1);
	CHECK_INT(correlator_next_deadline(scene.correlator), US_TIME_NONE);
	CHECK_UINT(lines_of(scene_told(&scene)), LIMIT_DOORS_TOLD);
	scene_advance(&scene, AT(1));
	CHECK_TEXT(scene_told(&scene), "! trail-stopped 95 more calls in this minute, "
				       "the first StopLogging call=0-5\n");
	scene_advance(&scene, AT(2));
	CHECK_TEXT(scene_told(&scene), "");
}

/* More extensions of no known type than wait: none is lost. */
static void test_many_waiting(void)
{
	const struct correlator_options options = watching();
	AUTO_SCENE struct scene scene;
	size_t told;

	scene_open(&scene, &options);
	scene.unchecked = true;
	scene_play(&scene, AZURE_WE);
	for (unsigned n = 0; n < LIMIT_DOORS_WAITING + 3; n++) {
		char step[256];

		snprintf(step, sizeof(step),
			 "Extend@%u id=a%u name=w resource=x%u by=p%u account=s "
			 "correlation=k%u on=" MACHINES "/web",
			 n, n, n, n, n);
		scene_play(&scene, step);
	}
	told = lines_of(scene_told(&scene));
	CHECK_UINT(told, 3);
	scene_advance(&scene, AT(600));
	CHECK_UINT(told + lines_of(scene_told(&scene)), LIMIT_DOORS_WAITING + 3);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "AWS", test_aws },
		{ "Azure", test_azure },
		{ "Google Cloud", test_google },
		{ "learnt later", test_learnt_later },
		{ "switched off", test_off },
		{ "many", test_many },
		{ "many principals", test_many_principals },
		{ "complete logs", test_complete },
		{ "many waiting", test_many_waiting },
		{ NULL, NULL },
	};

	return check_run("correlator/observe_door", tests);
}
