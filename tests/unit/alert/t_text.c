/* SPDX-License-Identifier: Apache-2.0 */
#include "alert/text.h"

#include "tests/support/check.h"

static const char *escape_mark(char byte)
{
	return byte == '<' ? "&lt;" : byte == '\\' ? "\\\\" : NULL;
}

static void test_append(void)
{
	static const struct {
		const char *name;
		struct slice text;
		size_t limit;
		const char *want;
	} rows[] = {
		{ "nothing", SLICE(""), 10, "" },
		{ "plain", SLICE("deploy"), 10, "deploy" },
		{ "just fits", SLICE("0123456789"), 10, "0123456789" },
		{ "one too many", SLICE("0123456789x"), 10, "0123" TEXT_CUT },
		{ "a mark", SLICE("a<b"), 20, "a&lt;b" },
		{ "a mark is not cut through", SLICE("<<<<<<"), 12, "&lt;" TEXT_CUT },
		{ "marks that just fit", SLICE("<<<"), 12, "&lt;&lt;&lt;" },
		{ "the escape's own backslash", SLICE("\x1b"), 20, "\\\\x1b" },
		{ "NUL", SLICE("a\0b"), 20, "a\\\\x00b" },
		{ "line break", SLICE("a\nb"), 20, "a\\\\x0ab" },
		{ "UTF-8", SLICE("\xc3\xa9t\xc3\xa9"), 20, "\xc3\xa9t\xc3\xa9" },
		{ "UTF-8 is not cut through", SLICE("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"),
		  7, TEXT_CUT },
		{ "half a character", SLICE("\xc3"), 20, "\\\\xc3" },
		{ "a mark that turns text around", SLICE("\xe2\x80\xae"), 20,
		  "\\\\u{202e}" },
		{ "nothing but the cut", SLICE("0123456789"), sizeof(TEXT_CUT) - 1,
		  TEXT_CUT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(64);

		check_row(rows[i].name);
		buf_append_text(&buf, "|");
		text_append(&buf, rows[i].text, rows[i].limit, escape_mark);
		CHECK(buf.len - 1 <= rows[i].limit);
		CHECK_TEXT(buf_text(&buf) + 1, rows[i].want);
	}
}

/* What does not fit the buffer is the buffer's to remember. */
static void test_overflow(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(8);

	text_append(&buf, SLICE("0123456789"), 100, NULL);
	CHECK(buf_overflowed(&buf));
	CHECK(buf.len <= 8);
}

static void test_put(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(128);
	struct json_writer writer;

	json_begin(&writer, &buf);
	json_open_object(&writer, NULL);
	text_put(&writer, "none", SLICE(""), 16);
	text_put(&writer, "some", SLICE("a\x07\""), 16);
	json_close_object(&writer);
	CHECK_TEXT(buf_text(&buf), "{\"some\":\"a\\\\x07\\\"\"}");
}

static void test_address(void)
{
	static const struct {
		const char *name;
		struct slice text;
		enum text_address want;
	} rows[] = {
		{ "nothing", SLICE(""), TEXT_NO_ADDRESS },
		{ "IPv4", SLICE("192.0.2.7"), TEXT_IPV4 },
		{ "IPv6", SLICE("2001:db8::7"), TEXT_IPV6 },
		{ "IPv4 in IPv6", SLICE("::ffff:192.0.2.7"), TEXT_IPV6 },
		{ "a service", SLICE("ssm.amazonaws.com"), TEXT_NO_ADDRESS },
		{ "too many parts", SLICE("1.2.3.4.5"), TEXT_NO_ADDRESS },
		{ "octal", SLICE("192.0.02.7"), TEXT_NO_ADDRESS },
		{ "with a port", SLICE("192.0.2.7:22"), TEXT_NO_ADDRESS },
		{ "with a zone", SLICE("fe80::1%eth0"), TEXT_NO_ADDRESS },
		{ "a line break after it", SLICE("192.0.2.7\n"), TEXT_NO_ADDRESS },
		{ "a NUL after it", SLICE("192.0.2.7\0x"), TEXT_NO_ADDRESS },
		{ "a blank before it", SLICE(" 192.0.2.7"), TEXT_NO_ADDRESS },
		{ "longer than any",
		  SLICE("0000:0000:0000:0000:0000:0000:192.168.100.200 and more"),
		  TEXT_NO_ADDRESS },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(text_address(rows[i].text), rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "append", test_append },
		{ "overflow", test_overflow },
		{ "put", test_put },
		{ "address", test_address },
		{ NULL, NULL },
	};

	return check_run("alert/text", tests);
}
