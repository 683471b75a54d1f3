/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/host_names.h"

#include <stdio.h>

#include "tests/support/check.h"

static void test_same(void)
{
	static const struct {
		const char *name, *wanted;
		bool same;
	} rows[] = {
		{ "web-1", "web-1", true },
		{ "Web-1", "web-1", true },
		{ "web-1.example.com", "web-1", true },
		{ "web-1", "web-1.example.com", true },
		{ "web-1.example.com", "web-1.example.com", true },
		{ "web-1.example.com", "web-1.example.org", false },
		{ "web-1", "web-2", false },
		{ "10.0.0.5", "10.0.0.6", false },
		{ "", "web-1", true },
		{ "localhost", "web-1", true },
		{ "localhost.localdomain", "web-1", true },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(host_name_is(slice_text(rows[i].name),
				       slice_text(rows[i].wanted)),
			  rows[i].same);
	}
}

static void test_pick(void)
{
	static const struct slice ips[] = { { "10.0.3.7", 8 } };
	static const struct {
		const char *name;
		const char *names[4];
		const char *wanted;
		bool with_address;
		const char *want; /* NULL: cannot say */
	} rows[] = {
		{ "one", { "web-1" }, "", false, "web-1" },
		{ "one, in two ways",
		  { "web-1", "web-1.example.com" },
		  "",
		  false,
		  "web-1" },
		{ "one, and nobody", { "localhost", "web-1", "" }, "", false, "web-1" },
		{ "none", { NULL }, "", false, NULL },
		{ "two", { "web-1", "web-2" }, "", false, NULL },
		{ "two, named", { "web-1", "web-2" }, "web-2", false, "web-2" },
		{ "two, neither named", { "web-1", "web-2" }, "web-3", false, NULL },
		{ "two, by address",
		  { "ip-10-0-3-6", "ip-10-0-3-7" },
		  "",
		  true,
		  "ip-10-0-3-7" },
		{ "by address, with a domain",
		  { "ip-10-0-3-7.ec2.internal", "a" },
		  "",
		  true,
		  "ip-10-0-3-7.ec2.internal" },
		{ "two, not by address", { "web-1", "web-2" }, "", true, NULL },
		{ "a name goes before an address",
		  { "ip-10-0-3-7", "web-2" },
		  "web-2",
		  true,
		  "web-2" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct identity identity = {
			.private_ips = ips,
			.private_ip_count = rows[i].with_address ? 1 : 0,
		};
		struct host_names names = { .count = 0 };
		struct slice picked = { NULL, 0 };
		bool found;

		check_row(rows[i].name);
		for (size_t k = 0; k < COUNT_OF(rows[i].names) && rows[i].names[k]; k++)
			host_names_add(&names, slice_text(rows[i].names[k]));
		host_names_sort(&names);
		found = host_names_pick(&names, slice_text(rows[i].wanted), &identity,
					&picked);
		CHECK_INT(found, rows[i].want != NULL);
		if (found && rows[i].want)
			CHECK_SLICE(picked, slice_text(rows[i].want));
	}
}

static void test_many(void)
{
	static char texts[HOST_NAMES_MAX + 1][16];
	struct host_names names = { .count = 0 };
	struct buf buf = BUF_LIMIT(65536);

	for (size_t i = 0; i < COUNT_OF(texts); i++) {
		snprintf(texts[i], sizeof(texts[i]), "host-%02zu", i);
		host_names_add(&names, slice_text(texts[i]));
	}
	CHECK_UINT(names.count, HOST_NAMES_MAX);
	CHECK(names.has_more);
	host_names_append(&names, &buf);
	CHECK(slice_starts_with(buf_slice(&buf), SLICE("host-00, host-01, ")));
	CHECK(slice_ends_with(buf_slice(&buf), SLICE(", host-63 and more")));
	buf_release(&buf);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "same", test_same },
		{ "pick", test_pick },
		{ "many", test_many },
		{ NULL, NULL },
	};

	return check_run("cli/host_names", tests);
}
