/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/api_error.h"

#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define INFO "\"@type\":\"type.googleapis.com/google.rpc.ErrorInfo\","
#define ERROR(code, message, status, details)                   \
	"{\"error\":{\"code\":" #code ",\"message\":\"" message \
	"\",\"status\":\"" status "\",\"details\":[" details "]}}"

static const struct {
	const char *name;
	int status;
	const char *body;
	enum message_outcome outcome;
	enum gcp_denial denial;
	const char *word;
} rows[] = {
	{ "no scope", 403,
	  ERROR(403, "Request had insufficient authentication scopes.",
		"PERMISSION_DENIED",
		"{" INFO "\"reason\":\"ACCESS_TOKEN_SCOPE_INSUFFICIENT\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_SCOPE, "ACCESS_TOKEN_SCOPE_INSUFFICIENT" },
	{ "no scope, without details", 403,
	  ERROR(403, "Request had insufficient authentication scopes.",
		"PERMISSION_DENIED", ""),
	  OUTCOME_DENIED, GCP_DENIAL_SCOPE, "PERMISSION_DENIED" },
	{ "no permission", 403,
	  ERROR(403, "Permission denied for all log views", "PERMISSION_DENIED", ""),
	  OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "PERMISSION_DENIED" },
	{ "no permission, by its reason", 403,
	  ERROR(403, "", "PERMISSION_DENIED",
		"{" INFO "\"reason\":\"IAM_PERMISSION_DENIED\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "IAM_PERMISSION_DENIED" },
	{ "the API is off", 403,
	  ERROR(403, "Cloud Logging API has not been used in project 1 before",
		"PERMISSION_DENIED",
		"{\"@type\":\"type.googleapis.com/google.rpc.Help\"},{" INFO
		"\"reason\":\"SERVICE_DISABLED\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_API, "SERVICE_DISABLED" },
	{ "a perimeter", 403,
	  ERROR(403, "Request is prohibited by organization's policy",
		"PERMISSION_DENIED", "{" INFO "\"reason\":\"SECURITY_POLICY_VIOLATED\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_POLICY, "SECURITY_POLICY_VIOLATED" },
	{ "no billing", 403,
	  ERROR(403, "", "PERMISSION_DENIED",
		"{" INFO "\"reason\":\"BILLING_DISABLED\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_BILLING, "BILLING_DISABLED" },
	{ "a reason that is not known", 403,
	  ERROR(403, "", "PERMISSION_DENIED", "{" INFO "\"reason\":\"NEW_REASON\"}"),
	  OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "PERMISSION_DENIED" },
	{ "too many", 429,
	  ERROR(429, "Quota exceeded for quota metric 'Read requests'",
		"RESOURCE_EXHAUSTED", "{" INFO "\"reason\":\"RATE_LIMIT_EXCEEDED\"}"),
	  OUTCOME_THROTTLED, GCP_DENIAL_PERMISSION, "RATE_LIMIT_EXCEEDED" },
	{ "too many, by the front end", 429, "<html>", OUTCOME_THROTTLED,
	  GCP_DENIAL_PERMISSION, "" },
	{ "a token that is refused", 401,
	  ERROR(401, "", "UNAUTHENTICATED",
		"{" INFO "\"reason\":\"ACCESS_TOKEN_EXPIRED\"}"),
	  OUTCOME_NO_CREDENTIALS, GCP_DENIAL_PERMISSION, "ACCESS_TOKEN_EXPIRED" },
	{ "401 alone", 401, "", OUTCOME_NO_CREDENTIALS, GCP_DENIAL_PERMISSION, "" },
	{ "a page token", 400,
	  ERROR(400, "page_token doesn't match arguments from the request",
		"INVALID_ARGUMENT", ""),
	  OUTCOME_BAD_REQUEST, GCP_DENIAL_PERMISSION, "INVALID_ARGUMENT" },
	{ "away", 503, ERROR(503, "", "UNAVAILABLE", ""), OUTCOME_UNREACHABLE,
	  GCP_DENIAL_PERMISSION, "UNAVAILABLE" },
	{ "too slow", 504, ERROR(504, "", "DEADLINE_EXCEEDED", ""), OUTCOME_UNREACHABLE,
	  GCP_DENIAL_PERMISSION, "DEADLINE_EXCEEDED" },
	{ "502 with a page", 502, "<html>Bad Gateway</html>", OUTCOME_UNREACHABLE,
	  GCP_DENIAL_PERMISSION, "" },
	{ "not there", 404, ERROR(404, "", "NOT_FOUND", ""), OUTCOME_BAD_ANSWER,
	  GCP_DENIAL_PERMISSION, "NOT_FOUND" },
	{ "403 alone", 403, "", OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "" },
	{ "204", 204, "", OUTCOME_BAD_ANSWER, GCP_DENIAL_PERMISSION, "" },
	{ "a status with a line break", 403,
	  "{\"error\":{\"status\":\"PERMISSION_DENIED\\nX\"}}", OUTCOME_DENIED,
	  GCP_DENIAL_PERMISSION, "" },
	{ "an error that is a text", 403, "{\"error\":\"PERMISSION_DENIED\"}",
	  OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "" },
	{ "details that are none", 403,
	  "{\"error\":{\"status\":\"PERMISSION_DENIED\",\"details\":[1,[],\"x\",null]}}",
	  OUTCOME_DENIED, GCP_DENIAL_PERMISSION, "PERMISSION_DENIED" },
};

static void test_errors(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct gcp_api_error error =
			gcp_api_error_read(rows[i].status, slice_text(rows[i].body));

		check_row(rows[i].name);
		CHECK_INT(error.outcome, rows[i].outcome);
		CHECK_INT(error.denial, rows[i].denial);
		CHECK_TEXT(error.word, rows[i].word);
	}
}

/* What is longer than any error is not read. */
static void test_long(void)
{
	AUTO_BUF struct buf body = BUF_LIMIT(2 * LIMIT_API_ERROR_BYTES);
	struct gcp_api_error error;

	buf_append_text(&body, "{\"error\":{\"status\":\"UNAVAILABLE\",\"message\":\"");
	while (body.len <= LIMIT_API_ERROR_BYTES)
		buf_append_byte(&body, 'x');
	buf_append_text(&body, "\"}}");
	error = gcp_api_error_read(403, buf_slice(&body));
	CHECK_INT(error.outcome, OUTCOME_DENIED);
	CHECK_TEXT(error.word, "");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "errors", test_errors },
		{ "long", test_long },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/api_error", tests);
}
