/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/text.h"

#include "base/limits.h"
#include "tests/support/check.h"

static void test_times(void)
{
	static const struct {
		const char *text;
		us_time want; /* US_TIME_NONE: it is none */
	} rows[] = {
		{ "2026-01-28T10:00:00Z", 1769594400000000 },
		{ "2026-01-28T10:00:00.1234567Z", 1769594400123456 },
		{ "2026-01-28T11:00:00+01:00", 1769594400000000 },
		{ "2026-01-28 10:00:00.123456789", 1769594400123456 },
		{ "2026-01-28 10:00:00.123456 UTC", 1769594400123456 },
		{ "2026-01-28 10:00:00 CET", US_TIME_NONE },
		{ "2026-02-30 10:00:00", US_TIME_NONE },
		{ "28/01/2026", US_TIME_NONE },
		{ " UTC", US_TIME_NONE },
		{ "", US_TIME_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		us_time time = US_TIME_NONE;

		check_row(rows[i].text);
		CHECK_INT(record_time(slice_text(rows[i].text), &time),
			  rows[i].want != US_TIME_NONE);
		CHECK_INT(time, rows[i].want);
	}
}

static void test_ports(void)
{
	static const struct {
		const char *address, *want;
	} rows[] = {
		{ "203.0.113.7", "203.0.113.7" },
		{ "203.0.113.7:50123", "203.0.113.7" },
		{ "203.0.113.7:99999", "203.0.113.7:99999" },
		{ "203.0.113.7:", "203.0.113.7:" },
		{ "2001:db8::7", "2001:db8::7" },
		{ "[2001:db8::7]:50123", "2001:db8::7" },
		{ "[2001:db8::7]", "2001:db8::7" },
		{ "[2001:db8::7]x", "[2001:db8::7]x" },
		{ "[", "[" },
		{ "private", "private" },
		{ "", "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		check_row(rows[i].address);
		CHECK_SLICE(text_without_port(slice_text(rows[i].address)),
			    slice_text(rows[i].want));
	}
}

static void test_copies(void)
{
	char room[8];

	CHECK_SLICE(text_lower(SLICE("AbC-1_Z"), room, sizeof(room)), SLICE("abc-1_z"));
	CHECK_SLICE(text_lower(SLICE("12345678"), room, sizeof(room)), SLICE(""));
	CHECK_SLICE(text_copy(SLICE(""), room, sizeof(room)), SLICE(""));
	CHECK_SLICE(text_lower(slice_of(NULL, 0), room, sizeof(room)), SLICE(""));
}

static void test_digest(void)
{
	const struct slice one[] = { SLICE("a"), SLICE("bc") };
	const struct slice other[] = { SLICE("ab"), SLICE("c") };
	char first[33], second[33];

	CHECK_UINT(text_digest(one, 2, first).len, 32);
	CHECK_TEXT(first, "aa795aa4bbb6117911ef062e271bcb05");
	text_digest(other, 2, second);
	CHECK(strcmp(first, second) != 0);
}

/* What may be said is read leniently, what must be said is not. */
static void test_members(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(65536);
	AUTO_JSON json_t *record = NULL;
	struct slice found;
	struct err err;

	buf_append_text(&text, "{\"a\":{\"b\":\"c\",\"n\":7},\"d.e\":\"f\",\"long\":\"");
	for (size_t i = 0; i < LIMIT_FIELD_BYTES / 2 + 1; i++)
		buf_append_text(&text, "\xc3\xa9");
	buf_append_text(&text, "x\"}");
	if (!CHECK_OK(json_read(buf_slice(&text), &record, &err), &err))
		return;
	CHECK_SLICE(text_at(record, "a.b"), SLICE("c"));
	CHECK_SLICE(text_at(record, "a.n"), SLICE(""));
	CHECK_SLICE(text_at(record, "a.b.c"), SLICE(""));
	CHECK_SLICE(text_at(NULL, "a"), SLICE(""));
	CHECK_SLICE(text_member(record, "d.e"), SLICE("f"));
	CHECK_SLICE(text_member(NULL, "d.e"), SLICE(""));
	CHECK_UINT(text_at(record, "long").len, LIMIT_FIELD_BYTES);

	CHECK_OK(text_need(record, "a.b", &found, &err), &err);
	CHECK_OK(text_need(record, "none", &found, &err), &err);
	CHECK_UINT(found.len, 0);
	CHECK_INT(text_need(record, "a.n", &found, &err), -1);
	CHECK_TEXT(err.text, "a.n: not a string");
	CHECK_INT(text_need(record, "long", &found, &err), -1);
}

/* An object, or text that holds one; nothing else. */
static void test_objects(void)
{
	static const struct {
		const char *text;
		bool is_object;
	} rows[] = {
		{ "{\"a\":1}", true }, { "\"{\\\"a\\\":1}\"", true },
		{ "\"[1]\"", false },  { "\"not json\"", false },
		{ "\"\"", false },     { "[1]", false },
		{ "7", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_JSON json_t *value = NULL;
		AUTO_JSON json_t *object = NULL;
		struct err err;

		check_row(rows[i].text);
		if (!CHECK_OK(json_read(slice_text(rows[i].text), &value, &err), &err))
			continue;
		object = text_object(value);
		CHECK_INT(object != NULL, rows[i].is_object);
		CHECK_INT(json_integer_value(json_object_get(object, "a")),
			  rows[i].is_object);
	}
	CHECK(text_object(NULL) == NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "times", test_times },
		{ "ports", test_ports },
		{ "copies", test_copies },
		{ "digest", test_digest },
		{ "members", test_members },
		{ "objects", test_objects },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/text", tests);
}
