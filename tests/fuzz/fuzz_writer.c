/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_writer.h"

#include "base/limits.h"
#include "evidence/host/syslog_head.h"

static void parse_message(host_parse_fn *parse, const struct journal_fields *fields,
			  struct slice message)
{
	AUTO_BUF struct buf text = BUF_LIMIT(LIMIT_OUTPUT_LINE_BYTES);
	char space[64];
	struct event event = { .kind = EVENT_KIND_COUNT };
	const struct host_line line = {
		.message = message,
		.ident = message,
		.journal = fields,
		.space = space,
		.space_bytes = sizeof(space),
	};

	if (!parse(&line, &event))
		return;
	if (event.kind == EVENT_RUN ||
	    (!event_kind_is_of_host(event.kind) && event.kind != EVENT_GAP))
		__builtin_trap();
	event_print_append(&text, &event);
}

void fuzz_writer(host_parse_fn *parse, const uint8_t *data, size_t size)
{
	struct slice rest = slice_of((const char *)data, size);

	while (rest.len) {
		struct slice line = rest;
		struct syslog_head head;
		struct journal_fields fields = { .uid = 0 };

		if (!slice_take_until(&rest, '\n', &line))
			rest = slice_skip(rest, rest.len);
		head = syslog_head_parse(syslog_line_trim(line));
		if (head.is_whole)
			line = head.message;
		fields.logind_session = slice_first(line, 8);
		fields.logind_user = line;
		fields.message_id = line;
		parse_message(parse, NULL, line);
		parse_message(parse, &fields, line);
	}
}
