/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/answer_error.h"

#include "base/json.h"
#include "base/limits.h"

/* What the codes mean. From "Common errors" of Azure Resource Manager and "Understand how
 * Azure Resource Manager throttles requests". */
static const struct {
	struct slice code;
	enum message_outcome outcome;
} codes[] = {
#define CODE(code, outcome)                                   \
	{                                                     \
		{ code, sizeof(code) - 1 }, OUTCOME_##outcome \
	}
	CODE("AuthorizationFailed", DENIED),
	CODE("LinkedAuthorizationFailed", DENIED),
	CODE("AuthorizationPermissionMismatch", DENIED),
	CODE("Forbidden", DENIED),
	CODE("RequestDisallowedByPolicy", DENIED),
	CODE("DenyAssignmentAuthorizationFailed", DENIED),
	CODE("ExpiredAuthenticationToken", NO_CREDENTIALS),
	CODE("InvalidAuthenticationToken", NO_CREDENTIALS),
	CODE("InvalidAuthenticationTokenTenant", NO_CREDENTIALS),
	CODE("InvalidAuthenticationTokenAudience", NO_CREDENTIALS),
	CODE("AuthenticationFailed", NO_CREDENTIALS),
	CODE("AuthenticationFailedInvalidHeader", NO_CREDENTIALS),
	CODE("TooManyRequests", THROTTLED),
	CODE("SubscriptionRequestsThrottled", THROTTLED),
	CODE("ResourceRequestsThrottled", THROTTLED),
	CODE("ResourceCollectionRequestsThrottled", THROTTLED),
	CODE("Throttled", THROTTLED),
	CODE("SubscriptionNotFound", BAD_REQUEST),
	CODE("InvalidSubscriptionId", BAD_REQUEST),
	CODE("ResourceGroupNotFound", BAD_REQUEST),
	CODE("InvalidApiVersionParameter", BAD_REQUEST),
	CODE("MissingSubscription", BAD_REQUEST),
	CODE("InternalServerError", UNREACHABLE),
	CODE("ServerTimeout", UNREACHABLE),
	CODE("ServiceUnavailable", UNREACHABLE),
	CODE("GatewayTimeout", UNREACHABLE),
#undef CODE
};

static bool is_code_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || byte == '.' || byte == '_' || byte == '-';
}

/* Left empty when it has not the form of one. */
static void keep_code(struct slice code, char text[AZURE_CODE_BYTES])
{
	text[0] = '\0';
	if (code.len >= AZURE_CODE_BYTES)
		return;
	for (size_t i = 0; i < code.len; i++) {
		if (!is_code_byte(code.ptr[i]))
			return;
	}
	if (code.len)
		memcpy(text, code.ptr, code.len);
	text[code.len] = '\0';
}

static void read_code(struct slice body, char text[AZURE_CODE_BYTES])
{
	static const char *const paths[] = { "error.code", "code", "error" };
	AUTO_JSON json_t *json = NULL;
	struct err err;

	text[0] = '\0';
	if (body.len > LIMIT_API_ERROR_BYTES || json_read(body, &json, &err) < 0)
		return;
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]) && !*text; i++)
		keep_code(json_text_at(json, paths[i]), text);
}

static enum message_outcome judge_status(int status)
{
	static const struct {
		int status;
		enum message_outcome outcome;
	} rows[] = {
		{ 400, OUTCOME_BAD_REQUEST }, { 401, OUTCOME_NO_CREDENTIALS },
		{ 403, OUTCOME_DENIED },      { 408, OUTCOME_UNREACHABLE },
		{ 429, OUTCOME_THROTTLED },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].status == status)
			return rows[i].outcome;
	}
	return status >= 500 && status < 600 ? OUTCOME_UNREACHABLE : OUTCOME_BAD_ANSWER;
}

struct azure_error azure_error_read(int status, struct slice body)
{
	struct azure_error error = { .outcome = judge_status(status) };
	struct slice code;

	read_code(body, error.code);
	code = slice_text(error.code);
	/* that it is too much for now is the status' alone to say */
	for (size_t i = 0; status != 429 && i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (slice_equal(code, codes[i].code))
			error.outcome = codes[i].outcome;
	}
	return error;
}

/* What the identity endpoint says in words (error_description); anchored nowhere, as the
 * words around it change. */
static const struct {
	struct slice said;
	const char *why;
} refusals[] = {
	{ { "Identity not found", 18 },
	  "no managed identity is assigned to this machine, or not the one that [azure] "
	  "client_id names: assign one that may read the subscription's Activity Log "
	  "(Monitoring Reader)" },
	{ { "Multiple user assigned identities", 33 },
	  "more than one user-assigned identity is assigned to this machine: name the "
	  "one to use in [azure] client_id" },
};

enum message_outcome azure_token_error_read(int status, struct slice body,
					    struct err *why)
{
	char code[AZURE_CODE_BYTES];

	if (status == 429) {
		err_set(why, ERR_SYSTEM, "too many access tokens are asked for (429)");
		return OUTCOME_THROTTLED;
	}
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (slice_find_ignoring_case(slice_first(body, LIMIT_API_ERROR_BYTES),
					     refusals[i].said) < 0)
			continue;
		err_set(why, ERR_MISSING, "%s", refusals[i].why);
		return OUTCOME_NO_CREDENTIALS;
	}
	read_code(body, code);
	err_set(why, ERR_MISSING, "instance metadata gives no access token (%d%s%s)",
		status, *code ? ", " : "", code);
	return status >= 500 || status == 410 ? OUTCOME_UNREACHABLE
					      : OUTCOME_NO_CREDENTIALS;
}
