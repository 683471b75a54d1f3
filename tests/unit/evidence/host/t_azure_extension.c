/* SPDX-License-Identifier: Apache-2.0 */
/* Logs of VMAccess and of older custom scripts: what ran, what was set, nothing else. */
#include "tests/support/check.h"
#include "tests/unit/evidence/host/azure_test.h"

#define CANARY "c4n4ry"
#define AT "2026/03/01 10:00:00 "
#define ACCESS AT "[Microsoft.OSTCExtensions.VMAccessForLinux-1.5.11] "
#define SCRIPT AT "[Microsoft.OSTCExtensions.CustomScriptForLinux-1.5.5] "
#define FROM " 2026-03-01T10:00:00Z from=azure-handler trust=root-file "
#define DOUBTED " 2026-03-01T10:00:00Z from=azure-handler trust=unverified "
#define OF_ACCESS "handler=Microsoft.OSTCExtensions.VMAccessForLinux version=1.5.11"
#define OF_SCRIPT "handler=Microsoft.OSTCExtensions.CustomScriptForLinux version=1.5.5"
#define RUN \
	ACCESS "sequence number is 3\n" ACCESS "set most recent sequence number to 3\n"
#define RAN "extension" FROM "stage=executed " OF_ACCESS " sequence=3\n"
#define SET ACCESS "Succeeded in creating the account or setting the password.\n"
#define DONE ACCESS "Enable,success,0,Enable succeeded.\n"
#define ENDED "extension" FROM "stage=ended " OF_ACCESS " sequence=3\n"

static const struct {
	const char *name, *log, *want;
} rows[] = {
	{ "new number", RUN, RAN },
	{ "enabled again",
	  ACCESS "sequence number is 3\n" ACCESS
		 "Current sequence number, 3, is not greater than the sequence number "
		 "of the most recent executed configuration. Exiting...\n",
	  "" },
	{ "new account with a password",
	  RUN AT "Change user password\n" AT "Created user account: amy\n" SET DONE,
	  RAN "credential-set" FROM "means=vm-access user=amy is_password\n" ENDED },
	{ "password of an account that was there",
	  RUN AT "CreateAccount: amy already exists. Will update password.\n" AT
		 "Change user password\n" SET DONE,
	  RAN "credential-set" FROM "means=vm-access user=amy is_password\n" ENDED },
	{ "key",
	  RUN AT "CreateAccount: amy already exists. Will update password.\n" SET ACCESS
		 "Succeeded in resetting ssh_key.\n" DONE,
	  RAN "credential-set" FROM "means=vm-access user=amy\n"
	      "credential-set" FROM "means=vm-access user=amy\n" ENDED },
	{ "key in place of others",
	  RUN ACCESS "Removed prior ssh keys and added new key for user amy\n" ACCESS
		     "Succeeded in resetting ssh_key.\n",
	  RAN "credential-set" FROM "means=vm-access user=amy\n" },
	{ "nobody is named", RUN SET, RAN "credential-set" FROM "means=vm-access\n" },
	{ "the next run's account is another",
	  RUN AT "Change user password\n" AT "Created user account: amy\n" SET DONE ACCESS
		 "set most recent sequence number to 4\n" SET,
	  RAN "credential-set" FROM "means=vm-access user=amy is_password\n" ENDED
	      "extension" FROM "stage=executed " OF_ACCESS " sequence=4\n"
	      "credential-set" FROM "means=vm-access\n" },
	{ "an account is removed", RUN ACCESS "Removing user account\n",
	  RAN "credential-set" FROM "means=vm-access is_removed\n" },
	{ "failed",
	  RUN AT "ERROR:[Microsoft.OSTCExtensions.VMAccessForLinux-1.5.11] Failed to "
		 "enable the extension with error: x\n" ACCESS
		 "Enable,error,0,Enable failed: x\n",
	  RAN ENDED },
	{ "older custom script",
	  SCRIPT "sequence number is 7\n" SCRIPT
		 "set most recent sequence number to 7\n" SCRIPT
		 "Enable,transitioning,0,Launching the script...\n" SCRIPT
		 "sequence number is 7\n" SCRIPT "Enable,success,0,Script is finished.\n",
	  "extension" FROM "stage=executed " OF_SCRIPT " sequence=7\n"
	  "extension" FROM "stage=ended " OF_SCRIPT " sequence=7\n" },
	{ "a script's words about accounts",
	  SCRIPT "Succeeded in resetting ssh_key.\n" SCRIPT "Removing user account\n",
	  "" },
	{ "taken away",
	  ACCESS "sequence number is 3\n" ACCESS
		 "Uninstall,success,0,Uninstall succeeded\n",
	  "extension" FROM "stage=removed " OF_ACCESS "\n" },
	{ "old version in an upgrade",
	  ACCESS
	  "sequence number is 3\n" ACCESS "Update,success,0,Update Succeeded\n" ACCESS
	  "sequence number is 3\n" ACCESS "Uninstall,success,0,Uninstall succeeded\n",
	  "" },
	{ "taken away later",
	  ACCESS "Update,success,0,Update Succeeded\n" RUN DONE ACCESS
		 "Uninstall,success,0,Uninstall succeeded\n",
	  RAN ENDED "extension" FROM "stage=removed " OF_ACCESS "\n" },
	{ "number of nothing", ACCESS "set most recent sequence number to x\n", "" },
	{ "number too large", ACCESS "set most recent sequence number to 4294967296\n",
	  "" },
	{ "more behind it", ACCESS "set most recent sequence number to 3 or so\n", "" },
	{ "without a handler", ACCESS "x\n" AT "set most recent sequence number to 3\n",
	  "" },
	{ "account of two words", RUN AT "Created user account: amy or bob\n" SET,
	  RAN "credential-set" FROM "means=vm-access\n" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++)
		for (size_t lines = 0; lines < 2; lines++) {
			AUTO_AZURE_TEST struct azure_test test;

			check_row(rows[i].name);
			azure_test_read(&test, rows[i].log, NULL, NULL, lines);
			CHECK_INT(test.kind, HOST_LOG_AZURE_EXTENSION);
			CHECK_TEXT(buf_text(&test.events), rows[i].want);
		}
}

/* Stamps are local time. */
static void test_local_time(void)
{
	static const char log[] =
		"2026/10/25 02:30:00 [a.VMAccessForLinux-1] set most recent sequence "
		"number to 1\n"
		"2026/10/25 02:50:00 x\n"
		"2026/10/25 02:30:00 [a.VMAccessForLinux-1] set most recent sequence "
		"number to 2\n";
	AUTO_AZURE_TEST struct azure_test test;
	char text[TIME_TEXT_BYTES];

	azure_test_read(&test, log, NULL, "Europe/Berlin", 1);
	CHECK_TEXT(buf_text(&test.events),
		   "extension 2026-10-25T00:30:00Z uncertainty=1h from=azure-handler "
		   "trust=root-file stage=executed handler=a.VMAccessForLinux version=1 "
		   "sequence=1\n"
		   "extension 2026-10-25T01:30:00Z from=azure-handler trust=root-file "
		   "stage=executed handler=a.VMAccessForLinux version=1 sequence=2\n");
	CHECK_TEXT(time_to_rfc3339(test.stats.first, text), "2026-10-25T00:30:00Z");
	CHECK_TEXT(time_to_rfc3339(test.stats.last, text), "2026-10-25T01:30:00Z");
}

/* A script's output may look like a sentence of its handler. Its lines have the stamp of
 * the record they stand in. */
static void test_output(void)
{
	static const struct {
		const char *name, *log, *want;
	} outputs[] = {
		{ "a number",
		  SCRIPT "set most recent sequence number to 7\n" SCRIPT
			 "Script is finished.\n" AT "---stdout---\n" SCRIPT
			 "set most recent sequence number to 9\n" AT
			 "---errout---\n" SCRIPT "Enable,success,0,x\n",
		  "extension" FROM "stage=executed " OF_SCRIPT " sequence=7\n"
		  "extension" DOUBTED "stage=executed " OF_SCRIPT " sequence=9\n"
		  "extension" DOUBTED "stage=ended " OF_SCRIPT " sequence=7\n" },
		{ "accounts",
		  SCRIPT "x\n" AT "---stdout---\n" ACCESS
			 "Succeeded in resetting ssh_key.\n" ACCESS
			 "Removing user account\n" ACCESS "Uninstall,success,x\n",
		  "" },
		{ "two handlers at a time",
		  SCRIPT "x\n" AT
			 "---stdout---\n2026/03/01 10:00:01 ---stdout---\n" SCRIPT
			 "set most recent sequence number to 9\n",
		  "extension" DOUBTED "stage=executed " OF_SCRIPT " sequence=9\n" },
		{ "a command of more than one line",
		  SCRIPT "Command to execute:echo\n" SCRIPT
			 "set most recent sequence number to 9\n",
		  "extension" DOUBTED "stage=executed " OF_SCRIPT " sequence=9\n" },
		{ "the next second",
		  SCRIPT "x\n" AT "---stdout---\n2026/03/01 10:00:01 "
			 "[a.VMAccessForLinux-1] set most recent sequence number to 9\n",
		  "extension 2026-03-01T10:00:01Z from=azure-handler trust=root-file "
		  "stage=executed handler=a.VMAccessForLinux version=1 sequence=9\n" },
	};

	for (size_t i = 0; i < COUNT_OF(outputs); i++)
		for (size_t lines = 0; lines < 2; lines++) {
			AUTO_AZURE_TEST struct azure_test test;

			check_row(outputs[i].name);
			azure_test_read(&test, outputs[i].log, NULL, NULL, lines);
			CHECK_TEXT(buf_text(&test.events), outputs[i].want);
		}
}

static void test_evidence(void)
{
	AUTO_AZURE_TEST struct azure_test test;

	azure_test_read(&test, RUN AT "Created user account: amy\n" SET DONE, NULL, NULL,
			0);
	CHECK_TEXT(buf_text(&test.texts),
		   ACCESS "set most recent sequence number to 3\n" SET ACCESS
			  "Enable,success,\n");
}

static void test_secrets(void)
{
	static const char *const lines[] = {
		ACCESS "JSON config: {\"publicSettings\": \"" CANARY "\"}",
		ACCESS "Enable,success,0," CANARY,
		ACCESS "Enable,error,0,Enable failed: " CANARY,
		ACCESS "Update,success,0," CANARY,
		ACCESS "set most recent sequence number to " CANARY,
		SCRIPT "Command to execute:mysql -p" CANARY,
		AT "Created user account: amy " CANARY,
		AT "CreateAccount: amy " CANARY " already exists. Will update password.",
		AT "Change user password " CANARY,
		AT CANARY,
	};

	for (size_t i = 0; i < COUNT_OF(lines); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(4096);
		AUTO_AZURE_TEST struct azure_test test;

		check_row(lines[i]);
		buf_append_format(&log, "%s%s\n%s%s", RUN, lines[i], SET, DONE);
		azure_test_read(&test, buf_text(&log), NULL, NULL, 0);
		CHECK(!azure_test_has(&test, CANARY));
		CHECK(azure_test_has(&test, "stage=executed"));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lines", test_lines },     { "local time", test_local_time },
		{ "output", test_output },   { "evidence", test_evidence },
		{ "secrets", test_secrets }, { NULL, NULL },
	};

	return check_run("evidence/host/azure_extension", tests);
}
