/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/control_request.h"

#include "base/limits.h"
#include "tests/support/check.h"

static void test_read(void)
{
	static const struct {
		const char *name, *line, *again;
	} rows[] = {
		{ "status", "{\"command\":\"status\"}", "{\"command\":\"status\"}" },
		{ "doctor", " { \"command\" : \"doctor\" }\t\r",
		  "{\"command\":\"doctor\"}" },
		{ "logins", "{\"command\":\"logins\"}", "{\"command\":\"logins\"}" },
		{ "logins with all",
		  "{\"follow\":true,\"all\":true,\"verdict\":\"not-judged\","
		  "\"path\":\"direct-ssh\",\"until\":\"2026-03-02T11:00:00+01:00\","
		  "\"since\":\"2026-03-02T09:00:00.5Z\",\"command\":\"logins\"}",
		  "{\"command\":\"logins\",\"since\":\"2026-03-02T09:00:00.500000Z\","
		  "\"until\":\"2026-03-02T10:00:00Z\",\"path\":\"direct-ssh\","
		  "\"verdict\":\"not-judged\",\"all\":true,\"follow\":true}" },
		{ "false is as not said",
		  "{\"command\":\"alerts\",\"follow\":false,\"all\":false}",
		  "{\"command\":\"alerts\"}" },
		{ "id in capitals", "{\"command\":\"explain\",\"id\":\"0CE0fF\"}",
		  "{\"command\":\"explain\",\"id\":\"0ce0ff\"}" },
		{ "a baseline", "{\"command\":\"baseline\"}",
		  "{\"command\":\"baseline\"}" },
		{ "one kind of it", "{\"kind\":\"hour\",\"command\":\"baseline\"}",
		  "{\"command\":\"baseline\",\"kind\":\"hour\"}" },
		{ "one name to be forgotten",
		  "{\"command\":\"baseline\",\"key\":\"r\\u00f6t 07\",\"kind\":\"hour\","
		  "\"reset\":true}",
		  "{\"command\":\"baseline\",\"reset\":true,\"kind\":\"hour\","
		  "\"key\":\"r\u00f6t 07\"}" },
		{ "what is undelivered", "{\"undelivered\":true,\"command\":\"alerts\"}",
		  "{\"command\":\"alerts\",\"undelivered\":true}" },
		{ "a test of all", "{\"command\":\"test-alert\"}",
		  "{\"command\":\"test-alert\"}" },
		{ "what metadata says", "{\"command\":\"metadata\"}",
		  "{\"command\":\"metadata\"}" },
		{ "a test of two",
		  "{\"command\":\"test-alert\",\"sinks\":\"siem slack\"}",
		  "{\"command\":\"test-alert\",\"sinks\":\"siem slack\"}" },
		{ "a whole id",
		  "{\"command\":\"explain\",\"id\":\"00112233445566778899aabbccddeeff\"}",
		  "{\"command\":\"explain\",\"id\":"
		  "\"00112233445566778899aabbccddeeff\"}" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf again = BUF_LIMIT(1024);
		struct control_request request;
		struct err err;

		check_row(rows[i].name);
		if (!CHECK_OK(control_request_decode(slice_text(rows[i].line), &request,
						     &err),
			      &err))
			continue;
		control_request_encode(&request, &again);
		CHECK_TEXT(buf_text(&again), rows[i].again);
	}
}

static void test_refused(void)
{
	static const struct {
		const char *name, *line, *want;
	} rows[] = {
		{ "nothing", "", "no JSON" },
		{ "no JSON", "status", "no JSON" },
		{ "an array", "[]", "no JSON object" },
		{ "no command", "{}", "no 'command'" },
		{ "two objects", "{\"command\":\"status\"}{}", "no JSON" },
		{ "unknown command", "{\"command\":\"stop\"}",
		  "'command' is not one of" },
		{ "command of a wrong type", "{\"command\":1}", "'command' is not" },
		{ "unknown key", "{\"command\":\"status\",\"x\":1}", "has no 'x'" },
		{ "the same key twice", "{\"command\":\"status\",\"command\":\"logins\"}",
		  "no JSON" },
		{ "null", "{\"command\":\"logins\",\"since\":null}", "'since' is not" },
		{ "no time", "{\"command\":\"logins\",\"since\":\"yesterday\"}",
		  "'since' is not a time" },
		{ "times backwards",
		  "{\"command\":\"logins\",\"since\":\"2026-03-02T10:00:00Z\","
		  "\"until\":\"2026-03-02T09:00:00Z\"}",
		  "'since' is after 'until'" },
		{ "no path", "{\"command\":\"logins\",\"path\":\"\"}", "'path' is not" },
		{ "no verdict", "{\"command\":\"logins\",\"verdict\":\"guilty\"}",
		  "'verdict' is not" },
		{ "no bool", "{\"command\":\"logins\",\"all\":1}", "'all' is not" },
		{ "no digits", "{\"command\":\"explain\",\"id\":\"\"}", "'id' is not" },
		{ "other digits", "{\"command\":\"explain\",\"id\":\"0x12\"}",
		  "'id' is not" },
		{ "too many digits",
		  "{\"command\":\"explain\",\"id\":"
		  "\"00112233445566778899aabbccddeeff0\"}",
		  "'id' is not" },
		{ "a NUL in the digits", "{\"command\":\"explain\",\"id\":\"00\\u0000\"}",
		  "'id' is not" },
		{ "reset of what is no baseline",
		  "{\"command\":\"logins\",\"reset\":true}", "takes no 'reset'" },
		{ "undelivered logins", "{\"command\":\"logins\",\"undelivered\":true}",
		  "takes no 'undelivered'" },
		{ "a status of sinks", "{\"command\":\"status\",\"sinks\":\"a\"}",
		  "takes no 'undelivered'" },
		{ "following what is undelivered",
		  "{\"command\":\"alerts\",\"undelivered\":true,\"follow\":true}",
		  "takes no times" },
		{ "a sink without a name", "{\"command\":\"test-alert\",\"sinks\":\"\"}",
		  "is not names of sinks" },
		{ "kind of what is no baseline",
		  "{\"command\":\"status\",\"kind\":\"hour\"}", "takes no 'reset'" },
		{ "reset of a wrong type", "{\"command\":\"baseline\",\"reset\":1}",
		  "'reset' is not" },
		{ "key without a kind",
		  "{\"command\":\"baseline\",\"reset\":true,\"key\":\"x\"}",
		  "'key' goes with" },
		{ "key to look at",
		  "{\"command\":\"baseline\",\"kind\":\"hour\",\"key\":\"x\"}",
		  "'key' goes with" },
		{ "an empty kind", "{\"command\":\"baseline\",\"kind\":\"\"}",
		  "'kind' is not" },
		{ "a NUL in a kind", "{\"command\":\"baseline\",\"kind\":\"a\\u0000\"}",
		  "'kind' is not" },
		{ "too long a kind",
		  "{\"command\":\"baseline\",\"kind\":"
		  "\"0123456789012345678901234567890123456789\"}",
		  "'kind' is not" },
		{ "times of a baseline",
		  "{\"command\":\"baseline\",\"since\":\"2026-03-02T10:00:00Z\"}",
		  "takes no times" },
		{ "explain nothing", "{\"command\":\"explain\"}", "'id' goes with" },
		{ "id of a list", "{\"command\":\"logins\",\"id\":\"00\"}",
		  "'id' goes with" },
		{ "follow what does not go on",
		  "{\"command\":\"status\",\"follow\":true}", "takes no times" },
		{ "verdict of alerts",
		  "{\"command\":\"alerts\",\"verdict\":\"unauthorized\"}",
		  "takes no 'all'" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct control_request request = { .id = "unchanged" };
		struct err err = { .code = ERR_NONE };

		check_row(rows[i].name);
		CHECK_INT(
			control_request_decode(slice_text(rows[i].line), &request, &err),
			-1);
		if (!CHECK(slice_find(slice_text(err.text), slice_text(rows[i].want)) >=
			   0))
			CHECK_TEXT(err.text, rows[i].want);
		CHECK_TEXT(request.id, "unchanged");
	}
}

static void test_too_long(void)
{
	AUTO_BUF struct buf line = BUF_LIMIT(2 * LIMIT_CONTROL_REQUEST_BYTES);
	struct control_request request;
	struct err err;

	buf_append_text(&line, "{\"command\":\"status\"}");
	while (line.len <= LIMIT_CONTROL_REQUEST_BYTES)
		buf_append_byte(&line, ' ');
	CHECK_INT(control_request_decode(buf_slice(&line), &request, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
	CHECK_OK(control_request_decode(
			 slice_first(buf_slice(&line), LIMIT_CONTROL_REQUEST_BYTES),
			 &request, &err),
		 &err);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "read", test_read },
		{ "refused", test_refused },
		{ "too long", test_too_long },
		{ NULL, NULL },
	};

	return check_run("control_request", tests);
}
