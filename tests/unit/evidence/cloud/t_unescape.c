/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/unescape.h"

#include <jansson.h>

#include "tests/support/check.h"

static const struct {
	const char *name, *raw, *want; /* NULL = refused */
} rows[] = {
	{ "empty", "", "" },
	{ "plain", "eventName", "eventName" },
	{ "every letter", "\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t" },
	{ "one byte", "\\u0041", "A" },
	{ "two bytes", "caf\\u00e9", "caf\xc3\xa9" },
	{ "three bytes", "\\u20AC", "\xe2\x82\xac" },
	{ "pair", "\\ud83d\\udd11", "\xf0\x9f\x94\x91" },
	{ "text as it is", "caf\xc3\xa9", "caf\xc3\xa9" },
	{ "high half alone", "\\ud83d", NULL },
	{ "high half and text", "\\ud83dxxxxxx", NULL },
	{ "two high halves", "\\ud83d\\ud83d", NULL },
	{ "low half alone", "\\udd11", NULL },
	{ "cut escape", "abc\\", NULL },
	{ "cut number", "\\u12", NULL },
	{ "no number", "\\u12g4", NULL },
	{ "no escape", "\\x41", NULL },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(64);
		bool is_good = unescape(slice_text(rows[i].raw), &buf);

		check_row(rows[i].name);
		CHECK_TEXT(is_good ? buf_text(&buf) : NULL, rows[i].want);
	}
}

static void test_limit(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(3);

	CHECK(unescape(SLICE("\\u20ac"), &buf));
	CHECK(!unescape(SLICE("x"), &buf));
}

static unsigned next_random(unsigned *state)
{
	*state = *state * 1664525U + 1013904223U;
	return *state >> 8;
}

/* Random strings of the bytes that matter are read as jansson reads them. */
static void test_like_jansson(void)
{
	static const char letters[] = "\\\\\\ud8D9cf0041nrtb/\"\"e";
	unsigned state = 1, same = 0;

	for (int round = 0; round < 20000; round++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(64);
		char text[32] = "\"";
		size_t len = 1 + next_random(&state) % 20;
		json_t *value;
		bool is_good;

		for (size_t i = 1; i < len; i++)
			text[i] = letters[next_random(&state) % (sizeof(letters) - 1)];
		text[len] = '"';
		value = json_loadb(text, len + 1, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
		is_good = unescape(slice_of(text + 1, len - 1), &buf);
		if (value) {
			same++;
			CHECK(is_good);
			CHECK_SLICE(buf_slice(&buf), slice_of(json_string_value(value),
							      json_string_length(value)));
		}
		json_decref(value);
	}
	CHECK(same > 1000);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "limit", test_limit },
		{ "like jansson", test_like_jansson },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/unescape", tests);
}
