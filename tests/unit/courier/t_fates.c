/* SPDX-License-Identifier: Apache-2.0 */
#include "courier/fates.h"

#include "tests/support/check.h"

static const struct deliver batch = {
	.count = 3,
	.records = { { .number = 5 }, { .number = 6 }, { .number = 9 } },
};

static void test_told(void)
{
	struct fates fates;
	struct message answer;

	fates_init(&fates, 3);
	fates_set(&fates, 1, DELIVERY_SAFE, NULL);
	fates_set(&fates, 1, DELIVERY_REFUSED, "too late to say so");
	fates_set(&fates, 2, DELIVERY_REFUSED, "%d", 400);
	fates_fail(&fates, OUTCOME_THROTTLED, "slower");
	fates_fail(&fates, OUTCOME_UNREACHABLE, "gone");
	fates.retry_after = 7;
	fates_tell(&fates, &batch, &answer);
	CHECK_INT(answer.kind, MESSAGE_DELIVERED);
	CHECK_UINT(answer.outcome, OUTCOME_THROTTLED);
	CHECK_SLICE(answer.detail, SLICE("slower"));
	CHECK_INT(answer.delivered.retry_after_us, 7);
	CHECK_UINT(answer.delivered.count, 3);
	CHECK_UINT(answer.delivered.results[0].number, 5);
	CHECK_UINT(answer.delivered.results[0].fate, DELIVERY_AGAIN);
	CHECK_SLICE(answer.delivered.results[0].detail, SLICE("slower"));
	CHECK_UINT(answer.delivered.results[1].number, 6);
	CHECK_UINT(answer.delivered.results[1].fate, DELIVERY_SAFE);
	CHECK_SLICE(answer.delivered.results[1].detail, SLICE(""));
	CHECK_UINT(answer.delivered.results[2].fate, DELIVERY_REFUSED);
	CHECK_SLICE(answer.delivered.results[2].detail, SLICE("400"));
}

static void test_withheld(void)
{
	struct fates fates;
	struct message answer;

	fates_init(&fates, 3);
	fates_set(&fates, 0, DELIVERY_SAFE, NULL);
	fates_set(&fates, 1, DELIVERY_REFUSED, "you said hidden");
	fates_fail(&fates, OUTCOME_BAD_ANSWER, "you said hidden");
	fates_set_answer(&fates, "you said hidden");
	fates_withhold(&fates, 400);
	fates_tell(&fates, &batch, &answer);
	CHECK(slice_find(answer.detail, SLICE("hidden")) < 0);
	CHECK(slice_find(answer.delivered.answer, SLICE("hidden")) < 0);
	for (size_t i = 0; i < 3; i++)
		CHECK(slice_find(answer.delivered.results[i].detail, SLICE("hidden")) <
		      0);
	CHECK_UINT(answer.delivered.results[0].detail.len, 0);
	CHECK(answer.delivered.results[1].detail.len > 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "told", test_told },
		{ "withheld", test_withheld },
		{ NULL, NULL },
	};

	return check_run("fates", tests);
}
