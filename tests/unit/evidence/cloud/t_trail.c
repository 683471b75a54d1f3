/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/trail.h"

#include <stdio.h>

#include "tests/support/check.h"

/* requestParameters of a call, and whether the trail logs less for it. */
static const struct {
	const char *row, *name, *request, *resource;
	bool stops;
} rows[] = {
	{ "stopped", "StopLogging", "{\"name\":\"main\"}", "main", true },
	{ "deleted, nothing said", "DeleteTrail", "null", "", true },
	{ "event data store", "DeleteEventDataStore",
	  "{\"eventDataStore\":\"arn:aws:cloudtrail:x\"}", "arn:aws:cloudtrail:x", true },
	{ "bucket changed", "UpdateTrail",
	  "{\"name\":\"main\",\"s3BucketName\":\"b\",\"isMultiRegionTrail\":true}",
	  "main", false },
	{ "one region", "UpdateTrail", "{\"name\":\"main\",\"isMultiRegionTrail\":false}",
	  "main", true },
	{ "one region, retyped", "updatetrail", "{\"isMultiRegionTrail\":\"False\"}", "",
	  true },
	{ "no global events", "UpdateTrail", "{\"includeGlobalServiceEvents\":false}", "",
	  true },
	{ "nothing said", "UpdateTrail", "null", "", false },
	{ "no management events", "PutEventSelectors",
	  "{\"trailName\":\"main\",\"eventSelectors\":[{\"readWriteType\":\"All\","
	  "\"includeManagementEvents\":false}]}",
	  "main", true },
	{ "reading only", "PutEventSelectors",
	  "{\"eventSelectors\":[{\"readWriteType\":\"ReadOnly\"}]}", "", true },
	{ "writing only", "PutEventSelectors",
	  "{\"eventSelectors\":[{\"readWriteType\":\"WriteOnly\"}]}", "", false },
	{ "one of two keeps them", "PutEventSelectors",
	  "{\"eventSelectors\":[{\"includeManagementEvents\":false},{}]}", "", false },
	{ "no selector", "PutEventSelectors", "{\"eventSelectors\":[]}", "", true },
	{ "selectors of no use", "PutEventSelectors", "{\"eventSelectors\":[7,null]}", "",
	  true },
	{ "no list", "PutEventSelectors", "{\"eventSelectors\":\"all\"}", "", false },
	{ "advanced, of management", "PutEventSelectors",
	  "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":"
	  "\"eventCategory\","
	  "\"equals\":[\"Management\"]}]}]}",
	  "", false },
	{ "advanced, of data", "PutEventSelectors",
	  "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":"
	  "\"eventCategory\","
	  "\"equals\":[\"Data\"]}]}]}",
	  "", true },
	{ "advanced, of reading", "PutEventSelectors",
	  "{\"advancedEventSelectors\":[{\"fieldSelectors\":[{\"field\":"
	  "\"eventCategory\","
	  "\"equals\":[\"Management\"]},{\"field\":\"readOnly\",\"equals\":[\"true\"]}]}]"
	  "}",
	  "", true },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		char text[512];
		int len = snprintf(text, sizeof(text), "{\"requestParameters\":%s}",
				   rows[i].request);
		struct api_call call = { .action = API_STOP_TRAIL,
					 .name = slice_text(rows[i].name) };
		AUTO_JSON json_t *record = NULL;
		struct err err;

		check_row(rows[i].row);
		if (!CHECK_OK(json_read(slice_of(text, (size_t)len), &record, &err),
			      &err))
			continue;
		trail_read(record, &call);
		CHECK_INT(call.action, rows[i].stops ? API_STOP_TRAIL : API_OTHER);
		CHECK_SLICE(call.resource, slice_text(rows[i].resource));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/trail", tests);
}
