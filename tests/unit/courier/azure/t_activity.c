/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/azure/activity.h"

#include "base/limits.h"
#include "tests/support/check.h"

#define SECOND US_PER_SECOND
#define SUBSCRIPTION "11111111-2222-3333-4444-555555555555"
#define GUID "5c0ffee0-0000-4000-8000-00000000000A"
#define HERE "https://management.azure.com"
#define LIST                                                                 \
	HERE "/subscriptions/" SUBSCRIPTION "/providers/Microsoft.Insights/" \
	     "eventtypes/management/values"
#define QUESTION LIST "?api-version=2015-04-01&%24filter="
/* 100 s and 200 s after the epoch */
#define SPAN                                                         \
	"eventTimestamp%20ge%20%271970-01-01T00%3A01%3A40Z%27%20and" \
	"%20eventTimestamp%20le%20%271970-01-01T00%3A03%3A20Z%27"

static struct origin origin;

static struct azure_list make_list(void)
{
	struct err err;

	CHECK_OK(origin_read(HERE, &origin, &err), &err);
	return (struct azure_list){ &origin, SUBSCRIPTION };
}

static void test_questions(void)
{
	static const struct {
		const char *name, *attribute, *value;
		us_time from, until;
		const char *want; /* NULL = it cannot be asked */
	} rows[] = {
		{ "all", "", "", 100 * SECOND, 200 * SECOND, QUESTION SPAN },
		{ "fractions", "", "", 101 * SECOND - 1, 199 * SECOND + 1,
		  QUESTION SPAN },
		{ "a group", "resourceGroupName", "web_RG.1-(x)", 100 * SECOND,
		  200 * SECOND,
		  QUESTION SPAN "%20and%20resourceGroupName%20eq%20%27"
				"web_RG.1-%28x%29%27" },
		{ "a group in another script", "resourceGroupName", "gr\xc3\xbcn",
		  100 * SECOND, 200 * SECOND,
		  QUESTION SPAN "%20and%20resourceGroupName%20eq%20%27gr%C3%BCn%27" },
		{ "a correlation id", "correlationId", GUID, 100 * SECOND, 200 * SECOND,
		  QUESTION SPAN "%20and%20correlationId%20eq%20%27" GUID "%27" },
		{ "the last second", "", "", US_TIME_MAX, US_TIME_MAX,
		  QUESTION "eventTimestamp%20ge%20%279999-12-31T23%3A59%3A59Z%27%20and"
			   "%20eventTimestamp%20le%20%27"
			   "9999-12-31T23%3A59%3A59.999999Z%27" },
		{ "a group without a name", "resourceGroupName", "", 1, 2, NULL },
		{ "a quote", "resourceGroupName", "a'b", 1, 2, NULL },
		{ "a blank", "resourceGroupName", "a b", 1, 2, NULL },
		{ "a slash", "resourceGroupName", "a/b", 1, 2, NULL },
		{ "a control byte", "resourceGroupName", "a\n", 1, 2, NULL },
		{ "a correlation id that is none", "correlationId", "5c0ffee0", 1, 2,
		  NULL },
		{ "another attribute", "caller", "alice", 1, 2, NULL },
		{ "its case", "correlationid", GUID, 1, 2, NULL },
		{ "a value alone", "", "x", 1, 2, NULL },
		{ "backwards", "", "", 2, 1, NULL },
		{ "no time", "", "", US_TIME_NONE, US_TIME_NONE, NULL },
		{ "past all years", "", "", 0, INT64_MAX, NULL },
	};
	struct azure_list list = make_list();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf url = BUF_LIMIT(4096);
		struct ask_page page = {
			.attribute = slice_text(rows[i].attribute),
			.value = slice_text(rows[i].value),
			.from = rows[i].from,
			.until = rows[i].until,
		};
		struct err err = { .text = "" };

		check_row(rows[i].name);
		CHECK_INT(azure_activity_check(&page, &err), rows[i].want ? 0 : -1);
		if (!rows[i].want)
			continue;
		CHECK_OK(azure_activity_first(&list, &page, &url, &err), &err);
		CHECK_TEXT(buf_text(&url), rows[i].want);
	}
}

static void test_links(void)
{
	static const struct {
		const char *name, *link, *want; /* NULL = not followed */
	} rows[] = {
		{ "as it should be", LIST "?api-version=2015-04-01&$skiptoken=x",
		  LIST "?api-version=2015-04-01&$skiptoken=x" },
		{ "its port, another case, blanks",
		  "https://Management.azure.com:443/subscriptions/" SUBSCRIPTION
		  "/providers/microsoft.insights/eventtypes/management/values?"
		  "$filter=eventTimestamp ge '2026'&$skiptoken=x",
		  HERE "/subscriptions/" SUBSCRIPTION
		       "/providers/microsoft.insights/eventtypes/management/values?"
		       "$filter=eventTimestamp%20ge%20'2026'&$skiptoken=x" },
		{ "another host", "https://attacker.example/subscriptions/", NULL },
		{ "plain", "http://management.azure.com/subscriptions/", NULL },
		{ "no question", LIST, NULL },
		{ "another list", HERE "/subscriptions/" SUBSCRIPTION "/resources?x",
		  NULL },
		{ "below", LIST "/x?y", NULL },
		{ "another subscription",
		  HERE "/subscriptions/99999999-2222-3333-4444-555555555555/providers/"
		       "Microsoft.Insights/eventtypes/management/values?x",
		  NULL },
		{ "upwards", HERE "/x/../subscriptions/" SUBSCRIPTION "/?x", NULL },
		{ "a fragment", LIST "?x#y", NULL },
		{ "a backslash", LIST "?x\\y", NULL },
		{ "a control byte", LIST "?x\r\ny", NULL },
		{ "past ASCII", LIST "?\xc3\xa9", NULL },
		{ "nothing", "", NULL },
	};
	struct azure_list list = make_list();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf url = BUF_LIMIT(4096);
		struct err err = { .text = "" };
		int result = azure_activity_follow(&list, slice_text(rows[i].link), &url,
						   &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].want ? 0 : -1);
		if (rows[i].want)
			CHECK_TEXT(buf_text(&url), rows[i].want);
		else
			CHECK(strlen(err.text) > 0);
	}
}

static void test_pages(void)
{
	static const struct {
		const char *name, *page, *next; /* NULL = it is no page */
	} rows[] = {
		{ "empty", "{\"value\":[]}", "" },
		{ "the last", "{\"value\":[{\"a\":1}],\"nextLink\":null}", "" },
		{ "an empty link", "{\"value\":[],\"nextLink\":\"\"}", "" },
		{ "a page", "{\"nextLink\":\"" LIST "?x=\\u0041\",\"value\":[]}",
		  LIST "?x=A" },
		{ "what jansson refuses", "{\"value\":[{\"a\":\"\\ud800\"}]}", "" },
		{ "a link that leads away",
		  "{\"value\":[],\"nextLink\":\"https://attacker.example/\"}", NULL },
		{ "a link that is a number", "{\"value\":[],\"nextLink\":7}", NULL },
		{ "a link that is a list", "{\"value\":[],\"nextLink\":[]}", NULL },
		{ "two links", "{\"value\":[],\"nextLink\":null,\"nextLink\":null}",
		  NULL },
		{ "a name in disguise", "{\"value\":[],\"next\\u004cink\":null}", NULL },
		{ "no list", "{\"nextLink\":null}", NULL },
		{ "null", "{\"value\":null}", NULL },
		{ "an object", "{\"value\":{}}", NULL },
		{ "an error", "{\"error\":{\"code\":\"x\"}}", NULL },
		{ "a list", "[]", NULL },
		{ "cut", "{\"value\":[]", NULL },
		{ "nothing", "", NULL },
	};
	struct azure_list list = make_list();

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		AUTO_BUF struct buf next = BUF_LIMIT(LIMIT_PAGE_TOKEN_BYTES);
		struct err err;
		int result =
			azure_activity_read(&list, slice_text(rows[i].page), &next, &err);

		check_row(rows[i].name);
		CHECK_INT(result, rows[i].next ? 0 : -1);
		if (rows[i].next)
			CHECK_TEXT(buf_text(&next), rows[i].next);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "questions", test_questions },
		{ "links", test_links },
		{ "pages", test_pages },
		{ NULL, NULL },
	};

	return check_run("courier/azure/activity", tests);
}
