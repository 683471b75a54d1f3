/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/aws/cloudtrail.h"

#include "base/json.h"
#include "base/limits.h"
#include "courier/answer.h"

/* The longest value that an attribute may have (API reference, LookupAttribute). */
#define VALUE_BYTES_MAX 2000

static const int64_t page_sizes[] = { 50, 10, 1 };

static const struct slice attributes[] = {
	{ "EventName", 9 },
	{ "EventSource", 11 },
	{ "Username", 8 },
};

static bool is_attribute(struct slice name)
{
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (slice_equal(name, attributes[i]))
			return true;
	}
	return false;
}

static bool is_value(struct slice value)
{
	if (value.len == 0 || value.len > VALUE_BYTES_MAX)
		return false;
	for (size_t i = 0; i < value.len; i++) {
		if (value.ptr[i] < 0x20 || value.ptr[i] > 0x7e)
			return false;
	}
	return true;
}

static int check(const struct ask_page *page, struct err *err)
{
	if (!is_attribute(page->attribute))
		return err_set(err, ERR_USAGE, "no attribute that is asked for");
	if (!is_value(page->value))
		return err_set(err, ERR_USAGE, "the attribute's value cannot be sent");
	if (page->from < US_TIME_MIN || page->until > US_TIME_MAX ||
	    page->from > page->until)
		return err_set(err, ERR_USAGE, "the time asked for is none");
	if (!answer_token_valid(page->token))
		return err_set(err, ERR_USAGE, "the page token cannot be sent");
	return 0;
}

static int write_lookup(const struct ask_page *page, unsigned turn, struct buf *body,
			struct err *err)
{
	struct json_writer writer;

	if (check(page, err) < 0)
		return -1;
	json_begin(&writer, body);
	json_open_object(&writer, NULL);
	json_put_number(&writer, "StartTime", page->from / US_PER_SECOND);
	json_put_number(&writer, "EndTime",
			(page->until + US_PER_SECOND - 1) / US_PER_SECOND);
	json_open_array(&writer, "LookupAttributes");
	json_open_object(&writer, NULL);
	json_put_text(&writer, "AttributeKey", page->attribute);
	json_put_text(&writer, "AttributeValue", page->value);
	json_close_object(&writer);
	json_close_array(&writer);
	json_put_number(&writer, "MaxResults", page_sizes[turn]);
	if (page->token.len)
		json_put_text(&writer, "NextToken", page->token);
	json_close_object(&writer);
	if (buf_overflowed(body))
		return err_set(err, ERR_LIMIT, "the question is too long");
	return 0;
}

static int read_lookup(struct slice body, struct buf *token, bool *ret_empty,
		       struct err *err)
{
	struct answer_member members[] = {
		{ .name = "Events" },
		{ .name = "NextToken" },
	};

	if (answer_read(body, members, 2, err) < 0)
		return -1;
	if (!slice_starts_with(members[0].value, SLICE("[")))
		return err_set(err, ERR_FORMAT, "it holds no list of events");
	if (answer_token(members[1].value, token, err) < 0)
		return -1;
	/* an empty page proves something too: nothing else is asked */
	*ret_empty = false;
	return 0;
}

const struct aws_query query_trail = {
	.service = "cloudtrail",
	.target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents",
	.permission = "cloudtrail:LookupEvents",
	.turns = sizeof(page_sizes) / sizeof(page_sizes[0]),
	.write = write_lookup,
	.read = read_lookup,
};
