/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AWS: CloudTrail's event history of one account and region, by LookupEvents. The canary
 * is what this host itself makes CloudTrail log, because the role's session is named
 * after the instance: the agent's own questions of before.
 */
#include "agent/plane/aws_quick.h"
#include "agent/plane/kinds.h"

#define INSTANCE_CONNECT LOG_CLASS_BIT(LOG_CLASS_INSTANCE_CONNECT)
#define SSM LOG_CLASS_BIT(LOG_CLASS_SSM)
#define ECS LOG_CLASS_BIT(LOG_CLASS_ECS)
#define EC2 LOG_CLASS_BIT(LOG_CLASS_EC2)

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

#define BY_NAME(name, bits)                                                  \
	{                                                                    \
		.attribute = "EventName", .value = (name), .classes = (bits) \
	}
#define WATCH(name)                                                         \
	{                                                                   \
		.attribute = "EventName", .value = (name), .is_watch = true \
	}

/* By source, Systems Manager drowns in UpdateInstanceInformation, and CloudTrail in
 * LookupEvents: by name, then. */
static const struct plane_query queries[] = {
	{ .attribute = "Username" },
	{ .attribute = "EventSource",
	  .value = "ec2-instance-connect.amazonaws.com",
	  .classes = INSTANCE_CONNECT },
	BY_NAME("StartSession", SSM),
	BY_NAME("ResumeSession", SSM),
	BY_NAME("SendCommand", SSM),
	BY_NAME("StartAutomationExecution", SSM),
	BY_NAME("CreateAssociation", SSM),
	BY_NAME("CreateAssociationBatch", SSM),
	BY_NAME("UpdateAssociation", SSM),
	BY_NAME("StartAssociationsOnce", SSM),
	BY_NAME("ExecuteCommand", ECS),
	BY_NAME("ModifyInstanceAttribute", EC2),
	BY_NAME("RunInstances", EC2),
	BY_NAME("StartInstances", EC2),
	WATCH("EnableSerialConsoleAccess"),
	WATCH("CreateInstanceConnectEndpoint"),
	WATCH("StopLogging"),
	WATCH("DeleteTrail"),
	WATCH("UpdateTrail"),
	WATCH("PutEventSelectors"),
	WATCH("DeleteEventDataStore"),
	WATCH("StopEventDataStoreIngestion"),
};
_Static_assert(COUNT(queries) <= PLANE_QUERIES_MAX, "there is room for what is known");

static const struct plane_path paths[] = {
	{ PATH_AWS_EC2_INSTANCE_CONNECT, INSTANCE_CONNECT },
	{ PATH_AWS_SERIAL_CONSOLE, INSTANCE_CONNECT },
	{ PATH_AWS_EICE_TUNNEL, INSTANCE_CONNECT },
	{ PATH_AWS_SSM_SESSION, SSM | ECS },
	{ PATH_AWS_SSM_COMMAND, SSM },
	{ PATH_AWS_SSM_ASSOCIATION, SSM },
	{ PATH_AWS_SSM_SSH, SSM },
	{ PATH_AWS_USER_DATA, EC2 },
};

static const struct plane_advice advice[] = {
	{ REASON_NO_CREDENTIALS, "there are no credentials to ask CloudTrail with",
	  "attach a role to this instance that allows cloudtrail:LookupEvents, and let "
	  "the instance metadata be reached (IMDSv2)" },
	{ REASON_API_DENIED, "CloudTrail refuses to answer",
	  "allow cloudtrail:LookupEvents to this instance's role" },
	{ REASON_THROTTLED, "CloudTrail throttles",
	  "nothing at once: it is asked again more slowly; raise poll_interval on a "
	  "large fleet, or sync the trail's files to [aws] api_log_dir" },
	{ REASON_API_UNREACHABLE, "CloudTrail cannot be reached",
	  "let this host reach cloudtrail.REGION.amazonaws.com by HTTPS, directly, by "
	  "[courier] https_proxy, or by a VPC endpoint" },
};

static struct slice part(const struct identity *own)
{
	return own->region;
}

static void ask(const struct plane_query *query, const struct identity *own,
		struct ask_page *question)
{
	question->query = QUERY_TRAIL;
	question->region = own->region;
	question->attribute = slice_text(query->attribute);
	question->value = query->value ? slice_text(query->value) : own->instance;
}

/* Any event shows how far the service is, its own newest of all. */
static us_time shows(const struct api_record_seen *record)
{
	return record->happened_at;
}

static bool has_folder(const struct config *config)
{
	return config->aws.api_log_dir[0] != '\0';
}

static bool is_asked(const struct config *config)
{
	return config->aws.ask;
}

const struct plane_kind plane_aws = {
	.provider = "aws",
	.log = "CloudTrail",
	.source = "CloudTrail LookupEvents",
	.queries = queries,
	.query_count = COUNT(queries),
	.paths = paths,
	.path_count = COUNT(paths),
	.advice = advice,
	.advice_count = COUNT(advice),
	.is_regional = true,
	/* LookupEvents is granted twice a second. */
	.page_gap = US_PER_SECOND / 2,
	.rest_factor = 1,
	.part = part,
	.ask = ask,
	.shows = shows,
	.has_folder = has_folder,
	.is_asked = is_asked,
	.quick = &plane_quick_aws,
};
