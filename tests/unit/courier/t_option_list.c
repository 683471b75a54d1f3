/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/option_list.h"

#include "courier/azure/option_texts.h"
#include "courier/gcp/option_texts.h"
#include "tests/support/check.h"

static void check_written(const struct option_list *list, const char *want)
{
	AUTO_BUF struct buf body = BUF_LIMIT((size_t)16 * 1024);

	option_list_write(list, "x", &body);
	CHECK_TEXT(buf_text(&body), want);
}

static void test_values(void)
{
	static const struct {
		const char *name;
		struct slice value;
		const char *want;
	} rows[] = {
		{ "a word", SLICE("TRUE"), "\"TRUE\"" },
		{ "with a newline", SLICE(" TRUE \n"), "\"TRUE\"" },
		{ "empty", SLICE(""), "\"\"" },
		{ "two lines", SLICE("a\nb"), "null" },
		{ "a NUL", SLICE("a\0b"), "null" },
		{ "no ASCII", SLICE("\xc3\xbc"), "null" },
		{ "quotes", SLICE("a\"\\"), "\"a\\\"\\\\\"" },
		{ "63",
		  SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"a"),
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"" },
		{ "64",
		  SLICE("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"a"),
		  "null" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf want = BUF_LIMIT(1024);
		struct option_list list = { .count = 0 };

		check_row(rows[i].name);
		option_list_add_value(&list, "n", rows[i].value);
		buf_append_format(&want,
				  "{\"cloud\":\"x\",\"options\":[{\"name\":\"n\","
				  "\"value\":%s}]}",
				  rows[i].want);
		check_written(&list, buf_text(&want));
	}
}

static void test_google(void)
{
	struct option_list list = { .count = 0 };

	gcp_option_texts_read(0, SLICE("ssh-keys\r\nmine\nserial-port-enable"), &list);
	gcp_option_texts_read(1, SLICE("\nssh-keys-2\nblock-project-ssh-keys\n"), &list);
	check_written(&list, "{\"cloud\":\"x\",\"options\":["
			     "{\"name\":\"instance/attributes/serial-port-enable\","
			     "\"value\":null},"
			     "{\"name\":\"instance/attributes/ssh-keys\",\"value\":null}]"
			     "}");
	CHECK(gcp_option_is_told("project/attributes/enable-oslogin"));
	CHECK(!gcp_option_is_told("instance/attributes/startup-script"));
	CHECK(!gcp_option_is_told("instance/attributes/mine"));
}

static void test_azure(void)
{
	static const struct {
		const char *name, *document;
		int rc;
		size_t count;
	} rows[] = {
		{ "nothing of it", "{\"compute\":{}}", 0, 0 },
		{ "a password",
		  "{\"compute\":{\"osProfile\":{\"disablePasswordAuthentication\":false}}"
		  "}",
		  0, 1 },
		{ "keys and user data",
		  "{\"compute\":{\"publicKeys\":[{}],\"userData\":\"eA==\"}}", 0, 2 },
		{ "empty ones",
		  "{\"compute\":{\"publicKeys\":[],\"userData\":\"\",\"osProfile\":null}"
		  "}",
		  0, 0 },
		{ "other kinds", "{\"compute\":{\"osProfile\":[],\"securityProfile\":7}}",
		  0, 0 },
		{ "no compute", "{\"compute\":[]}", -1, 0 },
		{ "no object", "[]", -1, 0 },
		{ "no JSON", "<html>", -1, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct option_list list = { .count = 0 };
		struct err err;

		check_row(rows[i].name);
		CHECK_INT(azure_option_texts_read(slice_text(rows[i].document), &list,
						  &err),
			  rows[i].rc);
		CHECK_UINT(list.count, rows[i].count);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "values", test_values },
		{ "Google Cloud", test_google },
		{ "Azure", test_azure },
		{ NULL, NULL },
	};

	return check_run("courier/option_list", tests);
}
