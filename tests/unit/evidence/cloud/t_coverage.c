/* SPDX-License-Identifier: Apache-2.0 */
#include "evidence/cloud/coverage.h"

#include <stdio.h>

#include "base/buf.h"
#include "tests/support/check.h"

#define BIT(log_class) (UINT32_C(1) << (log_class))
#define S(count) ((count)*US_PER_SECOND)

/* Every event as "+ account/region class from-until " or "- from-until ". */
static void write_event(void *ctx, const struct event *event)
{
	const struct progress *progress = &event->progress;
	struct buf *buf = ctx;

	if (event->kind == EVENT_API_HOLE) {
		buf_append_format(buf, "-%d-%d ", (int)(progress->from / US_PER_SECOND),
				  (int)(progress->until / US_PER_SECOND));
		return;
	}
	CHECK_INT(event->kind, EVENT_PROGRESS);
	CHECK_INT(event->happened_at, progress->until);
	buf_append_format(buf, "+%.*s/%.*s %s %d-%d ", SLICE_ARG(progress->account),
			  SLICE_ARG(progress->region),
			  progress->every_class ? "all"
						: log_class_word(progress->log_class),
			  (int)(progress->from / US_PER_SECOND),
			  (int)(progress->until / US_PER_SECOND));
}

struct row {
	const char *name;
	struct {
		struct api_extent extent;
		bool is_complete;
	} files[3];
	us_time limit; /* 0: none */
	const char *want;
};

static void test_rows(void)
{
	static const struct row rows[] = {
		{ .name = "nothing", .want = "" },
		{ .name = "a door's own source",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } } },
		  .want = "+1/eu ssm.amazonaws.com 10-20 " },
		{ .name = "two sources, one no door",
		  .files = { { { "1", "eu", S(10), S(20), 5, 0, true, 2, "" } } },
		  .want = "+1/eu ec2-instance-connect.amazonaws.com 10-20 "
			  "+1/eu ssm.amazonaws.com 10-20 +1/eu ecs.amazonaws.com "
			  "10-20 +1/eu ec2.amazonaws.com 10-20 " },
		{ .name = "a door and another source",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_ECS), true, 2,
				 "" } } },
		  .want = "+1/eu ec2-instance-connect.amazonaws.com 10-20 "
			  "+1/eu ssm.amazonaws.com 10-20 +1/eu ecs.amazonaws.com "
			  "10-20 +1/eu ec2.amazonaws.com 10-20 " },
		{ .name = "one source that is no door",
		  .files = { { { "1", "eu", S(10), S(20), 5, 0, true, 1, "" } } },
		  .want = "" },
		{ .name = "one other source in one file, another in the other",
		  .files = { { { "1", "eu", S(10), S(20), 5, 0, true, 1, "kms" } },
			     { { "1", "eu", S(10), S(30), 5, 0, true, 1, "sts" } } },
		  .want = "+1/eu ec2-instance-connect.amazonaws.com 10-30 "
			  "+1/eu ssm.amazonaws.com 10-30 +1/eu ecs.amazonaws.com "
			  "10-30 +1/eu ec2.amazonaws.com 10-30 " },
		{ .name = "the same other source in two files",
		  .files = { { { "1", "eu", S(10), S(20), 5, 0, true, 1, "kms" } },
			     { { "1", "eu", S(10), S(30), 5, 0, true, 1, "KMS" } } },
		  .want = "" },
		{ .name = "files together",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } },
			     { { "1", "eu", S(40), S(50), 5, 0, false, 0, "" } },
			     { { "1", "eu", S(5), S(6), 5, 0, false, 0, "" } } },
		  .want = "+1/eu ssm.amazonaws.com 5-50 " },
		{ .name = "sources of two files",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } },
			     { { "1", "eu", S(15), S(30), 5, 0, true, 1, "" } } },
		  .want = "+1/eu ec2-instance-connect.amazonaws.com 10-30 "
			  "+1/eu ssm.amazonaws.com 10-30 +1/eu ecs.amazonaws.com "
			  "10-30 +1/eu ec2.amazonaws.com 10-30 " },
		{ .name = "regions and accounts apart, in order",
		  .files = { { { "2", "eu", S(10), S(20), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } },
			     { { "1", "us", S(11), S(21), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } },
			     { { "1", "eu", S(12), S(22), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } } },
		  .want = "+1/eu ssm.amazonaws.com 12-22 +1/us ssm.amazonaws.com 11-21 "
			  "+2/eu ssm.amazonaws.com 10-20 " },
		{ .name = "user data's source is a door and more",
		  .files = { { { "1", "eu", S(10), S(20), 5,
				 BIT(LOG_CLASS_EC2) | BIT(LOG_CLASS_SSM), true, 2,
				 "ec2.amazonaws.com", 0 } } },
		  .want = "+1/eu ec2-instance-connect.amazonaws.com 10-20 "
			  "+1/eu ssm.amazonaws.com 10-20 +1/eu ecs.amazonaws.com "
			  "10-20 +1/eu ec2.amazonaws.com 10-20 " },
		{ .name = "but one source all the same",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_EC2), true, 1,
				 "ec2.amazonaws.com", 0 } } },
		  .want = "+1/eu ec2.amazonaws.com 10-20 " },
		{ .name = "azure: one door",
		  .files = { { { "s", "", S(10), S(20), 5, BIT(LOG_CLASS_AZURE_ACTIVITY),
				 false, 1, "", API_LOG_AZURE_ACTIVITY } } },
		  .want = "" },
		{ .name = "azure: doors alone",
		  .files = { { { "s", "", S(10), S(20), 5, BIT(LOG_CLASS_AZURE_ACTIVITY),
				 false, 3, "", API_LOG_AZURE_ACTIVITY } } },
		  .want = "" },
		{ .name = "azure: another provider alone",
		  .files = { { { "s", "", S(10), S(20), 5, 0, true, 1, "Microsoft.Web",
				 API_LOG_AZURE_ACTIVITY } } },
		  .want = "" },
		{ .name = "azure: a door and another provider, of two files",
		  .files = { { { "s", "", S(10), S(20), 5, BIT(LOG_CLASS_AZURE_ACTIVITY),
				 false, 1, "", API_LOG_AZURE_ACTIVITY } },
			     { { "s", "", S(15), S(30), 5, 0, true, 1, "Microsoft.Web",
				 API_LOG_AZURE_ACTIVITY } } },
		  .want = "+s/ activity-log 10-30 " },
		{ .name = "azure: bastion's log by itself",
		  .files = { { { "s", "", S(1), S(90), 5, BIT(LOG_CLASS_AZURE_BASTION),
				 false, 1, "", API_LOG_AZURE_BASTION } },
			     { { "s", "", S(15), S(30), 5, BIT(LOG_CLASS_AZURE_ACTIVITY),
				 true, 2, "Microsoft.Web", API_LOG_AZURE_ACTIVITY } },
			     { { "s", "", S(1), S(90), 5, 0, true, 9,
				 "Microsoft.KeyVault", API_LOG_AZURE_OTHER } } },
		  .want = "+s/ activity-log 15-30 +s/ bastion-audit-logs 1-90 " },
		{ .name = "gcp: services by themselves, logs apart",
		  .files = { { { "p", "", S(1), S(90), 5, BIT(LOG_CLASS_GCP_COMPUTE),
				 true, 9, "storage.googleapis.com",
				 API_LOG_GCP_ACTIVITY } },
			     { { "p", "", S(15), S(30), 5, BIT(LOG_CLASS_GCP_OS_LOGIN),
				 true, 2, "bigquery.googleapis.com",
				 API_LOG_GCP_DATA_ACCESS } } },
		  .want = "+p/ compute.googleapis.com 1-90 "
			  "+p/ oslogin.googleapis.com 15-30 " },
		{ .name = "nobody's is not everybody's",
		  .files = { { { "", "", S(1), S(90), 5, BIT(LOG_CLASS_GCP_COMPUTE), true,
				 9, "storage.googleapis.com", API_LOG_GCP_ACTIVITY } },
			     { { "", "", S(15), S(30), 5, BIT(LOG_CLASS_AZURE_ACTIVITY),
				 true, 2, "Microsoft.Web", API_LOG_AZURE_ACTIVITY } } },
		  .want = "" },
		{ .name = "complete by its name",
		  .files = { { { "1", "eu", S(10), S(20), 5, 0, true, 1, "" }, true },
			     { { "1", "eu", S(30), S(40), 5, 0, true, 1, "" }, false } },
		  .want = "+1/eu all 10-20 " },
		{ .name = "until a limit",
		  .files = { { { "1", "eu", S(10), S(20), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } },
			     { { "1", "us", S(16), S(21), 5, BIT(LOG_CLASS_SSM), false, 1,
				 "" } } },
		  .limit = S(15),
		  .want = "+1/eu ssm.amazonaws.com 10-15 " },
		{ .name = "no record with a time",
		  .files = { { { "1", "eu", US_TIME_NONE, US_TIME_NONE, 1,
				 BIT(LOG_CLASS_SSM), false, 1, "" } } },
		  .want = "" },
	};

	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct buf buf = BUF_LIMIT(65536);
		const struct emitter emitter = { write_event, &buf };
		struct coverage coverage;
		struct arena arena;

		check_row(rows[i].name);
		arena_init(&arena);
		coverage_init(&coverage, &arena);
		for (size_t k = 0; k < COUNT_OF(rows[i].files); k++) {
			if (rows[i].files[k].extent.account)
				coverage_add(&coverage, &rows[i].files[k].extent,
					     rows[i].files[k].is_complete);
		}
		coverage_emit(&coverage, rows[i].limit ? rows[i].limit : US_TIME_MAX,
			      &emitter);
		CHECK_TEXT(buf_text(&buf), rows[i].want);
		coverage_release(&coverage);
		arena_release(&arena);
		buf_release(&buf);
	}
}

static void test_holes_and_said(void)
{
	static const struct api_extent extent = {
		.account = "1",
		.region = "eu",
		.first = S(10),
		.last = S(20),
		.records = 5,
		.class_bits = BIT(LOG_CLASS_SSM),
		.source_count = 1,
	};
	struct buf buf = BUF_LIMIT(65536);
	const struct emitter emitter = { write_event, &buf };
	struct coverage coverage;
	struct arena arena;

	arena_init(&arena);
	coverage_init(&coverage, &arena);
	CHECK_INT(coverage_span(&coverage).from, US_TIME_NONE);
	coverage_add(&coverage, &extent, false);
	CHECK_INT(coverage_span(&coverage).from, S(10));
	CHECK_INT(coverage_span(&coverage).until, S(20));
	coverage_add_hole(&coverage, S(50), S(60));
	coverage_add_hole(&coverage, S(12), S(15));
	coverage_add_hole(&coverage, S(14), S(18));
	coverage_add_hole(&coverage, S(55), S(57));
	coverage_emit(&coverage, US_TIME_MAX, &emitter);
	CHECK_TEXT(buf_text(&buf), "-12-18 -50-60 +1/eu ssm.amazonaws.com 10-20 ");

	check_row("what is said stands instead, holes stay");
	buf_clear(&buf);
	coverage.said = (struct coverage_span){ S(1), S(99) };
	coverage_emit(&coverage, US_TIME_MAX, &emitter);
	CHECK_TEXT(buf_text(&buf), "-12-18 -50-60 +/ all 1-99 ");
	coverage_release(&coverage);
	arena_release(&arena);
	buf_release(&buf);
}

static void test_many_places(void)
{
	struct coverage coverage;
	struct arena arena;
	char account[16];

	arena_init(&arena);
	coverage_init(&coverage, &arena);
	for (int i = 0; i < 4000; i++) {
		struct api_extent extent = {
			.account = account,
			.region = "eu",
			.first = S(i),
			.last = S(i + 1),
		};

		snprintf(account, sizeof(account), "%d", i % 2000);
		coverage_add(&coverage, &extent, false);
	}
	CHECK_UINT(coverage.place_count, 2000);
	CHECK_INT(coverage_span(&coverage).until, S(4000));
	coverage_release(&coverage);
	arena_release(&arena);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "holes, and what is said", test_holes_and_said },
		{ "many places", test_many_places },
		{ NULL, NULL },
	};

	return check_run("evidence/cloud/coverage", tests);
}
