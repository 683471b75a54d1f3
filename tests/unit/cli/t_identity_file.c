/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/identity_file.h"

#include "base/buf.h"
#include "tests/support/check.h"

static void test_texts(void)
{
	static const struct {
		const char *name, *text;
		const char *error; /* part of it; NULL: it is read */
		const char *instance, *account, *region, *ip;
		us_time launched_at;
	} rows[] = {
		{ "document",
		  "{\"instanceId\":\"i-0a1b\",\"accountId\":\"111122223333\","
		  "\"region\":\"eu-west-1\",\"privateIp\":\"10.0.3.7\","
		  "\"pendingTime\":\"1970-01-01T00:00:09Z\",\"kernelId\":null}",
		  NULL, "i-0a1b", "111122223333", "eu-west-1", "10.0.3.7",
		  9 * US_PER_SECOND },
		{ "document with little in it", "\n {\"instanceId\":\"mi-0a1b\"}", NULL,
		  "mi-0a1b", "", "", NULL, US_TIME_NONE },
		{ "section",
		  "; mine\r\n[identity]\r\n provider = aws\r\ninstance_id=i-0a1b\r\n"
		  "private_ips = 10.0.3.7,fd00::7\r\nlaunched_at = "
		  "1970-01-01T00:00:09Z\r\n",
		  NULL, "i-0a1b", "", "", "10.0.3.7", 9 * US_PER_SECOND },
		{ "among other sections",
		  "[agent]\nstate_dir = /x\n[identity]\naccount = 1\n[sink a]\ntype = "
		  "b\n",
		  NULL, "", "1", "", NULL, US_TIME_NONE },
		{ "last line without an end", "[identity]\nregion = eu-west-1", NULL, "",
		  "", "eu-west-1", NULL, US_TIME_NONE },
		{ "nothing", "", "line 1: neither", NULL, NULL, NULL, NULL, 0 },
		{ "prose", "dear diary", "line 1: neither", NULL, NULL, NULL, NULL, 0 },
		{ "no section", "a = b\n", "line 1: neither", NULL, NULL, NULL, NULL, 0 },
		{ "open section", "[identity\n", "line 1: no ']'", NULL, NULL, NULL, NULL,
		  0 },
		{ "unknown key", "[identity]\n\nname = x\n", "line 3: unknown key 'name'",
		  NULL, NULL, NULL, NULL, 0 },
		{ "bad instance", "[identity]\ninstance_id = i 1\n",
		  "line 2: instance_id", NULL, NULL, NULL, NULL, 0 },
		{ "bad address", "[identity]\nprivate_ips = 10.0.3.256\n", "'10.0.3.256'",
		  NULL, NULL, NULL, NULL, 0 },
		{ "bad tag", "[identity]\ntags = prod\n", "'prod' is not key=value", NULL,
		  NULL, NULL, NULL, 0 },
		{ "bad time", "[identity]\nlaunched_at = today\n", "line 2: launched_at",
		  NULL, NULL, NULL, NULL, 0 },
		{ "azure",
		  "{\"compute\":{\"resourceId\":\"/subscriptions/S-1/resourceGroups/g/"
		  "providers/Microsoft.Compute/virtualMachines/vm\","
		  "\"subscriptionId\":\"S-1\",\"location\":\"westeurope\",\"userData\":"
		  "\"x\"},\"network\":{\"interface\":[{\"ipv4\":{\"ipAddress\":[{"
		  "\"privateIpAddress\":\"10.0.3.7\",\"publicIpAddress\":\"\"}]},"
		  "\"ipv6\":{\"ipAddress\":[]}}]}}",
		  NULL,
		  "/subscriptions/S-1/resourceGroups/g/providers/Microsoft.Compute/"
		  "virtualMachines/vm",
		  "s-1", "", "10.0.3.7", US_TIME_NONE },
		{ "azure's compute alone",
		  "{\"resourceId\":\"/subscriptions/s/x\",\"subscriptionId\":\"s\"}",
		  NULL, "/subscriptions/s/x", "s", "", NULL, US_TIME_NONE },
		{ "azure of an old version",
		  "{\"compute\":{\"subscriptionId\":\"s\",\"resourceGroupName\":\"g\","
		  "\"name\":\"vm\",\"vmScaleSetName\":\"\"}}",
		  NULL,
		  "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/"
		  "virtualMachines/vm",
		  "s", "", NULL, US_TIME_NONE },
		{ "azure, a scale set's of an old version",
		  "{\"compute\":{\"subscriptionId\":\"s\",\"resourceGroupName\":\"g\","
		  "\"name\":\"pool_3\",\"vmScaleSetName\":\"pool\"}}",
		  "no resourceId", NULL, NULL, NULL, NULL, 0 },
		{ "azure with blanks in it",
		  "{\"resourceId\":\"/a b\",\"subscriptionId\":\"s\"}",
		  "resourceId: not a resource id", NULL, NULL, NULL, NULL, 0 },
		{ "azure of another type", "{\"resourceId\":7,\"subscriptionId\":\"s\"}",
		  "resourceId: not a string", NULL, NULL, NULL, NULL, 0 },
		{ "gcp",
		  "{\"instance\":{\"attributes\":{\"ssh-keys\":\"x\"},\"id\":"
		  "4242424242424242424,\"name\":\"web-1\",\"zone\":\"projects/1/zones/"
		  "z\","
		  "\"networkInterfaces\":[{\"ip\":\"10.0.3.7\",\"accessConfigs\":[{"
		  "\"externalIp\":\"203.0.113.7\"}]},{\"ip\":7}]},\"project\":{"
		  "\"projectId\":\"example-project\",\"numericProjectId\":1}}",
		  NULL, "4242424242424242424", "example-project", "", "10.0.3.7",
		  US_TIME_NONE },
		{ "gcp's instance alone",
		  "{\"id\":\"42\",\"zone\":\"projects/1/zones/z\"}", NULL, "42", "", "",
		  NULL, US_TIME_NONE },
		{ "gcp with a name for a number",
		  "{\"id\":\"web-1\",\"zone\":\"projects/1/zones/z\"}",
		  "instance.id: not a number", NULL, NULL, NULL, NULL, 0 },
		{ "gcp with a negative number", "{\"id\":-1,\"zone\":\"z\"}",
		  "instance.id: not a number", NULL, NULL, NULL, NULL, 0 },
		{ "gcp, the project of another type",
		  "{\"instance\":{\"id\":1,\"zone\":\"z\"},\"project\":[]}", "project",
		  NULL, NULL, NULL, NULL, 0 },
		{ "no id", "{}", "neither an AWS identity document", NULL, NULL, NULL,
		  NULL, 0 },
		{ "a list", "[{\"instanceId\":\"i-1\"}]", "line 1: neither", NULL, NULL,
		  NULL, NULL, 0 },
		{ "id of another type", "{\"instanceId\":[]}", "instanceId: not a string",
		  NULL, NULL, NULL, NULL, 0 },
		{ "address that is none", "{\"instanceId\":\"i-1\",\"privateIp\":\"x\"}",
		  "privateIp", NULL, NULL, NULL, NULL, 0 },
		{ "time that is none", "{\"instanceId\":\"i-1\",\"pendingTime\":\"x\"}",
		  "pendingTime", NULL, NULL, NULL, NULL, 0 },
		{ "two values", "{\"instanceId\":\"i-1\"}{}", "at byte", NULL, NULL, NULL,
		  NULL, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct identity identity = { .launched_at = 0 };
		struct arena arena;
		struct err err = { .code = ERR_NONE };
		int result;

		check_row(rows[i].name);
		arena_init(&arena);
		result = identity_text_read(slice_text(rows[i].text), &arena, &identity,
					    &err);
		if (rows[i].error) {
			CHECK_INT(result, -1);
			if (!CHECK(slice_find(slice_text(err.text),
					      slice_text(rows[i].error)) >= 0))
				CHECK_TEXT(err.text, rows[i].error);
		} else if (CHECK_OK(result, &err)) {
			CHECK_SLICE(identity.instance, slice_text(rows[i].instance));
			CHECK_SLICE(identity.account, slice_text(rows[i].account));
			CHECK_SLICE(identity.region, slice_text(rows[i].region));
			CHECK_INT(identity.launched_at, rows[i].launched_at);
			CHECK_INT(identity.private_ip_count > 0, rows[i].ip != NULL);
			if (rows[i].ip && identity.private_ip_count)
				CHECK_SLICE(identity.private_ips[0],
					    slice_text(rows[i].ip));
		}
		arena_release(&arena);
	}
}

/* The tags with '|' between them; NULL: they are not known. */
static void test_tags(void)
{
#define AZURE(more) \
	"{\"resourceId\":\"/subscriptions/s/x\",\"subscriptionId\":\"s\"" more "}"
#define GCP(more) "{\"id\":\"42\",\"zone\":\"projects/1/zones/z\"" more "}"
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "not said", "[identity]\nregion = x\n", NULL },
		{ "a section's", "[identity]\ntags = env=prod, team=a=b\n",
		  "env=prod|team=a=b" },
		{ "none of a section", "[identity]\ntags =\n", NULL },
		{ "azure",
		  AZURE(",\"tagsList\":[{\"name\":\"env\",\"value\":\"prod\"},"
			"{\"name\":\"a b\",\"value\":\"\"}]"),
		  "env=prod|a b=" },
		{ "azure without any", AZURE(",\"tagsList\":[]"), "" },
		{ "azure does not say", AZURE(""), NULL },
		{ "azure, one without a name",
		  AZURE(",\"tagsList\":[{\"value\":\"prod\"}]"), NULL },
		{ "gcp", GCP(",\"tags\":[\"http-server\"]"), "http-server=" },
		{ "gcp, odd shapes", GCP(",\"tags\":[\"a\",7]"), NULL },
		{ "aws's document has none", "{\"instanceId\":\"i-1\"}", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(4096);
		struct identity identity = { .launched_at = 0 };
		struct arena arena;
		struct err err;

		check_row(rows[i].name);
		arena_init(&arena);
		CHECK_OK(identity_text_read(slice_text(rows[i].text), &arena, &identity,
					    &err),
			 &err);
		CHECK_INT(identity.has_tags, rows[i].want != NULL);
		for (uint32_t k = 0; k < identity.tag_count; k++)
			buf_append_format(&got, "%s%.*s", k ? "|" : "",
					  SLICE_ARG(identity.tags[k]));
		CHECK_TEXT(buf_text(&got), rows[i].want ? rows[i].want : "");
		arena_release(&arena);
	}
}

static void test_providers(void)
{
	static const struct {
		const char *text, *provider; /* NULL: it is refused */
	} rows[] = {
		{ "{\"instanceId\":\"mi-1\"}", "aws" },
		{ "{\"subscriptionId\":\"s\",\"resourceId\":\"/x\"}", "azure" },
		{ "{\"id\":1,\"zone\":\"z\"}", "gcp" },
		{ "[identity]\nprovider = Azure\n", "azure" },
		{ "[identity]\nprovider = gcp\n", "gcp" },
		{ "[identity]\nprovider = none\n", "none" },
		{ "[identity]\nprovider = other\n", NULL },
		{ "[identity]\nprovider =\n", NULL },
		{ "[identity]\ninstance_id = i-1\n", "aws" },
		{ "[identity]\ninstance_id = /Subscriptions/s/x\n", "azure" },
		{ "[identity]\ninstance_id = 4242424242424242424\n", "gcp" },
		{ "[identity]\ninstance_id = mi-1\n", "" },
		{ "[identity]\ninstance_id = web-1\n", "" },
		{ "[identity]\ninstance_id = i-1\nprovider = none\n", "none" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct identity identity = { .launched_at = 0 };
		struct arena arena;
		struct err err;
		int result;

		check_row(rows[i].text);
		arena_init(&arena);
		result = identity_text_read(slice_text(rows[i].text), &arena, &identity,
					    &err);
		CHECK_INT(result, rows[i].provider ? 0 : -1);
		if (result == 0 && rows[i].provider)
			CHECK_SLICE(identity.provider, slice_text(rows[i].provider));
		arena_release(&arena);
	}
}

static void test_ip_of_host(void)
{
	static const struct {
		const char *host;
		const char *ip; /* NULL: none */
	} rows[] = {
		{ "ip-10-0-3-7", "10.0.3.7" },
		{ "ip-10-0-3-7.eu-west-1.compute.internal", "10.0.3.7" },
		{ "ip-255-255-255-255", "255.255.255.255" },
		{ "ip-10-0-3-256", NULL },
		{ "ip-10-0-3", NULL },
		{ "ip-10-0-3-7-1", NULL },
		{ "ip-10-0--7", NULL },
		{ "xip-10-0-3-7", NULL },
		{ "ip-", NULL },
		{ "", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char room[16];
		struct slice ip = { NULL, 0 };
		bool found;

		check_row(rows[i].host);
		found = identity_ip_of_host(slice_text(rows[i].host), room, &ip);
		CHECK_INT(found, rows[i].ip != NULL);
		if (found)
			CHECK_SLICE(ip, slice_text(rows[i].ip));
	}
}

static void test_is_instance(void)
{
	CHECK(identity_is_instance(SLICE("i-0a1b2c3d4e5f60718")));
	CHECK(identity_is_instance(SLICE("/subscriptions/a/resourceGroups/b")));
	CHECK(identity_is_instance(SLICE("4123456789012345678")));
	CHECK(!identity_is_instance(SLICE("")));
	CHECK(!identity_is_instance(SLICE("i 1")));
	CHECK(!identity_is_instance(SLICE("i-\x1b[31m")));
	CHECK(!identity_is_instance(SLICE("i-\xc3\xa9")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts", test_texts },
		{ "tags", test_tags },
		{ "providers", test_providers },
		{ "address in a host name", test_ip_of_host },
		{ "instance ids", test_is_instance },
		{ NULL, NULL },
	};

	return check_run("cli/identity_file", tests);
}
