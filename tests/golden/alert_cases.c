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

static const struct login ssh = {
	.id = { { 0xab, 0xcd, 0xef } },
	.kind = LOGIN_SSH,
	.happened_at = AT(0) + 250000,
	.ended_at = US_TIME_NONE,
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
	.path = PATH_AWS_SSM_SSH,
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

#define OF_LOGIN(name, activity, number, verdict)                                \
	{                                                                        \
		name,                                                            \
		{                                                                \
			activity, number, AT(number), &(verdict), NULL, &context \
		}                                                                \
	}
#define OF_OBSERVATION(name, activity, number, observation)                          \
	{                                                                            \
		name,                                                                \
		{                                                                    \
			activity, number, AT(number), NULL, &(observation), &context \
		}                                                                    \
	}

const struct alert_case alert_cases[] = {
	/* the life of a login that nobody vouches for, until somebody does */
	OF_LOGIN("1-observed", ALERT_CREATE, 1, pending),
	OF_LOGIN("2-provisional", ALERT_UPDATE, 2, provisional),
	OF_LOGIN("3-final", ALERT_UPDATE, 3, final),
	OF_LOGIN("4-late-call", ALERT_CLOSE, 4, authorized),
	/* other logins */
	OF_LOGIN("authorized-at-once", ALERT_CREATE, 5, authorized),
	OF_LOGIN("unverifiable", ALERT_UPDATE, 6, unverifiable),
	OF_LOGIN("pre-existing", ALERT_CREATE, 7, pre_existing),
	OF_LOGIN("repeated", ALERT_UPDATE, 8, repeated),
	OF_LOGIN("two-doors", ALERT_CLOSE, 9, two_doors),
	OF_LOGIN("command", ALERT_UPDATE, 10, unauthorized_command),
	OF_LOGIN("hostile-bytes", ALERT_UPDATE, 11, hostile_bytes),
	{ "nothing-known", { ALERT_CREATE, 12, AT(12), &little, NULL, &nothing_known } },
	/* observations */
	OF_OBSERVATION("forged-line", ALERT_CREATE, 13, forged),
	OF_OBSERVATION("blind", ALERT_CREATE, 14, blind),
	OF_OBSERVATION("seeing-again", ALERT_CREATE, 15, seeing),
	OF_OBSERVATION("taken-over", ALERT_CREATE, 16, taken_over),
	OF_OBSERVATION("call-without-login", ALERT_CREATE, 17, call_alone),
	OF_OBSERVATION("registered-elsewhere", ALERT_CREATE, 18, elsewhere),
	OF_OBSERVATION("forged-lines", ALERT_UPDATE, 19, many_forged),
	{ NULL, { 0 } },
};
