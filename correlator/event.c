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
	[EVENT_EXTENSION] = "extension",
	[EVENT_SCRIPT] = "script",
	[EVENT_CLOUD_USER] = "cloud-user",
	[EVENT_CLOUD_KEY] = "cloud-key",
	[EVENT_CREDENTIAL_SET] = "credential-set",
	[EVENT_ACCOUNT_CHANGED] = "account-changed",
	[EVENT_BOOT] = "boot",
};

static const struct {
	const char *word;
	enum cloud cloud;
} actions[API_ACTION_COUNT] = {
	[API_OTHER] = { "", CLOUD_UNKNOWN },
	[API_SEND_SSH_PUBLIC_KEY] = { "SendSSHPublicKey", CLOUD_AWS },
	[API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY] = { "SendSerialConsoleSSHPublicKey",
						     CLOUD_AWS },
	[API_OPEN_TUNNEL] = { "OpenTunnel", CLOUD_AWS },
	[API_START_SESSION] = { "StartSession", CLOUD_AWS },
	[API_RESUME_SESSION] = { "ResumeSession", CLOUD_AWS },
	[API_TERMINATE_SESSION] = { "TerminateSession", CLOUD_AWS },
	[API_SEND_COMMAND] = { "SendCommand", CLOUD_AWS },
	[API_START_AUTOMATION_EXECUTION] = { "StartAutomationExecution", CLOUD_AWS },
	[API_CREATE_ASSOCIATION] = { "CreateAssociation", CLOUD_AWS },
	[API_EXECUTE_COMMAND] = { "ExecuteCommand", CLOUD_AWS },
	[API_ENABLE_SERIAL_CONSOLE_ACCESS] = { "EnableSerialConsoleAccess", CLOUD_AWS },
	[API_MODIFY_INSTANCE_ATTRIBUTE] = { "ModifyInstanceAttribute", CLOUD_AWS },
	[API_RUN_INSTANCES] = { "RunInstances", CLOUD_AWS },
	[API_REBOOT_INSTANCES] = { "RebootInstances", CLOUD_AWS },
	[API_AZURE_SERIAL_CONNECT] = { "serialPorts/connect", CLOUD_AZURE },
	[API_AZURE_ENABLE_SERIAL_CONSOLE] = { "enableConsole", CLOUD_AZURE },
	[API_AZURE_BOOT_DIAGNOSTICS] = { "retrieveBootDiagnosticsData", CLOUD_AZURE },
	[API_AZURE_RUN_COMMAND] = { "runCommand", CLOUD_AZURE },
	[API_AZURE_WRITE_RUN_COMMAND] = { "runCommands/write", CLOUD_AZURE },
	[API_AZURE_WRITE_EXTENSION] = { "extensions/write", CLOUD_AZURE },
	[API_AZURE_WRITE_MACHINE] = { "virtualMachines/write", CLOUD_AZURE },
	[API_AZURE_WRITE_SCALE_SET] = { "virtualMachineScaleSets/write", CLOUD_AZURE },
	[API_AZURE_REIMAGE] = { "reimage", CLOUD_AZURE },
	[API_AZURE_RESTART] = { "restart", CLOUD_AZURE },
	[API_AZURE_PATCH] = { "installPatches", CLOUD_AZURE },
	[API_AZURE_WRITE_APPLICATION] = { "galleries/applications/versions/write",
					  CLOUD_AZURE },
	[API_AZURE_DEPLOY] = { "deployments/write", CLOUD_AZURE },
	[API_AZURE_POLICY] = { "policies/deployIfNotExists", CLOUD_AZURE },
	[API_AZURE_BASTION_CONNECT] = { "bastionHosts/connect", CLOUD_AZURE },
	[API_GCP_SERIAL_CONNECT] = { "ssh-serialport.connect", CLOUD_GCP },
	[API_GCP_SERIAL_DISCONNECT] = { "ssh-serialport.disconnect", CLOUD_GCP },
	[API_GCP_CHECK_POLICY] = { "CheckPolicy", CLOUD_GCP },
	[API_GCP_CONTINUE_SESSION] = { "ContinueSession", CLOUD_GCP },
	[API_GCP_IMPORT_KEY] = { "ImportSshPublicKey", CLOUD_GCP },
	[API_GCP_AUTHORIZE_TUNNEL] = { "AuthorizeUser", CLOUD_GCP },
	[API_GCP_SET_METADATA] = { "instances.setMetadata", CLOUD_GCP },
	[API_GCP_SET_PROJECT_METADATA] = { "projects.setCommonInstanceMetadata",
					   CLOUD_GCP },
	[API_GCP_START_INSTANCE] = { "instances.start", CLOUD_GCP },
	[API_GCP_RESET_INSTANCE] = { "instances.reset", CLOUD_GCP },
	[API_GCP_OS_CONFIG] = { "osconfig", CLOUD_GCP },
	[API_CREATE_INSTANCE_CONNECT_ENDPOINT] = { "CreateInstanceConnectEndpoint",
						   CLOUD_AWS },
	[API_STOP_TRAIL] = { "StopLogging", CLOUD_AWS },
	[API_AZURE_WRITE_BASTION] = { "bastionHosts/write", CLOUD_AZURE },
	[API_AZURE_STOP_LOG] = { "diagnosticSettings/delete", CLOUD_AZURE },
	[API_GCP_STOP_LOG] = { "DeleteSink", CLOUD_GCP },
};

const char *event_kind_word(enum event_kind kind)
{
	assert(kind < EVENT_KIND_COUNT);
	return kind_words[kind];
}

const char *api_action_word(enum api_action action)
{
	assert(action < API_ACTION_COUNT);
	return actions[action].word;
}

enum cloud api_action_cloud(enum api_action action)
{
	assert(action < API_ACTION_COUNT);
	return actions[action].cloud;
}

/* "RunInstances" and "v1.compute.instances.insert" make the host, "StartInstances" and
 * "v1.compute.instances.start" start it. */
bool api_call_sets_script(const struct api_call *api)
{
	switch (api->action) {
	case API_MODIFY_INSTANCE_ATTRIBUTE:
		return true;
	case API_GCP_SET_METADATA:
	case API_GCP_SET_PROJECT_METADATA:
		return api->metadata_keys & METADATA_STARTUP_SCRIPT;
	case API_RUN_INSTANCES:
	case API_GCP_START_INSTANCE:
		return slice_find_ignoring_case(api->name, SLICE("RunInstances")) >= 0 ||
		       slice_find_ignoring_case(api->name, SLICE("insert")) >= 0;
	default:
		return false;
	}
}
