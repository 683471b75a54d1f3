/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/endpoint.h"

#include "tests/support/check.h"

#define LONG_HOST                                                                        \
	"https://"                                                                       \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xx"                                                                             \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xx"                                                                             \
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
	"xx"                                                                             \
	"xxxxxxxxxxxxxxxx"

/* `url` NULL = refused. */
static const struct {
	const char *name, *service, *region, *domain, *configured, *url, *host;
} rows[] = {
	{ "by region", "cloudtrail", "eu-central-1", "", "",
	  "https://cloudtrail.eu-central-1.amazonaws.com/",
	  "cloudtrail.eu-central-1.amazonaws.com" },
	{ "by domain", "ssm", "eu-central-1", "amazonaws.com", "",
	  "https://ssm.eu-central-1.amazonaws.com/", "ssm.eu-central-1.amazonaws.com" },
	{ "China", "sts", "cn-north-1", "amazonaws.com.cn", "",
	  "https://sts.cn-north-1.amazonaws.com.cn/", "sts.cn-north-1.amazonaws.com.cn" },
	{ "China, by region", "sts", "cn-northwest-1", "", "",
	  "https://sts.cn-northwest-1.amazonaws.com.cn/",
	  "sts.cn-northwest-1.amazonaws.com.cn" },
	{ "GovCloud", "cloudtrail", "us-gov-west-1", "", "",
	  "https://cloudtrail.us-gov-west-1.amazonaws.com/",
	  "cloudtrail.us-gov-west-1.amazonaws.com" },
	{ "isolated", "cloudtrail", "us-iso-east-1", "", "",
	  "https://cloudtrail.us-iso-east-1.c2s.ic.gov/",
	  "cloudtrail.us-iso-east-1.c2s.ic.gov" },
	{ "isolated, another", "cloudtrail", "us-isob-east-1", "", "",
	  "https://cloudtrail.us-isob-east-1.sc2s.sgov.gov/",
	  "cloudtrail.us-isob-east-1.sc2s.sgov.gov" },
	{ "European Sovereign Cloud", "cloudtrail", "eusc-de-east-1", "", "",
	  "https://cloudtrail.eusc-de-east-1.amazonaws.eu/",
	  "cloudtrail.eusc-de-east-1.amazonaws.eu" },
	{ "a domain of others", "cloudtrail", "eu-central-1", "attacker.example", "",
	  NULL, NULL },
	{ "a domain that ends as ours", "cloudtrail", "eu-central-1", "xamazonaws.com",
	  "", NULL, NULL },
	{ "a domain with more", "cloudtrail", "eu-central-1", "amazonaws.com/x", "", NULL,
	  NULL },
	{ "configured", "cloudtrail", "eu-central-1", "attacker.example",
	  "https://vpce-0a1b.cloudtrail.eu-central-1.vpce.amazonaws.com",
	  "https://vpce-0a1b.cloudtrail.eu-central-1.vpce.amazonaws.com/",
	  "vpce-0a1b.cloudtrail.eu-central-1.vpce.amazonaws.com" },
	{ "configured, with a port", "ssm", "eu-central-1", "", "http://127.0.0.1:18080/",
	  "http://127.0.0.1:18080/", "127.0.0.1:18080" },
	{ "configured, with the scheme's port", "ssm", "eu-central-1", "",
	  "https://example.com:443", "https://example.com/", "example.com" },
	{ "configured, the other scheme's port", "ssm", "eu-central-1", "",
	  "http://localhost:443", "http://localhost:443/", "localhost:443" },
	{ "configured, IPv6", "ssm", "eu-central-1", "", "https://[2001:db8::5]:8443",
	  "https://[2001:db8::5]:8443/", "[2001:db8::5]:8443" },
	{ "configured, a path", "ssm", "eu-central-1", "", "https://example.com/x", NULL,
	  NULL },
	{ "configured, a query", "ssm", "eu-central-1", "", "https://example.com?x", NULL,
	  NULL },
	{ "configured, a user", "ssm", "eu-central-1", "", "https://me@example.com", NULL,
	  NULL },
	{ "configured, another scheme", "ssm", "eu-central-1", "", "file:///etc/passwd",
	  NULL, NULL },
	{ "configured, no host", "ssm", "eu-central-1", "", "https://", NULL, NULL },
	{ "configured, a line break", "ssm", "eu-central-1", "",
	  "https://example.com\r\nx: y", NULL, NULL },
	{ "configured, too long", "ssm", "eu-central-1", "", LONG_HOST, NULL, NULL },
	{ "no region", "ssm", "", "", "", NULL, NULL },
	{ "no region, though configured", "ssm", "", "", "https://example.com", NULL,
	  NULL },
};

static void test_endpoints(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct endpoint endpoint = { .url = "untouched" };
		struct err err = { .text = "" };
		int result = endpoint_find(rows[i].service, slice_text(rows[i].region),
					   rows[i].domain, rows[i].configured, &endpoint,
					   &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].url ? 0 : -1);
		CHECK_TEXT(endpoint.url, rows[i].url ? rows[i].url : "untouched");
		if (rows[i].host)
			CHECK_TEXT(endpoint.host, rows[i].host);
	}
}

static void test_regions(void)
{
	static const struct {
		const char *text;
		bool valid;
	} regions[] = {
		{ "eu-central-1", true },
		{ "ap-southeast-5", true },
		{ "us-gov-west-1", true },
		{ "mx-central-1", true },
		{ "cniso-east-3r", false },
		{ "eu", false },
		{ "eu-1", false },
		{ "-eu-central-1", false },
		{ "eu--central-1", false },
		{ "eu-central-1-", false },
		{ "EU-central-1", false },
		{ "eu-central-1.attacker.example", false },
		{ "eu-central-1/x", false },
		{ "eu-central-1#", false },
		{ "a-b-11111111111111111111111111111", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT_OF(regions); i++) {
		check_row(regions[i].text);
		CHECK_INT(endpoint_region_valid(slice_text(regions[i].text)),
			  regions[i].valid);
	}
	check_row("a NUL");
	CHECK(!endpoint_region_valid(slice_of("eu-central\0-1", 13)));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "endpoints", test_endpoints },
		{ "regions", test_regions },
		{ NULL, NULL },
	};

	return check_run("courier/aws/endpoint", tests);
}
