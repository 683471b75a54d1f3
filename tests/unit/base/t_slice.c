/* SPDX-License-Identifier: Apache-2.0 */
#include "base/slice.h"

#include "tests/support/check.h"

static const struct slice nothing;

static void test_equal(void)
{
	static const struct {
		const char *name, *a, *b;
		bool equal, ignoring_case, starts, ends;
	} rows[] = {
		{ "same", "abc", "abc", true, true, true, true },
		{ "other case", "aBc", "AbC", false, true, false, false },
		{ "both empty", "", "", true, true, true, true },
		{ "empty end", "abc", "", false, false, true, true },
		{ "prefix", "abc", "ab", false, false, true, false },
		{ "suffix", "abc", "bc", false, false, false, true },
		{ "longer", "abc", "abcd", false, false, false, false },
		{ "'@' is not '`'", "@", "`", false, false, false, false },
		{ "'[' is not '{'", "[", "{", false, false, false, false },
		{ "no case past ASCII", "\xc4", "\xe4", false, false, false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice a = slice_text(rows[i].a), b = slice_text(rows[i].b);

		check_row(rows[i].name);
		CHECK_INT(slice_equal(a, b), rows[i].equal);
		CHECK_INT(slice_equal_ignoring_case(a, b), rows[i].ignoring_case);
		CHECK_INT(slice_starts_with(a, b), rows[i].starts);
		CHECK_INT(slice_ends_with(a, b), rows[i].ends);
	}
	check_row("NULL");
	CHECK(slice_equal(nothing, SLICE("")));
	CHECK(slice_equal_ignoring_case(nothing, SLICE("")));
	CHECK(slice_starts_with(nothing, nothing));
	CHECK(!slice_starts_with(nothing, SLICE("a")));
}

static void test_skip_first(void)
{
	static const struct {
		const char *name, *text;
		size_t count;
		const char *skipped, *first;
	} rows[] = {
		{ "none", "abc", 0, "abc", "" },
		{ "some", "abc", 2, "c", "ab" },
		{ "all", "abc", 3, "", "abc" },
		{ "more than there are", "abc", 4, "", "abc" },
		{ "many", "abc", SIZE_MAX, "", "abc" },
		{ "NULL", NULL, 4, "", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice text = slice_text(rows[i].text);

		check_row(rows[i].name);
		CHECK_SLICE(slice_skip(text, rows[i].count), slice_text(rows[i].skipped));
		CHECK_SLICE(slice_first(text, rows[i].count), slice_text(rows[i].first));
	}
}

static void test_take_ends(void)
{
	static const struct {
		const char *name, *text, *end, *after_prefix, *after_suffix;
	} rows[] = {
		{ "prefix", "from x", "from ", "x", NULL },
		{ "suffix", "x port", " port", NULL, "x" },
		{ "whole", "ab", "ab", "", "" },
		{ "both", "aba", "a", "ba", "ab" },
		{ "empty", "ab", "", "ab", "ab" },
		{ "absent", "ab", "c", NULL, NULL },
		{ "longer", "ab", "abab", NULL, NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice text = slice_text(rows[i].text), rest = text;
		const char *want = rows[i].after_prefix;

		check_row(rows[i].name);
		CHECK_INT(slice_take_prefix(&rest, slice_text(rows[i].end)),
			  want != NULL);
		CHECK_SLICE(rest, want ? slice_text(want) : text);
		rest = text;
		want = rows[i].after_suffix;
		CHECK_INT(slice_take_suffix(&rest, slice_text(rows[i].end)),
			  want != NULL);
		CHECK_SLICE(rest, want ? slice_text(want) : text);
	}
}

static void test_take_until(void)
{
	static const struct {
		const char *name, *text, *separator, *before, *rest;
	} rows[] = {
		{ "middle", "ab:cd:ef", ":", "ab", "cd:ef" },
		{ "at the front", ":cd", ":", "", "cd" },
		{ "at the end", "ab:", ":", "ab", "" },
		{ "absent", "abcd", ":", NULL, "abcd" },
		{ "nothing", "", ":", NULL, "" },
		{ "several bytes", "ab, cd", ", ", "ab", "cd" },
		{ "begun twice", "a==>b", "=>", "a=", "b" },
		{ "cut short", "ab,", ", ", NULL, "ab," },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice separator = slice_text(rows[i].separator);
		struct slice rest = slice_text(rows[i].text), before = SLICE("untouched");
		const char *want = rows[i].before ? rows[i].before : "untouched";

		check_row(rows[i].name);
		CHECK_INT(slice_take_until_text(&rest, separator, &before),
			  rows[i].before != NULL);
		CHECK_SLICE(before, slice_text(want));
		CHECK_SLICE(rest, slice_text(rows[i].rest));
		if (separator.len > 1)
			continue;
		rest = slice_text(rows[i].text);
		before = SLICE("untouched");
		CHECK_INT(slice_take_until(&rest, separator.ptr[0], &before),
			  rows[i].before != NULL);
		CHECK_SLICE(before, slice_text(want));
		CHECK_SLICE(rest, slice_text(rows[i].rest));
	}
}

static void test_number(void)
{
	static const struct {
		const char *name, *text;
		uint64_t max;
		bool taken, whole;
		uint64_t want;
		const char *rest;
	} rows[] = {
		{ "zero", "0", 9, true, true, 0, "" },
		{ "at max", "65535", 65535, true, true, 65535, "" },
		{ "past max", "65536", 65535, false, false, 0, "65536" },
		{ "a digit past max", "655350", 65535, false, false, 0, "655350" },
		{ "max of 0", "1", 0, false, false, 0, "1" },
		{ "max of 5", "6", 5, false, false, 0, "6" },
		{ "leading zeros", "0042", 99, true, true, 42, "" },
		{ "text after", "22 ssh2", 65535, true, false, 22, " ssh2" },
		{ "no digits", "x1", 9, false, false, 0, "x1" },
		{ "sign", "-1", 9, false, false, 0, "-1" },
		{ "plus", "+1", 9, false, false, 0, "+1" },
		{ "nothing", "", 9, false, false, 0, "" },
		{ "largest", "18446744073709551615", UINT64_MAX, true, true, UINT64_MAX,
		  "" },
		{ "past the largest", "18446744073709551616", UINT64_MAX, false, false, 0,
		  "18446744073709551616" },
		{ "far past the largest", "99999999999999999999999", UINT64_MAX, false,
		  false, 0, "99999999999999999999999" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice text = slice_text(rows[i].text), rest = text;
		uint64_t number = 77;

		check_row(rows[i].name);
		CHECK_INT(slice_take_number(&rest, rows[i].max, &number), rows[i].taken);
		CHECK_UINT(number, rows[i].taken ? rows[i].want : 77);
		CHECK_SLICE(rest, slice_text(rows[i].rest));
		number = 77;
		CHECK_INT(slice_number(text, rows[i].max, &number), rows[i].whole);
		CHECK_UINT(number, rows[i].whole ? rows[i].want : 77);
	}
}

static void test_find(void)
{
	static const struct {
		const char *name;
		struct slice text, needle;
		ptrdiff_t want, ignoring_case;
	} rows[] = {
		{ "front", { "abcab", 5 }, { "ab", 2 }, 0, 0 },
		{ "end", { "abcab", 5 }, { "cab", 3 }, 2, 2 },
		{ "absent", { "abcab", 5 }, { "bb", 2 }, -1, -1 },
		{ "other case", { "xAcCept", 7 }, { "aCCEPT", 6 }, -1, 1 },
		{ "empty needle", { "ab", 2 }, { "", 0 }, 0, 0 },
		{ "empty needle in nothing", { NULL, 0 }, { NULL, 0 }, 0, 0 },
		{ "in nothing", { NULL, 0 }, { "a", 1 }, -1, -1 },
		{ "longer", { "ab", 2 }, { "abc", 3 }, -1, -1 },
		{ "past a NUL", { "a\0b", 3 }, { "b", 1 }, 2, 2 },
		{ "false start", { "aaab", 4 }, { "aab", 3 }, 1, 1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_INT(slice_find(rows[i].text, rows[i].needle), rows[i].want);
		CHECK_INT(slice_find_ignoring_case(rows[i].text, rows[i].needle),
			  rows[i].ignoring_case);
	}
}

static void test_find_last(void)
{
	CHECK_INT(slice_find_last(SLICE("a:b:c"), ':'), 3);
	CHECK_INT(slice_find_last(SLICE(":"), ':'), 0);
	CHECK_INT(slice_find_last(SLICE("abc"), ':'), -1);
	CHECK_INT(slice_find_last(nothing, ':'), -1);
}

static void test_trim(void)
{
	static const struct {
		const char *name, *text, *want;
	} rows[] = {
		{ "both ends", " \tab c\t ", "ab c" },
		{ "nothing to do", "abc", "abc" },
		{ "only blanks", " \t ", "" },
		{ "empty", "", "" },
		{ "NULL", NULL, "" },
		{ "newline stays", " a\n", "a\n" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].name);
		CHECK_SLICE(slice_trim(slice_text(rows[i].text)),
			    slice_text(rows[i].want));
	}
}

static int sign(int number)
{
	return (number > 0) - (number < 0);
}

static void test_compare(void)
{
	static const struct {
		const char *name, *a, *b;
		int want;
	} rows[] = {
		{ "equal", "abc", "abc", 0 },
		{ "less", "abc", "abd", -1 },
		{ "beginning", "ab", "abc", -1 },
		{ "empty", "", "a", -1 },
		{ "both empty", NULL, "", 0 },
		{ "bytes are unsigned", "\x7f", "\x80", -1 },
		{ "first differs", "b", "aa", 1 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice a = slice_text(rows[i].a), b = slice_text(rows[i].b);

		check_row(rows[i].name);
		CHECK_INT(sign(slice_compare(a, b)), rows[i].want);
		CHECK_INT(sign(slice_compare(b, a)), -rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "equality, beginning and end", test_equal },
		{ "skip and first", test_skip_first },
		{ "taking prefix and suffix", test_take_ends },
		{ "taking until a separator", test_take_until },
		{ "numbers", test_number },
		{ "find", test_find },
		{ "find the last", test_find_last },
		{ "trim", test_trim },
		{ "compare", test_compare },
		{ NULL, NULL },
	};

	return check_run("base/slice", tests);
}
