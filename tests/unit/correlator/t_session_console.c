/* SPDX-License-Identifier: Apache-2.0 */
/* How the lines of login(1), PAM and logind are joined into console logins. */
#include "correlator/session.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define SERIAL "aws-serial-console unverifiable no-api-log"
#define WE "identity instance=i-1 account=111122223333 region=eu-west-1;"

static void test_joined(void)
{
	static const struct scene_row rows[] = {
		{ "one line", "console@0 user=bob pid=5 tty=ttyS0", "0 bob " SERIAL "\n",
		  NULL },
		{ "with PAM's",
		  "console@0 user=bob pid=5 tty=ttyS0; opened@0 service=login user=bob "
		  "pid=5",
		  "0 bob " SERIAL "\n", NULL },
		{ "PAM's first",
		  "opened@0 service=login user=bob pid=5; console@1 user=bob pid=5 "
		  "tty=ttyS0",
		  "0 bob " SERIAL "\n", NULL },
		{ "PAM's alone", "opened@0 service=login user=bob pid=5",
		  "0 bob " SERIAL " tty-unknown\n", NULL },
		{ "shadow's login says no tty", "console@0 user=bob pid=5",
		  "0 bob " SERIAL " tty-unknown\n", NULL },
		{ "two lines of util-linux",
		  "console@0 user=bob pid=5 tty=ttyS0; console@0 user=bob "
		  "pid=5 tty=ttyS0",
		  "0 bob " SERIAL "\n", NULL },
		{ "five seconds apart",
		  "console@0 user=bob tty=ttyS0; console@5 user=bob tty=ttyS0",
		  "0 bob " SERIAL "\n", NULL },
		{ "more", "console@0 user=bob tty=ttyS0; console@5.1 user=bob tty=ttyS0",
		  "0 bob " SERIAL "\n5.1 bob " SERIAL "\n", NULL },
		{ "another user",
		  "console@0 user=bob tty=ttyS0; console@1 user=eve tty=ttyS0",
		  "0 bob " SERIAL "\n1 eve " SERIAL "\n", NULL },
		{ "another tty",
		  "console@0 user=bob tty=ttyS0; console@1 user=bob tty=ttyS1",
		  "0 bob " SERIAL "\n1 bob " SERIAL "\n", NULL },
		{ "another pid", "console@0 user=bob pid=5; console@1 user=bob pid=6",
		  "0 bob " SERIAL " tty-unknown\n1 bob " SERIAL " tty-unknown\n", NULL },
		{ "another host", "console@0 user=bob host=a; console@1 user=bob host=b",
		  "0 bob " SERIAL " tty-unknown\n1 bob " SERIAL " tty-unknown\n", NULL },
		{ "the nearer of two",
		  "console@0 user=bob pid=5 tty=ttyS0; console@6 user=bob pid=6 "
		  "tty=ttyS0;"
		  "opened@5 service=login user=bob",
		  "0 bob " SERIAL "\n6 bob " SERIAL "\n", NULL },
		{ "a local console", "console@0 user=bob tty=tty1",
		  "0 bob local not-judged\n", NULL },
		{ "a local one that PAM told of first",
		  "opened@0 service=login user=bob pid=5; console@1 user=bob pid=5 "
		  "tty=tty1",
		  "0 bob local not-judged\n", NULL },
		{ "cron opens no console", "opened@0 service=cron user=root pid=5", "",
		  NULL },
		{ "logind tells the tty",
		  "opened@0 service=login user=bob pid=5;"
		  "logind@1 session=c1 user=bob leader=5 tty=tty2",
		  "0 bob local not-judged\n", NULL },
		{ "logind's leader is another",
		  "opened@0 service=login user=bob pid=5;"
		  "logind@1 session=c1 user=bob leader=6 tty=tty2",
		  "0 bob " SERIAL " tty-unknown\n", NULL },
		{ "root's line is written by a child of login",
		  "opened@0 service=login user=root pid=5; console@2.7 user=root pid=9 "
		  "tty=ttyS0",
		  "0 root " SERIAL "\n", NULL },
		{ "and may come first",
		  "console@2.7 user=root pid=9 tty=ttyS0; opened@0 service=login "
		  "user=root pid=5",
		  "2.7 root " SERIAL "\n", NULL },
		{ "root twice",
		  "opened@0 service=login user=root pid=5; console@1 user=root pid=9 "
		  "tty=ttyS0; opened@3 service=login user=root pid=15; console@4 "
		  "user=root pid=19 tty=ttyS1",
		  "0 root " SERIAL "\n3 root " SERIAL "\n", NULL },
		{ "nobody else's is",
		  "opened@0 service=login user=bob pid=5; console@2 "
		  "user=bob pid=9 tty=ttyS0",
		  "0 bob " SERIAL " tty-unknown\n2 bob " SERIAL "\n", NULL },
		{ "PAM's tells the tty",
		  "opened@0 service=login user=bob pid=5 tty=ttyS0", "0 bob " SERIAL "\n",
		  NULL },
		{ "of a local console", "opened@0 service=login user=bob pid=5 tty=tty1",
		  "0 bob local not-judged\n", NULL },
		{ "another tty than PAM's",
		  "opened@0 service=login user=bob tty=ttyS1; console@1 user=bob "
		  "tty=ttyS0",
		  "0 bob " SERIAL "\n1 bob " SERIAL "\n", NULL },
		{ "a host under load",
		  "opened@0 service=login user=bob pid=5; console@14 user=bob tty=ttyS0",
		  "0 bob " SERIAL "\n", NULL },
		{ "the other way round",
		  "console@14 user=bob tty=ttyS0; opened@0 service=login user=bob pid=5",
		  "14 bob " SERIAL "\n", NULL },
		{ "too much later",
		  "opened@0 service=login user=bob pid=5; console@15.1 user=bob "
		  "tty=ttyS0",
		  "0 bob " SERIAL " tty-unknown\n15.1 bob " SERIAL "\n", NULL },
		{ "logind alone makes no login", "logind@1 session=1 user=bob leader=6",
		  "", NULL },
	};

	scene_check_rows(rows, COUNT_OF(rows), true, WE, "");
}

/* Live, a line without a tty waits five seconds for one that names it. */
static void test_joining(void)
{
	static const struct scene_row rows[] = {
		{ "with a tty: at once", "console@0 user=bob pid=5 tty=ttyS0", NULL,
		  "0 bob aws-serial-console pending\n" },
		{ "without: not yet", "opened@0 service=login user=bob pid=5; now@4.9",
		  NULL, "" },
		{ "without: in the end", "opened@0 service=login user=bob pid=5; now@5",
		  NULL, "0 bob aws-serial-console pending\n" },
		{ "it comes",
		  "opened@0 service=login user=bob pid=5; now@1; console@0 user=bob "
		  "pid=5 tty=tty1; now@9",
		  NULL, "0 bob local not-judged\n" },
	};
	AUTO_SCENE struct scene scene;

	scene_check_rows(rows, COUNT_OF(rows), false, WE, "");

	scene_open_live(&scene);
	scene_play(&scene, WE "now@3; opened@0 service=login user=bob pid=5");
	CHECK_INT(correlator_next_deadline(scene.correlator), AT(8));
}

static void test_ports(void)
{
	static const struct {
		const char *name, *tty;
		bool is_serial;
	} rows[] = {
		{ "x86", "ttyS0", true },
		{ "its second", "ttyS1", true },
		{ "arm64", "ttyAMA0", true },
		{ "virtio", "hvc0", true },
		{ "Xen", "xvc0", true },
		{ "s390", "ttysclp0", true },
		{ "virtual", "tty1", false },
		{ "pseudo", "pts/0", false },
		{ "no number", "ttyS", false },
		{ "more than a number", "ttyS0x", false },
		{ "too large", "ttyS256", false },
		{ "largest", "ttyS255", true },
		{ "negative", "ttyS-1", false },
		{ "usb", "ttyUSB0", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;
		char text[64];

		check_row(rows[i].name);
		scene_open_complete(&scene);
		(void)snprintf(text, sizeof(text), "console@0 user=bob tty=%s",
			       rows[i].tty);
		scene_play(&scene, text);
		CHECK_TEXT(path_word(scene_verdict(&scene, 0).login->path),
			   rows[i].is_serial ? "aws-serial-console" : "local");
	}
}

static void test_view(void)
{
	AUTO_SCENE struct scene scene;
	const struct login *login;

	scene_open_complete(&scene);
	scene_play(&scene,
		   "opened@0 host=web-1 service=login user=bob evidence=1;"
		   "console@1 host=web-1 user=bob pid=5 evidence=2;"
		   "logind@2 host=web-1 session=9 user=bob leader=5 tty=ttyS0 evidence=3;"
		   "closed@50 host=web-1 service=login user=bob pid=5 evidence=4");
	login = scene_verdict(&scene, 0).login;
	CHECK_INT(login->kind, LOGIN_CONSOLE);
	CHECK_UINT(login->pid, 5);
	CHECK_SLICE(login->tty, SLICE("ttyS0"));
	CHECK_SLICE(login->host, SLICE("web-1"));
	CHECK_INT(login->ended_at, AT(50));
	CHECK_UINT(login->evidence_count, 4);
}

/* logind's sessions: which login they belong to, and which they end. */
static void test_logind(void)
{
	static const struct {
		const char *name, *script;
		us_time want; /* the end of the first login */
	} rows[] = {
		{ "by user and time",
		  "accept@0 user=a pid=7; logind@1 session=3 user=a;"
		  "logind-closed@9 session=3",
		  AT(9) },
		{ "by leader",
		  "accept@0 user=a pid=7; accept@1 user=a pid=8; logind@1 session=3 "
		  "user=a leader=7; logind-closed@9 session=3",
		  AT(9) },
		{ "another leader",
		  "accept@0 user=a pid=7; logind@1 session=3 user=a leader=9;"
		  "logind-closed@9 session=3",
		  US_TIME_NONE },
		{ "another user",
		  "accept@0 user=a pid=7; logind@1 session=3 user=b;"
		  "logind-closed@9 session=3",
		  US_TIME_NONE },
		{ "another session",
		  "accept@0 user=a pid=7; logind@1 session=3 user=a;"
		  "logind-closed@9 session=4",
		  US_TIME_NONE },
		{ "one session a login",
		  "accept@0 user=a pid=7; logind@0 session=3 user=a; accept@4 user=a "
		  "pid=8;"
		  "logind@1 session=4 user=a; logind-closed@9 session=4",
		  US_TIME_NONE },
		{ "a console's",
		  "console@0 user=a tty=ttyS0 pid=7; logind@1 session=3 user=a;"
		  "logind-closed@9 session=3",
		  AT(9) },
		{ "not a number",
		  "accept@0 user=a pid=7; logind@1 session=c3 user=a;"
		  "logind-closed@9 session=c3",
		  US_TIME_NONE },
		{ "no session at all", "logind-closed@9", US_TIME_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SCENE struct scene scene;

		check_row(rows[i].name);
		scene_open_complete(&scene);
		scene_play(&scene, "accept@-999 user=nobody pid=1");
		scene_play(&scene, rows[i].script);
		if (correlator_counts(scene.correlator).logins > 1)
			CHECK_INT(scene_verdict(&scene, 1).login->ended_at, rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "joined", test_joined },
		{ "joining takes its time", test_joining },
		{ "serial ports", test_ports },
		{ "what is kept of a login", test_view },
		{ "logind", test_logind },
		{ NULL, NULL },
	};

	return check_run("correlator/session_console", tests);
}
