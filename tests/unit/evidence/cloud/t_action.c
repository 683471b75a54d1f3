/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/action.h"

#include "tests/support/check.h"

static const struct {
	const char *name, *source, *call;
	enum api_action action;
} calls[] = {
	{ "push", "ec2-instance-connect.amazonaws.com", "SendSSHPublicKey",
	  API_SEND_SSH_PUBLIC_KEY },
	{ "trailing blank", "ec2-instance-connect.amazonaws.com", "SendSSHPublicKey ",
	  API_SEND_SSH_PUBLIC_KEY },
	{ "other case", "SSM.amazonaws.com", "startsession", API_START_SESSION },
	{ "other service", "ec2.amazonaws.com", "StartSession", API_OTHER },
	{ "longer name", "ssm.amazonaws.com", "StartSessions", API_OTHER },
	{ "longer source", "ssm.amazonaws.com.cn", "StartSession", API_OTHER },
	{ "no name", "ssm.amazonaws.com", "", API_OTHER },
	{ "no source", "", "StartSession", API_OTHER },
	{ "batch", "ssm.amazonaws.com", "CreateAssociationBatch",
	  API_CREATE_ASSOCIATION },
	{ "once", "ssm.amazonaws.com", "StartAssociationsOnce", API_CREATE_ASSOCIATION },
	{ "ecs", "ecs.amazonaws.com", "ExecuteCommand", API_EXECUTE_COMMAND },
	{ "user data", "ec2.amazonaws.com", "ModifyInstanceAttribute",
	  API_MODIFY_INSTANCE_ATTRIBUTE },
	{ "start", "ec2.amazonaws.com", "StartInstances", API_RUN_INSTANCES },
	{ "stop", "EC2.amazonaws.com", "stopinstances", API_REBOOT_INSTANCES },
	{ "describe", "ec2.amazonaws.com", "DescribeInstances", API_OTHER },
	{ "alias of a push", "ec2-instance-connect.amazonaws.com", "InstanceConnect",
	  API_SEND_SSH_PUBLIC_KEY },
	{ "alias of a session", "ssm.amazonaws.com", "StartSSHSession",
	  API_START_SESSION },
	{ "serial access", "ec2.amazonaws.com", "EnableSerialConsoleAccess",
	  API_ENABLE_SERIAL_CONSOLE_ACCESS },
	{ "endpoint", "ec2.amazonaws.com", "CreateInstanceConnectEndpoint",
	  API_CREATE_INSTANCE_CONNECT_ENDPOINT },
	{ "endpoint deleted", "ec2.amazonaws.com", "DeleteInstanceConnectEndpoint",
	  API_OTHER },
	{ "trail stopped", "cloudtrail.amazonaws.com", "StopLogging", API_STOP_TRAIL },
	{ "trail begun", "cloudtrail.amazonaws.com", "StartLogging", API_OTHER },
	{ "trail changed", "CloudTrail.amazonaws.com", "putEventSelectors",
	  API_STOP_TRAIL },
	{ "the agent's own", "cloudtrail.amazonaws.com", "LookupEvents", API_OTHER },
};

static void test_find(void)
{
	for (size_t i = 0; i < COUNT_OF(calls); i++) {
		check_row(calls[i].name);
		CHECK_INT(action_find(slice_text(calls[i].source),
				      slice_text(calls[i].call)),
			  calls[i].action);
	}
}

static const struct {
	const char *error_code;
	enum api_outcome outcome;
} codes[] = {
	{ "", API_ADMITTED },
	{ "AccessDenied", API_DENIED },
	{ "AccessDeniedException", API_DENIED },
	{ "UnauthorizedOperation", API_DENIED },
	{ "Client.UnauthorizedOperation", API_DENIED },
	{ "Server.Some.AccessDenied", API_DENIED },
	{ "AccessDeniedExceptionally", API_FAILED },
	{ "Client.", API_FAILED },
	{ "InvalidInstanceId", API_FAILED },
	{ "Client.InvalidInstanceID.NotFound", API_FAILED },
	{ "ThrottlingException", API_FAILED },
};

static void test_outcome(void)
{
	for (size_t i = 0; i < COUNT_OF(codes); i++) {
		check_row(codes[i].error_code);
		CHECK_INT(action_outcome(slice_text(codes[i].error_code)),
			  codes[i].outcome);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "find", test_find },
		{ "outcome", test_outcome },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/action", tests);
}
