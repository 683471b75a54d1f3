/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/token.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define NOW (1700000000 * US_PER_SECOND)

static const struct {
	const char *name, *document;
	const char *text; /* NULL = refused */
	const char *client;
	us_span life;
} rows[] = {
	{ "Azure",
	  "{\"access_token\":\"abc.def\",\"client_id\":\"c-1\",\"expires_in\":\"86400\","
	  "\"expires_on\":\"1700000100\",\"token_type\":\"Bearer\"}",
	  "abc.def", "c-1", 100 * US_PER_SECOND },
	{ "Google",
	  "{\"access_token\":\"ya29.x_y-z\",\"expires_in\":3599,\"token_type\":"
	  "\"Bearer\"}",
	  "ya29.x_y-z", "", 3599 * US_PER_SECOND },
	{ "numbers", "{\"access_token\":\"a\",\"expires_on\":1700000001}", "a", "",
	  US_PER_SECOND },
	{ "expired", "{\"access_token\":\"a\",\"expires_on\":\"1506484173\"}", "a", "",
	  (1506484173 - (us_time)1700000000) * US_PER_SECOND },
	{ "an expires_on that is none",
	  "{\"access_token\":\"a\",\"expires_on\":\"soon\",\"expires_in\":\"5\"}", "a",
	  "", 5 * US_PER_SECOND },
	{ "type in another case",
	  "{\"access_token\":\"a\",\"expires_in\":5,\"token_type\":\"bearer\"}", "a", "",
	  5 * US_PER_SECOND },
	{ "a client that is none",
	  "{\"access_token\":\"a\",\"expires_in\":5,\"client_id\":\"a b\"}", "a", "",
	  5 * US_PER_SECOND },
	{ "another type",
	  "{\"access_token\":\"a\",\"expires_in\":5,\"token_type\":\"pop\"}", NULL, NULL,
	  0 },
	{ "no token", "{\"expires_in\":5}", NULL, NULL, 0 },
	{ "an empty token", "{\"access_token\":\"\",\"expires_in\":5}", NULL, NULL, 0 },
	{ "a token that is a number", "{\"access_token\":7,\"expires_in\":5}", NULL, NULL,
	  0 },
	{ "a line break", "{\"access_token\":\"a\\r\\nX: y\",\"expires_in\":5}", NULL,
	  NULL, 0 },
	{ "a blank", "{\"access_token\":\"a b\",\"expires_in\":5}", NULL, NULL, 0 },
	{ "a NUL", "{\"access_token\":\"a\\u0000b\",\"expires_in\":5}", NULL, NULL, 0 },
	{ "no life", "{\"access_token\":\"a\"}", NULL, NULL, 0 },
	{ "a negative life", "{\"access_token\":\"a\",\"expires_in\":-5}", NULL, NULL,
	  0 },
	{ "a fraction", "{\"access_token\":\"a\",\"expires_in\":5.5}", NULL, NULL, 0 },
	{ "a life of ages", "{\"access_token\":\"a\",\"expires_in\":99999999999}", NULL,
	  NULL, 0 },
	{ "an end past all years",
	  "{\"access_token\":\"a\",\"expires_on\":\"999999999999\"}", NULL, NULL, 0 },
	{ "an error", "{\"error\":\"invalid_request\"}", NULL, NULL, 0 },
	{ "a list", "[]", NULL, NULL, 0 },
	{ "no JSON", "<html>", NULL, NULL, 0 },
	{ "nothing", "", NULL, NULL, 0 },
};

static void test_documents(void)
{
	AUTO_FREE struct token *token = memory_new(1, sizeof(*token));

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = { .text = "" };
		int result = token_read(slice_text(rows[i].document), NOW, token, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].text ? 0 : -1);
		if (!rows[i].text) {
			CHECK(strlen(err.text) > 0);
			continue;
		}
		CHECK_TEXT(token->text, rows[i].text);
		CHECK_TEXT(token->client, rows[i].client);
		CHECK_INT(token->life, rows[i].life);
	}
}

static void test_long_token(void)
{
	AUTO_FREE struct token *token = memory_new(1, sizeof(*token));

	for (size_t more = 0; more < 2; more++) {
		AUTO_BUF struct buf document = BUF_LIMIT(2 * LIMIT_CREDENTIAL_BYTES);
		struct err err;

		buf_append_text(&document, "{\"expires_in\":5,\"access_token\":\"");
		for (size_t i = 0; i < LIMIT_CREDENTIAL_BYTES - 1 + more; i++)
			buf_append_byte(&document, 'a');
		buf_append_text(&document, "\"}");
		CHECK_INT(token_read(buf_slice(&document), NOW, token, &err),
			  more ? -1 : 0);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "documents", test_documents },
		{ "a long token", test_long_token },
		{ NULL, NULL },
	};

	return check_run("courier/token", tests);
}
