/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/gcp_log.h"

#include "tests/support/check.h"

#define CONFIG "google.logging.v2.ConfigServiceV2."
#define DELTAS(list) \
	"{\"serviceData\":{\"policyDelta\":{\"auditConfigDeltas\":" list "}}}"

/* An AuditLog, and whether less is logged, exported or kept for it. */
static const struct {
	const char *row, *name, *payload;
	bool stops;
} rows[] = {
	{ "sink deleted", CONFIG "DeleteSink", "{\"resourceName\":\"s\"}", true },
	{ "log deleted", "google.logging.v2.LoggingServiceV2.DeleteLog", "{}", true },
	{ "sink disabled", CONFIG "UpdateSink",
	  "{\"request\":{\"sink\":{\"disabled\":true},\"updateMask\":\"disabled\"}}",
	  true },
	{ "sink enabled", CONFIG "UpdateSink",
	  "{\"request\":{\"sink\":{\"disabled\":false},\"updateMask\":\"disabled\"}}",
	  false },
	{ "sink with exclusions", CONFIG "UpdateSink",
	  "{\"request\":{\"sink\":{\"exclusions\":[{\"name\":\"x\"}]}}}", true },
	{ "another filter", CONFIG "UpdateSink",
	  "{\"request\":{\"sink\":{\"filter\":\"x\"},\"updateMask\":\"description,"
	  "filter\"}}",
	  true },
	{ "another destination", CONFIG "UpdateSink",
	  "{\"request\":{\"sink\":{\"destination\":\"x\"},\"updateMask\":\"destination\"}"
	  "}",
	  false },
	{ "exclusion", CONFIG "CreateExclusion",
	  "{\"request\":{\"exclusion\":{\"filter\":\"x\"}}}", true },
	{ "exclusion switched off", CONFIG "UpdateExclusion",
	  "{\"request\":{\"exclusion\":{\"disabled\":true}}}", false },
	{ "audit log off", "SetIamPolicy",
	  DELTAS("[{\"action\":\"REMOVE\",\"service\":\"iap.googleapis.com\","
		 "\"logType\":\"DATA_READ\"}]"),
	  true },
	{ "audit log on", "SetIamPolicy",
	  DELTAS("[{\"action\":\"ADD\",\"logType\":\"DATA_READ\"}]"), false },
	{ "somebody excepted", "SetIamPolicy",
	  DELTAS("[{\"action\":\"ADD\",\"exemptedMember\":\"user:x@example.com\"}]"),
	  true },
	{ "nobody excepted", "SetIamPolicy",
	  DELTAS("[{\"action\":\"REMOVE\",\"exemptedMember\":\"user:x@example.com\"}]"),
	  false },
	{ "of other rights", "SetIamPolicy",
	  "{\"serviceData\":{\"policyDelta\":{\"bindingDeltas\":[{\"action\":\"ADD\"}]}}"
	  "}",
	  false },
	{ "of no form", "SetIamPolicy", DELTAS("7"), false },
	{ "nothing said", "SetIamPolicy", "{}", false },
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct api_call call = { .action = API_GCP_STOP_LOG,
					 .name = slice_text(rows[i].name) };
		AUTO_JSON json_t *payload = NULL;
		struct err err;

		check_row(rows[i].row);
		if (!CHECK_OK(json_read(slice_text(rows[i].payload), &payload, &err),
			      &err))
			continue;
		gcp_log_read(payload, &call);
		CHECK_INT(call.action, rows[i].stops ? API_GCP_STOP_LOG : API_OTHER);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/gcp_log", tests);
}
