/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include "base/limits.h"
#include "base/time.h"
#include "tests/support/check.h"

static void test_read(void)
{
	static const struct {
		const char *name;
		struct slice text;
		enum err_code code;
		const char *error; /* how it begins */
	} rows[] = {
		{ "object", { "{\"a\": [1, null]}", 16 }, ERR_NONE, "" },
		{ "any value", { "\"a\"", 3 }, ERR_NONE, "" },
		{ "blanks around", { " {} \n", 5 }, ERR_NONE, "" },
		{ "brackets in a string",
		  { "\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"", 41 },
		  ERR_NONE,
		  "" },
		{ "nothing", { NULL, 0 }, ERR_FORMAT, "at byte 0: " },
		{ "cut short", { "{\"a\":", 5 }, ERR_FORMAT, "at byte 5: " },
		{ "bytes after",
		  { "{} x", 4 },
		  ERR_FORMAT,
		  "at byte 4: end of file expected" },
		{ "two values",
		  { "{} {}", 5 },
		  ERR_FORMAT,
		  "at byte 4: end of file expected" },
		{ "duplicate key",
		  { "{\"a\":1,\"a\":2}", 13 },
		  ERR_FORMAT,
		  "at byte 10: duplicate object key" },
		{ "NUL in a string", { "\"\\u0000\"", 8 }, ERR_NONE, "" },
		{ "raw NUL", { "[\0]", 3 }, ERR_FORMAT, "at byte 2: " },
		{ "invalid UTF-8", { "\"\xff\"", 3 }, ERR_FORMAT, "at byte 1: " },
		{ "comment", { "{} // x", 7 }, ERR_FORMAT, "at byte 4: " },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_JSON json_t *value = NULL;
		struct err err = { ERR_NONE, "" };
		int result = json_read(rows[i].text, &value, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].code == ERR_NONE ? 0 : -1);
		CHECK_INT(value != NULL, rows[i].code == ERR_NONE);
		CHECK_INT(err.code, rows[i].code);
		CHECK_SLICE(slice_first(slice_text(err.text), strlen(rows[i].error)),
			    slice_text(rows[i].error));
	}
}

/* What a caller may put into a text of his own must not hide the rest of the answer. */
static void test_repair(void)
{
	static const struct {
		const char *name;
		const char *json;  /* an object with the text at "a" */
		const char *value; /* of it; NULL = it stays unreadable */
	} rows[] = {
		{ "first half alone", "{\"a\": \"x\\ud800y\"}", "x\xef\xbf\xbdy" },
		{ "second half alone", "{\"a\": \"\\uDC00\"}", "\xef\xbf\xbd" },
		{ "first half twice", "{\"a\": \"\\ud800\\ud83d\\ude00\"}",
		  "\xef\xbf\xbd\xf0\x9f\x98\x80" },
		{ "halves in the wrong order", "{\"a\": \"\\ude00\\ud83d\"}",
		  "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "a half before an escape", "{\"a\": \"\\ud800\\n\"}",
		  "\xef\xbf\xbd\n" },
		{ "an escaped backslash before", "{\"a\": \"\\\\ud800\\ud800\"}",
		  "\\ud800\xef\xbf\xbd" },
		{ "a pair is left alone", "{\"a\": \"\\ud83d\\ude00\"}",
		  "\xf0\x9f\x98\x80" },
		{ "NUL in a key", "{\"x\\u0000\": 1, \"a\": \"b\"}", "b" },
		{ "broken besides", "{\"a\": \"\\ud800\"", NULL },
		{ "no hexadecimal digits", "{\"a\": \"\\ud80\"}", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_JSON json_t *value = NULL;
		struct err err;

		check_row(rows[i].name);
		if (json_read(slice_text(rows[i].json), &value, &err) < 0)
			CHECK_INT(rows[i].value != NULL, 0);
		else
			CHECK_SLICE(json_text_at(value, "a"), slice_text(rows[i].value));
	}
}

static void test_error_quotes_nothing(void)
{
	AUTO_JSON json_t *value = NULL;
	struct err err;

	CHECK_INT(json_read(SLICE("{\"token\": secret}"), &value, &err), -1);
	CHECK_INT(slice_find(slice_text(err.text), SLICE("secret")), -1);
}

/* As many openings as `depth`, then as many closings. */
static void nested(struct buf *buf, int depth, const char *opening, const char *closing)
{
	for (int i = 0; i < depth; i++)
		buf_append_text(buf, opening);
	buf_append_text(buf, "0");
	for (int i = 0; i < depth; i++)
		buf_append_text(buf, closing);
}

static void test_depth(void)
{
	static const struct {
		const char *name;
		int depth;
		const char *opening, *closing;
		enum err_code code;
	} rows[] = {
		{ "arrays at the limit", LIMIT_JSON_DEPTH, "[", "]", ERR_NONE },
		{ "arrays past it", LIMIT_JSON_DEPTH + 1, "[", "]", ERR_LIMIT },
		{ "objects at the limit", LIMIT_JSON_DEPTH, "{\"a\":", "}", ERR_NONE },
		{ "objects past it", LIMIT_JSON_DEPTH + 1, "{\"a\":", "}", ERR_LIMIT },
		{ "after an escaped quote", LIMIT_JSON_DEPTH + 1, "{\"\\\"\":", "}",
		  ERR_LIMIT },
		{ "after an escaped backslash", LIMIT_JSON_DEPTH + 1, "{\"\\\\\":", "}",
		  ERR_LIMIT },
		{ "many", 100000, "[", "]", ERR_LIMIT },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf text = BUF_LIMIT(1000000);
		AUTO_JSON json_t *value = NULL;
		struct err err = { ERR_NONE, "" };

		check_row(rows[i].name);
		nested(&text, rows[i].depth, rows[i].opening, rows[i].closing);
		CHECK_INT(json_read(buf_slice(&text), &value, &err),
			  rows[i].code == ERR_NONE ? 0 : -1);
		CHECK_INT(err.code, rows[i].code);
	}
}

static void test_depth_of_siblings(void)
{
	AUTO_BUF struct buf text = BUF_LIMIT(1000000);
	AUTO_JSON json_t *value = NULL;
	struct err err;

	buf_append_text(&text, "[0");
	for (int i = 0; i < 1000; i++)
		buf_append_text(&text, ",[],{}");
	buf_append_text(&text, "]");
	CHECK_OK(json_read(buf_slice(&text), &value, &err), &err);
}

static void test_paths(void)
{
	static const struct {
		const char *name, *path;
		bool present;
		const char *text, *error;
	} rows[] = {
		{ "member", "name", true, "x", NULL },
		{ "nested", "a.b.c", true, "deep", NULL },
		{ "object", "a.b", true, "", "a.b: not a string" },
		{ "number", "n", true, "", "n: not a string" },
		{ "false", "no", true, "", "no: not a string" },
		{ "empty text", "empty", true, "", NULL },
		{ "missing", "zzz", false, "", NULL },
		{ "missing on the way", "a.z.c", false, "", NULL },
		{ "null", "nil", false, "", NULL },
		{ "null on the way", "nil.b.c", false, "", NULL },
		{ "text on the way", "name.b", false, "", "name: not an object" },
		{ "number on the way", "a.m.c.d", false, "", "a.m: not an object" },
		{ "array on the way", "list.0", false, "", "list: not an object" },
		{ "empty name", "", false, "", NULL },
	};
	AUTO_JSON json_t *value = NULL;
	struct err err;

	CHECK_OK(
		json_read(SLICE("{\"name\":\"x\",\"a\":{\"b\":{\"c\":\"deep\"},\"m\":3},"
				"\"n\":3,"
				"\"no\":false,\"empty\":\"\",\"nil\":null,\"list\":[1]}"),
			  &value, &err),
		&err);
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct slice text = SLICE("untouched");
		int result;

		check_row(rows[i].name);
		CHECK_INT(json_at(value, rows[i].path) != NULL, rows[i].present);
		CHECK_SLICE(json_text_at(value, rows[i].path), slice_text(rows[i].text));
		err.text[0] = '\0';
		result = json_need_text(value, rows[i].path, &text, &err);
		CHECK_INT(result, rows[i].error ? -1 : 0);
		CHECK_TEXT(err.text, rows[i].error ? rows[i].error : "");
		CHECK_SLICE(text, slice_text(rows[i].error ? "untouched" : rows[i].text));
	}
}

static void test_paths_from_no_object(void)
{
	AUTO_JSON json_t *array = json_array();
	struct slice text;
	struct err err;

	CHECK(json_at(NULL, "a") == NULL);
	CHECK_SLICE(json_text_at(NULL, "a.b"), SLICE(""));
	CHECK_OK(json_need_text(NULL, "a", &text, &err), &err);
	CHECK(json_at(array, "a") == NULL);
	CHECK_INT(json_need_text(array, "a", &text, &err), -1);
	CHECK_TEXT(err.text, "not an object");
	CHECK_SLICE(json_slice(NULL), SLICE(""));
	CHECK_SLICE(json_slice(array), SLICE(""));
}

static void test_write(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(1000);
	struct json_writer writer;

	json_begin(&writer, &buf);
	json_open_object(&writer, NULL);
	json_put_text(&writer, "text", SLICE("x"));
	json_put_text(&writer, "empty", slice_of(NULL, 0));
	json_put_text_or_null(&writer, "none", SLICE(""));
	json_put_text_or_null(&writer, "some", SLICE("y"));
	json_open_array(&writer, "list");
	json_put_number(&writer, NULL, INT64_MIN);
	json_put_number(&writer, NULL, 0);
	json_open_object(&writer, NULL);
	json_close_object(&writer);
	json_open_array(&writer, NULL);
	json_put_bool(&writer, NULL, true);
	json_close_array(&writer);
	json_put_bool(&writer, NULL, false);
	json_close_array(&writer);
	json_open_array(&writer, "void");
	json_close_array(&writer);
	json_put_null(&writer, "nil");
	json_put_time(&writer, "at", 1769594395953406);
	json_put_time(&writer, "never", US_TIME_NONE);
	json_close_object(&writer);

	CHECK_TEXT(buf_text(&buf),
		   "{\"text\":\"x\",\"empty\":\"\",\"none\":null,\"some\":\"y\","
		   "\"list\":[-9223372036854775808,0,{},[true],false],\"void\":[],"
		   "\"nil\":null,"
		   "\"at\":\"2026-01-28T09:59:55.953406Z\",\"never\":null}");
	CHECK_UINT(writer.depth, 0);
	CHECK(!buf_overflowed(&buf));
}

static void test_write_deep(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(1000);
	AUTO_JSON json_t *value = NULL;
	struct json_writer writer;
	struct err err;

	json_begin(&writer, &buf);
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++) {
		json_open_array(&writer, NULL);
		json_put_number(&writer, NULL, i);
	}
	for (int i = 0; i < LIMIT_JSON_DEPTH; i++) {
		json_put_number(&writer, NULL, i);
		json_close_array(&writer);
	}
	CHECK_OK(json_read(buf_slice(&buf), &value, &err), &err);
}

static void test_escaping(void)
{
	static const struct {
		const char *name;
		struct slice text;
		const char *want;
	} rows[] = {
		{ "plain", { "a/b'c", 5 }, "\"a/b'c\"" },
		{ "quote and backslash", { "\"\\", 2 }, "\"\\\"\\\\\"" },
		{ "newline", { "a\nb", 3 }, "\"a\\nb\"" },
		{ "other blanks", { "\r\t", 2 }, "\"\\r\\t\"" },
		{ "C0", { "\0\x1b\x08", 3 }, "\"\\u0000\\u001b\\u0008\"" },
		{ "DEL", { "\x7f", 1 }, "\"\\u007f\"" },
		{ "C1", { "\xc2\x80\xc2\x9f", 4 }, "\"\\u0080\\u009f\"" },
		{ "letters past ASCII stay",
		  { "\xc3\xa4\xf0\x9f\x98\x80", 6 },
		  "\"\xc3\xa4\xf0\x9f\x98\x80\"" },
		{ "separators", { "\xe2\x80\xa8\xe2\x80\xa9", 6 }, "\"\\u2028\\u2029\"" },
		{ "overrides", { "\xe2\x80\xaa\xe2\x80\xae", 6 }, "\"\\u202a\\u202e\"" },
		{ "isolates", { "\xe2\x81\xa6\xe2\x81\xa9", 6 }, "\"\\u2066\\u2069\"" },
		{ "zero-width and marks",
		  { "\xe2\x80\x8b\xe2\x80\x8f", 6 },
		  "\"\\u200b\\u200f\"" },
		{ "Arabic letter mark", { "\xd8\x9c", 2 }, "\"\\u061c\"" },
		{ "byte order mark", { "\xef\xbb\xbf", 3 }, "\"\\ufeff\"" },
		{ "tag, past 16 bits", { "\xf3\xa0\x81\x81", 4 }, "\"\\udb40\\udc41\"" },
		{ "invalid bytes",
		  { "a\xff\xfe"
		    "b",
		    4 },
		  "\"a\\ufffd\\ufffdb\"" },
		{ "cut sequence", { "\xe2\x82", 2 }, "\"\\ufffd\\ufffd\"" },
		{ "surrogate", { "\xed\xa0\x80", 3 }, "\"\\ufffd\\ufffd\\ufffd\"" },
		{ "U+FFFD itself stays", { "\xef\xbf\xbd", 3 }, "\"\xef\xbf\xbd\"" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf buf = BUF_LIMIT(100);
		struct json_writer writer;

		check_row(rows[i].name);
		json_begin(&writer, &buf);
		json_put_text(&writer, NULL, rows[i].text);
		CHECK_TEXT(buf_text(&buf), rows[i].want);
	}
}

/* Whatever valid text goes in comes out of a reader the same. */
static void test_round_trip(void)
{
	for (uint32_t first = 1; first < 0x800; first += 7) {
		AUTO_BUF struct buf text = BUF_LIMIT(100), buf = BUF_LIMIT(1000);
		AUTO_JSON json_t *value = NULL;
		struct json_writer writer;
		struct err err;

		for (uint32_t point = first; point < first + 7 && point < 0x800;
		     point++) {
			if (point >= 0x80)
				buf_append_byte(&text,
						(char)(uint8_t)(0xc0 | point >> 6));
			buf_append_byte(&text,
					(char)(uint8_t)(point < 0x80
								? point
								: 0x80 | (point & 0x3f)));
		}
		json_begin(&writer, &buf);
		json_put_text(&writer, NULL, buf_slice(&text));
		CHECK_OK(json_read(buf_slice(&buf), &value, &err), &err);
		CHECK_SLICE(json_slice(value), buf_slice(&text));
	}
}

static void test_overflow(void)
{
	AUTO_BUF struct buf buf = BUF_LIMIT(20);
	struct json_writer writer;

	json_begin(&writer, &buf);
	json_open_object(&writer, NULL);
	for (int i = 0; i < 10; i++)
		json_put_text(&writer, "key", SLICE("some text"));
	json_close_object(&writer);
	CHECK(buf_overflowed(&buf));
	CHECK(buf.len <= 20);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "read", test_read },
		{ "repair", test_repair },
		{ "errors quote nothing", test_error_quotes_nothing },
		{ "depth", test_depth },
		{ "depth of siblings", test_depth_of_siblings },
		{ "paths", test_paths },
		{ "paths from no object", test_paths_from_no_object },
		{ "write", test_write },
		{ "write deep", test_write_deep },
		{ "escaping", test_escaping },
		{ "round trip", test_round_trip },
		{ "overflow", test_overflow },
		{ NULL, NULL },
	};

	return check_run("base/json", tests);
}
