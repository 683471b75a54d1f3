/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/native.h"

#include "base/json.h"
#include "tests/support/check.h"

static bool find_line(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	(void)ctx;
	if (reference != 3)
		return false;
	*ret_text = (struct evidence_text){
		.source = SLICE("auth.log"),
		.cursor = SLICE("offset=7"),
		.line = SLICE("Accepted \x1b[31m\xff publickey"),
	};
	return true;
}

static const struct native_context context = {
	.instance = { "i-0a1b2c3d4e5f60718", 19 },
	.host = { "web-1", 5 },
	.evidence = find_line,
};

static const uint64_t references[] = { 3, 4 };

static const struct event call = {
	.kind = EVENT_API_CALL,
	.happened_at = 1000 * US_PER_SECOND,
	.api_call = {
		.id = { "e-1", 3 },
		.name = { "SendSSHPublicKey", 16 },
		.principal = { "arn:aws:iam::111122223333:user/alice", 36 },
		.source_ip = { "198.51.100.4", 12 },
		.mfa = TRISTATE_TRUE,
	},
};

static const struct login login = {
	.id = { { 0xab, 0xcd } },
	.happened_at = 1005 * US_PER_SECOND + 250000,
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_EC2_INSTANCE_CONNECT,
	.trust = TRUST_UNVERIFIED,
	.pid = 881,
	.source_port = 50022,
	.host = { "ip-10-0-3-7", 11 },
	.os_user = { "ubuntu", 6 },
	.source_ip = { "203.0.113.9", 11 },
	.evidence = references,
	.evidence_count = 2,
};

static const struct verdict verdict = {
	.login = &login,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &call,
	.matched = 1U << MATCHED_INSTANCE | 1U << MATCHED_REQUEST_ID,
};

/* The whole text, so that the order of its members and every null is seen. */
static void test_login(void)
{
	struct buf buf = BUF_LIMIT(65536);

	native_append_login(&buf, &verdict, &context);
	CHECK_TEXT(buf_text(&buf),
		   "{\"type\":\"login\",\"id\":\"abcd0000000000000000000000000000\","
		   "\"time\":\"1970-01-01T00:16:45.250000Z\",\"host\":\"ip-10-0-3-7\","
		   "\"instance\":\"i-0a1b2c3d4e5f60718\","
		   "\"path\":\"aws-ec2-instance-connect\",\"through\":null,"
		   "\"os_user\":\"ubuntu\",\"source_ip\":\"203.0.113.9\","
		   "\"source_port\":50022,\"tty\":null,\"session_id\":null,"
		   "\"command_id\":null,\"key_fingerprint\":null,\"principal_hint\":null,"
		   "\"trust\":\"unverified\",\"evidence\":[{\"source\":\"auth.log\","
		   "\"cursor\":\"offset=7\","
		   "\"line\":\"Accepted \\u001b[31m\\ufffd publickey\"}],\"ended\":null,"
		   "\"hint\":null,\"verdict\":\"authorized\",\"stage\":"
		   "\"final\","
		   "\"reasons\":[],\"api_call\":{\"id\":\"e-1\","
		   "\"name\":\"SendSSHPublicKey\",\"time\":\"1970-01-01T00:16:40Z\","
		   "\"principal\":\"arn:aws:iam::111122223333:user/alice\","
		   "\"source_ip\":\"198.51.100.4\","
		   "\"matched_on\":[\"request-id\",\"instance\"],\"request_id\":null,"
		   "\"account\":null,\"region\":null,\"access_key_id\":null,"
		   "\"session_issuer\":null,\"mfa\":true,\"user_agent\":null,"
		   "\"invoked_by\":null,\"error_code\":null},\"through_api_call\":null,"
		   "\"pid\":881,\"evidence_cut\":false,\"policy_rule\":null,"
		   "\"sudo_at\":null}");
	buf_release(&buf);
}

static void check_member(const json_t *object, const char *key, const char *want)
{
	check_row(key);
	CHECK(json_object_get(object, key) != NULL);
	if (want)
		CHECK_SLICE(json_text_at(object, key), slice_text(want));
	else
		CHECK(json_is_null(json_object_get(object, key)));
}

static void test_finding(void)
{
	struct verdict unauthorized = verdict;
	struct buf buf = BUF_LIMIT(65536);
	struct finding finding;
	json_t *object = NULL;
	struct err err;

	unauthorized.verdict = VERDICT_UNAUTHORIZED;
	unauthorized.reasons[0] = REASON_NO_API_CALL;
	unauthorized.reason_count = 1;
	unauthorized.api_call = NULL;
	CHECK(finding_from_verdict(&unauthorized, &finding));
	native_append_finding(&buf, &finding, &context);
	if (CHECK_OK(json_read(buf_slice(&buf), &object, &err), &err)) {
		check_member(object, "type", "finding");
		check_member(object, "rule", "login-without-api-call");
		check_member(object, "severity", "high");
		check_member(object, "login_id", "abcd0000000000000000000000000000");
		check_member(object, "host", "ip-10-0-3-7");
		check_member(object, "instance", "i-0a1b2c3d4e5f60718");
		check_member(object, "path", "aws-ec2-instance-connect");
		check_member(object, "time", "1970-01-01T00:16:45.250000Z");
		check_member(object, "api_call", NULL);
		check_member(object, "contain", NULL);
		check_member(object, "policy_rule", NULL);
		check_member(object, "suppressed", NULL);
		CHECK_UINT(json_array_size(json_object_get(object, "reasons")), 1);
		CHECK_UINT(json_array_size(json_object_get(object, "evidence")), 1);
	}
	json_decref(object);
	buf_release(&buf);
}

/* By a policy: the rule that refused it, and what makes it no news. */
static void test_policy(void)
{
	static const struct suppression suppression = { "patching", "every Monday",
							1000 * US_PER_SECOND };
	struct verdict refused = verdict;
	struct login root = login;
	struct buf buf = BUF_LIMIT(65536);
	struct finding finding;
	json_t *object = NULL;
	struct err err;

	root.sudo_at = 1006 * US_PER_SECOND;
	refused.login = &root;
	refused.verdict = VERDICT_UNAUTHORIZED;
	refused.reasons[0] = REASON_ROOT_LOGIN;
	refused.reason_count = 1;
	refused.reason_call = &call;
	refused.policy_rule = "no-root";
	CHECK(finding_from_verdict(&refused, &finding));
	finding.suppression = &suppression;
	native_append_finding(&buf, &finding, &context);
	if (CHECK_OK(json_read(buf_slice(&buf), &object, &err), &err)) {
		const json_t *suppressed = json_object_get(object, "suppressed");

		check_member(object, "rule", "login-policy-violation");
		check_member(object, "severity", "medium");
		check_member(object, "policy_rule", "no-root");
		check_member(suppressed, "by", "patching");
		check_member(suppressed, "reason", "every Monday");
		check_member(suppressed, "until", "1970-01-01T00:16:40Z");
		CHECK_SLICE(json_text_at(json_object_get(object, "api_call"), "id"),
			    SLICE("e-1"));
	}
	json_decref(object);
	object = NULL;
	buf_clear(&buf);
	native_append_login(&buf, &refused, &context);
	if (CHECK_OK(json_read(buf_slice(&buf), &object, &err), &err)) {
		check_member(object, "policy_rule", "no-root");
		check_member(object, "sudo_at", "1970-01-01T00:16:46Z");
	}
	json_decref(object);
	buf_release(&buf);
}

static void test_observation(void)
{
	struct observation observation = {
		.kind = OBSERVATION_EVIDENCE_GAP,
		.happened_at = 5 * US_PER_SECOND,
		.evidence = 3,
		.detail = SLICE("a line of \x9b bytes"),
		.from = US_TIME_NONE,
		.until = 5 * US_PER_SECOND,
	};
	struct buf buf = BUF_LIMIT(65536);
	struct finding finding;
	json_t *object = NULL;
	struct err err;

	finding_from_observation(&observation, &finding);
	native_append_finding(&buf, &finding, &context);
	if (CHECK_OK(json_read(buf_slice(&buf), &object, &err), &err)) {
		check_member(object, "rule", "evidence-gap");
		check_member(object, "severity", "low");
		check_member(object, "login_id", NULL);
		check_member(object, "host", "web-1");
		check_member(object, "path", NULL);
		check_member(object, "api_call", NULL);
		check_member(object, "detail", "a line of \xef\xbf\xbd bytes");
		check_member(object, "from", NULL);
		check_member(object, "until", "1970-01-01T00:00:05Z");
		CHECK_UINT(json_array_size(json_object_get(object, "evidence")), 1);
		CHECK(json_is_array(json_object_get(object, "reasons")));
	}
	json_decref(object);
	buf_release(&buf);
}

static void test_summary(void)
{
	static const struct native_summary summary = {
		.logins = 15,
		.by_verdict = { [VERDICT_PENDING] = 1,
				[VERDICT_AUTHORIZED] = 2,
				[VERDICT_UNAUTHORIZED] = 3,
				[VERDICT_UNVERIFIABLE] = 4,
				[VERDICT_NOT_JUDGED] = 5 },
		.findings = 6,
		.suppressed = 9,
		.api_calls = 7,
		.lines = 8,
	};
	struct buf buf = BUF_LIMIT(65536);

	native_append_summary(&buf, &summary);
	CHECK_TEXT(
		buf_text(&buf),
		"{\"type\":\"summary\",\"logins\":15,\"authorized\":2,\"unauthorized\":3,"
		"\"unverifiable\":4,\"pending\":1,\"not_judged\":5,\"findings\":6,"
		"\"api_calls\":7,\"lines\":8,\"suppressed\":9}");
	buf_release(&buf);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "login", test_login },     { "finding", test_finding },
		{ "policy", test_policy },   { "observation", test_observation },
		{ "summary", test_summary }, { NULL, NULL },
	};

	return check_run("alert/native", tests);
}
