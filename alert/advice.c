/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/advice.h"

#include <assert.h>

static const char *const by_verdict[VERDICT_COUNT] = {
	[VERDICT_PENDING] =
		"Wait: the API log has not had its time yet (a replay: give a later "
		"--now, or newer API logs).",
	[VERDICT_AUTHORIZED] =
		"Nothing, if this principal was meant to be on this host at this time.",
	[VERDICT_UNAUTHORIZED] =
		"Treat it as an intrusion until somebody explains it: contain it, keep "
		"the "
		"host's logs and disk, and look at what ran after this time.",
	[VERDICT_UNVERIFIABLE] =
		"Get sight of the API log for this time: countersign doctor says what is "
		"missing (a replay: give an API log that covers it).",
	[VERDICT_NOT_JUDGED] =
		"Nothing here: a cloud's API log says nothing about this door.",
};

/* Where the reason tells more than the verdict does. */
static const struct {
	enum reason reason;
	const char *text;
} by_reason[] = {
	{ REASON_NO_API_CALL,
	  "Treat it as an intrusion until somebody explains it: contain it, keep the "
	  "host's "
	  "logs and disk, and look at what ran after this time. If the caller lives in "
	  "another account or region, look at that account's API log as well." },
	{ REASON_API_CALL_DENIED, "Somebody was refused and came in all the same: "
				  "contain it, then find out which "
				  "other credentials or door the refused caller has." },
	{ REASON_API_CALL_REUSED, "One call let one login in, and another came with it: "
				  "ask the principal of the call "
				  "which of the two was theirs, and contain the other." },
	{ REASON_API_CALL_EXPIRED,
	  "A key that was valid for a minute still opens this host: look for it in "
	  "authorized_keys, and for whoever put it there." },
	{ REASON_WRONG_OS_USER,
	  "The key was pushed for another OS user: look for it in this user's "
	  "authorized_keys." },
	{ REASON_WRONG_INSTANCE, "The call was for another instance: check that "
				 "--instance is right, and whether the "
				 "same key lies on both." },
	{ REASON_NO_API_LOG, "Get sight of the API log of the login's account and region "
			     "(a replay: --api-log, or "
			     "--api-covers when a partial export is known to be "
			     "complete)." },
	{ REASON_LOG_CLASS_DISABLED,
	  "Switch the log on that would show the call; for this login it is too late." },
	{ REASON_OTHER_ACCOUNT,
	  "Ask the account that shares this network for its API log." },
	{ REASON_CALL_MAY_BE_OLDER,
	  "The call may have been made before the API log begins: look at older API "
	  "logs." },
	{ REASON_NOT_COVERED,
	  "No API log shows this door: compare with who was meant to be "
	  "on the host." },
	{ REASON_PLATFORM_DRIVEN,
	  "Nothing: the cloud's own platform installs and drives this extension." },
	{ REASON_PRE_EXISTING, "Nothing now: it was there before watching began. Whoever "
			       "set it up is in older "
			       "API logs." },
	{ REASON_CREDENTIAL_SET_BEFORE,
	  "The user's password or key was set through the cloud within the day before: "
	  "ask who set it." },
	{ REASON_TTY_UNKNOWN,
	  "The line does not say which console it was: ask who was at it." },
	{ REASON_PRINCIPAL_NOT_ALLOWED,
	  "Ask who made the call and why; contain the login unless it is expected, and "
	  "add the principal to the rule if it is." },
	{ REASON_SOURCE_IP_NOT_TRUSTED,
	  "Ask the principal where it called from; if it did not, its credentials are "
	  "stolen: revoke them and contain the login." },
	{ REASON_OUTSIDE_HOURS,
	  "Ask the principal whether the login was theirs; contain it if not." },
	{ REASON_OS_USER_NOT_ALLOWED,
	  "Ask the principal why it came in as this user; contain the login if that is "
	  "not expected." },
	{ REASON_NO_MFA,
	  "Ask the principal whether the call was theirs; have a second factor asked for "
	  "by the role's trust policy or by conditional access." },
	{ REASON_CLOUD_ROOT,
	  "The account's root should come in nowhere: find out who holds it, and contain "
	  "the login." },
	{ REASON_ROOT_LOGIN, "Ask the principal what root was needed for; contain the "
			     "login if that is not expected." },
	{ REASON_DOOR_NOT_ALLOWED,
	  "Ask the principal why it came through this door; close the door if nobody "
	  "needs it (countersign posture says how)." },
	{ REASON_DIRECT_SSH_NOT_ALLOWED,
	  "Find out how the network let it through, and whose key it was." },
	{ REASON_TAGS_UNKNOWN,
	  "Let the instance's tags be read from its metadata, or write them into "
	  "[identity] tags." },
	{ REASON_POLICY_UNDECIDED, "A pattern of the policy takes too long on this text: "
				   "make it simpler, or write "
				   "it as a glob." },
	{ REASON_BEFORE_THIS_INSTANCE, "The line is from another machine that this one's "
				       "image was made of: it is judged "
				       "with that machine's identity." },
};

/* Where a reason means something else at one door than at the others. */
static const struct {
	enum path path;
	enum verdict_kind verdict;
	enum reason reason;
	const char *text;
} by_door[] = {
	{ PATH_GCP_OS_LOGIN, VERDICT_UNAUTHORIZED, REASON_NO_API_CALL,
	  "OS Login was not asked for this user, so the key lies on the host or somebody "
	  "answers in the metadata server's place: contain it, and look at the user's "
	  "authorized_keys, at AuthorizedKeysCommand and at how metadata.google.internal "
	  "is found." },
	{ PATH_GCP_OS_LOGIN, VERDICT_UNVERIFIABLE, REASON_LOG_CLASS_DISABLED,
	  "OS Login's checks are in the data access log: let the agent's service account "
	  "read private logs (a replay: give that log as well)." },
	{ PATH_GCP_METADATA_KEY, VERDICT_UNAUTHORIZED, REASON_API_CALL_EXPIRED,
	  "The metadata has this key no more, and authorized_keys still has it as "
	  "Google's: take it out, and find out who put it back, or what kept the guest "
	  "agent from taking it out." },
	{ PATH_GCP_METADATA_KEY, VERDICT_UNAUTHORIZED, REASON_NO_API_CALL,
	  "Somebody wrote this key into authorized_keys as if it were Google's: take it "
	  "out, contain the login, and find out who could write there." },
	{ PATH_GCP_METADATA_KEY, VERDICT_UNVERIFIABLE, REASON_CALL_MAY_BE_OLDER,
	  "A key in the metadata is good for as long as it is there: look in older audit "
	  "logs for who set ssh-keys, and at whose the key is." },
	{ PATH_GCP_IAP_TUNNEL, VERDICT_UNVERIFIABLE, REASON_NO_API_CALL,
	  "Wait for the end of the session: the record of a tunnel may only come then." },
	{ PATH_GCP_IAP_TUNNEL, VERDICT_UNVERIFIABLE, REASON_API_CALL_REUSED,
	  "Two sessions through tunnels ended together, or this one has not ended: ask "
	  "the principal of the call which of them was theirs." },
	{ PATH_GCP_IAP_TUNNEL, VERDICT_UNVERIFIABLE, REASON_API_CALL_DENIED,
	  "Wait for the end of the session: the record of a tunnel may only come then. "
	  "Ask who was refused meanwhile." },
	{ PATH_GCP_IAP_TUNNEL, VERDICT_UNVERIFIABLE, REASON_LOG_CLASS_DISABLED,
	  "Switch the data access log of iap.googleapis.com on, and let the agent's "
	  "service account read private logs; for this login it is too late." },
};

static const char *const by_observation[OBSERVATION_COUNT] = {
	[OBSERVATION_API_CALL_WITHOUT_LOGIN] =
		"See whether the agent ran at that time, or whether its log was changed.",
	[OBSERVATION_SESSION_TAKEN_OVER] = "Ask both principals; terminate the session "
					   "unless one hands over to the other.",
	[OBSERVATION_AGENT_REGISTERED_ELSEWHERE] =
		"Somebody else can run commands here as root: stop amazon-ssm-agent, "
		"keep its "
		"registration and logs, and treat the host as lost.",
	[OBSERVATION_FORGED_LOG_LINE] =
		"Somebody on this host wrote a line in another program's name: find the "
		"user who "
		"could, and what the line was to hide or to pretend.",
	[OBSERVATION_EVIDENCE_GAP] =
		"Logins may be hidden in this time: look for another copy of the log.",
	[OBSERVATION_CONTROL_PLANE_BLIND] = "Logins of this time cannot be judged: find "
					    "out why the API cannot be read.",
	[OBSERVATION_AGENT_STOPPED] =
		"See who stopped it and what was done on this host then; start it again.",
	[OBSERVATION_AGENT_WAS_DOWN] =
		"What was logged meanwhile was read afterwards, if it was still there: "
		"look at the logins of that time, and at what ended the agent.",
	[OBSERVATION_REBOOT_DURING_CONSOLE] =
		"Whoever is at the console while the host starts can become root without "
		"a login: ask who connected, look at what changed on the disk, and set a "
		"password on the boot loader.",
	[OBSERVATION_LOGIN_WITH_CLOUD_SET_CREDENTIAL] =
		"Ask who set this user's password or key through the cloud, and whether "
		"he is who logged in; otherwise contain the login and take the "
		"credential "
		"away.",
	[OBSERVATION_IDENTITY_CHANGED] =
		"Where this is a copy of another machine, remove the agent's state; "
		"otherwise find out who answers for the metadata service.",
	[OBSERVATION_SERIAL_CONSOLE_ENABLED] =
		"Ask the caller what the console is needed for; switch it off again when "
		"it is done.",
	[OBSERVATION_ENDPOINT_CREATED] =
		"Ask the caller what the endpoint is for; it lets in whoever may open "
		"tunnels, around every firewall.",
	[OBSERVATION_KEY_PLANTED] = "Ask the caller whose key it is; take it out of the "
				    "metadata unless it is "
				    "expected.",
	[OBSERVATION_CREDENTIAL_RESET] =
		"Ask the caller why the credential was reset, and look at the logins of "
		"that user since.",
	[OBSERVATION_EXTENSION_WRITTEN] =
		"Extensions run as root: ask the caller what this one does, and look at "
		"what it ran.",
	[OBSERVATION_STARTUP_SCRIPT_CHANGED] =
		"It runs as root at the next start: read it, and ask the caller who set "
		"it.",
	[OBSERVATION_TRAIL_STOPPED] =
		"Switch the log on again and find out who made the call: what happened "
		"meanwhile is seen only by the hosts.",
	[OBSERVATION_NEW_PRINCIPAL] =
		"Ask whether this principal is meant to come in here; the next login of "
		"it is no news.",
	[OBSERVATION_NEW_SOURCE_NETWORK] =
		"Ask the principal whether it came from there; the next login from this "
		"network is no news.",
	[OBSERVATION_NEW_PATH] =
		"Ask the principal why this door was used; close it if nobody needs it "
		"(countersign posture says how).",
	[OBSERVATION_UNUSUAL_HOUR] = "Ask the principal whether the login was theirs.",
	[OBSERVATION_TOO_MANY_LOGINS] =
		"Look at what the logins did: a script that runs amok, or somebody who "
		"searches.",
	[OBSERVATION_TEST_ALERT] = "Nothing: somebody tried whether alerts arrive here.",
	[OBSERVATION_ALERTS_DROPPED] =
		"The sink was away for longer than its share of the disk could hold: "
		"look "
		"at the findings on the host (countersign alerts), and mend the sink.",
};

static const char *advice_for_door(const struct verdict *verdict, enum reason reason)
{
	for (size_t i = 0; i < sizeof(by_door) / sizeof(by_door[0]); i++) {
		if (by_door[i].reason == reason &&
		    by_door[i].verdict == verdict->verdict && verdict->login &&
		    (by_door[i].path == verdict->login->path ||
		     by_door[i].path == verdict->login->through))
			return by_door[i].text;
	}
	return NULL;
}

const char *advice_for_verdict(const struct verdict *verdict)
{
	assert(verdict->verdict < VERDICT_COUNT);
	for (uint32_t i = 0; i < verdict->reason_count; i++) {
		const char *text = advice_for_door(verdict, verdict->reasons[i]);

		if (text)
			return text;
		for (size_t k = 0; k < sizeof(by_reason) / sizeof(by_reason[0]); k++) {
			if (by_reason[k].reason == verdict->reasons[i])
				return by_reason[k].text;
		}
	}
	return by_verdict[verdict->verdict];
}

const char *advice_for_observation(const struct observation *observation)
{
	assert(observation->kind < OBSERVATION_COUNT);
	return by_observation[observation->kind];
}

static bool is_letter_or_digit(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

/* Letters, digits and "._@=+,-" are themselves to every shell, but a '-' in front would
 * be an option and a '=' is expanded by some. */
static bool is_plain_word(struct slice text)
{
	static const struct slice marks = { "._@=+,-", 7 };

	if (text.len == 0 || text.len > 128 || !is_letter_or_digit(text.ptr[0]))
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_letter_or_digit(text.ptr[i]) &&
		    !memchr(marks.ptr, text.ptr[i], marks.len))
			return false;
	}
	return true;
}

static bool append_command(struct buf *buf, const char *command, struct slice id,
			   const struct event *api_call)
{
	if (!is_plain_word(id))
		return false;
	buf_append_text(buf, command);
	buf_append(buf, id);
	if (api_call && is_plain_word(api_call->api_call.region)) {
		buf_append_text(buf, " --region ");
		buf_append(buf, api_call->api_call.region);
	}
	return !buf_overflowed(buf);
}

bool advice_contain(const struct login *login, const struct event *api_call,
		    struct buf *buf)
{
	if (!login)
		return false;

	switch (login->kind) {
	case LOGIN_SESSION:
		return login->ended_at == US_TIME_NONE &&
		       append_command(buf, "aws ssm terminate-session --session-id ",
				      login->session_id, api_call);
	case LOGIN_COMMAND:
		return login->ended_at == US_TIME_NONE &&
		       append_command(buf, "aws ssm cancel-command --command-id ",
				      login->command_id, api_call);
	case LOGIN_ASSOCIATION:
		return append_command(buf, "aws ssm delete-association --association-id ",
				      login->command_id, api_call);
	case LOGIN_SSH:
	case LOGIN_CONSOLE:
		/* The process that authenticated is the parent of all the login runs. A
		 * pid in a line that anybody may have written is not one to kill. */
		return login->ended_at == US_TIME_NONE && login->pid > 1 &&
		       login->trust >= TRUST_CORROBORATED &&
		       buf_append_format(buf, "kill -HUP %u", (unsigned)login->pid);
	case LOGIN_EXTENSION:
		/* waagent runs all extensions' commands below this slice (cgroupapi.py)
		 */
		return login->ended_at == US_TIME_NONE &&
		       buf_append_text(buf, "systemctl stop azure-vmextensions.slice");
	case LOGIN_SCRIPT:
	case LOGIN_KIND_COUNT:
		break;
	}
	return false;
}
