/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/evidence/host/azure_test.h"

#include <stdlib.h>

#include "tests/support/event_print.h"

#define OUT_LIMIT ((size_t)4 * 1024 * 1024)

static void append_event(void *ctx, const struct event *event)
{
	event_print_append(ctx, event);
	buf_append_byte(ctx, '\n');
}

static void read_chunk(struct azure_test *test, struct host_reader *reader,
		       struct slice chunk)
{
	const struct emitter emitter = { append_event, &test->events };
	struct slice line;

	while (host_reader_next(reader, &chunk, &line)) {
		const struct record record = { .bytes = line };
		size_t before = test->events.len;

		host_reader_read(reader, &record, &emitter);
		if (test->events.len == before)
			continue;
		host_reader_evidence(reader, &record, &test->texts);
		buf_append_byte(&test->texts, '\n');
	}
}

/* The first lines of `*rest`, with their newlines. */
static struct slice take_lines(struct slice *rest, size_t count)
{
	struct slice chunk = *rest, line;

	for (size_t i = 0; i < count; i++)
		if (!slice_take_until(rest, '\n', &line))
			*rest = slice_skip(*rest, rest->len);
	return slice_first(chunk, chunk.len - rest->len);
}

void azure_test_read(struct azure_test *test, const char *log, const char *path,
		     const char *zone_name, size_t chunk_lines)
{
	struct host_reader_options options = { .year = 2026,
					       .anchor = US_TIME_NONE,
					       .latest = US_TIME_NONE,
					       .path = slice_text(path) };
	AUTO_ZONE struct zone *zone = NULL;
	struct slice rest = slice_text(log);
	struct host_reader *reader;
	struct err err;

	*test = (struct azure_test){ .kind = host_log_recognise(rest),
				     .events = BUF_LIMIT(OUT_LIMIT),
				     .texts = BUF_LIMIT(OUT_LIMIT) };
	if (test->kind == HOST_LOG_UNKNOWN)
		return;
	if (zone_new(zone_name ? zone_name : "UTC", &zone, &err) < 0)
		abort();
	options.zone = zone;
	reader = host_reader_new(test->kind, &options);
	while (rest.len > 0)
		read_chunk(test, reader,
			   take_lines(&rest, chunk_lines ? chunk_lines : 1000000));
	test->stats = host_reader_stats(reader);
	host_reader_free(reader);
}

void azure_test_release(struct azure_test *test)
{
	buf_release(&test->events);
	buf_release(&test->texts);
}

bool azure_test_has(const struct azure_test *test, const char *text)
{
	return slice_find(buf_slice(&test->events), slice_text(text)) >= 0 ||
	       slice_find(buf_slice(&test->texts), slice_text(text)) >= 0;
}
