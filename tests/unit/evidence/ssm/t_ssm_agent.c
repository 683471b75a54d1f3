/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_agent.h"

#include <stdio.h>

#include "base/limits.h"
#include "tests/support/check.h"
#include "tests/support/event_print.h"

#define UUID "0f1e2d3c-1111-4222-8333-444455556666"
#define SESSION "alice-0123456789abcdef0"
#define HEAD "2025-03-04 05:06:07.1234 INFO "
#define WORKER HEAD "[ssm-session-worker] [" SESSION "] "
#define MESSAGE                                                             \
	HEAD "[ssm-agent-worker] [MessageService] [MGSInteractor] Parsing " \
	     "AgentMessage " UUID ", Payload: "

/* What a log said, as text that outlives the events. */
struct heard {
	unsigned count;
	struct event last; /* its slices are gone, its numbers are not */
	struct buf events; /* one printed event a line */
	struct buf evidence;
};

static void hear(void *ctx, const struct event *event)
{
	struct heard *heard = ctx;

	heard->count++;
	heard->last = *event;
	event_print_append(&heard->events, event);
	buf_append_byte(&heard->events, '\n');
}

static void heard_init(struct heard *heard)
{
	*heard = (struct heard){
		.events = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
		.evidence = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES),
	};
}

static void heard_release(struct heard *heard)
{
	buf_release(&heard->events);
	buf_release(&heard->evidence);
}

#define AUTO_HEARD __attribute__((cleanup(heard_release)))

static bool holds(const struct buf *buf, const char *text)
{
	return slice_find(buf_slice(buf), slice_text(text)) >= 0;
}

static struct zone *zone_named(const char *name)
{
	struct zone *zone = NULL;
	struct err err;

	CHECK_OK(zone_new(name, &zone, &err), &err);
	return zone;
}

/* Reads one record with a context of its own. */
static void hear_record(struct heard *heard, struct slice line, bool is_cut)
{
	AUTO_ZONE struct zone *zone = zone_named("UTC");
	struct host_reader_options options = { .zone = zone };
	struct ssm_agent *agent = ssm_agent_new(&options);
	struct emitter emitter = { hear, heard };
	struct record record = { .bytes = line, .is_cut = is_cut, .evidence = 7 };

	ssm_agent_read(agent, &record, &emitter);
	ssm_agent_evidence(&record, &heard->evidence);
	ssm_agent_free(agent);
}

static void test_recognise(void)
{
	static const struct {
		const char *name, *line;
		bool want;
	} rows[] = {
		{ "fraction", "2025-03-04 05:06:07.1234 INFO [amazon-ssm-agent] text",
		  true },
		{ "no fraction",
		  "2023-11-17 07:08:48 INFO Proxy environment variables:", true },
		{ "error", "2023-04-13 13:43:23 ERROR [execute @ shell.go.266] text",
		  true },
		{ "no text", "2023-11-17 07:08:48 INFO ", true },
		{ "carriage return", "2023-11-17 07:08:48 INFO text\r", true },
		{ "empty", "", false },
		{ "time alone", "2023-11-17 07:08:48", false },
		{ "no level", "2023-11-17 07:08:48 text", false },
		{ "level alone", "2023-11-17 07:08:48 INFO", false },
		{ "long level", "2023-11-17 07:08:48 INFORMATION text", false },
		{ "no such day", "2023-02-29 07:08:48 INFO text", false },
		{ "bare point", "2023-11-17 07:08:48. INFO text", false },
		{ "ten digits", "2023-11-17 07:08:48.0123456789 INFO text", false },
		{ "comma", "2023-11-17 07:08:48,123 INFO text", false },
		{ "RFC 3339", "2023-11-17T07:08:48Z INFO text", false },
		{ "traditional", "Nov 17 07:08:48 host sshd[1]: text", false },
		{ "continued", "  \"agent\": {", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(ssm_agent_recognise(slice_text(rows[i].line)), rows[i].want);
	}
}

static void test_ids(void)
{
	static const struct {
		const char *name, *line, *want; /* want: part of the event, NULL = none */
	} rows[] = {
		{ "odd owner",
		  HEAD "[ssm-session-worker] [a.b@c_d=e+f,g-h-0123456789abcdef0] "
		       "Session worker closed",
		  "id=a.b@c_d=e+f,g-h-0123456789abcdef0" },
		{ "new suffix",
		  HEAD "[ssm-session-worker] [bob-wzleysigzmbd6fmkefjqvt5w4u] "
		       "Session worker closed",
		  "run=session stage=ended id=bob-wzleysigzmbd6fmkefjqvt5w4u" },
		{ "one character", HEAD "[ssm-session-worker] [x] Session worker closed",
		  "id=x" },
		{ "command job",
		  HEAD "[ssm-agent-worker] [EngineProcessor] document aws.ssm." UUID
		       ".mi-0123456789abcdef0 submission started",
		  "run=command stage=started id=" UUID " instance=mi-0123456789abcdef0" },
		{ "bare id",
		  HEAD "[ssm-agent-worker] [EngineProcessor] document " UUID
		       " submission started",
		  "run=association stage=started id=" UUID },
		{ "session like a job",
		  HEAD "[ssm-agent-worker] [EngineProcessor] document "
		       "aws.ssm.x-0123456789abcdef0 submission started",
		  "run=session stage=started id=aws.ssm.x-0123456789abcdef0" },
		{ "job of no instance",
		  HEAD
		  "[ssm-agent-worker] [CommandProcessorWrapper] command: aws.ssm." UUID
		  ".host complete",
		  NULL },
		{ "association",
		  HEAD "[ssm-document-worker] [" UUID ".2025-03-04T05-06-07.890Z] "
		       "document worker closed",
		  "run=association stage=ended id=" UUID },
		{ "association's context",
		  HEAD "[ssm-document-worker] [" UUID "] [associationId=" UUID
		       "] Plugin x started",
		  "run=association stage=connected id=" UUID },
		{ "association of no run",
		  HEAD "[ssm-document-worker] [" UUID ".] "
		       "document worker closed",
		  NULL },
		{ "association of an odd run",
		  HEAD "[ssm-document-worker] [" UUID ".run] "
		       "document worker closed",
		  NULL },
		{ "instance's context",
		  HEAD "[instanceID=i-0123456789abcdef0] [MDSInteractor] "
		       "[messageID=aws.ssm." UUID
		       ".i-0123456789abcdef0] Plugin aws:x started",
		  "run=command stage=connected id=" UUID
		  " instance=i-0123456789abcdef0" },
		{ "message's context",
		  HEAD "[MessagingDeliveryService] [messageID=aws.ssm." UUID
		       ".i-0123456789abcdef0] Plugin aws:x started",
		  "run=command stage=connected id=" UUID
		  " instance=i-0123456789abcdef0" },
		{ "session in the agent",
		  HEAD "[EngineProcessor] [BasicExecuter] [" SESSION "] "
		       "Plugin Standard_Stream started",
		  "run=session stage=connected id=" SESSION },
		{ "executer first",
		  HEAD "[OutOfProcExecuter] [" SESSION "] Plugin Port started",
		  "stage=connected id=" SESSION },
		{ "no id", HEAD "[ssm-session-worker] Session worker closed", NULL },
		{ "bracket in id",
		  HEAD "[ssm-session-worker] [a[b] Session worker closed", NULL },
		{ "control in id",
		  HEAD "[ssm-session-worker] [a\033b] Session worker closed", NULL },
		{ "nine-bit id",
		  HEAD "[ssm-session-worker] [a\303\251] Session worker closed", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_HEARD struct heard heard;

		heard_init(&heard);
		check_row(rows[i].name);
		hear_record(&heard, slice_text(rows[i].line), false);
		CHECK_UINT(heard.count, rows[i].want ? 1 : 0);
		if (rows[i].want && !CHECK(holds(&heard.events, rows[i].want)))
			CHECK_TEXT(buf_text(&heard.events), rows[i].want);
	}
}

static void test_event(void)
{
	AUTO_HEARD struct heard heard;

	heard_init(&heard);
	hear_record(&heard, SLICE(WORKER "Session worker closed\r"), false);
	CHECK_UINT(heard.count, 1);
	CHECK_INT(heard.last.kind, EVENT_RUN);
	CHECK_INT(heard.last.happened_at, 1741064767123400);
	CHECK_INT(heard.last.uncertainty_us, 0);
	CHECK_INT(heard.last.trust, TRUST_ROOT_FILE);
	CHECK_INT(heard.last.source, HOST_SOURCE_SSM);
	CHECK_UINT(heard.last.evidence, 7);
	CHECK(!heard.last.twin_expected);
	CHECK_TEXT(buf_text(&heard.evidence), WORKER "Session worker closed");
}

static void test_cut(void)
{
	static const struct {
		const char *name, *line;
		unsigned want;
	} rows[] = {
		{ "sentence", WORKER "Session worker closed", 0 },
		{ "payload", MESSAGE "{\"content\":\"{\\\"SessionId\\\":\\\"x\\\"}\"}",
		  0 },
		{ "document",
		  WORKER
		  "[DataBackend] {\"DocumentInformation\":{\"DocumentID\":\"" SESSION
		  "\"}}",
		  1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_HEARD struct heard heard;

		heard_init(&heard);
		check_row(rows[i].name);
		hear_record(&heard, slice_text(rows[i].line), true);
		CHECK_UINT(heard.count, rows[i].want);
	}
}

/* ---- secrets ---- */

#define CANARY "canary7f3a"

/* Every place of a line that may hold a secret holds one; none may come out. */
static void test_secrets(void)
{
	static const char *const lines[] = {
		MESSAGE
		"{\"schemaVersion\":1,\"taskId\":\"" CANARY "\",\"topic\":\"" CANARY "\","
		"\"token\":\"" CANARY "\",\"content\":\"{\\\"SessionId\\\":\\\"" SESSION
		"\\\","
		"\\\"Reason\\\":\\\"" CANARY
		"\\\",\\\"Parameters\\\":{\\\"command\\\":\\\"" CANARY
		"\\\",\\\"portNumber\\\":\\\"" CANARY "\\\",\\\"host\\\":\\\"" CANARY
		"\\\"},"
		"\\\"DocumentContent\\\":{\\\"sessionType\\\":\\\"" CANARY " !\\\","
		"\\\"inputs\\\":{\\\"shellProfile\\\":{\\\"linux\\\":\\\"" CANARY "\\\"},"
		"\\\"kmsKeyId\\\":\\\"" CANARY "\\\"},\\\"properties\\\":{\\\"linux\\\":{"
		"\\\"commands\\\":\\\"" CANARY "\\\"}}},\\\"TokenValue\\\":\\\"" CANARY
		"\\\"}\"}",
		MESSAGE
		"{\"JobId\":\"aws.ssm." UUID
		".i-0123456789abcdef0\",\"Topic\":\"aws.ssm.sendCommand." CANARY
		"\",\"Content\":\"{\\\"DocumentName\\\":\\\"AWS-RunShellScript\\\","
		"\\\"Parameters\\\":{\\\"commands\\\":[\\\"" CANARY "\\\"]},\\\"" CANARY
		"\\\":1,"
		"\\\"OutputS3KeyPrefix\\\":\\\"" CANARY "\\\"}\"}",
		MESSAGE "{\"content\":\"" CANARY "\"}",
		MESSAGE CANARY,
		WORKER
		"[DataBackend] {\"DocumentInformation\":{\"DocumentID\":\"" SESSION "\","
		"\"ClientId\":\"" CANARY
		"\"},\"InstancePluginsInformation\":[{\"Name\":\"" CANARY
		" !\",\"Configuration\":{\"Properties\":{\"commands\":\"" CANARY "\"},"
		"\"ShellProfile\":{\"linux\":\"" CANARY "\"},\"Settings\":\"" CANARY
		"\"}}],"
		"\"" CANARY "\":\"" CANARY "\"}",
		HEAD "[ssm-document-worker] [" UUID
		     ".2025-03-04T05-06-07.890Z] [DataBackend] "
		     "{\"DocumentInformation\":{\"DocumentID\":\"" UUID
		     ".2025-03-04T05-06-07.890Z\","
		     "\"AssociationID\":\"" UUID
		     "\"},\"InstancePluginsInformation\":[{\"Name\":\"aws:x\","
		     "\"Id\":\"" CANARY "\",\"Configuration\":{\"Properties\":{\"" CANARY
		     "\":\"" CANARY "\"}}}]}",
		HEAD "[ssm-document-worker] [" UUID
		     "] [DataBackend] [pluginName=aws:runShellScript] "
		     "aws:runShellScript started with configuration {<nil> "
		     "map[runCommand:[" CANARY "]]}",
		HEAD "[ssm-document-worker] [" UUID "] [pluginName=" CANARY ".!] [" CANARY
		     "] "
		     "Plugin aws:x started with configuration{" CANARY "}",
		HEAD "[execute @ " CANARY "] [ssm-session-worker] [" SESSION
		     "] Session worker closed",
		WORKER "[" CANARY " x] Plugin Port started",
		WORKER "Unable to start shell: " CANARY,
		HEAD "[ssm-agent-worker] [MessageService] [MGSInteractor] Sending reply "
		     "{" CANARY,
		"  \"standardOutput\": \"" CANARY "\"",
	};
	AUTO_HEARD struct heard heard;

	heard_init(&heard);
	for (size_t i = 0; i < COUNT_OF(lines); i++)
		for (int is_cut = 0; is_cut < 2; is_cut++)
			hear_record(&heard, slice_text(lines[i]), is_cut);
	CHECK(heard.count >= 8);
	if (!CHECK(!holds(&heard.events, CANARY)))
		CHECK_TEXT(buf_text(&heard.events), "");
	if (!CHECK(!holds(&heard.evidence, CANARY)))
		CHECK_TEXT(buf_text(&heard.evidence), "");
}

/* ---- the pass over all lines ---- */

/* Lines given out of a log that comes in one piece, each followed by '|'. */
static void pass(const char *zone_name, struct slice log, struct buf *given,
		 struct host_reader_stats *ret_stats, struct heard *heard)
{
	AUTO_ZONE struct zone *zone = zone_named(zone_name);
	struct host_reader_options options = { .zone = zone };
	struct ssm_agent *agent = ssm_agent_new(&options);
	struct emitter emitter = { hear, heard };
	struct slice line;

	while (ssm_agent_next(agent, &log, &line)) {
		struct record record = { .bytes = line };

		buf_append(given, line);
		buf_append_byte(given, '|');
		ssm_agent_read(agent, &record, &emitter);
	}
	*ret_stats = ssm_agent_stats(agent);
	ssm_agent_free(agent);
}

static void test_next(void)
{
	static const struct {
		const char *name, *log, *given;
		unsigned lines, known;
	} rows[] = {
		{ "empty", "", "", 0, 0 },
		{ "one line", "2025-03-04 05:06:07 INFO a", "2025-03-04 05:06:07 INFO a|",
		  1, 1 },
		{ "noise",
		  "2025-03-04 05:06:07 INFO a\n2025-03-04 05:06:08 INFO b\n"
		  "2025-03-04 05:06:09 INFO c\n",
		  "2025-03-04 05:06:07 INFO a|2025-03-04 05:06:09 INFO c|", 3, 2 },
		{ "begins within a record", "}\n\n2025-03-04 05:06:07 INFO a\n}\n",
		  "}|2025-03-04 05:06:07 INFO a|}|", 4, 1 },
		{ "evidence",
		  "2025-03-04 05:06:07 INFO a\n" WORKER "Session worker closed\r\n"
		  "2025-03-04 05:06:08 INFO b\n2025-03-04 05:06:09 INFO c",
		  "2025-03-04 05:06:07 INFO a|" WORKER "Session worker closed\r|"
		  "2025-03-04 05:06:09 INFO c|",
		  4, 3 },
		{ "clock put back",
		  "2025-03-04 05:06:07 INFO a\n2025-03-04 05:08:00 INFO b\n"
		  "2025-03-04 05:07:00 INFO c\n2025-03-04 05:07:30 INFO d\n"
		  "2025-03-04 05:09:00 INFO e\n",
		  "2025-03-04 05:06:07 INFO a|2025-03-04 05:07:00 INFO c|"
		  "2025-03-04 05:09:00 INFO e|",
		  5, 3 },
		{ "another log", "Nov 17 07:08:48 h x: y\nNov 17 07:08:48 h x: y\nz\n",
		  "Nov 17 07:08:48 h x: y|z|", 3, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf given = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		AUTO_HEARD struct heard heard;
		struct host_reader_stats stats;

		heard_init(&heard);
		check_row(rows[i].name);
		pass("UTC", slice_text(rows[i].log), &given, &stats, &heard);
		CHECK_TEXT(buf_text(&given), rows[i].given);
		CHECK_UINT(stats.lines, rows[i].lines);
		CHECK_UINT(stats.known_lines, rows[i].known);
	}
}

/* The last time of a log is known though its last line has none. */
static void test_times(void)
{
	AUTO_BUF struct buf given = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
	AUTO_HEARD struct heard heard;
	struct host_reader_stats stats;

	heard_init(&heard);
	pass("+01:00",
	     SLICE("2025-03-04 05:06:07.5 INFO a\n2025-03-04 06:06:07.2500 INFO {\n}\n"),
	     &given, &stats, &heard);
	CHECK_INT(stats.first, 1741061167500000);
	CHECK_INT(stats.last, 1741064767250000);

	check_row("no times");
	pass("UTC", SLICE("x\ny\n"), &given, &stats, &heard);
	CHECK_INT(stats.first, US_TIME_NONE);
	CHECK_INT(stats.last, US_TIME_NONE);
}

/* In the hour that happens twice the noise between two lines of evidence tells the passes
 * apart. */
static void test_double_hour(void)
{
	static const struct {
		const char *name, *log;
		us_time want;
		us_span uncertainty;
	} rows[] = {
		{ "first pass", "2025-10-26 01:59:00 INFO a\n2025-10-26 02:30:00 INFO ",
		  1761438600000000, US_PER_HOUR },
		{ "second pass",
		  "2025-10-26 02:50:00 INFO a\n2025-10-26 02:55:00 INFO b\n"
		  "2025-10-26 02:30:00 INFO ",
		  1761442200000000, 0 },
		{ "out of order",
		  "2025-10-26 02:30:00.4 INFO a\n2025-10-26 02:30:00.3 INFO b\n"
		  "2025-10-26 02:30:00 INFO ",
		  1761438600000000, US_PER_HOUR },
		{ "hour left out",
		  "2025-03-30 01:59:00 INFO a\n2025-03-30 02:30:00 INFO ",
		  1743298200000000, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf log = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		AUTO_BUF struct buf given = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		AUTO_HEARD struct heard heard;
		struct host_reader_stats stats;

		heard_init(&heard);
		check_row(rows[i].name);
		buf_append_format(&log,
				  "%s[ssm-session-worker] [x] Session worker closed\n",
				  rows[i].log);
		pass("Europe/Berlin", buf_slice(&log), &given, &stats, &heard);
		CHECK_UINT(heard.count, 1);
		CHECK_INT(heard.last.happened_at, rows[i].want);
		CHECK_INT(heard.last.uncertainty_us, rows[i].uncertainty);
	}
}

/* ---- hostile ---- */

static void test_hostile(void)
{
	AUTO_BUF struct buf line = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_HEARD struct heard heard;

	heard_init(&heard);
	check_row("deep JSON");
	buf_append_text(&line, MESSAGE);
	for (int i = 0; i < 100000; i++)
		buf_append_byte(&line, '[');
	hear_record(&heard, buf_slice(&line), false);
	CHECK_UINT(heard.count, 0);

	check_row("many contexts");
	buf_clear(&line);
	buf_append_text(&line, HEAD "[ssm-session-worker] [x] ");
	for (int i = 0; i < 100000; i++)
		buf_append_text(&line, "[c] ");
	buf_append_text(&line, "Session worker closed");
	hear_record(&heard, buf_slice(&line), false);
	CHECK_UINT(heard.count, 0);

	check_row("long context");
	buf_clear(&line);
	buf_append_text(&line, HEAD "[");
	for (int i = 0; i < 100000; i++)
		buf_append_byte(&line, 'x');
	buf_append_text(&line, "] Session worker closed");
	hear_record(&heard, buf_slice(&line), false);
	CHECK_UINT(heard.count, 0);

	check_row("NUL");
	hear_record(&heard,
		    SLICE(HEAD "[ssm-session-worker] [x\0y] Session worker closed"),
		    false);
	hear_record(&heard,
		    SLICE(HEAD "[ssm-session-worker] [x] Session worker closed\0"),
		    false);
	CHECK_UINT(heard.count, 0);
	CHECK_UINT(heard.evidence.len, strlen(HEAD "[ssm-agent-worker] [MessageService] "
						   "[MGSInteractor] Payload"));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "recognise", test_recognise }, { "ids", test_ids },
		{ "event", test_event },	 { "cut", test_cut },
		{ "secrets", test_secrets },	 { "next", test_next },
		{ "times", test_times },	 { "double hour", test_double_hour },
		{ "hostile", test_hostile },	 { NULL, NULL },
	};

	return check_run("evidence/host/ssm_agent", tests);
}
