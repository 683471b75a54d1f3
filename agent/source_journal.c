/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal as a source: what agent/follow/journal_follow.h gives goes entry by entry
 * through evidence/, and the cursor into the same batch.
 */
#include <stdio.h>
#include <stdlib.h>

#include "agent/absence.h"
#include "agent/follow/journal_follow.h"
#include "agent/source.h"
#include "agent/taker.h"
#include "base/limits.h"
#include "base/memory.h"

#define POISONED_FOR (10 * US_PER_MINUTE)
/* How far back it is read when what was known is lost: as far as the correlator looks. */
#define AGAIN_REACH (8 * US_PER_DAY)

struct journal_source {
	struct source source;
	struct journal_follow *follow;
	struct source_wait wait;
	struct host_reader *reader;
	struct taker taker;
	struct covered covered;
	enum source_condition condition;
	struct absence absence;
	char problem[256];
	struct buf cursor;
	bool has_moved;
	us_time rests_until; /* on CLOCK_BOOTTIME: it kills who reads it; 0 = it does not
			      */
};

static bool is_wanted(void *ctx, struct slice message)
{
	(void)ctx;
	return host_message_wanted(message);
}

static void wait_for_more(struct journal_source *journal)
{
	us_span every = 0;
	int fd = journal_follow_fd(journal->follow, &every);

	source_wait_for(&journal->source, &journal->wait, fd, every);
}

static void take_gap(struct journal_source *journal, const struct journal_step *step)
{
	us_time until = step->lost_to != US_TIME_NONE ? step->lost_to : clock_real();

	if (step->is_forwarding) {
		struct taker syslog = journal->taker;

		/* The journal has these lines; what rsyslog writes lacks them. */
		syslog.kind = HOST_SOURCE_SYSLOG;
		syslog.source = "syslog";
		taker_gap(&syslog, step->cause, step->lost_since, until, 0);
		journal->taker.events = syslog.events;
		return;
	}
	taker_gap(&journal->taker, step->cause, step->lost_since, until, 0);
	covered_begin(&journal->covered, &journal->source, until);
}

static void put_cursor(struct journal_source *journal)
{
	buf_clear(&journal->cursor);
	journal_follow_cursor(journal->follow, &journal->cursor);
	cursor_put(&journal->source, buf_slice(&journal->cursor));
	journal->has_moved = false;
}

/* At some time, also before a restart. */
static bool was_followed(const struct journal_source *journal)
{
	return journal->covered.from != US_TIME_NONE;
}

static void note_following(struct journal_source *journal)
{
	journal->condition = SOURCE_FOLLOWING;
	journal->problem[0] = '\0';
	if (!absence_end(&journal->absence) && was_followed(journal))
		return;
	/* A first start: from here on nothing is lost, whatever happens. Told at once, so
	 * that a file's line waits for its twin. */
	covered_begin(&journal->covered, &journal->source, clock_real());
	put_cursor(journal);
	taker_cover(&journal->taker, journal->covered.from, clock_real(),
		    journal->source.world->host);
}

static void note_absent(struct journal_source *journal, const struct journal_step *step)
{
	us_span away;

	journal->condition =
		step->problem.code == ERR_MISSING ? SOURCE_ABSENT : SOURCE_DENIED;
	snprintf(journal->problem, sizeof(journal->problem), "%.255s",
		 step->problem.text);
	if (absence_goes_on(&journal->absence, clock_boot(), was_followed(journal),
			    &away))
		taker_gap(&journal->taker, journal->problem, clock_real() - away,
			  clock_real(), 0);
}

/* A journal that was truncated kills whoever maps it (SIGBUS), until it is rotated away.
 */
static void rest_awhile(struct journal_source *journal)
{
	journal->condition = SOURCE_DENIED;
	snprintf(journal->problem, sizeof(journal->problem),
		 "the agent died three times of reading it: it is left alone for %d "
		 "minutes (journalctl --verify says which file is damaged)",
		 (int)(POISONED_FOR / US_PER_MINUTE));
	taker_gap(&journal->taker, journal->problem, US_TIME_NONE, clock_real(), 0);
	journal->covered.from = US_TIME_NONE;
	journal->rests_until = clock_boot() + POISONED_FOR;
	source_wait_for(&journal->source, &journal->wait, -1, POISONED_FOR);
}

/* Who reads this entry dies, not of the journal but of what it says: it alone is left. */
static void set_aside(struct journal_source *journal, const struct journal_step *step)
{
	us_time now = clock_real();

	snprintf(journal->problem, sizeof(journal->problem),
		 "the agent died three times of the entry at %.160s", step->cursor);
	taker_gap(&journal->taker, journal->problem, US_TIME_NONE, now,
		  step->record.bytes.len);
	covered_begin(&journal->covered, &journal->source, now);
}

static void take_entry(struct journal_source *journal, const struct journal_step *step)
{
	struct source *source = &journal->source;
	AUTO_BUF struct buf place = BUF_LIMIT(LIMIT_JOURNAL_CURSOR_BYTES);

	buf_append_format(&place, "entry %s", step->cursor);
	if (poison_mark(source->world->poison, source->name, buf_slice(&place)))
		taker_take(&journal->taker, &step->record, step->cursor);
	else
		set_aside(journal, step);
}

/* Marks the place as what is read now; false while the journal is left alone. */
static bool may_read(struct journal_source *journal)
{
	struct source *source = &journal->source;
	struct slice place = buf_slice(&journal->cursor);

	if (journal->rests_until) {
		if (clock_boot() < journal->rests_until)
			return false;
		journal->rests_until = 0;
		poison_pardon(source->world->poison, source->name, place);
	}
	if (poison_mark(source->world->poison, source->name, place))
		return true;
	rest_awhile(journal);
	return false;
}

static bool pump(struct source *source)
{
	struct journal_source *journal = (struct journal_source *)source;
	uint64_t events = journal->taker.events;
	struct poison *poison = source->world->poison;
	struct journal_step step;

	if (!may_read(journal))
		return false;
	journal_follow_next(journal->follow, &step);
	switch (step.kind) {
	case JOURNAL_IDLE:
		poison_clear(poison);
		note_following(journal);
		journal_follow_rest(journal->follow);
		wait_for_more(journal);
		return false;
	case JOURNAL_ABSENT:
		poison_clear(poison);
		note_absent(journal, &step);
		wait_for_more(journal);
		return false;
	case JOURNAL_ENTRY:
		take_entry(journal, &step);
		break;
	case JOURNAL_GAP:
		take_gap(journal, &step);
		break;
	case JOURNAL_PASSED:
		break;
	}
	poison_clear(poison);
	journal->has_moved = true;
	if (journal->taker.events != events)
		put_cursor(journal);
	return true;
}

static void cover(struct source *source)
{
	struct journal_source *journal = (struct journal_source *)source;

	if (journal->has_moved)
		put_cursor(journal);
	if (journal->condition == SOURCE_FOLLOWING && was_followed(journal))
		taker_cover(&journal->taker, journal->covered.from, clock_real(),
			    source->world->host);
}

static void refresh(struct source *source)
{
	/* A journal that was not there may be there now. */
	if (((struct journal_source *)source)->condition != SOURCE_FOLLOWING)
		source_wake(source);
}

static void state(const struct source *source, struct source_state *ret_state)
{
	const struct journal_source *journal = (const struct journal_source *)source;
	struct journal_state follow = journal_follow_state(journal->follow);

	*ret_state = (struct source_state){
		.kind = "journal",
		.condition = journal->condition,
		.last_at = follow.last_realtime,
		.events = journal->taker.events,
		.gaps = follow.gaps_given,
		.problem = journal->problem,
	};
	if (!journal->problem[0] && follow.is_volatile)
		ret_state->problem = "the journal is volatile: a reboot loses what was "
				     "not read yet";
}

static void journal_free(struct source *source)
{
	struct journal_source *journal = (struct journal_source *)source;

	source_wait_release(&journal->wait);
	journal_follow_free(journal->follow);
	host_reader_free(journal->reader);
	taker_release(&journal->taker);
	buf_release(&journal->cursor);
	free(source->name);
	free(journal);
}

static const struct source_ops journal_ops = {
	.pump = pump,
	.cover = cover,
	.watch = refresh,
	.state = state,
	.free = journal_free,
};

struct source *source_journal_new(const struct source_world *world, const char *path)
{
	struct journal_source *journal = memory_new(1, sizeof(*journal));
	us_span configured = world->config->sources.backfill;
	us_span backfill =
		world->is_anew && configured < AGAIN_REACH ? AGAIN_REACH : configured;
	struct host_reader_options reader_options = { .zone = world->zone,
						      .anchor = clock_real() };
	struct journal_follow_options options = {
		.path = path,
		.from = backfill < 0 ? US_TIME_NONE : clock_real() - backfill,
		.wanted = is_wanted,
	};

	journal->source = (struct source){ &journal_ops, world,
					   memory_copy_text(SLICE("journal")), true };
	journal->cursor = (struct buf)BUF_LIMIT(LIMIT_JOURNAL_CURSOR_BYTES);
	cursor_load(&journal->source, &journal->cursor);
	covered_load(&journal->covered, &journal->source);
	options.cursor = buf_slice(&journal->cursor);
	journal->follow = journal_follow_new(&options);
	journal->condition = SOURCE_ABSENT;
	absence_init(&journal->absence);
	journal->reader = host_reader_new(HOST_LOG_JOURNAL, &reader_options);
	journal->taker.pipeline = world->pipeline;
	journal->taker.source = journal->source.name;
	journal->taker.kind = HOST_SOURCE_JOURNAL;
	journal->taker.reader = journal->reader;
	taker_init(&journal->taker);
	return &journal->source;
}
