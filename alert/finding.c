/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/finding.h"

#include <assert.h>

struct rule {
	const char *word;
	const char *title;
	enum severity severity; /* of a verdict that is final */
};

static const struct rule without_call = {
	"login-without-api-call",
	"a login through a cloud door that no API call vouches for",
	SEVERITY_HIGH,
};
static const struct rule after_denied_call = {
	"login-after-denied-call",
	"a login through a cloud door whose API call was refused",
	SEVERITY_HIGH,
};
static const struct rule call_reused = {
	"api-call-reused",
	"a login whose API call had vouched for another one already",
	SEVERITY_HIGH,
};
static const struct rule call_mismatch = {
	"api-call-mismatch",
	"a login that its API call does not fit",
	SEVERITY_HIGH,
};
static const struct rule policy_violation = {
	"login-policy-violation",
	"a login that the policy does not allow",
	SEVERITY_MEDIUM,
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
	[OBSERVATION_TEST_ALERT] = SEVERITY_LOW,
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
	[API_CREATE_INSTANCE_CONNECT_ENDPOINT] = PATH_AWS_EICE_TUNNEL,
	[API_AZURE_WRITE_BASTION] = PATH_AZURE_BASTION,
	[API_GCP_IMPORT_KEY] = PATH_GCP_OS_LOGIN,
	[API_GCP_SET_METADATA] = PATH_GCP_METADATA_KEY,
	[API_GCP_SET_PROJECT_METADATA] = PATH_GCP_METADATA_KEY,
};

/* The door an observation names by its kind, where the call alone may open several. */
static const enum path paths_of_observations[OBSERVATION_COUNT][CLOUD_COUNT] = {
	[OBSERVATION_SERIAL_CONSOLE_ENABLED][CLOUD_GCP] = PATH_GCP_SERIAL_CONSOLE,
	[OBSERVATION_STARTUP_SCRIPT_CHANGED][CLOUD_GCP] = PATH_GCP_STARTUP_SCRIPT,
};

enum technique {
	TECHNIQUE_NONE,
	TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	TECHNIQUE_CLOUD_COMMAND,
	TECHNIQUE_ACCOUNT_MANIPULATION,
	TECHNIQUE_AUTHORIZED_KEYS,
	TECHNIQUE_BOOT_SCRIPTS,
	TECHNIQUE_EXTERNAL_SERVICES,
	TECHNIQUE_CLOUD_LOGS,
};

/* attack.mitre.org: T1021.008 Remote Services: Direct Cloud VM Connections (Lateral
 * Movement), T1651 Cloud Administration Command (Execution), T1098 Account Manipulation
 * and T1098.004 SSH Authorized Keys, which names keys in an instance's metadata, T1037
 * Boot or Logon Initialization Scripts and T1133 External Remote Services (Persistence),
 * T1562.008 Impair Defenses: Disable or Modify Cloud Logs (Defense Evasion). */
static const struct {
	const char *technique, *tactic;
} techniques[] = {
	[TECHNIQUE_NONE] = { NULL, NULL },
	[TECHNIQUE_DIRECT_CLOUD_CONNECTION] = { "T1021.008", "TA0008" },
	[TECHNIQUE_CLOUD_COMMAND] = { "T1651", "TA0002" },
	[TECHNIQUE_ACCOUNT_MANIPULATION] = { "T1098", "TA0003" },
	[TECHNIQUE_AUTHORIZED_KEYS] = { "T1098.004", "TA0003" },
	[TECHNIQUE_BOOT_SCRIPTS] = { "T1037", "TA0003" },
	[TECHNIQUE_EXTERNAL_SERVICES] = { "T1133", "TA0003" },
	[TECHNIQUE_CLOUD_LOGS] = { "T1562.008", "TA0005" },
};

/* What was done is this, whatever a login comes through, or is to come through; none: it
 * is the path's. */
static const enum technique techniques_of_observations[OBSERVATION_COUNT] = {
	[OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL] = TECHNIQUE_ACCOUNT_MANIPULATION,
	[OBSERVATION_SERIAL_CONSOLE_ENABLED] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[OBSERVATION_ENDPOINT_CREATED] = TECHNIQUE_EXTERNAL_SERVICES,
	[OBSERVATION_KEY_PLANTED] = TECHNIQUE_AUTHORIZED_KEYS,
	[OBSERVATION_CREDENTIAL_RESET] = TECHNIQUE_ACCOUNT_MANIPULATION,
	[OBSERVATION_EXTENSION_WRITTEN] = TECHNIQUE_CLOUD_COMMAND,
	[OBSERVATION_STARTUP_SCRIPT_CHANGED] = TECHNIQUE_BOOT_SCRIPTS,
	[OBSERVATION_TRAIL_STOPPED] = TECHNIQUE_CLOUD_LOGS,
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
	[PATH_GCP_OS_LOGIN] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_GCP_METADATA_KEY] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
	[PATH_GCP_IAP_TUNNEL] = TECHNIQUE_DIRECT_CLOUD_CONNECTION,
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

	if (severity == SEVERITY_INFORMATIONAL)
		return "informational";
	assert(severity >= 0 && severity < SEVERITY_COUNT);
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
		.severity = verdict->stage == STAGE_FINAL ? rule->severity : SEVERITY_LOW,
		.happened_at = verdict->login->happened_at,
		.login = verdict->login,
		.verdict = verdict,
		.api_call = verdict->api_call ? verdict->api_call : verdict->reason_call,
	};
	set_path(ret_finding, verdict->login->path,
		 techniques_of_paths[verdict->login->path]);
	return true;
}

const char *finding_verdict_text(const struct verdict *verdict)
{
	if (verdict->verdict == VERDICT_UNAUTHORIZED &&
	    rule_of(verdict) == &policy_violation)
		return "the policy does not allow it";
	return verdict_text(verdict->verdict);
}

/* The login's; of one that was told of before it was judged, and of none, the call's. */
static enum path path_of(const struct observation *observation)
{
	enum api_action action;
	enum path path;

	if (observation->login && observation->login->path != PATH_NONE)
		return observation->login->path;
	if (!observation->api_call)
		return PATH_NONE;
	action = observation->api_call->api_call.action;
	path = paths_of_observations[observation->kind][api_action_cloud(action)];
	return path ? path : paths_of_actions[action];
}

void finding_from_observation(const struct observation *observation,
			      struct finding *ret_finding)
{
	enum technique technique;
	enum path path;

	assert(observation->kind < OBSERVATION_COUNT);
	path = path_of(observation);
	technique = techniques_of_observations[observation->kind];
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
	set_path(ret_finding, path, technique ? technique : techniques_of_paths[path]);
}
