/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/action.h"

#define TEXT(literal)                        \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

enum service {
	SERVICE_INSTANCE_CONNECT,
	SERVICE_SSM,
	SERVICE_ECS,
	SERVICE_EC2,
	SERVICE_CLOUDTRAIL,
	SERVICE_COUNT
};

static const struct slice services[SERVICE_COUNT] = {
	[SERVICE_INSTANCE_CONNECT] = TEXT("ec2-instance-connect.amazonaws.com"),
	[SERVICE_SSM] = TEXT("ssm.amazonaws.com"),
	[SERVICE_ECS] = TEXT("ecs.amazonaws.com"),
	[SERVICE_EC2] = TEXT("ec2.amazonaws.com"),
	[SERVICE_CLOUDTRAIL] = TEXT("cloudtrail.amazonaws.com"),
};

/* To follow another call: a row here, and what it was for in request.c. */
static const struct {
	enum service service;
	struct slice name;
	enum api_action action;
} actions[] = {
	{ SERVICE_INSTANCE_CONNECT, TEXT("SendSSHPublicKey"), API_SEND_SSH_PUBLIC_KEY },
	{ SERVICE_INSTANCE_CONNECT, TEXT("SendSerialConsoleSSHPublicKey"),
	  API_SEND_SERIAL_CONSOLE_SSH_PUBLIC_KEY },
	{ SERVICE_INSTANCE_CONNECT, TEXT("OpenTunnel"), API_OPEN_TUNNEL },
	{ SERVICE_SSM, TEXT("StartSession"), API_START_SESSION },
	{ SERVICE_SSM, TEXT("ResumeSession"), API_RESUME_SESSION },
	{ SERVICE_SSM, TEXT("TerminateSession"), API_TERMINATE_SESSION },
	{ SERVICE_SSM, TEXT("SendCommand"), API_SEND_COMMAND },
	{ SERVICE_SSM, TEXT("StartAutomationExecution"), API_START_AUTOMATION_EXECUTION },
	{ SERVICE_SSM, TEXT("CreateAssociation"), API_CREATE_ASSOCIATION },
	{ SERVICE_SSM, TEXT("UpdateAssociation"), API_CREATE_ASSOCIATION },
	{ SERVICE_SSM, TEXT("StartAssociationsOnce"), API_CREATE_ASSOCIATION },
	{ SERVICE_SSM, TEXT("CreateAssociationBatch"), API_CREATE_ASSOCIATION },
	{ SERVICE_ECS, TEXT("ExecuteCommand"), API_EXECUTE_COMMAND },
	{ SERVICE_EC2, TEXT("EnableSerialConsoleAccess"),
	  API_ENABLE_SERIAL_CONSOLE_ACCESS },
	{ SERVICE_EC2, TEXT("ModifyInstanceAttribute"), API_MODIFY_INSTANCE_ATTRIBUTE },
	{ SERVICE_EC2, TEXT("RunInstances"), API_RUN_INSTANCES },
	{ SERVICE_EC2, TEXT("StartInstances"), API_RUN_INSTANCES },
	{ SERVICE_EC2, TEXT("RebootInstances"), API_REBOOT_INSTANCES },
	{ SERVICE_EC2, TEXT("StopInstances"), API_REBOOT_INSTANCES },
	{ SERVICE_EC2, TEXT("CreateInstanceConnectEndpoint"),
	  API_CREATE_INSTANCE_CONNECT_ENDPOINT },
	{ SERVICE_CLOUDTRAIL, TEXT("StopLogging"), API_STOP_TRAIL },
	{ SERVICE_CLOUDTRAIL, TEXT("DeleteTrail"), API_STOP_TRAIL },
	{ SERVICE_CLOUDTRAIL, TEXT("UpdateTrail"), API_STOP_TRAIL },
	{ SERVICE_CLOUDTRAIL, TEXT("PutEventSelectors"), API_STOP_TRAIL },
	{ SERVICE_CLOUDTRAIL, TEXT("DeleteEventDataStore"), API_STOP_TRAIL },
	{ SERVICE_CLOUDTRAIL, TEXT("StopEventDataStoreIngestion"), API_STOP_TRAIL },
	/* Names by which two of them are told elsewhere. */
	{ SERVICE_INSTANCE_CONNECT, TEXT("InstanceConnect"), API_SEND_SSH_PUBLIC_KEY },
	{ SERVICE_SSM, TEXT("StartSSHSession"), API_START_SESSION },
};

/* Error codes that refuse, without the service's prefix ("Client.UnauthorizedOperation").
 */
static const struct slice refusals[] = {
	TEXT("AccessDenied"),
	TEXT("AccessDeniedException"),
	TEXT("UnauthorizedOperation"),
};

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

enum api_action action_find(struct slice source, struct slice name)
{
	unsigned service = 0;

	source = slice_trim(source);
	while (service < SERVICE_COUNT &&
	       !slice_equal_ignoring_case(source, services[service]))
		service++;
	if (service == SERVICE_COUNT)
		return API_OTHER;

	name = slice_trim(name);
	for (size_t i = 0; i < COUNT_OF(actions); i++) {
		if (actions[i].service == service &&
		    slice_equal_ignoring_case(name, actions[i].name))
			return actions[i].action;
	}
	return API_OTHER;
}

enum api_outcome action_outcome(struct slice error_code)
{
	ptrdiff_t dot = slice_find_last(error_code, '.');

	if (!error_code.len)
		return API_ADMITTED;
	error_code = slice_skip(error_code, (size_t)(dot + 1));
	for (size_t i = 0; i < COUNT_OF(refusals); i++) {
		if (slice_equal_ignoring_case(error_code, refusals[i]))
			return API_DENIED;
	}
	return API_FAILED;
}
