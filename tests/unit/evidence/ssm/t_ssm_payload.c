/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/host/ssm_payload.h"

#include "base/limits.h"
#include "tests/support/check.h"

#define UUID "0f1e2d3c-1111-4222-8333-444455556666"
#define SESSION "alice-0123456789abcdef0"

static void test_port(void)
{
	static const struct {
		const char *name, *document, *properties;
		unsigned port;
		bool remote;
	} rows[] = {
		{ "text", "AWS-StartSSHSession", "\"portNumber\":\"22\"", 22, false },
		{ "number", "x", "\"portNumber\":2222", 2222, false },
		{ "list", "x", "\"portNumber\":[\"8080\"]", 8080, false },
		{ "list of two", "x", "\"portNumber\":[\"1\",\"2\"]", 0, false },
		{ "too large", "x", "\"portNumber\":\"65536\"", 0, false },
		{ "negative", "x", "\"portNumber\":-22", 0, false },
		{ "blank", "x", "\"portNumber\":\" 22\"", 0, false },
		{ "null", "x", "\"portNumber\":null", 0, false },
		{ "object", "x", "\"portNumber\":{}", 0, false },
		{ "none", "x", "\"type\":\"LocalPortForwarding\"", 0, false },
		{ "remote by name", "AWS-StartPortForwardingSessionToRemoteHost",
		  "\"portNumber\":\"22\"", 22, true },
		{ "remote shared",
		  "arn:aws:ssm:us-east-1:111122223333:document/"
		  "AWS-StartPortForwardingSessionToRemoteHost",
		  "\"portNumber\":\"22\"", 22, true },
		{ "remote by host", "x", "\"portNumber\":\"22\",\"host\":\"192.0.2.1\"",
		  22, true },
		{ "localhost", "AWS-StartPortForwardingSessionToRemoteHost",
		  "\"portNumber\":\"22\",\"host\":\"LocalHost\"", 22, false },
		{ "loopback", "x", "\"portNumber\":\"22\",\"host\":[\"127.0.1.1\"]", 22,
		  false },
		{ "IPv6 loopback", "x", "\"portNumber\":\"22\",\"host\":\"::1\"", 22,
		  false },
		{ "mapped", "x", "\"portNumber\":\"22\",\"host\":\"::ffff:127.0.0.1\"",
		  22, false },
		{ "like loopback", "x", "\"portNumber\":\"22\",\"host\":\"127.example\"",
		  22, true },
		{ "empty host", "x", "\"portNumber\":\"22\",\"host\":\"\"", 22, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SSM_PAYLOAD struct ssm_payload payload = { NULL, NULL };
		AUTO_BUF struct buf json = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		struct run run = { .kind = RUN_SESSION, .id = SLICE(SESSION) };

		check_row(rows[i].name);
		buf_append_format(
			&json,
			"{\"DocumentInformation\":{\"DocumentID\":\"%s\","
			"\"DocumentName\":\"%s\"},\"InstancePluginsInformation\":"
			"[{\"Name\":\"Port\",\"Configuration\":{\"Properties\":{%s}}}]}",
			SESSION, rows[i].document, rows[i].properties);
		ssm_payload_read_document(buf_slice(&json), SLICE(SESSION), &payload,
					  &run);
		CHECK_SLICE(run.plugin, SLICE("Port"));
		CHECK_UINT(run.port, rows[i].port);
		CHECK_INT(run.port_is_remote, rows[i].remote);
	}
}

static void test_message(void)
{
	static const struct {
		const char *name, *content;
		unsigned port;
		const char *user;
	} rows[] = {
		{ "parameter",
		  "\"Parameters\":{\"portNumber\":\"8443\"},"
		  "\"DocumentContent\":{\"sessionType\":\"Port\","
		  "\"properties\":{\"portNumber\":\"{{ portNumber }}\"}}",
		  8443, "" },
		{ "default",
		  "\"Parameters\":{},\"DocumentContent\":{\"sessionType\":\"Port\","
		  "\"properties\":{\"portNumber\":\"{{portNumber}}\"},"
		  "\"parameters\":{\"portNumber\":{\"default\":\"22\"}}}",
		  22, "" },
		{ "fixed",
		  "\"Parameters\":{\"portNumber\":\"1\"},"
		  "\"DocumentContent\":{\"sessionType\":\"Port\","
		  "\"properties\":{\"portNumber\":\"3306\"}}",
		  3306, "" },
		{ "no properties", "\"Parameters\":{\"portNumber\":[\"22\"]}", 22, "" },
		{ "no port session",
		  "\"Parameters\":{\"portNumber\":\"22\"},"
		  "\"DocumentContent\":{\"sessionType\":\"Standard_Stream\"}",
		  0, "" },
		{ "no such parameter",
		  "\"DocumentContent\":{\"sessionType\":\"Port\","
		  "\"properties\":{\"portNumber\":\"{{ }}\"}}",
		  0, "" },
		{ "user", "\"RunAsUser\":\"deploy\"", 0, "deploy" },
		{ "default user",
		  "\"RunAsUser\":\"\",\"DocumentContent\":{\"inputs\":{"
		  "\"runAsEnabled\":true,\"runAsDefaultUser\":\"app\"}}",
		  0, "app" },
		{ "RunAs off",
		  "\"RunAsUser\":\"deploy\",\"DocumentContent\":{\"inputs\":{"
		  "\"runAsEnabled\":false}}",
		  0, "" },
		{ "elevated",
		  "\"DocumentContent\":{\"properties\":{\"linux\":{"
		  "\"runAsElevated\":true}}}",
		  0, "root" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_SSM_PAYLOAD struct ssm_payload payload = { NULL, NULL };
		AUTO_BUF struct buf content = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		AUTO_BUF struct buf json = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
		struct json_writer writer;
		struct run run = { .kind = RUN_COMMAND };

		check_row(rows[i].name);
		buf_append_format(&content, "{\"SessionId\":\"%s\",%s}", SESSION,
				  rows[i].content);
		json_begin(&writer, &json);
		json_open_object(&writer, NULL);
		json_put_text(&writer, "content", buf_slice(&content));
		json_close_object(&writer);
		if (!CHECK(ssm_payload_read_message(buf_slice(&json), &payload, &run)))
			continue;
		CHECK_INT(run.kind, RUN_SESSION);
		CHECK_SLICE(run.id, SLICE(SESSION));
		CHECK_UINT(run.port, rows[i].port);
		CHECK_SLICE(run.run_as_user, slice_text(rows[i].user));
	}
}

static uint64_t hash_of(const char *run_id, const char *name, const char *steps)
{
	AUTO_SSM_PAYLOAD struct ssm_payload payload = { NULL, NULL };
	AUTO_BUF struct buf json = BUF_LIMIT(LIMIT_HOST_LINE_BYTES);
	struct run run = { .kind = RUN_COMMAND, .id = SLICE(UUID) };

	buf_append_format(
		&json,
		"{\"DocumentInformation\":{\"DocumentID\":\"d\",\"AssociationID\":\"%s\","
		"\"RunID\":\"%s\",\"DocumentName\":\"%s\",\"DocumentVersion\":\"1\"},"
		"\"InstancePluginsInformation\":[%s]}",
		UUID, run_id, name, steps);
	ssm_payload_read_document(buf_slice(&json), SLICE("d"), &payload, &run);
	CHECK_INT(run.kind, RUN_ASSOCIATION);
	return run.content_hash;
}

#define STEP(properties, prefix)                                            \
	"{\"Name\":\"aws:runShellScript\",\"Id\":\"a\",\"Configuration\":{" \
	"\"Properties\":" properties ",\"OutputS3KeyPrefix\":\"" prefix "\"}}"

static void test_content_hash(void)
{
	uint64_t hash = hash_of("1", "x", STEP("{\"a\":1,\"b\":[\"c\"]}", "p"));

	CHECK(hash != 0);
	check_row("another run of the same");
	CHECK_UINT(hash_of("2", "x", STEP("{ \"b\":[\"c\"], \"a\":1 }", "q")), hash);
	check_row("another parameter");
	CHECK(hash_of("1", "x", STEP("{\"a\":1,\"b\":[\"d\"]}", "p")) != hash);
	check_row("another document");
	CHECK(hash_of("1", "y", STEP("{\"a\":1,\"b\":[\"c\"]}", "p")) != hash);
	check_row("another step");
	CHECK(hash_of("1", "x",
		      STEP("{\"a\":1,\"b\":[\"c\"]}", "p") "," STEP("{}", "p")) != hash);
	check_row("no steps");
	CHECK(hash_of("1", "x", "") != 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "port", test_port },
		{ "message", test_message },
		{ "content hash", test_content_hash },
		{ NULL, NULL },
	};

	return check_run("evidence/host/ssm_payload", tests);
}
