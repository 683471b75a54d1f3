/* SPDX-License-Identifier: Apache-2.0 */
#include "correlator/event.h"

#include <assert.h>

static const char *const kind_words[EVENT_KIND_COUNT] = {
	[EVENT_KEY_OFFERED] = "key-offered",
	[EVENT_LOGIN_ACCEPTED] = "login-accepted",
	[EVENT_KEY_PARTIAL] = "key-partial",
	[EVENT_SSHD_LISTENING] = "sshd-listening",
	[EVENT_CONSOLE_LOGIN] = "console-login",
	[EVENT_SESSION_OPENED] = "session-opened",
	[EVENT_SESSION_CLOSED] = "session-closed",
	[EVENT_LOGIND_OPENED] = "logind-opened",
	[EVENT_LOGIND_CLOSED] = "logind-closed",
	[EVENT_ACCOUNT_CREATED] = "account-created",
	[EVENT_SUDO] = "sudo",
	[EVENT_RUN] = "run",
	[EVENT_API_CALL] = "api-call",
	[EVENT_GAP] = "gap",
	[EVENT_HOST_COVERAGE] = "host-coverage",
	[EVENT_PROGRESS] = "progress",
	[EVENT_API_HOLE] = "api-hole",
	[EVENT_SIGHT] = "sight",
	[EVENT_IDENTITY] = "identity",
};

static const char *const action_words[API_ACTION_COUNT] = {
	[API_OTHER] = "",
	[API_SEND_SSH_PUBLIC_KEY] = "SendSSHPublicKey",
	[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = "SendSerialConsoleSSHPublicKey",
	[API_OPEN_TUNNEL] = "OpenTunnel",
	[API_START_SESSION] = "StartSession",
	[API_RESUME_SESSION] = "ResumeSession",
	[API_TERMINATE_SESSION] = "TerminateSession",
	[API_SEND_COMMAND] = "SendCommand",
	[API_START_AUTOMATION_EXECUTION] = "StartAutomationExecution",
	[API_CREATE_ASSOCIATION] = "CreateAssociation",
	[API_EXECUTE_COMMAND] = "ExecuteCommand",
	[API_ENABLE_SERIAL_CONSOLE_ACCESS] = "EnableSerialConsoleAccess",
};

const char *event_kind_word(enum event_kind kind)
{
	assert(kind < EVENT_KIND_COUNT);
	return kind_words[kind];
}

const char *api_action_word(enum api_action action)
{
	assert(action < API_ACTION_COUNT);
	return action_words[action];
}
