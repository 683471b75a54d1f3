/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/golden/alert_cases.h"

#define TEXT(literal)                          \
	{                                      \
		(literal), sizeof(literal) - 1 \
	}
#define AT(seconds) ((us_time)(1769594400 + (seconds)) * US_PER_SECOND)

static bool find_line(void *ctx, uint64_t reference, struct evidence_text *ret_text)
{
	static const struct evidence_text texts[] = {
		{ TEXT("/var/log/auth.log"), TEXT("offset=512"),
		  TEXT("Jan 28 10:00:00 web-1 sshd[881]: Accepted publickey for "
		       "deploy") },
		{ TEXT("/var/log/amazon/ssm/amazon-ssm-agent.log"),
		  TEXT("offset=7"),
		  { NULL, 0 } },
		{ TEXT("/var/log/\x1b]0;x\x07"), TEXT("offset=0"),
		  TEXT("a\x1b[31m\x01\x7f\xff\xc3(\xe2\x80\xae\"\\\n\r\t\0z") },
	};

	(void)ctx;
	if (reference == 0 || reference > sizeof(texts) / sizeof(texts[0]))
		return false;
	*ret_text = texts[reference - 1];
	return true;
}

static const struct native_context context = {
	.instance = TEXT("i-0123456789abcdef0"),
	.host = TEXT("web-1"),
	.provider = TEXT("aws"),
	.account = TEXT("111122223333"),
	.region = TEXT("eu-west-1"),
	.evidence = find_line,
};

static const struct native_context on_azure = {
	.instance = TEXT("/subscriptions/00000000-1111-2222-3333-444444444444/"
			 "resourceGroups/web/providers/Microsoft.Compute/"
			 "virtualMachines/web-1"),
	.host = TEXT("web-1"),
	.provider = TEXT("azure"),
	.account = TEXT("00000000-1111-2222-3333-444444444444"),
	.region = TEXT("westeurope"),
	.evidence = find_line,
};

static const struct native_context on_google = {
	.instance = TEXT("1234567890123456789"),
	.host = TEXT("web-1"),
	.provider = TEXT("gcp"),
	.account = TEXT("example-project"),
	.region = TEXT("europe-west1"),
	.evidence = find_line,
};

static const struct native_context nothing_known = { .evidence = NULL };

static const uint64_t sshd_lines[] = { 1 };
static const uint64_t ssm_lines[] = { 2 };
static const uint64_t hostile_lines[] = { 3, 4 };

static const struct event push = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-3),
	.api_call = {
		.id = TEXT("11111111-2222-3333-4444-555555555555"),
		.action = API_SEND_SSH_PUBLIC_KEY,
		.name = TEXT("SendSSHPublicKey"),
		.request_id = TEXT("66666666-7777-8888-9999-000000000000"),
		.principal = TEXT("arn:aws:sts::111122223333:assumed-role/ops/alice"),
		.access_key_id = TEXT("ASIAEXAMPLEEXAMPLE00"),
		.session_issuer = TEXT("arn:aws:iam::111122223333:role/ops"),
		.source_ip = TEXT("198.51.100.4"),
		.user_agent = TEXT("aws-cli/2.15.0"),
		.mfa = TRISTATE_TRUE,
		.account = TEXT("111122223333"),
		.region = TEXT("eu-west-1"),
		.os_user = TEXT("deploy"),
	},
};

static const struct event refused_push = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-2),
	.api_call = {
		.id = TEXT("e-2"),
		.action = API_SEND_SSH_PUBLIC_KEY,
		.name = TEXT("SendSSHPublicKey"),
		.outcome = API_DENIED,
		.error_code = TEXT("AccessDenied"),
		.principal = TEXT("arn:aws:iam::111122223333:user/mallory"),
		.source_ip = TEXT("ec2-instance-connect.amazonaws.com"),
		.mfa = TRISTATE_FALSE,
	},
};

static const struct event tunnel = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-4),
	.api_call = {
		.id = TEXT("e-3"),
		.action = API_OPEN_TUNNEL,
		.name = TEXT("OpenTunnel"),
		.principal = TEXT("arn:aws:iam::111122223333:user/alice"),
		.source_ip = TEXT("2001:db8::4"),
	},
};

static const struct event start_session = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-100),
	.api_call = {
		.id = TEXT("e-4"),
		.action = API_START_SESSION,
		.name = TEXT("StartSession"),
		.principal = TEXT("arn:aws:iam::111122223333:user/bob"),
		.source_ip = TEXT("203.0.113.8"),
		.session_id = TEXT("bob-0a1b2c3d4e5f60718"),
	},
};

static const struct event check_policy = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-1),
	.api_call = {
		.id = TEXT("e-9"),
		.action = API_GCP_CHECK_POLICY,
		.name = TEXT("google.cloud.oslogin.v1.OsLoginService.CheckPolicy"),
		.principal = TEXT("alice@example.com"),
		.source_ip = TEXT("203.0.113.9"),
		.account = TEXT("example-project"),
		.is_admin = true,
	},
};

static const struct login ssh = {
	.id = { { 0xab, 0xcd, 0xef } },
	.kind = LOGIN_SSH,
	.happened_at = AT(0) + 250000,
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_EC2_INSTANCE_CONNECT,
	.trust = TRUST_ATTESTED,
	.pid = 881,
	.source_port = 50022,
	.host = TEXT("web-1"),
	.os_user = TEXT("deploy"),
	.source_ip = TEXT("203.0.113.9"),
	.key_fingerprint = TEXT("SHA256:0000000000000000000000000000000000000000000"),
	.evidence = sshd_lines,
	.evidence_count = 1,
};

static const struct login tunnelled = {
	.id = { { 0x01 } },
	.kind = LOGIN_SSH,
	.happened_at = AT(0),
	.ended_at = AT(60),
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_EC2_INSTANCE_CONNECT,
	.through = PATH_AWS_EICE_TUNNEL,
	.trust = TRUST_CORROBORATED,
	.os_user = TEXT("deploy"),
	.source_ip = TEXT("10.0.3.7"),
};

static const struct login command = {
	.id = { { 0x02 } },
	.kind = LOGIN_COMMAND,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_SSM_COMMAND,
	.trust = TRUST_ROOT_FILE,
	.os_user = TEXT("root"),
	.command_id = TEXT("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"),
	.evidence = ssm_lines,
	.evidence_count = 1,
};

static const struct login session = {
	.id = { { 0x03 } },
	.kind = LOGIN_SESSION,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_SSM_SESSION,
	.trust = TRUST_ROOT_FILE,
	.os_user = TEXT("ssm-user"),
	.session_id = TEXT("bob-0a1b2c3d4e5f60718"),
};

static const struct login hostile = {
	.id = { { 0x04 } },
	.kind = LOGIN_CONSOLE,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_SERIAL_CONSOLE,
	.trust = TRUST_UNVERIFIED,
	.host = TEXT("web\x1b[2J"),
	.os_user = TEXT("\x00\x01\"},{\"\xff\xe2\x80\xae"),
	.source_ip = TEXT("1.2.3.4\n"),
	.tty = TEXT("tty\x7f"),
	.evidence = hostile_lines,
	.evidence_count = 2,
	.evidence_cut = true,
};

static const struct login bare = {
	.kind = LOGIN_SSH,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AWS_SSM_SSH,
};

static const struct login ended = {
	.id = { { 0x05 } },
	.kind = LOGIN_SESSION,
	.happened_at = AT(0),
	.ended_at = AT(900),
	.sudo_at = AT(30),
	.path = PATH_AWS_SSM_SESSION,
	.trust = TRUST_ROOT_FILE,
	.host = TEXT("web-1"),
	.os_user = TEXT("ssm-user"),
	.tty = TEXT("pts/0"),
	.session_id = TEXT("bob-0a1b2c3d4e5f60718"),
	.principal_hint = TEXT("arn:aws:iam::111122223333:user/bob"),
};

static const struct login script = {
	.id = { { 0x06 } },
	.kind = LOGIN_SCRIPT,
	.happened_at = AT(0),
	.ended_at = AT(2),
	.sudo_at = US_TIME_NONE,
	.path = PATH_GCP_STARTUP_SCRIPT,
	.trust = TRUST_ATTESTED,
	.host = TEXT("web-3"),
	.os_user = TEXT("root"),
	.command_id = TEXT("startup-script"),
};

static const struct login extension = {
	.id = { { 0x07 } },
	.kind = LOGIN_EXTENSION,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_AZURE_RUN_COMMAND,
	.trust = TRUST_ROOT_FILE,
	.host = TEXT("web-2"),
	.os_user = TEXT("root"),
	.command_id = TEXT("Microsoft.CPlat.Core.RunCommandLinux/3"),
	.correlation_id = TEXT("00000000-1111-2222-3333-444444444444"),
};

static const struct login direct = {
	.id = { { 0x08 } },
	.kind = LOGIN_SSH,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = US_TIME_NONE,
	.path = PATH_DIRECT_SSH,
	.trust = TRUST_ATTESTED,
	.pid = 882,
	.source_port = 50023,
	.host = TEXT("web-1"),
	.os_user = TEXT("root"),
	.source_ip = TEXT("2001:db8::66"),
};

static const struct event run_command = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-20),
	.api_call = {
		.id = TEXT("e-5"),
		.action = API_AZURE_RUN_COMMAND,
		.name = TEXT("Microsoft.Compute/virtualMachines/runCommand/action"),
		.principal = TEXT("alice@example.com"),
		.source_ip = TEXT("198.51.100.7"),
	},
};

static const struct event plant_key = {
	.kind = EVENT_API_CALL,
	.happened_at = AT(-20),
	.api_call = {
		.id = TEXT("e-6"),
		.action = API_GCP_SET_METADATA,
		.name = TEXT("v1.compute.instances.setMetadata"),
		.principal = TEXT("eve@example.com"),
		.source_ip = TEXT("203.0.113.66"),
		.user_agent = TEXT("google-cloud-sdk gcloud/460.0.0"),
	},
};

static const struct verdict pending = { .login = &ssh, .verdict = VERDICT_PENDING };

static const struct verdict provisional = {
	.login = &ssh,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_PROVISIONAL,
	.reasons = { REASON_NO_API_CALL },
	.reason_count = 1,
};

static const struct verdict final = {
	.login = &ssh,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_FINAL,
	.reasons = { REASON_API_CALL_DENIED, REASON_WRONG_OS_USER },
	.reason_count = 2,
	.reason_call = &refused_push,
};

static const struct verdict repeated = {
	.login = &ssh,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_FINAL,
	.reasons = { REASON_API_CALL_EXPIRED },
	.reason_count = 1,
	.repeats = true,
};

static const struct verdict authorized = {
	.login = &ssh,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &push,
	.matched = 1u << MATCHED_REQUEST_ID | 1u << MATCHED_OS_USER,
};

static const struct verdict unverifiable = {
	.login = &ssh,
	.verdict = VERDICT_UNVERIFIABLE,
	.reasons = { REASON_NO_CREDENTIALS },
	.reason_count = 1,
};

static const struct verdict two_doors = {
	.login = &tunnelled,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &push,
	.matched = 1u << MATCHED_FINGERPRINT,
	.through_api_call = &tunnel,
	.through_matched = 1u << MATCHED_PRIVATE_IP,
};

static const struct verdict unauthorized_command = {
	.login = &command,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_FINAL,
	.reasons = { REASON_NO_API_CALL },
	.reason_count = 1,
};

static const struct verdict pre_existing = {
	.login = &command,
	.verdict = VERDICT_NOT_JUDGED,
	.reasons = { REASON_PRE_EXISTING },
	.reason_count = 1,
};

static const struct verdict hostile_bytes = {
	.login = &hostile,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_PROVISIONAL,
	.reasons = { REASON_NO_API_CALL, REASON_TTY_UNKNOWN },
	.reason_count = 2,
};

static const struct verdict left = {
	.login = &ended,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &start_session,
	.matched = 1u << MATCHED_SESSION_ID,
};

static const struct verdict violation = {
	.login = &ended,
	.verdict = VERDICT_UNAUTHORIZED,
	.stage = STAGE_FINAL,
	.reasons = { REASON_OUTSIDE_HOURS },
	.reason_count = 1,
	.api_call = &start_session,
	.matched = 1u << MATCHED_SESSION_ID,
	.policy_rule = "operators",
};

static const struct verdict at_boot = {
	.login = &script,
	.verdict = VERDICT_UNVERIFIABLE,
	.reasons = { REASON_CALL_MAY_BE_OLDER },
	.reason_count = 1,
};

static const struct login of_google = {
	.id = { { 0x0c } },
	.kind = LOGIN_SSH,
	.happened_at = AT(0),
	.ended_at = US_TIME_NONE,
	.sudo_at = AT(30),
	.path = PATH_GCP_OS_LOGIN,
	.trust = TRUST_ATTESTED,
	.pid = 4711,
	.source_port = 50022,
	.host = TEXT("web-1"),
	.os_user = TEXT("alice_example_com"),
	.source_ip = TEXT("2001:db8::9"),
	.principal_hint = TEXT("alice@example.com"),
	.evidence = sshd_lines,
	.evidence_count = 1,
};

static const struct verdict by_google = {
	.login = &of_google,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &check_policy,
	.matched = 1u << MATCHED_USER | 1u << MATCHED_TIME,
};

static const struct verdict by_azure = {
	.login = &extension,
	.verdict = VERDICT_AUTHORIZED,
	.stage = STAGE_FINAL,
	.api_call = &run_command,
	.matched = 1u << MATCHED_CORRELATION_ID,
};

static const struct verdict from_network = {
	.login = &direct,
	.verdict = VERDICT_NOT_JUDGED,
};

static const struct verdict little = { .login = &bare, .verdict = VERDICT_PENDING };

static const struct observation forged = {
	.kind = OBSERVATION_FORGED_LOG_LINE,
	.id = { { 0x10 } },
	.happened_at = AT(5),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.evidence = 3,
	.detail = TEXT("a line as of sshd\x1b[0m"),
};

static const uint64_t further_lines[] = { 1, 2 };

static const struct observation many_forged = {
	.kind = OBSERVATION_FORGED_LOG_LINE,
	.id = { { 0x16 } },
	.is_again = true,
	.happened_at = AT(0),
	.from = AT(5),
	.until = AT(7),
	.evidence = 3,
	.samples = further_lines,
	.sample_count = 2,
	.detail = TEXT("37 more login-accepted lines in this minute, written by uid "
		       "1000, that name: alice from 192.0.2.1"),
};

static const struct observation blind = {
	.kind = OBSERVATION_CONTROL_PLANE_BLIND,
	.id = { { 0x11 } },
	.happened_at = AT(6),
	.reason = REASON_API_DENIED,
	.from = AT(0),
	.until = US_TIME_NONE,
	.detail = TEXT("ssm.amazonaws.com"),
};

static const struct observation seeing = {
	.kind = OBSERVATION_CONTROL_PLANE_BLIND,
	.id = { { 0x12 } },
	.happened_at = AT(7),
	.reason = REASON_API_DENIED,
	.is_over = true,
	.from = AT(0),
	.until = US_TIME_NONE,
	.detail = TEXT("ssm.amazonaws.com"),
};

static const struct observation taken_over = {
	.kind = OBSERVATION_SESSION_TAKEN_OVER,
	.id = { { 0x13 } },
	.happened_at = AT(8),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.login = &session,
	.api_call = &start_session,
};

static const struct observation call_alone = {
	.kind = OBSERVATION_API_CALL_WITHOUT_LOGIN,
	.id = { { 0x14 } },
	.happened_at = AT(9),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.api_call = &start_session,
};

static const struct observation elsewhere = {
	.kind = OBSERVATION_AGENT_REGISTERED_ELSEWHERE,
	.id = { { 0x15 } },
	.happened_at = AT(10),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.evidence = 2,
	.detail = TEXT("a session of arn:aws:iam::444455556666:user/eve"),
};

static const struct observation planted = {
	.kind = OBSERVATION_KEY_PLANTED,
	.id = { { 0x17 } },
	.happened_at = AT(-20),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.api_call = &plant_key,
	.detail = TEXT("a key of deploy, SHA256:"
		       "0000000000000000000000000000000000000000000"),
};

static const struct observation newcomer = {
	.kind = OBSERVATION_NEW_PRINCIPAL,
	.id = { { 0x18 } },
	.happened_at = AT(0),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
	.login = &ended,
	.api_call = &start_session,
};

static const struct observation dropped = {
	.kind = OBSERVATION_ALERTS_DROPPED,
	.id = { { 0x19 } },
	.happened_at = AT(20),
	.from = AT(0),
	.until = AT(20),
	.detail = TEXT("12 of sink siem"),
};

static const struct observation trial = {
	.kind = OBSERVATION_TEST_ALERT,
	.id = { { 0x1a } },
	.happened_at = AT(38),
	.from = US_TIME_NONE,
	.until = US_TIME_NONE,
};

static const struct alert_heartbeat beat = {
	.started_at = AT(-86400),
	.interval_us = 5 * US_PER_MINUTE,
	.logins = 3,
	.findings = 1,
	.waiting = 0,
	.sight = "good",
};

#define RECORD(of, of_stream, of_activity, of_number, of_context, ...)               \
	{                                                                            \
		of,                                                                  \
		{                                                                    \
			.stream = of_stream, .activity = of_activity,                \
			.number = of_number, .sequence = (of_number)-1,              \
			.told_at = AT(of_number), .context = of_context, __VA_ARGS__ \
		}                                                                    \
	}
#define FOUND(name, activity, number, of) \
	RECORD(name, ALERT_FINDINGS, activity, number, &context, .verdict = &(of))
#define SEEN(name, activity, number, of) \
	RECORD(name, ALERT_FINDINGS, activity, number, &context, .observation = &(of))
#define LOGIN(name, activity, number, of) \
	RECORD(name, ALERT_LOGINS, activity, number, &context, .verdict = &(of))

const struct alert_case alert_cases[] = {
	/* the life of a login that nobody vouches for, until somebody does */
	LOGIN("login-1-observed", ALERT_CREATE, 1, pending),
	LOGIN("login-2-provisional", ALERT_UPDATE, 2, provisional),
	FOUND("finding-1-provisional", ALERT_CREATE, 3, provisional),
	LOGIN("login-3-final", ALERT_UPDATE, 4, final),
	FOUND("finding-2-final", ALERT_UPDATE, 5, final),
	LOGIN("login-4-late-call", ALERT_CLOSE, 6, authorized),
	FOUND("finding-3-withdrawn", ALERT_CLOSE, 7, authorized),
	/* other logins */
	LOGIN("login-authorized-at-once", ALERT_CREATE, 8, authorized),
	LOGIN("login-unverifiable", ALERT_UPDATE, 9, unverifiable),
	LOGIN("login-pre-existing", ALERT_CREATE, 10, pre_existing),
	LOGIN("login-repeated", ALERT_UPDATE, 11, repeated),
	LOGIN("login-two-doors", ALERT_CREATE, 12, two_doors),
	LOGIN("login-left", ALERT_CLOSE, 13, left),
	LOGIN("login-command", ALERT_UPDATE, 14, unauthorized_command),
	RECORD("login-run-command", ALERT_LOGINS, ALERT_CREATE, 15, &on_azure,
	       .verdict = &by_azure),
	LOGIN("login-at-boot", ALERT_CREATE, 16, at_boot),
	LOGIN("login-direct", ALERT_CREATE, 17, from_network),
	LOGIN("login-hostile-bytes", ALERT_UPDATE, 18, hostile_bytes),
	RECORD("login-nothing-known", ALERT_LOGINS, ALERT_CREATE, 19, &nothing_known,
	       .verdict = &little),
	/* other findings */
	FOUND("finding-command", ALERT_CREATE, 20, unauthorized_command),
	FOUND("finding-violation", ALERT_CREATE, 21, violation),
	FOUND("finding-suppressed-now", ALERT_CLOSE, 22, violation),
	FOUND("finding-hostile-bytes", ALERT_UPDATE, 23, hostile_bytes),
	RECORD("finding-test", ALERT_FINDINGS, ALERT_CREATE, 24, &context,
	       .verdict = &final, .is_test = true),
	/* observations */
	SEEN("forged-line", ALERT_CREATE, 25, forged),
	SEEN("forged-lines", ALERT_UPDATE, 26, many_forged),
	SEEN("blind", ALERT_CREATE, 27, blind),
	SEEN("seeing-again", ALERT_CREATE, 28, seeing),
	SEEN("taken-over", ALERT_CREATE, 29, taken_over),
	SEEN("call-without-login", ALERT_CREATE, 30, call_alone),
	SEEN("registered-elsewhere", ALERT_CREATE, 31, elsewhere),
	SEEN("key-planted", ALERT_CREATE, 32, planted),
	SEEN("new-principal", ALERT_CREATE, 33, newcomer),
	RECORD("alerts-dropped", ALERT_FINDINGS, ALERT_CREATE, 34, &nothing_known,
	       .observation = &dropped),
	/* the agent lives */
	RECORD("heartbeat", ALERT_HEARTBEATS, ALERT_CREATE, 35, &context,
	       .heartbeat = &beat),
	RECORD("heartbeat-nothing-known", ALERT_HEARTBEATS, ALERT_CREATE, 36,
	       &nothing_known, .heartbeat = &beat),
	/* another cloud */
	RECORD("login-os-login", ALERT_LOGINS, ALERT_CREATE, 37, &on_google,
	       .verdict = &by_google),
	/* countersign test-alert */
	RECORD("test-alert", ALERT_FINDINGS, ALERT_CREATE, 38, &context,
	       .observation = &trial, .is_test = true),
	{ NULL, { 0 } },
};
