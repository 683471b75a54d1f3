/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/deliver_answer.h"

#include "tests/support/check.h"

typedef void read_fn(int status, struct slice body, struct sink_answer *ret_answer);

static void read_splunk(int status, struct slice body, struct sink_answer *ret_answer)
{
	struct splunk_answer answer;

	answer_read_splunk(status, body, &answer);
	*ret_answer = answer.answer;
}

static const struct {
	read_fn *read;
	int status;
	const char *body;
	enum answer_meaning want;
} rows[] = {
	{ answer_read_status, 200, "", ANSWER_TAKEN },
	{ answer_read_status, 204, "", ANSWER_TAKEN },
	{ answer_read_status, 101, "", ANSWER_ODD },
	{ answer_read_status, 304, "", ANSWER_ODD },
	{ answer_read_status, 400, "", ANSWER_REFUSED },
	{ answer_read_status, 400, "<p>No required SSL certificate was sent</p>",
	  ANSWER_CREDENTIALS },
	{ answer_read_status, 400, "The plain HTTP request was sent to HTTPS port",
	  ANSWER_ODD },
	{ answer_read_status, 401, "", ANSWER_CREDENTIALS },
	{ answer_read_status, 403, "", ANSWER_CREDENTIALS },
	{ answer_read_status, 404, "", ANSWER_ODD },
	{ answer_read_status, 405, "", ANSWER_ODD },
	{ answer_read_status, 408, "", ANSWER_AGAIN },
	{ answer_read_status, 413, "", ANSWER_TOO_LARGE },
	{ answer_read_status, 415, "", ANSWER_ODD },
	{ answer_read_status, 422, "", ANSWER_REFUSED },
	{ answer_read_status, 429, "", ANSWER_BUSY },
	{ answer_read_status, 500, "", ANSWER_AGAIN },
	{ answer_read_status, 599, "", ANSWER_AGAIN },
	{ answer_read_status, 999, "", ANSWER_ODD },
	{ answer_read_slack, 200, "ok", ANSWER_TAKEN },
	{ answer_read_slack, 200, "", ANSWER_ODD },
	{ answer_read_slack, 200, "okay", ANSWER_ODD },
	{ answer_read_slack, 400, "invalid_blocks", ANSWER_REFUSED },
	{ answer_read_slack, 400, "something", ANSWER_ODD },
	{ answer_read_slack, 403, "action_prohibited", ANSWER_CREDENTIALS },
	{ answer_read_slack, 410, "channel_is_archived", ANSWER_ODD },
	{ answer_read_slack, 429, "", ANSWER_BUSY },
	{ answer_read_teams, 200, "1", ANSWER_TAKEN },
	{ answer_read_teams, 202, "", ANSWER_TAKEN },
	{ answer_read_teams, 200, "endpoint returned HTTP error 429 with", ANSWER_BUSY },
	{ answer_read_teams, 200, "returned HTTP error 200", ANSWER_ODD },
	{ answer_read_teams, 200, "returned HTTP error 413", ANSWER_TOO_LARGE },
	{ answer_read_teams, 200, "HTTP error x", ANSWER_ODD },
	{ answer_read_teams, 200, "delivery FAILED", ANSWER_ODD },
	{ answer_read_teams, 400, "Bad payload", ANSWER_REFUSED },
	{ answer_read_pagerduty, 202, "{\"status\":\"success\"}", ANSWER_TAKEN },
	{ answer_read_pagerduty, 202, "{\"status\":\"error\"}", ANSWER_ODD },
	{ answer_read_pagerduty, 202, "", ANSWER_ODD },
	{ answer_read_pagerduty, 202, "[]", ANSWER_ODD },
	{ answer_read_pagerduty, 400, "{\"errors\":[\"'payload' is missing\"]}",
	  ANSWER_REFUSED },
	{ answer_read_pagerduty, 400, "{\"errors\":[1,\"Invalid routing key\"]}",
	  ANSWER_CREDENTIALS },
	{ answer_read_pagerduty, 400, "{\"errors\":{\"a\":\"routing_key\"}}",
	  ANSWER_REFUSED },
	{ answer_read_pagerduty, 400, "<html>", ANSWER_REFUSED },
	{ answer_read_pagerduty, 429, "{}", ANSWER_BUSY },
	{ read_splunk, 200, "{\"text\":\"Success\",\"code\":0}", ANSWER_TAKEN },
	{ read_splunk, 200, "{\"code\":0.0}", ANSWER_ODD },
	{ read_splunk, 200, "{\"code\":\"0\"}", ANSWER_ODD },
	{ read_splunk, 200, "{\"code\":-1}", ANSWER_ODD },
	{ read_splunk, 200, "", ANSWER_ODD },
	{ read_splunk, 200, "{\"code\":8}", ANSWER_AGAIN },
	{ read_splunk, 500, "{\"code\":0}", ANSWER_ODD },
	{ read_splunk, 503, "", ANSWER_AGAIN },
	{ read_splunk, 503, "{\"code\":9}", ANSWER_BUSY },
	{ read_splunk, 403, "{\"code\":4}", ANSWER_CREDENTIALS },
	{ read_splunk, 400, "{\"code\":5}", ANSWER_REFUSED },
	{ read_splunk, 400, "{\"code\":6}", ANSWER_REFUSED },
	{ read_splunk, 400, "{\"code\":7}", ANSWER_CREDENTIALS },
	{ read_splunk, 400, "{\"code\":10}", ANSWER_ODD },
	{ read_splunk, 400, "{\"code\":12}", ANSWER_REFUSED },
	{ read_splunk, 400, "{\"code\":13}", ANSWER_REFUSED },
	{ read_splunk, 400, "{\"code\":14}", ANSWER_ODD },
	{ read_splunk, 400, "{\"code\":4711}", ANSWER_REFUSED },
};

static void test_meanings(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sink_answer answer;

		check_row(rows[i].body);
		rows[i].read(rows[i].status, slice_text(rows[i].body), &answer);
		CHECK_INT(answer.meaning, rows[i].want);
		CHECK(answer.text[0] != '\0');
	}
}

static void test_texts(void)
{
	struct sink_answer answer;
	char body[2000];

	memset(body, '\x1b', sizeof(body));
	answer_read_slack(404, slice_of(body, sizeof(body)), &answer);
	for (const char *byte = answer.text; *byte; byte++)
		CHECK(*byte >= ' ' && *byte <= '~');
	CHECK(strlen(answer.text) < ANSWER_TEXT_BYTES);
}

static void test_splunk(void)
{
	struct splunk_answer answer;

	answer_read_splunk(400,
			   SLICE("{\"text\":\"Invalid data format\",\"code\":6,"
				 "\"invalid-event-number\":3}"),
			   &answer);
	CHECK_TEXT(answer.answer.text, "400, code 6: Invalid data format");
	CHECK(answer.has_invalid);
	CHECK_UINT(answer.invalid, 3);
	CHECK(!answer.has_ack_id);
	answer_read_splunk(200, SLICE("{\"code\":0,\"ackId\":12}"), &answer);
	CHECK(answer.has_ack_id);
	CHECK_UINT(answer.ack_id, 12);
}

static void test_acks(void)
{
	static const uint64_t ids[] = { 4, 7 };
	static const struct {
		const char *body;
		bool want;
	} bodies[] = {
		{ "{\"acks\":{\"7\":true}}", true },
		{ "{\"acks\":{\"4\":false,\"7\":true}}", true },
		{ "{\"acks\":{\"4\":false,\"7\":false}}", false },
		{ "{\"acks\":{\"5\":true}}", false },
		{ "{\"acks\":{\"7\":1}}", false },
		{ "{\"acks\":{\"7\":\"true\"}}", false },
		{ "{\"acks\":[true,true,true,true,true,true,true,true]}", false },
		{ "{\"acks\":null}", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		check_row(bodies[i].body);
		CHECK_INT(answer_read_acks(slice_text(bodies[i].body), ids, 2),
			  bodies[i].want);
	}
	CHECK(!answer_read_acks(SLICE("{\"acks\":{\"7\":true}}"), ids, 0));
}

#define ITEM(key, status) "{\"create\":{\"_id\":\"" key "\",\"status\":" status "}}"

static void test_bulk(void)
{
	static const struct deliver_record records[] = {
		{ .key = { "a", 1 } },
		{ .key = { "b", 1 } },
	};
	static const struct {
		const char *name, *body;
		int want; /* -1 = it fails; else meanings, first * 10 + second */
	} bodies[] = {
		{ "both", "{\"items\":[" ITEM("a", "201") "," ITEM("b", "201") "]}",
		  ANSWER_TAKEN * 10 + ANSWER_TAKEN },
		{ "one is there",
		  "{\"items\":[" ITEM("a", "409") "," ITEM("b", "201") "]}",
		  ANSWER_TAKEN * 10 + ANSWER_TAKEN },
		{ "busy", "{\"items\":[" ITEM("a", "429") "," ITEM("b", "503") "]}",
		  ANSWER_BUSY * 10 + ANSWER_AGAIN },
		{ "refused", "{\"items\":[" ITEM("a", "400") "," ITEM("b", "413") "]}",
		  ANSWER_REFUSED * 10 + ANSWER_REFUSED },
		{ "no index", "{\"items\":[" ITEM("a", "404") "," ITEM("b", "403") "]}",
		  ANSWER_ODD * 10 + ANSWER_CREDENTIALS },
		{ "one missing", "{\"items\":[" ITEM("a", "201") "]}", -1 },
		{ "one too many",
		  "{\"items\":[" ITEM("a", "201") "," ITEM("b", "201") "," ITEM(
			  "b", "201") "]}",
		  -1 },
		{ "another order",
		  "{\"items\":[" ITEM("b", "201") "," ITEM("a", "201") "]}", -1 },
		{ "no number",
		  "{\"items\":[" ITEM("a", "\"201\"") "," ITEM("b", "201") "]}", -1 },
		{ "huge number",
		  "{\"items\":[" ITEM("a", "4294967497") "," ITEM("b", "201") "]}", -1 },
		{ "another kind",
		  "{\"items\":[{\"index\":{\"_id\":\"a\",\"status\":201}}," ITEM(
			  "b", "201") "]}",
		  -1 },
		{ "no items", "{\"errors\":false}", -1 },
		{ "no list", "{\"items\":{}}", -1 },
		{ "items of nothing", "{\"items\":[null,null]}", -1 },
		{ "no JSON", "<html>", -1 },
	};

	for (size_t i = 0; i < COUNT_OF(bodies); i++) {
		struct sink_answer items[2] = { { .text = "" }, { .text = "" } };
		struct err err;
		int result = answer_read_bulk(slice_text(bodies[i].body), records, 2,
					      items, &err);

		check_row(bodies[i].name);
		CHECK_INT(result, bodies[i].want < 0 ? -1 : 0);
		if (result == 0)
			CHECK_INT((int)items[0].meaning * 10 + (int)items[1].meaning,
				  bodies[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "meanings", test_meanings }, { "texts", test_texts },
		{ "splunk", test_splunk },     { "acks", test_acks },
		{ "bulk", test_bulk },	       { NULL, NULL },
	};

	return check_run("deliver_answer", tests);
}
