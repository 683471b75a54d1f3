/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/address.h"

#include "tests/support/check.h"

static void test_classes(void)
{
	static const struct {
		const char *text;
		enum address_class want;
	} rows[] = {
		{ "192.0.2.1", ADDRESS_OTHER },
		{ "10.0.0.1", ADDRESS_OTHER },
		{ "127.0.0.1", ADDRESS_LOOPBACK },
		{ "127.255.255.255", ADDRESS_LOOPBACK },
		{ "128.0.0.0", ADDRESS_OTHER },
		{ "126.255.255.255", ADDRESS_OTHER },
		{ "0.0.0.0", ADDRESS_LOOPBACK },
		{ "0.1.2.3", ADDRESS_LOOPBACK },
		{ "169.254.169.254", ADDRESS_METADATA },
		{ "169.254.0.0", ADDRESS_METADATA },
		{ "169.254.255.255", ADDRESS_METADATA },
		{ "169.253.255.255", ADDRESS_OTHER },
		{ "169.255.0.0", ADDRESS_OTHER },
		{ "168.63.129.16", ADDRESS_METADATA },
		{ "168.63.129.17", ADDRESS_OTHER },
		{ "2001:db8::1", ADDRESS_OTHER },
		{ "::1", ADDRESS_LOOPBACK },
		{ "[::1]", ADDRESS_LOOPBACK },
		{ "::", ADDRESS_LOOPBACK },
		{ "::2", ADDRESS_LOOPBACK }, /* 0.0.0.2 */
		{ "fe80::1", ADDRESS_METADATA },
		{ "febf::1", ADDRESS_METADATA },
		{ "fec0::1", ADDRESS_OTHER },
		{ "fe7f::1", ADDRESS_OTHER },
		{ "fd00:ec2::254", ADDRESS_METADATA },
		{ "fd00:ec2::23", ADDRESS_METADATA },
		{ "fd00:ec3::254", ADDRESS_OTHER },
		{ "::ffff:169.254.169.254", ADDRESS_METADATA },
		{ "::ffff:a9fe:a9fe", ADDRESS_METADATA },
		{ "::169.254.169.254", ADDRESS_METADATA },
		{ "64:ff9b::a9fe:a9fe", ADDRESS_METADATA },
		{ "64:ff9b::192.0.2.1", ADDRESS_OTHER },
		{ "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
		{ "::ffff:192.0.2.1", ADDRESS_OTHER },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sockaddr_storage address;

		check_row(rows[i].text);
		if (CHECK(address_parse(slice_text(rows[i].text), &address)))
			CHECK_INT(address_classify((struct sockaddr *)&address),
				  rows[i].want);
	}
}

static void test_other_families(void)
{
	struct sockaddr_storage address = { .ss_family = AF_UNIX };

	CHECK_INT(address_classify((struct sockaddr *)&address), ADDRESS_METADATA);
	CHECK(!address_equal((struct sockaddr *)&address, (struct sockaddr *)&address));
}

static void test_not_parsed(void)
{
	static const char *const rows[] = {
		"",	      "[]",
		"[",	      "localhost",
		"127.1",      "0x7f.0.0.1",
		"2130706433", "127.0.0.1:80",
		" 127.0.0.1", "127.0.0.1 ",
		"[::1",	      "::1]",
		"[127.0.0.1", "fe80::1%lo",
		"1.2.3.4.5",  "1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8:9",
	};
	struct sockaddr_storage address;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i]);
		CHECK(!address_parse(slice_text(rows[i]), &address));
	}
	check_row("NUL");
	CHECK(!address_parse(SLICE("127.0.0.1\0x"), &address));
}

static void test_equal(void)
{
	static const struct {
		const char *a, *b;
		bool want;
	} rows[] = {
		{ "169.254.169.254", "169.254.169.254", true },
		{ "169.254.169.254", "169.254.169.253", false },
		{ "::1", "0:0:0:0:0:0:0:1", true },
		{ "::1", "::2", false },
		{ "127.0.0.1", "::ffff:127.0.0.1", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sockaddr_storage a, b;

		check_row(rows[i].b);
		CHECK(address_parse(slice_text(rows[i].a), &a));
		CHECK(address_parse(slice_text(rows[i].b), &b));
		CHECK_INT(address_equal((struct sockaddr *)&a, (struct sockaddr *)&b),
			  rows[i].want);
	}
}

static void test_loopback_hosts(void)
{
	static const struct {
		const char *host;
		bool want;
	} rows[] = {
		{ "localhost", true },
		{ "LocalHost", true },
		{ "127.0.0.1", true },
		{ "127.3.2.1", true },
		{ "[::1]", true },
		{ "::1", true },
		{ "", false },
		{ "localhost.example.com", false },
		{ "192.0.2.1", false },
		{ "127.0.0.1.example.com", false },
		{ "[2001:db8::1]", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].host);
		CHECK_INT(address_host_is_loopback(slice_text(rows[i].host)),
			  rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "classes", test_classes },
		{ "other families", test_other_families },
		{ "not parsed", test_not_parsed },
		{ "equal", test_equal },
		{ "loopback hosts", test_loopback_hosts },
		{ NULL, NULL },
	};

	return check_run("address", tests);
}
