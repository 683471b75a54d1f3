/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/activity.h"

#include "base/json.h"
#include "base/limits.h"
#include "courier/answer.h"

#define LIST_PATH "/providers/Microsoft.Insights/eventtypes/management/values"

static const struct {
	struct slice attribute;
	bool (*is_valid)(struct slice value);
} attributes[] = {
	{ { "resourceGroupName", 17 }, azure_group_is_valid },
	{ { "correlationId", 13 }, azure_guid_is_valid },
	/* a provider's name is of the same bytes as a group's */
	{ { "resourceProvider", 16 }, azure_group_is_valid },
};

/* ---- questions --------------------------------------------------------------------- */

static int check_attribute(const struct ask_page *page, struct err *err)
{
	if (page->attribute.len == 0 && page->value.len == 0)
		return 0;
	for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
		if (!slice_equal(page->attribute, attributes[i].attribute))
			continue;
		if (attributes[i].is_valid(page->value))
			return 0;
		return err_set(err, ERR_USAGE, "the attribute's value cannot be sent");
	}
	return err_set(err, ERR_USAGE, "no attribute that is asked for");
}

int azure_activity_check(const struct ask_page *page, struct err *err)
{
	if (check_attribute(page, err) < 0)
		return -1;
	if (page->from < US_TIME_MIN || page->until > US_TIME_MAX ||
	    page->from > page->until)
		return err_set(err, ERR_USAGE, "the time asked for is none");
	return 0;
}

static us_time rounded_up(us_time time)
{
	us_time up = (time + US_PER_SECOND - 1) / US_PER_SECOND * US_PER_SECOND;

	return up > US_TIME_MAX ? time : up;
}

/* "eventTimestamp ge '...' and eventTimestamp le '...' and correlationId eq '...'": what
 * was checked has no quote in it. */
static void write_filter(const struct ask_page *page, struct buf *filter)
{
	char from[TIME_TEXT_BYTES], until[TIME_TEXT_BYTES];

	time_to_rfc3339(page->from / US_PER_SECOND * US_PER_SECOND, from);
	time_to_rfc3339(rounded_up(page->until), until);
	buf_append_format(filter, "eventTimestamp ge '%s' and eventTimestamp le '%s'",
			  from, until);
	if (page->attribute.len)
		buf_append_format(filter, " and %.*s eq '%.*s'",
				  SLICE_ARG(page->attribute), SLICE_ARG(page->value));
}

int azure_activity_first(const struct azure_list *list, const struct ask_page *page,
			 struct buf *url, struct err *err)
{
	AUTO_BUF struct buf filter = BUF_LIMIT(1024);

	write_filter(page, &filter);
	buf_append_format(url,
			  "%s/subscriptions/%s" LIST_PATH
			  "?api-version=2015-04-01&%%24filter=",
			  list->origin->url, list->subscription);
	if (buf_overflowed(&filter) || !origin_append_encoded(url, buf_slice(&filter)))
		return err_set(err, ERR_LIMIT, "the question is too long");
	return 0;
}

/* ---- links ------------------------------------------------------------------------- */

/* Consumes a part of a path, whatever its case. */
static bool take_part(struct slice *text, const char *part)
{
	struct slice wanted = slice_text(part);

	if (!slice_equal_ignoring_case(slice_first(*text, wanted.len), wanted))
		return false;
	*text = slice_skip(*text, wanted.len);
	return true;
}

static bool is_same_list(const struct azure_list *list, struct slice rest)
{
	return take_part(&rest, "/subscriptions/") &&
	       take_part(&rest, list->subscription) && take_part(&rest, LIST_PATH) &&
	       slice_starts_with(rest, SLICE("?"));
}

/* Links come with the filter's blanks and quotes as they are, or encoded. False for bytes
 * that have no place in a URL. */
static bool append_tidy(struct buf *url, struct slice rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		char byte = rest.ptr[i];

		if (byte == ' ')
			buf_append_text(url, "%20");
		else if (byte > ' ' && byte <= '~' && byte != '#' && byte != '\\')
			buf_append_byte(url, byte);
		else
			return false;
	}
	return true;
}

int azure_activity_follow(const struct azure_list *list, struct slice link,
			  struct buf *url, struct err *err)
{
	struct slice rest;

	if (link.len > LIMIT_PAGE_TOKEN_BYTES)
		return err_set(err, ERR_LIMIT, "the link to the next page is too long");
	if (!origin_holds(list->origin, link, &rest) || !is_same_list(list, rest))
		return err_set(err, ERR_FORMAT,
			       "the link to the next page leads away from '%s' or from "
			       "this list: it is not followed",
			       list->origin->host);
	buf_append_text(url, list->origin->url);
	if (!append_tidy(url, rest))
		return err_set(err, ERR_FORMAT,
			       "the link to the next page is no valid URL");
	if (buf_overflowed(url))
		return err_set(err, ERR_LIMIT, "the link to the next page is too long");
	return 0;
}

static int read_link(const struct azure_list *list, struct slice value, struct buf *next,
		     struct err *err)
{
	AUTO_JSON json_t *link = NULL;

	if (value.len == 0 || slice_equal(value, SLICE("null")))
		return 0;
	/* six bytes are the longest escape of one */
	if (value.len > 6 * LIMIT_PAGE_TOKEN_BYTES)
		return err_set(err, ERR_LIMIT, "the link to the next page is too long");
	if (json_read(value, &link, err) < 0)
		return err_add(err, "the link to the next page is unreadable");
	if (!json_is_string(link))
		return err_set(err, ERR_FORMAT, "the link to the next page is none");
	if (json_slice(link).len == 0)
		return 0;
	return azure_activity_follow(list, json_slice(link), next, err);
}

int azure_activity_read(const struct azure_list *list, struct slice page,
			struct buf *next, struct err *err)
{
	struct answer_member members[] = {
		{ .name = "value" },
		{ .name = "nextLink" },
	};

	if (answer_read(page, members, 2, err) < 0)
		return -1;
	if (!slice_starts_with(members[0].value, SLICE("[")))
		return err_set(err, ERR_FORMAT, "it holds no list of events");
	return read_link(list, members[1].value, next, err);
}
