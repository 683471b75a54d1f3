/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/extent.h"

#include <stdio.h>

#include "base/limits.h"
#include "tests/support/check.h"

static int add(struct extents *extents, const char *account, const char *region,
	       const char *source, us_time happened_at)
{
	struct err err;
	struct extent_record record = {
		.account = slice_text(account),
		.region = slice_text(region),
		.source = slice_text(source),
		.happened_at = happened_at,
	};

	return extents_add(extents, &record, &err);
}

static void test_order_and_bounds(void)
{
	struct extents *extents = extents_new();
	const struct api_extent *list;
	size_t count;

	CHECK_INT(add(extents, "111122223333", "eu-west-1", "ssm.amazonaws.com", 50), 0);
	CHECK_INT(add(extents, "444455556666", "eu-west-1", "", 10), 0);
	CHECK_INT(add(extents, "111122223333", "eu-west-1", "ecs.amazonaws.com", 20), 0);
	CHECK_INT(add(extents, "111122223333", "eu-west-1", "SSM.amazonaws.com", 70), 0);
	CHECK_INT(add(extents, "111122223333", "", "kms.amazonaws.com", 5), 0);

	list = extents_list(extents, &count);
	CHECK_UINT(count, 3);
	CHECK_TEXT(list[0].account, "111122223333");
	CHECK_TEXT(list[0].region, "eu-west-1");
	CHECK_INT(list[0].first, 20);
	CHECK_INT(list[0].last, 70);
	CHECK_UINT(list[0].records, 3);
	CHECK_UINT(list[0].source_count, 2);
	CHECK_UINT(list[0].class_bits, 1U << LOG_CLASS_SSM | 1U << LOG_CLASS_ECS);
	CHECK(!list[0].other_sources);
	CHECK_TEXT(list[1].account, "444455556666");
	CHECK_UINT(list[1].source_count, 0);
	CHECK(!list[1].other_sources);
	CHECK_TEXT(list[2].region, "");
	CHECK(list[2].other_sources);
	extents_free(extents);
}

/* Logs of one account are apart, whatever they hold. */
static void test_logs(void)
{
	static const struct {
		enum api_log log;
		const char *source;
		us_time happened_at;
	} rows[] = {
		{ API_LOG_AZURE_ACTIVITY, "Microsoft.Compute", 10 },
		{ API_LOG_AZURE_BASTION, "Microsoft.Network", 1 },
		{ API_LOG_AZURE_ACTIVITY, "MICROSOFT.COMPUTE", 30 },
		{ API_LOG_AZURE_ACTIVITY, "Microsoft.Web", 20 },
		{ API_LOG_AZURE_OTHER, "Microsoft.KeyVault", 90 },
	};
	struct extents *extents = extents_new();
	const struct api_extent *list;
	size_t count;
	struct err err;

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		const struct extent_record record = {
			.log = rows[i].log,
			.account = SLICE("s"),
			.source = slice_text(rows[i].source),
			.happened_at = rows[i].happened_at,
		};

		CHECK_OK(extents_add(extents, &record, &err), &err);
	}
	list = extents_list(extents, &count);
	CHECK_UINT(count, 3);
	CHECK_INT(list[0].log, API_LOG_AZURE_ACTIVITY);
	CHECK_INT(list[0].first, 10);
	CHECK_INT(list[0].last, 30);
	CHECK_UINT(list[0].class_bits, 1U << LOG_CLASS_AZURE_ACTIVITY);
	CHECK_UINT(list[0].source_count, 2);
	CHECK(list[0].other_sources);
	CHECK_TEXT(list[0].other_source, "Microsoft.Web");
	CHECK_INT(list[1].log, API_LOG_AZURE_BASTION);
	CHECK_UINT(list[1].class_bits, 1U << LOG_CLASS_AZURE_BASTION);
	CHECK(!list[1].other_sources);
	CHECK_INT(list[2].log, API_LOG_AZURE_OTHER);
	CHECK_UINT(list[2].class_bits, 0);
	extents_free(extents);
}

static void test_many_sources(void)
{
	struct extents *extents = extents_new();
	const struct api_extent *list;
	size_t count;

	for (int i = 0; i < 1000; i++) {
		char source[32];

		snprintf(source, sizeof(source), "s%d.amazonaws.com", i % 500);
		CHECK_INT(add(extents, "a", "r", source, i), 0);
	}
	CHECK_INT(add(extents, "a", "r", "ssm.amazonaws.com", 0), 0);
	list = extents_list(extents, &count);
	CHECK_UINT(count, 1);
	CHECK_UINT(list[0].source_count, 64);
	CHECK_UINT(list[0].class_bits, 1U << LOG_CLASS_SSM);
	extents_free(extents);
}

static void test_ceilings(void)
{
	struct extents *extents = extents_new();
	char name[LIMIT_API_PLACE_BYTES + 2];
	size_t count;

	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	CHECK_INT(add(extents, name, "r", "", 0), -1);
	CHECK_INT(add(extents, "a", name, "", 0), -1);
	for (size_t i = 0; i < LIMIT_API_EXTENTS; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		if (add(extents, name, "r", "", 0) < 0)
			break;
	}
	CHECK_INT(add(extents, "one more", "r", "", 0), -1);
	CHECK_INT(add(extents, "17", "r", "", 0), 0);
	extents_list(extents, &count);
	CHECK_UINT(count, LIMIT_API_EXTENTS);
	extents_free(extents);
	extents_free(NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "order and bounds", test_order_and_bounds },
		{ "logs", test_logs },
		{ "many sources", test_many_sources },
		{ "ceilings", test_ceilings },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/extent", tests);
}
