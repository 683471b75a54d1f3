/* SPDX-License-Identifier: Apache-2.0 */
/* waagent.log and its copies: every form of its lines, what may be believed of them. */
#include <string.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/unit/evidence/host/azure_test.h"
#include "tests/unit/evidence/host/host_test.h"

#define ID "62d15107-52a7-40a4-949e-62496ef41ca7"
#define GOAL_STATE                                                                   \
	"ProcessExtensionsGoalState started [etag_15 channel: HostGAPlugin source: " \
	"FastTrack activity: 845594b9-d46c-4649-9f3d-be3bbf795a21 correlation " ID   \
	" created: 2026-03-01T09:59:57.609077Z]"
#define AT "2026-03-01T10:00:00.000001Z INFO ExtHandler "
#define SCRIPT "[Microsoft.Azure.Extensions.CustomScript-2.1.10] "
#define OF_SCRIPT " handler=Microsoft.Azure.Extensions.CustomScript version=2.1.10"
#define HEAD "2026-03-01T10:00:00.000001Z from=azure-agent trust=root-file "

/* One line after one that begins the log. */
static const struct {
	const char *name, *line, *want;
} rows[] = {
	{ "goal state", AT "ExtHandler " GOAL_STATE,
	  "extension " HEAD "stage=goal-state correlation_id=" ID
	  " created_at=2026-03-01T09:59:57.609077Z" },
	{ "goal state, upper case",
	  AT "ExtHandler ProcessExtensionsGoalState started [etag_1 correlation "
	     "62D15107-52A7-40A4-949E-62496EF41CA7 created: None]",
	  "extension " HEAD "stage=goal-state correlation_id=" ID },
	{ "goal state without an operation",
	  AT "ExtHandler ProcessExtensionsGoalState started [incarnation_1 channel: "
	     "WireServer source: Fabric activity: None correlation "
	     "00000000-0000-0000-0000-000000000000 created: 2026-03-01T09:00:00Z]",
	  "extension " HEAD "stage=goal-state created_at=2026-03-01T09:00:00Z" },
	{ "goal state of 2.7",
	  AT "ExtHandler ProcessExtensionsInGoalState started [Incarnation: 2; Activity "
	     "Id: 845594b9-d46c-4649-9f3d-be3bbf795a21; Correlation Id: " ID
	     "; GS Creation Time: 2026-03-01T09:59:57.609077Z]",
	  "extension " HEAD "stage=goal-state correlation_id=" ID
	  " created_at=2026-03-01T09:59:57.609077Z" },
	{ "goal state of 2.2", AT "ProcessGoalState started [incarnation 2]",
	  "extension " HEAD "stage=goal-state" },
	{ "goal state, done",
	  AT "ExtHandler ProcessExtensionsGoalState completed [etag_15 12 ms]", "" },
	{ "goal state, something behind", AT "ExtHandler " GOAL_STATE " x", "" },
	{ "goal state, odd bytes",
	  AT "ExtHandler ProcessExtensionsGoalState started [a\"b correlation " ID "]",
	  "" },
	{ "another id",
	  AT "ExtHandler Fetched new vmSettings [HostGAPlugin correlation ID: " ID
	     " eTag: 15 source: FastTrack]",
	  "" },
	{ "settings", AT SCRIPT "Update settings file: 3.settings",
	  "extension " HEAD "stage=settings" OF_SCRIPT " sequence=3" },
	{ "settings, no thread",
	  "2026-03-01T10:00:00.000001Z INFO " SCRIPT "Update settings file: 3.settings",
	  "extension " HEAD "stage=settings" OF_SCRIPT " sequence=3" },
	{ "settings, another thread",
	  "2026-03-01T10:00:00.000001Z INFO MainThread " SCRIPT
	  "Update settings file: 3.settings",
	  "extension " HEAD "stage=settings" OF_SCRIPT " sequence=3" },
	{ "settings of 2.2.45",
	  "2026/03/01 10:00:00.000001 INFO " SCRIPT "Update settings file: 3.settings",
	  "extension " HEAD "stage=settings" OF_SCRIPT " sequence=3" },
	{ "settings of a managed run command",
	  AT "[Microsoft.CPlat.Core.RunCommandHandlerLinux.patch-web.1-1.3.9] Update "
	     "settings file: patch-web.1.3.settings",
	  "extension " HEAD
	  "stage=settings handler=Microsoft.CPlat.Core.RunCommandHandlerLinux "
	  "version=1.3.9 name=patch-web.1 sequence=3" },
	{ "settings of nobody", AT "ExtHandler Update settings file: 3.settings", "" },
	{ "settings without a number", AT SCRIPT "Update settings file: x.settings", "" },
	{ "settings, too large", AT SCRIPT "Update settings file: 99999999999.settings",
	  "" },
	{ "settings, odd name", AT SCRIPT "Update settings file: ../../x.3.settings",
	  "" },
	{ "no settings", AT SCRIPT "Extension has no settings, write empty 0.settings",
	  "" },
	{ "enabled before", AT SCRIPT "[Enable] current handler state is: enabled",
	  "extension " HEAD "stage=state" OF_SCRIPT " was_enabled" },
	{ "not there before", AT SCRIPT "[Enable] current handler state is: notinstalled",
	  "extension " HEAD "stage=state" OF_SCRIPT },
	{ "state, more words", AT SCRIPT "[Enable] current handler state is: enabled now",
	  "" },
	{ "taken away", AT SCRIPT "[Uninstall] current handler state is: enabled",
	  "extension " HEAD "stage=removed" OF_SCRIPT },
	{ "never there", AT SCRIPT "[Uninstall] current handler state is: notinstalled",
	  "" },
	{ "old version in an upgrade",
	  AT SCRIPT "Uninstall extension [bin/custom-script-shim uninstall]", "" },
	{ "enable is no execution",
	  AT SCRIPT "Enable extension: [bin/custom-script-shim enable]", "" },
	{ "command is no execution",
	  AT SCRIPT "Executing command: /x/custom-script-shim enable with environment "
		    "variables: {\"ConfigSequenceNumber\": \"3\"}",
	  "" },
	{ "user added",
	  AT "ExtHandler Adding remote access user 'bob' with expiration date "
	     "2026-03-02",
	  "credential-set " HEAD "means=jit-user user=bob is_password" },
	{ "user added, odd date",
	  AT "ExtHandler Adding remote access user 'bob' with expiration date soon", "" },
	{ "user with a quote",
	  AT "ExtHandler Adding remote access user 'b'ob' with expiration date "
	     "2026-03-02",
	  "credential-set " HEAD "means=jit-user user=b'ob is_password" },
	{ "user of two words",
	  AT "ExtHandler Adding remote access user 'b ob' with expiration date "
	     "2026-03-02",
	  "" },
	{ "user to sudoers", AT "ExtHandler Adding remote access user 'bob' to sudoers",
	  "" },
	{ "user removed", AT "ExtHandler Removing remote access user 'bob'",
	  "credential-set " HEAD "means=jit-user user=bob is_removed" },
	{ "an extension's own words", AT SCRIPT "Removing remote access user 'bob'", "" },
	{ "no part of the agent",
	  "2026-03-01T10:00:00.000001Z INFO Removing remote access user 'bob'", "" },
	{ "no time zone",
	  "2026-03-01T10:00:00.000001 INFO ExtHandler Removing remote access user 'bob'",
	  "" },
	{ "no such day",
	  "2026-02-30T10:00:00.000001Z INFO ExtHandler Removing remote access user "
	  "'bob'",
	  "" },
	{ "carriage return", AT "Removing remote access user 'bob'\r",
	  "credential-set " HEAD "means=jit-user user=bob is_removed" },
};

static void test_lines(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(4096);
		AUTO_BUF struct buf want = BUF_LIMIT(4096);
		AUTO_AZURE_TEST struct azure_test test;

		check_row(rows[i].name);
		buf_append_format(&log, "%s\n%s\n",
				  "2026-03-01T09:00:00.000000Z INFO ExtHandler begins",
				  rows[i].line);
		if (rows[i].want[0])
			buf_append_format(&want, "%s\n", rows[i].want);
		azure_test_read(&test, buf_text(&log), NULL, NULL, 0);
		CHECK_INT(test.kind, HOST_LOG_AZURE_AGENT);
		CHECK_TEXT(buf_text(&test.events), buf_text(&want));
	}
}

static void test_recognise(void)
{
	static const struct {
		const char *name, *text;
		enum host_log_kind want;
	} known[] = {
		{ "new", AT "ExtHandler hello\n", HOST_LOG_AZURE_AGENT },
		{ "daemon", "2026-03-01T10:00:00.000001Z INFO Daemon hello\n",
		  HOST_LOG_AZURE_AGENT },
		{ "of a handler", AT SCRIPT "hello\n", HOST_LOG_AZURE_AGENT },
		{ "old", "2020/03/30 19:35:35.971742 INFO Daemon hello\n",
		  HOST_LOG_AZURE_AGENT },
		{ "old, no part",
		  "2023/06/07 08:04:35.336313 WARNING Disabling guest agent\n",
		  HOST_LOG_AZURE_AGENT },
		{ "begins within a record", "[stdout]\nfoo\n\n[stderr]\n" AT "x\n",
		  HOST_LOG_AZURE_AGENT },
		{ "an extension before it knows its log",
		  "2021/03/30 19:45:31 [Microsoft.OSTCExtensions.VMAccessForLinux-1.5.11]"
		  " cwd is /var/lib/waagent\n" AT "x\n",
		  HOST_LOG_AZURE_AGENT },
		{ "another program", "2026-03-01T10:00:00.000001Z INFO main hello\n",
		  HOST_LOG_UNKNOWN },
		{ "no level", "2026/03/01 10:00:00.000001 hello\n", HOST_LOG_UNKNOWN },
	};

	for (size_t i = 0; i < COUNT_OF(known); i++) {
		check_row(known[i].name);
		CHECK_INT(host_log_recognise(slice_text(known[i].text)), known[i].want);
	}
}

/* Old lines are in local time; the hour that happens twice is followed. */
static void test_local_time(void)
{
	static const char log[] = "2026/10/25 02:30:00.000000 INFO " SCRIPT
				  "Update settings file: 1.settings\n"
				  "2026/10/25 02:50:00.000000 INFO Daemon x\n"
				  "2026/10/25 02:30:00.000000 INFO " SCRIPT
				  "Update settings file: 2.settings\n";
	AUTO_AZURE_TEST struct azure_test test;

	azure_test_read(&test, log, NULL, "Europe/Berlin", 1);
	CHECK_TEXT(buf_text(&test.events),
		   "extension 2026-10-25T00:30:00Z uncertainty=1h from=azure-agent "
		   "trust=root-file stage=settings" OF_SCRIPT " sequence=1\n"
		   "extension 2026-10-25T01:30:00Z from=azure-agent trust=root-file "
		   "stage=settings" OF_SCRIPT " sequence=2\n");
	CHECK_UINT(test.stats.lines, 3);
}

#define COMMAND AT SCRIPT "Command: bin/custom-script-shim enable\n[stdout]\n"
#define FORGED(time)                                                         \
	time "Z INFO ExtHandler ExtHandler Adding remote access user 'eve' " \
	     "with expiration date 2026-03-02\n"

/* A command's output may hold anything. */
static void test_output(void)
{
	static const struct {
		const char *name, *log, *want;
	} outputs[] = {
		{ "dated before its record", COMMAND FORGED("2026-03-01T09:59:59.9"),
		  "" },
		{ "dated as its record", COMMAND FORGED("2026-03-01T10:00:00.000001"),
		  "credential-set 2026-03-01T10:00:00.000001Z from=azure-agent "
		  "trust=unverified means=jit-user user=eve is_password\n" },
		{ "an account is not gone for that",
		  COMMAND
		  "2026-03-01T10:00:01Z INFO ExtHandler ExtHandler Removing remote "
		  "access user 'bob'\n",
		  "" },
		{ "no record before it", "[stdout]\n" FORGED("2026-03-01T10:00:01.5"),
		  "credential-set 2026-03-01T10:00:01.500000Z from=azure-agent "
		  "trust=unverified "
		  "means=jit-user user=eve is_password\n" },
	};

	for (size_t i = 0; i < COUNT_OF(outputs); i++)
		for (size_t lines = 0; lines < 3; lines++) {
			AUTO_AZURE_TEST struct azure_test test;

			check_row(outputs[i].name);
			azure_test_read(&test, outputs[i].log, NULL, NULL, lines);
			CHECK_TEXT(buf_text(&test.events), outputs[i].want);
		}
}

/* How far a command's output may reach: no further than the agent prints of it. */
static void test_output_end(void)
{
	static const struct {
		const char *name;
		size_t filler;	    /* characters of output before the line */
		const char *escape; /* what one of them is written as */
		const char *trust;
	} ends[] = {
		{ "near", 100, "x", "trust=unverified" },
		{ "at its end", 3200, "x", "trust=unverified" },
		{ "behind it", LIMIT_AZURE_OUTPUT_CHARACTERS, "x", "trust=root-file" },
		{ "near, but of long characters", 3200, "\\xe4", "trust=unverified" },
		{ "longer ones", 3200, "\\u20ac", "trust=unverified" },
		{ "the longest", 3200, "\\U0001f600", "trust=unverified" },
		{ "behind them", LIMIT_AZURE_OUTPUT_CHARACTERS, "\\U0001f600",
		  "trust=root-file" },
	};

	for (size_t i = 0; i < COUNT_OF(ends); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(65536);
		AUTO_AZURE_TEST struct azure_test test;

		check_row(ends[i].name);
		buf_append_text(&log, COMMAND);
		for (size_t j = 0; j < ends[i].filler; j++)
			buf_append_text(&log, ends[i].escape);
		buf_append_text(&log, "\n" FORGED("2026-03-01T10:00:01"));
		azure_test_read(&test, buf_text(&log), NULL, NULL, 0);
		CHECK(azure_test_has(&test, ends[i].trust));
	}
}

/* What a script prints as a date does not become the log's. */
static void test_stats(void)
{
	AUTO_AZURE_TEST struct azure_test test;
	char text[TIME_TEXT_BYTES];

	azure_test_read(&test, COMMAND FORGED("2036-03-01T10:00:00"), NULL, NULL, 0);
	CHECK_TEXT(time_to_rfc3339(test.stats.last, text), "2026-03-01T10:00:00.000001Z");
	CHECK_UINT(test.stats.lines, 3);
}

static void test_evidence(void)
{
	AUTO_AZURE_TEST struct azure_test test;

	azure_test_read(&test,
			AT
			"ExtHandler " GOAL_STATE "\n" AT SCRIPT
			"Update settings file: 3.settings\n" AT
			"[Microsoft.CPlat.Core.RunCommandHandlerLinux.a-1.3.9] [Enable] "
			"current handler state is: enabled\n" AT
			"ExtHandler Removing remote access user 'bob'\n",
			NULL, NULL, 0);
	CHECK_TEXT(
		buf_text(&test.texts),
		"2026-03-01T10:00:00.000001Z INFO ProcessExtensionsGoalState started "
		"[correlation " ID " created: 2026-03-01T09:59:57.609077Z]\n"
		"2026-03-01T10:00:00.000001Z INFO " SCRIPT
		"Update settings file: 3.settings\n"
		"2026-03-01T10:00:00.000001Z INFO "
		"[Microsoft.CPlat.Core.RunCommandHandlerLinux.a-1.3.9] [Enable] current "
		"handler state is: enabled\n"
		"2026-03-01T10:00:00.000001Z INFO Removing remote access user 'bob'\n");
}

static struct journal_fields agent_fields(void)
{
	return (struct journal_fields){
		.realtime = (us_time)1772359200 * US_PER_SECOND,
		.source_realtime = US_TIME_NONE,
		.hostname = SLICE("box"),
		.transport = SLICE("stdout"),
		.comm = SLICE("python3"),
		.unit = SLICE("walinuxagent.service"),
		.uid = 0,
		.pid = 1611,
		.ident = SLICE("python3"),
	};
}

/* The same line in the journal and in syslog: the same event. */
static void test_copies(void)
{
	static const char line[] = AT SCRIPT "Update settings file: 3.settings";
	const struct record record = { .bytes = slice_text(line) };
	struct journal_fields fields = agent_fields();
	struct event entry, message;

	CHECK(host_message_wanted(record.bytes));
	CHECK_UINT(host_test_entry(&fields, record.bytes, &entry), 1);
	CHECK_TEXT(host_test_text(1, &entry),
		   "extension - from=journal trust=unverified stage=settings" OF_SCRIPT
		   " sequence=3");
	CHECK_INT(entry.happened_at, (us_time)1772359200 * US_PER_SECOND + 1);
	CHECK_UINT(entry.pid, 0);
	CHECK_UINT(host_test_message("python3[1611]", record.bytes, &message), 1);
	CHECK_INT(message.happened_at, entry.happened_at);
	CHECK_UINT(message.text_hash, entry.text_hash);
	CHECK_UINT(message.pid, 0);
	CHECK(message.twin_expected);
}

static void keep_hash(void *ctx, const struct event *event)
{
	*(uint64_t *)ctx = event->text_hash;
}

/* The file's line has the hash of its copies. */
static void test_hash(void)
{
	static const char line[] = AT SCRIPT "Update settings file: 3.settings";
	struct slice chunk = slice_text(line);
	const struct record record = { .bytes = slice_text(line) };
	const struct host_reader_options options = { .path = SLICE("") };
	struct host_reader *reader = host_reader_new(HOST_LOG_AZURE_AGENT, &options);
	uint64_t hash = 0;
	const struct emitter emitter = { keep_hash, &hash };
	struct event message;
	struct slice given;

	CHECK(host_reader_next(reader, &chunk, &given));
	host_reader_read(reader, &record, &emitter);
	CHECK_UINT(host_test_message("python3[1611]", record.bytes, &message), 1);
	CHECK_UINT(hash, message.text_hash);
	host_reader_free(reader);
}

/* Others who write such a line. */
static void test_trust(void)
{
	static const struct {
		const char *name;
		const char *transport, *comm, *unit, *ident, *line;
		int64_t uid;
		const char *want;
	} entries[] = {
		{ "a user's", "stdout", "python3", "user@1000.service", "python3",
		  AT SCRIPT "Update settings file: 3.settings", 1000,
		  "extension - from=journal trust=contradicted stage=settings" OF_SCRIPT
		  " sequence=3" },
		{ "logger", "syslog", "logger", "session-3.scope", "python3",
		  AT SCRIPT "Update settings file: 3.settings", 0,
		  "extension - from=journal trust=contradicted stage=settings" OF_SCRIPT
		  " sequence=3" },
		{ "a service of another name", "stdout", "python3", "waagent.service",
		  "waagent", AT SCRIPT "Update settings file: 3.settings", 0,
		  "extension - from=journal trust=unverified stage=settings" OF_SCRIPT
		  " sequence=3" },
		{ "another program", "stdout", "python3", "walinuxagent.service", "app",
		  AT SCRIPT "Update settings file: 3.settings", 0, "" },
		{ "later than it was said", "stdout", "python3", "walinuxagent.service",
		  "python3",
		  "2026-03-01T10:02:00.000001Z INFO ExtHandler " SCRIPT
		  "Update settings file: 3.settings",
		  0, "" },
		{ "longer ago than a pipe holds", "stdout", "python3",
		  "walinuxagent.service", "python3",
		  "2026-02-20T10:02:00.000001Z INFO ExtHandler " SCRIPT
		  "Update settings file: 3.settings",
		  0, "" },
		{ "held back by the pipe", "stdout", "python3", "walinuxagent.service",
		  "python3",
		  "2026-03-01T08:02:00.000001Z INFO ExtHandler " SCRIPT
		  "Update settings file: 3.settings",
		  0,
		  "extension - from=journal trust=unverified stage=settings" OF_SCRIPT
		  " sequence=3" },
	};

	for (size_t i = 0; i < COUNT_OF(entries); i++) {
		struct journal_fields fields = agent_fields();
		struct event event;
		size_t count;

		check_row(entries[i].name);
		fields.transport = slice_text(entries[i].transport);
		fields.comm = slice_text(entries[i].comm);
		fields.unit = slice_text(entries[i].unit);
		fields.ident = slice_text(entries[i].ident);
		fields.uid = entries[i].uid;
		count = host_test_entry(&fields, slice_text(entries[i].line), &event);
		CHECK_TEXT(host_test_text(count, &event), entries[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "lines", test_lines },
		{ "recognise", test_recognise },
		{ "local time", test_local_time },
		{ "output", test_output },
		{ "end of an output", test_output_end },
		{ "statistics", test_stats },
		{ "evidence", test_evidence },
		{ "copies", test_copies },
		{ "hash", test_hash },
		{ "trust", test_trust },
		{ NULL, NULL },
	};

	return check_run("evidence/host/azure_agent", tests);
}
