/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A baseline: made of rows that are not its own, it learns from logins of any text; what
 * it then keeps it takes back. One line is one of either: "R<kind> TAB <key> TAB
 * <first> TAB <last> TAB <count>", or "L<time> TAB <principal> TAB <source> TAB <user>".
 */
#include <stdlib.h>

#include "base/limits.h"
#include "policy/baseline.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void keep(void *ctx, const struct baseline_row *row)
{
	struct baseline *again =
		baseline_new(&(struct baseline_options){ .learning = 1 });

	(void)ctx;
	if (row->key.len > LIMIT_BASELINE_KEY_BYTES + 64 || row->count == 0 ||
	    !baseline_restore(again, row))
		abort();
	baseline_free(again);
}

static void drop(void *ctx, struct slice kind, struct slice key)
{
	(void)ctx;
	if (kind.len == 0 || key.len == 0)
		abort();
}

static void observation(void *ctx, const struct observation *observation)
{
	(void)ctx;
	if (observation->detail.len == 0 || !observation->login)
		abort();
}

static us_time take_time(struct slice *line)
{
	uint64_t time = 0;

	slice_take_number(line, (uint64_t)INT64_MAX, &time);
	slice_take_prefix(line, SLICE("\t"));
	return (us_time)time;
}

static struct slice take_text(struct slice *line)
{
	struct slice text = *line;

	if (!slice_take_until(line, '\t', &text))
		*line = (struct slice){ NULL, 0 };
	return text;
}

static void restore(struct baseline *baseline, struct slice line)
{
	struct baseline_row row = { .kind = take_text(&line) };

	row.key = take_text(&line);
	row.first_at = take_time(&line);
	row.last_at = take_time(&line);
	row.count = (uint64_t)take_time(&line);
	baseline_restore(baseline, &row);
}

static void learn(struct baseline *baseline, struct slice line)
{
	static const struct baseline_sink sink = { keep, drop, observation, NULL, NULL };
	struct login login = { .path = PATH_AWS_SSM_SESSION,
			       .happened_at = take_time(&line) };
	struct event call = { .kind = EVENT_API_CALL };
	const struct verdict verdict = { .login = &login,
					 .verdict = VERDICT_AUTHORIZED,
					 .api_call = &call };

	call.api_call.principal = take_text(&line);
	call.api_call.source_ip = take_text(&line);
	login.os_user = take_text(&line);
	baseline_learn(baseline, &verdict, &sink);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct baseline_options options = baseline_options_default();
	struct slice rest = slice_of((const char *)data, size), line;
	struct baseline *baseline;

	options.learning = US_PER_MINUTE;
	options.unusual_hour = true;
	options.unusual_hour_after = 2;
	options.per_principal = (struct baseline_rate){ 1, US_PER_HOUR };
	options.per_source = (struct baseline_rate){ 2, US_PER_DAY };
	options.per_os_user = (struct baseline_rate){ 3, US_PER_MINUTE };
	baseline = baseline_new(&options);
	while (slice_take_until(&rest, '\n', &line)) {
		if (slice_take_prefix(&line, SLICE("R")))
			restore(baseline, line);
		else if (slice_take_prefix(&line, SLICE("L")))
			learn(baseline, line);
	}
	baseline_free(baseline);
	return 0;
}
