/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/gcp/entries.h"

#include "base/limits.h"
#include "tests/support/check.h"

#define SECOND US_PER_SECOND
#define NUMBER "1234567890123456789"
#define AUDIT "projects/example-project/logs/cloudaudit.googleapis.com%2F"
#define RESOURCE "{\"resourceNames\":[\"projects/example-project\"],\"filter\":\""
#define DOORS                                                                        \
	"logName=(\\\"" AUDIT "activity\\\" OR \\\"" AUDIT "data_access\\\")"        \
	" AND (((resource.labels.instance_id=\\\"" NUMBER                            \
	"\\\" OR labels.instance_id=\\\"" NUMBER                                     \
	"\\\" OR protoPayload.resourceName:\\\"/instances/" NUMBER                   \
	"\\\") AND protoPayload.methodName:(\\\"ssh-serialport\\\" OR "              \
	"\\\"CheckPolicy\\\" OR \\\"StartSession\\\" OR \\\"ContinueSession\\\" OR " \
	"\\\"AuthorizeUser\\\" OR \\\"instances.setMetadata\\\" OR "                 \
	"\\\"instances.update\\\" OR \\\"instances.insert\\\" OR "                   \
	"\\\"instances.bulkInsert\\\" OR \\\"instances.start\\\" OR "                \
	"\\\"instances.resume\\\" OR \\\"instances.reset\\\" OR "                    \
	"\\\"instances.stop\\\" OR \\\"instances.suspend\\\")) OR "                  \
	"protoPayload.methodName:(\\\"setCommonInstanceMetadata\\\" OR "             \
	"\\\"ImportSshPublicKey\\\" OR \\\"CreateSshPublicKey\\\" OR "               \
	"\\\"UpdateSshPublicKey\\\" OR \\\"SignSshPublicKey\\\" OR "                 \
	"\\\"ExecutePatchJob\\\" OR \\\"CreatePatchDeployment\\\" OR "               \
	"\\\"UpdatePatchDeployment\\\" OR \\\"ResumePatchDeployment\\\" OR "         \
	"\\\"CreateOSPolicyAssignment\\\" OR \\\"UpdateOSPolicyAssignment\\\" OR "   \
	"\\\"CreateGuestPolicy\\\" OR \\\"UpdateGuestPolicy\\\") OR "                \
	"protoPayload.methodName:(\\\"ConfigServiceV2.DeleteSink\\\" OR "            \
	"\\\"ConfigServiceV2.UpdateSink\\\" OR "                                     \
	"\\\"ConfigServiceV2.CreateExclusion\\\" OR "                                \
	"\\\"ConfigServiceV2.UpdateExclusion\\\" OR "                                \
	"\\\"ConfigServiceV2.DeleteBucket\\\" OR "                                   \
	"\\\"LoggingServiceV2.DeleteLog\\\") OR "                                    \
	"(protoPayload.methodName:\\\"SetIamPolicy\\\" AND "                         \
	"protoPayload.serviceData.policyDelta.auditConfigDeltas:*))"
#define TIMES(from, until) \
	" AND timestamp>=\\\"" from "\\\" AND timestamp<=\\\"" until "\\\"\","

/* `want` NULL = it cannot be asked. */
static const struct {
	const char *name, *project;
	unsigned turn;
	const char *attribute, *value;
	us_time from, until;
	const char *token, *want;
} questions[] = {
	{ "doors", "example-project", 0, "doors", NUMBER, 100 * SECOND, 200 * SECOND, "",
	  RESOURCE DOORS TIMES("1970-01-01T00:01:40Z",
			       "1970-01-01T00:03:20Z") "\"orderBy\":\"timestamp "
						       "asc\",\"pageSize\":1000}" },
	{ "doors, smaller pages, fractions and a token", "example-project", 1, "doors",
	  NUMBER, 100 * SECOND + 1, 200 * SECOND + 1, "EAA4u+/_-=",
	  RESOURCE DOORS TIMES("1970-01-01T00:01:40Z",
			       "1970-01-01T00:03:21Z") "\"orderBy\":\"timestamp "
						       "asc\",\"pageSize\":100,"
						       "\"pageToken\":\"EAA4u+/_-=\"}" },
	{ "newest", "example-project", 0, "newest", "", 0, SECOND, "",
	  RESOURCE "logName:\\\"projects/example-project/logs/\\\"" TIMES(
		  "1970-01-01T00:00:00Z",
		  "1970-01-01T00:00:01Z") "\"orderBy\":\"timestamp desc\",\"pageSize\":"
					  "1}" },
	{ "newest of data access", "example-project", 3, "newest-data-access", "", 0,
	  SECOND, "",
	  RESOURCE "logName=\\\"" AUDIT "data_access\\\"" TIMES("1970-01-01T00:00:00Z",
								"1970-01-01T00:00:01Z") //
	  "\"orderBy\":\"timestamp desc\",\"pageSize\":1}" },
	{ "another attribute", "example-project", 0, "all", "", 0, 1, "", NULL },
	{ "no attribute", "example-project", 0, "", NUMBER, 0, 1, "", NULL },
	{ "no instance", "example-project", 0, "doors", "", 0, 1, "", NULL },
	{ "an instance's name", "example-project", 0, "doors", "web-1", 0, 1, "", NULL },
	{ "an instance that closes the quote", "example-project", 0, "doors",
	  "1\" OR \"\"=\"", 0, 1, "", NULL },
	{ "an instance of 21 digits", "example-project", 0, "doors",
	  "100000000000000000000", 0, 1, "", NULL },
	{ "an instance past 64 bits", "example-project", 0, "doors",
	  "18446744073709551616", 0, 1, "", NULL },
	{ "a project that closes the quote", "example\" OR \"x", 0, "doors", NUMBER, 0, 1,
	  "", NULL },
	{ "no project", "", 0, "newest", "", 0, 1, "", NULL },
	{ "backwards", "example-project", 0, "doors", NUMBER, 2, 1, "", NULL },
	{ "no time", "example-project", 0, "doors", NUMBER, US_TIME_NONE, US_TIME_NONE,
	  "", NULL },
	{ "past all years", "example-project", 0, "doors", NUMBER, 0, INT64_MAX, "",
	  NULL },
	{ "a token with blanks", "example-project", 0, "doors", NUMBER, 0, 1, "a b",
	  NULL },
	{ "no such form", "example-project", GCP_ENTRIES_TURNS, "doors", NUMBER, 0, 1, "",
	  NULL },
};

static void test_questions(void)
{
	for (size_t i = 0; i < COUNT_OF(questions); i++) {
		AUTO_BUF struct buf body = BUF_LIMIT(GCP_ENTRIES_BODY_BYTES);
		struct ask_page page = {
			.query = QUERY_ENTRIES,
			.attribute = slice_text(questions[i].attribute),
			.value = slice_text(questions[i].value),
			.from = questions[i].from,
			.until = questions[i].until,
			.token = slice_text(questions[i].token),
		};
		struct err err = { .text = "" };
		int result = gcp_entries_write(&page, questions[i].project,
					       questions[i].turn, &body, &err);

		check_row(questions[i].name);
		CHECK_INT(result, questions[i].want ? 0 : -1);
		CHECK_TEXT(buf_text(&body), questions[i].want ? questions[i].want : "");
	}
}

static void test_long_questions(void)
{
	AUTO_BUF struct buf body = BUF_LIMIT(GCP_ENTRIES_BODY_BYTES);
	char token[LIMIT_PAGE_TOKEN_BYTES + 1];
	struct ask_page page = {
		.attribute = SLICE("doors"),
		.value = SLICE(NUMBER),
		.until = US_TIME_MAX - US_PER_SECOND,
		.token = slice_of(token, sizeof(token)),
	};
	struct err err;

	memset(token, 'a', sizeof(token));
	CHECK_INT(gcp_entries_write(&page, "example-project", 0, &body, &err), -1);
	page.token.len--;
	CHECK_OK(gcp_entries_write(&page, "example-project", 0, &body, &err), &err);
}

static void test_answers(void)
{
	static const struct {
		const char *name, *body;
		int result;
		bool empty;
		const char *token;
	} rows[] = {
		{ "nothing", "{}", 0, true, "" },
		{ "empty", "{\"entries\":[]}", 0, true, "" },
		{ "empty, with blanks", "{\"entries\":[ \n\t]}", 0, true, "" },
		{ "empty, with a token", "{\"nextPageToken\":\"EAA4\"}", 0, true,
		  "EAA4" },
		{ "a page", "{\"entries\":[{}],\"nextPageToken\":\"EAA4\"}", 0, false,
		  "EAA4" },
		{ "the last page", "{\"entries\":[{\"insertId\":\"a\"},{}]}", 0, false,
		  "" },
		{ "a token in escapes", "{\"nextPageToken\":\"\\u0045AA4\"}", 0, true,
		  "EAA4" },
		{ "no token", "{\"entries\":[{}],\"nextPageToken\":null}", 0, false, "" },
		{ "entries are null", "{\"entries\":null}", -1, false, "" },
		{ "entries are an object", "{\"entries\":{}}", -1, false, "" },
		{ "entries are a text", "{\"entries\":\"[]\"}", -1, false, "" },
		{ "entries twice", "{\"entries\":[],\"entries\":[{}]}", -1, false, "" },
		{ "an error", "{\"error\":{\"code\":403}}", -1, false, "" },
		{ "a token that is a number", "{\"entries\":[],\"nextPageToken\":7}", -1,
		  false, "" },
		{ "a token with a line break", "{\"nextPageToken\":\"a\\nb\"}", -1, false,
		  "" },
		{ "a list", "[]", -1, false, "" },
		{ "cut off", "{\"entries\":[", -1, false, "" },
		{ "text", "<html>", -1, false, "" },
		{ "no text", "", -1, false, "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf token = BUF_LIMIT(100);
		struct err err = { .text = "" };
		bool empty = false;

		check_row(rows[i].name);
		CHECK_INT(
			gcp_entries_read(slice_text(rows[i].body), &token, &empty, &err),
			rows[i].result);
		CHECK_INT(empty, rows[i].empty);
		CHECK_TEXT(buf_text(&token), rows[i].token);
	}
}

/* What is said in place of the service must be an answer itself. */
static void test_none(void)
{
	AUTO_BUF struct buf token = BUF_LIMIT(100);
	struct err err;
	bool empty;

	CHECK_OK(gcp_entries_read(SLICE(GCP_ENTRIES_NONE), &token, &empty, &err), &err);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "questions", test_questions },
		{ "long questions", test_long_questions },
		{ "answers", test_answers },
		{ "none", test_none },
		{ NULL, NULL },
	};

	return check_run("courier/gcp/entries", tests);
}
