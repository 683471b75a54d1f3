/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/answer.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define DEEP_10 "[[[[[[[[[["
#define FLAT_10 "]]]]]]]]]]"

/* `events` NULL = refused. */
static const struct {
	const char *name, *text, *events, *token;
} rows[] = {
	{ "empty page", "{\"Events\":[]}", "[]", "" },
	{ "blanks", " \r\n\t{ \"Events\" : [ ] , \"NextToken\" : \"x\" } \n", "[ ]",
	  "\"x\"" },
	{ "all kinds of values",
	  "{\"a\":true,\"b\":false,\"c\":null,\"d\":-0.5e+10,\"e\":\"\\u00e9\\\"\","
	  "\"Events\":[1,{\"f\":[]},{}]}",
	  "[1,{\"f\":[]},{}]", "" },
	{ "brackets in strings", "{\"Events\":[\"]}\\\"\"],\"NextToken\":null}",
	  "[\"]}\\\"\"]", "null" },
	{ "names of ours deeper", "{\"Events\":[{\"NextToken\":\"x\",\"Events\":1}]}",
	  "[{\"NextToken\":\"x\",\"Events\":1}]", "" },
	{ "what jansson refuses",
	  "{\"Events\":[\"\\ud800\",\"\\u0000\",99999999999999999999999,"
	  "{\"a\":1,\"a\":2},\"\xff\"]}",
	  "[\"\\ud800\",\"\\u0000\",99999999999999999999999,{\"a\":1,\"a\":2},\"\xff\"]",
	  "" },
	{ "as deep as may be",
	  "{\"Events\":" DEEP_10 DEEP_10 DEEP_10 "[" FLAT_10 FLAT_10 FLAT_10 "]}",
	  DEEP_10 DEEP_10 DEEP_10 "[" FLAT_10 FLAT_10 FLAT_10 "]", "" },
	{ "too deep",
	  "{\"Events\":" DEEP_10 DEEP_10 DEEP_10 "[[" FLAT_10 FLAT_10 FLAT_10 "]]}", NULL,
	  NULL },
	{ "nothing", "", NULL, NULL },
	{ "a list", "[]", NULL, NULL },
	{ "a text", "\"Events\"", NULL, NULL },
	{ "cut", "{\"Events\":[]", NULL, NULL },
	{ "cut in a string", "{\"Events\":[\"abc", NULL, NULL },
	{ "cut in an escape", "{\"Events\":[\"\\u00", NULL, NULL },
	{ "more after it", "{\"Events\":[]}{}", NULL, NULL },
	{ "comma at the end", "{\"Events\":[],}", NULL, NULL },
	{ "comma at the end of a list", "{\"Events\":[1,]}", NULL, NULL },
	{ "no value", "{\"Events\":}", NULL, NULL },
	{ "no colon", "{\"Events\"[]}", NULL, NULL },
	{ "no name", "{:[]}", NULL, NULL },
	{ "name that is a number", "{1:[]}", NULL, NULL },
	{ "wrong bracket", "{\"Events\":[}]", NULL, NULL },
	{ "wrong bracket, deeper", "{\"Events\":[{]}}", NULL, NULL },
	{ "no comma", "{\"Events\":[1 2]}", NULL, NULL },
	{ "leading zero", "{\"Events\":[01]}", NULL, NULL },
	{ "bare minus", "{\"Events\":[-]}", NULL, NULL },
	{ "no digits after the point", "{\"Events\":[1.]}", NULL, NULL },
	{ "no digits in the exponent", "{\"Events\":[1e]}", NULL, NULL },
	{ "unknown word", "{\"Events\":[nul]}", NULL, NULL },
	{ "single quotes", "{'Events':[]}", NULL, NULL },
	{ "control byte in a string", "{\"Events\":[\"a\nb\"]}", NULL, NULL },
	{ "unknown escape", "{\"Events\":[\"\\x41\"]}", NULL, NULL },
	{ "events twice", "{\"Events\":[],\"Events\":[]}", NULL, NULL },
	{ "token twice", "{\"NextToken\":\"a\",\"Events\":[],\"NextToken\":\"b\"}", NULL,
	  NULL },
	{ "token disguised", "{\"Events\":[],\"Next\\u0054oken\":\"b\"}", NULL, NULL },
	{ "byte order mark", "\xef\xbb\xbf{\"Events\":[]}", NULL, NULL },
};

static void test_pages(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct answer_member members[] = { { .name = "Events" },
						   { .name = "NextToken" } };
		struct err err = { .text = "" };
		int result = answer_read(slice_text(rows[i].text), members, 2, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].events ? 0 : -1);
		if (result < 0)
			continue;
		CHECK_SLICE(members[0].value, slice_text(rows[i].events));
		CHECK_SLICE(members[1].value, slice_text(rows[i].token));
	}
}

/* The time it takes must not grow faster than the text; nor may depth cost stack. */
static void test_long(void)
{
	size_t len = 4 * 1024 * 1024;
	AUTO_FREE char *text = memory_new(len, 1);
	struct answer_member members[] = { { .name = "Events" } };
	struct err err;

	memset(text, '[', len);
	memcpy(text, "{\"Events\":", 10);
	CHECK_INT(answer_read(slice_of(text, len), members, 1, &err), -1);
	memset(text + 10, ' ', len - 10);
	memcpy(text + len - 3, "[]}", 3);
	CHECK_INT(answer_read(slice_of(text, len), members, 1, &err), 0);
	CHECK_SLICE(members[0].value, SLICE("[]"));
}

static void test_tokens(void)
{
	static const struct {
		const char *name, *value, *want; /* NULL = refused */
	} tokens[] = {
		{ "none", "", "" },
		{ "null", "null", "" },
		{ "empty", "\"\"", "" },
		{ "base64", "\"aGk+Lw==\"", "aGk+Lw==" },
		{ "escapes", "\"a\\/b\\u003d\"", "a/b=" },
		{ "a number", "17", NULL },
		{ "an object", "{\"a\":\"b\"}", NULL },
		{ "a line break", "\"a\\r\\nb\"", NULL },
		{ "a NUL", "\"a\\u0000b\"", NULL },
		{ "a blank", "\"a b\"", NULL },
		{ "past ASCII", "\"\\u00e9\"", NULL },
		{ "half a pair", "\"\\ud800\"", NULL },
	};

	for (size_t i = 0; i < COUNT_OF(tokens); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
		struct err err;

		check_row(tokens[i].name);
		CHECK_INT(answer_token(slice_text(tokens[i].value), &got, &err),
			  tokens[i].want ? 0 : -1);
		CHECK_TEXT(buf_text(&got), tokens[i].want ? tokens[i].want : "");
	}
}

static void test_token_length(void)
{
	AUTO_FREE char *text = memory_new(LIMIT_PAGE_TOKEN_BYTES + 4, 1);
	AUTO_BUF struct buf got = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
	struct err err;

	memset(text, 'A', LIMIT_PAGE_TOKEN_BYTES + 3);
	text[0] = text[LIMIT_PAGE_TOKEN_BYTES + 1] = '"';
	CHECK_INT(answer_token(slice_of(text, LIMIT_PAGE_TOKEN_BYTES + 2), &got, &err),
		  0);
	CHECK_UINT(got.len, LIMIT_PAGE_TOKEN_BYTES);
	buf_clear(&got);
	text[LIMIT_PAGE_TOKEN_BYTES + 1] = 'A';
	text[LIMIT_PAGE_TOKEN_BYTES + 2] = '"';
	CHECK_INT(answer_token(slice_of(text, LIMIT_PAGE_TOKEN_BYTES + 3), &got, &err),
		  -1);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "pages", test_pages },
		{ "long", test_long },
		{ "tokens", test_tokens },
		{ "length of tokens", test_token_length },
		{ NULL, NULL },
	};

	return check_run("courier/answer", tests);
}
