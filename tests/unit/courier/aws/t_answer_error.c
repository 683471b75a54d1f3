/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/answer_error.h"

#include "tests/support/check.h"

static const struct {
	const char *name;
	int status;
	const char *header, *body;
	enum message_outcome outcome;
	enum answer_fault fault;
	const char *type, *because;
} errors[] = {
	{ "throttled", 400, "", "{\"__type\":\"ThrottlingException\"}", OUTCOME_THROTTLED,
	  FAULT_NONE, "ThrottlingException", NULL },
	{ "a prefix", 400, "", "{\"__type\":\"com.amazonaws.x#ThrottlingException\"}",
	  OUTCOME_THROTTLED, FAULT_NONE, "ThrottlingException", NULL },
	{ "by header", 400, "AccessDeniedException:http://x/", "{}", OUTCOME_DENIED,
	  FAULT_NONE, "AccessDeniedException", NULL },
	{ "the header wins", 400, "ThrottlingException",
	  "{\"__type\":\"AccessDeniedException\"}", OUTCOME_THROTTLED, FAULT_NONE,
	  "ThrottlingException", NULL },
	{ "by status", 429, "", "", OUTCOME_THROTTLED, FAULT_NONE, "", NULL },
	{ "type before status", 503, "", "{\"__type\":\"SlowDown\"}", OUTCOME_THROTTLED,
	  FAULT_NONE, "SlowDown", NULL },
	{ "STS, XML", 403, "",
	  "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>"
	  "<Message>x</Message></Error></ErrorResponse>",
	  OUTCOME_NO_CREDENTIALS, FAULT_CREDENTIALS, "InvalidClientTokenId", NULL },
	{ "STS, JSON", 403, "", "{\"Error\":{\"Code\":\"AccessDenied\"}}", OUTCOME_DENIED,
	  FAULT_NONE, "AccessDenied", NULL },
	{ "whose policy", 400, "",
	  "{\"__type\":\"AccessDeniedException\",\"Message\":\"... with an explicit deny "
	  "in a service control policy\"}",
	  OUTCOME_DENIED, FAULT_NONE, "AccessDeniedException",
	  "a service control policy of the organization forbids it" },
	{ "no policy", 400, "",
	  "{\"__type\":\"AccessDeniedException\",\"Message\":\"because no identity-based "
	  "policy allows it\"}",
	  OUTCOME_DENIED, FAULT_NONE, "AccessDeniedException",
	  "no policy of the role allows it" },
	{ "such words elsewhere", 400, "",
	  "{\"__type\":\"ValidationException\",\"Message\":\"VPC endpoint policy\"}",
	  OUTCOME_BAD_REQUEST, FAULT_NONE, "ValidationException", NULL },
	{ "expired", 403, "", "{\"__type\":\"ExpiredTokenException\"}",
	  OUTCOME_NO_CREDENTIALS, FAULT_CREDENTIALS, "ExpiredTokenException", NULL },
	{ "signature", 403, "", "{\"__type\":\"InvalidSignatureException\"}",
	  OUTCOME_NO_CREDENTIALS, FAULT_CLOCK, "InvalidSignatureException", NULL },
	{ "token", 400, "", "{\"__type\":\"InvalidNextTokenException\"}",
	  OUTCOME_BAD_ANSWER, FAULT_TOKEN, "InvalidNextTokenException", NULL },
	{ "command", 400, "", "{\"__type\":\"InvalidCommandId\"}", OUTCOME_BAD_REQUEST,
	  FAULT_NOT_THERE, "InvalidCommandId", NULL },
	{ "of the service", 500, "", "{\"__type\":\"InternalFailure\"}",
	  OUTCOME_UNREACHABLE, FAULT_NONE, "InternalFailure", NULL },
	{ "of something between", 502, "", "<html>Bad Gateway</html>",
	  OUTCOME_UNREACHABLE, FAULT_NONE, "", NULL },
	{ "not known", 400, "", "{\"__type\":\"NewException\"}", OUTCOME_BAD_ANSWER,
	  FAULT_NONE, "NewException", NULL },
	{ "no type at all", 403, "", "Forbidden", OUTCOME_BAD_ANSWER, FAULT_NONE, "",
	  NULL },
	{ "a type with odd bytes", 400, "", "{\"__type\":\"Throttling\\u001b[31m\"}",
	  OUTCOME_BAD_ANSWER, FAULT_NONE, "", NULL },
	{ "a type that is none", 400, "", "{\"__type\":[1]}", OUTCOME_BAD_ANSWER,
	  FAULT_NONE, "", NULL },
	{ "a type too long", 400, "",
	  "{\"__type\":"
	  "\"Throttlingxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	  "xxxxxxxx\"}",
	  OUTCOME_BAD_ANSWER, FAULT_NONE, "", NULL },
};

static void test_errors(void)
{
	for (size_t i = 0; i < COUNT_OF(errors); i++) {
		struct answer_error got =
			answer_error_read(errors[i].status, slice_text(errors[i].header),
					  slice_text(errors[i].body));

		check_row(errors[i].name);
		CHECK_INT(got.outcome, errors[i].outcome);
		CHECK_INT(got.fault, errors[i].fault);
		CHECK_TEXT(got.type, errors[i].type);
		CHECK_TEXT(got.because, errors[i].because);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "errors", test_errors },
		{ NULL, NULL },
	};

	return check_run("courier/aws/answer_error", tests);
}
