/* SPDX-License-Identifier: Apache-2.0 */
#include "policy/network.h"

#include "tests/support/check.h"

static void test_blocks(void)
{
	static const struct {
		const char *name, *network, *address;
		bool want;
	} rows[] = {
		{ "itself", "192.0.2.7", "192.0.2.7", true },
		{ "another", "192.0.2.7", "192.0.2.8", false },
		{ "first of a block", "192.0.2.0/24", "192.0.2.0", true },
		{ "last of a block", "192.0.2.0/24", "192.0.2.255", true },
		{ "past a block", "192.0.2.0/24", "192.0.3.0", false },
		{ "within an odd prefix", "192.0.2.64/26", "192.0.2.127", true },
		{ "past an odd prefix", "192.0.2.64/26", "192.0.2.128", false },
		{ "all of IPv4", "0.0.0.0/0", "203.0.113.9", true },
		{ "all of IPv4 is no IPv6", "0.0.0.0/0", "2001:db8::1", false },
		{ "all of IPv6 is no IPv4", "::/0", "203.0.113.9", false },
		{ "IPv6 block", "2001:db8::/33", "2001:db8:7fff::1", true },
		{ "past an IPv6 block", "2001:db8::/33", "2001:db8:8000::1", false },
		{ "mapped address", "192.0.2.0/24", "::ffff:192.0.2.9", true },
		{ "mapped block", "::ffff:192.0.2.0/120", "192.0.2.9", true },
		{ "past a mapped block", "::ffff:192.0.2.0/120", "192.0.3.9", false },
		{ "in brackets", "2001:db8::1", "[2001:db8::1]", true },
		{ "with a zone", "fe80::/10", "fe80::1%eth0", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct network network = { .prefix = 0 };
		struct address address = { .is_ipv4 = false };
		struct err err;

		check_row(rows[i].name);
		CHECK_OK(network_read(slice_text(rows[i].network), &network, &err), &err);
		CHECK(address_read(slice_text(rows[i].address), &address));
		CHECK_INT(network_has(&network, &address), rows[i].want);
	}
}

static void test_refused(void)
{
	static const char *const networks[] = {
		"192.0.2.0/33",	  "192.0.2.1/24",
		"192.0.2",	  "192.0.2.0/",
		"2001:db8::/129", "2001:db8::1/64",
		"192.0.2.0/24/8", "1.2.3.4.5",
		"192.0.2.256",	  "/24",
		"192.0.2.0/-1",	  "fe80::1%eth0",
	};
	static const char *const addresses[] = {
		"", "ssm.amazonaws.com", "[192.0.2.1", "192.0.2.1:22", "192.0.2.1/32",
	};
	struct network network;
	struct address address;
	struct err err;

	for (size_t i = 0; i < COUNT_OF(networks); i++) {
		check_row(networks[i]);
		CHECK_INT(network_read(slice_text(networks[i]), &network, &err), -1);
	}
	for (size_t i = 0; i < COUNT_OF(addresses); i++) {
		check_row(addresses[i]);
		CHECK(!address_read(slice_text(addresses[i]), &address));
	}
	CHECK(!address_read(slice_of("192.0.2.1\0x", 11), &address));
}

static void test_meant(void)
{
	CHECK(network_is_meant(SLICE("192.0.2.0/24")));
	CHECK(network_is_meant(SLICE("2001:db8::")));
	CHECK(network_is_meant(SLICE("host/24")));
	CHECK(!network_is_meant(SLICE("ssm.amazonaws.com")));
	CHECK(!network_is_meant(SLICE("*.amazonaws.com")));
	CHECK(!network_is_meant(SLICE("cafe")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "blocks", test_blocks },
		{ "what is none", test_refused },
		{ "what is meant as one", test_meant },
		{ NULL, NULL },
	};

	return check_run("policy/network", tests);
}
