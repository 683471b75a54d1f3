/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <errno.h>

#include "tests/support/check.h"

static void test_set(void)
{
	struct err err = { ERR_NONE, "" };

	CHECK_INT(err_set(&err, ERR_FORMAT, "line %d is '%s'", 7, "x"), -1);
	CHECK_INT(err.code, ERR_FORMAT);
	CHECK_TEXT(err.text, "line 7 is 'x'");
}

static void test_system(void)
{
	static const struct {
		const char *name;
		int errno_value;
		const char *want;
	} rows[] = {
		{ "capital lowered", EACCES, "cannot open 'f': permission denied" },
		{ "slash stays", EIO, "cannot open 'f': input/output error" },
		{ "capitals inside stay", ENOCSI,
		  "cannot open 'f': no CSI structure available" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err;

		check_row(rows[i].name);
		CHECK_INT(err_system(&err, rows[i].errno_value, "cannot open '%s'", "f"),
			  -1);
		CHECK_INT(err.code, ERR_SYSTEM);
		CHECK_TEXT(err.text, rows[i].want);
	}
}

static void test_add(void)
{
	struct err err;

	err_set(&err, ERR_LIMIT, "too long");
	CHECK_INT(err_add(&err, "line %d", 3), -1);
	CHECK_INT(err_add(&err, "in '%s'", "f"), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	CHECK_TEXT(err.text, "in 'f': line 3: too long");
}

static void test_own_text_as_argument(void)
{
	struct err err;

	err_set(&err, ERR_LIMIT, "too long");
	err_set(&err, ERR_FORMAT, "<%s>", err.text);
	CHECK_TEXT(err.text, "<too long>");
}

enum way {
	SET,
	SYSTEM,
	ADD
};

/* `len` letters are said, and "..." must be their end when `cut`. */
static void test_cutting(void)
{
	static const size_t room = sizeof(((struct err *)0)->text) - 1;
	static char letters[2000];
	const struct {
		const char *name;
		enum way way;
		size_t len;
		size_t want_len;
		bool cut;
	} rows[] = {
		{ "set: just fits", SET, room, room, false },
		{ "set: one too many", SET, room + 1, room, true },
		{ "set: far too many", SET, sizeof(letters) - 1, room, true },
		{ "add: just fits", ADD, room - 3, room, false },
		{ "add: one too many", ADD, room - 2, room, true },
		{ "add: colon does not fit", ADD, room - 1, room, true },
		{ "add: nothing fits", ADD, room, room, true },
		{ "system: just fits", SYSTEM, room - 2 - 17, room, false },
		{ "system: one too many", SYSTEM, room - 2 - 16, room, true },
		{ "system: context too long", SYSTEM, sizeof(letters) - 1, room, true },
	};

	memset(letters, 'x', sizeof(letters) - 1);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct err err = { ERR_FORMAT, "t" };
		struct slice text;

		check_row(rows[i].name);
		if (rows[i].way == SET)
			err_set(&err, ERR_FORMAT, "%.*s", (int)rows[i].len, letters);
		else if (rows[i].way == ADD)
			err_add(&err, "%.*s", (int)rows[i].len, letters);
		else
			err_system(&err, EACCES, "%.*s", (int)rows[i].len, letters);
		text = slice_text(err.text);
		CHECK_UINT(text.len, rows[i].want_len);
		CHECK_INT(slice_ends_with(text, SLICE("...")), rows[i].cut);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "set", test_set },
		{ "system's words", test_system },
		{ "context in front", test_add },
		{ "own text as argument", test_own_text_as_argument },
		{ "cut when too long", test_cutting },
		{ NULL, NULL },
	};

	return check_run("base/err", tests);
}
