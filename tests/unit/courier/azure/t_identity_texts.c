/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/identity_texts.h"

#include "base/limits.h"
#include "tests/support/check.h"

#define SUBSCRIPTION "11111111-2222-3333-4444-55555555abcd"
#define UPPER "11111111-2222-3333-4444-55555555ABCD"
#define COMPUTE                        \
	"/subscriptions/" SUBSCRIPTION \
	"/resourceGroups/web-rg/providers/Microsoft.Compute"
#define MACHINE COMPUTE "/virtualMachines/web-1"

static void test_document(void)
{
	static const char document[] =
		"{\"compute\":{\"azEnvironment\":\"AzurePublicCloud\",\"location\":"
		"\"westeurope\",\"name\":\"web-1\",\"resourceGroupName\":\"web-rg\","
		"\"resourceId\":\"" MACHINE "\",\"subscriptionId\":\"" UPPER "\","
		"\"vmScaleSetName\":\"\"},\"network\":{\"interface\":[{\"ipv4\":{"
		"\"ipAddress\":[{\"privateIpAddress\":\"10.0.0.5\",\"publicIpAddress\":"
		"\"203.0.113.9\"},{\"privateIpAddress\":\"no address\"}],\"subnet\":[]},"
		"\"ipv6\":{\"ipAddress\":[{\"privateIpAddress\":\"2001:DB8::5\"}]}},"
		"{\"ipv4\":{\"ipAddress\":[{\"privateIpAddress\":\"10.0.0.5\"},"
		"{\"privateIpAddress\":\"10.0.1.5\"}]}},7]}}";
	struct azure_identity identity;
	struct err err;

	if (!CHECK_OK(azure_identity_read(&identity, slice_text(document), &err), &err))
		return;
	CHECK_TEXT(identity.instance, MACHINE);
	CHECK_TEXT(identity.subscription, SUBSCRIPTION);
	CHECK_TEXT(identity.region, "westeurope");
	CHECK_TEXT(identity.environment, "AzurePublicCloud");
	CHECK_UINT(identity.private_ips.count, 3);
	CHECK_TEXT(identity.private_ips.texts[0], "10.0.0.5");
	CHECK_TEXT(identity.private_ips.texts[1], "2001:db8::5");
	CHECK_TEXT(identity.private_ips.texts[2], "10.0.1.5");
}

#define NAMES(name, set)                                       \
	"{\"compute\":{\"subscriptionId\":\"" SUBSCRIPTION     \
	"\",\"resourceGroupName\":\"web-rg\",\"name\":\"" name \
	"\",\"vmScaleSetName\":\"" set "\"}}"

static void test_documents(void)
{
	static const struct {
		const char *name, *document, *instance; /* NULL = refused */
	} rows[] = {
		{ "no resourceId", NAMES("web-1", ""), MACHINE },
		{ "of a uniform scale set", NAMES("web_17", "web"),
		  COMPUTE "/virtualMachineScaleSets/web/virtualMachines/17" },
		{ "of a flexible scale set", NAMES("web_1a2b3c4d", "web"),
		  COMPUTE "/virtualMachines/web_1a2b3c4d" },
		{ "of a set, with a name of its own", NAMES("db-1", "web"),
		  COMPUTE "/virtualMachines/db-1" },
		{ "a name with a slash", NAMES("a/b", ""), NULL },
		{ "a name with a quote", NAMES("a'b", ""), NULL },
		{ "no name", NAMES("", ""), NULL },
		{ "nothing", "{}", NULL },
		{ "no object", "[]", NULL },
		{ "no JSON", "<html>", NULL },
		{ "two subscriptions",
		  "{\"compute\":{\"resourceId\":\"" MACHINE
		  "\",\"subscriptionId\":\"99999999-2222-3333-4444-555555555555\"}}",
		  NULL },
		{ "resourceId alone", "{\"compute\":{\"resourceId\":\"" MACHINE "\"}}",
		  MACHINE },
		{ "of something else",
		  "{\"compute\":{\"resourceId\":\"" COMPUTE "/disks/web-1\"}}", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct azure_identity identity = { .instance = "untouched" };
		struct err err;
		int result = azure_identity_read(&identity, slice_text(rows[i].document),
						 &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].instance ? 0 : -1);
		CHECK_TEXT(identity.instance,
			   rows[i].instance ? rows[i].instance : "untouched");
		if (rows[i].instance)
			CHECK_TEXT(identity.subscription, SUBSCRIPTION);
	}
}

static void test_instances(void)
{
	static const struct {
		const char *id;
		bool is_one;
	} rows[] = {
		{ MACHINE, true },
		{ "/SUBSCRIPTIONS/" UPPER
		  "/resourcegroups/Web-RG/PROVIDERS/microsoft.compute/virtualmachines/X",
		  true },
		{ COMPUTE "/virtualMachineScaleSets/web/virtualMachines/0", true },
		{ "/subscriptions/" SUBSCRIPTION "/resourceGroups/gr\xc3\xbcn.(1)_x/"
		  "providers/Microsoft.Compute/virtualMachines/v",
		  true },
		{ "", true }, /* not set */
		{ MACHINE "/", false },
		{ MACHINE "/extensions/x", false },
		{ COMPUTE "/virtualMachines/", false },
		{ COMPUTE "/virtualMachines", false },
		{ COMPUTE "/virtualMachinesX/web-1", false },
		{ COMPUTE "/virtualMachineScaleSets/web", false },
		{ COMPUTE "/virtualMachineScaleSets//virtualMachines/0", false },
		{ "/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/"
		  "virtualMachines/v",
		  false },
		{ "/subscriptions/" SUBSCRIPTION "/resourceGroups/../providers/"
		  "Microsoft.Compute/virtualMachines/a?b",
		  false },
		{ "subscriptions/" SUBSCRIPTION, false },
		{ "/", false },
		{ "i-0123456789abcdef0", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct azure_identity identity = { .instance = "" };
		struct err err;

		check_row(rows[i].id);
		CHECK_INT(azure_identity_set_instance(&identity, slice_text(rows[i].id),
						      &err),
			  rows[i].is_one ? 0 : -1);
		CHECK_TEXT(identity.instance, rows[i].is_one ? rows[i].id : "");
	}
}

static void test_configuration(void)
{
	struct azure_identity identity = { .instance = "" };
	struct err err;

	CHECK_INT(azure_identity_set_subscription(&identity, SLICE("111122223333"), &err),
		  -1);
	CHECK_OK(azure_identity_set_subscription(&identity, SLICE(UPPER), &err), &err);
	CHECK_TEXT(identity.subscription, SUBSCRIPTION);
	CHECK_OK(azure_identity_set_subscription(&identity, SLICE(""), &err), &err);
	CHECK_OK(azure_identity_set_instance(&identity, SLICE(MACHINE), &err), &err);
	CHECK_OK(azure_identity_set_subscription(&identity, SLICE(SUBSCRIPTION), &err),
		 &err);
	CHECK_INT(azure_identity_set_subscription(
			  &identity, SLICE("99999999-2222-3333-4444-555555555555"), &err),
		  -1);
	CHECK_OK(azure_identity_set_region(&identity, SLICE("westeurope"), &err), &err);
	CHECK_OK(azure_identity_set_region(&identity, SLICE(""), &err), &err);
	CHECK_TEXT(identity.region, "westeurope");
	CHECK_INT(azure_identity_set_region(&identity, SLICE("west europe"), &err), -1);
}

/* The tags with '|' between them, "?" while they are not known. */
static void put_tags(const struct tag_list *tags, struct buf *buf)
{
	buf_clear(buf);
	buf_append_text(buf, tag_list_is_known(tags) ? "" : "?");
	for (size_t i = 0; tag_list_is_known(tags) && i < tags->count; i++)
		buf_append_format(buf, "%s%s", i ? "|" : "", tag_list_at(tags, i));
}

static void test_tags(void)
{
	static const struct {
		const char *name, *tags, *want;
	} rows[] = {
		{ "none are said", "\"vmSize\":\"x\"", "?" },
		{ "there are none", "\"tagsList\":[]", "" },
		{ "two",
		  "\"tagsList\":[{\"name\":\"env\",\"value\":\"prod\"},"
		  "{\"name\":\"a b:c\",\"value\":\"\"}]",
		  "env=prod|a b:c=" },
		{ "the older list is not read", "\"tags\":\"env:prod;a:b\"", "?" },
		{ "no list", "\"tagsList\":{\"name\":\"env\"}", "?" },
		{ "one without a name",
		  "\"tagsList\":[{\"name\":\"env\",\"value\":\"prod\"},{\"value\":\"x\"}"
		  "]",
		  "?" },
		{ "odd shapes", "\"tagsList\":[1]", "?" },
		{ "a newline in one",
		  "\"tagsList\":[{\"name\":\"env\\nx\",\"value\":\"prod\"}]", "?" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf document = BUF_LIMIT(4096);
		AUTO_BUF struct buf got = BUF_LIMIT(4096);
		struct azure_identity identity;
		struct err err;

		check_row(rows[i].name);
		buf_append_format(&document, "{\"compute\":{\"resourceId\":\"%s\",%s}}",
				  MACHINE, rows[i].tags);
		if (!CHECK_OK(azure_identity_read(&identity, buf_slice(&document), &err),
			      &err))
			continue;
		put_tags(&identity.tags, &got);
		CHECK_TEXT(buf_text(&got), rows[i].want);
	}
}

/* What does not fit makes all of them unknown; the configuration's take their place. */
static void test_tag_limits(void)
{
	static char long_text[LIMIT_TAG_BYTES + 1];
	char *items[] = { (char *)(uintptr_t) "env=prod", (char *)(uintptr_t) "a=b=c" };
	const struct config_list configured = { items, 2 };
	const struct config_list none = { NULL, 0 };
	AUTO_BUF struct buf got = BUF_LIMIT(4096);
	struct tag_list tags = { .is_said = false };

	memset(long_text, 'x', sizeof(long_text));
	tag_list_begin(&tags);
	for (size_t i = 0; i < MESSAGE_LIST_MAX; i++)
		tag_list_add(&tags, SLICE("k"), SLICE("v"));
	CHECK(tag_list_is_known(&tags));
	tag_list_add(&tags, SLICE("k"), SLICE("v"));
	CHECK(!tag_list_is_known(&tags));

	tag_list_begin(&tags);
	tag_list_add(&tags, SLICE("k"), slice_of(long_text, LIMIT_TAG_BYTES - 1));
	CHECK(tag_list_is_known(&tags));
	tag_list_add(&tags, SLICE("k"), slice_of(long_text, LIMIT_TAG_BYTES));
	CHECK(!tag_list_is_known(&tags));

	tag_list_begin(&tags);
	for (size_t i = 0; i < TAG_LIST_BYTES / 1003; i++)
		tag_list_add(&tags, SLICE("k"), slice_of(long_text, 1000));
	CHECK(tag_list_is_known(&tags));
	tag_list_add(&tags, SLICE("k"), slice_of(long_text, 1000));
	CHECK(!tag_list_is_known(&tags));

	tag_list_configure(&tags, &none);
	CHECK(!tag_list_is_known(&tags));
	tag_list_configure(&tags, &configured);
	put_tags(&tags, &got);
	CHECK_TEXT(buf_text(&got), "env=prod|a=b=c");
}

static void test_words(void)
{
	CHECK(azure_guid_is_valid(SLICE(SUBSCRIPTION)));
	CHECK(azure_guid_is_valid(SLICE(UPPER)));
	CHECK(!azure_guid_is_valid(SLICE("11111111-2222-3333-4444-55555555abc")));
	CHECK(!azure_guid_is_valid(SLICE("11111111-2222-3333-4444-55555555abcg")));
	CHECK(!azure_guid_is_valid(SLICE("11111111x2222-3333-4444-55555555abcd")));
	CHECK(!azure_guid_is_valid(SLICE("------------------------------------")));
	CHECK(!azure_guid_is_valid(SLICE("")));
	CHECK(azure_group_is_valid(SLICE("a_B.1-(x)")));
	CHECK(!azure_group_is_valid(SLICE("")));
	CHECK(!azure_group_is_valid(SLICE("a\0b")));
	CHECK(!azure_group_is_valid(SLICE("a'b")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "a document", test_document },
		{ "documents", test_documents },
		{ "instances", test_instances },
		{ "configuration", test_configuration },
		{ "words", test_words },
		{ "tags", test_tags },
		{ "limits of tags", test_tag_limits },
		{ NULL, NULL },
	};

	return check_run("courier/azure/identity_texts", tests);
}
