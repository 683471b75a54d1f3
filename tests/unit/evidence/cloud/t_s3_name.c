/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/s3_name.h"

#include "tests/support/check.h"

#define GOOD "111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pS.json"

static void test_names(void)
{
	static const struct {
		const char *path;
		bool is_name;
	} rows[] = {
		{ GOOD, true },
		{ GOOD ".gz", true },
		{ "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/28/" GOOD ".gz",
		  true },
		{ "111122223333_CloudTrail_us-gov-east-1_20260128T1005Z_Qm4xR7tLk2WbN9pS."
		  "json",
		  true },
		{ "", false },
		{ "events.json", false },
		{ GOOD ".zst", false },
		{ GOOD "/events.json", false },
		{ "11112222333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pS.json",
		  false },
		{ "11112222333x_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pS."
		  "json",
		  false },
		{ "111122223333_CloudTrail-Digest_eu-west-1_20260128T1005Z_"
		  "Qm4xR7tLk2WbN9pS.json",
		  false },
		{ "111122223333_CloudTrail__20260128T1005Z_Qm4xR7tLk2WbN9pS.json",
		  false },
		{ "111122223333_CloudTrail_EU_20260128T1005Z_Qm4xR7tLk2WbN9pS.json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20261328T1005Z_Qm4xR7tLk2WbN9pS."
		  "json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20260128T1005_Qm4xR7tLk2WbN9pS.json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9p.json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pSS."
		  "json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9p-."
		  "json",
		  false },
		{ "111122223333_CloudTrail_eu-west-1_20260128T1005Z", false },
		{ "x111122223333_CloudTrail_eu-west-1_20260128T1005Z_Qm4xR7tLk2WbN9pS."
		  "json",
		  false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct s3_name name;

		check_row(rows[i].path);
		CHECK_INT(s3_name_read(rows[i].path, &name), rows[i].is_name);
	}
}

static void test_parts(void)
{
	struct s3_name name = { .delivered_at = 0 };
	char text[TIME_TEXT_BYTES];

	CHECK(s3_name_read("/logs/" GOOD, &name));
	CHECK_SLICE(name.account, SLICE("111122223333"));
	CHECK_SLICE(name.region, SLICE("eu-west-1"));
	CHECK_TEXT(time_to_rfc3339(name.delivered_at, text), "2026-01-28T10:05:00Z");
}

static void test_no_log(void)
{
	CHECK(s3_name_is_no_log(
		"x/111122223333_CloudTrail-Digest_eu-west-1_trail_x.json.gz"));
	CHECK(s3_name_is_no_log("111122223333_CloudTrail-Insight_eu-west-1_x.json.gz"));
	CHECK(!s3_name_is_no_log(GOOD));
	CHECK(!s3_name_is_no_log("CloudTrail-Digest_x"));
	CHECK(!s3_name_is_no_log(""));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "names", test_names },
		{ "parts", test_parts },
		{ "what is no log", test_no_log },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/s3_name", tests);
}
