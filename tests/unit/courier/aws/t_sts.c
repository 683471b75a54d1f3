/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/sts.h"

#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define ROLE "arn:aws:iam::111122223333:role/trail-reader"
#define NAME "i-0123456789abcdef0"

#define HEAD "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\">\n"
#define KEY "<AccessKeyId>ASIAUNITTESTEXAMPLE1</AccessKeyId>"
#define SECRET "<SecretAccessKey>unit/test+secretEXAMPLEKEY</SecretAccessKey>"
#define TOKEN "<SessionToken>unit/test+tokenEXAMPLE==</SessionToken>"
#define UNTIL "<Expiration>2026-01-28T10:59:55Z</Expiration>"
#define ANSWER(inside)                                                       \
	HEAD "<AssumeRoleResult>\n<AssumedRoleUser><Arn>x</Arn>"             \
	     "</AssumedRoleUser>\n<Credentials>\n" inside "\n</Credentials>" \
	     "\n</AssumeRoleResult></AssumeRoleResponse>\n"

static void test_questions(void)
{
	static const struct {
		const char *name, *role, *external_id, *session, *want;
	} rows[] = {
		{ "plain", ROLE, "", NAME,
		  "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
		  "111122223333%3Arole%2Ftrail-reader&RoleSessionName=i-0123456789abcdef0"
		  "&DurationSeconds=3600" },
		{ "external id", ROLE, "a:b/c=d@e", NAME,
		  "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A"
		  "111122223333%3Arole%2Ftrail-reader&RoleSessionName=i-0123456789abcdef0"
		  "&DurationSeconds=3600&ExternalId=a%3Ab%2Fc%3Dd%40e" },
		{ "no ARN", "trail-reader-trail-reader", "", NAME, NULL },
		{ "an ARN with more", ROLE "&Action=X", "", NAME, NULL },
		{ "an external id with blanks", ROLE, "a b", NAME, NULL },
		{ "no session name", ROLE, "", "", NULL },
		{ "a session name with a slash", ROLE, "", "a/b", NULL },
		{ "a session name that is too long", ROLE, "",
		  "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  NULL },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf body = BUF_LIMIT(16384);
		struct err err = { .text = "" };
		int result = sts_write(rows[i].role, rows[i].external_id, rows[i].session,
				       &body, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].want ? 0 : -1);
		CHECK_TEXT(buf_text(&body), rows[i].want ? rows[i].want : "");
	}
}

static void test_answers(void)
{
	static const struct {
		const char *name, *answer;
		bool good;
	} rows[] = {
		{ "good", ANSWER(KEY "\n" SECRET TOKEN UNTIL), true },
		{ "another order", ANSWER(UNTIL TOKEN SECRET KEY), true },
		{ "nothing", "", false },
		{ "empty", ANSWER(""), false },
		{ "no key", ANSWER(SECRET TOKEN UNTIL), false },
		{ "no secret", ANSWER(KEY TOKEN UNTIL), false },
		{ "no token", ANSWER(KEY SECRET UNTIL), false },
		{ "no expiry", ANSWER(KEY SECRET TOKEN), false },
		{ "a bad expiry",
		  ANSWER(KEY SECRET TOKEN "<Expiration>tomorrow</Expiration>"), false },
		{ "a line break in the token",
		  ANSWER(KEY SECRET UNTIL
			 "<SessionToken>unit/test+\r\nx: yEXAMPLE</SessionToken>"),
		  false },
		{ "markup in the token",
		  ANSWER(KEY SECRET UNTIL
			 "<SessionToken>unit/test<b/>+tokenEXAMPLE==</SessionToken>"),
		  false },
		{ "an entity in the token",
		  ANSWER(KEY SECRET UNTIL
			 "<SessionToken>unit/test&amp;tokenEXAMPLE==</SessionToken>"),
		  false },
		{ "a short key",
		  ANSWER("<AccessKeyId>ASIA</AccessKeyId>" SECRET TOKEN UNTIL), false },
		{ "outside of its element",
		  KEY SECRET TOKEN UNTIL HEAD
		  "<AssumeRoleResult><Credentials></Credentials>",
		  false },
		{ "after its element", ANSWER("") KEY SECRET TOKEN UNTIL, false },
		{ "cut", HEAD "<AssumeRoleResult><Credentials>" KEY SECRET TOKEN UNTIL,
		  false },
		{ "cut at its end",
		  HEAD "<AssumeRoleResult><Credentials>" KEY SECRET TOKEN UNTIL
		       "</Credentials></AssumeRoleResult></AssumeRoleRes",
		  false },
		{ "more after it", ANSWER(KEY SECRET TOKEN UNTIL) "{}", false },
		{ "more before it", "[" ANSWER(KEY SECRET TOKEN UNTIL), false },
		{ "JSON", "{\"AssumeRoleResponse\":{}}", false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct sts_credentials got = { .expires_at = 7 };
		struct err err = { .text = "" };
		int result = sts_read(slice_text(rows[i].answer), &got, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].good ? 0 : -1);
		CHECK(slice_find(slice_text(err.text), SLICE("unit/test")) < 0);
		if (!rows[i].good) {
			CHECK_INT(got.expires_at, 7);
			continue;
		}
		CHECK_SLICE(got.access_key_id, SLICE("ASIAUNITTESTEXAMPLE1"));
		CHECK_SLICE(got.secret_access_key, SLICE("unit/test+secretEXAMPLEKEY"));
		CHECK_SLICE(got.session_token, SLICE("unit/test+tokenEXAMPLE=="));
		CHECK_INT(got.expires_at, 1769597995000000);
	}
}

static void test_too_long(void)
{
	size_t len = LIMIT_API_ERROR_BYTES + 1;
	AUTO_FREE char *text = memory_new(len, 1);
	struct sts_credentials got;
	struct err err;

	memset(text, '<', len);
	CHECK_INT(sts_read(slice_of(text, len), &got, &err), -1);
	CHECK_INT(err.code, ERR_LIMIT);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "questions", test_questions },
		{ "answers", test_answers },
		{ "too long", test_too_long },
		{ NULL, NULL },
	};

	return check_run("courier/aws/sts", tests);
}
