/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes CloudTrail records for benchmarks: the same bytes for the same arguments, shaped
 * and sized (1.5 to 2 KB) as a busy account's, one in 200 of them a call that opens a
 * door.
 *
 *     generate_cloudtrail BYTES [records|lines] > file
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RELEVANT_ONE_IN 200

static uint64_t state = 20260128;

/* xorshift64*, Vigna 2016 */
static uint64_t draw(uint64_t below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (state * 2685821657736338717U >> 11) % below;
}

struct call {
	const char *source, *name, *request, *response;
};

static const struct call noise[] = {
	{ "ec2", "DescribeInstances",
	  "{\"instancesSet\":{\"items\":[{\"instanceId\":\"i-0a1b2c3d4e5f60718\"}]},"
	  "\"filterSet\":{}}",
	  "null" },
	{ "ec2", "DescribeVolumes",
	  "{\"volumeSet\":{},\"filterSet\":{\"items\":[{\"name\":"
	  "\"attachment.instance-id\",\"valueSet\":{\"items\":[{\"value\":\"i-"
	  "0a1b2c3d4e5f60718\"}]}}]}}",
	  "null" },
	{ "sts", "AssumeRole",
	  "{\"roleArn\":\"arn:aws:iam::111122223333:role/"
	  "deploy\",\"roleSessionName\":\"build-4711\","
	  "\"durationSeconds\":3600}",
	  "{\"credentials\":{\"accessKeyId\":\"ASIAEXAMPLEEXAMPLE01\",\"expiration\":"
	  "\"Jan 28, 2026, "
	  "10:59:55 "
	  "AM\",\"sessionToken\":\"IQoJb3JpZ2luX2VjEXAMPLEEXAMPLEEXAMPLEEXAMPLEEXAMPLE\"}"
	  ","
	  "\"assumedRoleUser\":{\"assumedRoleId\":\"AROAEXAMPLEEXAMPLE01:build-4711\","
	  "\"arn\":"
	  "\"arn:aws:sts::111122223333:assumed-role/deploy/build-4711\"}}" },
	{ "ssm", "UpdateInstanceInformation",
	  "{\"instanceId\":\"i-0a1b2c3d4e5f60718\",\"agentVersion\":\"3.3.987.0\","
	  "\"agentStatus\":"
	  "\"Active\",\"platformType\":\"Linux\",\"platformName\":\"Amazon "
	  "Linux\",\"platformVersion\":"
	  "\"2023\",\"iPAddress\":\"198.51.100.7\",\"computerName\":\"ip-198-51-100-7."
	  "ec2.internal\"}",
	  "null" },
	{ "kms", "Decrypt",
	  "{\"encryptionAlgorithm\":\"SYMMETRIC_DEFAULT\",\"encryptionContext\":{\"aws:"
	  "cloudtrail:arn\":"
	  "\"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main\"}}",
	  "null" },
	{ "s3", "GetBucketPolicy",
	  "{\"bucketName\":\"example-artifacts\",\"Host\":"
	  "\"example-artifacts.s3.eu-west-1.amazonaws.com\",\"policy\":\"\"}",
	  "null" },
	{ "iam", "PutRolePolicy",
	  "{\"roleName\":\"deploy\",\"policyName\":\"inline\",\"policyDocument\":\"{"
	  "\\\"Version\\\":"
	  "\\\"2012-10-17\\\",\\\"Statement\\\":[{\\\"Effect\\\":\\\"Allow\\\","
	  "\\\"Action\\\":"
	  "[\\\"s3:GetObject\\\",\\\"s3:PutObject\\\"],\\\"Resource\\\":\\\"*\\\"}]}\"}",
	  "null" },
	{ "logs", "CreateLogStream",
	  "{\"logGroupName\":\"/aws/lambda/report\",\"logStreamName\":\"2026/01/28/"
	  "[$LATEST]0123456789\"}",
	  "null" },
	{ "ecr", "BatchGetImage",
	  "{\"registryId\":\"111122223333\",\"repositoryName\":\"web\",\"imageIds\":[{"
	  "\"imageTag\":"
	  "\"release-42\"}],\"acceptedMediaTypes\":[\"application/"
	  "vnd.docker.distribution.manifest.v2+json\","
	  "\"application/vnd.oci.image.manifest.v1+json\"]}",
	  "null" },
	{ "monitoring", "DescribeAlarms",
	  "{\"maxRecords\":100,\"includeAutoScalingGroups\":true}", "null" },
};

static const struct call doors[] = {
	{ "ssm", "StartSession", "{\"target\":\"i-0a1b2c3d4e5f60718\"}",
	  "{\"sessionId\":\"alice-0123456789abcdef0\",\"tokenValue\":\"Value hidden due "
	  "to security "
	  "reasons.\",\"streamUrl\":\"wss://ssmmessages.eu-west-1.amazonaws.com/v1/"
	  "data-channel/"
	  "alice-0123456789abcdef0?role=publish_subscribe\"}" },
	{ "ssm", "SendCommand",
	  "{\"documentName\":\"AWS-RunShellScript\",\"instanceIds\":[\"i-"
	  "0a1b2c3d4e5f60718\"],"
	  "\"parameters\":\"HIDDEN_DUE_TO_SECURITY_REASONS\",\"interactive\":false}",
	  "{\"command\":{\"commandId\":\"5fbb0f4e-10d2-4a3c-9f61-0c6a5f0a7a11\","
	  "\"documentName\":"
	  "\"AWS-RunShellScript\",\"instanceIds\":[\"i-0a1b2c3d4e5f60718\"],\"targets\":["
	  "],\"status\":"
	  "\"Pending\"}}" },
	{ "ec2-instance-connect", "SendSSHPublicKey",
	  "{\"instanceId\":\"i-0a1b2c3d4e5f60718\",\"instanceOSUser\":\"deploy\","
	  "\"sSHPublicKey\":"
	  "\"ssh-ed25519 "
	  "AAAAC3NzaC1lZDI1NTE5AAAAIIrgHiXA70Kz8ltrbGR1s3gw0Hj3yG4jQrI5vqRXrjgB\"}",
	  "{\"requestId\":\"0a9f4b5e-2f57-4e3c-8f0c-3c1f4f8c9d21\",\"success\":true}" },
};

static void write_uuid(const char *key)
{
	printf("\"%s\":\"%08" PRIx64 "-%04" PRIx64 "-4%03" PRIx64 "-a%03" PRIx64
	       "-%012" PRIx64 "\"",
	       key, draw((uint64_t)1 << 32), draw(1 << 16), draw(1 << 12), draw(1 << 12),
	       draw((uint64_t)1 << 48));
}

static void write_caller(void)
{
	unsigned who = (unsigned)draw(40);

	printf("\"userIdentity\":{\"type\":\"AssumedRole\",\"principalId\":"
	       "\"AROAEXAMPLEEXAMPLE%02u:"
	       "session-%u\",\"arn\":\"arn:aws:sts::111122223333:assumed-role/team-%u/"
	       "session-%u\","
	       "\"accountId\":\"111122223333\",\"accessKeyId\":\"ASIAEXAMPLEEXAMPLE%"
	       "02u\","
	       "\"sessionContext\":{\"sessionIssuer\":{\"type\":\"Role\",\"principalId\":"
	       "\"AROAEXAMPLEEXAMPLE%02u\",\"arn\":\"arn:aws:iam::111122223333:role/"
	       "team-%u\","
	       "\"accountId\":\"111122223333\",\"userName\":\"team-%u\"},"
	       "\"webIdFederationData\":{},"
	       "\"attributes\":{\"creationDate\":\"2026-01-28T09:%02u:00Z\","
	       "\"mfaAuthenticated\":"
	       "\"false\"}}}",
	       who, who, who, who, who, who, who, who, who);
}

static void write_record(uint64_t number)
{
	bool opens = draw(RELEVANT_ONE_IN) == 0;
	const struct call *call = opens ? &doors[draw(sizeof(doors) / sizeof(doors[0]))]
					: &noise[draw(sizeof(noise) / sizeof(noise[0]))];
	unsigned second = (unsigned)(number / 4 % 86400);

	printf("{\"eventVersion\":\"1.09\",");
	write_caller();
	printf(",\"eventTime\":\"2026-01-28T%02u:%02u:%02uZ\",\"eventSource\":\"%s."
	       "amazonaws.com\","
	       "\"eventName\":\"%s\",\"awsRegion\":\"eu-west-1\",\"sourceIPAddress\":"
	       "\"203.0.113.%u\","
	       "\"userAgent\":\"aws-cli/2.22.10 md/awscrt#0.23.4 ua/2.0 os/linux#6.1.0 "
	       "md/arch#x86_64 "
	       "lang/python#3.12.6 md/pyimpl#CPython cfg/retry-mode#standard "
	       "md/installer#exe "
	       "md/prompt#off md/command#example.call\",\"requestParameters\":%s,"
	       "\"responseElements\":%s,",
	       second / 3600, second / 60 % 60, second % 60, call->source, call->name,
	       (unsigned)draw(256), call->request, call->response);
	write_uuid("requestID");
	putchar(',');
	write_uuid("eventID");
	printf(",\"readOnly\":%s,\"resources\":[{\"accountId\":\"111122223333\",\"type\":"
	       "\"AWS::EC2::Instance\",\"ARN\":\"arn:aws:ec2:eu-west-1:111122223333:"
	       "instance/"
	       "i-0a1b2c3d4e5f60718\"}],\"eventType\":\"AwsApiCall\",\"managementEvent\":"
	       "true,"
	       "\"recipientAccountId\":\"111122223333\",\"eventCategory\":\"Management\","
	       "\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_"
	       "GCM_SHA256\","
	       "\"clientProvidedHostHeader\":\"%s.eu-west-1.amazonaws.com\"}}",
	       opens ? "false" : "true", call->source);
}

int main(int argc, char **argv)
{
	uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	bool lines = argc > 2 && strcmp(argv[2], "lines") == 0;

	if (!wanted) {
		fprintf(stderr, "usage: generate_cloudtrail BYTES [records|lines]\n");
		return 2;
	}
	if (!lines)
		printf("{\"Records\":[");
	for (uint64_t number = 0; (uint64_t)ftello(stdout) < wanted; number++) {
		if (number)
			putchar(lines ? '\n' : ',');
		write_record(number);
	}
	printf(lines ? "\n" : "]}");
	return fflush(stdout) == 0 && !ferror(stdout) ? 0 : 1;
}
