/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include "tests/support/check.h"

static void test_append(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(100);

	CHECK_TEXT(buf_text(&buf), "");
	CHECK_SLICE(buf_slice(&buf), SLICE(""));
	CHECK(buf_append(&buf, SLICE("ab")));
	CHECK(buf_append(&buf, slice_of(NULL, 0)));
	CHECK(buf_append_text(&buf, "cd"));
	CHECK(buf_append_byte(&buf, 'e'));
	CHECK(buf_append_format(&buf, "%d%s", 42, "!"));
	CHECK_TEXT(buf_text(&buf), "abcde42!");
	CHECK_UINT(buf.len, 8);
}

static void test_growth(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(100000);
	size_t grown = 0, size = 0;

	for (int i = 0; i < 100000; i++) {
		if (!buf_append_byte(&buf, (char)('a' + i % 26)))
			break;
		if (buf.size_bytes != size)
			grown++;
		size = buf.size_bytes;
		if (buf.ptr[buf.len] != '\0')
			break;
	}
	CHECK_UINT(buf.len, 100000);
	CHECK_UINT(buf.size_bytes, 100001);
	CHECK(grown < 15);
	CHECK_INT(buf.ptr[99999], 'a' + 99999 % 26);
	CHECK(!buf_overflowed(&buf));
	CHECK(!buf_append_byte(&buf, 'x'));
	CHECK(buf_overflowed(&buf));
	CHECK_UINT(buf.len, 100000);
}

enum way {
	BYTES,
	TEXT,
	BYTE,
	FORMAT,
	RESERVE
};

static bool append(struct buf *buf, enum way way, const char *text)
{
	switch (way) {
	case BYTES:
		return buf_append(buf, slice_text(text));
	case TEXT:
		return buf_append_text(buf, text);
	case BYTE:
		return buf_append_byte(buf, text[0]);
	case FORMAT:
		return buf_append_format(buf, "%s", text);
	case RESERVE:
		return buf_reserve(buf, strlen(text));
	}
	return false;
}

/* The buffer holds "abc" and may hold 4. */
static void test_limit(void)
{
	static const struct {
		const char *name;
		enum way way;
		const char *text;
		bool fits;
		const char *want;
	} rows[] = {
		{ "bytes that fit", BYTES, "d", true, "abcd" },
		{ "bytes that do not", BYTES, "de", false, "abc" },
		{ "text that fits", TEXT, "d", true, "abcd" },
		{ "text that does not", TEXT, "de", false, "abc" },
		{ "byte that fits", BYTE, "d", true, "abcd" },
		{ "format that fits", FORMAT, "d", true, "abcd" },
		{ "format that does not", FORMAT, "de", false, "abc" },
		{ "empty format", FORMAT, "", true, "abc" },
		{ "reserve that fits", RESERVE, "d", true, "abc" },
		{ "reserve that does not", RESERVE, "de", false, "abc" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(4);

		check_row(rows[i].name);
		buf_append_text(&buf, "abc");
		CHECK_INT(append(&buf, rows[i].way, rows[i].text), rows[i].fits);
		CHECK_TEXT(buf_text(&buf), rows[i].want);
		CHECK_INT(buf_overflowed(&buf), !rows[i].fits);
		CHECK(buf.size_bytes <= 5);
	}
}

static void test_overflow_is_sticky(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(2);

	CHECK(!buf_append_text(&buf, "abc"));
	CHECK(!buf_append_byte(&buf, 'a'));
	CHECK(!buf_append_format(&buf, "a"));
	CHECK(!buf_reserve(&buf, 0));
	CHECK_TEXT(buf_text(&buf), "");
	buf_clear(&buf);
	CHECK(!buf_overflowed(&buf));
	CHECK(buf_append_text(&buf, "ab"));
	buf_append_byte(&buf, 'c');
	CHECK(buf_overflowed(&buf));
	buf_release(&buf);
	CHECK(!buf_overflowed(&buf));
	CHECK(buf.ptr == NULL);
	CHECK(buf_append_text(&buf, "ab"));
	CHECK(!buf_append_text(&buf, "c"));
}

static void test_limit_of_nothing(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(0);

	CHECK(buf_append_text(&buf, ""));
	CHECK(!buf_append_text(&buf, "a"));
	CHECK_TEXT(buf_text(&buf), "");
}

static void test_long_format(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(2000);

	CHECK(buf_append_format(&buf, "%1000d|", 7));
	CHECK_UINT(buf.len, 1001);
	CHECK_TEXT(buf_text(&buf) + 999, "7|");
	CHECK(!buf_append_format(&buf, "%1000d|", 7));
	CHECK_UINT(buf.len, 1001);
	CHECK_TEXT(buf_text(&buf) + 999, "7|");
}

static void test_written_behind(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(500);

	CHECK(buf_reserve(&buf, 500));
	memset(buf.ptr, 'x', 500);
	buf.len += 500;
	CHECK_UINT(strlen(buf_text(&buf)), 500);
	CHECK(!buf_reserve(&buf, 1));
}

static void test_consume(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(500);

	buf_consume(&buf, 0);
	buf_append_text(&buf, "abcdef");
	buf_consume(&buf, 2);
	CHECK_TEXT(buf_text(&buf), "cdef");
	buf_consume(&buf, 4);
	CHECK_TEXT(buf_text(&buf), "");
	CHECK(buf_append_text(&buf, "x"));
	CHECK_TEXT(buf_text(&buf), "x");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "append", test_append },
		{ "growth up to the limit", test_growth },
		{ "all or nothing at the limit", test_limit },
		{ "overflow is sticky", test_overflow_is_sticky },
		{ "limit of nothing", test_limit_of_nothing },
		{ "long format", test_long_format },
		{ "written behind a reserve", test_written_behind },
		{ "consume", test_consume },
		{ NULL, NULL },
	};

	return check_run("base/buf", tests);
}
