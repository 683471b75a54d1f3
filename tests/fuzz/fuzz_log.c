/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_log.h"

#include "base/limits.h"
#include "tests/support/event_print.h"

/* Reads every byte an event borrows. */
static void print_event(void *ctx, const struct event *event)
{
	if (!event_kind_is_of_host(event->kind))
		__builtin_trap();
	buf_clear(ctx);
	event_print_append(ctx, event);
}

void fuzz_log(const struct log_kind *kind, const uint8_t *data, size_t size)
{
	AUTO_ZONE struct zone *zone = NULL;
	AUTO_BUF struct buf printed = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	const struct emitter emitter = { print_event, &printed };
	struct slice log = slice_of((const char *)data, size);
	struct host_reader_options options = { .latest = US_TIME_MIN + 1 };
	struct slice line = log;
	struct err err;
	void *state;

	if (zone_new("+01:00", &zone, &err) < 0)
		return;
	slice_take_until(&line, '\n', &options.path);
	options.zone = zone;
	state = kind->make(&options);
	while (kind->next(state, &log, &line)) {
		struct record record = { .bytes = line, .is_cut = line.len % 7 == 6 };

		kind->recognise(line);
		kind->read(state, &record, &emitter);
		buf_clear(&text);
		kind->evidence(&record, &text);
	}
	kind->stats(state);
	kind->release(state);
}
