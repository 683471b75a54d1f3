/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_follow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/follow/journal_files.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/memory.h"
#include "input/journal_entry.h"

/* Entries looked at in one step. */
#define STEP_ENTRIES 1024

/* A unit's name in a gap's cause; systemd's own are at most 255. */
#define UNIT_BYTES ((size_t)256)

/* While something cannot be read or watched; longer each time, up to the last. */
#define ASK_AGAIN_FIRST US_PER_SECOND
#define ASK_AGAIN_LAST US_PER_MINUTE

struct journal_follow {
	struct journal_files files;
	bool (*wanted)(void *ctx, struct slice message);
	void *ctx;
	bool is_idle;
	us_span ask_again;
	struct journal_source *current; /* borrowed: the file being read, NULL = choose */
	us_time until;			/* no other file's next entry is before */
	struct journal_collector collector;
	bool has_collector;
	char boot_text[JOURNAL_ID_TEXT_BYTES];
	struct record record;
	char *cursor; /* owned; of the last entry given out */
	struct journal_gap gap;
	struct journal_state state;
};

static const struct journal_loss unknown_loss = { 0, US_TIME_NONE, US_TIME_NONE };

struct journal_follow *journal_follow_new(const struct journal_follow_options *options)
{
	struct journal_follow *follow = memory_new(1, sizeof(*follow));
	struct err why;

	follow->wanted = options->wanted;
	follow->ctx = options->ctx;
	follow->state.last_realtime = US_TIME_NONE;
	journal_files_init(&follow->files, options->path, options->from);
	if (options->cursor.len > 0 &&
	    journal_place_read(&follow->files.chains.place, options->cursor, &why) < 0)
		journal_gaps_add(&follow->files.chains.gaps, &unknown_loss, why.text);
	follow->state.last_realtime = follow->files.chains.place.last_at;
	return follow;
}

void journal_follow_free(struct journal_follow *follow)
{
	if (!follow)
		return;
	journal_files_release(&follow->files);
	if (follow->has_collector)
		journal_collector_release(&follow->collector);
	free(follow->cursor);
	free(follow);
}

/* ---- gaps */

static void give_gap(struct journal_follow *follow, struct journal_step *step)
{
	const struct journal_gap *gap = &follow->gap;

	step->kind = JOURNAL_GAP;
	step->cause = gap->cause;
	step->lost_since = gap->since;
	step->lost_to = gap->to;
	step->lost_entries = gap->entries;
	step->is_forwarding = gap->is_forwarding;
	follow->state.gaps_given++;
}

static bool take_gap(struct journal_follow *follow, struct journal_step *step)
{
	if (!journal_gaps_take(&follow->files.chains.gaps, &follow->gap))
		return false;
	give_gap(follow, step);
	return true;
}

/* What journald says of itself when it lost something; sd-messages.h,
 * SD_MESSAGE_JOURNAL_DROPPED and SD_MESSAGE_FORWARD_SYSLOG_MISSED. The beginning of the
 * message is there to look no closer at others. */
static const struct loss_message {
	const char *begin, *id;
	bool is_forwarding;
} loss_messages[] = {
	{ "Suppressed ", "a596d6fe7bfa4994828e72309e95d61e", false },
	{ "Forwarding to syslog missed ", "e9bf28e6e834481bb6f48f548ad13606", true },
};

static const struct loss_message *find_loss_message(struct slice message)
{
	for (size_t i = 0; i < sizeof(loss_messages) / sizeof(loss_messages[0]); i++)
		if (slice_starts_with(message, slice_text(loss_messages[i].begin)))
			return &loss_messages[i];
	return NULL;
}

/* Only journald's own entries have this transport, and it cannot be set by a client
 * (server_driver_message() of systemd's journald-server.c). */
static bool is_journald(const struct journal_fields *fields)
{
	return slice_equal(fields->transport, SLICE("driver")) && fields->uid == 0 &&
	       !fields->is_user_journal &&
	       slice_starts_with(fields->comm, SLICE("systemd-journal"));
}

/* Suppressed 1713 messages from ssh.service
 * Forwarding to syslog missed 26 messages. */
static bool set_loss(struct journal_gap *gap, const struct loss_message *row,
		     const struct journal_collector *collector)
{
	const struct journal_fields *fields = &collector->fields;
	struct slice text = slice_skip(collector->message, strlen(row->begin));
	struct slice unit = SLICE("");
	uint64_t count = 0;

	if (!is_journald(fields) ||
	    !slice_equal_ignoring_case(fields->message_id, slice_text(row->id)))
		return false;
	(void)slice_take_number(&text, UINT32_MAX, &count);
	if (slice_take_prefix(&text, SLICE(" messages from ")))
		unit = slice_first(text, UNIT_BYTES);
	*gap = (struct journal_gap){
		.since = US_TIME_NONE,
		.to = fields->realtime,
		.entries = fields->dropped ? fields->dropped : count,
		.is_forwarding = row->is_forwarding,
	};
	if (row->is_forwarding)
		(void)snprintf(gap->cause, sizeof(gap->cause),
			       "journald did not forward %" PRIu64 " messages to syslog",
			       gap->entries);
	else
		(void)snprintf(gap->cause, sizeof(gap->cause),
			       "journald dropped %" PRIu64 " messages%s%.*s",
			       gap->entries, unit.len ? " of " : "", SLICE_ARG(unit));
	return true;
}

/* ---- entries */

static void collect(struct journal_follow *follow, struct journal_source *source,
		    struct slice message)
{
	if (!follow->has_collector)
		journal_collector_init(&follow->collector);
	follow->has_collector = true;
	journal_entry_collect(source->handle, message, journal_source_time(source),
			      &follow->collector, follow->boot_text);
	follow->collector.fields.is_user_journal = source->is_user;
}

static void read_cursor(struct journal_follow *follow, struct journal_source *source)
{
	free(follow->cursor);
	follow->cursor = NULL;
	if (sd_journal_get_cursor(source->handle, &follow->cursor) < 0)
		follow->cursor = NULL;
}

/* Whether the entry that was collected was given out before, when it was kept in memory.
 */
static bool was_given(const struct journal_follow *follow,
		      const struct journal_source *source)
{
	const struct journal_place *place = &follow->files.chains.place;
	const struct journal_fields *fields = &follow->collector.fields;
	char boot[SD_ID128_STRING_MAX];

	return source->chain->may_be_copy && fields->boot_id.len > 0 &&
	       fields->monotonic_us <= place->memory_us &&
	       slice_equal(fields->boot_id,
			   slice_text(sd_id128_to_string(place->memory_boot, boot)));
}

/* How far the journal in memory was read; its handle is where the last entry is. */
static void note_memory(struct journal_follow *follow,
			const struct journal_source *source)
{
	struct journal_place *place = &follow->files.chains.place;
	sd_id128_t boot;
	uint64_t monotonic_us;

	if (!source->is_volatile || source->is_user || source->stands ||
	    !source->handle ||
	    sd_journal_get_monotonic_usec(source->handle, &monotonic_us, &boot) < 0)
		return;
	place->memory_boot = boot;
	place->memory_us = monotonic_us;
}

/* The newest time seen so far. */
static void note_time(struct journal_follow *follow, us_time time)
{
	struct journal_place *place = &follow->files.chains.place;

	if (time != US_TIME_NONE &&
	    (place->last_at == US_TIME_NONE || time > place->last_at))
		place->last_at = time;
	follow->state.last_realtime = place->last_at;
}

/* A wanted entry, or one of journald's that may be of a loss. False when nothing is to be
 * given out. */
static bool give_entry(struct journal_follow *follow, struct journal_source *source,
		       struct slice message, const struct loss_message *loss,
		       struct journal_step *step)
{
	bool is_wanted;

	collect(follow, source, message);
	read_cursor(follow, source);
	message = follow->collector.message;
	is_wanted = !loss || follow->wanted(follow->ctx, message);
	follow->state.entries_passed++;
	note_time(follow, source->next_at);
	journal_source_pass_cursor(source, follow->cursor ? follow->cursor : "");
	note_memory(follow, source);
	if (loss && set_loss(&follow->gap, loss, &follow->collector)) {
		give_gap(follow, step);
		return true;
	}
	if (!is_wanted || was_given(follow, source))
		return false;

	follow->record = (struct record){
		.bytes = message,
		.journal = &follow->collector.fields,
		.is_cut = follow->collector.fields.is_cut,
	};
	step->kind = JOURNAL_ENTRY;
	step->record = follow->record;
	step->cursor = follow->cursor ? follow->cursor : "";
	follow->state.entries_given++;
	return true;
}

/* The entry a file stands on. False when nothing is to be given out. */
static bool take_entry(struct journal_follow *follow, struct journal_source *source,
		       struct journal_step *step)
{
	const struct loss_message *loss;
	struct slice message;
	int error = 0;
	enum journal_message read =
		journal_entry_message(source->handle, &message, &error);

	if (read == JOURNAL_MESSAGE_READ) {
		loss = find_loss_message(message);
		if (loss || follow->wanted(follow->ctx, message))
			return give_entry(follow, source, message, loss, step);
	}
	follow->state.entries_passed++;
	journal_source_pass(source);
	if (read == JOURNAL_MESSAGE_LOST)
		journal_source_lost_one(source);
	return false;
}

/* The file that is read stops standing on an entry: at its end, or where it fails. True
 * when something is to be given out. */
static bool leave(struct journal_follow *follow, enum journal_source_next why,
		  const struct journal_loss *loss, const struct err *problem,
		  struct journal_step *step)
{
	struct journal_files *files = &follow->files;
	struct journal_source *source = follow->current;

	follow->current = NULL;
	note_time(follow, source->chain->at);
	if (why == JOURNAL_SOURCE_END)
		note_memory(follow, source);
	journal_files_end(files, source);
	if (why == JOURNAL_SOURCE_FAILED) {
		files->problem = *problem;
		files->is_problem = true;
	}
	if (why != JOURNAL_SOURCE_DAMAGED)
		return false;
	follow->gap = (struct journal_gap){ .since = loss->since,
					    .to = loss->to,
					    .entries = loss->entries };
	(void)snprintf(follow->gap.cause, sizeof(follow->gap.cause), "%s", problem->text);
	give_gap(follow, step);
	return true;
}

/* Chooses the file to read; false when there is none, or a gap before it. */
static bool choose(struct journal_follow *follow)
{
	const struct journal_sources *sources = &follow->files.sources;
	struct journal_chains *chains = &follow->files.chains;

	if (follow->current)
		return true;
	follow->current = journal_sources_next(sources, &follow->until);
	if (!follow->current)
		return false;
	follow->current->asks_times = follow->until != US_TIME_MAX;
	journal_chains_check(chains, sources, follow->current);
	return chains->gaps.count == 0;
}

/* The place is exact at the end of a step, and where it is another file's turn. */
static void settle(struct journal_follow *follow)
{
	if (!follow->current)
		return;
	journal_source_settle(follow->current);
	note_memory(follow, follow->current);
	note_time(follow, follow->current->chain->at);
}

/* Reads on until something is to be given out. False when nothing was. */
static bool read_some(struct journal_follow *follow, struct journal_step *step)
{
	struct journal_loss loss;
	struct err err;

	for (int i = 0; i < STEP_ENTRIES && choose(follow); i++) {
		enum journal_source_next next =
			journal_source_next(follow->current, &loss, &err);

		if (next != JOURNAL_SOURCE_STANDS) {
			if (leave(follow, next, &loss, &err, step))
				return true;
		} else if (follow->current->asks_times &&
			   journal_source_time(follow->current) > follow->until) {
			settle(follow);
			follow->current = NULL;
		} else if (take_entry(follow, follow->current, step)) {
			return true;
		}
	}
	settle(follow);
	return take_gap(follow, step);
}

/* ---- steps */

/* Once all is read. What is there and cannot be read is said as long as it is so. */
static void give_idle(struct journal_follow *follow, struct journal_step *step)
{
	const struct journal_files *files = &follow->files;

	follow->is_idle = true;
	if (!files->is_problem && files->has_system) {
		follow->ask_again = 0;
		return;
	}
	step->kind = JOURNAL_ABSENT;
	if (files->is_problem)
		step->problem = files->problem;
	else
		(void)err_set(&step->problem, ERR_MISSING,
			      "there is no journal of the system in '%s'%s%s%s",
			      files->folders.roots[0],
			      files->folders.roots[1] ? " or '" : "",
			      files->folders.roots[1] ? files->folders.roots[1] : "",
			      files->folders.roots[1] ? "'" : "");
}

/* The owner asks again after it was told that there is nothing. */
static void begin_asking(struct journal_follow *follow)
{
	const struct journal_files *files = &follow->files;

	if (!follow->is_idle)
		return;
	follow->is_idle = false;
	if (files->is_problem || files->folders.is_blind) {
		follow->ask_again =
			follow->ask_again ? 2 * follow->ask_again : ASK_AGAIN_FIRST;
		if (follow->ask_again > ASK_AGAIN_LAST)
			follow->ask_again = ASK_AGAIN_LAST;
	}
	journal_files_retry(&follow->files);
}

void journal_follow_next(struct journal_follow *follow, struct journal_step *ret_step)
{
	uint64_t passed = follow->state.entries_passed;

	*ret_step = (struct journal_step){
		.kind = JOURNAL_IDLE,
		.lost_since = US_TIME_NONE,
		.lost_to = US_TIME_NONE,
	};
	if (take_gap(follow, ret_step))
		return;
	begin_asking(follow);
	if (journal_files_refresh(&follow->files))
		follow->current = NULL;
	if (take_gap(follow, ret_step) || read_some(follow, ret_step))
		return;
	if (follow->state.entries_passed > passed)
		ret_step->kind = JOURNAL_PASSED;
	else
		give_idle(follow, ret_step);
}

void journal_follow_cursor(const struct journal_follow *follow, struct buf *buf)
{
	const struct journal_chains *chains = &follow->files.chains;

	journal_gaps_write_place(&chains->gaps, &chains->place, buf);
}

int journal_follow_fd(struct journal_follow *follow, us_span *ret_every)
{
	const struct journal_folders *folders = &follow->files.folders;

	*ret_every = 0;
	if (folders->is_blind || follow->files.is_problem)
		*ret_every = follow->ask_again ? follow->ask_again : ASK_AGAIN_FIRST;
	return folders->is_blind ? -1 : folders->fd;
}

void journal_follow_rest(struct journal_follow *follow)
{
	const struct journal_sources *sources = &follow->files.sources;

	follow->current = NULL;
	for (size_t i = 0; i < sources->count; i++)
		journal_source_rest(sources->items[i]);
	if (follow->has_collector)
		journal_collector_release(&follow->collector);
	follow->has_collector = false;
}

struct journal_state journal_follow_state(const struct journal_follow *follow)
{
	struct journal_state state = follow->state;

	state.is_open = follow->files.has_system;
	state.is_volatile = follow->files.is_volatile;
	return state;
}
