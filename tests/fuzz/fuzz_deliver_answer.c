/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "courier/deliver_answer.h"

/* What a receiver answers, read as each protocol would: text that is fit for people, and
 * nothing taken but what says so. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct sink_answer *answer)
{
	if (answer->meaning >= ANSWER_MEANING_COUNT)
		abort();
	for (size_t i = 0; i < sizeof(answer->text) && answer->text[i]; i++) {
		if (answer->text[i] < ' ' || answer->text[i] > '~')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int statuses[] = { 200, 202, 400, 403, 429, 503 };
	static const uint64_t acks[] = { 0, 7 };
	static const struct deliver_record records[] = { { .key = { "a", 1 } },
							 { .key = { "b", 1 } } };
	struct slice body = slice_of((const char *)data, size);
	struct sink_answer answer, items[2];
	struct splunk_answer splunk;
	struct err err;

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		answer_read_status(statuses[i], body, &answer);
		check(&answer);
		answer_read_slack(statuses[i], body, &answer);
		check(&answer);
		answer_read_teams(statuses[i], body, &answer);
		check(&answer);
		answer_read_pagerduty(statuses[i], body, &answer);
		check(&answer);
		answer_read_splunk(statuses[i], body, &splunk);
		check(&splunk.answer);
		if (statuses[i] >= 300 && (answer.meaning == ANSWER_TAKEN ||
					   splunk.answer.meaning == ANSWER_TAKEN))
			abort();
	}
	answer_read_acks(body, acks, 2);
	if (answer_read_bulk(body, records, 2, items, &err) == 0) {
		check(&items[0]);
		check(&items[1]);
	}
	return 0;
}
