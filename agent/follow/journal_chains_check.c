/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a chain was cut off behind its place: its next entry's number says how many are
 * missing; which of them other chains of the same counter can have had, is counted.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif
#include "agent/follow/journal_chains.h"

/* Chains of one journald may share their sequence numbers: those that one misses may be
 * another's. */
static bool is_alone(const struct journal_place *place, const struct journal_chain *chain)
{
	for (size_t i = 0; i < place->count; i++)
		if (place->chains[i] != chain &&
		    place->chains[i]->is_volatile == chain->is_volatile)
			return false;
	return true;
}

/* The first number that nothing but a file which is there can hold, unless it is lost: up
 * to it others of the same counter may have had any in files that were read and deleted,
 * those before the file that their place is in. */
static uint64_t first_to_account_for(const struct journal_place *place,
				     const struct journal_sources *sources,
				     const struct journal_chain *chain)
{
	uint64_t passed = 0;

	for (size_t i = 0; i < place->count; i++) {
		const struct journal_chain *other = place->chains[i];
		const struct journal_source *source =
			journal_sources_find(sources, other->file_id);
		uint64_t seqnum = other->seqnum;

		if (other == chain || !sd_id128_equal(other->seqnum_id, chain->seqnum_id))
			continue;
		if (source && source->chain == other && source->head.first_seqnum > 0 &&
		    source->head.first_seqnum <= seqnum)
			seqnum = source->head.first_seqnum - 1;
		passed = seqnum > passed ? seqnum : passed;
	}
	return passed + 1;
}

/* How many of these numbers a file may have at most. */
static uint64_t room_for(const struct journal_head *head, uint64_t first, uint64_t last)
{
	uint64_t outside = (uint64_t)(head->first_seqnum < first) +
			   (uint64_t)(head->last_seqnum > last);
	uint64_t from = head->first_seqnum > first ? head->first_seqnum : first;
	uint64_t to = head->last_seqnum < last ? head->last_seqnum : last;
	uint64_t entries;

	if (from > to || head->entries <= outside)
		return 0;
	entries = head->entries - outside;
	return entries - 1 < to - from ? entries : to - from + 1;
}

/* Whether journals of the same counter may have all the numbers that a chain misses
 * before `next`. */
static bool are_others(const struct journal_place *place,
		       const struct journal_sources *sources,
		       const struct journal_chain *chain, uint64_t next)
{
	uint64_t first = first_to_account_for(place, sources, chain);
	uint64_t missing;

	if (first <= chain->seqnum)
		first = chain->seqnum + 1;
	if (first >= next)
		return true;
	missing = next - first;
	for (size_t i = 0; i < sources->count && missing > 0; i++) {
		const struct journal_source *source = sources->items[i];
		uint64_t room;

		if (source->chain == chain ||
		    !sd_id128_equal(source->head.seqnum_id, chain->seqnum_id))
			continue;
		room = room_for(&source->head, first, next - 1);
		missing -= room < missing ? room : missing;
	}
	return missing == 0;
}

void journal_chains_check(struct journal_chains *chains,
			  const struct journal_sources *sources,
			  const struct journal_source *source)
{
	struct journal_chain *chain = source->chain;
	struct journal_loss loss;

	if (chain->begins_at_time || chain->seqnum == 0 || chain->was_seen_complete ||
	    sd_id128_equal(chain->file_id, source->head.file_id) ||
	    source->head.first_seqnum <= chain->seqnum + 1 ||
	    journal_sources_find(sources, chain->file_id) ||
	    are_others(&chains->place, sources, chain, source->head.first_seqnum))
		return;
	journal_gaps_keep_place(&chains->gaps, &chains->place);
	loss = (struct journal_loss){ .since = chain->at, .to = source->head.first_at };
	if (is_alone(&chains->place, chain))
		loss.entries = source->head.first_seqnum - chain->seqnum - 1;
	journal_gaps_add(&chains->gaps, &loss,
			 "the journal was vacuumed before it was read");
	/* It is behind us now. */
	chain->seqnum = source->head.first_seqnum - 1;
	chain->at = source->head.first_at;
	chain->file_id = source->head.file_id;
	chain->done = 0;
	chain->is_done_known = true;
}
