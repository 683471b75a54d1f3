/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/sigv4.h"

#include "tests/support/check.h"

#define KEY_ID "AKIDUNITTESTEXAMPLE1"

/* Requests of this project's own; the signatures are botocore 1.43's for them. */
static const struct {
	const char *name;
	const char *method;
	struct sigv4_header headers[6];
	struct slice body;
	const char *region, *service, *time;
	const char *want; /* from the date of the scope on */
} rows[] = {
	{ "CloudTrail",
	  "POST",
	  { { "host", { "cloudtrail.eu-central-1.amazonaws.com", 37 } },
	    { "content-type", { "application/x-amz-json-1.1", 26 } },
	    { "x-amz-date", { "20260128T095955Z", 16 } },
	    { "x-amz-security-token", { "UNITtoken//////EXAMPLE==", 24 } },
	    { "x-amz-target",
	      { "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101."
		"LookupEvents",
		67 } } },
	  { "{\"MaxResults\":50}", 17 },
	  "eu-central-1",
	  "cloudtrail",
	  "2026-01-28T09:59:55Z",
	  "20260128/eu-central-1/cloudtrail/aws4_request, "
	  "SignedHeaders=content-type;host;"
	  "x-amz-date;x-amz-security-token;x-amz-target, Signature="
	  "654bda8f6849578002511589fa76b8985b98aa6707a4869e5599269fe0b22f96" },
	{ "a port, no token, another order",
	  "POST",
	  { { "x-amz-target", { "AmazonSSM.ListCommands", 22 } },
	    { "host", { "127.0.0.1:18080", 15 } },
	    { "x-amz-date", { "20240229T235959Z", 16 } },
	    { "content-type", { "application/x-amz-json-1.1", 26 } } },
	  { "{}", 2 },
	  "us-gov-west-1",
	  "ssm",
	  "2024-02-29T23:59:59Z",
	  "20240229/us-gov-west-1/ssm/aws4_request, SignedHeaders=content-type;host;"
	  "x-amz-date;x-amz-target, Signature="
	  "a8888fcda2fccc1d1ddc20d9c5485d8ee22294c5655267c111eeca67c81adf95" },
	{ "a form",
	  "POST",
	  { { "host", { "sts.cn-north-1.amazonaws.com.cn", 31 } },
	    { "content-type",
	      { "application/x-www-form-urlencoded; charset=utf-8", 48 } },
	    { "x-amz-date", { "20991231T000000Z", 16 } },
	    { "x-amz-security-token", { "t", 1 } } },
	  { "Action=AssumeRole&Version=2011-06-15", 36 },
	  "cn-north-1",
	  "sts",
	  "2099-12-31T00:00:00Z",
	  "20991231/cn-north-1/sts/aws4_request, SignedHeaders=content-type;host;"
	  "x-amz-date;x-amz-security-token, Signature="
	  "0d304a1b07a8a84ae3cadb173059e89511fae6dc29db3247842cebba8ea9db26" },
	{ "no body, the first second",
	  "GET",
	  { { "host", { "example.com", 11 } },
	    { "x-amz-date", { "19700101T000000Z", 16 } } },
	  { NULL, 0 },
	  "x",
	  "service",
	  "1970-01-01T00:00:00Z",
	  "19700101/x/service/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	  "a95b7b4c0293f5cf7a77ed083056768afed48bdb8ffc46eec351718865170980" },
	{ "blanks in values, names that begin alike",
	  "PUT",
	  { { "host", { "example.com", 11 } },
	    { "x-amz-date", { "20260128T095955Z", 16 } },
	    { "x-amz-b", { "  two   words  and\tone ", 23 } },
	    { "x-amz-a-b", { "1", 1 } },
	    { "x-amz-a", { "2", 1 } } },
	  { "body", 4 },
	  "eu-west-1",
	  "ssm",
	  "2026-01-28T09:59:55Z",
	  "20260128/eu-west-1/ssm/aws4_request, SignedHeaders=host;x-amz-a;x-amz-a-b;"
	  "x-amz-b;x-amz-date, Signature="
	  "ee5a02b856683f003b1e8d85a3e890800d6ae05609e4dd50ff9777553a19a0ae" },
	{ "bytes past ASCII",
	  "POST",
	  { { "host", { "example.com", 11 } },
	    { "x-amz-date", { "20260128T095955Z", 16 } } },
	  { "\xc3\xa9\xe4\xb8\x96\n", 6 },
	  "eu-west-1",
	  "ssm",
	  "2026-01-28T09:59:55Z",
	  "20260128/eu-west-1/ssm/aws4_request, SignedHeaders=host;x-amz-date, Signature="
	  "75d3e83ffba90871a51dd1b9444acd16ea9e44414dcd6aa461645bf5e0d7452b" },
};

static const struct aws_credentials credentials = {
	.access_key_id = KEY_ID,
	.secret_access_key = "unit/test+secret/EXAMPLEKEYEXAMPLEKEY1234",
	.session_token = "",
	.role = "",
};

static struct sigv4_request request_of(size_t row)
{
	struct sigv4_request request = {
		.method = rows[row].method,
		.body = rows[row].body,
		.region = rows[row].region,
		.service = rows[row].service,
	};

	CHECK(time_from_rfc3339(slice_text(rows[row].time), &request.time));
	while (request.header_count < COUNT_OF(rows[row].headers) &&
	       rows[row].headers[request.header_count].name) {
		request.headers[request.header_count] =
			rows[row].headers[request.header_count];
		request.header_count++;
	}
	return request;
}

static void test_signatures(void)
{
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf got = BUF_LIMIT(2000);
		struct sigv4_request request = request_of(i);
		struct slice text;

		check_row(rows[i].name);
		CHECK(sigv4_authorization(&request, &credentials, &got));
		text = buf_slice(&got);
		CHECK(slice_take_prefix(
			&text, SLICE("AWS4-HMAC-SHA256 Credential=" KEY_ID "/")));
		CHECK_SLICE(text, slice_text(rows[i].want));
	}
}

static void test_no_room(void)
{
	struct sigv4_request request = request_of(0);
	AUTO_BUF struct buf got = BUF_LIMIT(100);

	CHECK(!sigv4_authorization(&request, &credentials, &got));
}

static void test_dates(void)
{
	static const struct {
		const char *name;
		us_time time;
		const char *want;
	} dates[] = {
		{ "the epoch", 0, "19700101T000000Z" },
		{ "a fraction is cut", 1769594395999999, "20260128T095955Z" },
		{ "before the epoch", -5, "19700101T000000Z" },
		{ "none", US_TIME_NONE, "19700101T000000Z" },
		{ "past all years", INT64_MAX, "99991231T235959Z" },
	};

	for (size_t i = 0; i < COUNT_OF(dates); i++) {
		char text[SIGV4_DATE_BYTES];

		check_row(dates[i].name);
		CHECK_TEXT(sigv4_date(dates[i].time, text), dates[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "signatures", test_signatures },
		{ "no room", test_no_room },
		{ "dates", test_dates },
		{ NULL, NULL },
	};

	return check_run("courier/aws/sigv4", tests);
}
