/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/wipe.h"

#include <stdlib.h>

#include "tests/support/check.h"

static void test_realloc(void)
{
	char *text = wipe_realloc(NULL, 4);

	CHECK(text != NULL);
	memcpy(text, "abc", 4);
	text = wipe_realloc(text, 100000);
	CHECK_TEXT(text, "abc");
	text = wipe_realloc(text, 2);
	CHECK_INT(text[1], 'b');
	wipe_free(text);
	wipe_free(NULL);
	text = wipe_strdup("copy");
	CHECK_TEXT(text, "copy");
	wipe_free(text);
	text = wipe_calloc(3, 5);
	CHECK(text && text[14] == 0);
	wipe_free(text);
}

static void test_buf(void)
{
	AUTO_WIPED_BUF struct buf buf = BUF_LIMIT(5000);
	char piece[97];
	size_t total = 0;

	memset(piece, 'x', sizeof(piece));
	CHECK(wipe_buf_append(&buf, (struct slice){ NULL, 0 }));
	for (size_t len = 0; total + len % 97 <= 5000; len += 13) {
		CHECK(wipe_buf_append(&buf, slice_of(piece, len % 97)));
		total += len % 97;
		CHECK_UINT(buf.len, total);
	}
	CHECK(!wipe_buf_append(&buf, slice_of(piece, 97)));
	CHECK(buf_overflowed(&buf));
	CHECK(!wipe_buf_append(&buf, slice_of(piece, 1)));
	CHECK_UINT(buf.len, total);
	for (size_t i = 0; i < total; i++) {
		if (buf.ptr[i] != 'x' && !CHECK_UINT(i, SIZE_MAX))
			break;
	}
}

static void test_exact_limit(void)
{
	AUTO_WIPED_BUF struct buf buf = BUF_LIMIT(3);
	AUTO_WIPED_BUF struct buf none = BUF_LIMIT(0);

	CHECK(wipe_buf_append(&buf, SLICE("ab")));
	CHECK(wipe_buf_append(&buf, SLICE("c")));
	CHECK_TEXT(buf_text(&buf), "abc");
	CHECK(!wipe_buf_append(&buf, SLICE("d")));
	CHECK(wipe_buf_append(&none, SLICE("")));
	CHECK(!wipe_buf_append(&none, SLICE("a")));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "realloc", test_realloc },
		{ "buf", test_buf },
		{ "exact limit", test_exact_limit },
		{ NULL, NULL },
	};

	return check_run("wipe", tests);
}
