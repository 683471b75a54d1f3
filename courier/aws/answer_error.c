/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/answer_error.h"

#include <stdio.h>

#include "base/json.h"
#include "base/limits.h"

/* What the types of errors mean; the first whose name begins so. From the API references
 * of CloudTrail, Systems Manager and STS ("Errors", "Common errors"). */
static const struct {
	struct slice prefix;
	enum message_outcome outcome;
	enum answer_fault fault;
} kinds[] = {
#define KIND(prefix, outcome, fault)                                             \
	{                                                                        \
		{ prefix, sizeof(prefix) - 1 }, OUTCOME_##outcome, FAULT_##fault \
	}
	KIND("Throttl", THROTTLED, NONE),
	KIND("TooManyRequests", THROTTLED, NONE),
	KIND("RequestLimitExceeded", THROTTLED, NONE),
	KIND("RequestThrottled", THROTTLED, NONE),
	KIND("SlowDown", THROTTLED, NONE),
	KIND("AccessDenied", DENIED, NONE),
	KIND("OperationNotPermitted", DENIED, NONE),
	KIND("UnauthorizedOperation", DENIED, NONE),
	KIND("NotAuthorized", DENIED, NONE),
	KIND("OptInRequired", DENIED, NONE),
	KIND("SubscriptionRequired", DENIED, NONE),
	KIND("ExpiredToken", NO_CREDENTIALS, CREDENTIALS),
	KIND("UnrecognizedClient", NO_CREDENTIALS, CREDENTIALS),
	KIND("InvalidClientTokenId", NO_CREDENTIALS, CREDENTIALS),
	KIND("InvalidAccessKeyId", NO_CREDENTIALS, CREDENTIALS),
	KIND("MissingAuthenticationToken", NO_CREDENTIALS, CREDENTIALS),
	KIND("InvalidSignature", NO_CREDENTIALS, CLOCK),
	KIND("SignatureDoesNotMatch", NO_CREDENTIALS, CLOCK),
	KIND("IncompleteSignature", NO_CREDENTIALS, CLOCK),
	KIND("RequestTimeTooSkewed", NO_CREDENTIALS, CLOCK),
	KIND("RequestExpired", NO_CREDENTIALS, CLOCK),
	KIND("RequestInTheFuture", NO_CREDENTIALS, CLOCK),
	KIND("InvalidNextToken", BAD_ANSWER, TOKEN),
	KIND("InvalidCommandId", BAD_REQUEST, NOT_THERE),
	KIND("InvalidTimeRange", BAD_REQUEST, NONE),
	KIND("InvalidLookupAttributes", BAD_REQUEST, NONE),
	KIND("InvalidMaxResults", BAD_REQUEST, NONE),
	KIND("InvalidEventCategory", BAD_REQUEST, NONE),
	KIND("InvalidFilter", BAD_REQUEST, NONE),
	KIND("InvalidInstanceId", BAD_REQUEST, NONE),
	KIND("InvalidParameter", BAD_REQUEST, NONE),
	KIND("InvalidAction", BAD_REQUEST, NONE),
	KIND("UnsupportedOperation", BAD_REQUEST, NONE),
	KIND("UnknownOperation", BAD_REQUEST, NONE),
	KIND("Validation", BAD_REQUEST, NONE),
	KIND("Serialization", BAD_REQUEST, NONE),
	KIND("MalformedPolicyDocument", BAD_REQUEST, NONE),
	KIND("RegionDisabled", BAD_REQUEST, NONE),
	KIND("InternalFailure", UNREACHABLE, NONE),
	KIND("InternalError", UNREACHABLE, NONE),
	KIND("InternalServer", UNREACHABLE, NONE),
	KIND("InternalService", UNREACHABLE, NONE),
	KIND("ServiceUnavailable", UNREACHABLE, NONE),
	KIND("RequestTimeout", UNREACHABLE, NONE),
#undef KIND
};

/* Who denies it, by the service's own words ("... with an explicit deny in a service
 * control policy"; "... because no identity-based policy allows ..."). */
static const struct {
	struct slice said;
	const char *because;
} denials[] = {
	{ { "service control polic", 21 },
	  "a service control policy of the organization forbids it" },
	{ { "resource control polic", 22 },
	  "a resource control policy of the organization forbids it" },
	{ { "permissions boundar", 19 }, "the role's permissions boundary forbids it" },
	{ { "VPC endpoint polic", 18 }, "the policy of the VPC endpoint forbids it" },
	{ { "session polic", 13 }, "a session policy forbids it" },
	{ { "explicit deny in an identity-based", 34 },
	  "a policy of the role denies it expressly" },
	{ { "no identity-based policy", 24 }, "no policy of the role allows it" },
};

struct slice answer_xml_text(struct slice xml, const char *name)
{
	char open[ANSWER_TYPE_BYTES], close[ANSWER_TYPE_BYTES];
	struct slice text;

	snprintf(open, sizeof(open), "<%s>", name);
	snprintf(close, sizeof(close), "</%s>", name);
	if (!slice_take_until_text(&xml, slice_text(open), &text) ||
	    !slice_take_until_text(&xml, slice_text(close), &text) ||
	    slice_find(text, SLICE("<")) >= 0 || slice_find(text, SLICE("&")) >= 0)
		return (struct slice){ NULL, 0 };
	return slice_trim(text);
}

static bool is_type_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' || byte == '-';
}

/* "com.amazonaws.cloudtrail#AccessDeniedException:http://..." to its name; left empty
 * when it has not the form of one. */
static void keep_type(struct slice type, char text[ANSWER_TYPE_BYTES])
{
	ptrdiff_t hash = slice_find_last(type, '#');
	size_t len = 0;

	if (hash >= 0)
		type = slice_skip(type, (size_t)hash + 1);
	while (len < type.len && is_type_byte(type.ptr[len]))
		len++;
	if (len >= ANSWER_TYPE_BYTES || (len < type.len && type.ptr[len] != ':'))
		len = 0;
	if (len)
		memcpy(text, type.ptr, len);
	text[len] = '\0';
}

/* The type as the body says it: the JSON protocol's, then what other front ends use. */
static void read_type(struct slice body, char text[ANSWER_TYPE_BYTES])
{
	static const char *const paths[] = { "__type", "code", "Error.Code" };
	AUTO_JSON json_t *json = NULL;
	struct err err;

	keep_type((struct slice){ NULL, 0 }, text);
	if (json_read(body, &json, &err) < 0) {
		keep_type(answer_xml_text(body, "Code"), text);
		return;
	}
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !*text; i++)
		keep_type(json_text_at(json, paths[i]), text);
}

static void judge_status(int status, struct answer_error *error)
{
	if (status == 429)
		error->outcome = OUTCOME_THROTTLED;
	else if (status >= 500 && status < 600)
		error->outcome = OUTCOME_UNREACHABLE;
	else
		error->outcome = OUTCOME_BAD_ANSWER;
}

struct answer_error answer_error_read(int status, struct slice error_type,
				      struct slice body)
{
	struct answer_error error = { .fault = FAULT_NONE, .because = NULL };
	struct slice type;

	if (body.len > LIMIT_API_ERROR_BYTES)
		body.len = 0;
	keep_type(error_type, error.type);
	if (!*error.type)
		read_type(body, error.type);

	judge_status(status, &error);
	type = slice_text(error.type);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (slice_starts_with(type, kinds[i].prefix)) {
			error.outcome = kinds[i].outcome;
			error.fault = kinds[i].fault;
			break;
		}
	}
	for (size_t i = 0; i < sizeof(denials) / sizeof(denials[0]); i++) {
		if (error.outcome == OUTCOME_DENIED && !error.because &&
		    slice_find(body, denials[i].said) >= 0)
			error.because = denials[i].because;
	}
	return error;
}
