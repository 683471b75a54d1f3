/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * Place: how far the journals have been read, and its text, which is what a follower's
 * cursor is. Journal files come in chains: a file that is full is renamed and followed by
 * the next of the same chain, and sequence numbers grow along it. A chain is told by the
 * sequence number id in its files' heads, by whose journal it is, and by whether it is in
 * memory: since systemd 254 all journals that one journald writes have one id and take
 * their numbers from one counter. A place therefore is one sequence number a chain, and
 * survives renaming, rotation and vacuum; what it cannot survive, a chain cut off behind
 * it, it shows.
 *
 *     journal1 <newest time> <newest damage told> <boot>:<time since, in memory> <flags>
 *         {<id>:<seqnum>:<time>:<file>:<entries of the file>:<flags>[:<owner>]} ...
 *
 * Times are microseconds, '-' where there is none. Older texts have no owners.
 */
#include <systemd/sd-id128.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/time.h"

struct journal_chain {
	sd_id128_t seqnum_id;
	uint64_t owner;	    /* journal_owner(); 0 = from an older text, of any */
	uint64_t seqnum;    /* of the last entry passed, 0 = none */
	us_time at;	    /* of that entry; or where to begin, see begins_at_time */
	sd_id128_t file_id; /* of the file that entry is in */
	uint64_t done;	    /* entries of that file that are behind us */
	bool is_done_known; /* `done` is exact */
	bool is_complete; /* that file was read to its end and nothing can follow in it */
	bool is_volatile; /* in memory: gone with a reboot */
	bool is_user;	  /* user-*.journal */
	bool begins_at_time; /* no entry passed yet: to be read from `at` on */
	bool may_be_copy;    /* may begin with what journald had kept in memory first */
	bool was_seen_complete; /* is_complete since this program runs; not in the text */
};

struct journal_place {
	bool is_begun;	 /* a first start is over: what is found now and is in no chain is
			    new */
	bool is_cut;	 /* not all chains found room in the text */
	us_time last_at; /* of the newest entry passed, US_TIME_NONE = none */
	us_time damage_at; /* newest change of a broken file that was told */
	/* Of the last entry passed in memory: journald copies what it kept there to disk,
	 * as a chain of its own, once it may. */
	sd_id128_t memory_boot;
	uint64_t memory_us;	       /* monotonic */
	struct journal_chain **chains; /* owned, each too */
	size_t count;
};

void journal_place_init(struct journal_place *place);
void journal_place_release(struct journal_place *place);

/* The chain of this id, owner and place in memory or on disk, or NULL. */
struct journal_chain *journal_place_find(const struct journal_place *place,
					 const struct journal_chain *like);

/* A new chain, as this one. */
struct journal_chain *journal_place_add(struct journal_place *place,
					const struct journal_chain *like);
void journal_place_remove(struct journal_place *place, size_t index);

/* Appends the text, with as many chains as find room in the buffer:
 * LIMIT_JOURNAL_CURSOR_BYTES has room for all. Nothing before a first start is over. */
void journal_place_write(const struct journal_place *place, struct buf *buf);

/* Reads a text into a place that was just initialised; on failure it stays so. */
int journal_place_read(struct journal_place *place, struct slice text, struct err *err)
	__attribute__((warn_unused_result));
