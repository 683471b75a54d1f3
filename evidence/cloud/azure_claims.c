/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/azure_claims.h"

#include "evidence/cloud/text.h"

#define SOAP "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
#define MICROSOFT "http://schemas.microsoft.com/"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* A user's names, the best first; version 2 tokens have short claims. */
static const char *const user_claims[] = {
	SOAP "upn",  "upn",  "preferred_username", "unique_name", SOAP "emailaddress",
	SOAP "name", "name",
};

/* Of callers that are no users. */
static const char *const other_claims[] = {
	"appid",
	"azp",
	MICROSOFT "identity/claims/objectidentifier",
	"oid",
};

static const char *const method_claims[] = {
	MICROSOFT "claims/authnmethodsreferences",
	"amr",
};

static struct slice first_of(const json_t *claims, const char *const *names, size_t count)
{
	struct slice text = { NULL, 0 };

	for (size_t i = 0; i < count && !text.len; i++)
		text = slice_trim(text_member(claims, names[i]));
	return text;
}

static bool is_letter(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* "pwd,mfa" or ["pwd","mfa"]: whether one of the words is "mfa". */
static bool has_mfa(struct slice methods)
{
	while (methods.len) {
		size_t len = 0;

		while (len < methods.len && is_letter(methods.ptr[len]))
			len++;
		if (slice_equal_ignoring_case(slice_first(methods, len), SLICE("mfa")) ||
		    slice_equal_ignoring_case(slice_first(methods, len), SLICE("ngcmfa")))
			return true;
		methods = slice_skip(methods, len + 1);
	}
	return false;
}

static enum tristate mfa_of_methods(const json_t *methods)
{
	bool is_said = json_is_string(methods) || json_array_size(methods);

	if (has_mfa(json_slice(methods)))
		return TRISTATE_TRUE;
	for (size_t i = 0; i < json_array_size(methods); i++) {
		if (has_mfa(json_slice(json_array_get(methods, i))))
			return TRISTATE_TRUE;
	}
	return is_said ? TRISTATE_FALSE : TRISTATE_UNKNOWN;
}

void azure_claims_read(const json_t *claims, struct api_call *call)
{
	struct slice user = first_of(claims, user_claims, COUNT_OF(user_claims));

	call->principal = user;
	if (user.len)
		call->invoked_by = text_member(claims, "appid");
	else
		call->principal = first_of(claims, other_claims, COUNT_OF(other_claims));
	call->source_ip =
		text_either(text_member(claims, "ipaddr"), text_member(claims, "ipAddr"));
	for (size_t i = 0; i < COUNT_OF(method_claims); i++) {
		if (call->mfa == TRISTATE_UNKNOWN)
			call->mfa =
				mfa_of_methods(json_object_get(claims, method_claims[i]));
	}
}
