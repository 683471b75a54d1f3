/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/identity_texts.h"

#include "base/buf.h"
#include "tests/support/check.h"

typedef int set_fn(struct gcp_identity_texts *texts, struct slice text, struct err *err);

static const struct {
	const char *name;
	set_fn *set;
	const char *text;
	int want;
} rows[] = {
	{ "instance", gcp_texts_set_instance, "1234567890123456789", 0 },
	{ "the largest instance", gcp_texts_set_instance, "18446744073709551615", 0 },
	{ "an instance past 64 bits", gcp_texts_set_instance, "18446744073709551616",
	  -1 },
	{ "an instance with a zero in front", gcp_texts_set_instance, "0123", -1 },
	{ "an instance's name", gcp_texts_set_instance, "web-1", -1 },
	{ "an instance with a line break", gcp_texts_set_instance, "123\n", -1 },
	{ "an instance with a sign", gcp_texts_set_instance, "+123", -1 },
	{ "an instance with a quote", gcp_texts_set_instance, "1\"", -1 },
	{ "project", gcp_texts_set_project, "example-project", 0 },
	{ "project of 6", gcp_texts_set_project, "abcde1", 0 },
	{ "project of 5", gcp_texts_set_project, "abcde", -1 },
	{ "project of 30", gcp_texts_set_project, "abcdefghijklmnopqrstuvwxyz-123", 0 },
	{ "project of 31", gcp_texts_set_project, "abcdefghijklmnopqrstuvwxyz-1234", -1 },
	{ "project of a domain", gcp_texts_set_project, "example.com:my-project", 0 },
	{ "project of no domain", gcp_texts_set_project, ":my-project", -1 },
	{ "project of two domains", gcp_texts_set_project, "a.b:c.d:my-project", -1 },
	{ "project's number", gcp_texts_set_project, "123456789012", -1 },
	{ "project with a dash behind", gcp_texts_set_project, "my-project-", -1 },
	{ "project with a dash in front", gcp_texts_set_project, "-my-project", -1 },
	{ "project in capitals", gcp_texts_set_project, "My-Project", -1 },
	{ "project with a slash", gcp_texts_set_project, "my/project", -1 },
	{ "project with a quote", gcp_texts_set_project, "my\"project", -1 },
	{ "region", gcp_texts_set_region, "europe-west1", 0 },
	{ "region with a slash", gcp_texts_set_region, "europe/west1", -1 },
	{ "region of digits", gcp_texts_set_region, "1", -1 },
	{ "region, long", gcp_texts_set_region,
	  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1 },
	{ "zone without a letter", gcp_texts_set_zone, "projects/1/zones/europe-", -1 },
	{ "zone without a dash", gcp_texts_set_zone, "projects/1/zones/europe", -1 },
	{ "zone of dashes", gcp_texts_set_zone, "-b", -1 },
	{ "no zone", gcp_texts_set_zone, "", -1 },
};

static void test_texts(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct gcp_identity_texts texts = { .project = "" };
		struct err err;

		check_row(rows[i].name);
		CHECK_INT(rows[i].set(&texts, slice_text(rows[i].text), &err),
			  rows[i].want);
	}
}

static void test_zones(void)
{
	static const char *const zones[] = {
		"projects/123456789012/zones/europe-west1-b",
		"europe-west1-b",
	};

	for (size_t i = 0; i < COUNT_OF(zones); i++) {
		struct gcp_identity_texts texts = { .project = "" };
		struct err err;

		check_row(zones[i]);
		CHECK_OK(gcp_texts_set_zone(&texts, slice_text(zones[i]), &err), &err);
		CHECK_TEXT(texts.region, "europe-west1");
	}
}

/* "" in the configuration leaves what is there. */
static void test_left(void)
{
	struct gcp_identity_texts texts = { .project = "example-project",
					    .instance = "12",
					    .region = "europe-west1" };
	struct err err;

	CHECK_OK(gcp_texts_set_instance(&texts, SLICE(""), &err), &err);
	CHECK_OK(gcp_texts_set_project(&texts, SLICE(""), &err), &err);
	CHECK_OK(gcp_texts_set_region(&texts, SLICE(""), &err), &err);
	CHECK_TEXT(texts.instance, "12");
	CHECK_TEXT(texts.project, "example-project");
	CHECK_TEXT(texts.region, "europe-west1");
	CHECK_INT(gcp_texts_set_project(&texts, SLICE("x"), &err), -1);
	CHECK_TEXT(texts.project, "example-project");
}

static void test_interfaces(void)
{
	static const struct {
		const char *name, *body;
		int result;
		size_t count;
	} bodies[] = {
		{ "one",
		  "[{\"ip\":\"10.128.0.7\",\"accessConfigs\":[{\"externalIp\":"
		  "\"203.0.113.7\"}]}]",
		  0, 1 },
		{ "all kinds",
		  "[{\"ip\":\"10.128.0.7\",\"ipAliases\":[\"10.4.0.9/32\","
		  "\"10.5.0.0/24\"],\"ipv6s\":[\"2001:DB8::7\"]},{\"ip\":"
		  "\"10.129.0.7\"},{\"ip\":\"10.128.0.7\"}]",
		  0, 4 },
		{ "none", "[]", 0, 0 },
		{ "odd shapes",
		  "[1,null,{\"ip\":7},{\"ipv6s\":\"x\"},{\"ipAliases\":[1,[]]},"
		  "{\"ip\":\"10.1\"},{\"ip\":\"10.0.0.1\\n\"}]",
		  0, 0 },
		{ "an object", "{\"ip\":\"10.128.0.7\"}", -1, 0 },
		{ "no JSON", "10.128.0.7", -1, 0 },
		{ "nothing", "", -1, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct gcp_identity_texts texts = { .project = "" };
		struct err err;

		check_row(bodies[i].name);
		CHECK_INT(gcp_texts_read_interfaces(&texts, slice_text(bodies[i].body),
						    &err),
			  bodies[i].result);
		CHECK_UINT(texts.private_ips.count, bodies[i].count);
	}
}

static void test_tags(void)
{
	static const struct {
		const char *name, *body;
		int result;
		bool is_known;
		const char *first; /* NULL: there is none */
	} lists[] = {
		{ "two", "[\"http-server\",\"bastion\"]", 0, true, "http-server=" },
		{ "none", "[]", 0, true, NULL },
		{ "odd shapes", "[7]", 0, false, NULL },
		{ "a newline in one", "[\"a\\nb\"]", 0, false, NULL },
		{ "an object", "{}", -1, false, NULL },
		{ "no JSON", "http-server\n", -1, false, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(lists); i++) {
		struct gcp_identity_texts texts = { .project = "" };
		struct err err;

		check_row(lists[i].name);
		CHECK_INT(gcp_texts_read_tags(&texts, slice_text(lists[i].body), &err),
			  lists[i].result);
		CHECK_INT(tag_list_is_known(&texts.tags), lists[i].is_known);
		if (lists[i].first)
			CHECK_TEXT(tag_list_at(&texts.tags, 0), lists[i].first);
		else
			CHECK_UINT(texts.tags.count, 0);
	}
}

static void test_many_interfaces(void)
{
	AUTO_BUF struct buf body = BUF_LIMIT(65536);
	struct gcp_identity_texts texts = { .project = "" };
	struct err err;

	buf_append_text(&body, "[{}");
	for (int i = 0; i < 200; i++)
		buf_append_format(&body,
				  ",{\"ip\":\"10.0.%d.1\",\"ipv6s\":[\"fd00::%x\"]}", i,
				  i + 1);
	buf_append_text(&body, "]");
	CHECK_OK(gcp_texts_read_interfaces(&texts, buf_slice(&body), &err), &err);
	CHECK(texts.private_ips.count > 0 && texts.private_ips.count <= ADDRESS_LIST_MAX);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts", test_texts },
		{ "zones", test_zones },
		{ "left", test_left },
		{ "interfaces", test_interfaces },
		{ "many interfaces", test_many_interfaces },
		{ "tags", test_tags },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/identity_texts", tests);
}
