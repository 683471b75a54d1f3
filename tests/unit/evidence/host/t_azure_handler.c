/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of run commands and custom scripts: what ran, and that nothing else comes out. */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/azure_test.h"

#define CANARY "c4n4ry"
#define AT "time=2026-03-01T10:00:00Z "
#define SCRIPT AT "version=v2.1.10/git@1a2b3c4-clean "
#define ENABLE SCRIPT "operation=enable seq=3 "
#define MANAGED AT "version=v1.3.9/git@1a2b3c4-clean operation=enable "
#define FROM " 2026-03-01T10:00:00Z from=azure-handler trust=root-file "
#define OF_SCRIPT "handler=Microsoft.Azure.Extensions.CustomScript version=2.1.10"
#define OF_MANAGED                                                           \
	"handler=Microsoft.CPlat.Core.RunCommandHandlerLinux version=1.3.9 " \
	"name=patchweb"
#define SCRIPT_LOG "/var/log/azure/custom-script/handler.log"
#define MANAGED_LOG "/var/log/azure/run-command-handler/handler.log"
#define IMMEDIATE_LOG "/var/log/azure/run-command-handler/ImmediateRunCommandService.log"

static const struct {
	const char *name, *path, *log, *want;
} rows[] = {
	{ "number saved", SCRIPT_LOG, ENABLE "event=\"seqnum saved\" path=mrseq\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
	{ "executing", SCRIPT_LOG,
	  ENABLE "event=\"executing command\" "
		 "output=/var/lib/waagent/custom-script/download/3\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
	{ "what it executes is not told again", SCRIPT_LOG,
	  ENABLE "event=\"executing protected commandToExecute\" "
		 "output=/var/lib/waagent/custom-script/download/3\n",
	  "" },
	{ "enabled again", SCRIPT_LOG,
	  ENABLE "event=start\n" ENABLE "event=pre-check\n" ENABLE
		 "event=\"comparing seqnum\" path=mrseq\n" ENABLE
		 "event=exit message=\"the script configuration has already been "
		 "processed, will not run again\"\n",
	  "" },
	{ "ended", SCRIPT_LOG,
	  ENABLE "event=\"executed command\" "
		 "output=/var/lib/waagent/custom-script/download/3\n",
	  "extension" FROM "stage=ended " OF_SCRIPT " sequence=3\n" },
	{ "ended badly", SCRIPT_LOG,
	  ENABLE "event=\"failed to execute command\" error=\"command terminated with "
		 "exit status=1\" output=/var/lib/waagent/custom-script/download/3\n",
	  "extension" FROM "stage=ended " OF_SCRIPT " sequence=3\n" },
	{ "run command", "/var/log/azure/run-command/handler.log",
	  ENABLE "event=\"seqnum saved\" path=mrseq\n",
	  "extension" FROM "stage=executed handler=Microsoft.CPlat.Core.RunCommandLinux "
	  "version=2.1.10 sequence=3\n" },
	{ "managed run command", MANAGED_LOG,
	  MANAGED "extensionName=patchweb seq=3 event=\"seqnum saved\" "
		  "path=patchweb.mrseq\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n" },
	{ "managed run command, number in the folder alone", MANAGED_LOG,
	  MANAGED "extensionName=patchweb event=\"executing command\" "
		  "output=/var/lib/waagent/run-command-handler/download/patchweb/3\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n" },
	{ "no name", MANAGED_LOG, MANAGED "seq=3 extensionName= event=\"seqnum saved\"\n",
	  "extension" FROM
	  "stage=executed handler=Microsoft.CPlat.Core.RunCommandHandlerLinux "
	  "version=1.3.9 sequence=3\n" },
	{ "number nowhere", MANAGED_LOG,
	  MANAGED "extensionName=patchweb event=\"seqnum saved\" path=patchweb.mrseq\n",
	  "" },
	{ "negative number", SCRIPT_LOG,
	  SCRIPT "operation=enable seq=-1 event=\"seqnum saved\" path=mrseq\n", "" },
	{ "number too large", SCRIPT_LOG,
	  SCRIPT "operation=enable seq=4294967296 event=\"seqnum saved\"\n", "" },
	{ "immediate, by its file", IMMEDIATE_LOG,
	  MANAGED "extensionName=patchweb seq=3 event=\"seqnum saved\"\n",
	  "extension" FROM "stage=executed handler=managedruncommand.service "
	  "version=1.3.9 name=patchweb sequence=3\n" },
	{ "immediate, rotated", IMMEDIATE_LOG ".1",
	  MANAGED "extensionName=patchweb seq=3 event=\"seqnum saved\"\n",
	  "extension" FROM "stage=executed handler=managedruncommand.service "
	  "version=1.3.9 name=patchweb sequence=3\n" },
	{ "immediate, by its folder", NULL,
	  MANAGED "extensionName=patchweb event=\"executing command\" output=/var/lib/"
		  "waagent/run-command-handler/immediateDownload/patchweb/3\n",
	  "extension" FROM "stage=executed handler=managedruncommand.service "
	  "version=1.3.9 name=patchweb sequence=3\n" },
	{ "a copy, by its content", "/case/7/handler.log",
	  ENABLE "event=\"created data dir\" path=/var/lib/waagent/custom-script\n" ENABLE
		 "event=\"seqnum saved\" path=mrseq\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
	{ "a copy, by its folder", "/case/7/handler.log",
	  ENABLE "event=\"creating output directory\" "
		 "path=/var/lib/waagent/custom-script/download/3\n" ENABLE
		 "event=\"executing command\" "
		 "output=/var/lib/waagent/custom-script/download/3\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
	{ "a copy, by its name", "/case/7/handler.log",
	  MANAGED "extensionName=patchweb seq=3 event=\"seqnum saved\"\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n" },
	{ "another handler", "/var/log/azure/Contoso.Tools.Runner/handler.log",
	  ENABLE "event=\"seqnum saved\" path=mrseq\n",
	  "extension" FROM "stage=executed handler=Contoso.Tools.Runner version=2.1.10 "
	  "sequence=3\n" },
	{ "nobody's", "/case/7/handler.log", ENABLE "event=\"seqnum saved\" path=mrseq\n",
	  "" },
	{ "run as another user", MANAGED_LOG,
	  MANAGED
	  "extensionName=patchweb event=\"executing command\" "
	  "output=/var/lib/waagent/run-command-handler/download/patchweb/3\n" MANAGED
	  "extensionName=patchweb message=\"RunAsUser is amy\"\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n"
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3 run_as_user=amy\n" },
	{ "run as a user of another command", MANAGED_LOG,
	  MANAGED "extensionName=patchweb seq=3 event=\"executing command\"\n" MANAGED
		  "extensionName=other message=\"RunAsUser is amy\"\n" MANAGED
		  "extensionName=patchweb seq=4 message=\"RunAsUser is amy\"\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n" },
	{ "run as somebody odd", MANAGED_LOG,
	  MANAGED "extensionName=patchweb seq=3 event=\"executing command\"\n" MANAGED
		  "extensionName=patchweb message=\"RunAsUser is amy and more\"\n",
	  "extension" FROM "stage=executed " OF_MANAGED " sequence=3\n" },
	{ "taken away", SCRIPT_LOG,
	  SCRIPT "operation=uninstall seq=0 path=/var/lib/waagent/custom-script "
		 "event=uninstalled\n",
	  "extension" FROM "stage=removed " OF_SCRIPT "\n" },
	{ "old version in an upgrade", SCRIPT_LOG,
	  SCRIPT "operation=update seq=3 event=start\n" SCRIPT
		 "operation=uninstall seq=3 event=start\n" SCRIPT
		 "operation=uninstall seq=3 event=uninstalled\n",
	  "" },
	{ "taken away later", SCRIPT_LOG,
	  SCRIPT "operation=update seq=3 event=start\n" SCRIPT
		 "operation=install seq=3 event=start\n" SCRIPT
		 "operation=uninstall seq=3 event=uninstalled\n",
	  "extension" FROM "stage=removed " OF_SCRIPT "\n" },
	{ "lines of the shim", SCRIPT_LOG,
	  "+ nohup /var/lib/waagent/x/bin/custom-script-extension enable\n" ENABLE
	  "event=\"seqnum saved\" path=mrseq\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
	{ "odd version", SCRIPT_LOG,
	  AT "version=dev operation=enable seq=3 event=\"seqnum saved\"\n",
	  "extension" FROM
	  "stage=executed handler=Microsoft.Azure.Extensions.CustomScript "
	  "sequence=3\n" },
	{ "odd name", MANAGED_LOG,
	  MANAGED "extensionName=../x seq=3 event=\"seqnum saved\"\n",
	  "extension" FROM
	  "stage=executed handler=Microsoft.CPlat.Core.RunCommandHandlerLinux "
	  "version=1.3.9 sequence=3\n" },
	{ "an event in a message", SCRIPT_LOG,
	  ENABLE "message=\"x event=\\\"seqnum saved\\\" seq=9\"\n" ENABLE
		 "message=\"\\\\\" event=noop\n",
	  "" },
	{ "a quote that does not end", SCRIPT_LOG,
	  ENABLE "event=\"seqnum saved\" message=\"x\n", "" },
	{ "more than fields", SCRIPT_LOG, ENABLE "event=\"seqnum saved\" and more\n",
	  "" },
	{ "carriage return", SCRIPT_LOG, ENABLE "event=\"seqnum saved\"\r\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=3\n" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t lines = 0; lines < 2; lines++) {
			AUTO_AZURE_TEST struct azure_test test;

			check_row(rows[i].name);
			azure_test_read(&test, rows[i].log, rows[i].path, NULL, lines);
			CHECK_INT(test.kind, HOST_LOG_AZURE_HANDLER);
			CHECK_TEXT(buf_text(&test.events), rows[i].want);
		}
}

static void test_recognise(void)
{
	static const struct {
		const char *name, *text;
		enum host_log_kind want;
	} known[] = {
		{ "handler", ENABLE "event=start\n", HOST_LOG_AZURE_HANDLER },
		{ "the shim first",
		  "Writing a placeholder status file\n" ENABLE "event=x\n",
		  HOST_LOG_AZURE_HANDLER },
		{ "another logfmt", "time=2026-03-01T10:00:00Z level=info msg=hello\n",
		  HOST_LOG_UNKNOWN },
		{ "no time", "time=now version=v1/x event=start\n", HOST_LOG_UNKNOWN },
		{ "nothing but a time", "time=2026-03-01T10:00:00Z\n", HOST_LOG_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		check_row(known[i].name);
		CHECK_INT(host_log_recognise(slice_text(known[i].text)), known[i].want);
	}
}

static void test_evidence(void)
{
	AUTO_AZURE_TEST struct azure_test test;

	azure_test_read(
		&test,
		MANAGED
		"extensionName=patchweb event=\"executing command\" output="
		"/var/lib/waagent/run-command-handler/download/patchweb/3\n" MANAGED
		"extensionName=patchweb message=\"RunAsUser is amy\"\n" SCRIPT
		"operation=uninstall event=uninstalled\n",
		MANAGED_LOG, NULL, 0);
	CHECK_TEXT(buf_text(&test.texts),
		   "2026-03-01T10:00:00Z operation=enable seq=3 event=\"executing "
		   "command\" extensionName=patchweb\n"
		   "2026-03-01T10:00:00Z operation=enable event=\"RunAsUser\" "
		   "extensionName=patchweb\n"
		   "2026-03-01T10:00:00Z operation=uninstall event=\"uninstalled\"\n");
}

/* Secrets wherever such a line can hold one, in every shape that a value can have. */
static void test_secrets(void)
{
	static const char *const lines[] = {
		"message=\"RunAs cmd is echo " CANARY " | sudo -S -u amy /home/amy/x\"",
		"message=\"RunAsUser is amy " CANARY "\"",
		"message=\"RunAsUser is " CANARY "\\\\nx y\"",
		"scriptUri=https://example.blob.core.windows.net/a?sig=" CANARY,
		"scriptUri=\"https://example.blob.core.windows.net/a?sig=" CANARY "\"",
		"error=\"failed to download https://x/?sv=1&sig=" CANARY "\"",
		"message=\"inside appendBlobClient. Output is '" CANARY "'\"",
		"event=\"executing command\" output=\"/x " CANARY "/3\"",
		"event=\"executing command\" output=/" CANARY "/3",
		"event=\"seqnum saved\" path=/run-command-handler/" CANARY "/3",
		"event=\"seqnum saved " CANARY "\"",
		"event=" CANARY,
		"operation=" CANARY " event=\"seqnum saved\"",
		"seq=" CANARY " event=\"seqnum saved\"",
		"version=v" CANARY "/x event=\"seqnum saved\"",
		CANARY "=x event=\"seqnum saved\"",
		"event=\"seqnum saved\" " CANARY,
		"extensionName=\"a " CANARY "\" event=\"seqnum saved\"",
	};

	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(4096);
		AUTO_AZURE_TEST struct azure_test test;

		check_row(lines[i]);
		buf_append_format(&log, "%s%s\n%s%s\n%s%s\n", ENABLE,
				  "event=\"executing command\"", ENABLE, lines[i],
				  MANAGED "extensionName=a seq=3 ", lines[i]);
		azure_test_read(&test, buf_text(&log), SCRIPT_LOG, NULL, 0);
		CHECK(!azure_test_has(&test, CANARY));
		CHECK(azure_test_has(&test, "stage=executed"));
	}
}

static void test_stats(void)
{
	AUTO_AZURE_TEST struct azure_test test;
	char text[TIME_TEXT_BYTES];

	azure_test_read(&test,
			ENABLE "event=start\nfoo\n"
			       "time=2026-03-01T11:00:00Z version=v2.1.10/x event=end\n"
			       "bar\n",
			SCRIPT_LOG, NULL, 0);
	CHECK_UINT(test.stats.lines, 4);
	CHECK_TEXT(time_to_rfc3339(test.stats.first, text), "2026-03-01T10:00:00Z");
	CHECK_TEXT(time_to_rfc3339(test.stats.last, text), "2026-03-01T11:00:00Z");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lines", test_lines },       { "recognise", test_recognise },
		{ "evidence", test_evidence }, { "secrets", test_secrets },
		{ "statistics", test_stats },  { NULL, NULL },
	};

	return check_run("evidence/host/azure_handler", tests);
}
