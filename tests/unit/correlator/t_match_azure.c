/* SPDX-License-Identifier: Apache-2.0 */
/* Azure's executions, Entra ID's logins and Bastion's, and the calls that vouch for them.
 * All logs are complete, unless said otherwise. Calls have no place but the subscription;
 * goal states come at second 100. */
#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define VM "/s/rg/virtualMachines/web_1a2b"
#define WE "identity provider=azure instance=" VM " account=s ip=10.0.0.5;"
#define COVERED "proven@90000 account=s from=-90000 class=activity"

#define CSE "handler=Microsoft.Azure.Extensions.CustomScript"
#define ACCESS "handler=Microsoft.OSTCExtensions.VMAccessForLinux"
#define RUN "handler=Microsoft.CPlat.Core.RunCommandLinux"
#define MANAGED "handler=Microsoft.CPlat.Core.RunCommandHandlerLinux"
#define APPS "handler=Microsoft.CPlat.Core.VMApplicationManagerLinux"

#define GOAL "goal@100 correlation=c1 created=95;"
#define RAN "settings@101 " RUN " seq=1; executed@102 " RUN " seq=1;"
#define SCRIPT_RAN "settings@101 " CSE " seq=1; executed@102 " CSE " seq=1;"
#define ON " account=s on=" VM ";"

#define RC "102 root azure-run-command "
#define EX "102 root azure-vm-extension "
#define NONE "unauthorized/final no-api-call\n"

static void test_run_command(void)
{
	static const struct scene_row rows[] = {
		{ "by its correlation id", GOAL RAN "Run@94 id=a correlation=c1" ON,
		  RC "authorized/final call=a\n", NULL },
		{ "by its correlation id, a day before",
		  GOAL RAN "Run@-86000 id=a correlation=C1" ON,
		  RC "authorized/final call=a\n", NULL },
		{ "more than a day before", GOAL RAN "Run@-87000 id=a correlation=c1" ON,
		  RC NONE, NULL },
		{ "another correlation id disproves nothing",
		  GOAL RAN "Run@94 id=a correlation=c2" ON,
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "by time, half an hour before", RAN "Run@-1690 id=a" ON,
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "by time, longer before", RAN "Run@-1800 id=a" ON, RC NONE, NULL },
		{ "by time, five minutes after", RAN "Run@401 id=a" ON,
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "by time, longer after", RAN "Run@403 id=a" ON, RC NONE, NULL },
		{ "measured at the goal state's creation",
		  "goal@100 created=-5000;" RAN "Run@-6700 id=a" ON,
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "which is not later than it ran",
		  "goal@100 created=5000;" RAN "Run@4000 id=a" ON, RC NONE, NULL },
		{ "its machine in any case",
		  RAN "Run@94 id=a account=s on=/S/RG/virtualmachines/WEB_1a2B",
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "another machine",
		  GOAL RAN "Run@94 id=a correlation=c1 account=s "
			   "on=/s/rg/virtualMachines/web",
		  RC NONE, NULL },
		{ "no call", RAN, RC NONE, NULL },
		{ "refused", RAN "Run!@94 id=a" ON,
		  RC "unauthorized/final api-call-denied\n", NULL },
		{ "refused, long before", RAN "Run!@-3000 id=a" ON, RC NONE, NULL },
		{ "it did not happen", RAN "Run?@94 id=a" ON, RC NONE, NULL },
		{ "for managed ones", RAN "Managed@94 id=a resource=x" ON, RC NONE,
		  NULL },
		{ "a deployment", RAN "Deploy@94 id=a account=s on=/s/rg",
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "a deployment to another group",
		  RAN "Deploy@94 id=a account=s on=/s/rg2", RC NONE, NULL },
		{ "the machine is written", GOAL RAN "Machine@94 id=a correlation=c1" ON,
		  RC NONE, NULL },
		{ "an extension of this type", RAN "Extend@94 id=a resource=x " RUN ON,
		  RC "authorized/final call=a\n", NULL },
		{ "an extension of any name", RAN "Extend@94 id=a resource=x" ON, RC NONE,
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

static void test_managed(void)
{
	static const struct scene_row rows[] = {
		{ "of its name",
		  "executed@102 " MANAGED
		  " name=web seq=0; Managed@94 id=a resource=WEB" ON,
		  RC "authorized/final call=a\n", NULL },
		{ "of another name",
		  "executed@102 " MANAGED
		  " name=web seq=0; Managed@94 id=a resource=x" ON,
		  RC NONE, NULL },
		{ "run at once",
		  "executed@102 handler=managedruncommand.service name=web seq=0;"
		  "Managed@94 id=a resource=web" ON,
		  RC "authorized/final call=a\n", NULL },
		{ "the action", "executed@102 " MANAGED " name=web seq=0; Run@94 id=a" ON,
		  RC NONE, NULL },
		{ "a deployment",
		  "executed@102 " MANAGED " name=web seq=0; Deploy@94 id=a account=s "
		  "on=/s",
		  RC "authorized/final weak-match call=a\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

static void test_extension(void)
{
	static const struct scene_row rows[] = {
		{ "by correlation id and any name",
		  GOAL SCRIPT_RAN "Extend@94 id=a correlation=c1 resource=x" ON,
		  EX "authorized/final call=a\n", NULL },
		{ "of its type, by its resource's name",
		  SCRIPT_RAN "Extend@94 id=a resource=customScript" ON,
		  EX "authorized/final call=a\n", NULL },
		{ "of its type, as the call says",
		  SCRIPT_RAN "Extend@94 id=a resource=VMAccessForLinux " CSE ON,
		  EX "authorized/final call=a\n", NULL },
		{ "of any name", SCRIPT_RAN "Extend@94 id=a resource=setup" ON,
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "of another type",
		  SCRIPT_RAN "Extend@94 id=a resource=enablevmaccess" ON, EX NONE, NULL },
		{ "of another type, though of its correlation id",
		  GOAL SCRIPT_RAN "Extend@94 id=a correlation=c1 resource=x " ACCESS ON,
		  EX NONE, NULL },
		{ "only named after another type, of its correlation id",
		  GOAL SCRIPT_RAN
		  "Extend@94 id=a correlation=c1 resource=enablevmaccess" ON,
		  EX "authorized/final call=a\n", NULL },
		{ "whose name it is comes first",
		  GOAL "settings@101 " ACCESS " seq=1; executed@104 " ACCESS
		       " seq=1;" SCRIPT_RAN
		       "Extend@94 id=a correlation=c1 resource=enablevmaccess" ON,
		  EX NONE "104 root azure-vm-extension authorized/final call=a\n", NULL },
		{ "patching, though of its correlation id",
		  GOAL SCRIPT_RAN "Patch@94 id=a correlation=c1" ON, EX NONE, NULL },
		{ "refused", SCRIPT_RAN "Extend!@94 id=a resource=CustomScript" ON,
		  EX "unauthorized/final api-call-denied\n", NULL },
		{ "refused, of another type",
		  SCRIPT_RAN "Extend!@94 id=a resource=VMAccess" ON, EX NONE, NULL },
		{ "refused, of any name", SCRIPT_RAN "Extend!@94 id=a resource=x" ON,
		  EX "unauthorized/final api-call-denied\n", NULL },
		{ "the machine is written", SCRIPT_RAN "Machine@94 id=a" ON,
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "its correlation id",
		  GOAL SCRIPT_RAN "Machine@94 id=a correlation=c1" ON,
		  EX "authorized/final call=a\n", NULL },
		{ "its scale set is written",
		  SCRIPT_RAN
		  "ScaleSet@94 id=a account=s on=/s/rg/virtualMachineScaleSets/web",
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "another scale set is written",
		  SCRIPT_RAN
		  "ScaleSet@94 id=a account=s on=/s/rg/virtualMachineScaleSets/we",
		  EX NONE, NULL },
		{ "reimaged", SCRIPT_RAN "Reimage@94 id=a" ON,
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "patched: patching runs no script", SCRIPT_RAN "Patch@94 id=a" ON,
		  EX NONE, NULL },
		{ "by policy", SCRIPT_RAN "Policy@94 id=a account=s on=/s",
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "a gallery's new version",
		  SCRIPT_RAN "Application@94 id=a account=s on=/s/g/galleries/x", EX NONE,
		  NULL },
		{ "a gallery's new version, of an application",
		  "executed@102 " APPS " seq=0; Application@94 id=a account=s "
		  "on=/s/g/galleries/x",
		  EX "authorized/final weak-match call=a\n", NULL },
		{ "a run command", SCRIPT_RAN "Run@94 id=a" ON, EX NONE, NULL },
		{ "in no list, of its own name",
		  "executed@102 handler=Contoso.Thing seq=0; Extend@94 id=a resource=x "
		  "handler=contoso.thing" ON,
		  EX "authorized/final call=a\n", NULL },
		{ "in no list, of another",
		  "executed@102 handler=Contoso.Thing seq=0; Extend@94 id=a resource=x "
		  "handler=contoso.other" ON,
		  EX NONE, NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

/* What was there before takes no call from what runs, and a call of its goal state
 * vouches all the same. */
static void test_sighted(void)
{
#define THERE "state@100 " CSE " enabled=yes; settings@101 " CSE " seq=4;"
	static const struct scene_row rows[] = {
		{ "nothing is known", THERE,
		  "101 root azure-vm-extension not-judged pre-existing\n", NULL },
		{ "a call of its goal state",
		  GOAL THERE "Extend@94 id=a correlation=c1 resource=x" ON,
		  "101 root azure-vm-extension authorized/final call=a\n", NULL },
		{ "the call comes first",
		  "Extend@94 id=a correlation=c1 resource=x" ON GOAL THERE,
		  "101 root azure-vm-extension authorized/final call=a\n", NULL },
		{ "a deployment of its goal state",
		  "Deploy@94 id=a correlation=c1 account=s on=/s/rg;" GOAL THERE,
		  "101 root azure-vm-extension authorized/final call=a\n", NULL },
		{ "a call in time is another's",
		  THERE "executed@150 " CSE " seq=5; Extend@94 id=a resource=x" ON,
		  "101 root azure-vm-extension not-judged pre-existing\n"
		  "150 root azure-vm-extension authorized/final weak-match call=a\n",
		  NULL },
		{ "it turns out that it ran",
		  THERE "Extend@94 id=a resource=x" ON "executed@102 " CSE " seq=4",
		  EX "authorized/final weak-match call=a\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, COVERED);
}

/* Several records of one call are one. */
static void test_records(void)
{
#define RECORD(time, id, kind) kind "@" time " id=" id " correlation=c9" ON
	static const struct scene_row rows[] = {
		{ "a script that failed",
		  RAN RECORD("94", "a", "Run") RECORD("95", "b", "Run")
			  RECORD("120", "c", "Run?"),
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "in another order",
		  RAN RECORD("120", "c", "Run!") RECORD("95", "b", "Run")
			  RECORD("94", "a", "Run"),
		  RC "authorized/final weak-match call=a\n", NULL },
		{ "failed alone", RAN RECORD("120", "c", "Run?"), RC NONE, NULL },
		{ "refused alone", RAN RECORD("94", "c", "Run!"),
		  RC "unauthorized/final api-call-denied\n", NULL },
		{ "refused, and admitted after all",
		  RAN "executed@103 " RUN " seq=2;" RECORD("94", "c", "Run!")
			  RECORD("95", "a", "Run"),
		  RC "authorized/final weak-match call=a\n"
		     "103 root azure-run-command unauthorized/final api-call-reused\n",
		  NULL },
		{ "counted once",
		  RAN "executed@103 " RUN " seq=2;" RECORD("94", "a", "Run")
			  RECORD("95", "b", "Run") RECORD("96", "c", "Run"),
		  RC "authorized/final weak-match call=a\n"
		     "103 root azure-run-command unauthorized/final api-call-reused\n",
		  NULL },
		{ "counted once, the latest first",
		  RAN "executed@103 " RUN " seq=2;" RECORD("96", "c", "Run")
			  RECORD("95", "b", "Run") RECORD("94", "a", "Run"),
		  RC "authorized/final weak-match call=a\n"
		     "103 root azure-run-command unauthorized/final api-call-reused\n",
		  NULL },
		{ "of two resources",
		  "executed@102 " CSE " seq=1; executed@103 " ACCESS " seq=1;"
		  "Extend@94 id=a correlation=c9 resource=CustomScript" ON
		  "Extend@94 id=b correlation=c9 resource=VMAccess" ON,
		  EX "authorized/final call=a\n"
		     "103 root azure-vm-extension authorized/final call=b\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, COVERED "; now@90000");
}

static void test_claims(void)
{
#define ANOTHER(time, number) "executed@" time " " RUN " seq=" number ";"
#define REUSED "root azure-run-command unauthorized/final api-call-reused\n"
#define WEAK "root azure-run-command authorized/final weak-match "
	static const struct scene_row rows[] = {
		{ "one for one", RAN ANOTHER("110", "2") "Run@94 id=a" ON,
		  RC "authorized/final weak-match call=a\n"
		     "110 " REUSED,
		  NULL },
		{ "an earlier one takes it over", RAN "Run@94 id=a" ON ANOTHER("98", "0"),
		  "98 " WEAK "call=a\n"
		  "102 " REUSED,
		  NULL },
		{ "two for two",
		  RAN ANOTHER("110", "2") "Run@94 id=a" ON "Run@103 id=b" ON,
		  RC "authorized/final weak-match call=a\n"
		     "110 " WEAK "call=b\n",
		  NULL },
		{ "an older call comes late",
		  RAN ANOTHER("110", "2") "Run@103 id=b" ON "Run@94 id=a" ON,
		  RC "authorized/final weak-match call=a\n"
		     "110 " WEAK "call=b\n",
		  NULL },
		{ "the correlation id goes before time",
		  ANOTHER("98", "0") GOAL RAN "Run@94 id=a correlation=c1" ON,
		  "98 " REUSED RC "authorized/final call=a\n", NULL },
		{ "and takes the call from whom time gave it to",
		  "Run@94 id=a correlation=c1" ON ANOTHER("98", "0") ANOTHER("99", "7")
			  GOAL RAN,
		  "98 " REUSED "99 " REUSED RC "authorized/final call=a\n", NULL },
		{ "one of another execution's id, out of reach",
		  "Run@94 id=a correlation=c1" ON GOAL RAN ANOTHER("1926", "2"),
		  RC "authorized/final call=a\n"
		     "1926 root azure-run-command " NONE,
		  NULL },
		{ "one of another execution's id, and one that was refused",
		  "Run@94 id=a correlation=c1" ON
		  "Run!@95 id=b" ON GOAL RAN ANOTHER("110", "2"),
		  RC "authorized/final call=a\n"
		     "110 " REUSED,
		  NULL },
		{ "two of one goal state have one call each",
		  GOAL "settings@101 " CSE " seq=1; settings@101 " ACCESS " seq=1;"
		       "Extend@94 id=a correlation=c1 resource=x" ON,
		  NULL, NULL },
		{ "a deployment is for many",
		  RAN ANOTHER("110", "2") "Deploy@94 id=a account=s on=/s/rg",
		  RC "authorized/final weak-match call=a\n"
		     "110 " WEAK "call=a\n",
		  NULL },
		{ "the oldest call, though of any name",
		  SCRIPT_RAN "Extend@90 id=x resource=x" ON
			     "Extend@91 id=a resource=CustomScript" ON
			     "executed@103 " ACCESS " seq=1",
		  EX "authorized/final weak-match call=x\n"
		     "103 root azure-vm-extension unauthorized/final api-call-reused\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, WE, COVERED "; now@90000");
}

/* Whatever is known of coverage. */
static void test_coverage(void)
{
	static const struct scene_row rows[] = {
		{ "no log", RAN, RC "unverifiable no-api-log\n", NULL },
		{ "a log that begins too late",
		  RAN "proven@9000 account=s from=0 class=activity",
		  RC "unverifiable no-api-log\n", NULL },
		{ "a log of another class", RAN "proven@9000 account=s class=bastion",
		  RC "unverifiable no-api-log\n", NULL },
		{ "a hole in it",
		  RAN COVERED "; hole account=s class=activity from=50 until=51",
		  RC "unverifiable no-api-log\n", NULL },
		{ "known from a line that anybody could have written",
		  "settings@102 " RUN " seq=1 trust=unverified;" COVERED,
		  RC "unverifiable no-api-call\n", NULL },
		{ "the whole window, without region", RAN COVERED, RC NONE, NULL },
	};
	static const struct scene_row live[] = {
		{ "not yet", "proven@1300 account=s from=-9000 class=activity;" RAN,
		  RC "pending\n", NULL },
		{ "provisional", "proven@1303 account=s from=-9000 class=activity;" RAN,
		  RC "unauthorized/provisional no-api-call\n", NULL },
		{ "final, as only time ties",
		  "proven@7303 account=s from=-9000 class=activity;" RAN, RC NONE, NULL },
		{ "a call that is late",
		  "proven@7303 account=s from=-9000 class=activity;" RAN "Run@94 id=a" ON,
		  RC "authorized/final weak-match call=a\n",
		  "101 root azure-run-command " NONE RC
		  "authorized/final weak-match call=a\n" },
		{ "sight is lost", RAN "lost account=s class=activity reason=api-denied",
		  RC "unverifiable api-denied\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
	scene_check_rows(live, COUNT_OF(live), false, WE, "");
}

/* Who this host is is learnt last. */
static void test_identity(void)
{
	static const struct scene_row rows[] = {
		{ "other machines' calls were no calls of ours",
		  RAN "executed@103 " RUN " seq=2; Run@94 id=a account=s "
		      "on=/s/rg/virtualMachines/other; Run@95 id=b" ON WE,
		  RC "authorized/final weak-match call=b\n"
		     "103 root azure-run-command unauthorized/final api-call-reused\n",
		  NULL },
		{ "ties by correlation id stay",
		  GOAL RAN "executed@103 " RUN " seq=2; Run@95 id=b correlation=c1" ON WE,
		  RC "authorized/final call=b\n"
		     "103 " REUSED,
		  NULL },
		{ "never", RAN "Run@94 id=a" ON,
		  RC "authorized/final weak-match call=a\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, "", COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, "", COVERED "; now@90000");
}

static void test_entra(void)
{
#define ENTRA "azure-entra-ssh unverifiable not-covered\n"
	static const struct scene_row rows[] = {
		{ "a certificate for a user of Entra's",
		  "accept@5 user=amy@contoso.example certificate=x key=K",
		  "5 amy@contoso.example " ENTRA, NULL },
		{ "for an object id",
		  "accept@5 user=11111111-2222-3333-4444-555555555555 certificate=x",
		  "5 11111111-2222-3333-4444-555555555555 " ENTRA, NULL },
		{ "a certificate for a local user", "accept@5 user=amy certificate=x",
		  "5 amy direct-ssh not-judged\n", NULL },
		{ "a plain key", "accept@5 user=amy@contoso.example",
		  "5 amy@contoso.example direct-ssh not-judged\n", NULL },
		{ "pam says so, in sshd's process",
		  "entra@4 pid=7 user=amy@contoso.example state=admitted;"
		  "accept@5 pid=7 user=amy",
		  "5 amy " ENTRA, NULL },
		{ "pam says so, and is read later",
		  "accept@5 pid=7 user=amy; entra@5 pid=7 user=amy@contoso.example "
		  "state=admitted",
		  "5 amy " ENTRA, NULL },
		{ "pam says so in another process",
		  "entra@4 pid=8 user=amy@contoso.example state=admitted;"
		  "accept@5 pid=7 user=amy",
		  "5 amy direct-ssh not-judged\n", NULL },
		{ "its handler was asked",
		  "entra@4 pid=8 user=Amy@contoso.example state=seen;"
		  "accept@5 pid=7 user=amy@contoso.example",
		  "5 amy@contoso.example " ENTRA, NULL },
		{ "its handler says no",
		  "entra@4 pid=8 user=amy@contoso.example state=seen;"
		  "accept@5 pid=7 user=amy@contoso.example certificate=x;"
		  "entra@5 pid=8 user=amy@contoso.example state=refused",
		  "5 amy@contoso.example direct-ssh not-judged\n", NULL },
		{ "long before",
		  "entra@-99 pid=8 user=amy@contoso.example state=seen;"
		  "accept@5 pid=7 user=amy@contoso.example",
		  "5 amy@contoso.example direct-ssh not-judged\n", NULL },
		{ "in another cloud",
		  "identity provider=aws instance=i-1;"
		  "accept@5 user=amy@contoso.example certificate=x",
		  "5 amy@contoso.example direct-ssh not-judged\n", NULL },
		{ "in no cloud",
		  "identity provider=none;"
		  "accept@5 user=amy@contoso.example certificate=x",
		  "5 amy@contoso.example direct-ssh not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
	scene_check_rows(rows, COUNT_OF(rows), false, WE, "now@100");
}

static void test_bastion(void)
{
#define AUDITED "proven@90000 account=s from=-90000 class=bastion"
#define BY_BASTION "azure-bastion authorized/final weak-match "
#define AT_BASTION "identity provider=azure instance=" VM " account=s endpoint=10.0.1.4;"
	static const struct scene_row covered[] = {
		{ "connected",
		  "accept@5 user=amy from=10.0.1.4; Bastion@3 id=b user=amy" ON,
		  "5 amy " BY_BASTION "call=b\n", NULL },
		{ "not connected", "accept@5 user=amy from=10.0.1.4",
		  "5 amy direct-ssh not-judged\n", NULL },
		{ "another user",
		  "accept@5 user=eve from=10.0.1.4; Bastion@3 id=b user=amy" ON,
		  "5 eve direct-ssh not-judged\n", NULL },
		{ "from the internet",
		  "accept@5 user=amy from=203.0.113.9; Bastion@3 id=b user=amy" ON,
		  "5 amy direct-ssh not-judged\n", NULL },
		{ "too long before",
		  "accept@500 user=amy from=10.0.1.4; Bastion@3 id=b user=amy" ON,
		  "500 amy direct-ssh not-judged\n", NULL },
		{ "another machine",
		  "accept@5 user=amy from=10.0.1.4; Bastion@3 id=b user=amy account=s "
		  "on=/s/rg/virtualMachines/x",
		  "5 amy direct-ssh not-judged\n", NULL },
		{ "one login a connection",
		  "accept@5 user=amy from=10.0.1.4; accept@6 user=amy from=10.0.1.4;"
		  "Bastion@3 id=b user=amy tunnel=t" ON
		  "Bastion@4 id=c user=amy tunnel=t" ON,
		  "5 amy " BY_BASTION "call=b\n"
		  "6 amy direct-ssh not-judged\n",
		  NULL },
		{ "its address is known", AT_BASTION "accept@5 user=amy from=10.0.1.4",
		  "5 amy azure-bastion unauthorized/final no-api-call\n", NULL },
		{ "its address is known, and it connected one",
		  AT_BASTION
		  "accept@5 user=amy from=10.0.1.4;"
		  "accept@6 user=amy from=10.0.1.4; Bastion@3 id=b user=amy" ON,
		  "5 amy " BY_BASTION "call=b\n"
		  "6 amy azure-bastion unauthorized/final api-call-reused\n",
		  NULL },
		{ "with a certificate of Entra's",
		  "accept@5 user=amy@contoso.example certificate=x from=10.0.1.4;"
		  "Bastion@3 id=b user=amy@contoso.example" ON,
		  "5 amy@contoso.example azure-entra-ssh+azure-bastion unverifiable "
		  "not-covered weak-match through=b\n",
		  NULL },
	};
	static const struct scene_row unlogged[] = {
		{ "its address is known", AT_BASTION "accept@5 user=amy from=10.0.1.4",
		  "5 amy azure-bastion unverifiable not-covered\n", NULL },
		{ "its address is known, and another log",
		  AT_BASTION "accept@5 user=amy from=10.0.1.4;" COVERED,
		  "5 amy azure-bastion unverifiable not-covered\n", NULL },
		{ "connected all the same",
		  AT_BASTION
		  "accept@5 user=amy from=10.0.1.4; Bastion@3 id=b user=amy" ON,
		  "5 amy " BY_BASTION "call=b\n", NULL },
	};

	static const struct scene_row late[] = {
		{ "who this host is is learnt last",
		  "accept@5 user=amy from=10.0.1.4; Bastion@3 id=b user=amy" ON
		  "Bastion@3 id=x user=amy account=s on=/s/rg/virtualMachines/x;"
		  "accept@6 user=amy from=10.0.1.4;" WE,
		  "5 amy " BY_BASTION "call=b\n"
		  "6 amy direct-ssh not-judged\n",
		  NULL },
	};

	scene_check_rows(late, COUNT_OF(late), true, "", AUDITED);
	scene_check_rows(late, COUNT_OF(late), false, "", AUDITED "; now@90000");
	scene_check_rows(covered, COUNT_OF(covered), true, WE, AUDITED);
	scene_check_rows(covered, COUNT_OF(covered), false, WE, AUDITED "; now@90000");
	scene_check_rows(unlogged, COUNT_OF(unlogged), true, WE, "");
	scene_check_rows(unlogged, COUNT_OF(unlogged), false, WE, "now@100");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "run command", test_run_command },
		{ "managed run command", test_managed },
		{ "extension", test_extension },
		{ "sighted", test_sighted },
		{ "records of one call", test_records },
		{ "claims", test_claims },
		{ "coverage", test_coverage },
		{ "identity", test_identity },
		{ "Entra ID", test_entra },
		{ "Bastion", test_bastion },
		{ NULL, NULL },
	};

	return check_run("correlator/match_azure", tests);
}
