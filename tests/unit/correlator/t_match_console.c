/* SPDX-License-Identifier: Apache-2.0 */
/* Which connections vouch for serial consoles: on AWS pushes, weakly and 65 minutes long;
 * on Azure the latest of a day; on Google Cloud those that are open. */
#include "correlator/match.h"

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define OURS "account=111122223333 region=eu-west-1"
#define WE "identity instance=i-1 " OURS ";"
#define COVERED "proven@9000 " OURS
#define LOGIN "console@0 user=bob pid=5 tty=ttyS0;"
#define NO_TTY "console@0 user=bob pid=5;"

static void test_pushes(void)
{
	static const struct scene_row rows[] = {
		{ "pushed", LOGIN "Serial@-60 id=c on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
		{ "an hour before", LOGIN "Serial@-3931 id=c on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
		{ "earlier", LOGIN "Serial@-3932 id=c on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console unauthorized/final no-api-call\n", NULL },
		{ "seconds after", LOGIN "Serial@30 id=c on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
		{ "later", LOGIN "Serial@31 id=c on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console unauthorized/final no-api-call\n", NULL },
		{ "the latest wins",
		  LOGIN "Serial@-60 id=c on=i-1 serial=0 " OURS
			"; Serial@-20 id=d on=i-1 serial=0 " OURS
			"; Serial@-40 id=e on=i-1 serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=d\n", NULL },
		{ "of its port",
		  LOGIN "Serial@-60 id=c on=i-1 serial=0 " OURS
			"; Serial@-20 id=d on=i-1 serial=1 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
		{ "another port alone", LOGIN "Serial@-20 id=d on=i-1 serial=1 " OURS,
		  "0 bob aws-serial-console unauthorized/final no-api-call\n", NULL },
		{ "a port not said", LOGIN "Serial@-20 id=d on=i-1 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=d\n", NULL },
		{ "another instance", LOGIN "Serial@-20 id=d on=i-2 serial=0 " OURS,
		  "0 bob aws-serial-console unauthorized/final no-api-call\n", NULL },
		{ "in another case", LOGIN "Serial@-20 id=d on=I-1 serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=d\n", NULL },
		{ "one push, many logins",
		  LOGIN "console@60 user=eve pid=6 tty=ttyS0; Serial@-20 id=d on=i-1 "
			"serial=0 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match call=d\n"
		  "60 eve aws-serial-console authorized/final weak-match call=d\n",
		  NULL },
		{ "refused", LOGIN "Serial!@-20 id=d refused-on=i-1 " OURS,
		  "0 bob aws-serial-console unauthorized/final api-call-denied\n", NULL },
		{ "no tty: any port fits", NO_TTY "Serial@-20 id=d on=i-1 serial=1 " OURS,
		  "0 bob aws-serial-console authorized/final weak-match tty-unknown "
		  "call=d\n",
		  NULL },
		{ "no tty: absence proves nothing", NO_TTY,
		  "0 bob aws-serial-console unverifiable tty-unknown\n", NULL },
		{ "no tty: nor does a refusal",
		  NO_TTY "Serial!@-20 id=d refused-on=i-1 " OURS,
		  "0 bob aws-serial-console unverifiable tty-unknown\n", NULL },
		{ "a tty that turns out local is not judged",
		  NO_TTY "Serial@-20 id=d on=i-1 " OURS
			 "; console@1 user=bob pid=5 tty=tty1",
		  "0 bob local not-judged\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, COVERED);
}

static void test_unknown_instance(void)
{
	static const struct scene_row rows[] = {
		{ "which instance this is, is not known",
		  LOGIN "Serial@-60 id=c on=i-1 serial=0 " OURS "; " COVERED,
		  "0 bob aws-serial-console unverifiable no-api-log\n", NULL },
		{ "and learnt later",
		  LOGIN "Serial@-60 id=c on=i-1 serial=0 " OURS "; " COVERED ";" WE,
		  "0 bob aws-serial-console authorized/final weak-match call=c\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, "", "");
}

/* ---- Azure ---- */

#define VM                                                                               \
	"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/" \
	"vm"
#define AZURE "identity provider=azure instance=" VM " account=s;"
#define AZURE_COVERED "proven@90000 from=-200000 account=s; now@6"
#define TO_VM "on=" VM " account=s"

static void test_azure(void)
{
	static const struct scene_row rows[] = {
		{ "connected", LOGIN "Connect@-60 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "the day before", LOGIN "Connect@-86431 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "earlier", LOGIN "Connect@-86432 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "seconds after", LOGIN "Connect@30 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "nobody", LOGIN,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "another port", LOGIN "Connect@-60 id=c serial=1 " TO_VM,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "a port not said", LOGIN "Connect@-60 id=c " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "another machine",
		  LOGIN "Connect@-60 id=c serial=0 account=s on=" VM "2",
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "refused", LOGIN "Connect!@-60 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console unauthorized/final api-call-denied\n",
		  NULL },
		{ "refused at another port", LOGIN "Connect!@-60 id=c serial=1 " TO_VM,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "failed", LOGIN "Connect?@-60 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
		{ "failed after it was admitted",
		  LOGIN "Connect@-60 id=c correlation=x serial=0 " TO_VM
			"; Connect!@-59 id=d correlation=x serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "no tty", NO_TTY,
		  "0 bob azure-serial-console unverifiable tty-unknown\n", NULL },
		{ "no tty: any port", NO_TTY "Connect@-60 id=c serial=1 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match tty-unknown "
		  "call=c\n",
		  NULL },
		{ "logged out and in again",
		  LOGIN
		  "closed@50 service=login user=bob pid=5;"
		  "console@60 user=bob pid=6 tty=ttyS0; Connect@-60 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n"
		  "60 bob azure-serial-console authorized/final weak-match "
		  "same-connection call=c\n",
		  NULL },
		{ "connected anew between",
		  LOGIN "console@60 user=bob pid=6 tty=ttyS0;"
			"Connect@-60 id=c serial=0 " TO_VM
			"; Connect@30 id=d serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n"
		  "60 bob azure-serial-console authorized/final weak-match call=d\n",
		  NULL },
		{ "another port is another connection",
		  LOGIN "console@60 user=bob pid=6 tty=ttyS1;"
			"Connect@-60 id=c " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n"
		  "60 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
		{ "several records of one connection",
		  LOGIN "console@60 user=bob pid=6 tty=ttyS0;"
			"Connect@5 id=d correlation=X serial=0 " TO_VM
			"; Connect@-60 id=c correlation=x serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n"
		  "60 bob azure-serial-console authorized/final weak-match "
		  "same-connection call=c\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, AZURE, AZURE_COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, AZURE, AZURE_COVERED);
}

static void test_azure_uncovered(void)
{
	static const struct scene_row rows[] = {
		{ "half a day is covered", LOGIN,
		  "0 bob azure-serial-console unverifiable call-may-be-older\n", NULL },
		{ "a connection vouches all the same",
		  LOGIN "Connect@-60 id=c serial=0 " TO_VM,
		  "0 bob azure-serial-console authorized/final weak-match call=c\n",
		  NULL },
	};

	static const struct scene_row holes[] = {
		{ "a hole that is found later",
		  LOGIN AZURE_COVERED "; hole@-80000 from=-80000 until=-80000 account=s",
		  "0 bob azure-serial-console unverifiable call-may-be-older\n", NULL },
		{ "one before the day",
		  LOGIN AZURE_COVERED "; hole@-90000 from=-90000 until=-90000 account=s",
		  "0 bob azure-serial-console unauthorized/final no-api-call\n", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, AZURE,
			 "proven@90000 from=-40000 account=s");
	for (int complete = 0; complete < 2; complete++)
		scene_check_rows(holes, COUNT_OF(holes), complete, AZURE, "");
}

/* ---- Google Cloud ---- */

#define GOOGLE "identity provider=gcp instance=123 account=p;"
#define GOOGLE_COVERED "proven@90000 from=-200000 account=p; now@6"
#define TO_123 "on=123 account=p"

static void test_google(void)
{
	static const struct scene_row rows[] = {
		{ "connected", LOGIN "Dial@-60 id=c operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n", NULL },
		{ "long before, and still",
		  LOGIN "Dial@-150000 id=c operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n", NULL },
		{ "and disconnected after",
		  LOGIN "Dial@-60 id=c operation=o serial=0 " TO_123
			"; Hangup@60 id=d operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n", NULL },
		{ "disconnected before",
		  LOGIN "Dial@-99 id=c operation=o serial=0 " TO_123
			"; Hangup@-31 id=d operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console unauthorized/final no-api-call\n", NULL },
		{ "seconds before",
		  LOGIN "Dial@-99 id=c operation=o serial=0 " TO_123
			"; Hangup@-30 id=d operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final weak-match call=c\n", NULL },
		{ "the end is read first",
		  "Hangup@-31 id=d operation=o serial=0 " TO_123 ";" LOGIN
		  "Dial@-99 id=c operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console unauthorized/final no-api-call\n", NULL },
		{ "another one has ended",
		  LOGIN "Dial@-99 id=c operation=o serial=0 " TO_123
			"; Dial@-80 id=e operation=q serial=0 " TO_123
			"; Hangup@-50 id=d operation=q serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n", NULL },
		{ "only its end is in sight",
		  LOGIN "Hangup@60 id=d operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console unauthorized/final no-api-call\n", NULL },
		{ "another port", LOGIN "Dial@-60 id=c operation=o serial=1 " TO_123,
		  "0 bob gcp-serial-console unauthorized/final no-api-call\n", NULL },
		{ "another instance",
		  LOGIN "Dial@-60 id=c operation=o serial=0 on=124 account=p",
		  "0 bob gcp-serial-console unauthorized/final no-api-call\n", NULL },
		{ "refused", LOGIN "Dial!@-60 id=c serial=0 " TO_123,
		  "0 bob gcp-serial-console unauthorized/final api-call-denied\n", NULL },
		{ "no tty", NO_TTY "Dial@-60 id=c operation=o serial=1 " TO_123,
		  "0 bob gcp-serial-console authorized/final weak-match tty-unknown "
		  "call=c\n",
		  NULL },
		{ "several logins in one connection",
		  LOGIN "closed@50 service=login user=bob pid=5;"
			"console@60 user=eve pid=6 tty=ttyS0;"
			"Dial@-60 id=c operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n"
		  "60 eve gcp-serial-console authorized/final call=c\n",
		  NULL },
		{ "the second after its end",
		  LOGIN "closed@50 service=login user=bob pid=5;"
			"console@90 user=eve pid=6 tty=ttyS0;"
			"Dial@-60 id=c operation=o serial=0 " TO_123
			"; Hangup@55 id=d operation=o serial=0 " TO_123,
		  "0 bob gcp-serial-console authorized/final call=c\n"
		  "90 eve gcp-serial-console unauthorized/final no-api-call\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, GOOGLE, GOOGLE_COVERED);
	scene_check_rows(rows, COUNT_OF(rows), false, GOOGLE, GOOGLE_COVERED);
}

/* Where the log begins an hour before. */
static void test_google_uncovered(void)
{
	static const struct scene_row rows[] = {
		{ "not all of the day before is covered", LOGIN,
		  "0 bob gcp-serial-console unverifiable call-may-be-older\n", NULL },
		{ "but all since the session before, whose connection is known",
		  LOGIN "closed@50 service=login user=bob pid=5;"
			"Dial@-60 id=c operation=o serial=0 " TO_123
			"; Hangup@55 id=d operation=o serial=0 " TO_123
			"; console@90 user=eve pid=6 tty=ttyS0",
		  "0 bob gcp-serial-console authorized/final call=c\n"
		  "90 eve gcp-serial-console unauthorized/final no-api-call\n",
		  NULL },
		{ "that session's connection may still be open, where it is not",
		  LOGIN "closed@50 service=login user=bob pid=5;"
			"console@90 user=eve pid=6 tty=ttyS0",
		  "0 bob gcp-serial-console unverifiable call-may-be-older\n"
		  "90 eve gcp-serial-console unverifiable call-may-be-older\n",
		  NULL },
		{ "that session has not ended",
		  LOGIN "Dial@-60 id=c operation=o serial=0 " TO_123
			"; Hangup@55 id=d operation=o serial=0 " TO_123
			"; console@90 user=eve pid=6 tty=ttyS0",
		  "0 bob gcp-serial-console authorized/final call=c\n"
		  "90 eve gcp-serial-console unverifiable call-may-be-older\n",
		  NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, GOOGLE,
			 "proven@90000 from=-3600 account=p");
	scene_check_rows(rows, COUNT_OF(rows), false, GOOGLE,
			 "proven@90000 from=-3600 account=p");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "pushes", test_pushes },
		{ "unknown instance", test_unknown_instance },
		{ "Azure", test_azure },
		{ "Azure, not all covered", test_azure_uncovered },
		{ "Google Cloud", test_google },
		{ "Google Cloud, not all covered", test_google_uncovered },
		{ NULL, NULL },
	};

	return check_run("correlator/match_console", tests);
}
