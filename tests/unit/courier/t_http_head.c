/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/http_head.h"

#include "base/buf.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "tests/support/check.h"

#define NOON ((us_time)784111777 * US_PER_SECOND)
#define MAX_SECONDS (366 * 24 * 3600)

static void test_dates(void)
{
	static const struct {
		const char *text;
		us_time want; /* US_TIME_NONE = refused */
	} rows[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", NOON },
		{ "Thu, 29 Feb 2024 00:00:00 GMT", 1709164800 * US_PER_SECOND },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", 253402300799 * US_PER_SECOND },
		{ "Sun, 06 Nov 1994 08:49:37 UTC", US_TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37 GMT ", US_TIME_NONE },
		{ "Sun, 06 Nov 1994 08:49:37", US_TIME_NONE },
		{ "Sun,06 Nov 1994 08:49:37 GMT", US_TIME_NONE },
		{ "Sun, 6 Nov 1994 08:49:37 GMT", US_TIME_NONE },
		{ "Sun, 06 Now 1994 08:49:37 GMT", US_TIME_NONE },
		{ "Sun, 06 Nov 94 08:49:37 GMT", US_TIME_NONE },
		{ "Sun, 31 Nov 1994 08:49:37 GMT", US_TIME_NONE },
		{ "Thu, 29 Feb 2023 00:00:00 GMT", US_TIME_NONE },
		{ "Sun, 06 Nov 1969 08:49:37 GMT", US_TIME_NONE },
		{ "Sun, 06 Nov 1994 24:49:37 GMT", US_TIME_NONE },
		{ "Sun, 06 Nov 1994 +8:49:37 GMT", US_TIME_NONE },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", US_TIME_NONE },
		{ "Sun Nov  6 08:49:37 1994", US_TIME_NONE },
		{ "Sun, ", US_TIME_NONE },
		{ "", US_TIME_NONE },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		us_time got = US_TIME_NONE;

		check_row(rows[i].text);
		CHECK_INT(http_date(slice_text(rows[i].text), &got),
			  rows[i].want != US_TIME_NONE);
		CHECK_INT(got, rows[i].want);
	}
}

static void test_retry_after(void)
{
	static const struct {
		const char *value, *date;
		us_span want;
	} rows[] = {
		{ "7", NULL, 7 * US_PER_SECOND },
		{ " 120 ", NULL, 120 * US_PER_SECOND },
		{ "0", NULL, 0 },
		{ "86400", NULL, US_PER_DAY },
		{ "86401", NULL, US_PER_DAY },
		{ "99999999999999999999", NULL, 0 },
		{ "-1", NULL, 0 },
		{ "1.5", NULL, 0 },
		{ "soon", NULL, 0 },
		{ "", NULL, 0 },
		{ "Sun, 06 Nov 1994 08:50:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT",
		  US_PER_MINUTE },
		{ "Sun, 06 Nov 1994 08:50:37 GMT", NULL, US_PER_MINUTE },
		{ "Sun, 06 Nov 1994 08:48:37 GMT", NULL, 0 },
		{ "Sun, 06 Nov 2094 08:48:37 GMT", NULL, US_PER_DAY },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf line = BUF_LIMIT(1000);
		struct http_head head;

		check_row(rows[i].value);
		http_head_init(&head);
		buf_append_format(&line, "retry-after:%s\r\n", rows[i].value);
		CHECK(http_head_add(&head, buf_slice(&line)));
		buf_clear(&line);
		buf_append_format(&line, "DATE: %s\r\n",
				  rows[i].date ? rows[i].date : "");
		CHECK(http_head_add(&head, buf_slice(&line)));
		CHECK_INT(http_head_retry_after(&head, NOON), rows[i].want);
	}
}

static void test_error_types(void)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{ "AccessDeniedException", "AccessDeniedException" },
		{ " ThrottlingException:http://internal.example.com/x/ ",
		  "ThrottlingException" },
		{ "A.b_c-9,x", "A.b_c-9" },
		{ "", "" },
		{ ":", "" },
		{ "\x1b[31m", "" },
		{ "Ex\xc3\xa9", "Ex" },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf line = BUF_LIMIT(1000);
		struct http_head head;

		check_row(rows[i].value);
		http_head_init(&head);
		buf_append_format(&line, "X-Amzn-errortype:%s\n", rows[i].value);
		CHECK(http_head_add(&head, buf_slice(&line)));
		CHECK_TEXT(head.error_type, rows[i].want);
	}
}

static void test_flags(void)
{
	static const struct {
		const char *line;
		bool is_google, is_exhausted;
	} rows[] = {
		{ "Metadata-Flavor: Google\r\n", true, false },
		{ "metadata-flavor:Google\r\n", true, false },
		{ "Metadata-Flavor: google\r\n", false, false },
		{ "Metadata-Flavor: Googles\r\n", false, false },
		{ "X-Metadata-Flavor: Google\r\n", false, false },
		{ "x-ms-ratelimit-remaining-subscription-reads: 0\r\n", false, true },
		{ "X-Ms-Ratelimit-Remaining-Subscription-Reads: 11999\r\n", false,
		  false },
		{ "x-ms-ratelimit-remaining-subscription-reads: \r\n", false, false },
		{ "x-ms-ratelimit-remaining-subscription-writes: 0\r\n", false, false },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct http_head head;

		check_row(rows[i].line);
		http_head_init(&head);
		CHECK(http_head_add(&head, slice_text(rows[i].line)));
		CHECK_INT(head.is_google, rows[i].is_google);
		CHECK_INT(head.is_exhausted, rows[i].is_exhausted);
	}
}

static void add(struct http_head *head, const char *line)
{
	CHECK(http_head_add(head, slice_text(line)));
}

static void test_heads_after_each_other(void)
{
	struct http_head head;

	http_head_init(&head);
	add(&head, "HTTP/1.1 103 Early Hints\r\n");
	add(&head, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
	add(&head, "x-amzn-errortype: X\r\n");
	CHECK(!head.is_whole);
	add(&head, "\r\n");
	CHECK(head.is_whole);
	CHECK_INT(head.date, NOON);
	add(&head, "HTTP/1.1 200 OK\r\n");
	CHECK(!head.is_whole);
	CHECK_INT(head.date, US_TIME_NONE);
	CHECK_TEXT(head.error_type, "");
	CHECK_UINT(head.lines, 5);
	add(&head, "no colon\r\n");
	add(&head, ": no name\r\n");
	add(&head, "Dat");
	add(&head, "");
	CHECK_INT(head.date, US_TIME_NONE);
}

static void test_ceilings(void)
{
	AUTO_FREE char *long_line = memory_new(LIMIT_HTTP_HEAD_BYTES + 1, 1);
	struct http_head head;
	int lines = 0;

	http_head_init(&head);
	while (lines <= LIMIT_HTTP_HEAD_LINES &&
	       http_head_add(&head, SLICE("HTTP/1.1 100 Continue\r\n")))
		lines++;
	CHECK_INT(lines, LIMIT_HTTP_HEAD_LINES);

	http_head_init(&head);
	CHECK(http_head_add(&head, slice_of(long_line, LIMIT_HTTP_HEAD_BYTES)));
	CHECK(!http_head_add(&head, slice_of(long_line, 1)));
	http_head_init(&head);
	CHECK(!http_head_add(&head, slice_of(long_line, LIMIT_HTTP_HEAD_BYTES + 1)));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "dates", test_dates },
		{ "Retry-After", test_retry_after },
		{ "error types", test_error_types },
		{ "flags", test_flags },
		{ "heads after each other", test_heads_after_each_other },
		{ "ceilings", test_ceilings },
		{ NULL, NULL },
	};

	return check_run("http_head", tests);
}
