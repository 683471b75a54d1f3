/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/role_credentials.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define KEY "\"AccessKeyId\":\"ASIAEXAMPLE\","
#define SECRET "\"SecretAccessKey\":\"hidden/secret+\","
#define TOKEN "\"Token\":\"session==\","
#define UNTIL "\"Expiration\":\"2026-01-02T03:04:05Z\""
#define OK "{\"Code\":\"Success\","

static void test_documents(void)
{
	static const struct {
		const char *name, *document;
		int want;
		enum err_code code;
	} rows[] = {
		{ "whole", OK KEY SECRET TOKEN UNTIL "}", 0, ERR_NONE },
		{ "more in it", OK KEY SECRET TOKEN "\"x\":[{}]," UNTIL "}", 0,
		  ERR_NONE },
		{ "empty", "", -1, ERR_FORMAT },
		{ "no object", "[]", -1, ERR_MISSING },
		{ "no code", "{" KEY SECRET TOKEN UNTIL "}", -1, ERR_MISSING },
		{ "other code", "{\"Code\":\"Failed\"," KEY SECRET TOKEN UNTIL "}", -1,
		  ERR_MISSING },
		{ "no key", OK SECRET TOKEN UNTIL "}", -1, ERR_FORMAT },
		{ "no secret", OK KEY TOKEN UNTIL "}", -1, ERR_FORMAT },
		{ "no token", OK KEY SECRET UNTIL "}", -1, ERR_FORMAT },
		{ "no end", OK KEY SECRET TOKEN "\"x\":1}", -1, ERR_FORMAT },
		{ "line break", OK KEY SECRET "\"Token\":\"hidden\\r\\nX: y\"," UNTIL "}",
		  -1, ERR_FORMAT },
		{ "blank", OK KEY SECRET "\"Token\":\"hidden hidden\"," UNTIL "}", -1,
		  ERR_FORMAT },
		{ "NUL", OK KEY SECRET "\"Token\":\"hidden\\u0000\"," UNTIL "}", -1,
		  ERR_FORMAT },
		{ "no ASCII", OK KEY SECRET "\"Token\":\"hidd\xc3\xa9n\"," UNTIL "}", -1,
		  ERR_FORMAT },
		{ "cut", OK KEY SECRET TOKEN, -1, ERR_FORMAT },
		{ "twice", OK KEY KEY SECRET TOKEN UNTIL "}", -1, ERR_FORMAT },
		{ "more after it", OK KEY SECRET TOKEN UNTIL "}{}", -1, ERR_FORMAT },
	};
	AUTO_FREE struct role_credentials *got = memory_new(1, sizeof(*got));

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = { .code = ERR_NONE };

		check_row(rows[i].name);
		CHECK_INT(role_credentials_read(got, slice_text(rows[i].document), &err),
			  rows[i].want);
		CHECK_INT(err.code, rows[i].code);
		CHECK(slice_find(slice_text(err.text), SLICE("hidden")) < 0);
		CHECK(slice_find(slice_text(err.text), SLICE("ASIA")) < 0);
		if (rows[i].want < 0)
			continue;
		CHECK_TEXT(got->access_key_id, "ASIAEXAMPLE");
		CHECK_TEXT(got->secret_access_key, "hidden/secret+");
		CHECK_TEXT(got->session_token, "session==");
		CHECK_INT(got->expires_at, 1767323045 * US_PER_SECOND);
	}
}

static void test_too_long(void)
{
	AUTO_FREE struct role_credentials *got = memory_new(1, sizeof(*got));
	AUTO_BUF struct buf document = BUF_LIMIT(4 * LIMIT_CREDENTIAL_BYTES);

	for (size_t len = LIMIT_CREDENTIAL_BYTES - 1; len <= LIMIT_CREDENTIAL_BYTES;
	     len++) {
		struct err err;

		buf_clear(&document);
		buf_append_text(&document, OK KEY SECRET UNTIL ",\"Token\":\"");
		for (size_t i = 0; i < len; i++)
			buf_append_byte(&document, 't');
		buf_append_text(&document, "\"}");
		CHECK_INT(role_credentials_read(got, buf_slice(&document), &err),
			  len < LIMIT_CREDENTIAL_BYTES ? 0 : -1);
	}
}

static void test_roles(void)
{
	static const struct {
		const char *list, *want; /* NULL = refused */
	} rows[] = {
		{ "countersign-role", "countersign-role" },
		{ "a+b=c,d.e@f_g-h", "a+b=c,d.e@f_g-h" },
		{ "one\ntwo", "one" },
		{ "one\r\n", "one" },
		{ "...", "..." },
		{ "", NULL },
		{ "\n", NULL },
		{ ".", NULL },
		{ "..", NULL },
		{ "a/b", NULL },
		{ "a b", NULL },
		{ "a?b", NULL },
		{ "a%2fb", NULL },
		{ "\xc3\xa9", NULL },
	};
	char role[ROLE_NAME_BYTES];
	char longest[ROLE_NAME_BYTES];

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].list);
		if (CHECK_INT(role_name_read(slice_text(rows[i].list), role),
			      rows[i].want != NULL) &&
		    rows[i].want)
			CHECK_TEXT(role, rows[i].want);
	}
	memset(longest, 'r', sizeof(longest));
	check_row("longest");
	CHECK(role_name_read(slice_of(longest, sizeof(longest) - 1), role));
	CHECK(!role_name_read(slice_of(longest, sizeof(longest)), role));
	CHECK(!role_name_read(SLICE("a\0b"), role));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "documents", test_documents },
		{ "too long", test_too_long },
		{ "roles", test_roles },
		{ NULL, NULL },
	};

	return check_run("role_credentials", tests);
}
