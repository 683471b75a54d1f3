/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/api_error.h"

#include "base/json.h"
#include "base/limits.h"

/* Details of one error that are looked at. */
#define DETAILS_MAX 32

/* Reasons of google.rpc.ErrorInfo, then words of google.rpc.Code. */
static const struct {
	struct slice word;
	enum message_outcome outcome;
	enum gcp_denial denial;
} kinds[] = {
#define KIND(word, outcome, denial)                                                \
	{                                                                          \
		{ word, sizeof(word) - 1 }, OUTCOME_##outcome, GCP_DENIAL_##denial \
	}
	KIND("ACCESS_TOKEN_SCOPE_INSUFFICIENT", DENIED, SCOPE),
	KIND("IAM_PERMISSION_DENIED", DENIED, PERMISSION),
	KIND("SERVICE_DISABLED", DENIED, API),
	KIND("SERVICE_NOT_ACTIVATED", DENIED, API),
	KIND("BILLING_DISABLED", DENIED, BILLING),
	KIND("SECURITY_POLICY_VIOLATED", DENIED, POLICY),
	KIND("ORG_RESTRICTION_VIOLATION", DENIED, POLICY),
	KIND("LOCATION_POLICY_VIOLATED", DENIED, POLICY),
	KIND("RATE_LIMIT_EXCEEDED", THROTTLED, PERMISSION),
	KIND("RESOURCE_QUOTA_EXCEEDED", THROTTLED, PERMISSION),
	KIND("ACCESS_TOKEN_EXPIRED", NO_CREDENTIALS, PERMISSION),
	KIND("ACCESS_TOKEN_TYPE_UNSUPPORTED", NO_CREDENTIALS, PERMISSION),
	KIND("ACCOUNT_STATE_INVALID", NO_CREDENTIALS, PERMISSION),
	KIND("CREDENTIALS_MISSING", NO_CREDENTIALS, PERMISSION),
	KIND("PERMISSION_DENIED", DENIED, PERMISSION),
	KIND("UNAUTHENTICATED", NO_CREDENTIALS, PERMISSION),
	KIND("RESOURCE_EXHAUSTED", THROTTLED, PERMISSION),
	KIND("INVALID_ARGUMENT", BAD_REQUEST, PERMISSION),
	KIND("OUT_OF_RANGE", BAD_REQUEST, PERMISSION),
	KIND("UNAVAILABLE", UNREACHABLE, PERMISSION),
	KIND("DEADLINE_EXCEEDED", UNREACHABLE, PERMISSION),
	KIND("INTERNAL", UNREACHABLE, PERMISSION),
	KIND("ABORTED", UNREACHABLE, PERMISSION),
	KIND("UNKNOWN", UNREACHABLE, PERMISSION),
#undef KIND
};
#define KIND_COUNT (sizeof(kinds) / sizeof(kinds[0]))

static bool is_word(struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (!(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z') &&
		    !(text.ptr[i] >= '0' && text.ptr[i] <= '9') && text.ptr[i] != '_')
			return false;
	}
	return text.len > 0 && text.len < GCP_ERROR_WORD_BYTES;
}

/* Takes the word over where it is one that is known; keeps an unknown one for its name
 * where there is none yet. */
static bool take_word(struct gcp_api_error *error, struct slice word)
{
	size_t i = 0;

	if (!is_word(word))
		return false;
	while (i < KIND_COUNT && !slice_equal(word, kinds[i].word))
		i++;
	if (i == KIND_COUNT && *error->word)
		return false;
	memcpy(error->word, word.ptr, word.len);
	error->word[word.len] = '\0';
	if (i == KIND_COUNT)
		return false;
	error->outcome = kinds[i].outcome;
	error->denial = kinds[i].denial;
	return true;
}

static void judge_status(int status, struct gcp_api_error *error)
{
	if (status == 401)
		error->outcome = OUTCOME_NO_CREDENTIALS;
	else if (status == 403)
		error->outcome = OUTCOME_DENIED;
	else if (status == 429)
		error->outcome = OUTCOME_THROTTLED;
	else if (status >= 500 && status < 600)
		error->outcome = OUTCOME_UNREACHABLE;
	else
		error->outcome = OUTCOME_BAD_ANSWER;
}

static bool take_reason(struct gcp_api_error *error, const json_t *answer)
{
	const json_t *details = json_at(answer, "error.details");

	for (size_t i = 0; i < json_array_size(details) && i < DETAILS_MAX; i++) {
		const json_t *detail = json_array_get(details, i);

		if (take_word(error, json_text_at(detail, "reason")))
			return true;
	}
	return false;
}

/* {"error":{"code":403,"message":"...","status":"PERMISSION_DENIED","details":[{"@type":
 * "type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED",
 * "domain":"googleapis.com"}]}}; older front ends have no details. */
struct gcp_api_error gcp_api_error_read(int status, struct slice body)
{
	struct gcp_api_error error = { .denial = GCP_DENIAL_PERMISSION, .word = "" };
	const struct slice words = SLICE("insufficient authentication scopes");
	AUTO_JSON json_t *answer = NULL;
	struct err err;

	judge_status(status, &error);
	if (body.len > LIMIT_API_ERROR_BYTES || json_read(body, &answer, &err) < 0)
		return error;
	if (!take_reason(&error, answer))
		take_word(&error, json_text_at(answer, "error.status"));
	if (error.outcome == OUTCOME_DENIED &&
	    slice_find_ignoring_case(json_text_at(answer, "error.message"), words) >= 0)
		error.denial = GCP_DENIAL_SCOPE;
	return error;
}
