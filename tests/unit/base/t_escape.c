/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"

#include "tests/support/check.h"

static void test_utf8_take(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
		size_t want;
		uint32_t code_point;
	} rows[] = {
		{ "NUL", { "\0", 1 }, 1, 0 },
		{ "ASCII", { "a\xff", 2 }, 1, 'a' },
		{ "nothing", { NULL, 0 }, 0, 0 },
		{ "2 bytes, first", { "\xc2\x80", 2 }, 2, 0x80 },
		{ "2 bytes, last", { "\xdf\xbf", 2 }, 2, 0x7ff },
		{ "2 bytes, overlong", { "\xc1\xbf", 2 }, 0, 0 },
		{ "3 bytes, first", { "\xe0\xa0\x80", 3 }, 3, 0x800 },
		{ "3 bytes, overlong", { "\xe0\x9f\xbf", 3 }, 0, 0 },
		{ "3 bytes, before surrogates", { "\xed\x9f\xbf", 3 }, 3, 0xd7ff },
		{ "surrogate, first", { "\xed\xa0\x80", 3 }, 0, 0 },
		{ "surrogate, last", { "\xed\xbf\xbf", 3 }, 0, 0 },
		{ "3 bytes, after surrogates", { "\xee\x80\x80", 3 }, 3, 0xe000 },
		{ "3 bytes, last", { "\xef\xbf\xbf", 3 }, 3, 0xffff },
		{ "4 bytes, first", { "\xf0\x90\x80\x80", 4 }, 4, 0x10000 },
		{ "4 bytes, overlong", { "\xf0\x8f\xbf\xbf", 4 }, 0, 0 },
		{ "4 bytes, last", { "\xf4\x8f\xbf\xbf", 4 }, 4, 0x10ffff },
		{ "past Unicode", { "\xf4\x90\x80\x80", 4 }, 0, 0 },
		{ "far past Unicode", { "\xf5\x80\x80\x80", 4 }, 0, 0 },
		{ "lone continuation", { "\x80", 1 }, 0, 0 },
		{ "cut after 1 of 2", { "\xc3\xa4", 1 }, 0, 0 },
		{ "cut after 3 of 4", { "\xf0\x9f\x98\x80", 3 }, 0, 0 },
		{ "second is no continuation", { "\xc3(", 2 }, 0, 0 },
		{ "last is no continuation", { "\xe2\x82(", 3 }, 0, 0 },
		{ "byte that never is", { "\xff", 1 }, 0, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		uint32_t code_point = 0;

		check_row(rows[i].name);
		CHECK_UINT(utf8_take(rows[i].bytes, &code_point), rows[i].want);
		CHECK_UINT(code_point, rows[i].code_point);
	}
}

static void test_escape(void)
{
	static const struct {
		const char *name;
		struct slice bytes;
		const char *want;
	} rows[] = {
		{ "nothing", { NULL, 0 }, "" },
		{ "plain", { "sshd: a~b", 9 }, "sshd: a~b" },
		{ "letters past ASCII",
		  { "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9 },
		  "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80" },
		{ "C0", { "a\n\x1b[0m\0b", 8 }, "a\\x0a\\x1b[0m\\x00b" },
		{ "tab", { "\t", 1 }, "\\x09" },
		{ "DEL", { "\x7f", 1 }, "\\x7f" },
		{ "C1 (CSI)", { "\xc2\x9b", 2 }, "\\u{009b}" },
		{ "backslash", { "\\x1b", 4 }, "\\\\x1b" },
		{ "quote stays", { "\"'", 2 }, "\"'" },
		{ "invalid", { "a\xff\xc3", 3 }, "a\\xff\\xc3" },
		{ "surrogate", { "\xed\xa0\x80", 3 }, "\\xed\\xa0\\x80" },
		{ "right-to-left override", { "\xe2\x80\xae", 3 }, "\\u{202e}" },
		{ "first isolate", { "\xe2\x81\xa6", 3 }, "\\u{2066}" },
		{ "last isolate", { "\xe2\x81\xa9", 3 }, "\\u{2069}" },
		{ "zero-width space",
		  { "a\xe2\x80\x8b"
		    "b",
		    5 },
		  "a\\u{200b}b" },
		{ "right-to-left mark", { "\xe2\x80\x8f", 3 }, "\\u{200f}" },
		{ "line separator", { "\xe2\x80\xa8", 3 }, "\\u{2028}" },
		{ "paragraph separator", { "\xe2\x80\xa9", 3 }, "\\u{2029}" },
		{ "Arabic letter mark", { "\xd8\x9c", 2 }, "\\u{061c}" },
		{ "byte order mark", { "\xef\xbb\xbf", 3 }, "\\u{feff}" },
		{ "tag", { "\xf3\xa0\x81\x81", 4 }, "\\u{e0041}" },
		{ "dash beside the marks stays", { "\xe2\x80\x90", 3 }, "\xe2\x80\x90" },
		{ "no-break space stays", { "\xc2\xa0", 2 }, "\xc2\xa0" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(100);

		check_row(rows[i].name);
		CHECK(escape_append(&buf, rows[i].bytes));
		CHECK_TEXT(buf_text(&buf), rows[i].want);
	}
}

static void test_limit(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(5);

	CHECK(escape_append(&buf, SLICE("\n")));
	CHECK(!escape_append(&buf, SLICE("\n")));
	CHECK(buf_overflowed(&buf));
	CHECK_TEXT(buf_text(&buf), "\\x0a");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "taking a code point", test_utf8_take },
		{ "escaping", test_escape },
		{ "limit", test_limit },
		{ NULL, NULL },
	};

	return check_run("base/escape", tests);
}
