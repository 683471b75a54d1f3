/* SPDX-License-Identifier: Apache-2.0 */
/* Logins with what a cloud has set. */
#include "correlator/credential.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define VM                                                                               \
	"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/" \
	"vm"
#define AZURE "identity provider=azure instance=" VM " account=s;"
#define TO_VM "account=s on=" VM
#define SSH "accept@0 user=bob from=203.0.113.9 pid=5;"
#define WITH_KEY "accept@0 user=bob from=203.0.113.9 pid=5 key=SHA256:k;"
#define CONSOLE "console@0 user=bob pid=5 tty=ttyS0;"
#define RUNS "executed@-90 handler=Microsoft.OSTCExtensions.VMAccessForLinux seq=1;"

#define DIRECT "0 bob direct-ssh not-judged\n"
#define TOLD "! login-with-cloud-set-credential bob\n"
#define NONE(what) what, DIRECT, DIRECT
#define ONE(what) what, DIRECT, DIRECT TOLD

static void test_logins(void)
{
	static const struct scene_row rows[] = {
		{ "a password, then a login",
		  ONE("vmaccess@-60 user=bob password=yes;" SSH) },
		{ "told later", ONE(SSH "vmaccess@-60 user=bob password=yes") },
		{ "with a key, which it is not",
		  NONE("vmaccess@-60 user=bob password=yes;" WITH_KEY) },
		{ "a key", ONE("vmaccess@-60 user=bob;" WITH_KEY) },
		{ "a key, and a password after it",
		  ONE("vmaccess@-60 user=bob; vmaccess@-50 user=bob "
		      "password=yes;" WITH_KEY) },
		{ "of another user", NONE("vmaccess@-60 user=eve password=yes;" SSH) },
		{ "a day before", ONE("vmaccess@-86400 user=bob password=yes;" SSH) },
		{ "earlier", NONE("vmaccess@-86401 user=bob password=yes;" SSH) },
		{ "after the login", NONE("vmaccess@3 user=bob password=yes;" SSH) },
		{ "an account for a while", ONE("jit@-60 user=bob password=yes;" SSH) },
		{ "that was gone by then",
		  NONE("jit@-60 user=bob password=yes; jit@-30 user=bob gone=yes;" SSH) },
		{ "and came again",
		  ONE("jit@-30 user=bob gone=yes; jit@-20 user=bob password=yes;" SSH) },
		{ "the user of a key in the metadata",
		  ONE("metadata-user@-60 user=bob;" SSH) },
		{ "more than once is told once",
		  ONE("vmaccess@-60 user=bob;" SSH "vmaccess@-50 user=bob;"
		      "vmaccess@-60 user=bob") },
	};

	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(rows, COUNT_OF(rows), complete, "", "");
}

/* Who it was for is said by useradd and usermod. */
static void test_runs(void)
{
	static const struct scene_row rows[] = {
		{ "a new account", ONE(RUNS "account@-60 user=bob;" SSH) },
		{ "a changed password", ONE(RUNS "changed@-60 user=bob;" SSH) },
		{ "ten minutes after", NONE("account@-700 user=bob;" RUNS SSH) },
		{ "ten minutes before", ONE("account@-690 user=bob;" RUNS SSH) },
		{ "the run is told later", ONE("changed@-60 user=bob;" SSH RUNS) },
		{ "the account is", ONE(RUNS SSH "changed@-60 user=bob") },
		{ "no run", NONE("changed@-60 user=bob;" SSH) },
		{ "another extension's",
		  NONE("executed@-90 handler=Microsoft.Azure.Extensions.CustomScript "
		       "seq=1; changed@-60 user=bob;" SSH) },
		{ "it was only enabled",
		  NONE("settings@-90 handler=Microsoft.OSTCExtensions.VMAccessForLinux "
		       "seq=1 enabled=yes; changed@-60 user=bob;" SSH) },
		{ "a group gives nothing",
		  NONE(RUNS "changed@-60 user=bob group=adm;" SSH) },
		{ "that does not say whose",
		  ONE("vmaccess@-90; changed@-60 user=bob;" SSH) },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (int complete = 0; complete < 2; complete++) {
			AUTO_SCENE struct scene scene;
			struct slice told;

			check_row(rows[i].name);
			if (complete)
				scene_open_complete(&scene);
			else
				scene_open_live(&scene);
			scene_play(&scene, rows[i].script);
			told = slice_text(scene_told(&scene));
			/* the runs are logins too, and not looked at here */
			CHECK((slice_find_ignoring_case(told, SLICE(TOLD)) >= 0) ==
			      (slice_find_ignoring_case(slice_text(rows[i].told),
							SLICE(TOLD)) >= 0));
		}
}

static void test_console(void)
{
	static const struct scene_row rows[] = {
		{ "the console lists it, and tells",
		  "Connect@-30 id=c serial=0 " TO_VM
		  "; vmaccess@-60 user=bob password=yes;" CONSOLE,
		  "0 bob azure-serial-console authorized/final weak-match "
		  "credential-set-before call=c\n",
		  NULL },
		{ "told later",
		  "Connect@-30 id=c serial=0 " TO_VM ";" CONSOLE
		  "vmaccess@-60 user=bob password=yes",
		  "0 bob azure-serial-console authorized/final weak-match "
		  "credential-set-before call=c\n",
		  NULL },
		{ "unauthorized, too", "vmaccess@-60 user=bob password=yes;" CONSOLE,
		  "0 bob azure-serial-console unauthorized/final no-api-call "
		  "credential-set-before\n",
		  NULL },
		{ "not before", "vmaccess@60 user=bob password=yes;" CONSOLE,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "a local one does not",
		  "vmaccess@-60 user=bob password=yes; console@0 "
		  "user=bob tty=tty1",
		  "0 bob local not-judged\n", NULL },
	};
	AUTO_SCENE struct scene scene;

	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(rows, COUNT_OF(rows), complete, AZURE,
				 "proven@90000 from=-200000 account=s");
	scene_open_live(&scene);
	scene_play(&scene, AZURE "vmaccess@-60 user=bob password=yes;" CONSOLE);
	CHECK_TEXT(scene_told(&scene), "0 bob azure-serial-console pending\n" TOLD);
}

/* The call that set it, where it is in sight. */
static void test_calls(void)
{
	static const struct {
		const char *name, *script, *call;
	} rows[] = {
		{ "an extension's", "Extend@-90 id=c resource=enablevmaccess " TO_VM,
		  "c" },
		{ "by its type",
		  "Extend@-90 id=c resource=x "
		  "handler=Microsoft.OSTCExtensions.VMAccessForLinux " TO_VM,
		  "c" },
		{ "another's", "Extend@-90 id=c resource=CustomScript " TO_VM, NULL },
		{ "refused", "Extend!@-90 id=c resource=enablevmaccess " TO_VM, NULL },
		{ "too long ago", "Extend@-1900 id=c resource=enablevmaccess " TO_VM,
		  NULL },
		{ "the latest",
		  "Extend@-90 id=c resource=enablevmaccess " TO_VM
		  "; Extend@-70 id=d resource=VMAccess " TO_VM,
		  "d" },
		{ "of another machine",
		  "Extend@-90 id=c resource=enablevmaccess account=s on=" VM "2", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;
		char want[128];

		check_row(rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, AZURE);
		correlator_feed(scene.correlator,
				&(struct event){ .kind = EVENT_SSHD_LISTENING,
						 .trust = TRUST_ATTESTED },
				scene.now);
		scene_play(&scene, rows[i].script);
		(void)scene_told(&scene);
		scene_play(&scene, "vmaccess@-60 user=bob;" SSH);
		(void)snprintf(want, sizeof(want),
			       "%s! login-with-cloud-set-credential bob%s%s\n", DIRECT,
			       rows[i].call ? " call=" : "",
			       rows[i].call ? rows[i].call : "");
		CHECK_TEXT(scene_told(&scene), want);
	}
}

static void test_metadata_calls(void)
{
	AUTO_SCENE struct scene scene;

	scene_open_complete(&scene);
	scene_play(&scene, "identity provider=gcp instance=123 account=p;"
			   "Common@-900 id=c metadata=1 account=p on=projects/p;"
			   "Common@-800 id=d metadata=1 account=p on=projects/q;"
			   "Metadata@-700 id=e metadata=2 account=p on=123;"
			   "metadata-user@-60 user=bob;" SSH);
	CHECK_TEXT(scene_told(&scene),
		   DIRECT "! login-with-cloud-set-credential bob call=c\n");
}

/* However many there are. */
static void test_limits(void)
{
	AUTO_SCENE struct scene scene;
	char text[80];

	scene_open_live(&scene);
	scene.unchecked = true;
	for (int i = 0; i < 5000; i++) {
		(void)snprintf(text, sizeof(text),
			       "vmaccess@%d user=u%d; account@%d user=v%d", i * 3600,
			       i % 977, i * 3600 + 1800, i);
		scene_play(&scene, text);
	}
	(void)scene_told(&scene);
	scene_play(&scene, "accept@17996405 user=u113 from=203.0.113.9");
	CHECK_TEXT(scene_told(&scene), "17996405 u113 direct-ssh not-judged\n"
				       "! login-with-cloud-set-credential u113\n");
	scene_play(&scene, "vmaccess@17996405 user=bob; accept@17996410 user=bob "
			   "from=203.0.113.9");
	CHECK_TEXT(scene_told(&scene), "17996410 bob direct-ssh not-judged\n" TOLD);
	credentials_forget(scene.correlator, US_PER_DAY);
	CHECK(credentials_before(scene.correlator,
				 scene.correlator->by_kind[LOGIN_SSH].items[1]));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "logins", test_logins },
		{ "runs of VMAccess", test_runs },
		{ "consoles", test_console },
		{ "calls of extensions", test_calls },
		{ "calls of metadata", test_metadata_calls },
		{ "limits", test_limits },
		{ NULL, NULL },
	};

	return check_run("correlator/credential", tests);
}
