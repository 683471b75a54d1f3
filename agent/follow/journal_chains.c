/* SPDX-License-Identifier: Apache-2.0 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_chains.h"

#include <stdio.h>

void journal_chains_init(struct journal_chains *chains, us_time from)
{
	chains->from = from;
	chains->was_given = false;
	journal_place_init(&chains->place);
	journal_gaps_init(&chains->gaps);
}

void journal_chains_release(struct journal_chains *chains)
{
	journal_place_release(&chains->place);
	journal_gaps_release(&chains->gaps);
}

/* ---- their files */

/* Where a place that was read from a cursor says that a file of its chain stands. */
static void place_in_chain(struct journal_source *source)
{
	const struct journal_chain *chain = source->chain;
	const struct journal_head *head = &source->head;

	if (sd_id128_equal(chain->file_id, head->file_id)) {
		source->done = chain->done;
		source->is_done_known = chain->is_done_known;
	} else if (chain->begins_at_time) {
		source->is_done_known = head->entries > 0 && head->last_at < chain->at;
		source->done = source->is_done_known ? head->entries : 0;
	} else if (head->last_seqnum <= chain->seqnum) {
		source->done = head->entries;
		source->is_done_known = true;
	} else {
		source->is_done_known =
			head->first_seqnum > chain->seqnum || head->entries == 0;
	}
}

/* A chain that no place knows: new, unless the place could not hold all. */
static void begin_chain(struct journal_chains *chains, struct journal_source *source,
			const struct journal_chain *like)
{
	struct journal_place *place = &chains->place;
	us_time begin = place->is_begun ? US_TIME_NONE : chains->from;

	if (place->is_begun && place->is_cut && !chains->was_given)
		begin = place->last_at;
	source->chain = journal_place_add(place, like);
	source->chain->may_be_copy = !source->is_volatile && !source->is_user;
	if (begin != US_TIME_NONE) {
		source->chain->begins_at_time = true;
		source->chain->at = begin;
	}
}

/* A first start that begins at the end: a chain stands where its file that is written to
 * ends, or else its last one. */
static void begin_at_end(struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	struct err why;

	if (journal_source_skip_all(source, &why) < 0)
		source->done = source->head.entries;
	if (source->is_set_aside && source->head.last_seqnum > chain->seqnum &&
	    sd_id128_is_null(chain->file_id))
		chain->seqnum = source->head.last_seqnum;
}

/* The chain of a file that was given a name of somebody's own since it was read. */
static struct journal_chain *find_renamed(const struct journal_place *place,
					  const struct journal_head *head)
{
	for (size_t i = 0; i < place->count; i++) {
		struct journal_chain *chain = place->chains[i];

		if (chain->owner && sd_id128_equal(chain->seqnum_id, head->seqnum_id) &&
		    sd_id128_equal(chain->file_id, head->file_id))
			return chain;
	}
	return NULL;
}

/* A text of before owners were told apart has one chain for all of an id: each goes on
 * from where that stands. */
static struct journal_chain *divide(struct journal_place *place,
				    const struct journal_chain *like)
{
	struct journal_chain part;

	for (size_t i = 0; i < place->count; i++) {
		const struct journal_chain *chain = place->chains[i];

		if (chain->owner || !sd_id128_equal(chain->seqnum_id, like->seqnum_id))
			continue;
		part = *chain;
		part.owner = like->owner;
		part.is_volatile = like->is_volatile;
		part.is_user = like->is_user;
		return journal_place_add(place, &part);
	}
	return NULL;
}

static void find_chain(struct journal_chains *chains, struct journal_source *source)
{
	const struct journal_chain like = {
		.seqnum_id = source->head.seqnum_id,
		.owner = source->owner,
		.is_volatile = source->is_volatile,
		.is_user = source->is_user,
		.at = US_TIME_NONE,
	};

	source->chain = journal_place_find(&chains->place, &like);
	if (!source->chain)
		source->chain = find_renamed(&chains->place, &source->head);
	if (!source->chain)
		source->chain = divide(&chains->place, &like);
	if (!source->chain)
		begin_chain(chains, source, &like);
}

/* Of each file that has none; and of one that was empty, whose id journald replaces by
 * its own when it writes the first entry. */
bool journal_chains_give(struct journal_chains *chains,
			 const struct journal_sources *sources)
{
	struct journal_place *place = &chains->place;
	bool has_left = false;

	for (size_t i = 0; i < sources->count; i++) {
		struct journal_source *source = sources->items[i];

		if (source->chain &&
		    sd_id128_equal(source->chain->seqnum_id, source->head.seqnum_id))
			continue;
		if (source->chain) {
			journal_source_rest(source);
			has_left = true;
		}
		find_chain(chains, source);
		if (!place->is_begun && chains->from == US_TIME_NONE)
			begin_at_end(source);
		else
			place_in_chain(source);
	}
	chains->was_given = true;
	return has_left;
}

/* ---- their ends */

static void lose_deleted(struct journal_chains *chains,
			 const struct journal_source *source)
{
	struct journal_loss loss = {
		.entries =
			source->is_done_known ? source->head.entries - source->done : 0,
		.since = source->chain->at,
		.to = source->head.last_at,
	};
	char cause[sizeof(chains->gaps.items[0].cause)];

	(void)snprintf(cause, sizeof(cause),
		       "journal '%.400s' was deleted before it was read", source->path);
	journal_gaps_add(&chains->gaps, &loss, cause);
}
/* What the chain of a deleted file is left with. journald makes a journal for a user at
 * each rotation, and deletes it at the next if nothing came into it. Of any other that
 * was not archived when it was last looked at nobody knows how it ended: the number of
 * its chain's next entry tells, or that there is none. */
void journal_chains_end(struct journal_chains *chains, struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	bool is_unused = source->is_user && source->head.entries == 0;

	if (journal_source_is_unread(source))
		lose_deleted(chains, source);
	else if (!source->is_given_up && !source->head.is_archived) {
		chain->is_complete = chain->was_seen_complete = is_unused;
		return;
	}
	journal_source_complete(source);
}

/* The earliest entry that is there of the system; US_TIME_NONE when none. */
static us_time first_at(const struct journal_sources *sources)
{
	us_time first = US_TIME_NONE;

	for (size_t i = 0; i < sources->count; i++) {
		const struct journal_source *source = sources->items[i];

		if (!source->is_user && source->head.entries > 0 &&
		    (first == US_TIME_NONE || source->head.first_at < first))
			first = source->head.first_at;
	}
	return first;
}

static bool was_copied(const struct journal_sources *sources,
		       const struct journal_chain *chain)
{
	for (size_t i = 0; i < sources->count; i++) {
		const struct journal_source *source = sources->items[i];

		if (chain->is_volatile && !source->is_volatile && !source->is_user &&
		    source->head.first_at <= chain->at &&
		    source->head.last_at >= chain->at)
			return true;
	}
	return false;
}

static void lose_chain(struct journal_chains *chains,
		       const struct journal_sources *sources,
		       const struct journal_chain *chain)
{
	struct journal_loss loss = { .since = chain->at, .to = first_at(sources) };

	if (loss.to != US_TIME_NONE && loss.since != US_TIME_NONE && loss.to < loss.since)
		loss.to = US_TIME_NONE;
	journal_gaps_add(
		&chains->gaps, &loss,
		chain->is_volatile
			? "the journal was kept in memory only and is gone"
			: "the journal was deleted, perhaps with entries not read");
}

/* Whether others took over all that a chain without a file was there for: those that a
 * chain of an older text was divided into; or that of a file which was empty, whose id
 * was that of the file then. */
static bool is_replaced(const struct journal_place *place,
			const struct journal_sources *sources,
			const struct journal_chain *chain)
{
	if (chain->seqnum == 0 && journal_sources_find(sources, chain->seqnum_id))
		return true;
	for (size_t i = 0; i < place->count && !chain->owner; i++)
		if (place->chains[i]->owner &&
		    sd_id128_equal(place->chains[i]->seqnum_id, chain->seqnum_id))
			return true;
	return false;
}

/* Whether another chain of the same counter is not as far yet as one without a file: that
 * one still tells whose the numbers were that the other does not have. */
static bool is_witness(const struct journal_place *place,
		       const struct journal_chain *chain)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->chains[i]->seqnum < chain->seqnum &&
		    sd_id128_equal(place->chains[i]->seqnum_id, chain->seqnum_id))
			return true;
	return false;
}

/* Chains without a file: what was at their ends is gone. Nothing is said as long as no
 * journal of the system can be read at all: the disk may not be there yet. */
void journal_chains_drop(struct journal_chains *chains,
			 const struct journal_sources *sources)
{
	struct journal_place *place = &chains->place;

	for (size_t i = place->count; i-- > 0;) {
		struct journal_chain *chain = place->chains[i];
		bool is_used = false, is_moot;

		for (size_t k = 0; k < sources->count && !is_used; k++)
			is_used = sources->items[k]->chain == chain;
		if (is_used)
			continue;
		is_moot = is_replaced(place, sources, chain);
		if (!is_moot && !chain->is_complete && !was_copied(sources, chain))
			lose_chain(chains, sources, chain);
		chain->is_complete = chain->was_seen_complete = true;
		if (is_moot || !is_witness(place, chain))
			journal_place_remove(place, i);
	}
}
