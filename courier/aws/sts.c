/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/sts.h"

#include "base/limits.h"
#include "courier/aws/answer_error.h"

/* As the API reference bounds them. */
#define ROLE_ARN_BYTES_MAX 2048
#define EXTERNAL_ID_BYTES_MAX 1224
#define SESSION_NAME_BYTES_MAX 64
#define ACCESS_KEY_ID_BYTES_MAX 128

static bool is_letter_or_digit(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

/* Whether all are letters, digits, or of `others`; and how many there may be. */
static bool is_made_of(struct slice text, const char *others, size_t min, size_t max)
{
	if (text.len < min || text.len > max)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!is_letter_or_digit(text.ptr[i]) &&
		    (text.ptr[i] == '\0' || !strchr(others, text.ptr[i])))
			return false;
	}
	return true;
}

/* "&name=value", percent-encoded but for RFC 3986's unreserved. */
static void put_field(struct buf *body, const char *name, const char *value)
{
	buf_append_format(body, "&%s=", name);
	for (; *value; value++) {
		if (is_letter_or_digit(*value) || strchr("-._~", *value))
			buf_append_byte(body, *value);
		else
			buf_append_format(body, "%%%02X", (unsigned char)*value);
	}
}

int sts_write(const char *role_arn, const char *external_id, const char *session_name,
	      struct buf *body, struct err *err)
{
	if (!slice_starts_with(slice_text(role_arn), SLICE("arn:")) ||
	    !is_made_of(slice_text(role_arn), ":/_+=,.@-", 20, ROLE_ARN_BYTES_MAX))
		return err_set(err, ERR_USAGE, "role_arn is no ARN of a role");
	if (*external_id &&
	    !is_made_of(slice_text(external_id), "_+=,.@:/-", 2, EXTERNAL_ID_BYTES_MAX))
		return err_set(err, ERR_USAGE, "external_id is none");
	if (!is_made_of(slice_text(session_name), "_+=,.@-", 2, SESSION_NAME_BYTES_MAX))
		return err_set(err, ERR_USAGE,
			       "the instance's id is no name for a session");

	buf_append_text(body, "Action=AssumeRole&Version=2011-06-15");
	put_field(body, "RoleArn", role_arn);
	put_field(body, "RoleSessionName", session_name);
	put_field(body, "DurationSeconds", "3600");
	if (*external_id)
		put_field(body, "ExternalId", external_id);
	if (buf_overflowed(body))
		return err_set(err, ERR_LIMIT, "the question is too long");
	return 0;
}

int sts_read(struct slice answer, struct sts_credentials *ret_credentials,
	     struct err *err)
{
	struct sts_credentials found;
	struct slice outside, inside;

	if (answer.len > LIMIT_API_ERROR_BYTES)
		return err_set(err, ERR_LIMIT, "the answer is too long");
	/* <AssumeRoleResponse ...><AssumeRoleResult>...<Credentials>...</Credentials>...
	 * and all of it: one that was cut, or that something was added to, is none */
	while (slice_take_suffix(&answer, SLICE("\n")) ||
	       slice_take_suffix(&answer, SLICE("\r")))
		;
	if (!slice_starts_with(answer, SLICE("<")) ||
	    !slice_ends_with(answer, SLICE("</AssumeRoleResponse>")) ||
	    !slice_take_until_text(&answer, SLICE("<AssumeRoleResult>"), &outside) ||
	    !slice_take_until_text(&answer, SLICE("<Credentials>"), &outside) ||
	    !slice_take_until_text(&answer, SLICE("</Credentials>"), &inside))
		return err_set(err, ERR_FORMAT, "it holds no credentials");

	found.access_key_id = answer_xml_text(inside, "AccessKeyId");
	found.secret_access_key = answer_xml_text(inside, "SecretAccessKey");
	found.session_token = answer_xml_text(inside, "SessionToken");
	if (!is_made_of(found.access_key_id, "", 16, ACCESS_KEY_ID_BYTES_MAX) ||
	    !is_made_of(found.secret_access_key, "+/=", 16, LIMIT_CREDENTIAL_BYTES) ||
	    !is_made_of(found.session_token, "+/=_.-", 16, LIMIT_CREDENTIAL_BYTES))
		return err_set(err, ERR_FORMAT, "its credentials have not their form");
	if (!time_from_rfc3339(answer_xml_text(inside, "Expiration"), &found.expires_at))
		return err_set(err, ERR_FORMAT, "it does not say when they expire");
	*ret_credentials = found;
	return 0;
}
