/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/http_policy.h"

#include "courier/address.h"
#include "tests/support/check.h"

#define REFUSED "-"

/* Which of these may be connected to, a letter each. */
static const struct {
	char letter;
	const char *address;
} addresses[] = {
	{ 'p', "192.0.2.1" },	     /* public */
	{ 'P', "2001:db8::1" },	     /* public, IPv6 */
	{ 'l', "127.0.0.1" },	     /* loopback */
	{ 'L', "::1" },		     /* loopback, IPv6 */
	{ 'z', "0.0.0.0" },	     /* loopback in disguise */
	{ 'm', "169.254.169.254" },  /* metadata */
	{ 'M', "fd00:ec2::254" },    /* metadata, IPv6 */
	{ 'n', "169.254.169.253" },  /* a neighbour */
	{ 'v', "::ffff:a9fe:a9fe" }, /* metadata in disguise */
	{ 'f', "fe80::1" },	     /* link-local */
};

static const struct {
	enum http_purpose purpose;
	const char *scheme, *host, *proxy, *want;
} rows[] = {
	{ HTTP_API, "https", "cloudtrail.eu-west-1.amazonaws.com", "", "pP" },
	{ HTTP_API, "HTTPS", "192.0.2.1", "", "pP" },
	{ HTTP_API, "https", "127.0.0.1", "", "pPlLz" },
	{ HTTP_API, "https", "localhost", "", "pPlLz" },
	{ HTTP_API, "https", "[::1]", "", "pPlLz" },
	{ HTTP_API, "https", "169.254.169.254", "", "pP" },
	{ HTTP_API, "http", "127.0.0.1", "", "lLz" },
	{ HTTP_API, "http", "localhost", "", "lLz" },
	{ HTTP_API, "http", "169.254.169.254", "", REFUSED },
	{ HTTP_API, "http", "cloudtrail.eu-west-1.amazonaws.com", "", REFUSED },
	{ HTTP_API, "http", "localhost.example.com", "", REFUSED },
	{ HTTP_API, "ftp", "192.0.2.1", "", REFUSED },
	{ HTTP_API, "file", "", "", REFUSED },
	{ HTTP_API, "https", "a.example.com", "http://proxy.example.com:3128", "pP" },
	{ HTTP_API, "https", "a.example.com", "http://127.0.0.1:3128", "pPlLz" },
	{ HTTP_API, "https", "a.example.com", "127.0.0.1:3128/", "pPlLz" },
	{ HTTP_API, "https", "a.example.com", "http://u:p@localhost:3128/", "pPlLz" },
	{ HTTP_API, "https", "a.example.com", "https://[::1]:3128", "pPlLz" },
	{ HTTP_API, "https", "a.example.com", "http://[::1", "pP" },
	{ HTTP_API, "https", "a.example.com", "http://169.254.169.254", "pP" },
	{ HTTP_SINK, "https", "siem.example.com", "", "pPlLz" },
	{ HTTP_SINK, "https", "192.0.2.1", "http://proxy.example.com:3128", "pPlLz" },
	{ HTTP_SINK, "https", "127.0.0.1", "", "pPlLz" },
	{ HTTP_SINK, "https", "169.254.169.254", "", REFUSED },
	{ HTTP_SINK, "https", "169.254.169.254", "http://proxy.example.com", REFUSED },
	{ HTTP_SINK, "https", "[fd00:ec2::254]", "", REFUSED },
	{ HTTP_SINK, "https", "[::ffff:169.254.1.1]", "", REFUSED },
	{ HTTP_SINK, "https", "168.63.129.16", "", REFUSED },
	{ HTTP_SINK, "http", "localhost", "", "lLz" },
	{ HTTP_SINK, "http", "siem.example.com", "", "lLz" },
	{ HTTP_SINK, "http", "169.254.169.254", "", REFUSED },
	{ HTTP_SINK, "ftp", "192.0.2.1", "", REFUSED },
	{ HTTP_STREAM, "http", "192.0.2.1", "", "pPlLz" },
	{ HTTP_STREAM, "https", "logs.example.com", "", "pPlLz" },
	{ HTTP_STREAM, "http", "[fe80::1]", "", REFUSED },
	{ HTTP_METADATA, "http", "169.254.169.254", "", "m" },
	{ HTTP_METADATA, "http", "[fd00:ec2::254]", "", "M" },
	{ HTTP_METADATA, "http", "127.0.0.1", "", "l" },
	{ HTTP_METADATA, "http", "[::1]", "", "L" },
	{ HTTP_METADATA, "http", "192.0.2.1", "", "p" },
	{ HTTP_METADATA, "http", "localhost", "", "lLz" },
	{ HTTP_METADATA, "http", "metadata.example.com", "", REFUSED },
	{ HTTP_METADATA, "https", "169.254.169.254", "", REFUSED },
	{ HTTP_METADATA, "http", "169.254.169.254", "http://127.0.0.1:3128", "m" },
};

static void test_places(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct http_place place = { slice_text(rows[i].scheme),
						  slice_text(rows[i].host) };
		AUTO_BUF struct buf may = BUF_LIMIT(100);
		struct http_policy policy;
		struct err err;

		check_row(rows[i].host);
		if (http_policy_decide(rows[i].purpose, &place, slice_text(rows[i].proxy),
				       &policy, &err) < 0) {
			CHECK_TEXT(REFUSED, rows[i].want);
			continue;
		}
		for (size_t n = 0; n < COUNT_OF(addresses); n++) {
			struct sockaddr_storage address;

			CHECK(address_parse(slice_text(addresses[n].address), &address));
			if (http_policy_allows(&policy, (struct sockaddr *)&address))
				buf_append_byte(&may, addresses[n].letter);
		}
		CHECK_TEXT(buf_text(&may), rows[i].want);
	}
}

static void test_proxies(void)
{
	static const struct {
		enum http_purpose purpose;
		const char *scheme, *host;
		bool want;
	} proxied[] = {
		{ HTTP_API, "https", "a.example.com", true },
		{ HTTP_API, "https", "127.0.0.1", false },
		{ HTTP_API, "http", "localhost", false },
		{ HTTP_METADATA, "http", "169.254.169.254", false },
		{ HTTP_SINK, "https", "siem.example.com", true },
		{ HTTP_SINK, "https", "localhost", false },
		{ HTTP_SINK, "http", "siem.example.com", false },
		{ HTTP_STREAM, "https", "siem.example.com", false },
	};

	for (size_t i = 0; i < COUNT_OF(proxied); i++) {
		const struct http_place place = { slice_text(proxied[i].scheme),
						  slice_text(proxied[i].host) };
		struct http_policy policy;
		struct err err;

		check_row(proxied[i].host);
		CHECK_OK(http_policy_decide(proxied[i].purpose, &place,
					    SLICE("http://proxy.example.com"), &policy,
					    &err),
			 &err);
		CHECK_INT(policy.may_use_proxy, proxied[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "places", test_places },
		{ "proxies", test_proxies },
		{ NULL, NULL },
	};

	return check_run("http_policy", tests);
}
