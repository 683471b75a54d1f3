/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/origin.h"

#include "tests/support/check.h"

static void test_origins(void)
{
	static const struct {
		const char *text, *url, *host; /* url NULL = refused */
	} rows[] = {
		{ "https://example.com", "https://example.com", "example.com" },
		{ "https://example.com/", "https://example.com", "example.com" },
		{ "https://example.com:443/", "https://example.com", "example.com" },
		{ "https://example.com:80", "https://example.com:80", "example.com:80" },
		{ "http://localhost:80", "http://localhost", "localhost" },
		{ "http://127.0.0.1:4000", "http://127.0.0.1:4000", "127.0.0.1:4000" },
		{ "https://[2001:db8::5]:8443", "https://[2001:db8::5]:8443",
		  "[2001:db8::5]:8443" },
		{ "https://", NULL, NULL },
		{ "https://:443", NULL, NULL },
		{ "https:///", NULL, NULL },
		{ "https://example.com/path", NULL, NULL },
		{ "https://example.com//", NULL, NULL },
		{ "https://user@example.com", NULL, NULL },
		{ "https://example.com?x", NULL, NULL },
		{ "https://exa mple.com", NULL, NULL },
		{ "https://example.com\r\n", NULL, NULL },
		{ "HTTPS://example.com", NULL, NULL },
		{ "file://example.com", NULL, NULL },
		{ "example.com", NULL, NULL },
		{ "", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct origin origin = { .url = "untouched" };
		struct err err;
		int result = origin_read(rows[i].text, &origin, &err);

		check_row(rows[i].text);
		CHECK_INT(result, rows[i].url ? 0 : -1);
		CHECK_TEXT(origin.url, rows[i].url ? rows[i].url : "untouched");
		if (rows[i].url)
			CHECK_TEXT(origin.host, rows[i].host);
	}
}

static void test_long_host(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1024);
	struct origin origin;
	struct err err;

	buf_append_text(&text, "https://");
	for (int i = 0; i < ORIGIN_HOST_BYTES - 1; i++)
		buf_append_byte(&text, 'a');
	CHECK_OK(origin_read(buf_text(&text), &origin, &err), &err);
	CHECK_UINT(strlen(origin.host), ORIGIN_HOST_BYTES - 1);
	CHECK_UINT(strlen(origin.url), ORIGIN_HOST_BYTES - 1 + strlen("https://"));
	buf_append_byte(&text, 'a');
	CHECK_INT(origin_read(buf_text(&text), &origin, &err), -1);
}

static void test_links(void)
{
	static const struct {
		const char *origin, *link, *rest; /* NULL = it leads elsewhere */
	} rows[] = {
		{ "https://example.com", "https://example.com/a?b", "/a?b" },
		{ "https://example.com", "HTTPS://Example.COM/a", "/a" },
		{ "https://example.com", "https://example.com:443/a", "/a" },
		{ "http://127.0.0.1:4000", "http://127.0.0.1:4000/", "/" },
		{ "https://example.com", "http://example.com/a", NULL },
		{ "https://example.com", "https://example.com", NULL },
		{ "https://example.com", "https://example.com?a", NULL },
		{ "https://example.com", "https://example.com:444/a", NULL },
		{ "https://example.com", "https://example.com:4430/a", NULL },
		{ "https://example.com", "https://example.com.attacker.example/a", NULL },
		{ "https://example.com", "https://example.com@attacker.example/a", NULL },
		{ "https://example.com", "https://example.com:x@attacker.example/",
		  NULL },
		{ "https://example.com", "https://example.com:443@attacker.example/",
		  NULL },
		{ "https://example.com", "https://example.com\\@attacker.example/",
		  NULL },
		{ "https://example.com", "https://attacker.example/example.com/", NULL },
		{ "https://example.com", " https://example.com/a", NULL },
		{ "https://example.com", "/a", NULL },
		{ "https://example.com", "", NULL },
		{ "http://127.0.0.1:4000", "http://127.0.0.1:40000/", NULL },
		{ "http://127.0.0.1:4000", "http://127.0.0.1/", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice rest = SLICE("untouched");
		struct origin origin;
		struct err err;

		check_row(rows[i].link);
		CHECK_OK(origin_read(rows[i].origin, &origin, &err), &err);
		CHECK_INT(origin_holds(&origin, slice_text(rows[i].link), &rest),
			  rows[i].rest != NULL);
		CHECK_SLICE(rest,
			    rows[i].rest ? slice_text(rows[i].rest) : SLICE("untouched"));
	}
}

static void test_encoding(void)
{
	AUTO_BUF struct buf url = BUF_LIMIT(64);
	AUTO_BUF struct buf small = BUF_LIMIT(4);

	CHECK(origin_append_encoded(&url, SLICE("aZ09-._~ '/:\xc3\xa9\0&")));
	CHECK_TEXT(buf_text(&url), "aZ09-._~%20%27%2F%3A%C3%A9%00%26");
	CHECK(!origin_append_encoded(&small, SLICE("a b")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "origins", test_origins },
		{ "long host", test_long_host },
		{ "links", test_links },
		{ "encoding", test_encoding },
		{ NULL, NULL },
	};

	return check_run("courier/origin", tests);
}
