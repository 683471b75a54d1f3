/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of serial consoles beside verdicts. */
#include "correlator/console.h"

#include <stdio.h>

#include "tests/support/check.h"
#include "tests/unit/correlator/scene.h"

#define VM                                                                               \
	"/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/" \
	"vm"
#define AZURE "identity provider=azure instance=" VM " account=s;"
#define TO_VM "serial=0 account=s on=" VM
#define GOOGLE "identity provider=gcp instance=123 account=p;"
#define TO_123 "serial=0 account=p on=123"
#define AWS "identity provider=aws instance=i-1 account=1 region=r;"
#define TO_I_1 "serial=0 account=1 region=r on=i-1"
#define LOGIN "console@0 user=bob pid=5 tty=ttyS0;"

#define TOLD_BYTES 4096

/* What is told but for verdicts. */
static const char *told_of(struct scene *scene, char text[TOLD_BYTES])
{
	struct slice rest = slice_text(scene_told(scene)), line;
	size_t len = 0;

	while (slice_take_until(&rest, '\n', &line))
		if (slice_starts_with(line, SLICE("! ")))
			len += (size_t)snprintf(text + len, TOLD_BYTES - len, "%.*s\n",
						SLICE_ARG(slice_skip(line, 2)));
	text[len] = '\0';
	return text;
}

struct row {
	const char *name, *script, *told;
};

static void check_rows(const struct row *rows, size_t count, const char *before,
		       const char *after)
{
	for (size_t i = 0; i < count; i++)
		for (int complete = 0; complete < 2; complete++) {
			AUTO_SCENE struct scene scene;
			char text[TOLD_BYTES];

			check_row(rows[i].name);
			if (complete)
				scene_open_complete(&scene);
			else
				scene_open_live(&scene);
			scene_play(&scene, before);
			scene_play(&scene, rows[i].script);
			scene_play(&scene, after);
			CHECK_TEXT(told_of(&scene, text), rows[i].told);
		}
}

static void test_taken_over(void)
{
	static const struct row azure[] = {
		{ "another one connects",
		  LOGIN "Connect@-9 id=c by=alice " TO_VM
			"; Connect@99 id=d by=eve " TO_VM,
		  "session-taken-over eve call=d\n" },
		{ "whatever comes first",
		  "Connect@99 id=d by=eve " TO_VM "; Connect@-9 id=c by=alice " TO_VM
		  ";" LOGIN,
		  "session-taken-over eve call=d\n" },
		{ "he himself",
		  LOGIN "Connect@-9 id=c by=alice " TO_VM
			"; Connect@99 id=d by=ALICE " TO_VM,
		  "" },
		{ "who is not known",
		  LOGIN "Connect@-9 id=c by=alice " TO_VM "; Connect@99 id=d " TO_VM,
		  "" },
		{ "to a session that has ended",
		  LOGIN "closed@50 service=login user=bob pid=5; Connect@-9 id=c "
			"by=alice " TO_VM "; Connect@99 id=d by=eve " TO_VM,
		  "" },
		{ "to another port",
		  LOGIN "Connect@-9 id=c by=alice " TO_VM
			"; Connect@99 id=d by=eve account=s serial=1 on=" VM,
		  "" },
		{ "several records of one connection",
		  LOGIN "Connect@-9 id=c by=alice " TO_VM
			"; Connect@100 id=e correlation=x by=eve " TO_VM
			"; Connect@99 id=d correlation=x by=eve " TO_VM,
		  NULL },
	};

	check_rows(azure, COUNT_OF(azure) - 1, AZURE, "");
	for (int complete = 0; complete < 2; complete++) {
		AUTO_SCENE struct scene scene;
		char text[TOLD_BYTES];
		struct slice told;

		if (complete)
			scene_open_complete(&scene);
		else
			scene_open_live(&scene);
		scene_play(&scene, AZURE);
		scene_play(&scene, azure[COUNT_OF(azure) - 1].script);
		told = slice_text(told_of(&scene, text));
		CHECK(slice_starts_with(told, SLICE("session-taken-over eve call=")));
		CHECK(slice_find_last(told, '\n') == (ptrdiff_t)told.len - 1 &&
		      !memchr(told.ptr, '\n', told.len - 1));
	}
}

#define READ "read@600 source=journal; now@700"

static void test_without_login(void)
{
	static const struct row azure[] = {
		{ "nobody logs in", "Connect@0 id=c " TO_VM,
		  "api-call-without-login serialPorts/connect call=c\n" },
		{ "somebody does", "Connect@-9 id=c " TO_VM ";" LOGIN, "" },
		{ "after five minutes, by clocks that differ",
		  "Connect@-330 id=c " TO_VM ";" LOGIN, "" },
		{ "after five minutes", "Connect@-331 id=c " TO_VM ";" LOGIN,
		  "api-call-without-login serialPorts/connect call=c\n" },
		{ "at another port",
		  "Connect@-9 id=c account=s serial=1 on=" VM ";" LOGIN,
		  "api-call-without-login serialPorts/connect call=c\n" },
		{ "a tty that is not said may be it",
		  "Connect@-9 id=c " TO_VM "; console@0 user=bob pid=5", "" },
		{ "to an open session",
		  LOGIN "Connect@-9 id=c " TO_VM "; Connect@99 id=d " TO_VM, "" },
		{ "to one that the host's restart has ended",
		  LOGIN "Connect@-9 id=c " TO_VM "; boot@4000; Connect@4100 id=d " TO_VM
			"; read@4600 source=journal",
		  NULL },
		{ "several records of it are one",
		  "Connect@0 id=c correlation=x " TO_VM
		  "; Connect@1 id=d correlation=x " TO_VM,
		  "api-call-without-login serialPorts/connect call=c\n" },
		{ "to another machine", "Connect@0 id=c account=s serial=0 on=" VM "2",
		  "" },
		{ "refused", "Connect!@0 id=c " TO_VM, "" },
		{ "not read so far", "Connect@400 id=c " TO_VM, "" },
	};
	static const struct row google[] = {
		{ "nobody logs in", "Dial@0 id=c operation=o " TO_123,
		  "api-call-without-login ssh-serialport.connect call=c\n" },
		{ "somebody does", "Dial@-9 id=c operation=o " TO_123 ";" LOGIN, "" },
	};
	static const struct row aws[] = {
		{ "a key need not be used", "Serial@0 id=c " TO_I_1, "" },
	};
	struct row known[COUNT_OF(azure)];
	size_t count = 0;

	for (size_t i = 0; i < COUNT_OF(azure); i++)
		if (azure[i].told)
			known[count++] = azure[i];
	check_rows(known, count, AZURE, READ);
	check_rows(google, COUNT_OF(google), GOOGLE, READ);
	check_rows(aws, COUNT_OF(aws), AWS, READ);
	check_rows(azure, 1, AZURE, "read@600 source=syslog; now@700");
}

/* Lines that nobody has read say nothing. */
static void test_unread(void)
{
	static const struct row rows[] = {
		{ "no log at all", "Connect@0 id=c " TO_VM, "" },
		{ "a gap",
		  "Connect@0 id=c " TO_VM
		  "; gap@99 source=journal path=journal cause=x from=10 until=20;" READ,
		  "evidence-gap x\n" },
	};

	check_rows(rows, COUNT_OF(rows), AZURE, "now@900");
}

static void test_reboot(void)
{
	static const struct row azure[] = {
		{ "a restart after somebody connected",
		  "Connect@0 id=c by=eve " TO_VM "; boot@600",
		  "reboot-during-console eve call=c\n" },
		{ "going down and coming up is one",
		  "Connect@0 id=c by=eve " TO_VM "; halt@600; boot@640",
		  "reboot-during-console eve call=c\n" },
		{ "the call is read later",
		  "halt@600; boot@640; Connect@0 id=c by=eve " TO_VM,
		  "reboot-during-console eve call=c\n" },
		{ "an hour after", "Connect@0 id=c " TO_VM "; boot@3600",
		  "reboot-during-console - call=c\n" },
		{ "later", "Connect@0 id=c " TO_VM "; boot@3601", "" },
		{ "before", "boot@-1; Connect@0 id=c " TO_VM, "" },
		{ "in a session", LOGIN "Connect@-9 id=c " TO_VM "; boot@9000",
		  "reboot-during-console - call=c\n" },
		{ "after it",
		  LOGIN "closed@90 service=login user=bob pid=5; Connect@-9 id=c " TO_VM
			"; boot@100",
		  "" },
		{ "the latest connection",
		  "Connect@0 id=c " TO_VM "; Connect@60 id=d " TO_VM "; boot@100",
		  "reboot-during-console - call=d\n" },
		{ "of another machine",
		  "Connect@0 id=c account=s serial=0 on=" VM "2; boot@100", "" },
		{ "refused", "Connect!@0 id=c " TO_VM "; boot@100", "" },
		{ "a forged line",
		  "Connect@0 id=c " TO_VM "; boot@100 trust=contradicted",
		  "forged-log-line boot\n" },
	};
	static const struct row google[] = {
		{ "while somebody is connected",
		  "Dial@0 id=c operation=o " TO_123 "; boot@600",
		  "reboot-during-console - call=c\n" },
		{ "after he has gone",
		  "Dial@0 id=c operation=o " TO_123 "; Hangup@60 id=d operation=o " TO_123
		  "; boot@600",
		  "" },
		{ "which is read later",
		  "boot@600; Dial@0 id=c operation=o " TO_123
		  "; Hangup@60 id=d operation=o " TO_123,
		  "" },
	};
	static const struct row aws[] = {
		{ "a key was pushed", "Serial@0 id=c " TO_I_1 "; boot@600",
		  "reboot-during-console - call=c\n" },
		{ "too long ago", LOGIN "Serial@-9 id=c " TO_I_1 "; boot@9000", "" },
	};

	check_rows(azure, COUNT_OF(azure), AZURE, "");
	check_rows(google, COUNT_OF(google), GOOGLE, "proven@9000 from=-900 account=p");
	check_rows(aws, COUNT_OF(aws), AWS, "");
}

/* A Google connection may have ended before: until that is known nothing is told. */
static void test_waits_for_proof(void)
{
	AUTO_SCENE struct scene scene;
	char text[TOLD_BYTES];

	scene_open_live(&scene);
	scene_play(&scene, GOOGLE "Dial@0 id=c operation=o " TO_123 "; boot@600");
	CHECK_TEXT(told_of(&scene, text), "");
	scene_play(&scene, "proven@599 from=-900 account=p");
	CHECK_TEXT(told_of(&scene, text), "");
	scene_play(&scene, "proven@600 from=-900 account=p");
	CHECK_TEXT(told_of(&scene, text), "reboot-during-console - call=c\n");
	scene_play(&scene, "boot@610; proven@700 from=-900 account=p");
	CHECK_TEXT(told_of(&scene, text), "");
}

static void test_boots(void)
{
	AUTO_SCENE struct scene scene;
	char text[32];

	scene_open_live(&scene);
	scene.unchecked = true;
	for (int i = 0; i < 3000; i++) {
		(void)snprintf(text, sizeof(text), "boot@%d", (i * 7) % 3000);
		scene_play(&scene, text);
	}
	CHECK(scene.correlator->boots.count == 1024);
	CHECK(boots_between(scene.correlator, AT(2999), AT(2999)));
	CHECK(!boots_between(scene.correlator, AT(0), AT(0)));
	boots_forget(scene.correlator, 9 * US_PER_SECOND);
	CHECK(scene.correlator->boots.count == 10);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "taken over", test_taken_over },
		{ "nobody logged in", test_without_login },
		{ "nobody has read", test_unread },
		{ "restarted meanwhile", test_reboot },
		{ "waits for proof", test_waits_for_proof },
		{ "starts are remembered", test_boots },
		{ NULL, NULL },
	};

	return check_run("correlator/observe_console", tests);
}
