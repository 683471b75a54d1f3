/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/answer_error.h"

#include "tests/support/check.h"

static void test_errors(void)
{
	static const struct {
		const char *name;
		int status;
		const char *body;
		enum message_outcome want;
		const char *code;
	} rows[] = {
		{ "denied", 403,
		  "{\"error\":{\"code\":\"AuthorizationFailed\",\"message\":\"The client "
		  "'x' does not have authorization\"}}",
		  OUTCOME_DENIED, "AuthorizationFailed" },
		{ "denied, no body", 403, "", OUTCOME_DENIED, "" },
		{ "older form", 403, "{\"code\":\"AuthorizationFailed\"}", OUTCOME_DENIED,
		  "AuthorizationFailed" },
		{ "a policy", 403, "{\"error\":{\"code\":\"RequestDisallowedByPolicy\"}}",
		  OUTCOME_DENIED, "RequestDisallowedByPolicy" },
		{ "a token", 401, "{\"error\":{\"code\":\"ExpiredAuthenticationToken\"}}",
		  OUTCOME_NO_CREDENTIALS, "ExpiredAuthenticationToken" },
		{ "a token, as another status", 403,
		  "{\"error\":{\"code\":\"InvalidAuthenticationTokenTenant\"}}",
		  OUTCOME_NO_CREDENTIALS, "InvalidAuthenticationTokenTenant" },
		{ "401 alone", 401, "", OUTCOME_NO_CREDENTIALS, "" },
		{ "throttled", 429, "{\"error\":{\"code\":\"AuthorizationFailed\"}}",
		  OUTCOME_THROTTLED, "AuthorizationFailed" },
		{ "throttled by its code", 409,
		  "{\"error\":{\"code\":\"TooManyRequests\"}}", OUTCOME_THROTTLED,
		  "TooManyRequests" },
		{ "no such subscription", 404,
		  "{\"error\":{\"code\":\"SubscriptionNotFound\"}}", OUTCOME_BAD_REQUEST,
		  "SubscriptionNotFound" },
		{ "a bad filter", 400, "{\"error\":{\"code\":\"BadRequest\"}}",
		  OUTCOME_BAD_REQUEST, "BadRequest" },
		{ "late", 408, "", OUTCOME_UNREACHABLE, "" },
		{ "an outage", 500, "<html>", OUTCOME_UNREACHABLE, "" },
		{ "a gateway", 504, "", OUTCOME_UNREACHABLE, "" },
		{ "nothing there", 404, "", OUTCOME_BAD_ANSWER, "" },
		{ "another status", 418, "{}", OUTCOME_BAD_ANSWER, "" },
		{ "no content", 204, "", OUTCOME_BAD_ANSWER, "" },
		{ "a code with control bytes", 403, "{\"error\":{\"code\":\"a\\r\\nb\"}}",
		  OUTCOME_DENIED, "" },
		{ "a code that is long", 403,
		  "{\"code\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaa\"}",
		  OUTCOME_DENIED, "" },
		{ "a code that is a number", 403, "{\"error\":{\"code\":7}}",
		  OUTCOME_DENIED, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct azure_error error =
			azure_error_read(rows[i].status, slice_text(rows[i].body));

		check_row(rows[i].name);
		CHECK_INT(error.outcome, rows[i].want);
		CHECK_TEXT(error.code, rows[i].code);
	}
}

static void test_token_errors(void)
{
	static const struct {
		const char *name;
		int status;
		const char *body;
		enum message_outcome want;
		const char *said; /* a part of the words */
	} rows[] = {
		{ "no identity", 400,
		  "{\"error\":\"invalid_request\",\"error_description\":\"Identity not "
		  "found\"}",
		  OUTCOME_NO_CREDENTIALS, "no managed identity is assigned" },
		{ "several", 400,
		  "{\"error\":\"invalid_request\",\"error_description\":\"Multiple user "
		  "assigned identities exist, please specify the clientId\"}",
		  OUTCOME_NO_CREDENTIALS, "[azure] client_id" },
		{ "another", 400,
		  "{\"error\":\"invalid_resource\",\"error_description\":\"secret\"}",
		  OUTCOME_NO_CREDENTIALS, "(400, invalid_resource)" },
		{ "no such endpoint", 404, "", OUTCOME_NO_CREDENTIALS, "(404)" },
		{ "moving", 410, "", OUTCOME_UNREACHABLE, "(410)" },
		{ "busy", 429, "", OUTCOME_THROTTLED, "(429)" },
		{ "an outage", 503, "", OUTCOME_UNREACHABLE, "(503)" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err why;

		check_row(rows[i].name);
		CHECK_INT(azure_token_error_read(rows[i].status, slice_text(rows[i].body),
						 &why),
			  rows[i].want);
		CHECK(strstr(why.text, rows[i].said) != NULL);
		CHECK(!strstr(why.text, "secret"));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "errors", test_errors },
		{ "errors of tokens", test_token_errors },
		{ NULL, NULL },
	};

	return check_run("courier/azure/answer_error", tests);
}
