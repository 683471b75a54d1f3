/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each cloud is asked, and what of it proves what: the rows of agent/plane/kinds.h.
 */
#include "agent/plane/azure_quick.h"
#include "agent/plane/kind.h"
#include "agent/plane/sight.h"
#include "tests/support/check.h"

#define SUBSCRIPTION "0a1b2c3d-1111-4222-8333-444455556666"
#define CORRELATION "b0a1c2d3-0000-4000-8000-000000000001"

static const struct identity machines[] = {
	{ .provider = SLICE("aws"),
	  .account = SLICE("111122223333"),
	  .region = SLICE("eu-west-1"),
	  .instance = SLICE("i-0a1b2c3d4e5f60718") },
	{ .provider = SLICE("azure"),
	  .account = SLICE(SUBSCRIPTION),
	  .instance = SLICE("/SUBSCRIPTIONS/" SUBSCRIPTION "/resourcegroups/shop-rg"
			    "/providers/Microsoft.Compute/virtualMachines/web-1") },
	{ .provider = SLICE("gcp"),
	  .account = SLICE("example-shop"),
	  .instance = SLICE("4520031799277581759") },
};

static void test_finding(void)
{
	CHECK(plane_kind_find((struct slice){ NULL, 0 }) ==
	      plane_kind_find(SLICE("AWS")));
	CHECK(plane_kind_find(SLICE("elsewhere")) == NULL);
	CHECK(plane_kind_find(SLICE("azure")) != NULL);
	CHECK(plane_kind_find(SLICE("gcp")) != NULL);
}

/* Canaries first, then witnesses, watches last; every class that a login waits for is
 * asked for. */
static void test_order(void)
{
	for (size_t i = 0; i < COUNT_OF(machines); i++) {
		const struct plane_kind *kind = plane_kind_find(machines[i].provider);
		uint32_t classes = plane_kind_classes(kind), plain = 0;
		int stage = 0;

		check_row(kind->provider);
		for (size_t k = 0; k < kind->query_count; k++) {
			const struct plane_query *query = &kind->queries[k];
			int own = query->is_watch	? 3
				  : query->classes == 0 ? 0
				  : query->is_witness	? 1
							: 2;

			CHECK(own >= stage);
			CHECK(plane_query_is_of_newest(query) == (own < 2));
			CHECK(!query->is_watch || query->classes == 0);
			stage = own;
			plain |= own == 2 ? query->classes : 0;
		}
		CHECK(plain == classes);
		CHECK((kind->optional & ~classes) == 0);
		for (size_t k = 0; k < kind->path_count; k++)
			CHECK((kind->paths[k].classes & ~classes) == 0);
		CHECK(kind->rest_factor >= 1);
		CHECK(plane_kind_advice(kind, REASON_API_DENIED) != NULL);
		CHECK(plane_kind_advice(kind, REASON_WEAK_MATCH) == NULL);
	}
}

static void test_questions(void)
{
	static const struct {
		size_t machine, query;
		enum query_kind kind;
		const char *attribute, *value, *place;
	} rows[] = {
		{ 0, 0, QUERY_TRAIL, "Username", "i-0a1b2c3d4e5f60718",
		  "111122223333/eu-west-1" },
		{ 1, 0, QUERY_ACTIVITY, "", "", SUBSCRIPTION "/shop-rg" },
		{ 1, 1, QUERY_ACTIVITY, "resourceGroupName", "shop-rg",
		  SUBSCRIPTION "/shop-rg" },
		{ 2, 0, QUERY_ENTRIES, "newest", "", "example-shop/4520031799277581759" },
		{ 2, 1, QUERY_ENTRIES, "newest-data-access", "",
		  "example-shop/4520031799277581759" },
		{ 2, 2, QUERY_ENTRIES, "doors", "4520031799277581759",
		  "example-shop/4520031799277581759" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct identity *own = &machines[rows[i].machine];
		const struct plane_kind *kind = plane_kind_find(own->provider);
		struct ask_page question = { 0 };
		char place[PLANE_PLACE_BYTES];

		check_row(rows[i].place);
		kind->ask(&kind->queries[rows[i].query], own, &question);
		CHECK_UINT(question.query, rows[i].kind);
		CHECK_SLICE(question.attribute, slice_text(rows[i].attribute));
		CHECK_SLICE(question.value, slice_text(rows[i].value));
		CHECK_SLICE(question.region, own->region);
		plane_place_of(kind, own, place);
		CHECK_TEXT(place, rows[i].place);
	}
}

static void test_groups(void)
{
	static const struct {
		const char *instance, *group;
	} rows[] = {
		{ "/subscriptions/s/resourceGroups/g/providers/x", "g" },
		{ "/subscriptions/s/resourceGroups/g", "" },
		{ "/subscriptions/s/other/g/providers", "" },
		{ "subscriptions/s/resourceGroups/g/providers", "" },
		{ "/s/s/resourceGroups/g/providers", "" },
		{ "web-1", "" },
		{ "", "" },
	};
	const struct plane_kind *kind = plane_kind_find(SLICE("azure"));

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct identity own = { .instance = slice_text(rows[i].instance) };

		check_row(rows[i].instance);
		CHECK_SLICE(kind->part(&own), slice_text(rows[i].group));
	}
}

static void test_waited_for(void)
{
	static const struct {
		const char *provider;
		enum path path;
		uint32_t classes;
	} rows[] = {
		{ "aws", PATH_AWS_SSM_SESSION,
		  LOG_CLASS_BIT(LOG_CLASS_SSM) | LOG_CLASS_BIT(LOG_CLASS_ECS) },
		{ "aws", PATH_LOCAL, 0 },
		{ "azure", PATH_AZURE_SERIAL_CONSOLE,
		  LOG_CLASS_BIT(LOG_CLASS_AZURE_ACTIVITY) },
		{ "azure", PATH_AZURE_BASTION, 0 },
		{ "gcp", PATH_GCP_OS_LOGIN, LOG_CLASS_BIT(LOG_CLASS_GCP_OS_LOGIN) },
		{ "gcp", PATH_GCP_IAP_TUNNEL, LOG_CLASS_BIT(LOG_CLASS_GCP_IAP) },
		{ "gcp", PATH_AZURE_RUN_COMMAND, 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct plane_kind *kind =
			plane_kind_find(slice_text(rows[i].provider));

		check_row(path_word(rows[i].path));
		CHECK_UINT(plane_kind_classes_of(kind, rows[i].path), rows[i].classes);
	}
}

/* ---- Azure, by the correlation id ---- */

struct taken {
	unsigned count;
	char id[64];
};

static void take(void *ctx, const struct event *event)
{
	struct taken *taken = ctx;

	taken->count++;
	snprintf(taken->id, sizeof(taken->id), "%.*s",
		 SLICE_ARG(slice_first(event->api_call.id, 63)));
}

#define RECORD(id, correlation)                                                        \
	"{\"eventDataId\":\"" id "\",\"correlationId\":\"" correlation "\","           \
	"\"operationName\":{\"value\":\"Microsoft.Compute/virtualMachines/runCommand"  \
	"/action\"},\"status\":{\"value\":\"Started\"},\"category\":{\"value\":"       \
	"\"Administrative\"},\"eventTimestamp\":\"2026-03-02T10:00:00.1234567Z\","     \
	"\"submissionTimestamp\":\"2026-03-02T10:01:00.1234567Z\",\"subscriptionId\":" \
	"\"" SUBSCRIPTION "\",\"caller\":\"amy@example.com\",\"resourceId\":"          \
	"\"/subscriptions/" SUBSCRIPTION "/resourceGroups/shop-rg/providers/"          \
	"Microsoft.Compute/virtualMachines/web-1\"}"

static void test_correlation(void)
{
	static const struct {
		const char *name, *answer;
		unsigned count;
	} rows[] = {
		{ "the operation", "{\"value\":[" RECORD("e-1", CORRELATION) "]}", 1 },
		{ "another", "{\"value\":[" RECORD("e-1", "other") "]}", 0 },
		{ "both",
		  "{\"value\":[" RECORD("e-2", "other") "," RECORD("e-1",
								   CORRELATION) "]}",
		  1 },
		{ "in capitals",
		  "{\"value\":[" RECORD("e-1",
					"B0A1C2D3-0000-4000-8000-000000000001") "]}",
		  1 },
		{ "nothing", "{\"value\":[]}", 0 },
		{ "cut", "{\"value\":[" RECORD("e-1", CORRELATION), 1 },
		{ "no log", "<html>", 0 },
		{ "empty", "", 0 },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct taken taken = { 0 };
		const struct emitter emitter = { take, &taken };

		check_row(rows[i].name);
		plane_quick_azure.read(QUERY_ACTIVITY, SLICE(CORRELATION),
				       slice_text(rows[i].answer), &emitter);
		CHECK_UINT(taken.count, rows[i].count);
		CHECK_TEXT(taken.id, rows[i].count ? "e-1" : "");
	}
}

static void test_correlation_question(void)
{
	struct ask_page question = { .region = SLICE("westeurope") };

	plane_quick_azure.ask(100 * US_PER_DAY, &question);
	CHECK_SLICE(question.attribute, SLICE("correlationId"));
	CHECK(question.from < 99 * US_PER_DAY && question.until > 100 * US_PER_DAY);
	CHECK_SLICE(question.region, SLICE(""));
	plane_quick_azure.ask(US_TIME_MIN, &question);
	CHECK_INT(question.from, US_TIME_MIN);
	plane_quick_azure.ask(US_TIME_MAX, &question);
	CHECK_INT(question.until, US_TIME_MAX);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "finding", test_finding },
		{ "order", test_order },
		{ "questions", test_questions },
		{ "groups", test_groups },
		{ "waited for", test_waited_for },
		{ "by the correlation id", test_correlation },
		{ "its question", test_correlation_question },
		{ NULL, NULL },
	};

	return check_run("agent/plane/kinds", tests);
}
