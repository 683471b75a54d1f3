/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/wrap.h"

#include <locale.h>

#include "tests/support/check.h"

static void test_width(void)
{
	static const struct {
		const char *name, *text;
		size_t want;
	} rows[] = {
		{ "empty", "", 0 },
		{ "ASCII", "a word", 6 },
		{ "colours", "\033[31mred\033[0m \033[1;4mbold\033[0m", 8 },
		{ "no colour", "\033[31", 4 },
		{ "two bytes", "j\xc3\xbcrgen", 6 },
		{ "two columns", "\xe5\xb1\xb1\xe7\x94\xb0", 4 },
		{ "combining", "e\xcc\x81", 1 },
		{ "invalid", "\xff\xc3", 2 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_UINT(wrap_width(slice_text(rows[i].text)), rows[i].want);
	}
}

static void test_append(void)
{
	static const struct {
		const char *name, *text;
		struct wrap wrap;
		const char *want;
	} rows[] = {
		{ "no width", "one two three", { 0, 2, 0 }, "one two three" },
		{ "fits", "one two", { 0, 2, 7 }, "one two" },
		{ "breaks", "one two", { 0, 2, 6 }, "one\n  two" },
		{ "begins late", "one two", { 4, 4, 8 }, "one\n    two" },
		{ "begins at the end", "one two", { 8, 1, 8 }, "\n one two" },
		{ "several lines", "a b c d e", { 0, 0, 3 }, "a b\nc d\ne" },
		{ "long word", "abcdefgh ij", { 0, 1, 4 }, "abcd\n efg\n h\n ij" },
		{ "long word after another", "a bcdefg", { 0, 1, 4 }, "a\n bcd\n efg" },
		{ "blanks are kept", "a  b", { 0, 0, 9 }, "a  b" },
		{ "colours take no room",
		  "\033[31mone\033[0m two",
		  { 0, 0, 7 },
		  "\033[31mone\033[0m two" },
		{ "two columns",
		  "\xe5\xb1\xb1\xe7\x94\xb0",
		  { 0, 0, 3 },
		  "\xe5\xb1\xb1\n\xe7\x94\xb0" },
		{ "indent past the width",
		  "one two",
		  { 0, 9, 3 },
		  "one\n         t\n         w\n         o" },
		{ "empty", "", { 0, 0, 9 }, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf = BUF_LIMIT(1024);

		check_row(rows[i].name);
		CHECK(wrap_append(&buf, slice_text(rows[i].text), &rows[i].wrap));
		CHECK_TEXT(buf_text(&buf), rows[i].want);
		buf_release(&buf);
	}
}

static void test_limit(void)
{
	struct buf buf = BUF_LIMIT(8);
	const struct wrap wrap = { 0, 4, 6 };

	CHECK(!wrap_append(&buf, SLICE("abcdef ghi"), &wrap));
	CHECK(buf_overflowed(&buf));
	buf_clear(&buf);
	CHECK(!wrap_append_blanks(&buf, 9));
	buf_release(&buf);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "width", test_width },
		{ "append", test_append },
		{ "limit", test_limit },
		{ NULL, NULL },
	};

	setlocale(LC_CTYPE, "C.UTF-8");
	return check_run("cli/wrap", tests);
}
