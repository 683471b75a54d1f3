/* SPDX-License-Identifier: Apache-2.0 */
/* A whole syslog file: recognising, the fast pass, heads, times, events, evidence texts;
 * then the same bytes as one journal entry. */
#include <stdlib.h>

#include "base/limits.h"
#include "evidence/evidence.h"
#include "tests/support/event_print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print_event(void *ctx, const struct event *event)
{
	buf_clear(ctx);
	event_print_append(ctx, event);
}

static void read_log(struct slice log, const struct host_reader_options *options,
		     const struct emitter *emitter, struct buf *text)
{
	struct host_reader *reader = host_reader_new(HOST_LOG_SYSLOG, options);
	struct slice line;

	while (host_reader_next(reader, &log, &line)) {
		const struct record record = { .bytes = line };

		host_reader_read(reader, &record, emitter);
		buf_clear(text);
		host_reader_evidence(reader, &record, text);
	}
	host_reader_free(reader);
}

static void read_entry(struct slice bytes, const struct host_reader_options *options,
		       const struct emitter *emitter, struct buf *text)
{
	const struct journal_fields fields = {
		.uid = 0,
		.ident = slice_first(bytes, 4),
		.comm = slice_first(bytes, 15),
		.unit = slice_first(bytes, 20),
		.realtime = (us_time)bytes.len * US_PER_DAY,
	};
	const struct record record = { .bytes = bytes, .journal = &fields };
	struct host_reader *reader = host_reader_new(HOST_LOG_JOURNAL, options);

	if (host_message_wanted(bytes))
		host_reader_read(reader, &record, emitter);
	buf_clear(text);
	host_reader_evidence(reader, &record, text);
	host_reader_free(reader);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	static struct zone *zone; /* read once: it takes longer than all the rest */
	struct slice bytes = slice_of((const char *)data, size);
	const struct emitter emitter = { print_event, &text };
	struct host_reader_options options;
	struct err err;

	if (!zone && zone_new("Europe/Berlin", &zone, &err) < 0)
		return 0;
	options = (struct host_reader_options){
		.zone = zone,
		.anchor = INT64_C(1767225600000000),
		.latest = US_TIME_NONE,
	};
	host_log_recognise(bytes);
	read_log(bytes, &options, &emitter, &text);
	read_entry(bytes, &options, &emitter, &text);
	return 0;
}
