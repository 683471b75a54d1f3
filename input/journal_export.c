/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "input/journal.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "input/input.h"
#include "input/journal_export_parse.h"
#include "input/journal_stats.h"

struct reading {
	const char *path;
	const struct journal_visitor *visitor;
	struct journal_stats stats;
	uint64_t damaged; /* entries */
};

/* A name of capitals, digits and underscores before the first '=', and the one field
 * without which no entry has a place in time. */
bool journal_is_export(struct slice beginning)
{
	struct slice line = beginning;
	struct slice name;

	while (slice_take_prefix(&line, SLICE("\n")))
		;
	if (!slice_take_until(&line, '=', &name) || name.len == 0 ||
	    name.len > EXPORT_NAME_BYTES)
		return false;
	for (size_t i = 0; i < name.len; i++)
		if (!((name.ptr[i] >= 'A' && name.ptr[i] <= 'Z') || name.ptr[i] == '_' ||
		      (i > 0 && name.ptr[i] >= '0' && name.ptr[i] <= '9')))
			return false;
	return slice_equal(name, SLICE("__CURSOR")) ||
	       slice_equal(name, SLICE("__REALTIME_TIMESTAMP")) ||
	       slice_find(line, SLICE("\n__REALTIME_TIMESTAMP=")) >= 0;
}

static void give_entry(void *ctx, struct journal_collector *collector, uint64_t offset)
{
	struct reading *reading = ctx;
	const struct journal_visitor *visitor = reading->visitor;
	char cursor[sizeof("offset=") + 20];
	struct record record;

	journal_stats_add(&reading->stats, collector->fields.realtime);
	journal_stats_set_hostname(&reading->stats, collector->fields.hostname);
	if (!collector->has_message || !visitor->wanted(visitor->ctx, collector->message))
		return;

	(void)snprintf(cursor, sizeof(cursor), "offset=%" PRIu64, offset);
	record = (struct record){
		.bytes = collector->message,
		.journal = &collector->fields,
		.is_cut = collector->fields.is_cut,
	};
	visitor->entry(visitor->ctx, &record, cursor);
}

static void tell(const struct reading *reading, const struct err *why)
{
	if (reading->visitor->damaged)
		reading->visitor->damaged(reading->visitor->ctx, why);
}

static void tell_damaged(void *ctx, uint64_t offset, uint64_t at, const char *words)
{
	struct reading *reading = ctx;
	struct err why;

	if (++reading->damaged > LIMIT_JOURNAL_DAMAGE_TOLD)
		return;
	err_set(&why, ERR_FORMAT,
		"cannot read the entry at byte %" PRIu64 " of '%s': %s (at byte %" PRIu64
		")",
		offset, reading->path, words, at);
	tell(reading, &why);
}

static void tell_the_rest(const struct reading *reading)
{
	struct err why;

	if (reading->damaged <= LIMIT_JOURNAL_DAMAGE_TOLD)
		return;
	err_set(&why, ERR_FORMAT, "cannot read %" PRIu64 " more entries of '%s'",
		reading->damaged - LIMIT_JOURNAL_DAMAGE_TOLD, reading->path);
	tell(reading, &why);
}

static int read_all(struct input_file *file, struct export_parser *parser,
		    struct err *err)
{
	struct slice bytes;

	for (;;) {
		if (input_read(file, &bytes, err) < 0)
			return -1;
		if (bytes.len == 0)
			break;
		export_parser_feed(parser, bytes);
	}
	export_parser_finish(parser);
	return 0;
}

int journal_read_export(const char *path, const struct journal_visitor *visitor,
			struct journal_stats *ret_stats, struct err *err)
{
	AUTO_INPUT struct input_file *file = NULL;
	struct reading reading = { .path = path, .visitor = visitor };
	const struct export_ops ops = { give_entry, tell_damaged, &reading };
	struct export_parser parser;
	int rc;

	if (input_open(path, &file, err) < 0)
		return -1;
	journal_stats_init(&reading.stats);
	export_parser_init(&parser, &ops);
	rc = read_all(file, &parser, err);
	export_parser_release(&parser);
	tell_the_rest(&reading);
	if (rc == 0)
		*ret_stats = reading.stats;
	return rc;
}
