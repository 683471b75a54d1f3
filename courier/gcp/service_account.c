/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/service_account.h"

#define SCOPE(name)                                                         \
	{                                                                   \
		"https://www.googleapis.com/auth/" name,                    \
			sizeof("https://www.googleapis.com/auth/" name) - 1 \
	}

/* Any of which is enough ("Method: entries.list", Cloud Logging API reference). */
static const struct slice scopes[] = {
	SCOPE("logging.read"),
	SCOPE("logging.admin"),
	SCOPE("cloud-platform"),
	SCOPE("cloud-platform.read-only"),
};

static bool is_email_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z') || (byte && strchr("@.-_+", byte));
}

bool gcp_email_read(struct slice body, char email[GCP_EMAIL_BYTES])
{
	slice_take_suffix(&body, SLICE("\n"));
	if (body.len == 0 || body.len >= GCP_EMAIL_BYTES)
		return false;
	for (size_t i = 0; i < body.len; i++) {
		if (!is_email_byte(body.ptr[i]))
			return false;
	}
	memcpy(email, body.ptr, body.len);
	email[body.len] = '\0';
	return true;
}

static bool is_enough(struct slice scope)
{
	for (size_t i = 0; i < sizeof(scopes) / sizeof(scopes[0]); i++) {
		if (slice_equal(scope, scopes[i]))
			return true;
	}
	return false;
}

bool gcp_scopes_allow_logging(struct slice body)
{
	struct slice line;

	while (body.len > 0) {
		if (!slice_take_until(&body, '\n', &line)) {
			line = body;
			body = slice_skip(body, body.len);
		}
		slice_take_suffix(&line, SLICE("\r"));
		if (is_enough(slice_trim(line)))
			return true;
	}
	return false;
}
