/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/finding.h"

#include <assert.h>

struct rule {
	const char *word;
	const char *title;
};

static const struct rule without_call = {
	"login-without-api-call",
	"a login through a cloud door that no API call vouches for",
};
static const struct rule after_denied_call = {
	"login-after-denied-call",
	"a login through a cloud door whose API call was refused",
};
static const struct rule call_reused = {
	"api-call-reused",
	"a login whose API call had vouched for another one already",
};
static const struct rule call_mismatch = {
	"api-call-mismatch",
	"a login that its API call does not fit",
};
static const struct rule policy_violation = {
	"login-policy-violation",
	"a login that the policy does not allow",
};

/* The rule follows the reason; reasons that are not here explain other verdicts. */
static const struct {
	enum reason reason;
	const struct rule *rule;
} rules_of_reasons[] = {
	{ REASON_NO_API_CALL, &without_call },
	{ REASON_API_CALL_DENIED, &after_denied_call },
	{ REASON_API_CALL_REUSED, &call_reused },
	{ REASON_API_CALL_EXPIRED, &call_mismatch },
	{ REASON_WRONG_OS_USER, &call_mismatch },
	{ REASON_WRONG_INSTANCE, &call_mismatch },
	{ REASON_PRINCIPAL_NOT_ALLOWED, &policy_violation },
	{ REASON_SOURCE_IP_NOT_TRUSTED, &policy_violation },
	{ REASON_OUTSIDE_HOURS, &policy_violation },
	{ REASON_OS_USER_NOT_ALLOWED, &policy_violation },
	{ REASON_NO_MFA, &policy_violation },
	{ REASON_CLOUD_ROOT, &policy_violation },
	{ REASON_ROOT_LOGIN, &policy_violation },
	{ REASON_DOOR_NOT_ALLOWED, &policy_violation },
	{ REASON_DIRECT_SSH_NOT_ALLOWED, &policy_violation },
};

static const enum severity severities_of_observations[OBSERVATION_COUNT] = {
	[OBSERVATION_API_CALL_WITHOUT_LOGIN] = SEVERITY_MEDIUM,
	[OBSERVATION_SESSION_TAKEN_OVER] = SEVERITY_HIGH,
	[OBSERVATION_AGENT_REGISTERED_ELSEWHERE] = SEVERITY_CRITICAL,
	[OBSERVATION_FORGED_LOG_LINE] = SEVERITY_HIGH,
	[OBSERVATION_EVIDENCE_GAP] = SEVERITY_LOW,
	[OBSERVATION_CONTROL_PLANE_BLIND] = SEVERITY_LOW,
	[OBSERVATION_AGENT_STOPPED] = SEVERITY_MEDIUM,
	[OBSERVATION_AGENT_WAS_DOWN] = SEVERITY_MEDIUM,
	[OBSERVATION_IDENTITY_CHANGED] = SEVERITY_MEDIUM,
	[OBSERVATION_REBOOT_DURING_CONSOLE] = SEVERITY_MEDIUM,
	[OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL] = SEVERITY_MEDIUM,
	[OBSERVATION_SERIAL_CONSOLE_ENABLED] = SEVERITY_LOW,
	[OBSERVATION_ENDPOINT_CREATED] = SEVERITY_LOW,
	[OBSERVATION_KEY_PLANTED] = SEVERITY_LOW,
	[OBSERVATION_CREDENTIAL_RESET] = SEVERITY_LOW,
	[OBSERVATION_EXTENSION_WRITTEN] = SEVERITY_LOW,
	[OBSERVATION_STARTUP_SCRIPT_CHANGED] = SEVERITY_LOW,
	[OBSERVATION_TRAIL_STOPPED] = SEVERITY_LOW,
	[OBSERVATION_NEW_PRINCIPAL] = SEVERITY_LOW,
	[OBSERVATION_NEW_SOURCE_NETWORK] = SEVERITY_LOW,
	[OBSERVATION_NEW_PATH] = SEVERITY_LOW,
	[OBSERVATION_UNUSUAL_HOUR] = SEVERITY_LOW,
	[OBSERVATION_TOO_MANY_LOGINS] = SEVERITY_LOW,
	[OBSERVATION_ALERTS_DROPPED] = SEVERITY_MEDIUM,
};

/* The door a call opens, for observations without a login. */
static const enum path paths_of_actions[API_ACTION_COUNT] = {
	[API_SEND_SSH_PUBLIC_KEY] = PATH_AWS_EC2_INSTANCE_CONNECT,
	[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = PATH_AWS_SERIAL_CONSOLE,
	[API_OPEN_TUNNEL] = PATH_AWS_EICE_TUNNEL,
	[API_START_SESSION] = PATH_AWS_SSM_SESSION,
	[API_RESUME_SESSION] = PATH_AWS_SSM_SESSION,
	[API_TERMINATE_SESSION] = PATH_AWS_SSM_SESSION,
	[API_EXECUTE_COMMAND] = PATH_AWS_SSM_SESSION,
	[API_SEND_COMMAND] = PATH_AWS_SSM_COMMAND,
	[API_START_AUTOMATION_EXECUTION] = PATH_AWS_SSM_COMMAND,
	[API_CREATE_ASSOCIATION] = PATH_AWS_SSM_ASSOCIATION,
	[API_ENABLE_SERIAL_CONSOLE_ACCESS] = PATH_AWS_SERIAL_CONSOLE,
	[API_MODIFY_INSTANCE_ATTRIBUTE] = PATH_AWS_USER_DATA,
	[API_AZURE_SERIAL_CONNECT] = PATH_AZURE_SERIAL_CONSOLE,
	[API_AZURE_ENABLE_SERIAL_CONSOLE] = PATH_AZURE_SERIAL_CONSOLE,
	[API_GCP_SERIAL_CONNECT] = PATH_GCP_SERIAL_CONSOLE,
	[API_GCP_SERIAL_DISCONNECT] = PATH_GCP_SERIAL_CONSOLE,
	[API_GCP_OS_CONFIG] = PATH_GCP_OS_CONFIG,
	[API_AZURE_RUN_COMMAND] = PATH_AZURE_RUN_COMMAND,
	[API_AZURE_WRITE_RUN_COMMAND] = PATH_AZURE_RUN_COMMAND,
	[API_AZURE_WRITE_EXTENSION] = PATH_AZURE_VM_EXTENSION,
	[API_AZURE_BASTION_CONNECT] = PATH_AZURE_BASTION,
};

enum technique {
	TECHNIQUE_NONE,
	TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	TECHNIQUE_CLOUD_COMMAND,
	TECHNIQUE_ACCOUNT_MANIPULATION,
};

/* attack.mitre.org: T1021.008 Remote Services: Direct Cloud VM Connections (Lateral
 * Movement), T1651 Cloud Administration Command (Execution), T1098 Account Manipulation
 * (Persistence). */
static const struct {
	const char *technique, *tactic;
} techniques[] = {
	[TECHNIQUE_NONE] = { NULL, NULL },
	[TECHNIQUE_DIRECT_CLOUD_CONNECTION] = { "T1021.008", "TA0008" },
	[TECHNIQUE_CLOUD_COMMAND] = { "T1651", "TA0002" },
	[TECHNIQUE_ACCOUNT_MANIPULATION] = { "T1098", "TA0003" },
};

static const enum technique techniques_of_paths[PATH_COUNT] = {
	[PATH_AWS_EC2_INSTANCE_CONNECT] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AWS_SSM_SESSION] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AWS_SERIAL_CONSOLE] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AWS_SSM_SSH] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AWS_EICE_TUNNEL] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AWS_SSM_COMMAND] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AWS_SSM_ASSOCIATION] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AWS_USER_DATA] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AZURE_SERIAL_CONSOLE] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_GCP_SERIAL_CONSOLE] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_GCP_OS_CONFIG] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_GCP_STARTUP_SCRIPT] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AZURE_RUN_COMMAND] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AZURE_VM_EXTENSION] = TECHNIQUE_CLOUD_COMMAND,
	[PATH_AZURE_ENTRA_SSH] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_AZURE_BASTION] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
};

const char *severity_word(enum severity severity)
{
	static const char *const words[SEVERITY_COUNT] = {
		[SEVERITY_LOW] = "low",
		[SEVERITY_MEDIUM] = "medium",
		[SEVERITY_HIGH] = "high",
		[SEVERITY_CRITICAL] = "critical",
	};

	assert(severity < SEVERITY_COUNT);
	return words[severity];
}

static const struct rule *rule_of(const struct verdict *verdict)
{
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		for (size_t k = 0;
		     k < sizeof(rules_of_reasons) / sizeof(rules_of_reasons[0]); k++) {
			if (rules_of_reasons[k].reason == verdict->reasons[i])
				return rules_of_reasons[k].rule;
		}
	}
	/* An unauthorized login with no reason we know still has no call that vouches. */
	return &without_call;
}

static void set_path(struct finding *finding, enum path path, enum technique technique)
{
	finding->path = path;
	finding->technique = techniques[technique].technique;
	finding->tactic = techniques[technique].tactic;
}

bool finding_from_verdict(const struct verdict *verdict, struct finding *ret_finding)
{
	const struct rule *rule;

	if (verdict->verdict != VERDICT_UNAUTHORIZED || verdict->repeats)
		return false;

	rule = rule_of(verdict);
	*ret_finding = (struct finding){
		.id = finding_id(&verdict->login->id, rule->word),
		.rule = rule->word,
		.title = rule->title,
		.severity = verdict->stage == STAGE_FINAL ? SEVERITY_HIGH : SEVERITY_LOW,
		.happened_at = verdict->login->happened_at,
		.login = verdict->login,
		.verdict = verdict,
		.api_call = verdict->api_call ? verdict->api_call : verdict->reason_call,
	};
	set_path(ret_finding, verdict->login->path,
		 techniques_of_paths[verdict->login->path]);
	return true;
}

void finding_from_observation(const struct observation *observation,
			      struct finding *ret_finding)
{
	enum path path = PATH_NONE;

	assert(observation->kind < OBSERVATION_COUNT);
	if (observation->login)
		path = observation->login->path;
	/* One that was told of before it was judged has no path yet. */
	if (path == PATH_NONE && observation->api_call)
		path = paths_of_actions[observation->api_call->api_call.action];

	*ret_finding = (struct finding){
		.id = observation->id,
		.rule = observation_word(observation->kind),
		.title = observation_text(observation->kind),
		.severity = severities_of_observations[observation->kind],
		.happened_at = observation->happened_at,
		.login = observation->login,
		.observation = observation,
		.api_call = observation->api_call,
	};
	/* what was done is that the credential was set, whatever the login came through
	 */
	set_path(ret_finding, path,
		 observation->kind == OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL
			 ? TECHNIQUE_ACCOUNT_MANIPULATION
			 : techniques_of_paths[path]);
}
