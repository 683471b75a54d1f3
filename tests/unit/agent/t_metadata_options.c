/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/metadata_options.h"

#include "tests/support/check.h"

#define LONG_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static void test_read(void)
{
	static const struct {
		const char *name, *text;
		size_t count;
		int rc;
	} rows[] = {
		{ "none", "{\"cloud\":\"aws\",\"options\":[]}", 0, 0 },
		{ "two",
		  "{\"cloud\":\"gcp\",\"options\":[{\"name\":\"a\",\"value\":\"TRUE\"},"
		  "{\"name\":\"b\",\"value\":null}]}",
		  2, 0 },
		{ "no value", "{\"cloud\":\"aws\",\"options\":[{\"name\":\"a\"}]}", 1,
		  0 },
		{ "no name", "{\"cloud\":\"aws\",\"options\":[{\"value\":\"a\"}]}", 0,
		  -1 },
		{ "a number",
		  "{\"cloud\":\"aws\",\"options\":[{\"name\":\"a\",\"value\":1}]}", 0,
		  -1 },
		{ "an escape",
		  "{\"cloud\":\"aws\",\"options\":[{\"name\":\"a\\u001b[2J\",\"value\":"
		  "null}]}",
		  0, -1 },
		{ "letters of others",
		  "{\"cloud\":\"aws\",\"options\":[{\"name\":\"a\",\"value\":\"\\u202e\"}"
		  "]}",
		  0, -1 },
		{ "too long",
		  "{\"cloud\":\"aws\",\"options\":[{\"name\":\"a\",\"value\":\"" LONG_64
			  LONG_64 LONG_64 LONG_64 "a\"}]}",
		  0, -1 },
		{ "no cloud", "{\"options\":[]}", 0, -1 },
		{ "no list", "{\"cloud\":\"aws\",\"options\":{}}", 0, -1 },
		{ "no object", "[]", 0, -1 },
		{ "no JSON", "{", 0, -1 },
		{ "nothing", "", 0, -1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_METADATA_OPTIONS struct metadata_options options = { .root = NULL };
		struct err err;

		check_row(rows[i].name);
		CHECK_INT(metadata_options_read(slice_text(rows[i].text), &options, &err),
			  rows[i].rc);
		CHECK_UINT(options.count, rows[i].count);
		if (rows[i].count == 2) {
			CHECK_SLICE(options.cloud, SLICE("gcp"));
			CHECK_SLICE(options.options[0].value, SLICE("TRUE"));
			CHECK(options.options[1].value.ptr == NULL);
		}
	}
}

/* As many as there may be, and one more. */
static void test_many(void)
{
	for (size_t count = LIMIT_METADATA_OPTIONS; count <= LIMIT_METADATA_OPTIONS + 1;
	     count++) {
		AUTO_METADATA_OPTIONS struct metadata_options options = { .root = NULL };
		AUTO_BUF struct buf text = BUF_LIMIT((size_t)16 * 1024);
		struct err err;

		buf_append_text(&text, "{\"cloud\":\"aws\",\"options\":[");
		for (size_t i = 0; i < count; i++)
			buf_append_format(&text, "%s{\"name\":\"a%zu\",\"value\":null}",
					  i ? "," : "", i);
		buf_append_text(&text, "]}");
		CHECK_INT(metadata_options_read(buf_slice(&text), &options, &err),
			  count == LIMIT_METADATA_OPTIONS ? 0 : -1);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "read", test_read },
		{ "many", test_many },
		{ NULL, NULL },
	};

	return check_run("agent/metadata_options", tests);
}
