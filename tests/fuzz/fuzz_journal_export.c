/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Journal export text, whole and in pieces of as many bytes as its first byte says: both
 * must tell the same. Seeds: tests/fixtures/journal_export/.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include <stdlib.h>

#include "base/buf.h"
#include "input/journal.h"
#include "input/journal_export_parse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell_entry(void *ctx, struct journal_collector *collector, uint64_t offset)
{
	buf_append_format(ctx, "%llu %zu ", (unsigned long long)offset,
			  collector->message.len);
	buf_append(ctx, collector->message);
	buf_append(ctx, collector->fields.comm);
}

static void tell_damaged(void *ctx, uint64_t offset, uint64_t at, const char *why)
{
	buf_append_format(ctx, "%llu %llu %s ", (unsigned long long)offset,
			  (unsigned long long)at, why);
}

static void parse(struct slice text, size_t piece, struct buf *told)
{
	const struct export_ops ops = { tell_entry, tell_damaged, told };
	struct export_parser parser;

	export_parser_init(&parser, &ops);
	for (; text.len > 0; text = slice_skip(text, piece))
		export_parser_feed(&parser, slice_first(text, piece));
	export_parser_finish(&parser);
	export_parser_release(&parser);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_BUF struct buf whole = BUF_LIMIT(1 << 24);
	AUTO_BUF struct buf pieces = BUF_LIMIT(1 << 24);
	struct slice text = slice_of((const char *)data, size);

	(void)journal_is_export(text);
	parse(text, SIZE_MAX, &whole);
	parse(text, size ? (size_t)data[0] % 16 + 1 : 1, &pieces);
	if (!slice_equal(buf_slice(&whole), buf_slice(&pieces)))
		abort();
	return 0;
}
