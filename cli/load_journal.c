/* SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "base/memory.h"
#include "cli/load_host.h"
#include "evidence/evidence.h"
#include "input/journal.h"

/* Entries between two looks at the clock. */
#define METER_ENTRIES 65536

/* One journal, or a folder of them, while it is read. */
struct journal_source {
	struct host_load *load;
	const char *path;
	struct slice source; /* the path, for as long as the evidence is kept */
	struct host_reader *reader;
	uint64_t emitted; /* events of the current entry */
	uint64_t seen;
	struct buf text; /* of one entry of evidence */
};

static bool is_wanted(void *ctx, struct slice message)
{
	struct journal_source *journal = ctx;

	if (++journal->seen % METER_ENTRIES == 0)
		meter_show(journal->load->meter, journal->path, 0);
	return host_message_wanted(message);
}

static void take_event(void *ctx, const struct event *event)
{
	struct journal_source *journal = ctx;

	journal->emitted++;
	event_list_add(journal->load->events, event);
}

static void take_entry(void *ctx, const struct record *record, const char *cursor)
{
	struct journal_source *journal = ctx;
	struct evidence_store *evidence = journal->load->evidence;
	const struct emitter emitter = { take_event, journal };
	struct record entry = *record;

	entry.evidence = evidence_store_next(evidence);
	journal->emitted = 0;
	host_reader_read(journal->reader, &entry, &emitter);
	if (journal->emitted == 0)
		return;
	buf_clear(&journal->text);
	host_reader_evidence(journal->reader, &entry, &journal->text);
	evidence_store_keep(evidence, journal->source, slice_text(cursor),
			    buf_slice(&journal->text));
}

static void tell_damage(void *ctx, const struct err *why)
{
	struct journal_source *journal = ctx;

	problems_tell(journal->load->problems, journal->path, why);
}

typedef int read_fn(const char *path, const struct journal_visitor *visitor,
		    struct journal_stats *ret_stats, struct err *err);

static void load_with(read_fn *read, struct host_load *load, const char *path)
{
	const struct host_reader_options options = {
		.zone = load->zone,
		.anchor = load->anchor,
	};
	struct arena *arena = load->events->arena;
	struct journal_source journal = {
		.load = load,
		.path = path,
		.source = arena_copy(arena, slice_text(path)),
		.reader = host_reader_new(HOST_LOG_JOURNAL, &options),
		.text = BUF_LIMIT(LIMIT_HOST_LINE_BYTES),
	};
	const struct journal_visitor visitor = { is_wanted, take_entry, tell_damage,
						 &journal };
	struct slice host = { NULL, 0 };
	struct journal_stats stats;
	struct err err;

	if (read(path, &visitor, &stats, &err) < 0) {
		problems_tell(load->problems, path, &err);
	} else {
		if (stats.has_hostname)
			host = arena_copy(arena, slice_text(stats.hostname));
		load->lines += stats.entries;
		host_load_add_source(load, HOST_SOURCE_JOURNAL, stats.first, stats.last,
				     host);
	}
	host_reader_free(journal.reader);
	buf_release(&journal.text);
}

/* Whether the folder's journals had been read before; notes the folder when not. */
static bool was_read(struct host_load *load, const char *folder)
{
	for (size_t i = 0; i < load->folder_count; i++) {
		if (strcmp(load->folders[i], folder) == 0)
			return true;
	}
	if (load->folder_count == load->folder_size) {
		load->folder_size = load->folder_size ? 2 * load->folder_size : 16;
		load->folders = memory_resize(load->folders, load->folder_size,
					      sizeof(*load->folders));
	}
	load->folders[load->folder_count++] = folder;
	return false;
}

/* What journal_read() takes for a journal in a folder. */
static bool is_journal_name(struct slice path)
{
	slice_take_suffix(&path, SLICE("~"));
	return slice_ends_with(path, SLICE(".journal"));
}

void host_load_journal(struct host_load *load, const struct file_item *item)
{
	/* The journals of a folder are parts of one: together they have no holes. */
	if (!item->folder || !is_journal_name(slice_text(item->path)))
		load_with(journal_read, load, item->path);
	else if (!was_read(load, item->folder))
		load_with(journal_read, load, item->folder);
}

void host_load_export(struct host_load *load, const struct file_item *item)
{
	load_with(journal_read_export, load, item->path);
}
