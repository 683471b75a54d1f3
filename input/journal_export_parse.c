/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal_export_parse.h"

#include "base/limits.h"

#define SIZE_BYTES 8

void export_parser_init(struct export_parser *parser, const struct export_ops *ops)
{
	*parser = (struct export_parser){ .ops = ops, .state = EXPORT_LINE };
	journal_collector_init(&parser->collector);
}

void export_parser_release(struct export_parser *parser)
{
	journal_collector_release(&parser->collector);
}

static struct slice take(struct export_parser *parser, struct slice *bytes, size_t count)
{
	struct slice taken = slice_first(*bytes, count);

	*bytes = slice_skip(*bytes, taken.len);
	parser->offset += taken.len;
	return taken;
}

/* What stands before the first newline, or all; the newline stays. */
static struct slice take_line(struct export_parser *parser, struct slice *bytes)
{
	const char *newline = memchr(bytes->ptr, '\n', bytes->len);

	return take(parser, bytes, newline ? (size_t)(newline - bytes->ptr) : bytes->len);
}

static void close_entry(struct export_parser *parser)
{
	parser->in_entry = false;
	parser->fields = 0;
	journal_collector_clear(&parser->collector);
}

static void give_up(struct export_parser *parser, const char *why)
{
	parser->ops->damaged(parser->ops->ctx, parser->entry_offset, parser->offset, why);
	close_entry(parser);
	parser->state = EXPORT_SKIP_LINE;
}

static void end_entry(struct export_parser *parser)
{
	const struct export_ops *ops = parser->ops;

	if (!parser->in_entry)
		return;
	if (parser->collector.fields.realtime == US_TIME_NONE)
		ops->damaged(ops->ctx, parser->entry_offset, parser->offset,
			     "it has no time (__REALTIME_TIMESTAMP)");
	else
		ops->entry(ops->ctx, &parser->collector, parser->entry_offset);
	close_entry(parser);
}

static void step_line(struct export_parser *parser, struct slice *bytes)
{
	if (bytes->ptr[0] == '\n') {
		end_entry(parser);
		take(parser, bytes, 1);
		return;
	}
	if (!parser->in_entry) {
		parser->in_entry = true;
		parser->entry_offset = parser->offset;
	}
	if (++parser->fields > LIMIT_JOURNAL_ENTRY_FIELDS) {
		give_up(parser, "it has too many fields");
		return;
	}
	parser->name_len = 0;
	parser->state = EXPORT_NAME;
}

static bool is_name_byte(char byte)
{
	return (byte >= 'A' && byte <= 'Z') || byte == '_' ||
	       (byte >= '0' && byte <= '9');
}

static bool name_is_valid(const struct export_parser *parser)
{
	return parser->name_len > 0 &&
	       !(parser->name[0] >= '0' && parser->name[0] <= '9');
}

static void begin_value(struct export_parser *parser, enum export_state state)
{
	if (!name_is_valid(parser)) {
		give_up(parser, "a field has no valid name");
		return;
	}
	parser->is_kept = journal_collector_begin(
		&parser->collector, slice_of(parser->name, parser->name_len));
	parser->size_len = 0;
	parser->value_left = 0;
	parser->state = state;
}

static void step_name(struct export_parser *parser, struct slice *bytes)
{
	while (bytes->len > 0) {
		char byte = bytes->ptr[0];

		if (byte == '=' || byte == '\n') {
			begin_value(parser, byte == '=' ? EXPORT_TEXT : EXPORT_SIZE);
			/* A refused line keeps its newline: skipping looks for it. */
			if (parser->state != EXPORT_SKIP_LINE)
				take(parser, bytes, 1);
			return;
		}
		if (!is_name_byte(byte) || parser->name_len == EXPORT_NAME_BYTES) {
			give_up(parser, "a field has no valid name");
			return;
		}
		parser->name[parser->name_len++] = byte;
		take(parser, bytes, 1);
	}
}

static void end_value(struct export_parser *parser)
{
	if (parser->is_kept)
		journal_collector_end(&parser->collector);
	parser->state = EXPORT_LINE;
}

static void step_text(struct export_parser *parser, struct slice *bytes)
{
	struct slice part = take_line(parser, bytes);

	if (parser->is_kept)
		journal_collector_append(&parser->collector, part);
	if (bytes->len > 0) {
		take(parser, bytes, 1);
		end_value(parser);
	}
}

static void step_size(struct export_parser *parser, struct slice *bytes)
{
	uint8_t byte = (uint8_t)take(parser, bytes, 1).ptr[0];

	parser->value_left |= (uint64_t)byte << (8 * parser->size_len);
	if (++parser->size_len < SIZE_BYTES)
		return;
	if (parser->value_left > LIMIT_JOURNAL_VALUE_BYTES)
		give_up(parser, "a field claims an impossible length");
	else
		parser->state = parser->value_left ? EXPORT_BINARY : EXPORT_BINARY_END;
}

static void step_binary(struct export_parser *parser, struct slice *bytes)
{
	struct slice part = take(parser, bytes, parser->value_left);

	if (parser->is_kept)
		journal_collector_append(&parser->collector, part);
	parser->value_left -= part.len;
	if (parser->value_left == 0)
		parser->state = EXPORT_BINARY_END;
}

static void step_binary_end(struct export_parser *parser, struct slice *bytes)
{
	if (bytes->ptr[0] != '\n') {
		give_up(parser, "a field is not as long as it claims");
		return;
	}
	take(parser, bytes, 1);
	end_value(parser);
}

static void step_skip_line(struct export_parser *parser, struct slice *bytes)
{
	take_line(parser, bytes);
	if (bytes->len > 0) {
		take(parser, bytes, 1);
		parser->state = EXPORT_SKIP_NEXT;
	}
}

static void step_skip_next(struct export_parser *parser, struct slice *bytes)
{
	parser->state = bytes->ptr[0] == '\n' ? EXPORT_LINE : EXPORT_SKIP_LINE;
}

void export_parser_feed(struct export_parser *parser, struct slice bytes)
{
	/* Each is called with at least one byte; those that take none change the state.
	 */
	static void (*const steps[EXPORT_STATES])(struct export_parser *,
						  struct slice *) = {
		[EXPORT_LINE] = step_line,
		[EXPORT_NAME] = step_name,
		[EXPORT_TEXT] = step_text,
		[EXPORT_SIZE] = step_size,
		[EXPORT_BINARY] = step_binary,
		[EXPORT_BINARY_END] = step_binary_end,
		[EXPORT_SKIP_LINE] = step_skip_line,
		[EXPORT_SKIP_NEXT] = step_skip_next,
	};

	while (bytes.len > 0)
		steps[parser->state](parser, &bytes);
}

void export_parser_finish(struct export_parser *parser)
{
	switch (parser->state) {
	case EXPORT_LINE:
		end_entry(parser);
		break;
	case EXPORT_SKIP_LINE:
	case EXPORT_SKIP_NEXT:
		break;
	default:
		give_up(parser, "the text ends inside it");
	}
}
