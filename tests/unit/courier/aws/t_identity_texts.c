/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/identity_texts.h"

#include "base/buf.h"
#include "tests/support/check.h"

static void test_document(void)
{
	static const char document[] =
		"{\"accountId\":\"111122223333\",\"architecture\":\"x86_64\","
		"\"availabilityZone\":\"eu-west-1a\",\"billingProducts\":null,"
		"\"devpayProductCodes\":null,\"imageId\":\"ami-0a1b2c3d4e5f60718\","
		"\"instanceId\":\"i-0a1b2c3d4e5f60718\",\"instanceType\":\"t3.micro\","
		"\"pendingTime\":\"2026-01-02T03:04:05Z\",\"privateIp\":\"10.0.3.7\","
		"\"region\":\"eu-west-1\",\"version\":\"2017-09-30\"}";
	struct aws_identity_texts texts;
	struct err err;

	identity_texts_init(&texts);
	CHECK_OK(identity_texts_read(&texts, slice_text(document), &err), &err);
	CHECK_TEXT(texts.instance, "i-0a1b2c3d4e5f60718");
	CHECK_TEXT(texts.account, "111122223333");
	CHECK_TEXT(texts.region, "eu-west-1");
	CHECK_TEXT(texts.domain, "");
	CHECK_UINT(texts.private_ips.count, 1);
	CHECK_TEXT(texts.private_ips.texts[0], "10.0.3.7");
	CHECK_INT(texts.launched_at, 1767323045 * US_PER_SECOND);
}

static void test_ids(void)
{
	static const struct {
		const char *name;
		int (*set)(struct aws_identity_texts *texts, struct slice text,
			   struct err *err);
		const char *text;
		int want;
	} rows[] = {
		{ "nothing", identity_texts_set_instance, "", 0 },
		{ "instance", identity_texts_set_instance, "i-0123abcd", 0 },
		{ "managed instance", identity_texts_set_instance, "mi-0123abcd", 0 },
		{ "slash", identity_texts_set_instance, "i-1/2", -1 },
		{ "blank", identity_texts_set_instance, "i-1 ", -1 },
		{ "newline", identity_texts_set_instance, "i-1\n", -1 },
		{ "longest", identity_texts_set_instance,
		  "i-00000000000000000000000000000000000000000000000000000000000000", 0 },
		{ "too long", identity_texts_set_instance,
		  "i-000000000000000000000000000000000000000000000000000000000000000",
		  -1 },
		{ "account", identity_texts_set_account, "111122223333", 0 },
		{ "11 digits", identity_texts_set_account, "11112222333", -1 },
		{ "13 digits", identity_texts_set_account, "1111222233334", -1 },
		{ "letters", identity_texts_set_account, "11112222333x", -1 },
		{ "region", identity_texts_set_region, "us-gov-west-1", 0 },
		{ "dot", identity_texts_set_region, "eu-west-1.example", -1 },
		{ "at", identity_texts_set_region, "eu@x", -1 },
		{ "upper case", identity_texts_set_region, "EU-west-1", -1 },
		{ "dash first", identity_texts_set_region, "-eu", -1 },
		{ "33 bytes", identity_texts_set_region,
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct aws_identity_texts texts;
		struct err err;

		check_row(rows[i].name);
		identity_texts_init(&texts);
		CHECK_INT(rows[i].set(&texts, slice_text(rows[i].text), &err),
			  rows[i].want);
	}
}

static void test_domains(void)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ "amazonaws.com", "amazonaws.com" },
		{ "amazonaws.com.cn\n", "amazonaws.com.cn" },
		{ "", "" },
		{ ".amazonaws.com", "" },
		{ "-x", "" },
		{ "amazonaws.com/x", "" },
		{ "a@b", "" },
		{ "AMAZONAWS.COM", "" },
		{ "a\nb", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct aws_identity_texts texts;

		check_row(rows[i].text);
		identity_texts_init(&texts);
		identity_texts_set_domain(&texts, slice_text(rows[i].text));
		CHECK_TEXT(texts.domain, rows[i].want);
	}
}

static void test_addresses(void)
{
	static const char *const given[] = {
		"10.0.3.7", "10.0.3.7",	 "010.0.3.7", "2001:DB8::7", "2001:db8:0::7",
		"[::1]",    "localhost", "",	      "10.0.3.7 "
	};
	struct aws_identity_texts texts;

	identity_texts_init(&texts);
	for (size_t i = 0; i < COUNT_OF(given); i++)
		address_list_add(&texts.private_ips, slice_text(given[i]));
	CHECK_UINT(texts.private_ips.count, 2);
	CHECK_TEXT(texts.private_ips.texts[0], "10.0.3.7");
	CHECK_TEXT(texts.private_ips.texts[1], "2001:db8::7");
	for (int i = 0; i < 200; i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(100);

		buf_append_format(&buf, "10.2.0.%d", i);
		address_list_add(&texts.private_ips, buf_slice(&buf));
	}
	CHECK_UINT(texts.private_ips.count, MESSAGE_LIST_MAX);
}

static void test_macs(void)
{
	CHECK(identity_mac_is_valid(SLICE("0e:49:61:0f:c3:11")));
	CHECK(!identity_mac_is_valid(SLICE("0e:49:61:0f:c3:1")));
	CHECK(!identity_mac_is_valid(SLICE("0e:49:61:0f:c3:1/")));
	CHECK(!identity_mac_is_valid(SLICE("0e:49:61:0f:c3:1g")));
	CHECK(!identity_mac_is_valid(SLICE("")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "document", test_document }, { "ids", test_ids },
		{ "domains", test_domains },   { "addresses", test_addresses },
		{ "macs", test_macs },	       { NULL, NULL },
	};

	return check_run("identity_texts", tests);
}
