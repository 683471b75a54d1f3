/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/finding.h"

#include "tests/support/check.h"

static void test_rules(void)
{
	static const struct {
		const char *name;
		enum verdict_kind verdict;
		enum stage stage;
		enum reason reasons[2];
		uint32_t reason_count;
		bool repeats;
		const char *rule; /* NULL: no finding */
		enum severity severity;
	} rows[] = {
		{ "no call",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_NO_API_CALL },
		  1,
		  false,
		  "login-without-api-call",
		  SEVERITY_HIGH },
		{ "provisional",
		  VERDICT_UNAUTHORIZED,
		  STAGE_PROVISIONAL,
		  { REASON_NO_API_CALL },
		  1,
		  false,
		  "login-without-api-call",
		  SEVERITY_LOW },
		{ "denied",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_API_CALL_DENIED },
		  1,
		  false,
		  "login-after-denied-call",
		  SEVERITY_HIGH },
		{ "reused",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_API_CALL_REUSED },
		  1,
		  false,
		  "api-call-reused",
		  SEVERITY_HIGH },
		{ "expired",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_API_CALL_EXPIRED },
		  1,
		  false,
		  "api-call-mismatch",
		  SEVERITY_HIGH },
		{ "wrong user",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_WRONG_OS_USER },
		  1,
		  false,
		  "api-call-mismatch",
		  SEVERITY_HIGH },
		{ "wrong instance",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_WRONG_INSTANCE },
		  1,
		  false,
		  "api-call-mismatch",
		  SEVERITY_HIGH },
		{ "the policy's",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_OUTSIDE_HOURS, REASON_WEAK_MATCH },
		  2,
		  false,
		  "login-policy-violation",
		  SEVERITY_MEDIUM },
		{ "the policy's, provisional",
		  VERDICT_UNAUTHORIZED,
		  STAGE_PROVISIONAL,
		  { REASON_DIRECT_SSH_NOT_ALLOWED },
		  1,
		  false,
		  "login-policy-violation",
		  SEVERITY_LOW },
		{ "not decided by the policy",
		  VERDICT_UNVERIFIABLE,
		  STAGE_NONE,
		  { REASON_TAGS_UNKNOWN },
		  1,
		  false,
		  NULL,
		  SEVERITY_LOW },
		{ "two doors",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_API_CALL_REUSED, REASON_NO_API_CALL },
		  2,
		  false,
		  "api-call-reused",
		  SEVERITY_HIGH },
		{ "a reason of another verdict in front",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_TTY_UNKNOWN, REASON_API_CALL_DENIED },
		  2,
		  false,
		  "login-after-denied-call",
		  SEVERITY_HIGH },
		{ "no reason at all",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { 0 },
		  0,
		  false,
		  "login-without-api-call",
		  SEVERITY_HIGH },
		{ "told already",
		  VERDICT_UNAUTHORIZED,
		  STAGE_FINAL,
		  { REASON_NO_API_CALL },
		  1,
		  true,
		  NULL,
		  SEVERITY_LOW },
		{ "authorized",
		  VERDICT_AUTHORIZED,
		  STAGE_FINAL,
		  { REASON_WEAK_MATCH },
		  1,
		  false,
		  NULL,
		  SEVERITY_LOW },
		{ "pending",
		  VERDICT_PENDING,
		  STAGE_NONE,
		  { 0 },
		  0,
		  false,
		  NULL,
		  SEVERITY_LOW },
		{ "unverifiable",
		  VERDICT_UNVERIFIABLE,
		  STAGE_NONE,
		  { REASON_NO_API_LOG },
		  1,
		  false,
		  NULL,
		  SEVERITY_LOW },
		{ "not judged",
		  VERDICT_NOT_JUDGED,
		  STAGE_NONE,
		  { 0 },
		  0,
		  false,
		  NULL,
		  SEVERITY_LOW },
	};
	struct login login = {
		.id = { { 1, 2, 3 } },
		.happened_at = 42 * US_PER_SECOND,
		.path = PATH_AWS_SSM_SESSION,
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct verdict verdict = {
			.login = &login,
			.verdict = rows[i].verdict,
			.stage = rows[i].stage,
			.reasons = { rows[i].reasons[0], rows[i].reasons[1] },
			.reason_count = rows[i].reason_count,
			.repeats = rows[i].repeats,
		};
		struct finding finding;
		struct id want;

		check_row(rows[i].name);
		CHECK_TEXT(finding_verdict_text(&verdict),
			   slice_equal(slice_text(rows[i].rule ? rows[i].rule : ""),
				       SLICE("login-policy-violation"))
				   ? "the policy does not allow it"
				   : verdict_text(rows[i].verdict));
		CHECK_INT(finding_from_verdict(&verdict, &finding), rows[i].rule != NULL);
		if (!rows[i].rule)
			continue;
		want = finding_id(&login.id, rows[i].rule);
		CHECK_TEXT(finding.rule, rows[i].rule);
		CHECK_TEXT(severity_word(finding.severity),
			   severity_word(rows[i].severity));
		CHECK(memcmp(&finding.id, &want, sizeof(want)) == 0);
		CHECK_INT(finding.happened_at, login.happened_at);
		CHECK(finding.login == &login);
		CHECK(finding.verdict == &verdict);
		CHECK(!finding.observation);
	}
}

static void test_techniques(void)
{
	static const struct {
		enum path path;
		const char *technique, *tactic;
	} rows[] = {
		{ PATH_AWS_EC2_INSTANCE_CONNECT, "T1021.008", "TA0008" },
		{ PATH_AWS_SSM_SESSION, "T1021.008", "TA0008" },
		{ PATH_AWS_SERIAL_CONSOLE, "T1021.008", "TA0008" },
		{ PATH_AWS_SSM_SSH, "T1021.008", "TA0008" },
		{ PATH_AWS_EICE_TUNNEL, "T1021.008", "TA0008" },
		{ PATH_AWS_SSM_COMMAND, "T1651", "TA0002" },
		{ PATH_AWS_SSM_ASSOCIATION, "T1651", "TA0002" },
		{ PATH_AWS_USER_DATA, "T1651", "TA0002" },
		{ PATH_AZURE_SERIAL_CONSOLE, "T1021.008", "TA0008" },
		{ PATH_GCP_SERIAL_CONSOLE, "T1021.008", "TA0008" },
		{ PATH_GCP_OS_LOGIN, "T1021.008", "TA0008" },
		{ PATH_GCP_METADATA_KEY, "T1021.008", "TA0008" },
		{ PATH_GCP_IAP_TUNNEL, "T1021.008", "TA0008" },
		{ PATH_GCP_STARTUP_SCRIPT, "T1651", "TA0002" },
		{ PATH_GCP_OS_CONFIG, "T1651", "TA0002" },
		{ PATH_NONE, NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct login login = { .path = rows[i].path };
		struct verdict verdict = { .login = &login,
					   .verdict = VERDICT_UNAUTHORIZED };
		struct finding finding;

		check_row(path_word(rows[i].path));
		CHECK(finding_from_verdict(&verdict, &finding));
		CHECK_TEXT(finding.technique, rows[i].technique);
		CHECK_TEXT(finding.tactic, rows[i].tactic);
	}
}

static void test_observations(void)
{
	static const struct {
		enum observation_kind kind;
		const char *rule;
		enum severity severity;
		const char *technique;
	} rows[] = {
		{ OBSERVATION_API_CALL_WITHOUT_LOGIN, "api-call-without-login",
		  SEVERITY_MEDIUM, NULL },
		{ OBSERVATION_SESSION_TAKEN_OVER, "session-taken-over", SEVERITY_HIGH,
		  NULL },
		{ OBSERVATION_AGENT_REGISTERED_ELSEWHERE, "agent-registered-elsewhere",
		  SEVERITY_CRITICAL, NULL },
		{ OBSERVATION_FORGED_LOG_LINE, "forged-log-line", SEVERITY_HIGH, NULL },
		{ OBSERVATION_EVIDENCE_GAP, "evidence-gap", SEVERITY_LOW, NULL },
		{ OBSERVATION_CONTROL_PLANE_BLIND, "control-plane-blind", SEVERITY_LOW,
		  NULL },
		{ OBSERVATION_AGENT_STOPPED, "agent-stopped", SEVERITY_MEDIUM, NULL },
		{ OBSERVATION_AGENT_WAS_DOWN, "agent-was-down", SEVERITY_MEDIUM, NULL },
		{ OBSERVATION_IDENTITY_CHANGED, "identity-changed", SEVERITY_MEDIUM,
		  NULL },
		{ OBSERVATION_REBOOT_DURING_CONSOLE, "reboot-during-console",
		  SEVERITY_MEDIUM, NULL },
		{ OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL,
		  "login-with-cloud-set-credential", SEVERITY_MEDIUM, "T1098" },
		{ OBSERVATION_SERIAL_CONSOLE_ENABLED, "serial-console-enabled",
		  SEVERITY_LOW, "T1021.008" },
		{ OBSERVATION_ENDPOINT_CREATED, "endpoint-created", SEVERITY_LOW,
		  "T1133" },
		{ OBSERVATION_KEY_PLANTED, "key-planted", SEVERITY_LOW, "T1098.004" },
		{ OBSERVATION_CREDENTIAL_RESET, "credential-reset", SEVERITY_LOW,
		  "T1098" },
		{ OBSERVATION_EXTENSION_WRITTEN, "extension-written", SEVERITY_LOW,
		  "T1651" },
		{ OBSERVATION_STARTUP_SCRIPT_CHANGED, "startup-script-changed",
		  SEVERITY_LOW, "T1037" },
		{ OBSERVATION_TRAIL_STOPPED, "trail-stopped", SEVERITY_LOW, "T1562.008" },
		{ OBSERVATION_NEW_PRINCIPAL, "new-principal", SEVERITY_LOW, NULL },
		{ OBSERVATION_NEW_SOURCE_NETWORK, "new-source-network", SEVERITY_LOW,
		  NULL },
		{ OBSERVATION_NEW_PATH, "new-path", SEVERITY_LOW, NULL },
		{ OBSERVATION_UNUSUAL_HOUR, "unusual-hour", SEVERITY_LOW, NULL },
		{ OBSERVATION_TOO_MANY_LOGINS, "too-many-logins", SEVERITY_LOW, NULL },
		{ OBSERVATION_ALERTS_DROPPED, "alerts-dropped", SEVERITY_MEDIUM, NULL },
		{ OBSERVATION_TEST_ALERT, "test-alert", SEVERITY_LOW, NULL },
	};

	CHECK_UINT(COUNT_OF(rows), OBSERVATION_COUNT);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct observation observation = {
			.kind = rows[i].kind,
			.id = { { 7, 7 } },
			.happened_at = 9,
		};
		struct finding finding;

		check_row(rows[i].rule);
		finding_from_observation(&observation, &finding);
		CHECK_TEXT(finding.rule, rows[i].rule);
		CHECK_TEXT(severity_word(finding.severity),
			   severity_word(rows[i].severity));
		CHECK(memcmp(&finding.id, &observation.id, sizeof(finding.id)) == 0);
		CHECK_INT(finding.path, PATH_NONE);
		CHECK_TEXT(finding.technique, rows[i].technique);
		CHECK(!finding.login);
	}
}

static void test_path_of_call(void)
{
	static const struct {
		enum observation_kind kind;
		enum api_action action;
		const char *path, *technique, *tactic;
	} rows[] = {
		{ OBSERVATION_API_CALL_WITHOUT_LOGIN, API_SEND_COMMAND, "aws-ssm-command",
		  "T1651", "TA0002" },
		{ OBSERVATION_ENDPOINT_CREATED, API_CREATE_INSTANCE_CONNECT_ENDPOINT,
		  "aws-eice-tunnel", "T1133", "TA0003" },
		{ OBSERVATION_STARTUP_SCRIPT_CHANGED, API_MODIFY_INSTANCE_ATTRIBUTE,
		  "aws-user-data", "T1037", "TA0003" },
		{ OBSERVATION_TRAIL_STOPPED, API_STOP_TRAIL, "", "T1562.008", "TA0005" },
		/* one call may open several doors */
		{ OBSERVATION_KEY_PLANTED, API_GCP_SET_METADATA, "gcp-metadata-key",
		  "T1098.004", "TA0003" },
		{ OBSERVATION_STARTUP_SCRIPT_CHANGED, API_GCP_SET_METADATA,
		  "gcp-startup-script", "T1037", "TA0003" },
		{ OBSERVATION_SERIAL_CONSOLE_ENABLED, API_GCP_SET_PROJECT_METADATA,
		  "gcp-serial-console", "T1021.008", "TA0008" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct event call = { .kind = EVENT_API_CALL,
				      .api_call.action = rows[i].action };
		struct observation observation = { .kind = rows[i].kind,
						   .api_call = &call };
		struct finding finding;

		check_row(observation_word(rows[i].kind));
		finding_from_observation(&observation, &finding);
		CHECK_TEXT(path_word(finding.path), rows[i].path);
		CHECK_TEXT(finding.technique, rows[i].technique);
		CHECK_TEXT(finding.tactic, rows[i].tactic);
		CHECK(finding.api_call == &call);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rules", test_rules },
		{ "techniques", test_techniques },
		{ "observations", test_observations },
		{ "path of a call", test_path_of_call },
		{ NULL, NULL },
	};

	return check_run("alert/finding", tests);
}
