/* SPDX-License-Identifier: Apache-2.0 */
/* Which pushes vouch for serial consoles: weakly, and 65 minutes long. */
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

int main(void)
{
	static const struct check_test tests[] = {
		{ "pushes", test_pushes },
		{ "unknown instance", test_unknown_instance },
		{ NULL, NULL },
	};

	return check_run("correlator/match_console", tests);
}
