/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/finding_rules.h"

#include "correlator/words.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Those of verdicts (alert/finding.c). */
static const char *const verdict_rules[] = {
	"login-without-api-call", "login-after-denied-call", "login-policy-violation",
	"api-call-mismatch",	  "api-call-reused",
};

/* Those that are not here have to be written out: forged-log-line, evidence-gap,
 * control-plane-blind, agent-stopped, agent-was-down, agent-registered-elsewhere,
 * identity-changed, trail-stopped, alerts-dropped. */
static const enum finding_standing standings[OBSERVATION_COUNT] = {
	[OBSERVATION_SESSION_TAKEN_OVER] = FINDING_WHERE_NAMED,
	[OBSERVATION_REBOOT_DURING_CONSOLE] = FINDING_WHERE_NAMED,
	[OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL] = FINDING_BY_DEFAULT,
	[OBSERVATION_API_CALL_WITHOUT_LOGIN] = FINDING_BY_DEFAULT,
	[OBSERVATION_SERIAL_CONSOLE_ENABLED] = FINDING_BY_DEFAULT,
	[OBSERVATION_ENDPOINT_CREATED] = FINDING_BY_DEFAULT,
	[OBSERVATION_KEY_PLANTED] = FINDING_BY_DEFAULT,
	[OBSERVATION_CREDENTIAL_RESET] = FINDING_BY_DEFAULT,
	[OBSERVATION_EXTENSION_WRITTEN] = FINDING_BY_DEFAULT,
	[OBSERVATION_STARTUP_SCRIPT_CHANGED] = FINDING_BY_DEFAULT,
	[OBSERVATION_NEW_PRINCIPAL] = FINDING_BY_DEFAULT,
	[OBSERVATION_NEW_SOURCE_NETWORK] = FINDING_BY_DEFAULT,
	[OBSERVATION_NEW_PATH] = FINDING_BY_DEFAULT,
	[OBSERVATION_UNUSUAL_HOUR] = FINDING_BY_DEFAULT,
	[OBSERVATION_TOO_MANY_LOGINS] = FINDING_BY_DEFAULT,
};

const char *finding_rule_at(size_t index)
{
	if (index < COUNT_OF(verdict_rules))
		return verdict_rules[index];
	index -= COUNT_OF(verdict_rules);
	return index < OBSERVATION_COUNT ? observation_word((enum observation_kind)index)
					 : NULL;
}

enum finding_standing finding_rule_standing(struct slice rule)
{
	for (size_t i = 0; i < COUNT_OF(verdict_rules); i++) {
		if (slice_equal(rule, slice_text(verdict_rules[i])))
			return FINDING_BY_DEFAULT;
	}
	for (size_t i = 0; i < OBSERVATION_COUNT; i++) {
		if (slice_equal(rule,
				slice_text(observation_word((enum observation_kind)i))))
			return standings[i];
	}
	return FINDING_LITERALLY;
}
