/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/http_head.h"

#include "base/limits.h"

#define RETRY_AFTER_MAX US_PER_DAY
#define SECONDS_MAX ((uint64_t)366 * 24 * 3600)

void http_head_init(struct http_head *head)
{
	*head = (struct http_head){
		.date = US_TIME_NONE,
		.retry_after = -1,
		.retry_after_at = US_TIME_NONE,
	};
}

/* Consumes `count` digits. */
static bool take_digits(struct slice *text, size_t count, int *ret_number)
{
	struct slice digits = slice_first(*text, count);
	uint64_t number;

	if (digits.len != count || !slice_number(digits, 9999, &number))
		return false;
	*text = slice_skip(*text, count);
	*ret_number = (int)number;
	return true;
}

static bool take_month(struct slice *text, int *ret_month)
{
	*ret_month = month_from_name(slice_first(*text, 3));
	*text = slice_skip(*text, 3);
	return *ret_month != 0;
}

bool http_date(struct slice text, us_time *ret_time)
{
	struct civil civil = { 0 };
	struct slice weekday;

	if (!slice_take_until(&text, ',', &weekday) || weekday.len != 3 ||
	    !slice_take_prefix(&text, SLICE(" ")) || !take_digits(&text, 2, &civil.day) ||
	    !slice_take_prefix(&text, SLICE(" ")) || !take_month(&text, &civil.month) ||
	    !slice_take_prefix(&text, SLICE(" ")) ||
	    !take_digits(&text, 4, &civil.year) ||
	    !slice_take_prefix(&text, SLICE(" ")) ||
	    !take_digits(&text, 2, &civil.hour) ||
	    !slice_take_prefix(&text, SLICE(":")) ||
	    !take_digits(&text, 2, &civil.minute) ||
	    !slice_take_prefix(&text, SLICE(":")) ||
	    !take_digits(&text, 2, &civil.second) || !slice_equal(text, SLICE(" GMT")))
		return false;
	if (!civil_valid(&civil))
		return false;
	*ret_time = civil_to_utc(&civil);
	return true;
}

static void set_date(struct http_head *head, struct slice value)
{
	us_time date;

	if (http_date(value, &date))
		head->date = date;
}

static void set_retry_after(struct http_head *head, struct slice value)
{
	uint64_t seconds;
	us_time at;

	if (slice_number(value, SECONDS_MAX, &seconds))
		head->retry_after = (us_span)seconds * US_PER_SECOND;
	else if (http_date(value, &at))
		head->retry_after_at = at;
}

static bool is_word_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '.' || byte == '_' || byte == '-';
}

/* AccessDeniedException:http://internal.example.com/coral/com.example.coral.service/ */
static void set_error_type(struct http_head *head, struct slice value)
{
	size_t len = 0;

	while (len < value.len && len < sizeof(head->error_type) - 1 &&
	       is_word_byte(value.ptr[len])) {
		head->error_type[len] = value.ptr[len];
		len++;
	}
	head->error_type[len] = '\0';
}

static void set_flavor(struct http_head *head, struct slice value)
{
	head->is_google = slice_equal(value, SLICE("Google"));
}

static void set_reads_left(struct http_head *head, struct slice value)
{
	head->is_exhausted = slice_equal(value, SLICE("0"));
}

static const struct {
	struct slice name;
	void (*set)(struct http_head *head, struct slice value);
} fields[] = {
	{ { "Date", 4 }, set_date },
	{ { "Retry-After", 11 }, set_retry_after },
	{ { "x-amzn-ErrorType", 16 }, set_error_type },
	{ { "Metadata-Flavor", 15 }, set_flavor },
	{ { "x-ms-ratelimit-remaining-subscription-reads", 43 }, set_reads_left },
};

/* What an earlier head of the same request said counts no longer. */
static void begin_anew(struct http_head *head)
{
	size_t bytes = head->bytes;
	unsigned lines = head->lines;

	http_head_init(head);
	head->bytes = bytes;
	head->lines = lines;
}

bool http_head_add(struct http_head *head, struct slice line)
{
	struct slice name;

	if (++head->lines > LIMIT_HTTP_HEAD_LINES ||
	    line.len > LIMIT_HTTP_HEAD_BYTES - head->bytes)
		return false;
	head->bytes += line.len;

	slice_take_suffix(&line, SLICE("\n"));
	slice_take_suffix(&line, SLICE("\r"));
	if (slice_starts_with(line, SLICE("HTTP/")))
		begin_anew(head);
	else if (line.len == 0)
		head->is_whole = true;
	else if (slice_take_until(&line, ':', &name)) {
		for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
			if (slice_equal_ignoring_case(name, fields[i].name))
				fields[i].set(head, slice_trim(line));
		}
	}
	return true;
}

us_span http_head_retry_after(const struct http_head *head, us_time now)
{
	us_span span = head->retry_after;

	if (span < 0 && head->retry_after_at != US_TIME_NONE)
		span = head->retry_after_at -
		       (head->date != US_TIME_NONE ? head->date : now);
	if (span < 0)
		return 0;
	return span < RETRY_AFTER_MAX ? span : RETRY_AFTER_MAX;
}
