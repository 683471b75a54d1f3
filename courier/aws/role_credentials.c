/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/role_credentials.h"

#include "base/json.h"

#define CODE_SHOWN_BYTES ((size_t)64)

static bool is_letter_or_digit(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

bool role_name_read(struct slice list, char role[ROLE_NAME_BYTES])
{
	struct slice name = list;

	slice_take_until(&list, '\n', &name);
	slice_take_suffix(&name, SLICE("\r"));
	if (name.len == 0 || name.len >= ROLE_NAME_BYTES ||
	    slice_equal(name, SLICE(".")) || slice_equal(name, SLICE("..")))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (!is_letter_or_digit(name.ptr[i]) &&
		    (name.ptr[i] == '\0' || !strchr("_+=,.@-", name.ptr[i])))
			return false;
	}
	memcpy(role, name.ptr, name.len);
	role[name.len] = '\0';
	return true;
}

/* Visible ASCII: it goes into a header, or becomes a key. */
static int take_part(const json_t *document, const char *name,
		     char to[LIMIT_CREDENTIAL_BYTES], struct err *err)
{
	struct slice text = json_text_at(document, name);

	if (text.len == 0)
		return err_set(err, ERR_FORMAT, "'%s' is missing", name);
	if (text.len >= LIMIT_CREDENTIAL_BYTES)
		return err_set(err, ERR_LIMIT, "'%s' is too long", name);
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] <= ' ' || text.ptr[i] > '~')
			return err_set(err, ERR_FORMAT, "'%s' has not its form", name);
	}
	memcpy(to, text.ptr, text.len);
	to[text.len] = '\0';
	return 0;
}

static int read_document(struct role_credentials *credentials, const json_t *document,
			 struct err *err)
{
	struct slice code = json_text_at(document, "Code");

	if (!slice_equal(code, SLICE("Success")))
		return err_set(err, ERR_MISSING, "its Code is '%.*s' and not 'Success'",
			       SLICE_ARG(slice_first(code, CODE_SHOWN_BYTES)));
	if (take_part(document, "AccessKeyId", credentials->access_key_id, err) < 0 ||
	    take_part(document, "SecretAccessKey", credentials->secret_access_key, err) <
		    0 ||
	    take_part(document, "Token", credentials->session_token, err) < 0)
		return -1;
	if (!time_from_rfc3339(json_text_at(document, "Expiration"),
			       &credentials->expires_at))
		return err_set(err, ERR_FORMAT, "it does not say when they expire");
	return 0;
}

int role_credentials_read(struct role_credentials *credentials, struct slice document,
			  struct err *err)
{
	AUTO_JSON json_t *value = NULL;

	if (json_read(document, &value, err) < 0)
		return -1;
	return read_document(credentials, value, err);
}
