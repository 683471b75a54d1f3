/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/query.h"

#include "tests/support/check.h"

#define SECOND US_PER_SECOND
#define ID "6b1d2f3a-0c4e-4f5a-8b6c-7d8e9fa0b1c2"

/* `want` NULL = it cannot be asked. */
static const struct {
	const char *name;
	uint64_t query;
	unsigned turn;
	const char *attribute, *value;
	us_time from, until;
	const char *token, *want;
} questions[] = {
	{ "trail", QUERY_TRAIL, 0, "EventName", "StartSession", 100 * SECOND,
	  200 * SECOND, "",
	  "{\"StartTime\":100,\"EndTime\":200,\"LookupAttributes\":[{\"AttributeKey\":"
	  "\"EventName\",\"AttributeValue\":\"StartSession\"}],\"MaxResults\":50}" },
	{ "trail, fractions and a token", QUERY_TRAIL, 1, "Username",
	  "i-0123456789abcdef0", 100 * SECOND + 1, 200 * SECOND + 1, "abc/+=",
	  "{\"StartTime\":100,\"EndTime\":201,\"LookupAttributes\":[{\"AttributeKey\":"
	  "\"Username\",\"AttributeValue\":\"i-0123456789abcdef0\"}],\"MaxResults\":10,"
	  "\"NextToken\":\"abc/+=\"}" },
	{ "trail, quotes", QUERY_TRAIL, 2, "EventSource", "a\"b\\", 0, 0, "",
	  "{\"StartTime\":0,\"EndTime\":0,\"LookupAttributes\":[{\"AttributeKey\":"
	  "\"EventSource\",\"AttributeValue\":\"a\\\"b\\\\\"}],\"MaxResults\":1}" },
	{ "trail, another attribute", QUERY_TRAIL, 0, "ReadOnly", "false", 0, 1, "",
	  NULL },
	{ "trail, no value", QUERY_TRAIL, 0, "EventName", "", 0, 1, "", NULL },
	{ "trail, a control byte", QUERY_TRAIL, 0, "EventName", "a\x1b", 0, 1, "", NULL },
	{ "trail, past ASCII", QUERY_TRAIL, 0, "EventName", "\xc3\xa9", 0, 1, "", NULL },
	{ "trail, backwards", QUERY_TRAIL, 0, "EventName", "x", 2, 1, "", NULL },
	{ "trail, no time", QUERY_TRAIL, 0, "EventName", "x", US_TIME_NONE, US_TIME_NONE,
	  "", NULL },
	{ "trail, past all years", QUERY_TRAIL, 0, "EventName", "x", 0, INT64_MAX, "",
	  NULL },
	{ "trail, a token with blanks", QUERY_TRAIL, 0, "EventName", "x", 0, 1, "a b",
	  NULL },
	{ "session, active", QUERY_SESSION, 0, "", "alice-0a1b2c3d4e5f60718", 0, 0, "",
	  "{\"State\":\"Active\",\"Filters\":[{\"key\":\"SessionId\",\"value\":"
	  "\"alice-0a1b2c3d4e5f60718\"}]}" },
	{ "session, past", QUERY_SESSION, 1, "", "a@b.c,d_e=f+g-0a1b2c3d4e5f60718", 0, 0,
	  "",
	  "{\"State\":\"History\",\"Filters\":[{\"key\":\"SessionId\",\"value\":"
	  "\"a@b.c,d_e=f+g-0a1b2c3d4e5f60718\"}]}" },
	{ "session, none", QUERY_SESSION, 0, "", "", 0, 0, "", NULL },
	{ "session, a quote", QUERY_SESSION, 0, "", "a\"", 0, 0, "", NULL },
	{ "session, a token", QUERY_SESSION, 0, "", "alice-0a1b", 0, 0, "x", NULL },
	{ "command", QUERY_COMMAND, 0, "", ID, 0, 0, "", "{\"CommandId\":\"" ID "\"}" },
	{ "command, a token", QUERY_COMMAND, 0, "", ID, 0, 0, "x",
	  "{\"CommandId\":\"" ID "\",\"NextToken\":\"x\"}" },
	{ "command, short", QUERY_COMMAND, 0, "", "6b1d2f3a", 0, 0, "", NULL },
	{ "command, dashes", QUERY_COMMAND, 0, "", "------------------------------------",
	  0, 0, "", NULL },
};

static void test_questions(void)
{
	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		AUTO_BUF struct buf body = BUF_LIMIT(65536);
		struct ask_page page = {
			.attribute = slice_text(questions[i].attribute),
			.value = slice_text(questions[i].value),
			.from = questions[i].from,
			.until = questions[i].until,
			.token = slice_text(questions[i].token),
		};
		const struct aws_query *query = aws_query_find(questions[i].query);
		struct err err = { .text = "" };
		int result;

		check_row(questions[i].name);
		CHECK(query && questions[i].turn < query->turns);
		result = query->write(&page, questions[i].turn, &body, &err);
		CHECK_INT(result, questions[i].want ? 0 : -1);
		if (questions[i].want)
			CHECK_TEXT(buf_text(&body), questions[i].want);
	}
}

static void test_answers(void)
{
	static const struct {
		const char *name;
		uint64_t query;
		const char *body;
		int result;
		bool empty;
		const char *token;
	} rows[] = {
		{ "trail, empty", QUERY_TRAIL, "{\"Events\":[]}", 0, false, "" },
		{ "trail, a page", QUERY_TRAIL, "{\"Events\":[{}],\"NextToken\":\"x\"}",
		  0, false, "x" },
		{ "trail, no list", QUERY_TRAIL, "{\"NextToken\":\"x\"}", -1, false, "" },
		{ "trail, null", QUERY_TRAIL, "{\"Events\":null}", -1, false, "" },
		{ "trail, an object", QUERY_TRAIL, "{\"Events\":{}}", -1, false, "" },
		{ "sessions, empty", QUERY_SESSION, "{\"Sessions\":[]}", 0, true, "" },
		{ "sessions", QUERY_SESSION, "{\"Sessions\":[{}],\"NextToken\":\"x\"}", 0,
		  false, "" },
		{ "sessions, no list", QUERY_SESSION, "{}", -1, false, "" },
		{ "commands", QUERY_COMMAND, "{\"Commands\":[{}],\"NextToken\":\"x\"}", 0,
		  false, "x" },
		{ "commands, none", QUERY_COMMAND, "{\"Commands\":[]}", 0, true, "" },
		{ "commands, a text", QUERY_COMMAND, "{\"Commands\":\"[]\"}", -1, false,
		  "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf token = BUF_LIMIT(100);
		const struct aws_query *query = aws_query_find(rows[i].query);
		struct err err = { .text = "" };
		bool empty = false;

		check_row(rows[i].name);
		CHECK_INT(query->read(slice_text(rows[i].body), &token, &empty, &err),
			  rows[i].result);
		CHECK_INT(empty, rows[i].empty);
		CHECK_TEXT(buf_text(&token), rows[i].token);
	}
}

/* What is said in place of the service must be an answer itself. */
static void test_nothing(void)
{
	for (uint64_t kind = 0; kind <= QUERY_COMMAND; kind++) {
		const struct aws_query *query = aws_query_find(kind);
		AUTO_BUF struct buf token = BUF_LIMIT(100);
		struct err err;
		bool empty;

		check_row(query->permission);
		if (query->nothing)
			CHECK_OK(query->read(slice_text(query->nothing), &token, &empty,
					     &err),
				 &err);
	}
	CHECK(!aws_query_find(QUERY_ACTIVITY));
	CHECK(!aws_query_find(QUERY_COUNT));
	CHECK(!aws_query_find(UINT64_MAX));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "questions", test_questions },
		{ "answers", test_answers },
		{ "nothing", test_nothing },
		{ NULL, NULL },
	};

	return check_run("courier/aws/query", tests);
}
